"""A provider says that somebody has signed out there, or may not sign in any more: their sessions here end too.

OpenID Connect Back-Channel Logout 1.0. An answer never says whether somebody is known.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from uconnect.oidc_provider import csrf, second_step, upstream_links, upstream_requests, upstream_sessions
from uconnect.oidc_provider.pages import PRIVATE
from uconnect.oidc_provider.sessions import BrowserSessions
from uconnect.oidc_provider.upstream_client import SKEW, FailureKind, UpstreamClient, UpstreamFailure, UpstreamPerson
from uconnect.oidc_provider.upstream_settings import Upstream

LIFETIME = 3600 + 2 * SKEW  # seconds that a logout token may be used: the client refuses older ones


@dataclass(frozen=True, slots=True)
class Logout:
    """What a logout token says: a person (`subject`) has signed out there, or one session of the provider's (`session`)
    has ended, or both are named."""

    upstream: Upstream
    subject: str | None
    session: str | None

    def is_about(self, upstream: Upstream, person: UpstreamPerson) -> bool:
        """Whether somebody who has just come by this provider is meant."""
        return (
            upstream == self.upstream
            and self.subject in {None, person.subject}
            and self.session in {None, person.session}
        )

    def end(self, connection: sqlite3.Connection) -> list[str]:
        """End what came by it. Returns the sessions. Where nobody is linked any longer, a session may still be there
        from before, which its own name finds."""
        issuer = self.upstream.issuer
        hashed = upstream_sessions.hash_sid(issuer, self.session) if self.session is not None else None
        upstream_requests.end_arrivals(connection, self.upstream.id, self.subject, hashed)
        if self.subject:
            second_step.end_of_person(connection, issuer, self.subject, hashed)
        link = upstream_links.find(connection, issuer, self.subject) if self.subject is not None else None
        if link is None and self.session is None:
            return []
        subject = link.subject if link else None
        return upstream_sessions.end_sessions(connection, issuer, subject=subject, upstream_sid=self.session)


class Logouts:
    """The logouts that providers tell, for those who are on their way from a provider at that moment: it has named
    them, and there is nothing yet that could end."""

    def __init__(self) -> None:
        self._waiting: dict[object, list[Logout]] = {}

    @contextmanager
    def meanwhile(self) -> Iterator[list[Logout]]:
        """The logouts that are told until the end of the block."""
        here = object()
        self._waiting[here] = []
        try:
            yield self._waiting[here]
        finally:
            del self._waiting[here]

    def tell(self, logout: Logout) -> None:
        """Say it before it is acted on: who has begun a session by then is found there, and everybody else here."""
        for each in self._waiting.values():
            each.append(logout)


@dataclass(frozen=True)
class UpstreamLogout:
    """The back-channel logout endpoint of each provider."""

    clients: Mapping[str, UpstreamClient]
    sessions: BrowserSessions
    logouts: Logouts

    async def receive(self, request: Request) -> Response:
        """POST /oauth/logout/{id} with a `logout_token`, by the provider itself (§2.5)."""
        client = self.clients.get(request.path_params["id"])
        token = dict(await csrf.posted(request)).get("logout_token", "")
        if client is None or not token:
            return _refused()
        try:
            claims = await client.logout_claims(token)
        except UpstreamFailure as failure:
            return _refused(503) if failure.kind is FailureKind.DOWN else _refused()
        issuer, now = client.upstream.issuer, self.sessions.now()
        logout = Logout(client.upstream, claims.get("sub"), claims.get("sid"))
        self.logouts.tell(logout)

        def work(connection: sqlite3.Connection) -> list[str] | None:
            if not upstream_sessions.use_logout_token(connection, issuer, claims["jti"], now, now + LIFETIME):
                return None
            return logout.end(connection)

        ended = await self.sessions.database.write_soon(work)
        if ended is None:
            return _refused()
        self.sessions.ended(ended)
        return Response(status_code=200, headers=PRIVATE)


def _refused(status: int = 400) -> Response:
    return JSONResponse({"error": "invalid_request"}, status, PRIVATE)
