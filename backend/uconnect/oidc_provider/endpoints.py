"""The endpoints that a site's script calls: discovery, keys, tokens, userinfo, revocation. All of them answer JSON."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from uconnect.adapters.tokens.verification import Claims
from uconnect.oidc_provider import accounts, csrf, sessions, signing_keys, token_store
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.authlib_server import SCOPES, Answer, OAuthServer
from uconnect.oidc_provider.pages import PRIVATE
from uconnect.oidc_provider.sessions import BrowserSessions
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.signing_keys import SigningKeys
from uconnect.oidc_provider.token_store import ALGORITHM

PUBLISHED = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True)
class Endpoints:
    """The endpoints of the issuer `url` that answer JSON."""

    url: str
    oauth: OAuthServer
    clients: Mapping[str, Client]
    keys: SigningKeys
    sessions: BrowserSessions

    async def discovery(self, _: Request) -> Response:
        """GET /.well-known/openid-configuration (OpenID Connect Discovery §4)."""
        return JSONResponse(description(self.url), headers=PUBLISHED)

    async def jwks(self, _: Request) -> Response:
        """GET /oauth/jwks: the public keys."""
        return JSONResponse(await self.keys.published(), headers=PUBLISHED)

    async def token(self, request: Request) -> Response:
        """POST /oauth/token: tokens for a code or a refresh token. A request with neither is answered without the
        writer."""
        pairs = await csrf.posted(request)

        def exchange(connection: sqlite3.Connection) -> Answer:
            return self.oauth.exchange(connection, pairs, self.sessions.now())

        answer = await self.sessions.database.read_soon(
            lambda connection: exchange(connection) if self.oauth.is_junk(connection, pairs) else None
        )
        if answer is None:
            answer = await self.sessions.database.write_soon(exchange)
        self.sessions.ended(answer.ended)
        return JSONResponse(answer.body, answer.status, PRIVATE)

    async def userinfo(self, request: Request) -> Response:
        """GET or POST /oauth/userinfo with an access token: the e-mail and the name, as far as the site has asked for
        them (OpenID Connect Core §5.3, §5.4). A token in the body is not looked at (RFC 6750 §2.2 may be left out)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        claims = await self.keys.claims(token.strip()) if scheme.lower() == "bearer" else None
        found = (
            await self.sessions.database.read_soon(lambda c: _still(c, claims, self.sessions.now())) if claims else None
        )
        if claims is None or found is None:
            problem = 'Bearer error="invalid_token"' if token else "Bearer"
            return JSONResponse({"error": "invalid_token"}, 401, PRIVATE | {"WWW-Authenticate": problem})
        return JSONResponse({"sub": claims.subject} | _asked_for(claims.scope.split(), found), headers=PRIVATE)

    async def revoke(self, request: Request) -> Response:
        """POST /oauth/revoke: end a refresh token's family, its access tokens too. Anything else is worth nothing
        already, or is an access token, which ends by itself in minutes: for both RFC 7009 §2.2 answers 200."""
        fields = dict(await csrf.posted(request))
        client, token = self.clients.get(fields.get("client_id", "")), fields.get("token")
        if client is None:
            return JSONResponse({"error": "invalid_client"}, 400, PRIVATE)
        if token is None:
            return JSONResponse({"error": "invalid_request"}, 400, PRIVATE)

        def work(connection: sqlite3.Connection) -> list[str]:
            ended: list[str] = []
            family = token_store.use_refresh_token(connection, token, client.id, self.sessions.now(), ended)
            if family:
                token_store.end_family(connection, family.id)
                ended.append(token_store.session_scope(family.sid, family.id))
            return ended

        if await self.sessions.database.read_soon(lambda connection: token_store.knows_family(connection, token)):
            self.sessions.ended(await self.sessions.database.write_soon(work))
        return JSONResponse({}, 200, PRIVATE)


def _still(connection: sqlite3.Connection, claims: Claims, now: float) -> Profile | None:
    """The account of a token, while its key is trusted and the place it is good in lasts."""
    if not signing_keys.is_trusted(connection, claims.key, now):
        return None
    return (
        accounts.profile(connection, claims.subject) if sessions.lasts(connection, claims.session_scope, now) else None
    )


def _asked_for(scopes: Sequence[str], account: Profile) -> dict[str, Any]:
    """What these scopes ask for."""
    email = {"email": account.email, "email_verified": account.verified} if "email" in scopes else {}
    return email | ({"name": account.name} if account.name and "profile" in scopes else {})


def description(url: str) -> dict[str, Any]:
    """What the provider publishes about itself. What is false here would be true by default, and is not supported.

    One rule is not followed: OpenID Connect Discovery §3 wants RS256 among the algorithms, for clients that register
    without naming one. Nobody registers here: the clients are the three sites, which take ES256.
    """
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/oauth/authorize",
        "token_endpoint": f"{url}/oauth/token",
        "userinfo_endpoint": f"{url}/oauth/userinfo",
        "jwks_uri": f"{url}/oauth/jwks",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "end_session_endpoint": f"{url}/oauth/sign-out",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["sub", "email", "email_verified", "name", "auth_time", "sid"],
        "prompt_values_supported": ["none", "login", "select_account"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
