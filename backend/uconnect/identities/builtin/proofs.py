"""A code sent to an address proves that it is read by who types the code: a few tries, a few minutes, once."""

import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from uconnect.identities.builtin import opaque

CODE_LIFETIME = 15 * 60  # seconds
TRIES = 5  # of one code
CODES = 4  # of one proof: the first, and three sent again
LIFETIME = 3600  # seconds, of a proof: from its begin until what it allows is done
LETTERS = 6  # to one address in LIFETIME, whoever asks: nobody's mailbox is filled through us


class Purpose(StrEnum):
    """What a proved address is for."""

    SIGN_UP = "sign-up"
    RESET = "reset"
    EMAIL = "email"


class Tried(Enum):
    """What came of a code."""

    RIGHT = auto()
    WRONG = auto()
    SPENT = auto()  # no try is left, or it is too old: another code can be sent
    GONE = auto()  # there is no such proof any more, or its code was right before


@dataclass(frozen=True, slots=True)
class Proof:
    """Who has to prove which address, and for what.

    `real` is False where the page must not tell that there is nothing to prove (an address that has an account, or has
    none): it looks and counts the same, and no code is ever right.
    """

    client: str
    purpose: Purpose
    email: str
    real: bool
    subject: str = ""  # of a reset, and of a new address
    name: str = ""  # of a sign-up
    password: str = ""  # of a sign-up, hashed


COLUMNS = "client, purpose, email, real, subject, name, password"


def begin(connection: sqlite3.Connection, proof: Proof, now: float) -> tuple[str, str | None]:
    """A new proof: the secret for the browser's cookie, and the code to send (None: too many were sent there)."""
    connection.execute("DELETE FROM issuer_proof WHERE ends <= ?", (now,))
    ticket, code = opaque.fresh(), _code()
    written = _may_write(connection, proof.email)
    connection.execute(
        f"INSERT INTO issuer_proof ({COLUMNS}, ticket, code, tries, sent, letters, code_ends, ends)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?, ?)",
        (
            *(proof.client, proof.purpose, proof.email, proof.real, proof.subject, proof.name, proof.password),
            *(opaque.kept(ticket), _hash(ticket, code), int(written), int(now) + CODE_LIFETIME, int(now) + LIFETIME),
        ),
    )
    return ticket, code if written else None


def renew(connection: sqlite3.Connection, ticket: str, now: float) -> tuple[Proof, str | None] | None:
    """Another code in place of the last, while the proof has any left (None: it has not)."""
    proof, code = found(connection, ticket, now), _code()
    if proof is None:
        return None
    written = _may_write(connection, proof.email)
    renewed = connection.execute(
        "UPDATE issuer_proof SET code = ?, tries = 0, sent = sent + 1, letters = letters + ?, code_ends = ?"
        " WHERE ticket = ? AND sent < ?",
        (_hash(ticket, code), int(written), int(now) + CODE_LIFETIME, opaque.kept(ticket), CODES),
    ).rowcount
    return (proof, code if written else None) if renewed else None


def found(connection: sqlite3.Connection, ticket: str, now: float) -> Proof | None:
    """The proof that a browser's cookie opens."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_proof WHERE ticket = ? AND ends > ?",  # noqa: S608
        (opaque.kept(ticket), now),
    ).fetchone()
    return Proof(row[0], Purpose(row[1]), row[2], bool(row[3]), *row[4:]) if row else None


def attempt(connection: sqlite3.Connection, ticket: str, code: str, now: float) -> Tried:
    """Try a code. It counts before it is looked at; the right one is right once."""
    row = connection.execute(
        "UPDATE issuer_proof SET tries = tries + 1 WHERE ticket = ? AND ends > ?"
        " RETURNING code, tries, code_ends, real",
        (opaque.kept(ticket), now),
    ).fetchone()
    if row is None or row[0] is None:
        return Tried.GONE
    kept, tries, code_ends, real = row
    if tries > TRIES or code_ends <= now:
        return Tried.SPENT
    if not (hmac.compare_digest(kept, _hash(ticket, code)) and real):
        return Tried.WRONG
    connection.execute("UPDATE issuer_proof SET code = NULL, proved = 1 WHERE ticket = ?", (opaque.kept(ticket),))
    return Tried.RIGHT


def proved(connection: sqlite3.Connection, ticket: str, purpose: Purpose, now: float) -> Proof | None:
    """The proof, if its code was typed and what it allows has not been done."""
    row = connection.execute(
        "SELECT 1 FROM issuer_proof WHERE ticket = ? AND purpose = ? AND proved", (opaque.kept(ticket), purpose)
    ).fetchone()
    return found(connection, ticket, now) if row else None


def end(connection: sqlite3.Connection, ticket: str) -> None:
    """What the proof allowed is done."""
    connection.execute("DELETE FROM issuer_proof WHERE ticket = ?", (opaque.kept(ticket),))


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """End an account's proofs: a code sent before its password or address changed opens nothing after."""
    connection.execute("DELETE FROM issuer_proof WHERE subject = ?", (subject,))


def _may_write(connection: sqlite3.Connection, email: str) -> bool:
    (letters,) = connection.execute(
        "SELECT coalesce(sum(letters), 0) FROM issuer_proof WHERE email = ?", (email,)
    ).fetchone()
    return bool(letters < LETTERS)


def _code() -> str:
    return f"{secrets.randbelow(10**6):06}"


def _hash(ticket: str, code: str) -> bytes:
    """Six digits are soon tried out by who reads the database; with the ticket, which only the browser has, not."""
    return opaque.kept(f"{ticket} {code}")
