"""Anyone may ask for an account; the page answers alike if the address has one, and its owner learns it by mail."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.oidc_provider import accounts, charges, validation
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.form_fields import EMAIL, NAME, NEW_PASSWORD, Form
from uconnect.oidc_provider.networks import network
from uconnect.oidc_provider.pages import PageContext, PageRequest
from uconnect.oidc_provider.passwords import Busy

BY_INVITATION = "An account here is made by invitation. Open the link in the letter you were sent."


@dataclass(frozen=True)
class SignUp:
    """The page that makes an account, once a code has shown whose the address is."""

    context: PageContext
    codes: CodePage
    path: str = "sign-up"

    async def form(self, visit: PageRequest) -> Form | Response:
        if not visit.client.sign_up:
            return self._by_invitation(visit)
        name = replace(NAME, label=visit.client.asks_name)
        links = ((self.context.path("sign-in", visit.asked), "I have an account"),)
        return Form("Create an account", visit.client.about, "Continue", (name, EMAIL, NEW_PASSWORD), links)

    async def done(self, visit: PageRequest) -> Response:
        if not visit.client.sign_up:
            return self._by_invitation(visit)
        name, email = validation.name(visit.of("name")), validation.email(visit.of("email"))
        counted = charges.asking(self.context.limits, visit.address)
        self.context.slow(visit, counted)
        turn = f"{network(visit.address)} {email}"
        try:
            kept = await self.context.passwords.choose(visit.of("password"), email, name, turn=turn)
        except Busy:
            self.context.throttle.give_back(counted)
            raise

        def proof(connection: sqlite3.Connection) -> EmailVerification:
            free = accounts.of_email(connection, email) is None
            return EmailVerification(visit.client.id, Purpose.SIGN_UP, email, free, name=name, password=kept)

        return await self.codes.begin(visit, proof)

    def _by_invitation(self, visit: PageRequest) -> Response:
        return self.context.pages.notice("By invitation", BY_INVITATION, visit.client, status=404)
