"""Which account a person of another provider signs in to: by the provider's own name for them, and nothing else.

An address leads to an account once, when they are linked. From then on the address may change, or be given to somebody
else: neither opens the account.
"""

import sqlite3
from dataclasses import dataclass, replace

from uconnect.application.email_addresses import kept
from uconnect.oidc_provider import passkeys, upstream_sessions
from uconnect.oidc_provider.hashed_secrets import hash_secret
from uconnect.oidc_provider.sessions import UpstreamProof


@dataclass(frozen=True, slots=True)
class Link:
    """An account (`subject`) that is linked. `address` is the hash of the e-mail address that the provider gave last,
    `linked` since when it is (Unix seconds)."""

    issuer: str
    upstream_subject: str
    subject: str
    address: bytes
    linked: int


COLUMNS = "issuer, upstream_subject, subject, address, linked"


def find(connection: sqlite3.Connection, issuer: str, upstream_subject: str) -> Link | None:
    """The link of a person of a provider."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_link WHERE issuer = ? AND upstream_subject = ?",  # noqa: S608
        (issuer, upstream_subject),
    ).fetchone()
    return Link(*row) if row else None


def of_subject(connection: sqlite3.Connection, subject: str) -> list[Link]:
    """The links of an account, the oldest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_link WHERE subject = ? ORDER BY linked, issuer",  # noqa: S608
        (subject,),
    ).fetchall()
    return [Link(*row) for row in rows]


def add(
    connection: sqlite3.Connection, issuer: str, upstream_subject: str, subject: str, email: str, now: float
) -> bool:
    """Link an account. False if the person has an account, or the account another person of this provider."""
    if find(connection, issuer, upstream_subject) is not None:
        return False
    if any(it.issuer == issuer for it in of_subject(connection, subject)):
        return False
    connection.execute(
        f"INSERT INTO issuer_link ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
        (issuer, upstream_subject, subject, hash_address(issuer, upstream_subject, email), int(now)),
    )
    return True


class AlreadyLinked(Exception):
    """The account is linked to another person of the provider, or the person to another account."""


def link(
    connection: sqlite3.Connection, proof: UpstreamProof, subject: str, now: float, *, strong: bool
) -> UpstreamProof:
    """Link an account to the person that a provider has named, if they are not linked yet. Raises AlreadyLinked.

    An account with a passkey is linked only after the passkey was used (`strong`). Else a thief who has its password,
    or reads its e-mail, would have a way around the passkey from then on. Returns the proof, without the person if they
    are linked.
    """
    if not proof.upstream_subject or (not strong and passkeys.has_any(connection, subject)):
        return proof
    if not add(connection, proof.issuer, proof.upstream_subject, subject, proof.email, now):
        raise AlreadyLinked
    return replace(proof, upstream_subject="", email="")


def note_address(connection: sqlite3.Connection, link: Link, email: str) -> bool:
    """Keep that the provider gives this address now. Whether it was another one before."""
    hashed = hash_address(link.issuer, link.upstream_subject, email)
    if not email or hashed == link.address:
        return False
    connection.execute(
        "UPDATE issuer_link SET address = ? WHERE issuer = ? AND upstream_subject = ?",
        (hashed, link.issuer, link.upstream_subject),
    )
    return True


def remove(connection: sqlite3.Connection, subject: str, issuer: str, *, exclude: str | None = None) -> list[str]:
    """Let nobody of this provider sign in to the account. Its sessions that came by it end, but for the session
    `exclude`. Returns those that ended."""
    connection.execute("DELETE FROM issuer_link WHERE subject = ? AND issuer = ?", (subject, issuer))
    return upstream_sessions.end_sessions(connection, issuer, subject=subject, exclude=exclude)


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """The account is deleted, and its links with it."""
    connection.execute("DELETE FROM issuer_link WHERE subject = ?", (subject,))


def hash_address(issuer: str, upstream_subject: str, email: str) -> bytes:
    """The hash that is kept of an address. It differs for each person, so two links with one address look different."""
    return hash_secret(f"{issuer} {upstream_subject} {kept(email) if email else ''}")
