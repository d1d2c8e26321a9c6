"""A session is one browser signed in on one site; ending it ends every token that came of it, and its sockets."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from uconnect.oidc_provider import hashed_secrets

Ended = Callable[[Iterable[str]], None]
LIFETIME = 30 * 24 * 3600  # seconds from signing in; then the password is asked again


def ignore_ended(_: Iterable[str]) -> None:
    """Nobody wants to know which sessions, or places in them, have ended."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in (`subject`) on which site, with which browser, and when they last proved who they are (Unix
    seconds)."""

    sid: str
    client: str
    subject: str
    authenticated: int
    expires: int
    browser: str = ""


COLUMNS = "sid, client, subject, authenticated, expires, browser"


def begin(
    connection: sqlite3.Connection, client: str, subject: str, now: float, browser: str = ""
) -> tuple[Session, str]:
    """A new session and the secret its cookie holds."""
    _purge(connection, now)
    session, secret = (
        Session(hashed_secrets.new_public_id(), client, subject, int(now), int(now) + LIFETIME, browser),
        hashed_secrets.new_secret(),
    )
    connection.execute(
        f"INSERT INTO issuer_session ({COLUMNS}, secret) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            session.sid,
            client,
            subject,
            session.authenticated,
            session.expires,
            browser,
            hashed_secrets.hash_secret(secret),
        ),
    )
    return session, secret


def of_cookie(connection: sqlite3.Connection, client: str, secret: str, now: float) -> Session | None:
    """The session a cookie opens. A cookie of another site opens none: each site is its own party."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE secret = ? AND client = ? AND expires > ?",  # noqa: S608
        (hashed_secrets.hash_secret(secret), client, now),
    ).fetchone()
    return Session(*row) if row else None


def of_sid(connection: sqlite3.Connection, sid: str, now: float) -> Session | None:
    """The session of this public id, while it lasts."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE sid = ? AND expires > ?",  # noqa: S608
        (sid, now),
    ).fetchone()
    return Session(*row) if row else None


def lasts(connection: sqlite3.Connection, place: str, now: float) -> bool:
    """Whether a token that is good in this place (see `tokens.Claims.place`) has not been ended."""
    sid, _, family = place.partition(".")
    if of_sid(connection, sid, now) is None:
        return False
    query = "SELECT 1 FROM issuer_family WHERE id = ? AND sid = ?"
    return not family or connection.execute(query, (family, sid)).fetchone() is not None


def of_subject(connection: sqlite3.Connection, subject: str, now: float) -> list[Session]:
    """Where an account is signed in, the latest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE subject = ? AND expires > ?"  # noqa: S608
        " ORDER BY authenticated DESC, sid",
        (subject, now),
    ).fetchall()
    return [Session(*row) for row in rows]


def renew(connection: sqlite3.Connection, sid: str, now: float) -> None:
    """The password was typed again."""
    connection.execute("UPDATE issuer_session SET authenticated = ? WHERE sid = ?", (int(now), sid))


def end_all(connection: sqlite3.Connection, subject: str, *, but: str | None = None) -> list[str]:
    """Sign an account out everywhere, but for one session. The sessions that ended."""
    found = connection.execute("SELECT sid FROM issuer_session WHERE subject = ?", (subject,)).fetchall()
    ended = [sid for (sid,) in found if sid != but]
    for sid in ended:
        end(connection, sid)
    return ended


def end(connection: sqlite3.Connection, sid: str) -> None:
    """End the session, with its unused codes and its refresh tokens."""
    for table in ("issuer_session", "issuer_code", "issuer_family"):
        connection.execute(f"DELETE FROM {table} WHERE sid = ?", (sid,))  # noqa: S608


def _purge(connection: sqlite3.Connection, now: float) -> None:
    for (sid,) in connection.execute("SELECT sid FROM issuer_session WHERE expires <= ?", (now,)).fetchall():
        end(connection, sid)
