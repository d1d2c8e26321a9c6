"""Who forgot the password proves that the address is theirs; choosing another shuts everyone else out."""

import sqlite3
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.identities.builtin import accounts, charges, proofs, typed
from uconnect.identities.builtin.codes import Codes
from uconnect.identities.builtin.fields import EMAIL, NEW_PASSWORD, Form
from uconnect.identities.builtin.proofs import Proof, Purpose
from uconnect.identities.builtin.reception import Reception, Visit

FORGOT = "Type the address you sign in with. If it has an account, we send a code to it."
CHOOSE = "You will be signed in here, and signed out everywhere else."


@dataclass(frozen=True)
class Forgot:
    """The page that asks which account it is."""

    reception: Reception
    codes: Codes
    path: str = "forgot"

    async def form(self, visit: Visit) -> Form:
        links = ((self.reception.path("sign-in", visit.asked), "Back to signing in"),)
        return Form("Choose a new password", FORGOT, "Send a code", (EMAIL,), links)

    async def done(self, visit: Visit) -> Response:
        email = typed.email(visit.of("email"))
        if await self.reception.device(visit, visit.of("email")) is None:
            self.reception.slow(visit, charges.asking(self.reception.limits, visit.address))

        def proof(connection: sqlite3.Connection) -> Proof:
            subject = accounts.of_email(connection, visit.of("email"))
            return Proof(visit.client.id, Purpose.RESET, email, subject is not None, subject or "")

        return await self.codes.begin(visit, proof)


@dataclass(frozen=True)
class NewPassword:
    """The page behind the code."""

    reception: Reception
    codes: Codes
    path: str = "new-password"

    async def form(self, visit: Visit) -> Form | Response:
        if await self.reception.database.read_soon(lambda connection: self._proof(connection, visit)) is None:
            return self.codes.over(visit)
        links = ((self.reception.path("sign-in", visit.asked), "Keep your password and sign in"),)
        return Form("Choose a new password", CHOOSE, "Change the password", (NEW_PASSWORD,), links)

    async def done(self, visit: Visit) -> Response:
        proof = await self.reception.database.read_soon(lambda connection: self._proof(connection, visit))
        if proof is None:
            return self.codes.over(visit)
        kept = await self.reception.passwords.choose(visit.of("password"), proof.email, turn=self.codes.ticket(visit))

        ended: list[str] = []

        def whom(connection: sqlite3.Connection) -> str | None:
            still = self._proof(connection, visit)
            out = accounts.change_password(connection, still.subject, kept) if still else None
            if still is None or out is None:
                return None
            ended[:] = out  # not added to: a work may run twice
            post = self.reception.post
            post.put(connection, post.letters.password_changed(still.email))
            return still.subject

        response = await self.reception.admit(visit, whom) or self.codes.over(visit)
        self.reception.ended(ended)
        self.reception.cookies.forget_proof(response, visit.client)
        return response

    def _proof(self, connection: sqlite3.Connection, visit: Visit) -> Proof | None:
        proof = proofs.proved(connection, self.codes.ticket(visit), Purpose.RESET, self.reception.now())
        return proof if proof and proof.client == visit.client.id else None
