"""What all our pages share: a form is shown, read only if it is ours, refused in words, and lets people in."""

import asyncio
import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol as Shape
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from uconnect.identities.builtin import browsers, forms, sessions, views
from uconnect.identities.builtin.accounts import Accounts, Known
from uconnect.identities.builtin.answers import Answer, SignedIn, SignInNeeded
from uconnect.identities.builtin.clients import Client
from uconnect.identities.builtin.cookies import Cookies
from uconnect.identities.builtin.fields import Form
from uconnect.identities.builtin.forms import Forms, Pairs
from uconnect.identities.builtin.guesses import Guesses
from uconnect.identities.builtin.passwords import Busy, Lane, Passwords
from uconnect.identities.builtin.post import Post
from uconnect.identities.builtin.protocol import Protocol
from uconnect.identities.builtin.sessions import Ended, Session
from uconnect.identities.builtin.typed import Unfit
from uconnect.identities.builtin.views import Views
from uconnect.sqlite import Database

WAIT = "There were too many tries. Wait {}, then try again."
BUSY = "Many people are signing in at this moment. Wait a few seconds, then try again."
STALE = "This form was too old, or your browser keeps no cookies for this address. Please try again."
BROKEN = "Nothing was changed. Go back to the site and sign in from there."

Whom = Callable[[sqlite3.Connection], str | None]


class Again(Exception):
    """The form has to be filled in once more; the message says why. `wait` is in seconds."""

    def __init__(self, sentence: str, status: int = 400, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Visit:
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

    async def form(self, visit: Visit) -> Form | Response:
        """The form, or what is answered instead."""
        ...

    async def done(self, visit: Visit) -> Response:
        """What the filled form leads to. Raises Unfit, Busy and Again, whose sentences are shown with the form."""
        ...


@dataclass(frozen=True)
class Reception:
    """Where every visitor comes by."""

    database: Database
    protocol: Protocol
    accounts: Accounts
    passwords: Passwords
    clients: Mapping[str, Client]
    cookies: Cookies
    marks: Forms
    pages: Views
    post: Post
    base: str
    now: Callable[[], float]
    ended: Ended
    guesses: Guesses = field(default_factory=Guesses)

    def consider(self, asked: Pairs, session: Session | None) -> SignInNeeded | SignedIn | Answer:
        """What a request leads to: one of a site (OAuth), or one of somebody who came from a letter or a link."""
        client = self.clients.get(dict(asked).get("client_id", ""))
        if client is None or not plain(asked):
            return self.protocol.consider(asked, session, self.now())
        return SignedIn(session) if session else SignInNeeded(client)

    async def show(self, request: Request, page: Page) -> Response:
        """GET: the page with its form."""
        asked = forms.in_address(request)
        considered = self.consider(asked, None)
        if not isinstance(considered, SignInNeeded):
            return self.say(considered)
        return await self.present(Visit(request, considered.client, asked, {}), page)

    async def take(self, request: Request, page: Page) -> Response:
        """POST: do what the form asks, or show it once more."""
        asked, typed = forms.in_address(request), dict(await forms.posted(request))
        considered = self.consider(asked, None)
        if not isinstance(considered, SignInNeeded):
            return self.say(considered)
        visit = Visit(request, considered.client, asked, typed)
        try:
            if not self.marks.genuine(request, typed):
                raise Again(STALE, 403)
            return await page.done(visit)
        except Unfit as unfit:
            return await self.present(visit, page, str(unfit), 400)
        except Busy:
            return await self.present(visit, page, BUSY, 503)
        except Again as again:
            response = await self.present(visit, page, str(again), again.status)
            if again.wait:
                response.headers["Retry-After"] = str(again.wait)
            return response

    async def present(self, visit: Visit, page: Page, problem: str = "", status: int = 200) -> Response:
        """The page with its form, what was typed, and what was wrong with it."""
        form = await page.form(visit)
        if isinstance(form, Response):
            return form
        cookie, mark = self.marks.mark(visit.request)
        action = self.path(page.path, visit.asked)
        response = self.pages.form(visit.client, form, action, mark, visit.typed, problem, status)
        self.marks.plant(response, cookie)
        return response

    def path(self, name: str, asked: Pairs) -> str:
        """The address of a page of ours that goes on with the same request. No e-mail in addresses."""
        kept = [(field, value) for field, value in asked if field != "login_hint"]
        return f"{self.base}/oauth/{name}?{urlencode(kept)}"

    def slow(self, visit: Visit, tried: str) -> None:
        """Count a try at `tried`. Raises Again when there were too many, there or from the visitor's address."""
        if wait := self.guesses.wait(tried, visit.address, self.now()):
            raise Again(WAIT.format(_in_words(wait)), 429, wait)

    async def check(self, visit: Visit, email: str, lane: Lane | None = None) -> Known | None:
        """The account of an address, if the password that was typed is right. Whoever leaves meanwhile waits no more:
        else those who come and go would fill the lanes."""
        lane = self.lane(visit, email) if lane is None else lane
        checking = asyncio.create_task(self.accounts.check(email, visit.of("password"), lane))
        leaving = asyncio.create_task(_left(visit.request))
        try:
            await asyncio.wait([checking, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                raise ClientDisconnect
            return checking.result()
        finally:
            checking.cancel()
            leaving.cancel()

    def lane(self, visit: Visit, tried: str) -> Lane:
        """Where the visitor waits to have a password checked, after `slow`."""
        return self.guesses.lane(tried, visit.address, self.now())

    async def session(self, request: Request, client: Client) -> Session | None:
        """The session of the browser on this site."""
        secret = self.cookies.session(request, client)
        if secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: sessions.of_cookie(connection, client.id, secret, self.now())
        )

    async def admit(self, visit: Visit, whom: Whom) -> Response | None:
        """Sign in whom `whom` names, in the same transaction; None if nobody.

        Under a new cookie: one that was planted before, or that someone else knows, is worth nothing.
        """
        client, old = visit.client, self.cookies.session(visit.request, visit.client)
        browser = browsers.family(visit.request.headers.get("user-agent", ""))

        def work(connection: sqlite3.Connection) -> tuple[Answer, str, list[str]] | None:
            subject = whom(connection)
            if subject is None:
                return None
            before = sessions.of_cookie(connection, client.id, old, self.now()) if old else None
            if before:
                sessions.end(connection, before.sid)
            session, secret = sessions.begin(connection, client.id, subject, self.now(), browser)
            return self._onward(connection, visit, session), secret, [before.sid] if before else []

        begun = await self.database.write_soon(work)
        if begun is None:
            return None
        self.ended(begun[2])
        response = self.say(begun[0])
        self.cookies.plant_session(response, client, begun[1])
        return response

    def say(self, answer: Answer | SignedIn) -> Response:
        """An answer of the protocol as a person sees it."""
        assert isinstance(answer, Answer), "nobody was looked for, so nobody is signed in"
        if answer.location is not None:
            return views.sent_to(answer.location)
        detail = ": ".join(str(text) for text in answer.body.values() if text)
        return self.pages.notice("This address does not work", BROKEN, detail=detail, status=answer.status)

    def _onward(self, connection: sqlite3.Connection, visit: Visit, session: Session) -> Answer:
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
