"""Only who knows the password of an account gets a session, and who does not learns nothing about the account."""

import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uconnect.identities.builtin import forms, sessions, views
from uconnect.identities.builtin.accounts import Accounts, normal
from uconnect.identities.builtin.answers import Answer, SignedIn, SignInNeeded
from uconnect.identities.builtin.clients import Client
from uconnect.identities.builtin.cookies import Cookies
from uconnect.identities.builtin.forms import Forms, Pairs
from uconnect.identities.builtin.guesses import Guesses
from uconnect.identities.builtin.passwords import Busy
from uconnect.identities.builtin.protocol import Protocol
from uconnect.identities.builtin.sessions import Session
from uconnect.identities.builtin.views import Views
from uconnect.sqlite import Database

WRONG = "The e-mail address or the password is not right. Check both, then try again."
WAIT = "There were too many tries. Wait {}, then try again."
BUSY = "Many people are signing in at this moment. Wait a few seconds, then try again."
STALE = "This form was too old, or your browser keeps no cookies for this address. Please try again."
BROKEN = "Nothing was changed. Go back to the site and sign in from there."


@dataclass(frozen=True)
class SignIn:
    """The authorization endpoint and the form it shows."""

    database: Database
    protocol: Protocol
    accounts: Accounts
    clients: Mapping[str, Client]
    cookies: Cookies
    marks: Forms
    pages: Views
    base: str
    now: Callable[[], float]
    guesses: Guesses = field(default_factory=Guesses)

    async def authorize(self, request: Request) -> Response:
        """GET or POST /oauth/authorize: back to the site with a code, or the sign-in form."""
        asked = await forms.asked(request)
        considered = self.protocol.consider(asked, await self._session(request, asked), self.now())
        return await self._follow(request, asked, considered)

    async def submit(self, request: Request) -> Response:
        """POST /oauth/sign-in: the form; its address carries the request that it answers."""
        asked, typed = forms.in_address(request), dict(await forms.posted(request))
        considered = self.protocol.consider(asked, None, self.now())
        if not isinstance(considered, SignInNeeded):
            return await self._follow(request, asked, considered)
        client, email = considered.client, typed.get("email", "")
        if not self.marks.genuine(request, typed):
            return self._form(request, asked, client, email, STALE, 403)
        address = request.client.host if request.client else ""
        if wait := self.guesses.wait(normal(email), address, self.now()):
            slowed = self._form(request, asked, client, email, WAIT.format(_in_words(wait)), 429)
            slowed.headers["Retry-After"] = str(wait)
            return slowed
        try:
            subject = await self.accounts.check(email, typed.get("password", ""))
        except Busy:
            return self._form(request, asked, client, email, BUSY, 503)
        if subject is None:
            return self._form(request, asked, client, email, WRONG, 400)
        self.guesses.right(normal(email), address)
        return await self._begin(request, asked, client, subject)

    async def resume(self, request: Request) -> Response:
        """GET /oauth/sign-in: the address of a form that was sent, opened again."""
        return views.sent_to(f"{self.base}/oauth/authorize?{request.url.query}")

    async def _follow(self, request: Request, asked: Pairs, considered: SignInNeeded | SignedIn | Answer) -> Response:
        match considered:
            case Answer():
                return self._say(considered)
            case SignInNeeded():
                return self._form(request, asked, considered.client, dict(asked).get("login_hint", ""))
            case SignedIn():
                return self._say(await self._code_for(asked, considered.session))

    async def _session(self, request: Request, asked: Pairs) -> Session | None:
        client = self.clients.get(dict(asked).get("client_id", ""))
        secret = self.cookies.session(request, client) if client else None
        if client is None or secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: sessions.of_cookie(connection, client.id, secret, self.now())
        )

    async def _code_for(self, asked: Pairs, session: Session) -> Answer:
        return await self.database.write_soon(
            lambda connection: self.protocol.grant(connection, asked, session, self.now())
        )

    async def _begin(self, request: Request, asked: Pairs, client: Client, subject: str) -> Response:
        """Sign in under a new cookie: one that was planted before, or that someone else knows, is worth nothing."""
        old = self.cookies.session(request, client)

        def work(connection: sqlite3.Connection) -> tuple[Answer, str]:
            before = sessions.of_cookie(connection, client.id, old, self.now()) if old else None
            if before:
                sessions.end(connection, before.sid)
            session, secret = sessions.begin(connection, client.id, subject, self.now())
            return self.protocol.grant(connection, asked, session, self.now()), secret

        answer, secret = await self.database.write_soon(work)
        response = self._say(answer)
        self.cookies.plant_session(response, client, secret)
        return response

    def _form(
        self, request: Request, asked: Pairs, client: Client, email: str, problem: str = "", status: int = 200
    ) -> Response:
        cookie, mark = self.marks.mark(request)
        kept = urlencode([(name, value) for name, value in asked if name != "login_hint"])  # no e-mail in addresses
        response = self.pages.sign_in(client, f"{self.base}/oauth/sign-in?{kept}", mark, email, problem, status)
        self.marks.plant(response, cookie)
        return response

    def _say(self, answer: Answer) -> Response:
        if answer.location is not None:
            return views.sent_to(answer.location)
        detail = ": ".join(str(text) for text in answer.body.values() if text)
        return self.pages.notice("This address does not work", BROKEN, detail=detail, status=answer.status)


def _in_words(seconds: int) -> str:
    if seconds <= 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
