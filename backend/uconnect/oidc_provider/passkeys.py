"""The passkeys of accounts. The account of a passkey never changes, and no two accounts have the same passkey.

An account that has one is not signed in by its password alone.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import astuple, dataclass

from uconnect.oidc_provider.sessions import day

MOST = 10  # of one account


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as WebAuthn Level 3 §4 keeps a credential record.

    `credential` is the id that the authenticator gave it, `key` its public key, `count` the last counter that was seen.
    `syncs` never changes; `backed_up` may. `made` and `used` are Unix seconds, `used` of a day's beginning.
    """

    id: str
    credential: bytes
    subject: str
    key: bytes
    count: int
    syncs: bool
    backed_up: bool
    name: str
    made: int
    used: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A right signature by a passkey, with the counter and the state of backup that came with it."""

    passkey: Passkey
    count: int
    backed_up: bool


COLUMNS = "id, credential, subject, key, count, syncs, backed_up, name, made, used"
FindSubject = Callable[[sqlite3.Connection], str | None]


def add(connection: sqlite3.Connection, passkey: Passkey) -> bool:
    """Keep a new passkey. False if the account has MOST, or if any account has this one (WebAuthn §7.1, step 26)."""
    if len(of_subject(connection, passkey.subject)) >= MOST:
        return False
    made = connection.execute(
        f"INSERT INTO issuer_passkey ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (credential) DO NOTHING",
        astuple(passkey),
    )
    return made.rowcount > 0


def of_subject(connection: sqlite3.Connection, subject: str) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_passkey WHERE subject = ? ORDER BY made, id",  # noqa: S608
        (subject,),
    )
    return [_passkey(row) for row in rows]


def of_credential(connection: sqlite3.Connection, credential: bytes) -> Passkey | None:
    """The passkey with the id that its authenticator gave it."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_passkey WHERE credential = ?",  # noqa: S608
        (credential,),
    ).fetchone()
    return _passkey(row) if row else None


def has_any(connection: sqlite3.Connection, subject: str) -> bool:
    """Whether the account's password alone signs nobody in."""
    row = connection.execute("SELECT 1 FROM issuer_passkey WHERE subject = ? LIMIT 1", (subject,)).fetchone()
    return row is not None


def use(connection: sqlite3.Connection, signed: Signature, now: float) -> str | None:
    """The account of a passkey that has signed, once the new counter is kept.

    None if the passkey was removed in the meantime, or if its counter did not grow: then two devices hold one key
    that cannot be copied by its owner (WebAuthn §6.1.1). 0 means that the authenticator does not count.
    """
    row = connection.execute(
        "UPDATE issuer_passkey SET count = :count, backed_up = :backed_up, used = :used WHERE id = :id"
        " AND (count < :count OR (count = 0 AND :count = 0)) RETURNING subject",
        {"id": signed.passkey.id, "count": signed.count, "backed_up": signed.backed_up, "used": day(now)},
    ).fetchone()
    return row[0] if row else None


def rename(connection: sqlite3.Connection, subject: str, id: str, name: str) -> bool:
    """Give a passkey of this account another name. An id of another account names none."""
    done = connection.execute("UPDATE issuer_passkey SET name = ? WHERE id = ? AND subject = ?", (name, id, subject))
    return done.rowcount > 0


def remove(connection: sqlite3.Connection, subject: str, id: str) -> bool:
    """Delete a passkey of this account. With the last one go the recovery codes, which have nothing left to replace."""
    done = connection.execute("DELETE FROM issuer_passkey WHERE id = ? AND subject = ?", (id, subject)).rowcount > 0
    if done and not has_any(connection, subject):
        forget(connection, subject)
    return done


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """Delete all passkeys and recovery codes of an account."""
    connection.execute("DELETE FROM issuer_passkey WHERE subject = ?", (subject,))
    connection.execute("DELETE FROM issuer_recovery_code WHERE subject = ?", (subject,))


def _passkey(row: tuple[str, bytes, str, bytes, int, int, int, str, int, int]) -> Passkey:
    id, credential, subject, key, count, syncs, backed_up, name, made, used = row
    return Passkey(id, credential, subject, key, count, bool(syncs), bool(backed_up), name, made, used)
