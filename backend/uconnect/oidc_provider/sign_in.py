"""Signing in. Only a person who knows the password of an account gets a session; a wrong one tells nothing."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.application.email_addresses import kept, spellings
from uconnect.oidc_provider import (
    account_admin,
    accounts,
    csrf,
    passkeys,
    second_step,
    sessions,
    throttle,
    upstream_links,
)
from uconnect.oidc_provider.accounts import Accounts, CheckedAccount
from uconnect.oidc_provider.authlib_server import Answer, OAuthServer, SignedIn, SignInNeeded
from uconnect.oidc_provider.csrf import Pairs
from uconnect.oidc_provider.pages import (
    EMAIL_OR_PASSKEY,
    PASSWORD,
    Form,
    FormPages,
    HtmlPages,
    PageRequest,
    ShowFormAgain,
    is_plain,
    redirect,
)
from uconnect.oidc_provider.passkey_forms import ANSWER, REJECTED, Act, PasskeyForms
from uconnect.oidc_provider.passwords import Busy, Lane
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie, Session, UpstreamProof
from uconnect.oidc_provider.throttle import Charges, Throttle
from uconnect.oidc_provider.upstream_settings import SignInMethods

OR_LETTER = " Or choose 'Forgot your password?'. With the e-mail we send, you can sign in without waiting."
WRONG = "The e-mail address or the password is wrong. Check both, then try again."
NO_PASSWORDS = "You cannot sign in with a password here. Use the button below."

FindSubject = Callable[[sqlite3.Connection], str | None]
MakePage = Callable[[], Response]


@dataclass(frozen=True)
class PasswordCheck:
    """Checks a password that was typed, and counts the tries."""

    accounts: Accounts
    sessions: BrowserSessions
    throttle: Throttle

    async def check(
        self, request: PageRequest, email: str, charges: Charges, otherwise: str = ""
    ) -> CheckedAccount | None:
        """The account with this address and the password that was typed. Raises TooManyTries and Busy.

        A wrong password stays counted. A right one, and one that was not looked at, is given back.
        """
        self.throttle.charge(charges, request.address, otherwise)
        lane, begun = throttle.lane(charges, self.throttle.used), asyncio.Event()
        try:
            known = await self._check(request, email, lane, begun.set)
        except (Busy, ClientDisconnect) as over:
            if isinstance(over, Busy) or not begun.is_set():
                self.throttle.give_back(charges)
            raise
        if known is not None:
            self.throttle.right(charges)
        return known

    async def charges(self, request: PageRequest, email: str) -> Charges:
        """What a password at the account with this address, as it was typed, counts against. A browser that the account
        knows has tries of its own."""
        limits = self.throttle.limits
        device = await self.sessions.device(request.http, request.client, email)
        if device is not None:
            return throttle.for_device(limits, device)
        session = await self.sessions.find(request.http, request.client)
        profile = await self.accounts.profile(session.subject) if session else None
        if session is not None and profile is not None and profile.email in spellings(email):
            return throttle.for_session(limits, session.sid)
        return throttle.for_stranger(limits, kept(email), request.address)

    async def _check(
        self, request: PageRequest, email: str, lane: Lane, begun: Callable[[], object]
    ) -> CheckedAccount | None:
        """Check the password. A person who leaves meanwhile waits no more, or those who come and go would fill the
        lanes."""
        checking = asyncio.create_task(self.accounts.check(email, request.field("password"), lane, begun))
        leaving = asyncio.create_task(_disconnected(request.http))
        try:
            await asyncio.wait([checking, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not checking.done():
                raise ClientDisconnect
            return checking.result()
        finally:
            checking.cancel()
            leaving.cancel()


async def _disconnected(request: Request) -> None:
    """Wait until the sender of a request, whose body was read, is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True)
