"""The pages for people who come from another provider for the first time: they make an account, or link theirs."""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.domain.text import isolated
from uconnect.oidc_provider import accounts, email_verification, invitations, throttle, validation
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.pages import NAME, PASSWORD, Form, PageRequest, ShowFormAgain
from uconnect.oidc_provider.sign_in import PasswordCheck
from uconnect.oidc_provider.upstream_arrivals import JOIN, LINK, Arrivals

NEW_ACCOUNT = "{} signed you in as {}. Enter {} to create your account."
YOURS = "There is an account with the address {} here. {} After that you can sign in with {} whenever you like."
BY_PASSWORD = "Enter its password, or ask for a code by e-mail."  # noqa: S105 - a sentence
BY_CODE = "To confirm that it is yours, we send a code to that address."
WRONG = "The password is wrong. Check it, or ask for a code."
OTHER_ACCOUNT = "This is the password of another account."


@dataclass(frozen=True)
class Welcome:
    """Makes an account for a person whom a provider has named, with an address that no account here has."""

    arrivals: Arrivals
    path: str = JOIN

    async def form(self, request: PageRequest) -> Form:
        arrival, upstream = await self.arrivals.require(request, with_account=False)
        about = NEW_ACCOUNT.format(isolated(upstream.name), isolated(arrival.email), request.client.asked_name)
        name = replace(NAME, label=request.client.asks_name)
        # A person's name is not a school's.
        filled = {"name": arrival.name} if request.client.asks_name == NAME.label else {}
        return Form("Create an account", about, "Continue", (name,), filled=filled)

    async def submit(self, request: PageRequest) -> Response:
        arrival, _ = await self.arrivals.require(request, with_account=False)
        name = validation.name(request.field("name"))

        def make(connection: sqlite3.Connection) -> str | None:
            if arrival.invitation is not None:  # withdrawn or used meanwhile: then it makes nobody a worker
                now = self.arrivals.sessions.now()
                invited = invitations.of_hash(connection, arrival.invitation, request.client.id, now)
                if invited is None and not request.client.sign_up:
                    return None
            return accounts.add(connection, arrival.email, "", verified=True, name=name)

        return await self.arrivals.sign_in(request, arrival, make, self.arrivals.ticket(request))


@dataclass(frozen=True)
class LinkAccount:
    """Asks a person whom a provider has named with an account's address to prove that the account is theirs."""

    arrivals: Arrivals
    checks: PasswordCheck
    codes: CodePage
    path: str = LINK

    async def form(self, request: PageRequest) -> Form:
        arrival, upstream = await self.arrivals.require(request, with_account=True)
        passwords = self.arrivals.methods.passwords
        how = BY_PASSWORD if passwords else BY_CODE
        about = YOURS.format(isolated(arrival.email), how, isolated(upstream.name))
        if not passwords:
            return Form("Is this account yours?", about, "Send a code", ())
        return Form("Is this account yours?", about, "Continue", (PASSWORD,), second=("code", "Send a code"))

    async def submit(self, request: PageRequest) -> Response:
        arrival, _ = await self.arrivals.require(request, with_account=True)
        if request.field("code") or not self.arrivals.methods.passwords:
            charges = throttle.for_letter_request(self.checks.throttle.limits, request.address)
            self.checks.throttle.charge(charges, request.address)
            about = request.client.id, Purpose.LINK, arrival.email, True, arrival.subject
            return await self.codes.begin(request, lambda _: EmailVerification(*about))
        charges = await self.checks.charges(request, arrival.email)
        known = await self.checks.check(request, arrival.email, charges)
        if known is None:
            raise ShowFormAgain(WRONG, field="password")
        if known.subject != arrival.subject:
            raise ShowFormAgain(OTHER_ACCOUNT, field="password")
        checked, ticket = known, self.arrivals.ticket(request)
        return await self.arrivals.sign_in(
            request, arrival, lambda connection: accounts.still_valid(connection, checked), ticket
        )

    async def proved(self, request: PageRequest) -> Response:
        """The code from the letter was right: link the account, unless this browser has come for another one."""
        arrival, _ = await self.arrivals.require(request, with_account=True)

        def theirs(connection: sqlite3.Connection) -> str | None:
            found = self.codes.proved(connection, request, Purpose.LINK)
            email_verification.end(connection, self.codes.ticket(request))
            return arrival.subject if found and found.subject == arrival.subject else None

        return await self.arrivals.sign_in(request, arrival, theirs, self.arrivals.ticket(request))
