"""What all our pages share: a form is shown, read only if it is ours, refused in words, and lets people in."""

import asyncio
import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol as Shape
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from uconnect.adapters.sqlite import Database
from uconnect.application.email_addresses import kept, spellings
from uconnect.oidc_provider import charges, csrf, html, known_devices, sessions, user_agents
from uconnect.oidc_provider.accounts import Accounts, CheckedAccount
from uconnect.oidc_provider.authlib_server import Protocol
from uconnect.oidc_provider.charges import Charges
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.cookies import Cookies
from uconnect.oidc_provider.csrf import CsrfTokens, Pairs
from uconnect.oidc_provider.form_fields import Form
from uconnect.oidc_provider.html import HtmlPages
from uconnect.oidc_provider.known_devices import Device
from uconnect.oidc_provider.limits import Limits
from uconnect.oidc_provider.mailer import Mailer
from uconnect.oidc_provider.networks import Crowd
from uconnect.oidc_provider.passwords import Busy, Lane, Passwords
from uconnect.oidc_provider.results import Answer, SignedIn, SignInNeeded
from uconnect.oidc_provider.sessions import Ended, Session
from uconnect.oidc_provider.throttle import Throttle
from uconnect.oidc_provider.validation import InvalidInput

WAIT = "There were too many tries. Wait {}, then try again."
OR_LETTER = " Or choose 'Forgot your password?': the letter that we send lets you in at once."
BUSY = "Many people are signing in at this moment. Wait a few seconds, then try again."
STALE = "This form was too old. Please try again."
NO_COOKIE = (
    "Your browser sent no cookie for this address, and signing in needs one."
    " Allow cookies for this address, then try again."
)
TOO_MUCH = "This is more than can be sent here. Type something shorter."
BROKEN = "Nothing was changed. Go back to the site and sign in from there."

FindSubject = Callable[[sqlite3.Connection], str | None]


