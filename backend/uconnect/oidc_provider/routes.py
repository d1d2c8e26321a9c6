"""The provider put together: one SQLite database, one address, the sites it signs people in to."""

import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from uconnect.adapters.mail.outbox import Outbox
from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens.verification import Claims
from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.oidc_provider import accounts, invitations, sessions, settings, signing_keys, upstream_sessions
from uconnect.oidc_provider.account_page import AccountPage, ChangeEmail, ChangePassword, Reauthenticate, RecentSignIn
from uconnect.oidc_provider.accounts import (
    Accounts,
    EmailChanged,
    EmailChangeOutbox,
    NameOf,
    ignore_email_change,
    no_other_name,
)
from uconnect.oidc_provider.authlib_server import OAuthServer
from uconnect.oidc_provider.code_page import CodePage, VerificationLetters
from uconnect.oidc_provider.endpoints import Endpoints
from uconnect.oidc_provider.invitations import AcceptInvitation
from uconnect.oidc_provider.pages import (
    ICON,
    ICON_NAME,
    PASSKEY,
    PASSKEY_NAME,
    PRIVATE,
    SHOW,
    SHOW_NAME,
    STYLE,
    STYLE_NAME,
    TIMES,
    TIMES_NAME,
    AnswerInstead,
    FormPage,
    FormPages,
    HtmlPages,
    letter_link,
)
from uconnect.oidc_provider.passkey_forms import PasskeyForms
from uconnect.oidc_provider.passkey_page import PATH as PASSKEYS_PATH
from uconnect.oidc_provider.passkey_page import PasskeyPage
from uconnect.oidc_provider.passwords import Passwords
from uconnect.oidc_provider.passwords_off import PasswordsOff
from uconnect.oidc_provider.relying_party import RelyingParty
from uconnect.oidc_provider.second_step_page import SecondStep
from uconnect.oidc_provider.sessions import BrowserSessions, Ended, ignore_ended
from uconnect.oidc_provider.settings import Client, Limits
from uconnect.oidc_provider.sign_in import Admission, PasswordCheck, SignIn
from uconnect.oidc_provider.sign_out import SignOut
from uconnect.oidc_provider.sign_up import Forgot, Join, LetterLink, NewPassword, SignUp
from uconnect.oidc_provider.signing_keys import SigningKeys
from uconnect.oidc_provider.throttle import Crowd, Throttle
from uconnect.oidc_provider.upstream_arrival_pages import LinkAccount, Welcome
from uconnect.oidc_provider.upstream_arrivals import Arrivals
from uconnect.oidc_provider.upstream_client import UpstreamClient
from uconnect.oidc_provider.upstream_fetch import Fetch, fetch
from uconnect.oidc_provider.upstream_logout import Logouts, UpstreamLogout
from uconnect.oidc_provider.upstream_pages import BeginUpstream, ReturnFromUpstream
from uconnect.oidc_provider.upstream_refusals import UpstreamRefusals
from uconnect.oidc_provider.upstream_settings import SignInMethods

NOT_KEPT = "uconnect cannot save anything right now. Nothing was changed. Wait a minute, then go back and try again."
ABOUT_PASSWORDS = {it.path for it in (SignUp, Forgot, NewPassword, LetterLink, Join, ChangePassword)}
Endpoint = Callable[[Request], Awaitable[Response]]
log = logging.getLogger("uconnect")


