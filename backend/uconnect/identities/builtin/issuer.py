"""The issuer put together: one SQLite database, one address, the sites it signs people in to."""

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uconnect.identities.builtin import clients as sites
from uconnect.identities.builtin import forms, signing
from uconnect.identities.builtin.accounts import Accounts
from uconnect.identities.builtin.clients import Client
from uconnect.identities.builtin.cookies import Cookies
from uconnect.identities.builtin.endpoints import Endpoints
from uconnect.identities.builtin.forms import Forms
from uconnect.identities.builtin.passwords import Passwords
from uconnect.identities.builtin.protocol import Protocol
from uconnect.identities.builtin.signin import SignIn
from uconnect.identities.builtin.signing import ALGORITHM, Signer
from uconnect.identities.builtin.signout import SignOut
from uconnect.identities.builtin.views import STYLE, STYLE_NAME, Views
from uconnect.identities.tokens import Trust
from uconnect.sqlite import Database


class Issuer:
    """An OpenID Connect issuer at `url` (no slash at its end), for public clients, by e-mail and password.

    The database must have been opened with this package's MIGRATIONS. `now` is Unix seconds; `hasher` sets what a
    password costs. Guesses are counted in this process, so one process answers for an address.
    """

    def __init__(
        self,
        database: Database,
        url: str,
        clients: Sequence[Client],
        *,
        now: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
    ) -> None:
        url = url.rstrip("/")
        parts = urlsplit(url)
        table = sites.by_id(clients)
        signer = Signer(url, database.write(lambda connection: signing.key(connection, now())))
        cookies, pages = Cookies(secure=parts.scheme == "https"), Views(parts.path)
        marks = Forms(database.write(forms.secret), cookies)
        protocol = Protocol(url, table, signer)
        self.accounts = Accounts(database, Passwords(hasher))
        self.trust = Trust(url, signer.keys, frozenset(table), ALGORITHM)
        self.keys = signer.jwks
        self._base = parts.path
        self._origins = sorted({origin for client in clients for origin in client.origins})
        self._sign_in = SignIn(
            database, protocol, self.accounts, table, cookies, marks, pages, base=parts.path, now=now
        )
        self._sign_out = SignOut(database, signer, table, cookies, marks, pages, now)
        self._endpoints = Endpoints(url, database, protocol, self.accounts, table, signer, self.trust, now)

    def routes(self) -> list[Route]:
        """The pages and endpoints, from the root of the host."""
        pages, json = self._sign_in, self._endpoints
        return [
            self._shared("/.well-known/openid-configuration", json.discovery, "GET"),
            self._shared("/oauth/jwks", json.jwks, "GET"),
            self._shared("/oauth/token", json.token, "POST"),
            self._shared("/oauth/userinfo", json.userinfo, "GET", "POST"),
            self._shared("/oauth/revoke", json.revoke, "POST"),
            Route(f"{self._base}/oauth/authorize", pages.authorize, methods=["GET", "POST"]),
            Route(f"{self._base}/oauth/sign-in", pages.resume, methods=["GET"]),
            Route(f"{self._base}/oauth/sign-in", pages.submit, methods=["POST"]),
            Route(f"{self._base}/oauth/sign-out", self._sign_out.leave, methods=["GET", "POST"]),
            Route(f"{self._base}/oauth/{STYLE_NAME}", _style, methods=["GET"]),
        ]

    def _shared(self, path: str, endpoint: Callable[..., object], *methods: str) -> Route:
        """A route whose answers the sites' scripts may read. No cookie is ever looked at there."""
        cors = Middleware(
            CORSMiddleware,
            allow_origins=self._origins,
            allow_methods=list(methods),
            allow_headers=["Authorization"],
            max_age=600,
        )
        return Route(f"{self._base}{path}", endpoint, methods=[*methods, "OPTIONS"], middleware=[cors])


async def _style(_: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(STYLE, media_type="text/css", headers=headers)
