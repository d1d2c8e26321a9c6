"""Accounts are made, and passwords reset, by people who prove their address; the pages tell nobody which addresses have
an account.

A letter holds a code for the browser that asked, and a link for any browser. So strangers who ask for letters to an
address without end keep nobody out: the last letter lets its reader in.
"""

import sqlite3
from dataclasses import dataclass, replace

from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.domain.text import isolated
from uconnect.oidc_provider import accounts, email_verification, throttle, validation
from uconnect.oidc_provider.code_page import CodePage
from uconnect.oidc_provider.email_verification import EmailVerification, Purpose
from uconnect.oidc_provider.pages import EMAIL, NAME, NEW_PASSWORD, AnswerInstead, Form, PageRequest, redirect
from uconnect.oidc_provider.passwords import Busy, Passwords
from uconnect.oidc_provider.sessions import Cookie
from uconnect.oidc_provider.throttle import Throttle

BY_INVITATION = "You need an invitation to create an account here. Open the link in your invitation e-mail."
FORGOT = "Enter the address you sign in with. If it has an account, we send a code to it."
CHOOSE = "You will be signed in here and signed out everywhere else."
OPENED = "This e-mail was sent to {}. Continue to choose {} password."
JOIN = "You are creating an account for {}. Enter {} and choose a password."
LINK_OVER = "This link was already used or is too old. Ask for a new e-mail on the sign-in page."

PAGES = {Purpose.RESET: "new-password", Purpose.SIGN_UP: "join"}  # where a letter's link leads


@dataclass(frozen=True)
class SignUp:
    """Makes an account, once a code has proved the address. An address with an account gets the same answer; its owner
    gets a letter."""

    codes: CodePage
    passwords: Passwords
    throttle: Throttle
    path: str = "sign-up"

    async def form(self, request: PageRequest) -> Form:
        self._require_open(request)
        name = replace(NAME, label=request.client.asks_name)
        links = ((self.codes.html.path("sign-in", request.query), "I already have an account"),)
        return Form("Create an account", request.client.about, "Continue", (name, EMAIL, NEW_PASSWORD), links)

    async def submit(self, request: PageRequest) -> Response:
        self._require_open(request)
        name = validation.name(request.field("name"))
        email = validation.sign_up_email(request.field("email"), request.client.domains)
        charges = throttle.for_letter_request(self.throttle.limits, request.address)
        self.throttle.charge(charges, request.address)
        turn = f"{throttle.network(request.address)} {email}"
        try:  # equal work: leak 14 (a password is hashed also for an address with an account)
            hashed = await self.passwords.choose(request.field("password"), email, name, turn=turn)
        except Busy:
            self.throttle.give_back(charges)
            raise

        def verification(connection: sqlite3.Connection) -> EmailVerification:
            is_free = accounts.of_email(connection, email) is None
            return EmailVerification(request.client.id, Purpose.SIGN_UP, email, is_free, name=name, password=hashed)

        return await self.codes.begin(request, verification)

    def _require_open(self, request: PageRequest) -> None:
        if not request.client.sign_up:
            raise AnswerInstead(self.codes.html.notice("By invitation", BY_INVITATION, request.client, status=404))


@dataclass(frozen=True)
class Forgot:
    """Asks for the address of an account whose password is forgotten."""

    codes: CodePage
    throttle: Throttle
    path: str = "forgot"

    async def form(self, request: PageRequest) -> Form:
        links = ((self.codes.html.path("sign-in", request.query), "Back to sign-in"),)
        return Form("Choose a new password", FORGOT, "Send a code", (EMAIL,), links)

    async def submit(self, request: PageRequest) -> Response:
        typed = request.field("email")
        email = validation.email(typed)
        if await self.codes.sessions.device(request.http, request.client, typed) is None:
            charges = throttle.for_letter_request(self.throttle.limits, request.address)
            self.throttle.charge(charges, request.address)

        def verification(connection: sqlite3.Connection) -> EmailVerification:
            subject = accounts.of_email(connection, typed)  # equal work: leak 14 (begun also if there is no account)
            return EmailVerification(request.client.id, Purpose.RESET, email, subject is not None, subject or "")

        return await self.codes.begin(request, verification)


