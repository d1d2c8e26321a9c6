"""Ends the sessions that another provider has begun: when it says so, and when it is no longer set here."""

import sqlite3
from collections.abc import Iterable

from uconnect.oidc_provider import sessions
from uconnect.oidc_provider.hashed_secrets import hash_secret


def end_sessions(
    connection: sqlite3.Connection,
    issuer: str,
    *,
    subject: str | None = None,
    upstream_sid: str | None = None,
    exclude: str | None = None,
) -> list[str]:
    """End the sessions that a provider has begun, and its sign-ins that wait for their second step.

    With `subject` only those of that account end, with `upstream_sid` only those of that session of the provider's.
    Returns the sessions that ended.
    """
    which = (
        "issuer = :issuer AND (:subject IS NULL OR subject = :subject)"
        " AND (:upstream_sid IS NULL OR upstream_sid = :upstream_sid)"
    )
    about = {
        "issuer": issuer,
        "subject": subject,
        "upstream_sid": None if upstream_sid is None else hash_sid(issuer, upstream_sid),
    }
    connection.execute(f"DELETE FROM issuer_second_step WHERE {which}", about)  # noqa: S608
    rows = connection.execute(f"SELECT sid FROM issuer_session WHERE {which}", about).fetchall()  # noqa: S608
    ended = [sid for (sid,) in rows if sid != exclude]
    for sid in ended:
        sessions.end(connection, sid)
    return ended


def end_of_other_issuers(connection: sqlite3.Connection, issuers: Iterable[str]) -> list[str]:
    """End the sessions, and the sign-ins that wait for their second step, that another issuer than these has begun:
    nobody can sign in by it any longer. Returns the sessions."""
    return [sid for issuer in _other_issuers(connection, issuers) for sid in end_sessions(connection, issuer)]


def has_other_issuers(connection: sqlite3.Connection, issuers: Iterable[str]) -> bool:
    """Whether another issuer than these has begun a session, or a sign-in that waits for its second step."""
    return bool(_other_issuers(connection, issuers))


def _other_issuers(connection: sqlite3.Connection, issuers: Iterable[str]) -> set[str]:
    rows = connection.execute("SELECT issuer FROM issuer_session UNION SELECT issuer FROM issuer_second_step")
    return {it for (it,) in rows} - {*issuers}


def use_logout_token(connection: sqlite3.Connection, issuer: str, jti: str, now: float, ends: float) -> bool:
    """Note that a logout token was used, until `ends`, when it is too old to be taken. False if it was used before."""
    connection.execute("DELETE FROM issuer_logout_token WHERE ends <= ?", (now,))
    hashed = hash_secret(f"{issuer} {jti}")
    made = connection.execute("INSERT OR IGNORE INTO issuer_logout_token VALUES (?, ?)", (hashed, int(ends)))
    return made.rowcount > 0


def hash_sid(issuer: str, upstream_sid: str) -> bytes:
    """The hash that is kept of the provider's name for its session."""
    return hash_secret(f"{issuer} {upstream_sid}")
