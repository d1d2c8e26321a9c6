"""A letter proves an address: its reader types the code that is in it, or follows its link.

A code is short. It is good for a few minutes and a few tries, in the one browser that asked for it. So strangers can
neither use it up nor guess it without a letter of their own, and the letters to an address are limited. A link is long
and cannot be guessed, so it is good in any browser. The reader of the mailbox gets in by the last letter, whoever asked
for it.
"""

import hmac
import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import Enum, StrEnum, auto

from uconnect.domain.text_fields import CODE
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret

CODE_LIFETIME = 15 * 60  # seconds
TRIES = 5  # of one code
CODES = 4  # of one verification: the first, and three sent again
LIFETIME = 3600  # seconds, of a verification: from its begin until what it allows is done
DIGITS = (
    CODE.most
)  # 8 of a code: 5 tries at each of 725 letters a month find one of 10**8 with a chance of 4 in 100,000


GAP = r"[\s\u2010-\u2015.-]"
# How a code may be written, the most usual form first: a date before it has eight digits too, and gaps between them.
WRITTEN = tuple(
    re.compile(rf"(?<!\d){digits}(?!\d)")
    for digits in (
        rf"\d{{{DIGITS}}}",
        rf"\d{{{DIGITS // 2}}}{GAP}\d{{{DIGITS // 2}}}",
        rf"\d(?:{GAP}?\d){{{DIGITS - 1}}}",
    )
)


class Purpose(StrEnum):
    """What a proved address is for."""

    SIGN_UP = "sign-up"
    RESET = "reset"
    EMAIL = "email"
    LINK = "link"


class CodeResult(Enum):
    """What came of a code."""

    RIGHT = auto()
    WRONG = auto()
    SPENT = auto()  # no try is left, or it is too old: another code can be sent
    GONE = auto()  # there is no such verification any more, or its code was right before


@dataclass(frozen=True, slots=True)
class EmailVerification:
    """An address to be proved, and for what.

    `real` is False if there is nothing to prove (the address has an account already, or has none) and the page must not
    tell. It looks and counts the same, and no code is ever right.
    """

    client: str
    purpose: Purpose
    email: str
    real: bool
    subject: str = ""  # of a reset, of a new address, and of an account that shall be linked
    name: str = ""  # of a sign-up
    password: str = ""  # of a sign-up, hashed


COLUMNS = "client, purpose, email, real, subject, name, password"


def begin(
    connection: sqlite3.Connection, verification: EmailVerification, now: float, *, written: bool = True
) -> tuple[str, str | None]:
    """Begin a verification. Returns the secret for the browser's cookie, and the code to send.

    `written` is False if too many letters were sent to that address: then there is no code, and none is right.
    """
    connection.execute("DELETE FROM issuer_email_verification WHERE ends <= ?", (now,))
    ticket, code = new_secret(), _code()
    connection.execute(
        f"INSERT INTO issuer_email_verification ({COLUMNS}, ticket, code, tries, sent, letters, code_ends, ends)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?, ?)",
        (
            *astuple(verification),
            hash_secret(ticket),
            _hash(ticket, code) if written else hash_secret(new_secret()),  # a code that nobody knows
            int(written),
            int(now) + CODE_LIFETIME,
            int(now) + LIFETIME,
        ),
    )
    return ticket, code if written else None


def link(connection: sqlite3.Connection, verification: EmailVerification, now: float, lifetime: int) -> str:
    """The secret for a letter's link. For `lifetime` seconds it opens this verification, which needs no code."""
    secret = new_secret()
    connection.execute(
        f"INSERT INTO issuer_email_verification ({COLUMNS}, ticket, tries, sent, letters, code_ends, proved, ends)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 1, 0, 1, ?)",
        (*astuple(verification), hash_secret(secret), CODES, int(now) + lifetime),
    )
    return secret


