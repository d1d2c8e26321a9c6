"""Who forgot the password proves that the address is theirs; choosing another shuts everyone else out."""

import sqlite3
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.oidc_provider import accounts, charges, email_verification, validation
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.form_fields import EMAIL, NEW_PASSWORD, Form
from uconnect.oidc_provider.pages import PageContext, PageRequest

FORGOT = "Type the address you sign in with. If it has an account, we send a code to it."
CHOOSE = "You will be signed in here, and signed out everywhere else."


@dataclass(frozen=True)
class Forgot:
    """The page that asks which account it is."""

    context: PageContext
    codes: CodePage
    path: str = "forgot"

    async def form(self, visit: PageRequest) -> Form:
        links = ((self.context.path("sign-in", visit.asked), "Back to signing in"),)
        return Form("Choose a new password", FORGOT, "Send a code", (EMAIL,), links)

    async def done(self, visit: PageRequest) -> Response:
        email = validation.email(visit.of("email"))
        if await self.context.device(visit, visit.of("email")) is None:
            self.context.slow(visit, charges.asking(self.context.limits, visit.address))

        def proof(connection: sqlite3.Connection) -> EmailVerification:
            subject = accounts.of_email(connection, visit.of("email"))
            return EmailVerification(visit.client.id, Purpose.RESET, email, subject is not None, subject or "")

        return await self.codes.begin(visit, proof)


@dataclass(frozen=True)
class NewPassword:
    """The page behind the code."""

    context: PageContext
    codes: CodePage
    path: str = "new-password"

    async def form(self, visit: PageRequest) -> Form | Response:
        if await self.context.database.read_soon(lambda connection: self._proof(connection, visit)) is None:
            return self.codes.over(visit)
        links = ((self.context.path("sign-in", visit.asked), "Keep your password and sign in"),)
        return Form("Choose a new password", CHOOSE, "Change the password", (NEW_PASSWORD,), links)

    async def done(self, visit: PageRequest) -> Response:
        proof = await self.context.database.read_soon(lambda connection: self._proof(connection, visit))
        if proof is None:
            return self.codes.over(visit)
        kept = await self.context.passwords.choose(visit.of("password"), proof.email, turn=self.codes.ticket(visit))

        ended: list[str] = []

        def whom(connection: sqlite3.Connection) -> str | None:
            still = self._proof(connection, visit)
            out = accounts.change_password(connection, still.subject, kept) if still else None
            if still is None or out is None:
                return None
            ended[:] = out  # not added to: a work may run twice
            post = self.context.post
            post.put(connection, post.letters.password_changed(still.email))
            return still.subject

        response = await self.context.admit(visit, whom) or self.codes.over(visit)
        self.context.ended(ended)
        self.context.cookies.forget_proof(response, visit.client)
        return response

    def _proof(self, connection: sqlite3.Connection, visit: PageRequest) -> EmailVerification | None:
        proof = email_verification.proved(connection, self.codes.ticket(visit), Purpose.RESET, self.context.now())
        return proof if proof and proof.client == visit.client.id else None
