"""A sign-in whose password was right and is not enough. It opens nothing but the page of its second step."""

import sqlite3
from dataclasses import dataclass

from uconnect.oidc_provider import passkeys
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.sessions import STEP_LIFETIME
from uconnect.oidc_provider.settings import Client

PATH = "second-step"


@dataclass(frozen=True, slots=True)
class WaitingSignIn:
    """Whose password was right. `sid` is the session that they confirm; it is empty if one is to begin."""

    subject: str
    sid: str


def is_needed(connection: sqlite3.Connection, client: Client, subject: str) -> bool:
    """Whether the account's password is not enough: the site wants more, or the account has a passkey."""
    return client.needs_passkey or passkeys.has_any(connection, subject)


def begin(connection: sqlite3.Connection, client: str, subject: str, now: float, sid: str = "") -> str:
    """Let a sign-in wait for its second step. Returns the ticket for the browser's cookie."""
    connection.execute("DELETE FROM issuer_second_step WHERE ends <= ?", (now,))
    ticket = new_secret()
    connection.execute(
        "INSERT INTO issuer_second_step (ticket, client, subject, sid, ends) VALUES (?, ?, ?, ?, ?)",
        (hash_secret(ticket), client, subject, sid, int(now) + STEP_LIFETIME),
    )
    return ticket


def find(connection: sqlite3.Connection, ticket: str, client: str, now: float) -> WaitingSignIn | None:
    """The sign-in on this site that a ticket opens."""
    row = connection.execute(
        "SELECT subject, sid FROM issuer_second_step WHERE ticket = ? AND client = ? AND ends > ?",
        (hash_secret(ticket), client, now),
    ).fetchone()
    return WaitingSignIn(*row) if row else None


def end(connection: sqlite3.Connection, ticket: str) -> bool:
    """End the sign-in, which goes on or was given up. False if it had ended: two tabs may both answer."""
    return connection.execute("DELETE FROM issuer_second_step WHERE ticket = ?", (hash_secret(ticket),)).rowcount > 0