class ShowFormAgain(Exception):
    """The form has to be filled in once more; the message says why. `wait` is in seconds, `field` is at fault."""

    def __init__(self, sentence: str, status: int = 400, wait: int = 0, field: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait
        self.field = field


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request of a page: `asked` is in its address and stays there from page to page, `typed` was in the form."""

    request: Request
    client: Client
    asked: Pairs
    typed: Mapping[str, str]

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def plain(self) -> bool:
        """Whether the site has not asked for anything: the way leads to its first page, not back into its request."""
        return plain(self.asked)

    def of(self, name: str) -> str:
        """What was typed into a field."""
        return self.typed.get(name, "")


class Page(Shape):
    """A page with a form, at `/oauth/{path}`."""

    @property
    def path(self) -> str: ...

    async def form(self, visit: PageRequest) -> Form | Response:
        """The form, or what is answered instead."""
        ...

    async def done(self, visit: PageRequest) -> Response:
        """What the filled form leads to. Raises Unfit, Busy and Again, whose sentences are shown with the form."""
        ...


@dataclass(frozen=True)
class PageContext:
    """Where every visitor comes by."""

    database: Database
    protocol: Protocol
    accounts: Accounts
    passwords: Passwords
    clients: Mapping[str, Client]
    cookies: Cookies
    csrf: CsrfTokens
    pages: HtmlPages
    post: Mailer
    url: str
    base: str
    now: Callable[[], float]
    ended: Ended
    limits: Limits
    throttle: Throttle
    crowd: Crowd | None = None  # watched where a server stands in front

    def consider(self, asked: Pairs, session: Session | None) -> SignInNeeded | SignedIn | Answer:
        """What a request leads to: one of a site (OAuth), or one of somebody who came from a letter or a link."""
        client = self.clients.get(dict(asked).get("client_id", ""))
        if client is None or not plain(asked):
            return self.protocol.consider(asked, session, self.now())
        return SignedIn(session) if session else SignInNeeded(client)

    async def show(self, request: Request, page: Page) -> Response:
        """GET: the page with its form."""
        asked = csrf.in_address(request)
        considered = self.consider(asked, None)
        if not isinstance(considered, SignInNeeded):
            return self.say(considered)
        return await self.present(PageRequest(request, considered.client, asked, {}), page)

    async def open(self, request: Request, page: Page) -> Response:
        """POST from one of our sites, which has what it sends from a letter's link: the page with its form. Nothing is
        done yet, so the form needs no mark of ours."""
        asked, typed = csrf.in_address(request), dict(await csrf.posted(request))
        considered = self.consider(asked, None)
        if not isinstance(considered, SignInNeeded):
            return self.say(considered)
        return await self.present(PageRequest(request, considered.client, asked, typed), page)

    async def take(self, request: Request, page: Page) -> Response:
        """POST: do what the form asks, or show it once more."""
        asked, sent = csrf.in_address(request), await csrf.read(request)
        typed = dict(sent or ())
        considered = self.consider(asked, None)
        if not isinstance(considered, SignInNeeded):
            return self.say(considered)
        visit = PageRequest(request, considered.client, asked, typed)
        try:
            if sent is None:
                raise ShowFormAgain(TOO_MUCH, 413)
            if not self.csrf.is_genuine(request, typed):
                raise ShowFormAgain(STALE if self.cookies.form(request) else NO_COOKIE, 403)
            return await page.done(visit)
        except InvalidInput as unfit:
            return await self.present(visit, page, str(unfit), 400, unfit.field)
        except Busy:
            return await self.present(visit, page, BUSY, 503)
        except ShowFormAgain as again:
            response = await self.present(visit, page, str(again), again.status, again.field)
            if again.wait:
                response.headers["Retry-After"] = str(again.wait)
            return response

    async def present(
        self, visit: PageRequest, page: Page, problem: str = "", status: int = 200, at_fault: str = ""
    ) -> Response:
        """The page with its form, what was typed, what was wrong with it, and in which field."""
        form = await page.form(visit)
        if isinstance(form, Response):
            return form
        cookie, mark = self.csrf.mark(visit.request)
        action = self.path(page.path, visit.asked)
        response = self.pages.form(visit.client, form, action, mark, visit.typed, problem, status, at_fault)
        self.csrf.plant(response, cookie)
        return response

    def path(self, name: str, asked: Pairs) -> str:
        """The address of a page of ours that goes on with the same request. No e-mail in addresses."""
        kept = [(field, value) for field, value in asked if field != "login_hint"]
        return f"{self.base}/oauth/{name}?{urlencode(kept)}"

    def slow(self, visit: PageRequest, counted: Charges, otherwise: str = "") -> None:
        """Count a try. Raises Again when there were too many; `otherwise` is what can be done instead of waiting."""
        if self.crowd:
            self.crowd.saw(visit.address)
        if wait := self.throttle.take(counted):
            raise ShowFormAgain(WAIT.format(_in_words(wait)) + otherwise, 429, wait)

    async def check(
        self, visit: PageRequest, email: str, counted: Charges, otherwise: str = ""
    ) -> CheckedAccount | None:
        """The account with this address and the password that was typed. Raises Again and Busy.

        A wrong password stays counted. What was right, or was not looked at, is given back.
        """
        self.slow(visit, counted, otherwise)
        lane, begun = charges.lane(counted, self.throttle.used), asyncio.Event()
        try:
            known = await self._checked(visit, email, lane, begun.set)
        except (Busy, ClientDisconnect) as over:
            if isinstance(over, Busy) or not begun.is_set():
                self.throttle.give_back(counted)
            raise
        if known is not None:
            self.throttle.right(counted)
        return known

    async def _checked(
        self, visit: PageRequest, email: str, lane: Lane, begun: Callable[[], object]
    ) -> CheckedAccount | None:
        """Check the password. Whoever leaves meanwhile waits no more, or those who come and go would fill the lanes."""
        checking = asyncio.create_task(self.accounts.check(email, visit.of("password"), lane, begun))
        leaving = asyncio.create_task(_left(visit.request))
        try:
            await asyncio.wait([checking, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                raise ClientDisconnect
            return checking.result()
        finally:
            checking.cancel()
            leaving.cancel()

    async def counted_at(self, visit: PageRequest, email: str) -> Charges:
        """What a password at the account with this address, as it was typed, counts against: a browser that the account
        knows has tries of its own."""
        device, session = await self.device(visit, email), await self.session(visit.request, visit.client)
        if device is not None:
            return charges.known(self.limits, device)
        profile = await self.accounts.profile(session.subject) if session else None
        if session is not None and profile is not None and profile.email in spellings(email):
            return charges.session(self.limits, session.sid)
        return charges.stranger(self.limits, kept(email), visit.address)

    async def device(self, visit: PageRequest, email: str) -> Device | None:
        """The browser, if the account with this address knows it."""
        secret = self.cookies.device(visit.request, visit.client)
        if secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: known_devices.found(connection, visit.client.id, secret, email, self.now())
        )

    async def session(self, request: Request, client: Client) -> Session | None:
        """The session of the browser on this site."""
        secret = self.cookies.session(request, client)
        if secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: sessions.of_cookie(connection, client.id, secret, self.now())
        )

    async def admit(self, visit: PageRequest, whom: FindSubject) -> Response | None:
        """Sign in whom `whom` names, in the same transaction; None if nobody.

        Under a new cookie: one that was planted before, or that someone else knows, is worth nothing.
        """
        client, old = visit.client, self.cookies.session(visit.request, visit.client)
        held = self.cookies.device(visit.request, client)
        browser = user_agents.family(visit.request.headers.get("user-agent", ""))

        def work(connection: sqlite3.Connection) -> tuple[Answer, str, str, list[str]] | None:
            subject = whom(connection)
            if subject is None:
                return None
            before = sessions.of_cookie(connection, client.id, old, self.now()) if old else None
            if before:
                sessions.end(connection, before.sid)
            session, secret = sessions.begin(connection, client.id, subject, self.now(), browser)
            device = known_devices.remember(connection, client.id, subject, held, self.now())
            return self._onward(connection, visit, session), secret, device, [before.sid] if before else []

        begun = await self.database.write_soon(work)
        if begun is None:
            return None
        answer, secret, device, ended = begun
        self.ended(ended)
        response = self.say(answer)
        self.cookies.plant_session(response, client, secret)
        self.cookies.plant_device(response, client, device)
        return response

    def say(self, answer: Answer | SignedIn) -> Response:
        """An answer of the protocol as a person sees it."""
        assert isinstance(answer, Answer), "nobody was looked for, so nobody is signed in"
        if answer.location is not None:
            return html.redirect(answer.location)
        detail = ": ".join(str(text) for text in answer.body.values() if text)
        return self.pages.notice("This address does not work", BROKEN, detail=detail, status=answer.status)

    def _onward(self, connection: sqlite3.Connection, visit: PageRequest, session: Session) -> Answer:
        if not visit.plain:
            return self.protocol.grant(connection, visit.asked, session, self.now())
        if dict(visit.asked).get("to") == "account":
            return Answer(303, location=self.path("account", [("client_id", visit.client.id)]))
        return Answer(303, location=self.protocol.beginning(visit.client.home))


async def _left(request: Request) -> None:
    """Until whoever sent a request, whose body was read, is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def plain(asked: Pairs) -> bool:
    """Whether it is no request of a site (OAuth 2.0 §4.1.1 wants a response_type)."""
    return "response_type" not in dict(asked)


def _in_words(seconds: int) -> str:
    if seconds <= 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
