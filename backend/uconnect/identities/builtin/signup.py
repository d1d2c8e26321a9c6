"""Anyone may ask for an account; the page answers alike if the address has one, and its owner learns it by mail."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.identities.builtin import accounts, charges, typed
from uconnect.identities.builtin.codes import Codes
from uconnect.identities.builtin.fields import EMAIL, NAME, NEW_PASSWORD, Form
from uconnect.identities.builtin.networks import network
from uconnect.identities.builtin.passwords import Busy
from uconnect.identities.builtin.proofs import Proof, Purpose
from uconnect.identities.builtin.reception import Reception, Visit

BY_INVITATION = "An account here is made by invitation. Open the link in the letter you were sent."


@dataclass(frozen=True)
class SignUp:
    """The page that makes an account, once a code has shown whose the address is."""

    reception: Reception
    codes: Codes
    path: str = "sign-up"

    async def form(self, visit: Visit) -> Form | Response:
        if not visit.client.sign_up:
            return self._by_invitation(visit)
        name = replace(NAME, label=visit.client.asks_name)
        links = ((self.reception.path("sign-in", visit.asked), "I have an account"),)
        return Form("Create an account", visit.client.about, "Continue", (name, EMAIL, NEW_PASSWORD), links)

    async def done(self, visit: Visit) -> Response:
        if not visit.client.sign_up:
            return self._by_invitation(visit)
        name, email = typed.name(visit.of("name")), typed.email(visit.of("email"))
        counted = charges.asking(self.reception.limits, visit.address)
        self.reception.slow(visit, counted)
        turn = f"{network(visit.address)} {email}"
        try:
            kept = await self.reception.passwords.choose(visit.of("password"), email, name, turn=turn)
        except Busy:
            self.reception.throttle.give_back(counted)
            raise

        def proof(connection: sqlite3.Connection) -> Proof:
            free = accounts.of_email(connection, email) is None
            return Proof(visit.client.id, Purpose.SIGN_UP, email, free, name=name, password=kept)

        return await self.codes.begin(visit, proof)

    def _by_invitation(self, visit: Visit) -> Response:
        return self.reception.pages.notice("By invitation", BY_INVITATION, visit.client, status=404)
