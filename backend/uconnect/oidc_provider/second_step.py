"""Sign-ins that wait for their second step. The first one, a password or another provider's word, was right.

Such a sign-in opens the page of its second step, and nothing else.
"""

import sqlite3
from dataclasses import astuple, dataclass

from uconnect.oidc_provider import passkeys
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.sessions import STEP_LIFETIME, UpstreamProof
from uconnect.oidc_provider.settings import Client

PATH = "second-step"


@dataclass(frozen=True, slots=True)
class WaitingSignIn:
    """The account whose first step was right. `sid` is the session that is confirmed, empty if a new one is to begin.
    `proof` is what another provider said; None if the first step was a password."""

    subject: str
    sid: str
    proof: UpstreamProof | None


COLUMNS = "issuer, authenticated, lifetime, upstream_sid, vouched, upstream_subject, email"
NO_PROOF = UpstreamProof("", 0, 0)


def is_needed(connection: sqlite3.Connection, client: Client, subject: str, proof: UpstreamProof | None = None) -> bool:
    """Whether a second step must follow: the site asks for it, or the account has a passkey.

    A provider that asks for a second factor itself (`proof.strong`) is enough to sign in. It is not enough to link its
    person to the account: then the proof still names that person, and the second step follows.
    """
    if proof is not None and proof.strong:
        return bool(proof.upstream_subject)
    return client.needs_passkey or passkeys.has_any(connection, subject)


def begin(
    connection: sqlite3.Connection,
    client: str,
    subject: str,
    now: float,
    sid: str = "",
    proof: UpstreamProof | None = None,
) -> str:
    """Let a sign-in wait for its second step. Returns the ticket for the browser's cookie."""
    connection.execute("DELETE FROM issuer_second_step WHERE ends <= ?", (now,))
    ticket = new_secret()
    connection.execute(
        f"INSERT INTO issuer_second_step ({COLUMNS}, ticket, client, subject, sid, ends)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*astuple(proof or NO_PROOF), hash_secret(ticket), client, subject, sid, int(now) + STEP_LIFETIME),
    )
    return ticket


def find(connection: sqlite3.Connection, ticket: str, client: str, now: float) -> WaitingSignIn | None:
    """The sign-in on this site that a ticket opens."""
    row = connection.execute(
        f"SELECT subject, sid, {COLUMNS} FROM issuer_second_step WHERE ticket = ? AND client = ? AND ends > ?",  # noqa: S608
        (hash_secret(ticket), client, now),
    ).fetchone()
    if row is None:
        return None
    subject, sid, issuer, authenticated, lifetime, upstream_sid, vouched, *person = row
    proof = UpstreamProof(issuer, authenticated, lifetime, upstream_sid, bool(vouched), *person)
    return WaitingSignIn(subject, sid, proof if issuer else None)


def end_of_person(
    connection: sqlite3.Connection, issuer: str, upstream_subject: str, upstream_sid: bytes | None
) -> None:
    """Whoever waits to be linked to an account has signed out at the provider that has named them: in all of its
    sessions, or in this one."""
    connection.execute(
        "DELETE FROM issuer_second_step WHERE issuer = :issuer AND upstream_subject = :subject"
        " AND (:sid IS NULL OR upstream_sid = :sid)",
        {"issuer": issuer, "subject": upstream_subject, "sid": upstream_sid},
    )


def end(connection: sqlite3.Connection, ticket: str) -> bool:
    """Delete the sign-in that waits. False if there is none: of two tabs that answer, one comes second."""
    return connection.execute("DELETE FROM issuer_second_step WHERE ticket = ?", (hash_secret(ticket),)).rowcount > 0


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """End the sign-ins of an account that wait for their second step: their first step counts no longer."""
    connection.execute("DELETE FROM issuer_second_step WHERE subject = ?", (subject,))
