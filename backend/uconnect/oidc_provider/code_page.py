"""The page where a code from a letter is typed: who types it has read the letter, and what was asked is done."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from uconnect.oidc_provider import accounts, charges, email_verification, html, known_devices, letter_limits
from uconnect.oidc_provider.email_change_outbox import EmailChangeOutbox
from uconnect.oidc_provider.email_verification import CodeResult, EmailVerification, Purpose
from uconnect.oidc_provider.form_fields import CODE, Form
from uconnect.oidc_provider.pages import PageContext, PageRequest, ShowFormAgain

WRONG = "This is not the code we sent last. Check it, or ask for a new one."
SPENT = "This code is too old, or was tried too often. Ask for a new one."
NO_MORE = "No more codes can be sent for this. Begin again in an hour."
SENT = "If this address can be used, another letter is on its way. Only the code in the latest letter is good."
OVER = "This has taken too long, or is done already. Begin again where you came from."
TAKEN = "Meanwhile this address has got an account. Sign in with it."
ABOUT = "We have sent a letter to {}. Type the code that is in it. If nothing comes, look among the unwanted mail."
HERE = "We have written a letter to {}, which lies on this machine. Type the code that is in it."
OR_LINK = " If there is no letter with a good code, follow the link in the latest one."
OPENING = {Purpose.SIGN_UP, Purpose.RESET}  # their letters hold a link too


@dataclass(frozen=True)
class CodePage:
    """Begins proofs, and ends them."""

    context: PageContext
    email_changes: EmailChangeOutbox
    path: str = "code"

    async def begin(self, visit: PageRequest, make: Callable[[sqlite3.Connection], EmailVerification]) -> Response:
        """Begin the proof that `make` decides on, write the letter in the same transaction, and ask for the code."""

        secret = self.context.cookies.device(visit.request, visit.client)

        def work(connection: sqlite3.Connection) -> str:
            proof = make(connection)
            written = self._may_write(connection, proof, secret)
            ticket, code = email_verification.begin(connection, proof, self.context.now(), written=written)
            self._write(connection, proof, code)
            return ticket

        ticket = await self.context.database.write_soon(work)
        response = html.redirect(self.context.path(self.path, visit.asked))
        self.context.cookies.plant_proof(response, visit.client, ticket)
        return response

    async def form(self, visit: PageRequest) -> Form | Response:
        proof = await self._proof(visit)
        if proof is None:
            return self.over(visit)
        box = self.context.post.box
        about, links = (HERE, ((box, "Read the letter"),)) if box else (ABOUT, ())
        about += OR_LINK if proof.purpose in OPENING else ""
        again = ("again", "Send a new code")
        return Form("Check your mail", about.format(proof.email), "Continue", (CODE,), links, again)

    async def done(self, visit: PageRequest) -> Response:
        proof = await self._proof(visit)
        if proof is None:
            return self.over(visit)
        if visit.of("again"):
            return await self._send_again(visit)
        code, ticket = email_verification.typed(visit.of("code")), self.ticket(visit)
        match await self.context.database.write_soon(
            lambda connection: email_verification.attempt(connection, ticket, code, self.context.now())
        ):
            case CodeResult.RIGHT:
                if await self._was_charged(visit, proof):
                    self.context.throttle.give_back(charges.asking(self.context.limits, visit.address))
                return await self._proved(visit, proof)
            case CodeResult.WRONG:
                raise ShowFormAgain(WRONG, field="code")
            case CodeResult.SPENT:
                raise ShowFormAgain(SPENT, field="code")
            case CodeResult.GONE:
                return self.over(visit)

    async def known(self, visit: PageRequest, proof: EmailVerification, onward: str, ticket: str) -> Response:
        """Go on to a page, with a proof that `ticket` opens. From now on the account knows this browser, whose person
        reads its letters: who remembers the password after all signs in with it, however many strangers guess at it
        meanwhile."""
        held = self.context.cookies.device(visit.request, visit.client)

        def work(connection: sqlite3.Connection) -> str:
            self.has_read(connection, proof, ticket)
            return known_devices.remember(connection, visit.client.id, proof.subject, held, self.context.now())

        device = await self.context.database.write_soon(work)
        response = html.redirect(onward)
        self.context.cookies.plant_device(response, visit.client, device)
        return response

    def has_read(self, connection: sqlite3.Connection, proof: EmailVerification, ticket: str) -> None:
        """A letter was read by its person: it does not count. So the next browser of theirs gets a letter as well.

        It is given back once, however often its link is followed.
        """
        if email_verification.first_read(connection, ticket):
            letter_limits.give_back(connection, charges.letter(self.context.limits, proof.email))

    def ticket(self, visit: PageRequest) -> str:
        """What opens the proof that this browser has begun on this site."""
        return self.context.cookies.proof(visit.request, visit.client) or ""

    def over(self, visit: PageRequest) -> Response:
        """The answer where there is nothing to prove, or nothing proved."""
        return self.context.pages.notice("This is over", OVER, visit.client, status=400)

    async def _proof(self, visit: PageRequest) -> EmailVerification | None:
        ticket = self.ticket(visit)
        proof = await self.context.database.read_soon(
            lambda connection: email_verification.found(connection, ticket, self.context.now())
        )
        if proof is None or proof.client != visit.client.id:
            return None
        if proof.purpose is Purpose.EMAIL:  # asked for on the account page: it ends with the session that asked
            session = await self.context.session(visit.request, visit.client)
            return proof if session and session.subject == proof.subject else None
        return proof

    async def _was_charged(self, visit: PageRequest, proof: EmailVerification) -> bool:
        """Whether the letter was counted against the network: not one to a new address, nor for a known browser."""
        if proof.purpose is Purpose.RESET:
            return await self.context.device(visit, proof.email) is None
        return proof.purpose is Purpose.SIGN_UP

    async def _send_again(self, visit: PageRequest) -> Response:
        secret = self.context.cookies.device(visit.request, visit.client)

        def work(connection: sqlite3.Connection) -> bool:
            may_write = partial(self._may_write, connection, secret=secret)
            renewed = email_verification.renew(connection, self.ticket(visit), self.context.now(), may_write)
            if renewed is not None:
                self._write(connection, *renewed)
            return renewed is not None

        sent = await self.context.database.write_soon(work)
        raise ShowFormAgain(SENT if sent else NO_MORE, 200 if sent else 429)

    def _may_write(self, connection: sqlite3.Connection, proof: EmailVerification, secret: str | None) -> bool:
        """Whether this address may be sent another letter. A browser that the account knows has letters of its own, so
        that it gets one with a code when strangers have used up all others."""
        now, limits = self.context.now(), self.context.limits
        if proof.purpose is Purpose.EMAIL:
            return letter_limits.take(connection, charges.move(proof.email, proof.subject), now)
        device = known_devices.found(connection, proof.client, secret or "", proof.email, now)
        if device is not None and letter_limits.take(connection, charges.own_letter(device), now):
            return True
        return letter_limits.take(connection, charges.letter(limits, proof.email), now)

    def _write(self, connection: sqlite3.Connection, proof: EmailVerification, code: str | None) -> None:
        letters, put = self.context.post.letters, self.context.post.put
        if code is None:
            return
        match proof.purpose, proof.real:
            case Purpose.SIGN_UP, True:
                put(connection, letters.confirm_code(proof.email, code, self._link(connection, proof)))
            case Purpose.EMAIL, True:
                put(connection, letters.new_address_code(proof.email, code))
            case Purpose.RESET, True:
                put(connection, letters.reset_code(proof.email, code, self._link(connection, proof)))
            case Purpose.SIGN_UP, False:
                put(connection, letters.address_in_use(proof.email, self._link(connection, proof)))
            case Purpose.EMAIL, False:
                put(connection, letters.email_in_use(proof.email))

    def _link(self, connection: sqlite3.Connection, proof: EmailVerification) -> str:
        """A link that proves the address in any browser. What a stranger typed does not come along: behind it a person
        chooses their own name and password. It makes an account, or opens the one there is."""
        subject = proof.subject or accounts.of_email(connection, proof.email) or ""
        purpose = Purpose.RESET if subject else Purpose.SIGN_UP
        proved = EmailVerification(proof.client, purpose, proof.email, real=True, subject=subject)
        lifetime = self.context.limits.link_lifetime
        secret = email_verification.link(connection, proved, self.context.now(), lifetime)
        return f"{self.context.url}/oauth/letter?{urlencode({'client_id': proof.client, 'token': secret})}"

    async def _proved(self, visit: PageRequest, proof: EmailVerification) -> Response:
        if proof.purpose is Purpose.RESET:  # the cookie goes on: it opens the page that asks for the password
            return await self.known(visit, proof, self.context.path("new-password", visit.asked), self.ticket(visit))
        if proof.purpose is Purpose.SIGN_UP:
            response = await self.context.admit(visit, partial(self._join, self.ticket(visit)))
        else:
            response = await self._move(visit)
        if response is None:
            response = self.context.pages.notice("This address is taken", TAKEN, visit.client, status=409)
        self.context.cookies.forget_proof(response, visit.client)
        return response

    def _join(self, ticket: str, connection: sqlite3.Connection) -> str | None:
        proof = email_verification.proved(connection, ticket, Purpose.SIGN_UP, self.context.now())
        if proof is None:
            return None
        self.has_read(connection, proof, ticket)
        email_verification.end(connection, ticket)
        return accounts.add(connection, proof.email, proof.password, verified=True, name=proof.name)

    async def _move(self, visit: PageRequest) -> Response | None:
        def work(connection: sqlite3.Connection) -> bool:
            proof = email_verification.proved(connection, self.ticket(visit), Purpose.EMAIL, self.context.now())
            old = accounts.change_email(connection, proof.subject, proof.email) if proof else None
            if old is not None:
                post = self.context.post
                post.put(connection, post.letters.email_changed(old))
            return old is not None

        if not await self.context.database.write_soon(work):
            return None
        await self.email_changes.tell()
        return html.redirect(self.context.path("account", [("client_id", visit.client.id), ("done", "email")]))
