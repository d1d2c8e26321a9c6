"""The issuer put together: one SQLite database, one address, the sites it signs people in to."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens.verification import Claims, TokenTrust
from uconnect.oidc_provider import accounts, csrf, invitations, sessions, signing_keys
from uconnect.oidc_provider import clients as sites
from uconnect.oidc_provider.account_changes import ChangeEmail, ChangePassword, Reauthenticate
from uconnect.oidc_provider.account_page import Account
from uconnect.oidc_provider.accounts import Accounts
from uconnect.oidc_provider.authlib_server import Protocol
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.cookies import Cookies
from uconnect.oidc_provider.csrf import CsrfTokens
from uconnect.oidc_provider.database_errors import Endpoint, handle_database_errors, to_person, to_script
from uconnect.oidc_provider.email_change_outbox import Changed, EmailChangeOutbox, ignore
from uconnect.oidc_provider.endpoints import Endpoints
from uconnect.oidc_provider.html import ICON, ICON_NAME, SHOW, SHOW_NAME, STYLE, STYLE_NAME, HtmlPages
from uconnect.oidc_provider.invitations import Accept
from uconnect.oidc_provider.limits import Limits
from uconnect.oidc_provider.links import Join, Letter
from uconnect.oidc_provider.mailer import Mailer
from uconnect.oidc_provider.networks import Crowd
from uconnect.oidc_provider.pages import Page, PageContext
from uconnect.oidc_provider.password_reset import Forgot, NewPassword
from uconnect.oidc_provider.passwords import Passwords
from uconnect.oidc_provider.reauthentication import RecentSignIn
from uconnect.oidc_provider.sessions import Ended, ignore_ended
from uconnect.oidc_provider.sign_in import SignIn
from uconnect.oidc_provider.sign_out import SignOut
from uconnect.oidc_provider.sign_up import SignUp
from uconnect.oidc_provider.signing_keys import ALGORITHM, Signer
from uconnect.oidc_provider.throttle import Throttle


class Provider:
    """An OpenID Connect issuer at `url` (no slash at its end), for public clients, by e-mail and password.

    The database must have been opened with this package's MIGRATIONS. `post` carries our letters; `changed` is told of
    each account with a new address, and `ended` of sessions that end, before whoever ends them is answered. `now` is
    Unix seconds; `hasher` sets what a password costs; `limits` how often things may be tried. Guesses are counted in
    this process, so one process answers for an address.
    """

    def __init__(
        self,
        database: Database,
        url: str,
        clients: Sequence[Client],
        post: Mailer,
        *,
        changed: Changed = ignore,
        ended: Ended = ignore_ended,
        now: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
        limits: Limits | None = None,
    ) -> None:
        url = url.rstrip("/")
        parts = urlsplit(url)
        table = sites.by_id(clients)
        signer = Signer(url, database.write(lambda connection: signing_keys.key(connection, now())))
        cookies, pages = Cookies(secure=parts.scheme == "https"), HtmlPages(parts.path, url)
        csrf_tokens = CsrfTokens(database.write(csrf.secret), cookies)
        protocol = Protocol(url, table, signer)
        passwords = Passwords(hasher)
        self.accounts = Accounts(database, passwords)
        self.email_changes = EmailChangeOutbox(database, changed)
        self.trust = TokenTrust(url, signer.keys, frozenset(table), ALGORITHM)
        self.keys = signer.jwks
        self.pages = pages
        self._url = url
        self._base = parts.path
        self._origins = sorted({origin for client in clients for origin in client.origins})
        self._reception = PageContext(
            database=database,
            protocol=protocol,
            accounts=self.accounts,
            passwords=passwords,
            clients=table,
            cookies=cookies,
            csrf=csrf_tokens,
            pages=pages,
            post=post,
            url=url,
            base=parts.path,
            now=now,
            ended=ended,
            limits=limits or Limits(),
            throttle=Throttle(now),
            crowd=Crowd() if parts.scheme == "https" else None,
        )
        self._passwords = passwords
        self._mine = RecentSignIn(self._reception)
        self._sign_in = SignIn(self._reception)
        self._sign_out = SignOut(database, signer, table, cookies, csrf_tokens, pages, ended, now)
        self._endpoints = Endpoints(url, database, protocol, table, signer, self.trust, ended, now)

    def end(self) -> None:
        """Tell those who wait to sign in that they must try again: the server is about to stop."""
        self._passwords.end()

    def close(self) -> None:
        """End the processes that hash passwords."""
        self._passwords.close()

    def invitation(
        self, connection: sqlite3.Connection, email: str, client: str, name: str = "", school: str = "", place: str = ""
    ) -> str:
        """A link that makes an account for an address on a client, or signs the one it has in. Good once, for 14 days,
        if the transaction of `connection` commits. To be sent to that address and shown to nobody: it proves it.

        It leads to the client's site. What proves the address is in its fragment, which no proxy writes down; the site
        sends it on in a form, to the page `open-invitation`. `school` is who invites, and `place` what to: see
        `accounts.Profile.accepted`.
        """
        invited = invitations.Invitation(client, email, name, school, place)
        token = invitations.invite(connection, invited, self._reception.now())
        return f"{self._reception.clients[client].home}#{urlencode({'invitation': token})}"

    async def lasts(self, place: str) -> bool:
        """Whether a token that is good in this place (see `Claims.place`) has not been ended."""
        now = self._reception.now()
        return await self._reception.database.read_soon(lambda c: sessions.lasts(c, place, now))

    async def signed_out(self, token: Claims) -> bool:
        """Whether a token has been ended. Not if its account is gone too: that is for its party to say."""

        def work(connection: sqlite3.Connection) -> bool:
            ended = not sessions.lasts(connection, token.session_scope, self._reception.now())
            return ended and accounts.profile(connection, token.subject) is not None

        return await self._reception.database.read_soon(work)

    def page(self, name: str, client: str) -> str:
        """The address of a page for people of a client, such as `sign-up`."""
        return f"{self._url}/oauth/{name}?{urlencode({'client_id': client})}"

    def offers_sign_up(self, client: str) -> bool:
        """Whether anyone may make an account for this client."""
        return self._reception.clients[client].sign_up

    def routes(self) -> list[Route]:
        """The pages and endpoints, from the root of the host."""
        json, account = self._endpoints, Account(self._reception, self._mine)
        return [
            self._shared("/.well-known/openid-configuration", json.discovery, "GET"),
            self._shared("/oauth/jwks", json.jwks, "GET"),
            self._shared("/oauth/token", json.token, "POST"),
            self._shared("/oauth/userinfo", json.userinfo, "GET", "POST"),
            self._shared("/oauth/revoke", json.revoke, "POST"),
            self._route("authorize", self._sign_in.authorize, "GET", "POST"),
            self._route("sign-in", self._sign_in.resume, "GET"),
            self._route("sign-in", self._sign_in.submit, "POST"),
            self._route("sign-out", self._sign_out.leave, "GET", "POST"),
            self._route(STYLE_NAME, _constant(STYLE, "text/css"), "GET"),
            self._route(ICON_NAME, _constant(ICON, "image/svg+xml"), "GET"),
            self._route(SHOW_NAME, _constant(SHOW, "text/javascript"), "GET"),
            self._route("account", account.show, "GET"),
            self._route("account", account.take, "POST"),
            self._route("open-invitation", self._open(Accept(self._reception)), "POST"),
            *(route for page in self._pages() for route in self._both(page)),
        ]

    def _pages(self) -> list[Page]:
        codes = CodePage(self._reception, self.email_changes)
        return [
            SignUp(self._reception, codes),
            codes,
            Forgot(self._reception, codes),
            NewPassword(self._reception, codes),
            Letter(self._reception, codes),
            Join(self._reception, codes),
            Accept(self._reception),
            Reauthenticate(self._reception, self._mine),
            ChangePassword(self._reception, self._mine),
            ChangeEmail(self._reception, self._mine, codes),
        ]

    def _open(self, page: Page) -> Endpoint:
        async def open(request: Request) -> Response:
            return await self._reception.open(request, page)

        return open

    def _both(self, page: Page) -> tuple[Route, Route]:
        async def show(request: Request) -> Response:
            return await self._reception.show(request, page)

        async def take(request: Request) -> Response:
            return await self._reception.take(request, page)

        return self._route(page.path, show, "GET"), self._route(page.path, take, "POST")

    def _route(self, name: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(
            f"{self._base}/oauth/{name}", handle_database_errors(endpoint, to_person(self.pages)), methods=list(methods)
        )

    def _shared(self, path: str, endpoint: Endpoint, *methods: str) -> Route:
        """A route whose answers the sites' scripts may read. No cookie is ever looked at there."""
        cors = Middleware(
            CORSMiddleware,
            allow_origins=self._origins,
            allow_methods=list(methods),
            allow_headers=["Authorization"],
            max_age=600,
        )
        return Route(
            f"{self._base}{path}",
            handle_database_errors(endpoint, to_script),
            methods=[*methods, "OPTIONS"],
            middleware=[cors],
        )


def _constant(text: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    """A file whose address names its bytes: a browser may keep it for good."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}

    async def answer(_: Request) -> Response:
        return Response(text, media_type=media_type, headers=headers)

    return answer