def renew(
    connection: sqlite3.Connection, ticket: str, now: float, may_write: Callable[[EmailVerification], bool]
) -> tuple[EmailVerification, str | None] | None:
    """Another code in place of the last; None if the verification has no code left.

    If no letter may be written, the last code stays, with the tries it has left.
    """
    verification, code = find(connection, ticket, now), _code()
    asked = connection.execute(
        "UPDATE issuer_email_verification SET sent = sent + 1 WHERE ticket = ? AND sent < ?",
        (hash_secret(ticket), CODES),
    )
    if verification is None or not asked.rowcount:
        return None
    if not may_write(verification):
        return verification, None
    connection.execute(
        "UPDATE issuer_email_verification SET code = ?, tries = 0, letters = letters + 1, code_ends = ?"
        " WHERE ticket = ?",
        (_hash(ticket, code), int(now) + CODE_LIFETIME, hash_secret(ticket)),
    )
    return verification, code


def find(connection: sqlite3.Connection, ticket: str, now: float) -> EmailVerification | None:
    """The verification that a browser's cookie opens."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_email_verification WHERE ticket = ? AND ends > ?",  # noqa: S608
        (hash_secret(ticket), now),
    ).fetchone()
    return EmailVerification(row[0], Purpose(row[1]), row[2], bool(row[3]), *row[4:]) if row else None


def attempt(connection: sqlite3.Connection, ticket: str, code: str, now: float) -> CodeResult:
    """Try a code. It counts before it is looked at; the right one is right once."""
    row = connection.execute(
        "UPDATE issuer_email_verification SET tries = tries + 1 WHERE ticket = ? AND ends > ?"
        " RETURNING code, tries, code_ends, real",
        (hash_secret(ticket), now),
    ).fetchone()
    if row is None or row[0] is None:
        return CodeResult.GONE
    stored, tries, code_ends, real = row
    if tries > TRIES or code_ends <= now:
        return CodeResult.SPENT
    if not (hmac.compare_digest(stored, _hash(ticket, code)) and real):  # equal work: leak 14
        return CodeResult.WRONG
    connection.execute(
        "UPDATE issuer_email_verification SET code = NULL, proved = 1 WHERE ticket = ?", (hash_secret(ticket),)
    )
    return CodeResult.RIGHT


def proved(connection: sqlite3.Connection, ticket: str, purpose: Purpose, now: float) -> EmailVerification | None:
    """The verification, if its address was proved and may still be used for this purpose."""
    row = connection.execute(
        "SELECT 1 FROM issuer_email_verification WHERE ticket = ? AND purpose = ? AND proved",
        (hash_secret(ticket), purpose),
    ).fetchone()
    return find(connection, ticket, now) if row else None


def first_read(connection: sqlite3.Connection, ticket: str) -> bool:
    """Whether a letter of this verification is known to be read for the first time."""
    read = connection.execute(
        "UPDATE issuer_email_verification SET letters = 0 WHERE ticket = ? AND letters > 0", (hash_secret(ticket),)
    )
    return read.rowcount > 0


def end(connection: sqlite3.Connection, ticket: str) -> None:
    """What the verification allowed is done."""
    connection.execute("DELETE FROM issuer_email_verification WHERE ticket = ?", (hash_secret(ticket),))


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """End what an account has to prove: a code sent before its password or address changed opens nothing after."""
    connection.execute("DELETE FROM issuer_email_verification WHERE subject = ?", (subject,))


def parse_code(text: str) -> str:
    """The code in what somebody typed or pasted: digits of any script, with spaces, or in the midst of a sentence."""
    shown = (it for it in text if unicodedata.category(it) != "Cf")  # marks of direction come along when it is copied
    digits = "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in shown)
    found = next(filter(None, (form.search(digits) for form in WRITTEN)), None)
    return re.sub(r"\D", "", found[0] if found else digits)


def _code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _hash(ticket: str, code: str) -> bytes:
    """The hash of both: a reader of the database could try out eight digits, but does not know the browser's ticket."""
    return hash_secret(f"{ticket} {code}")
