"""A sign-in whose first step was right and is not enough: a password, or what another provider said. It opens nothing
but the page of its second step."""

import sqlite3
from dataclasses import astuple, dataclass

from uconnect.oidc_provider import passkeys
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret
from uconnect.oidc_provider.sessions import STEP_LIFETIME, UpstreamProof
from uconnect.oidc_provider.settings import Client

PATH = "second-step"


@dataclass(frozen=True, slots=True)
class WaitingSignIn:
    """Whose first step was right. `sid` is the session that they confirm; it is empty if one is to begin. `proof` is
    what another provider said of them, if it was one."""

    subject: str
    sid: str
    proof: UpstreamProof | None


COLUMNS = "issuer, authenticated, lifetime, upstream_sid, vouched, upstream_subject, email"
NO_PROOF = UpstreamProof("", 0, 0)


def is_needed(connection: sqlite3.Connection, client: Client, subject: str, proof: UpstreamProof | None = None) -> bool:
    """Whether a first step is not enough: the site wants more, or the account has a passkey.

    What a provider says that asks for a second factor itself is enough, but not to link somebody to the account.
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


def end(connection: sqlite3.Connection, ticket: str) -> bool:
    """End the sign-in, which goes on or was given up. False if it had ended: two tabs may both answer."""
    return connection.execute("DELETE FROM issuer_second_step WHERE ticket = ?", (hash_secret(ticket),)).rowcount > 0


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """End the sign-ins of an account that wait for their second step: their first step counts no longer."""
    connection.execute("DELETE FROM issuer_second_step WHERE subject = ?", (subject,))
