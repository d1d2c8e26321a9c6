"""What an operator does to accounts: lists them, suspends them and lets them in again.

A suspended account keeps all it has, its browsers and its password too. Nobody is signed in to it: `sign_in.Admission`
looks in the transaction that would begin a session, and the sessions that there are end with the suspension.
"""

import sqlite3
from dataclasses import dataclass

from uconnect.application.email_addresses import spellings
from uconnect.oidc_provider import passkeys, second_step, sessions

SUSPENDED = (
    "Your account is suspended, so you cannot sign in. Nothing in it was deleted. To ask why, contact the people who"
    " run this service."
)


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as the operator sees it. `suspended` is since when (Unix seconds), 0 if it is not."""

    subject: str
    email: str
    name: str
    suspended: int


COLUMNS = "subject, email, name, suspended"


def page(connection: sqlite3.Connection, after: str, most: int, *, suspended: bool) -> list[ListedAccount]:
    """Up to `most` accounts by address, those that follow the address `after`; only those suspended, if so."""
    only = "AND suspended > 0" if suspended else ""
    sql = f"SELECT {COLUMNS} FROM issuer_account WHERE email > ? {only} ORDER BY email LIMIT ?"  # noqa: S608
    return [ListedAccount(*row) for row in connection.execute(sql, (after, most))]


def find(connection: sqlite3.Connection, email: str) -> ListedAccount | None:
    """The account with this address; of two with one address, the one that is spelled like that."""
    sql = f"SELECT {COLUMNS} FROM issuer_account WHERE email = ?"  # noqa: S608
    rows = (connection.execute(sql, (spelling,)).fetchone() for spelling in spellings(email))
    return next((ListedAccount(*row) for row in rows if row), None)


def email_of(connection: sqlite3.Connection, subject: str) -> str | None:
    """The address of an account, None if there is no such account."""
    row = connection.execute("SELECT email FROM issuer_account WHERE subject = ?", (subject,)).fetchone()
    return row[0] if row else None


def suspend(connection: sqlite3.Connection, subject: str, now: float) -> list[str]:
    """Let nobody in to the account until it is resumed. Returns its sessions, which ended with all their tokens."""
    connection.execute("UPDATE issuer_account SET suspended = ? WHERE subject = ?", (int(now), subject))
    return sessions.end_all(connection, subject)


def resume(connection: sqlite3.Connection, subject: str) -> None:
    """Let the account's owner in again, who has to sign in anew."""
    connection.execute("UPDATE issuer_account SET suspended = 0 WHERE subject = ?", (subject,))


def is_suspended(connection: sqlite3.Connection, subject: str) -> bool:
    """Whether nobody may be signed in to the account now."""
    row = connection.execute("SELECT suspended FROM issuer_account WHERE subject = ?", (subject,)).fetchone()
    return row is not None and row[0] > 0


def reset_passkeys(connection: sqlite3.Connection, subject: str) -> list[str] | None:
    """Delete the passkeys and recovery codes of an account, so that its password, or its provider, signs in again.
    Returns its sessions, which ended: what was lost may have been found. None if there was no passkey."""
    if not passkeys.has_any(connection, subject):
        return None
    passkeys.forget(connection, subject)
    second_step.forget(connection, subject)
    return sessions.end_all(connection, subject)