@dataclass(frozen=True)
class LetterLink:
    """The page behind the link in a letter. Opening it changes nothing: machines look through letters."""

    codes: CodePage
    path: str = "letter"

    async def form(self, request: PageRequest) -> Form:
        verification = await self._verification(request)
        whose = "a new" if verification.purpose is Purpose.RESET else "your"
        about = OPENED.format(isolated(verification.email), whose)
        return Form("Is this your address?", about, "Continue", (), hidden=request.hidden_token)

    async def submit(self, request: PageRequest) -> Response:
        verification, secret = await self._verification(request), request.token
        onward = self.codes.html.path_for(PAGES[verification.purpose], request.client)
        if verification.purpose is Purpose.RESET:
            response = await self.codes.open(request, verification, onward, secret)
        else:
            response = redirect(onward)
        self.codes.sessions.set(response, request.client, Cookie.TICKET, secret)
        return response

    async def _verification(self, request: PageRequest) -> EmailVerification:
        secret, now = request.token, self.codes.sessions.now()

        def look(connection: sqlite3.Connection) -> EmailVerification | None:
            found = (email_verification.proved(connection, secret, purpose, now) for purpose in PAGES)
            return next((it for it in found if it is not None and it.client == request.client.id), None)

        verification = await self.codes.sessions.database.read_soon(look)
        if verification is None:
            raise AnswerInstead(self.codes.html.notice("This link has expired", LINK_OVER, request.client, status=400))
        return verification


@dataclass(frozen=True)
class Join:
    """Makes an account for the reader of a letter, who followed its link."""

    codes: CodePage
    passwords: Passwords
    path: str = "join"

    async def form(self, request: PageRequest) -> Form:
        verification = await self._verification(request)
        name = replace(NAME, label=request.client.asks_name)
        return Form(
            "Create an account",
            JOIN.format(isolated(verification.email), request.client.asked_name),
            "Continue",
            (name, NEW_PASSWORD),
        )

    async def submit(self, request: PageRequest) -> Response:
        verification = await self._verification(request)
        name, ticket = validation.name(request.field("name")), self.codes.ticket(request)
        hashed = await self.passwords.choose(request.field("password"), verification.email, name, turn=ticket)
        return await self.codes.sign_up(request, hashed, name)

    async def _verification(self, request: PageRequest) -> EmailVerification:
        found = await self.codes.require_proved(request, Purpose.SIGN_UP)
        if not request.client.sign_up:
            raise self.codes.over(request)
        return found


@dataclass(frozen=True)
class NewPassword:
    """Asks for another password, once the address is proved, and signs the account out everywhere else."""

    codes: CodePage
    passwords: Passwords
    path: str = "new-password"

    async def form(self, request: PageRequest) -> Form:
        await self.codes.require_proved(request, Purpose.RESET)
        links = ((self.codes.html.path("sign-in", request.query), "Keep your password and sign in"),)
        return Form("Choose a new password", CHOOSE, "Change password", (NEW_PASSWORD,), links)

    async def submit(self, request: PageRequest) -> Response:
        verification = await self.codes.require_proved(request, Purpose.RESET)
        password, ticket = request.field("password"), self.codes.ticket(request)
        hashed = await self.passwords.choose(password, verification.email, turn=ticket)
        ended: list[str] = []

        def change(connection: sqlite3.Connection) -> str | None:
            found = self.codes.proved(connection, request, Purpose.RESET)
            out = accounts.change_password(connection, found.subject, hashed) if found else None
            if found is None or out is None:
                return None
            ended[:] = out  # not added to: a work may run twice
            self.codes.letters.outbox.put(connection, templates.password_changed(found.email))
            return found.subject

        response = await self.codes.admission.sign_in(request, change) or self.codes.over(request).response
        self.codes.sessions.ended(ended)
        self.codes.sessions.clear(response, request.client, Cookie.TICKET)
        return response
