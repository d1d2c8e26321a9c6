"""The link in a letter: who follows it has read the letter, in whichever browser, and chooses a password of their own.

So strangers who ask for letters to an address without end keep nobody out: the last letter lets its reader in.
"""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.oidc_provider import accounts, email_verification, html, validation
from uconnect.oidc_provider.code_page import TAKEN, CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.form_fields import NAME, NEW_PASSWORD, Form
from uconnect.oidc_provider.pages import PageContext, PageRequest

PAGES = {Purpose.RESET: "new-password", Purpose.SIGN_UP: "join"}
OPENED = "This letter was sent to {}. Go on here to choose {} password."
JOIN = "You are making an account as {}. Choose a password, and you are in."
OVER = "This link was used before, or is too old. Ask for a new letter where you sign in."


@dataclass(frozen=True)
class Letter:
    """The page behind the link. Opening it changes nothing: letters are looked through by machines."""

    context: PageContext
    codes: CodePage
    path: str = "letter"

    async def form(self, visit: PageRequest) -> Form | Response:
        proof = await self._proof(visit)
        if proof is None:
            return self._over(visit)
        return Form("Is this your address?", OPENED.format(proof.email, _whose(proof)), "Go on", ())

    async def done(self, visit: PageRequest) -> Response:
        proof = await self._proof(visit)
        if proof is None:
            return self._over(visit)
        onward = self.context.path(PAGES[proof.purpose], [("client_id", visit.client.id)])
        known = proof.purpose is Purpose.RESET
        response = await self.codes.known(visit, proof, onward, _secret(visit)) if known else html.redirect(onward)
        self.context.cookies.plant_proof(response, visit.client, _secret(visit))
        return response

    async def _proof(self, visit: PageRequest) -> EmailVerification | None:
        def look(connection: sqlite3.Connection) -> EmailVerification | None:
            found = (email_verification.proved(connection, _secret(visit), it, self.context.now()) for it in PAGES)
            proof = next((it for it in found if it is not None), None)
            return proof if proof and proof.client == visit.client.id else None

        return await self.context.database.read_soon(look)

    def _over(self, visit: PageRequest) -> Response:
        return self.context.pages.notice("This link is over", OVER, visit.client, status=400)


@dataclass(frozen=True)
class Join:
    """Makes an account for who followed the link in a letter."""

    context: PageContext
    codes: CodePage
    path: str = "join"

    async def form(self, visit: PageRequest) -> Form | Response:
        proof = await self._proof(visit)
        if proof is None:
            return self.codes.over(visit)
        name = replace(NAME, label=visit.client.asks_name)
        return Form("Create an account", JOIN.format(proof.email), "Continue", (name, NEW_PASSWORD))

    async def done(self, visit: PageRequest) -> Response:
        proof, ticket = await self._proof(visit), self.codes.ticket(visit)
        if proof is None:
            return self.codes.over(visit)
        name = validation.name(visit.of("name"))
        kept = await self.context.passwords.choose(visit.of("password"), proof.email, name, turn=ticket)

        def whom(connection: sqlite3.Connection) -> str | None:
            still = self._still(connection, visit)
            if still is None:
                return None
            self.codes.has_read(connection, still, ticket)
            email_verification.end(connection, ticket)
            return accounts.add(connection, proof.email, kept, verified=True, name=name)

        response = await self.context.admit(visit, whom)
        if response is None:
            response = self.context.pages.notice("This address is taken", TAKEN, visit.client, status=409)
        self.context.cookies.forget_proof(response, visit.client)
        return response

    async def _proof(self, visit: PageRequest) -> EmailVerification | None:
        return await self.context.database.read_soon(lambda connection: self._still(connection, visit))

    def _still(self, connection: sqlite3.Connection, visit: PageRequest) -> EmailVerification | None:
        proof = email_verification.proved(connection, self.codes.ticket(visit), Purpose.SIGN_UP, self.context.now())
        return proof if proof and proof.client == visit.client.id and visit.client.sign_up else None


def _secret(visit: PageRequest) -> str:
    return dict(visit.asked).get("token", "")


def _whose(proof: EmailVerification) -> str:
    return "a new" if proof.purpose is Purpose.RESET else "your"
