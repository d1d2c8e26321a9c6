"""Browsers that have signed in to an account: each has tries of its own, which strangers cannot use up.

A device is a random secret in a cookie. It opens nothing: who holds it still needs the password. So it may live long,
also while nobody is signed in, and it is renewed at each sign-in: a secret that was planted in a browser before, or is
known to somebody else, is worth nothing after.
"""

import sqlite3
from dataclasses import dataclass

from uconnect.application.email_addresses import spellings
from uconnect.oidc_provider import hashed_secrets

LIFETIME = 400 * 24 * 3600  # seconds since the last sign-in; browsers keep no cookie for longer (RFC 6265bis)
DEVICES = 10  # of one account; the one longest unused gives way


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is known to an account."""

    id: str
    subject: str


def found(connection: sqlite3.Connection, client: str, secret: str, email: str, now: float) -> Device | None:
    """The browser that holds this secret, if the account with this address, as it was typed, knows it."""
    first, *_, last = spellings(email) * 2
    row = connection.execute(
        "SELECT id, subject FROM issuer_device JOIN issuer_account USING (subject)"
        " WHERE secret = ? AND client = ? AND email IN (?, ?) AND used > ?",
        (hashed_secrets.hash_secret(secret), client, first, last, now - LIFETIME),
    ).fetchone()
    return Device(*row) if row else None


def remember(connection: sqlite3.Connection, client: str, subject: str, before: str | None, now: float) -> str:
    """Let an account know the browser that held the secret `before`, if any. Its new secret.

    Its id stays, and with it what it has tried at other accounts: signing in to one gives no tries at another.
    """
    secret, old = hashed_secrets.new_secret(), hashed_secrets.hash_secret(before or "")
    row = connection.execute(
        "SELECT id FROM issuer_device WHERE secret = ? AND client = ? LIMIT 1", (old, client)
    ).fetchone()
    id = row[0] if row else hashed_secrets.new_public_id()
    connection.execute("UPDATE issuer_device SET secret = ? WHERE id = ?", (hashed_secrets.hash_secret(secret), id))
    connection.execute(
        "INSERT OR REPLACE INTO issuer_device (id, subject, client, secret, used) VALUES (?, ?, ?, ?, ?)",
        (id, subject, client, hashed_secrets.hash_secret(secret), int(now)),
    )
    _make_room(connection, subject, now)
    return secret


def forget(connection: sqlite3.Connection, subject: str, *, but: str | None = None) -> None:
    """Let an account know no browser any more, but for the one that holds the secret `but`."""
    connection.execute(
        "DELETE FROM issuer_device WHERE subject = ? AND secret <> ?", (subject, hashed_secrets.hash_secret(but or ""))
    )


def _make_room(connection: sqlite3.Connection, subject: str, now: float) -> None:
    connection.execute("DELETE FROM issuer_device WHERE used <= ?", (now - LIFETIME,))
    connection.execute(
        "DELETE FROM issuer_device WHERE subject = ? AND id NOT IN"
        " (SELECT id FROM issuer_device WHERE subject = ? ORDER BY used DESC, rowid DESC LIMIT ?)",
        (subject, subject, DEVICES),
    )
