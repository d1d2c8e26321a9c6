"""People who are at another provider now, and those who have come back and have one more page to fill in.

Only the browser that began can end it: it holds a secret in a cookie, and what the provider must repeat is made of that
secret. So no answer works in another browser (login CSRF), and nothing in the database is enough to use one.
"""

import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from uconnect.oidc_provider.csrf import Pairs
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_secret

LIFETIME = 900  # seconds that a person may take at the provider, also with a second factor
ARRIVAL_LIFETIME = 3600  # seconds for the page after it


class UpstreamPurpose(StrEnum):
    """What somebody goes to the provider for."""

    SIGN_IN = "sign-in"
    AGAIN = "again"  # to confirm that it is they, in a session that they have
    LINK = "link"  # to link the account that they are signed in to


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties an answer to the browser that asked: sent in the request, and known to that browser alone."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """One way to the provider `upstream` (its id) and back. `query` is what the page was asked with.

    `invitation` is the hash of the secret of an invitation that shall be accepted, `sid` the session that asks for its
    owner's proof, `begun` when they went there (Unix seconds).
    """

    client: str
    query: Pairs
    upstream: str
    purpose: UpstreamPurpose = UpstreamPurpose.SIGN_IN
    invitation: bytes | None = None
    sid: str = ""
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the provider has named. `subject` is the account that the address belongs to, or empty."""

    client: str
    query: Pairs
    upstream: str
    upstream_subject: str
    email: str
    name: str
    subject: str
    invitation: bytes | None
    authenticated: int
    upstream_sid: bytes | None


def begin(connection: sqlite3.Connection, asked: UpstreamRequest, browser: str, now: float) -> Secrets:
    """Keep a request of the browser with the secret `browser`. Returns what must come back with its answer."""
    for table in ("issuer_upstream_request", "issuer_arrival"):
        connection.execute(f"DELETE FROM {table} WHERE ends <= ?", (now,))  # noqa: S608 - names of our own
    state = new_secret()
    connection.execute(
        "INSERT INTO issuer_upstream_request"
        " (state, browser, client, query, upstream, purpose, invitation, sid, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(hash_secret(state), hash_secret(browser), asked.client, json.dumps(asked.query), asked.upstream),
            *(asked.purpose, asked.invitation, asked.sid, int(now) + LIFETIME),
        ),
    )
    return secrets_of(state, browser)


def is_begun(connection: sqlite3.Connection, state: str) -> bool:
    """Whether a request with this state was begun. It only reads, so a made-up state does not use the writer's time."""
    known = connection.execute("SELECT 1 FROM issuer_upstream_request WHERE state = ?", (hash_secret(state),))
    return known.fetchone() is not None


def take(
    connection: sqlite3.Connection, state: str, browsers: Mapping[str, str], upstream: str, now: float
) -> tuple[UpstreamRequest, Secrets] | None:
    """The request with this state, deleted in the same step; None unless this provider was asked, by this browser, a
    short while ago. `browsers` are the secrets that it holds, one for each site."""
    row = connection.execute(
        "SELECT browser, client, query, upstream, purpose, invitation, sid, ends FROM issuer_upstream_request"
        " WHERE state = ?",
        (hash_secret(state),),
    ).fetchone()
    if row is None:
        return None
    browser, client, query, asked, purpose, invitation, sid, ends = row
    secret = browsers.get(client)
    if secret is None or hash_secret(secret) != browser or asked != upstream:
        return None  # somebody else's: it stays for its owner
    connection.execute("DELETE FROM issuer_upstream_request WHERE state = ?", (hash_secret(state),))
    if ends <= now:
        return None
    about = UpstreamPurpose(purpose), invitation, sid, ends - LIFETIME
    request = UpstreamRequest(client, _pairs(query), asked, *about)
    return request, secrets_of(state, secret)


def secrets_of(state: str, browser: str) -> Secrets:
    """What only this browser can know of this request."""
    return Secrets(state, _made("nonce", state, browser), _made("verifier", state, browser))


def keep_arrival(connection: sqlite3.Connection, arrival: Arrival, now: float) -> str:
    """Keep an arrival until its page is filled in. Returns the secret for the browser's cookie."""
    connection.execute("DELETE FROM issuer_arrival WHERE ends <= ?", (now,))
    ticket = new_secret()
    connection.execute(
        f"INSERT INTO issuer_arrival ({ARRIVAL_COLUMNS}, ticket, ends)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(arrival.client, json.dumps(arrival.query), arrival.upstream, arrival.upstream_subject, arrival.email),
            *(arrival.name, arrival.subject, arrival.invitation, arrival.authenticated, arrival.upstream_sid),
            *(hash_secret(ticket), int(now) + ARRIVAL_LIFETIME),
        ),
    )
    return ticket


ARRIVAL_COLUMNS = (
    "client, query, upstream, upstream_subject, email, name, subject, invitation, authenticated, upstream_sid"
)


def find_arrival(connection: sqlite3.Connection, ticket: str, client: str, now: float) -> Arrival | None:
    """The arrival whose browser has this secret, on this site."""
    row = connection.execute(
        f"SELECT {ARRIVAL_COLUMNS} FROM issuer_arrival WHERE ticket = ? AND client = ? AND ends > ?",  # noqa: S608
        (hash_secret(ticket), client, now),
    ).fetchone()
    return Arrival(row[0], _pairs(row[1]), *row[2:]) if row else None


def end_arrival(connection: sqlite3.Connection, ticket: str) -> None:
    """Delete an arrival whose page was filled in."""
    connection.execute("DELETE FROM issuer_arrival WHERE ticket = ?", (hash_secret(ticket),))


def end_arrivals(
    connection: sqlite3.Connection, upstream: str, upstream_subject: str | None, upstream_sid: bytes | None
) -> None:
    """Delete arrivals by a provider where the person has signed out. With `upstream_subject` only those of that person,
    with `upstream_sid` only those of that session of the provider's."""
    connection.execute(
        "DELETE FROM issuer_arrival WHERE upstream = :upstream AND (:subject IS NULL OR upstream_subject = :subject)"
        " AND (:upstream_sid IS NULL OR upstream_sid = :upstream_sid)",
        {"upstream": upstream, "subject": upstream_subject, "upstream_sid": upstream_sid},
    )


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """Delete the arrivals for an account that is deleted, or has another address now."""
    connection.execute("DELETE FROM issuer_arrival WHERE subject = ? AND subject <> ''", (subject,))


def _pairs(text: str) -> Pairs:
    return [(str(name), str(value)) for name, value in json.loads(text)]


def _made(what: str, state: str, browser: str) -> str:
    """43 characters, as many as a verifier must have at least (RFC 7636 §4.1)."""
    made = hmac.digest(browser.encode(), f"{what} {state}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