class Provider:
    """An OpenID Connect provider at `url` (no slash at its end), for public clients, by e-mail and password.

    The database must have been opened with this package's MIGRATIONS and those of the outbox, which takes our letters.
    `mailbox` is the address where letters are read that do not leave, if any. `changed` is told of each account with a
    new address; `ended` of sessions that end, before the request that ends them is answered. `now` is Unix seconds;
    `hasher` sets what a password costs; `limits` how often things may be tried; `idle` how many seconds a session
    lasts without use. `methods` are the other providers that people may sign in with, which are asked by `fetching`.
    Tries and challenges are kept in this process, so one process answers for an address.
    """

    def __init__(
        self,
        database: Database,
        url: str,
        clients: Sequence[Client],
        outbox: Outbox,
        *,
        mailbox: str = "",
        changed: EmailChanged = ignore_email_change,
        ended: Ended = ignore_ended,
        name_of: NameOf = no_other_name,
        now: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
        limits: Limits | None = None,
        methods: SignInMethods | None = None,
        fetching: Fetch = fetch,
        idle: int = sessions.LIFETIME,
    ) -> None:
        url = url.rstrip("/")
        parts = urlsplit(url)
        is_public = parts.scheme == "https"
        self._url, self._base, self._database, self._now = url, parts.path, database, now
        self._name_of = name_of
        self._clients = settings.by_id(clients)
        self._origins = sorted({origin for client in clients for origin in client.origins})
        self.outbox, self.mailbox = outbox, mailbox
        self.keys = SigningKeys(url, self._clients, database, now)
        self.passwords = Passwords(hasher)
        self.accounts = Accounts(database, self.passwords)
        self.email_changes = EmailChangeOutbox(database, changed)
        self.sessions = BrowserSessions(database, now, ended, secure=is_public, idle=idle)
        self.throttle = Throttle(now, limits, Crowd() if is_public else None)
        self.pages = HtmlPages(url)
        self.methods = methods or SignInMethods()
        self._upstreams = {
            it.id: UpstreamClient(it, f"{url}/oauth/return/{it.id}", now, fetching) for it in self.methods.upstreams
        }
        self._end_other_sessions()
        self.passkeys = PasskeyForms(RelyingParty(url, now), self.sessions)
        self._oauth = OAuthServer(url, self._clients, self.keys, idle)
        self._forms = FormPages(self._oauth, self._clients, self.pages, settings.origin_of(url), now)

    def _end_other_sessions(self) -> None:
        """A provider that is not set any longer, and passwords that are off, keep nobody in."""
        issuers = self.methods.issuers
        if self._database.read(lambda connection: upstream_sessions.has_other_issuers(connection, issuers)):
            ended = self._database.write(lambda it: upstream_sessions.end_of_other_issuers(it, issuers))
            self.sessions.ended(ended)

    def end(self) -> None:
        """Tell people who wait to sign in that they must try again: the server is about to stop."""
        self.passwords.end()

    def close(self) -> None:
        """End the processes that hash passwords."""
        self.passwords.close()

    def shorten_sessions(self) -> None:
        """Let sessions that began while they lasted longer without use end as soon as those that begin now."""
        now, idle = self._now(), self.sessions.idle
        self._database.write(lambda connection: sessions.shorten_all(connection, now, idle))

    def invitation(
        self, connection: sqlite3.Connection, email: str, client: str, name: str = "", school: str = "", place: str = ""
    ) -> str:
        """A link that makes an account for an address on a client, or signs the one it has in. Good once, for 14 days,
        if the transaction of `connection` commits. Send it to that address and show it to nobody: it proves the
        address.

        `school` is who invites, and `place` the worker it makes of them: see `accounts.Profile.accepted`.
        """
        invited = invitations.Invitation(client, email, name, school, place)
        token = invitations.invite(connection, invited, self._now())
        return letter_link(self._clients[client], "invitation", token)

    async def lasts(self, place: str) -> bool:
        """Whether a token that is good in this place (see `Claims.session_scope`) has not been ended."""
        return await self._database.read_soon(lambda connection: sessions.lasts(connection, place, self._now()))

    async def ended_among(self, sids: Sequence[str]) -> list[str]:
        """Those of these sessions that have ended, as by an operator's command, which cannot tell this process."""
        return await self._database.read_soon(lambda connection: sessions.ended_among(connection, sids))

    async def signed_out(self, token: Claims) -> bool:
        """Whether a token has been ended. Not if its account is gone too: that is for its party to say."""

        def work(connection: sqlite3.Connection) -> bool:
            now = self._now()
            lasts = sessions.lasts(connection, token.session_scope, now)
            if not signing_keys.is_trusted(connection, token.key, now):
                return True
            return not lasts and accounts.profile(connection, token.subject) is not None

        return await self._database.read_soon(work)

    def page(self, name: str, client: str) -> str:
        """The address of a page for people of a client, such as `sign-up`."""
        return f"{self._url}/oauth/{name}?{urlencode({'client_id': client})}"

    def offers_sign_up(self, client: str) -> bool:
        """Whether anyone may make an account for this client."""
        return self._clients[client].sign_up

    def routes(self) -> list[Route]:
        """The pages and endpoints, from the root of the host."""
        json = Endpoints(self._url, self._oauth, self._clients, self.keys, self.sessions)
        admission = Admission(self.sessions, self._oauth, self.pages, self.methods, self.outbox)
        checks = PasswordCheck(self.accounts, self.sessions, self.throttle)
        recent = RecentSignIn(self.sessions, self.pages)
        sign_in = SignIn(self._forms, checks, admission, self.methods, self.passkeys)
        passkey_page = PasskeyPage(self._clients, recent, self.passkeys, self.outbox, self._forms.origin)
        sign_out = SignOut(self.sessions, self.keys, self._clients, self.pages, self._forms.origin)
        account = AccountPage(self._clients, recent, self._forms.origin, self._name_of, self.methods)
        invitation = AcceptInvitation(admission, checks, self.passwords, self.methods)
        refusals = UpstreamRefusals(self.pages)
        arrivals = Arrivals(self.methods, admission, refusals)
        logouts = Logouts()
        arriving = ReturnFromUpstream(self._clients, self._upstreams, arrivals, recent, self.throttle, logouts)
        leaving = UpstreamLogout(self._upstreams, self.sessions, logouts)
        verified = [self._unless_off(it) for it in self._verified_pages(arrivals, checks, recent)]
        (letter,) = (it for it in verified if it.path == LetterLink.path)
        begin = BeginUpstream(self.methods, self._upstreams, recent, refusals, self.throttle)
        pages = [invitation, *verified, begin, Welcome(arrivals)]
        return [
            self._shared("/.well-known/openid-configuration", json.discovery, "GET"),
            self._shared("/oauth/jwks", json.jwks, "GET"),
            self._shared("/oauth/token", json.token, "POST"),
            self._shared("/oauth/userinfo", json.userinfo, "GET", "POST"),
            self._shared("/oauth/revoke", json.revoke, "POST"),
            self._route("authorize", sign_in.authorize, "GET", "POST"),
            self._route("sign-in", sign_in.resume, "GET"),
            self._route("sign-in", sign_in.post, "POST"),
            self._route("sign-out", sign_out.leave, "GET", "POST"),
            self._route("return/{id}", arriving.arrive, "GET"),
            self._route("logout/{id}", leaving.receive, "POST"),
            self._route(STYLE_NAME, _constant(STYLE, "text/css"), "GET"),
            self._route(ICON_NAME, _constant(ICON, "image/svg+xml"), "GET"),
            self._route(SHOW_NAME, _constant(SHOW, "text/javascript"), "GET"),
            self._route(TIMES_NAME, _constant(TIMES, "text/javascript"), "GET"),
            self._route(PASSKEY_NAME, _constant(PASSKEY, "text/javascript"), "GET"),
            self._route("account", account.show, "GET"),
            self._route("account", account.submit, "POST"),
            self._route(PASSKEYS_PATH, passkey_page.show, "GET"),
            self._route(PASSKEYS_PATH, passkey_page.submit, "POST"),
            self._route("open-invitation", lambda request: self._forms.open(request, invitation), "POST"),
            self._route("open-letter", lambda request: self._forms.open(request, letter), "POST"),
            *(route for page in pages for route in self._both(page)),
        ]

    def _unless_off(self, page: FormPage) -> FormPage:
        """The page, or the one that says that there are no passwords."""
        if self.methods.passwords or page.path not in ABOUT_PASSWORDS:
            return page
        return PasswordsOff(self.pages, self.methods, page.path)

    def _verified_pages(self, arrivals: Arrivals, checks: PasswordCheck, recent: RecentSignIn) -> list[FormPage]:
        """The pages that prove an address or change an account."""
        letters = VerificationLetters(self.sessions, self.outbox, self.throttle.limits, self._clients)
        admission = arrivals.admission
        codes = CodePage(letters, admission, self.pages, self.throttle, self.email_changes, self.mailbox)
        link = LinkAccount(arrivals, checks, codes)
        codes = replace(codes, linked=link.proved)
        return [
            link,
            SignUp(codes, self.passwords, self.throttle),
            codes,
            Forgot(codes, self.throttle),
            NewPassword(codes, self.passwords),
            LetterLink(codes),
            Join(codes, self.passwords),
            SecondStep(admission, self.passkeys, self.throttle, self.outbox),
            Reauthenticate(self.accounts, checks, recent, admission, self.methods, self.passkeys),
            ChangePassword(self.accounts, self.passwords, recent, self.outbox),
            ChangeEmail(self.accounts, codes, recent),
        ]

    def _both(self, page: FormPage) -> tuple[Route, Route]:
        return (
            self._route(page.path, lambda request: self._forms.show(request, page), "GET"),
            self._route(page.path, lambda request: self._forms.submit(request, page), "POST"),
        )

    def _route(self, name: str, endpoint: Endpoint, *methods: str) -> Route:
        def busy() -> Response:
            return self.pages.notice("Try again in a minute", NOT_KEPT, status=HTTPStatus.SERVICE_UNAVAILABLE)

        return Route(f"{self._base}/oauth/{name}", handle_errors(endpoint, busy), methods=list(methods))

    def _shared(self, path: str, endpoint: Endpoint, *methods: str) -> Route:
        """A route whose answers the sites' scripts may read. No cookie is ever looked at there."""
        cors = Middleware(
            CORSMiddleware,
            allow_origins=self._origins,
            allow_methods=list(methods),
            allow_headers=["Authorization"],
            max_age=600,
        )
        answer = handle_errors(endpoint, _busy_json)
        return Route(f"{self._base}{path}", answer, methods=[*methods, "OPTIONS"], middleware=[cors])


def handle_errors(endpoint: Endpoint, busy: Callable[[], Response]) -> Endpoint:
    """The endpoint, answering what it raises, and `busy` while the database cannot be read or written."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except AnswerInstead as instead:
            return instead.response
        except sqlite3.DatabaseError as error:  # also a damaged file, which is no OperationalError
            log.error("signing in waits for the disk: %s", getattr(error, "sqlite_errorname", type(error).__name__))
            response = busy()
            response.headers["Retry-After"] = "60"
            return response

    return answer


def _busy_json() -> Response:
    """The code is that of RFC 6749 §4.1.2.1, which has none for a token request that cannot be served."""
    error = {"error": "temporarily_unavailable", "error_description": "Nothing was changed. Try again in a minute."}
    return JSONResponse(error, HTTPStatus.SERVICE_UNAVAILABLE, PRIVATE)


def _constant(text: str, media_type: str) -> Endpoint:
    """A file whose address names its bytes: a browser may keep it for good."""
    headers = SECURITY_HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}

    async def answer(_: Request) -> Response:
        return Response(text, media_type=media_type, headers=headers)

    return answer