class Admission:
    """Begins a session and sends the browser on."""

    sessions: BrowserSessions
    oauth: OAuthServer
    html: HtmlPages
    methods: SignInMethods
    outbox: Outbox

    async def sign_in(
        self,
        request: PageRequest,
        find_subject: FindSubject,
        proof: UpstreamProof | None = None,
        *,
        strong: bool = False,
        page: MakePage | None = None,
    ) -> Response | None:
        """Sign in the account that `find_subject` finds, in the same transaction; None if it finds none.

        If what was shown is not enough (see `second_step.is_needed`), and no more was shown (`strong`), the second step
        is asked for, and there is no session yet. Else the browser goes on to where it came from, or is shown `page`.
        The session gets a new cookie: one that was set before, or that somebody else knows, is worth nothing. The owner
        of an account that exists is written to when it is linked. Raises ShowFormAgain if the account is suspended, and
        AlreadyLinked if it cannot be linked to whom another provider has named (`proof`); then nothing that
        `find_subject` wrote is kept. Only a person who has typed its password, reads its letters, has its passkey, or
        was named by such a provider comes so far.
        """
        assert proof is not None or self.methods.passwords, "only other providers sign people in"
        client, now = request.client, self.sessions.now
        old = self.sessions.get(request.http, client, Cookie.SESSION)
        old_device = self.sessions.get(request.http, client, Cookie.DEVICE)
        browser = sessions.browser_name(request.http.headers.get("user-agent", ""))

        def work(connection: sqlite3.Connection) -> tuple[Answer, str, str, list[str]] | str | None:
            is_new = proof is not None and not strong and accounts.of_email(connection, proof.email) is None
            subject = find_subject(connection)
            if subject is None:
                return None
            if account_admin.is_suspended(connection, subject):
                raise ShowFormAgain(account_admin.SUSPENDED, 403)
            shown = upstream_links.link(connection, proof, subject, now(), strong=strong) if proof else None
            if shown != proof and not is_new:
                self.tell_linked(connection, subject)
            if not strong and second_step.is_needed(connection, client, subject, shown):
                return second_step.begin(connection, client.id, subject, now(), proof=shown)
            before = sessions.of_cookie(connection, client.id, old, now()) if old else None
            if before:
                sessions.end(connection, before.sid)
            session, secret = sessions.begin(
                connection, client.id, subject, now(), browser, shown, strong=strong, idle=self.sessions.idle
            )
            device = sessions.remember_device(connection, client.id, subject, old_device, now())
            onward = self._onward(connection, request, session) if page is None else Answer()
            return onward, secret, device, [before.sid] if before else []

        begun = await self.sessions.database.write_soon(work)
        if begun is None:
            return None
        if isinstance(begun, str):
            return self.ask_second_step(request, begun)
        answer, secret, device, ended = begun
        self.sessions.ended(ended)
        response = page() if page is not None else self.html.answer(answer)
        self.sessions.set(response, client, Cookie.SESSION, secret)
        self.sessions.set(response, client, Cookie.DEVICE, device)
        return response

    def tell_linked(self, connection: sqlite3.Connection, subject: str) -> None:
        """Write to an account's owner that somebody of another provider signs in to it from now on."""
        profile = accounts.profile(connection, subject)
        if profile is not None:
            self.outbox.put(connection, templates.provider_connected(profile.email))

    def ask_second_step(self, request: PageRequest, ticket: str) -> Response:
        """To the page of the second step, which `ticket` opens."""
        response = redirect(self.html.path(second_step.PATH, request.query))
        self.sessions.set(response, request.client, Cookie.STEP, ticket)
        return response

    def _onward(self, connection: sqlite3.Connection, request: PageRequest, session: Session) -> Answer:
        if not is_plain(request.query):
            return self.oauth.grant(connection, request.query, session, self.sessions.now())
        if dict(request.query).get("to") == "account":
            return Answer(303, location=self.html.path_for("account", request.client))
        return Answer(303, location=self.oauth.initiate_login_url(request.client.home))


@dataclass(frozen=True)
class SignIn:
    """The authorization endpoint and the form it shows."""

    forms: FormPages
    passwords: PasswordCheck
    admission: Admission
    methods: SignInMethods
    passkeys: PasskeyForms
    path: str = "sign-in"

    async def authorize(self, request: Request) -> Response:
        """GET or POST /oauth/authorize: back to the site with a code, or the sign-in form."""
        asked, sessions = await csrf.parameters(request), self.admission.sessions
        client = self.forms.clients.get(dict(asked).get("client_id", ""))
        session = await sessions.find(request, client) if client else None
        match self.forms.oauth.consider(asked, session, sessions.now()):
            case Answer() as answer:
                return self.forms.html.answer(answer)
            case SignInNeeded(client):
                hinted = {"email": dict(asked).get("login_hint", "")}
                return await self.forms.present(PageRequest(request, client, asked, hinted), self)
            case SignedIn(session):
                return self.forms.html.answer(await self._grant(asked, session))

    async def resume(self, request: Request) -> Response:
        """GET /oauth/sign-in: the form for a person whom no site sent, or the address of a form that was sent."""
        query = csrf.in_address(request)
        if is_plain(query) and dict(query).get("client_id") in self.forms.clients:
            return await self.forms.show(request, self)
        return redirect(f"{self.forms.html.path('authorize', [])}{request.url.query}")

    async def post(self, request: Request) -> Response:
        """POST /oauth/sign-in: the form. Its address carries the request that it answers."""
        return await self.forms.submit(request, self)

    async def form(self, request: PageRequest) -> Form:
        choices = self.forms.html.choices(request, self.methods)
        if not self.methods.passwords:
            return Form("Sign in", request.client.about, "", (), choices=choices)
        links = [(self.forms.html.path("forgot", request.query), "Forgot your password?")]
        if request.client.sign_up:
            links.append((self.forms.html.path("sign-up", request.query), "Create an account"))
        form = Form("Sign in", request.client.about, "Sign in", (EMAIL_OR_PASSKEY, PASSWORD), links, choices=choices)
        return self.passkeys.offer(form, request, Act.SIGN_IN, "Sign in with a passkey")

    async def submit(self, request: PageRequest) -> Response:
        if not self.methods.passwords:  # only the other providers say who may come: a passkey would go on without them
            raise ShowFormAgain(NO_PASSWORDS, 403)
        if request.field(ANSWER):
            return await self._by_passkey(request)
        email = request.field("email")
        known = await self.passwords.check(request, email, await self.passwords.charges(request, email), OR_LETTER)
        if known is not None:
            checked = known
            response = await self.admission.sign_in(
                request, lambda connection: accounts.still_valid(connection, checked)
            )
            if response is not None:
                return response
        raise ShowFormAgain(WRONG)

    async def _by_passkey(self, request: PageRequest) -> Response:
        """Sign in without an address: the passkey says whose it is. One that was removed meanwhile, whose counter did
        not grow, or that we never had gets the same answer."""
        signed = await self.passkeys.check(request, Act.SIGN_IN)
        now = self.admission.sessions.now()
        response = await self.admission.sign_in(
            request, lambda connection: passkeys.use(connection, signed, now), strong=True
        )
        if response is None:
            raise ShowFormAgain(REJECTED)
        return response

    async def _grant(self, asked: Pairs, session: Session) -> Answer:
        oauth, sessions = self.forms.oauth, self.admission.sessions
        return await sessions.database.write_soon(
            lambda connection: oauth.grant(connection, asked, session, sessions.now())
        )
