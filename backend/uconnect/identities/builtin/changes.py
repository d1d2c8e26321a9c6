"""Another password or another address for who is signed in, and the question that comes first when it has been long."""

import sqlite3
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.identities.builtin import accounts, sessions, typed, views
from uconnect.identities.builtin.codes import Codes
from uconnect.identities.builtin.fields import NEW_EMAIL, NEW_PASSWORD, PASSWORD, Form
from uconnect.identities.builtin.mine import Mine
from uconnect.identities.builtin.passwords import Lane
from uconnect.identities.builtin.proofs import Proof, Purpose
from uconnect.identities.builtin.reception import Again, Reception, Visit

WRONG = "The password is not right. Check it, then try again."
YOURS = "This is your address already."
ONCE_MORE = "It has been a while since you signed in. Type your password to go on."
ONLY_HERE = "You stay signed in here, and are signed out everywhere else."
CHANGE_EMAIL = "We send a code to the new address. Until you have typed it, nothing changes."


@dataclass(frozen=True)
class OnceMore:
    """Asks for the password again, and goes on to the page it was asked for."""

    reception: Reception
    mine: Mine
    path: str = "again"

    async def form(self, visit: Visit) -> Form | Response:
        if await self.reception.session(visit.request, visit.client) is None:
            return await self._elsewhere(visit)
        return Form("Is it you?", ONCE_MORE, "Continue", (PASSWORD,))

    async def done(self, visit: Visit) -> Response:
        session = await self.reception.session(visit.request, visit.client)
        profile = await self.reception.accounts.profile(session.subject) if session else None
        if session is None or profile is None:
            return await self._elsewhere(visit)
        self.reception.slow(visit, profile.email)
        known = await self.reception.check(visit, profile.email, Lane.KNOWN)
        if known is None or known.subject != session.subject:
            raise Again(WRONG)
        self.reception.guesses.right(profile.email, visit.address)
        await self.reception.database.write_soon(
            lambda connection: sessions.renew(connection, session.sid, self.reception.now())
        )
        to = dict(visit.asked).get("to", "")
        return views.sent_to(self.mine.to(visit.client, to if to in {"password", "email"} else "account"))

    async def _elsewhere(self, visit: Visit) -> Response:
        session = await self.mine.recent(visit, "account")
        return session if isinstance(session, Response) else self.mine.back(visit.client)


@dataclass(frozen=True)
class ChangePassword:
    """Another password, for who is signed in."""

    reception: Reception
    mine: Mine
    path: str = "password"

    async def form(self, visit: Visit) -> Form | Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        links = ((self.mine.to(visit.client, "account"), "Back to your account"),)
        return Form("Change your password", ONLY_HERE, "Change the password", (NEW_PASSWORD,), links)

    async def done(self, visit: Visit) -> Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        profile = await self.reception.accounts.profile(session.subject)
        if profile is None:
            return self.mine.back(visit.client)  # closed meanwhile
        kept = await self.reception.passwords.choose(visit.of("password"), profile.email, profile.name)

        def work(connection: sqlite3.Connection) -> list[str] | None:
            now = accounts.profile(connection, session.subject)
            if now is None or sessions.of_sid(connection, session.sid, self.reception.now()) is None:
                return None  # signed out or closed meanwhile: who did that does not want this
            post = self.reception.post
            post.put(connection, post.letters.password_changed(now.email))
            return accounts.change_password(connection, session.subject, kept, but=session.sid)

        ended = await self.reception.database.write_soon(work)
        self.reception.ended(ended or [])
        return self.mine.back(visit.client, **({} if ended is None else {"done": "password"}))


@dataclass(frozen=True)
class ChangeEmail:
    """Another address, once a code sent to it has come back."""

    reception: Reception
    mine: Mine
    codes: Codes
    path: str = "email"

    async def form(self, visit: Visit) -> Form | Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        links = ((self.mine.to(visit.client, "account"), "Back to your account"),)
        return Form("Change your e-mail address", CHANGE_EMAIL, "Send a code", (NEW_EMAIL,), links)

    async def done(self, visit: Visit) -> Response:
        session = await self.mine.recent(visit, self.path)
        if isinstance(session, Response):
            return session
        email, subject = typed.email(visit.of("email")), session.subject
        profile = await self.reception.accounts.profile(subject)
        if profile is None or profile.email == email:
            raise Again(YOURS)
        self.reception.slow(visit, f"move {subject}")

        def proof(connection: sqlite3.Connection) -> Proof:
            free = accounts.of_email(connection, email) is None
            return Proof(visit.client.id, Purpose.EMAIL, email, free, subject)

        return await self.codes.begin(visit, proof)
