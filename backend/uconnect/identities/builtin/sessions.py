"""A session is one browser signed in on one site; ending it ends every refresh token that came of it."""

import sqlite3
from dataclasses import dataclass

from uconnect.identities.builtin import opaque

LIFETIME = 30 * 24 * 3600  # seconds from signing in; then the password is asked again


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in (`subject`) on which site, and when the password was last typed (Unix seconds)."""

    sid: str
    client: str
    subject: str
    authenticated: int
    expires: int


COLUMNS = "sid, client, subject, authenticated, expires"


def begin(connection: sqlite3.Connection, client: str, subject: str, now: float) -> tuple[Session, str]:
    """A new session and the secret its cookie holds."""
    _purge(connection, now)
    session, secret = Session(opaque.short(), client, subject, int(now), int(now) + LIFETIME), opaque.fresh()
    connection.execute(
        "INSERT INTO issuer_session (sid, secret, client, subject, authenticated, expires) VALUES (?, ?, ?, ?, ?, ?)",
        (session.sid, opaque.kept(secret), client, subject, session.authenticated, session.expires),
    )
    return session, secret


def of_cookie(connection: sqlite3.Connection, client: str, secret: str, now: float) -> Session | None:
    """The session a cookie opens. A cookie of another site opens none: each site is its own party."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE secret = ? AND client = ? AND expires > ?",  # noqa: S608
        (opaque.kept(secret), client, now),
    ).fetchone()
    return Session(*row) if row else None


def of_sid(connection: sqlite3.Connection, sid: str, now: float) -> Session | None:
    """The session of this public id, while it lasts."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE sid = ? AND expires > ?",  # noqa: S608
        (sid, now),
    ).fetchone()
    return Session(*row) if row else None


def end(connection: sqlite3.Connection, sid: str) -> None:
    """End the session, with its unused codes and its refresh tokens."""
    for table in ("issuer_session", "issuer_code", "issuer_family"):
        connection.execute(f"DELETE FROM {table} WHERE sid = ?", (sid,))  # noqa: S608


def _purge(connection: sqlite3.Connection, now: float) -> None:
    for (sid,) in connection.execute("SELECT sid FROM issuer_session WHERE expires <= ?", (now,)).fetchall():
        end(connection, sid)
