"""Another password or another address for who is signed in, and the question that comes first when it has been long."""

import sqlite3
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.oidc_provider import accounts, charges, html, sessions, validation
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.form_fields import NEW_EMAIL, NEW_PASSWORD, PASSWORD, Form
from uconnect.oidc_provider.pages import PageContext, PageRequest, ShowFormAgain
from uconnect.oidc_provider.reauthentication import RecentSignIn

WRONG = "The password is not right. Check it, then try again."
YOURS = "This is your address already."
ONCE_MORE = "It has been a while since you signed in. Type your password to go on."
ONLY_HERE = "You stay signed in here, and are signed out everywhere else."
CHANGE_EMAIL = "We send a code to the new address. Until you have typed it, nothing changes."


@dataclass(frozen=True)
class Reauthenticate:
    """Asks for the password again, and goes on to the page it was asked for."""

    context: PageContext
    mine: RecentSignIn
    path: str = "again"

    async def form(self, visit: PageRequest) -> Form | Response:
        if await self.context.session(visit.request, visit.client) is None:
            return await self._elsewhere(visit)
        return Form("Is it you?", ONCE_MORE, "Continue", (PASSWORD,))

    async def done(self, visit: PageRequest) -> Response:
        session = await self.context.session(visit.request, visit.client)
        profile = await self.context.accounts.profile(session.subject) if session else None
        if session is None or profile is None:
            return await self._elsewhere(visit)
        known = await self.context.check(visit, profile.email, charges.session(self.context.limits, session.sid))
        if known is None or known.subject != session.subject:
            raise ShowFormAgain(WRONG)
        await self.context.database.write_soon(
            lambda connection: sessions.renew(connection, session.sid, self.context.now())
        )
        to = dict(visit.asked).get("to", "")
        return html.redirect(self.mine.to(visit.client, to if to in {"password", "email"} else "account"))

    async def _elsewhere(self, visit: PageRequest) -> Response:
        session = await self.mine.recent(visit, "account")
        return session if isinstance(session, Response) else self.mine.back(visit.client)


@dataclass(frozen=True)
class ChangePassword:
    """Another password, for who is signed in."""

    context: PageContext
    mine: RecentSignIn
    path: str = "password"

    async def form(self, visit: PageRequest) -> Form | Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        links = ((self.mine.to(visit.client, "account"), "Back to your account"),)
        return Form("Change your password", ONLY_HERE, "Change the password", (NEW_PASSWORD,), links)

    async def done(self, visit: PageRequest) -> Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        profile = await self.context.accounts.profile(session.subject)
        if profile is None:
            return self.mine.back(visit.client)  # closed meanwhile
        kept = await self.context.passwords.choose(visit.of("password"), profile.email, profile.name, turn=session.sid)
        device = self.context.cookies.device(visit.request, visit.client)

        def work(connection: sqlite3.Connection) -> list[str] | None:
            now = accounts.profile(connection, session.subject)
            if now is None or sessions.of_sid(connection, session.sid, self.context.now()) is None:
                return None  # signed out or closed meanwhile: who did that does not want this
            post = self.context.post
            post.put(connection, post.letters.password_changed(now.email))
            return accounts.change_password(connection, session.subject, kept, but=session.sid, device=device)

        ended = await self.context.database.write_soon(work)
        self.context.ended(ended or [])
        return self.mine.back(visit.client, **({} if ended is None else {"done": "password"}))


@dataclass(frozen=True)
class ChangeEmail:
    """Another address, once a code sent to it has come back."""

    context: PageContext
    mine: RecentSignIn
    codes: CodePage
    path: str = "email"

    async def form(self, visit: PageRequest) -> Form | Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        links = ((self.mine.to(visit.client, "account"), "Back to your account"),)
        return Form("Change your e-mail address", CHANGE_EMAIL, "Send a code", (NEW_EMAIL,), links)

    async def done(self, visit: PageRequest) -> Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        email, subject = validation.email(visit.of("email")), session.subject
        profile = await self.context.accounts.profile(subject)
        if profile is None or profile.email == email:
            raise ShowFormAgain(YOURS, field="email")

        def proof(connection: sqlite3.Connection) -> EmailVerification:
            free = accounts.of_email(connection, email) is None
            return EmailVerification(visit.client.id, Purpose.EMAIL, email, free, subject)

        return await self.codes.begin(visit, proof)
