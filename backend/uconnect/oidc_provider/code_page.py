"""The page where a code from a letter is typed. Its reader has proved the address, and what was asked for is done."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.domain.text import isolated
from uconnect.oidc_provider import accounts, email_verification, sessions, throttle
from uconnect.oidc_provider.accounts import EmailChangeOutbox
from uconnect.oidc_provider.email_verification import CodeResult, EmailVerification, Purpose
from uconnect.oidc_provider.pages import (
    CODE,
    AnswerInstead,
    Form,
    HtmlPages,
    PageRequest,
    ShowFormAgain,
    letter_link,
    redirect,
)
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie
from uconnect.oidc_provider.settings import Client, Limits
from uconnect.oidc_provider.sign_in import Admission
from uconnect.oidc_provider.throttle import Throttle

NO_CODE = "Enter the code from the latest e-mail. It has 8 digits."
WRONG = "This is not the latest code. Check it, or ask for a new one."
SPENT = "This code is too old or was tried too often. Ask for a new one."
NO_MORE = "No more codes can be sent for this. Start again in an hour."
SENT = "If this address can be used, another e-mail is on its way. Only the code in the latest e-mail works."
OVER = "This took too long or is already done. Start again where you came from."
NO_COOKIE = " If you see this right away, allow cookies for this address: your browser sent none."
TAKEN = "This address got an account in the meantime. Sign in with it."
ABOUT = "We sent an e-mail to {}. Enter the code from it. If nothing arrives, check your spam folder."
HERE = "We saved an e-mail to {} on this computer. Enter the code from it."
RESET = (
    "If {} has an account, we sent an e-mail to it. Enter the code from it. If nothing arrives, check your spam folder."
)
RESET_HERE = "If {} has an account, we saved an e-mail to it on this computer. Enter the code from it."
OR_LINK = " If no e-mail has a code that works, follow the link in the latest one."
OPENING = {Purpose.SIGN_UP, Purpose.RESET}  # their letters hold a link too


@dataclass(frozen=True)
class VerificationLetters:
    """Begins verifications and writes their letters, so many to an address, in the transaction that begins each."""

    sessions: BrowserSessions
    outbox: Outbox
    limits: Limits
    clients: Mapping[str, Client]

    async def begin(self, request: PageRequest, make: Callable[[sqlite3.Connection], EmailVerification]) -> str:
        """Begin the verification that `make` decides on. Returns the ticket that opens it."""
        secret = self.sessions.get(request.http, request.client, Cookie.DEVICE)

        def work(connection: sqlite3.Connection) -> str:
            verification = make(connection)
            written = self._take(connection, verification, secret)
            ticket, code = email_verification.begin(connection, verification, self.sessions.now(), written=written)
            self._write(connection, verification, code)
            return ticket

        return await self.sessions.database.write_soon(work)

    async def send_again(self, request: PageRequest, ticket: str) -> bool:
        """Write another letter, if the address may be sent one. False if the verification has no letter left."""
        secret = self.sessions.get(request.http, request.client, Cookie.DEVICE)

        def work(connection: sqlite3.Connection) -> bool:
            may_write = partial(self._take, connection, secret=secret)
            renewed = email_verification.renew(connection, ticket, self.sessions.now(), may_write)
            if renewed is not None:
                self._write(connection, *renewed)
            return renewed is not None

        return await self.sessions.database.write_soon(work)

    def mark_read(self, connection: sqlite3.Connection, verification: EmailVerification, ticket: str) -> None:
        """Do not count the letter that its person has read. So the next browser of theirs gets a letter as well.

        It is given back once, however often its link is followed.
        """
        if email_verification.first_read(connection, ticket):
            throttle.give_back_letter(connection, throttle.for_letter(self.limits, verification.email))

    def _take(self, connection: sqlite3.Connection, verification: EmailVerification, secret: str | None) -> bool:
        """Count a letter to this address, if it may be sent one. A browser that the account knows has letters of its
        own, so that it gets one with a code when strangers have used up all others."""
        now, email = self.sessions.now(), verification.email
        if verification.purpose is Purpose.EMAIL:
            return throttle.take_letter(connection, throttle.for_email_change(email, verification.subject), now)
        device = sessions.find_device(connection, verification.client, secret or "", email, now)
        if device is not None and throttle.take_letter(connection, throttle.for_own_letter(device), now):
            return True
        return throttle.take_letter(connection, throttle.for_letter(self.limits, email), now)

    def _write(self, connection: sqlite3.Connection, verification: EmailVerification, code: str | None) -> None:
        if code is None:
            return
        email, link = verification.email, partial(self._link, connection, verification)
        match verification.purpose, verification.real:
            case Purpose.SIGN_UP, True:
                letter = templates.confirm_code(email, code, link())
            case Purpose.EMAIL, True:
                letter = templates.new_address_code(email, code)
            case Purpose.LINK, True:
                letter = templates.link_code(email, code)
            case Purpose.RESET, True:
                letter = templates.reset_code(email, code, link())
            case Purpose.SIGN_UP, False:
                letter = templates.address_in_use(email, link())
            case Purpose.EMAIL, False:
                letter = templates.email_in_use(email)
            case _:  # equal work: leak 14 (a reset without an account is begun and counted, and no letter is written)
                return
        self.outbox.put(connection, letter)

    def _link(self, connection: sqlite3.Connection, verification: EmailVerification) -> str:
        """A link that proves the address in any browser. It makes an account, or opens the one there is. What a
        stranger typed does not come along: behind the link a person chooses their own name and password."""
        subject = verification.subject or accounts.of_email(connection, verification.email) or ""
        purpose = Purpose.RESET if subject else Purpose.SIGN_UP
        proved = EmailVerification(verification.client, purpose, verification.email, real=True, subject=subject)
        secret = email_verification.link(connection, proved, self.sessions.now(), self.limits.link_lifetime)
        return letter_link(self.clients[verification.client], "letter", secret)


@dataclass(frozen=True)
class CodePage:
    """Asks for the code in a letter. `mailbox` is the address where letters are read that do not leave, if any."""

    letters: VerificationLetters
    admission: Admission
    html: HtmlPages
    throttle: Throttle
    email_changes: EmailChangeOutbox
    mailbox: str
    linked: Callable[[PageRequest], Awaitable[Response]] | None = None  # goes on when a code has proved an account
    path: str = "code"

    @property
    def sessions(self) -> BrowserSessions:
        return self.letters.sessions

    async def begin(self, request: PageRequest, make: Callable[[sqlite3.Connection], EmailVerification]) -> Response:
        """Begin the verification that `make` decides on, and ask for the code."""
        ticket = await self.letters.begin(request, make)
        response = redirect(self.html.path(self.path, request.query))
        self.sessions.set(response, request.client, Cookie.TICKET, ticket)
        return response

    async def form(self, request: PageRequest) -> Form:
        verification = await self._verification(request)
        is_reset = verification.purpose is Purpose.RESET
        about = (RESET_HERE if self.mailbox else RESET) if is_reset else (HERE if self.mailbox else ABOUT)
        links = ((self.mailbox, "Read the e-mail"),) if self.mailbox else ()
        about += OR_LINK if verification.purpose in OPENING else ""
        again = ("again", "Send a new code")
        return Form("Check your e-mail", about.format(isolated(verification.email)), "Continue", (CODE,), links, again)

    async def submit(self, request: PageRequest) -> Response:
        verification, ticket = await self._verification(request), self.ticket(request)
        if request.field("again"):
            sent = await self.letters.send_again(request, ticket)
            raise ShowFormAgain(SENT if sent else NO_MORE, 200 if sent else 429)
        code = email_verification.parse_code(request.field("code"))
        if len(code) != email_verification.DIGITS:  # no guess, so it spends no try
            raise ShowFormAgain(NO_CODE, field="code")
        match await self.sessions.database.write_soon(
            lambda connection: email_verification.attempt(connection, ticket, code, self.sessions.now())
        ):
            case CodeResult.RIGHT:
                if await self._was_charged(request, verification):
                    charges = throttle.for_letter_request(self.throttle.limits, request.address)
                    self.throttle.give_back(charges)
                return await self._proved(request, verification, ticket)
            case CodeResult.WRONG:
                raise ShowFormAgain(WRONG, field="code")
            case CodeResult.SPENT:
                raise ShowFormAgain(SPENT, field="code")
            case CodeResult.GONE:
                raise self.over(request)

    async def open(self, request: PageRequest, verification: EmailVerification, onward: str, ticket: str) -> Response:
        """Go on to a page with a verification that `ticket` opens. From now on the account knows this browser, whose
        person reads its letters: a password that is remembered after all signs in there, however many strangers guess
        meanwhile."""
        client, old = request.client, self.sessions.get(request.http, request.client, Cookie.DEVICE)

        def work(connection: sqlite3.Connection) -> str:
            self.letters.mark_read(connection, verification, ticket)
            return sessions.remember_device(connection, client.id, verification.subject, old, self.sessions.now())

        device = await self.sessions.database.write_soon(work)
        response = redirect(onward)
        self.sessions.set(response, client, Cookie.DEVICE, device)
        return response

    def ticket(self, request: PageRequest) -> str:
        """What opens the verification that this browser has begun on this site."""
        return self.sessions.get(request.http, request.client, Cookie.TICKET) or ""

    def proved(
        self, connection: sqlite3.Connection, request: PageRequest, purpose: Purpose
    ) -> EmailVerification | None:
        """The proved address of this browser on this site, if it may be used for this purpose."""
        found = email_verification.proved(connection, self.ticket(request), purpose, self.sessions.now())
        return found if found and found.client == request.client.id else None

    async def require_proved(self, request: PageRequest, purpose: Purpose) -> EmailVerification:
        """The proved address of this browser on this site. Raises AnswerInstead if there is none for this purpose."""
        found = await self.sessions.database.read_soon(lambda connection: self.proved(connection, request, purpose))
        if found is None:
            raise self.over(request)
        return found

    def over(self, request: PageRequest) -> AnswerInstead:
        """The answer if there is nothing to prove, or nothing proved."""
        text = OVER if self.ticket(request) else OVER + NO_COOKIE
        return AnswerInstead(self.html.notice("This page has expired", text, request.client, status=400))

    async def sign_up(self, request: PageRequest, password: str | None = None, name: str = "") -> Response:
        """Make the account whose address this browser has proved, and sign it in. `password` is its hash; None if it
        was chosen when the verification began."""
        ticket = self.ticket(request)

        def join(connection: sqlite3.Connection) -> str | None:
            found = self.proved(connection, request, Purpose.SIGN_UP)
            if found is None:
                return None
            self.letters.mark_read(connection, found, ticket)
            email_verification.end(connection, ticket)
            typed = (found.password, found.name) if password is None else (password, name)
            return accounts.add(connection, found.email, typed[0], verified=True, name=typed[1])

        return self._ended(request, await self.admission.sign_in(request, join))

    async def _verification(self, request: PageRequest) -> EmailVerification:
        ticket = self.ticket(request)
        found = await self.sessions.database.read_soon(
            lambda connection: email_verification.find(connection, ticket, self.sessions.now())
        )
        if found is None or found.client != request.client.id:
            raise self.over(request)
        if found.purpose in OPENING and not self.admission.methods.passwords:
            raise self.over(request)  # begun before passwords were turned off: it would make or open an account by one
        if found.purpose is Purpose.EMAIL:  # asked for on the account page: it ends with the session that asked
            session = await self.sessions.find(request.http, request.client)
            if session is None or session.subject != found.subject:
                raise self.over(request)
        return found

    async def _was_charged(self, request: PageRequest, verification: EmailVerification) -> bool:
        """Whether the letter was counted against the network: not one to a new address, nor for a known browser."""
        if verification.purpose is Purpose.RESET:
            return await self.sessions.device(request.http, request.client, verification.email) is None
        return verification.purpose in {Purpose.SIGN_UP, Purpose.LINK}

    async def _proved(self, request: PageRequest, verification: EmailVerification, ticket: str) -> Response:
        if verification.purpose is Purpose.RESET:  # the cookie stays: it opens the page that asks for the password
            onward = self.html.path("new-password", request.query)
            return await self.open(request, verification, onward, ticket)
        if verification.purpose is Purpose.SIGN_UP:
            return await self.sign_up(request)
        if verification.purpose is Purpose.LINK:
            assert self.linked is not None, "it is begun on a page of other providers alone"
            return self._ended(request, await self.linked(request))
        return self._ended(request, await self._change_email(request))

    def _ended(self, request: PageRequest, response: Response | None) -> Response:
        """The response, or that the address is taken (None). The verification is over."""
        if response is None:
            response = self.html.notice("This address is taken", TAKEN, request.client, status=409)
        self.sessions.clear(response, request.client, Cookie.TICKET)
        return response

    async def _change_email(self, request: PageRequest) -> Response | None:
        def work(connection: sqlite3.Connection) -> bool:
            found = self.proved(connection, request, Purpose.EMAIL)
            old = accounts.change_email(connection, found.subject, found.email) if found else None
            if old is not None:
                self.letters.outbox.put(connection, templates.email_changed(old))
            return old is not None

        if not await self.sessions.database.write_soon(work):
            return None
        await self.email_changes.deliver()
        return redirect(self.html.path_for("account", request.client, done="email"))
