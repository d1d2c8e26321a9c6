"""The account page and the changes made there. Only the account's own session changes it, a moment after the person has
proved who they are."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.oidc_provider import accounts, csrf, passkeys, second_step, sessions, throttle, upstream_links, validation
from uconnect.oidc_provider.accounts import Accounts, NameOf
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.pages import (
    NEW_EMAIL,
    NEW_PASSWORD,
    PASSWORD,
    AccountMethods,
    AnswerInstead,
    Form,
    HtmlPages,
    PageRequest,
    ShowFormAgain,
    redirect,
)
from uconnect.oidc_provider.passkey_forms import ANSWER, REJECTED, Act, PasskeyForms
from uconnect.oidc_provider.passwords import Passwords
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie, Session
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.sign_in import NO_PASSWORDS, Admission, PasswordCheck
from uconnect.oidc_provider.upstream_settings import SignInMethods

RECENT = 600  # seconds since the password was typed: changes need no more then

SIGNED_OUT = "You are signed out everywhere. You can close this page or sign in again."
DONE = {
    "password": "Your password was changed.",
    "email": "Your address was changed.",
    "out": "That browser is signed out.",
    "others": "All other browsers are signed out.",
    "linked": "It is connected. From now on you can also sign in this way.",
    "unlinked": "It is disconnected. You can no longer sign in this way.",
    "kept": "Nothing was changed: it is the only way in which you can sign in.",
}
CHANGES = {"password", "email", "passkeys"}  # pages that are opened a moment after a proof
WRONG = "The password is wrong. Check it, then try again."
NOT_FOUND = "Go back to uconnect and open your account from there."
YOURS = "This is already your address."
REAUTHENTICATE = "You signed in a while ago. Enter your password to continue."
SIGN_IN_AGAIN = "You signed in a while ago. Sign in again to continue."
ONLY_HERE = "You stay signed in here and are signed out everywhere else."
CHANGE_EMAIL = "We send a code to the new address. Nothing changes until you enter it."


@dataclass(frozen=True)
class RecentSignIn:
    """Whether a browser may change an account now, and where it goes if it may not."""

    sessions: BrowserSessions
    html: HtmlPages

    async def require(self, request: Request, client: Client, to: str) -> Session:
        """The session, if its password was typed of late. Else raises AnswerInstead: a redirect to where it is typed.
        `to` is the page to come back to."""
        session = await self.sessions.find(request, client)
        if session is None:
            raise AnswerInstead(redirect(self.html.path_for("sign-in", client, to="account")))
        if self.sessions.now() - session.authenticated > RECENT:
            raise AnswerInstead(redirect(self.html.path_for("again", client, to=to)))
        return session

    def back(self, client: Client, **done: str) -> Response:
        """To the account page."""
        return redirect(self.html.path_for("account", client, **done))


def address_after_proof(request: PageRequest, html: HtmlPages) -> str:
    """The address of the page that a person wanted to open when they were asked who they are."""
    to = dict(request.query).get("to", "")
    return html.path_for(to if to in CHANGES else "account", request.client)


def client_of(request: Request, clients: Mapping[str, Client], html: HtmlPages) -> Client:
    """The site that a page of the account is opened from. Raises AnswerInstead."""
    client = clients.get(dict(csrf.in_address(request)).get("client_id", ""))
    if client is None:
        raise AnswerInstead(html.notice("This link does not work", NOT_FOUND, status=400))
    return client


@dataclass(frozen=True)
class AccountPage:
    """Shows who is signed in and where, with a form for each session."""

    clients: Mapping[str, Client]
    recent: RecentSignIn
    origin: str
    name_of: NameOf  # a name changes on the sites, which know it by the account's subject
    methods: SignInMethods

    async def show(self, request: Request) -> Response:
        """GET /oauth/account."""
        html, now = self.recent.html, self.recent.sessions.now()
        client = client_of(request, self.clients, html)
        session = await self.recent.sessions.find(request, client)
        if session is None:
            return redirect(html.path_for("sign-in", client, to="account"))
        profile, everywhere, links = await self.recent.sessions.database.read_soon(
            lambda connection: (
                accounts.profile(connection, session.subject),
                sessions.of_subject(connection, session.subject, now),
                upstream_links.of_subject(connection, session.subject),
            )
        )
        if profile is None:
            raise AnswerInstead(html.notice("This link does not work", NOT_FOUND, status=400))
        done = DONE.get(dict(csrf.in_address(request)).get("done", ""), "")
        named = replace(profile, name=await self.name_of(session.subject) or profile.name)
        methods = self._methods(client, {it.issuer for it in links})
        return html.account(client, named, everywhere, session.sid, done, self.clients, methods)

    async def submit(self, request: Request) -> Response:
        """POST /oauth/account: end one session (`sid`), all `others`, or all of them (`everywhere`); or sign in with a
        provider (its issuer, `unlink`) no more."""
        client, fields = client_of(request, self.clients, self.recent.html), dict(await csrf.posted(request))
        if not csrf.is_own_form(request, self.origin):
            return self.recent.back(client)
        session = await self.recent.require(request, client, "account")
        if "everywhere" in fields:
            device = self.recent.sessions.get(request, client, Cookie.DEVICE)
            await self._end(partial(accounts.end_sign_ins, subject=session.subject, device=device))
            return self.recent.html.notice("You are signed out", SIGNED_OUT, client)
        if "others" in fields:
            device, here = self.recent.sessions.get(request, client, Cookie.DEVICE), session.sid
            await self._end(partial(accounts.end_sign_ins, subject=session.subject, device=device, exclude=here))
            return self.recent.back(client, done="others")
        if "unlink" in fields:
            ended = await self.recent.sessions.database.write_soon(partial(self._unlink, session, fields["unlink"]))
            self.recent.sessions.ended(ended or [])
            return self.recent.back(client, done="kept" if ended is None else "unlinked")
        await self._end(_end_one(session.subject, fields.get("sid", "")))
        return self.recent.back(client, done="out")

    def _methods(self, client: Client, linked: set[str]) -> AccountMethods:
        """How the owner of an account with links to these issuers signs in. One that is no longer set is named by its
        address, so that it can be disconnected."""
        names = {it.issuer: it.name for it in self.methods.upstreams}
        offered = [(it.id, it.name) for it in self.methods.of_kind(client.kind) if it.issuer not in linked]
        kept = [it for it in linked if not self.methods.may_leave(it, linked)]
        return AccountMethods(self.methods.passwords, [(it, names.get(it, it)) for it in sorted(linked)], kept, offered)

    def _unlink(self, session: Session, issuer: str, connection: sqlite3.Connection) -> list[str] | None:
        """Disconnect a provider. Returns the sessions that ended; None if nothing else is left to sign in with."""
        linked = {it.issuer for it in upstream_links.of_subject(connection, session.subject)}
        if not self.methods.may_leave(issuer, linked):
            return None
        return upstream_links.remove(connection, session.subject, issuer, exclude=session.sid)

    async def _end(self, work: Callable[[sqlite3.Connection], list[str]]) -> None:
        self.recent.sessions.ended(await self.recent.sessions.database.write_soon(work))


def _end_one(subject: str, sid: str) -> Callable[[sqlite3.Connection], list[str]]:
    """End one session of this account, not of another: a sid is no secret."""

    def work(connection: sqlite3.Connection) -> list[str]:
        ended = [it.sid for it in sessions.of_subject(connection, subject, 0) if it.sid == sid]
        for each in ended:
            sessions.end(connection, each)
        return ended

    return work


@dataclass(frozen=True)
class Reauthenticate:
    """Asks for a passkey or the password again, and goes on to the page it was asked for. Where a password does not
    sign the account in, it does not confirm it either: the second step follows."""

    accounts: Accounts
    passwords: PasswordCheck
    recent: RecentSignIn
    admission: Admission
    methods: SignInMethods
    passkeys: PasskeyForms
    path: str = "again"

    async def form(self, request: PageRequest) -> Form:
        session = await self.recent.sessions.find(request.http, request.client)
        if session is None:
            raise await self._elsewhere(request)
        subject = session.subject
        links, has = await self.recent.sessions.database.read_soon(
            lambda connection: (
                upstream_links.of_subject(connection, subject),
                passkeys.of_subject(connection, subject),
            )
        )
        linked = {it.issuer for it in links}
        usable = SignInMethods(upstreams=tuple(it for it in self.methods.upstreams if it.issuer in linked))
        choices = self.recent.html.choices(request, usable, ("purpose", "again"))
        form = Form("Confirm it's you", SIGN_IN_AGAIN, "", (), choices=choices)
        if self.methods.passwords:
            form = replace(form, about=REAUTHENTICATE, button="Continue", fields=(PASSWORD,))
        return self.passkeys.offer(form, request, Act.AGAIN, "Use a passkey", session.sid, has) if has else form

    async def submit(self, request: PageRequest) -> Response:
        service = self.recent.sessions
        session = await service.find(request.http, request.client)
        profile = await self.accounts.profile(session.subject) if session else None
        if session is None or profile is None:
            raise await self._elsewhere(request)
        if request.field(ANSWER):
            return await self._by_passkey(request, session)
        if not self.methods.passwords:
            raise ShowFormAgain(NO_PASSWORDS, 403)
        charges = throttle.for_session(self.passwords.throttle.limits, session.sid)
        known = await self.passwords.check(request, profile.email, charges)
        if known is None or known.subject != session.subject:
            raise ShowFormAgain(WRONG)

        def work(connection: sqlite3.Connection) -> str | None:
            if second_step.is_needed(connection, request.client, session.subject):
                return second_step.begin(connection, request.client.id, session.subject, service.now(), session.sid)
            sessions.renew(connection, session.sid, service.now())
            return None

        ticket = await service.database.write_soon(work)
        return self._onward(request) if ticket is None else self.admission.ask_second_step(request, ticket)

    async def _by_passkey(self, request: PageRequest, session: Session) -> Response:
        signed, now = await self.passkeys.check(request, Act.AGAIN, session.sid), self.recent.sessions.now()

        def work(connection: sqlite3.Connection) -> None:
            if passkeys.use(connection, signed, now) != session.subject:
                raise ShowFormAgain(REJECTED)
            sessions.renew(connection, session.sid, now, strong=True)

        await self.recent.sessions.database.write_soon(work)
        return self._onward(request)

    def _onward(self, request: PageRequest) -> Response:
        return redirect(address_after_proof(request, self.recent.html))

    async def _elsewhere(self, request: PageRequest) -> AnswerInstead:
        await self.recent.require(request.http, request.client, "account")
        return AnswerInstead(self.recent.back(request.client))


@dataclass(frozen=True)
class ChangePassword:
    """Another password."""

    accounts: Accounts
    passwords: Passwords
    recent: RecentSignIn
    outbox: Outbox
    path: str = "password"

    async def form(self, request: PageRequest) -> Form:
        await self.recent.require(request.http, request.client, self.path)
        links = ((self.recent.html.path_for("account", request.client), "Back to your account"),)
        return Form("Change your password", ONLY_HERE, "Change password", (NEW_PASSWORD,), links)

    async def submit(self, request: PageRequest) -> Response:
        service, client = self.recent.sessions, request.client
        session = await self.recent.require(request.http, client, self.path)
        profile = await self.accounts.profile(session.subject)
        if profile is None:
            return self.recent.back(client)  # closed meanwhile
        password = request.field("password")
        hashed = await self.passwords.choose(password, profile.email, profile.name, turn=session.sid)
        device = service.get(request.http, client, Cookie.DEVICE)

        def work(connection: sqlite3.Connection) -> list[str] | None:
            now = accounts.profile(connection, session.subject)
            if now is None or sessions.of_sid(connection, session.sid, service.now()) is None:
                return None  # signed out or closed meanwhile: that person does not want this change
            self.outbox.put(connection, templates.password_changed(now.email))
            return accounts.change_password(connection, session.subject, hashed, exclude=session.sid, device=device)

        ended = await service.database.write_soon(work)
        service.ended(ended or [])
        return self.recent.back(client, **({} if ended is None else {"done": "password"}))


@dataclass(frozen=True)
class ChangeEmail:
    """Another address, once a code sent to it was typed."""

    accounts: Accounts
    codes: CodePage
    recent: RecentSignIn
    path: str = "email"

    async def form(self, request: PageRequest) -> Form:
        await self.recent.require(request.http, request.client, self.path)
        links = ((self.recent.html.path_for("account", request.client), "Back to your account"),)
        return Form("Change your e-mail address", CHANGE_EMAIL, "Send a code", (NEW_EMAIL,), links)

    async def submit(self, request: PageRequest) -> Response:
        session = await self.recent.require(request.http, request.client, self.path)
        email, subject = validation.email(request.field("email")), session.subject
        profile = await self.accounts.profile(subject)
        if profile is None or profile.email == email:
            raise ShowFormAgain(YOURS, field="email")

        def verification(connection: sqlite3.Connection) -> EmailVerification:
            is_free = accounts.of_email(connection, email) is None  # equal work: leak 14 (begun also if it is taken)
            return EmailVerification(request.client.id, Purpose.EMAIL, email, is_free, subject)

        return await self.codes.begin(request, verification)
