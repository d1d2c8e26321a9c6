"""A provider says that somebody has signed out there, or may not sign in any more: their sessions here end too.

OpenID Connect Back-Channel Logout 1.0. An answer never says whether somebody is known.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from uconnect.oidc_provider import csrf, upstream_links, upstream_requests, upstream_sessions
from uconnect.oidc_provider.pages import PRIVATE
from uconnect.oidc_provider.sessions import BrowserSessions
from uconnect.oidc_provider.upstream_client import SKEW, FailureKind, UpstreamClient, UpstreamFailure

LIFETIME = 3600 + 2 * SKEW  # seconds that a logout token may be used: the client refuses older ones


@dataclass(frozen=True)
class UpstreamLogout:
    """The back-channel logout endpoint of each provider."""

    clients: Mapping[str, UpstreamClient]
    sessions: BrowserSessions

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

        def work(connection: sqlite3.Connection) -> list[str] | None:
            if not upstream_sessions.use_logout_token(connection, issuer, claims["jti"], now, now + LIFETIME):
                return None
            hashed = upstream_sessions.hash_sid(issuer, claims["sid"]) if "sid" in claims else None
            upstream_requests.end_arrivals(connection, client.upstream.id, claims.get("sub"), hashed)
            subject = None
            if "sub" in claims:
                link = upstream_links.find(connection, issuer, claims["sub"])
                if link is None:
                    return []
                subject = link.subject
            return upstream_sessions.end_sessions(connection, issuer, subject=subject, upstream_sid=claims.get("sid"))

        ended = await self.sessions.database.write_soon(work)
        if ended is None:
            return _refused()
        self.sessions.ended(ended)
        return Response(status_code=200, headers=PRIVATE)


def _refused(status: int = 400) -> Response:
    return JSONResponse({"error": "invalid_request"}, status, PRIVATE)
