"""The page of the second step: it asks for a passkey or a recovery code after the first step was right.

Where a site needs a passkey and the account has none, the person adds their first one here. Before that nobody gets a
session, or is confirmed in the one they have.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.oidc_provider import accounts, passkeys, recovery_codes, second_step, sessions, throttle
from uconnect.oidc_provider.account_page import address_after_proof
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.new_passkeys import KEEP, NO_SCRIPT, PASSKEY_NAME, add_passkey, new_passkey, passkey_name
from uconnect.oidc_provider.pages import (
    PLAIN,
    AnswerInstead,
    Field,
    Form,
    HtmlPages,
    PageRequest,
    ShowFormAgain,
    redirect,
)
from uconnect.oidc_provider.passkey_forms import ANSWER, REJECTED, Act, PasskeyForms
from uconnect.oidc_provider.passkeys import Passkey
from uconnect.oidc_provider.second_step import WaitingSignIn
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie
from uconnect.oidc_provider.sign_in import Admission, MakePage
from uconnect.oidc_provider.throttle import Throttle
from uconnect.oidc_provider.upstream_links import AlreadyLinked

TITLE = "Confirm it's you"
BY_PASSKEY = "Use your passkey, or enter one of your recovery codes. Each code works once."
BY_CODE = "Enter one of your recovery codes. Each code works once."
ADD_TITLE = "Add a passkey"
ADD = (
    "On this site you need a passkey to sign in. Add one: your device then asks for its PIN, your fingerprint or your"
    " face when you sign in."
)
NO_CODE = "This is not one of your recovery codes, or it was used before. Check it, then try again."

RECOVERY_CODE = Field("code", "Recovery code", "text", "off", more=PLAIN)
Proof = Callable[[sqlite3.Connection], bool]
Prove = Callable[[sqlite3.Connection], str]


@dataclass(frozen=True)
class SecondStep:
    """Asks for more than the first step. Its ticket is a cookie."""

    admission: Admission
    forms: PasskeyForms
    throttle: Throttle
    outbox: Outbox
    path: str = second_step.PATH

    @property
    def sessions(self) -> BrowserSessions:
        return self.admission.sessions

    @property
    def html(self) -> HtmlPages:
        return self.admission.html

    async def form(self, request: PageRequest) -> Form:
        waiting, has, profile = await self._waiting(request)
        ticket = self._ticket(request)
        if not has:
            form = Form(ADD_TITLE, ADD, "Add a passkey", (PASSKEY_NAME,))
            return self.forms.offer_new(form, request, ticket, waiting.subject, profile, ())
        about = BY_PASSKEY if self.forms.party.is_offered else BY_CODE
        form = Form(TITLE, about, "Continue", (RECOVERY_CODE,))
        return self.forms.offer(form, request, Act.STEP, "Use a passkey", ticket, has)

    async def submit(self, request: PageRequest) -> Response:
        waiting, has, _ = await self._waiting(request)
        if not has:
            return await self._add(request, waiting)
        if request.field(ANSWER):
            return await self._by_passkey(request, waiting)
        return await self._by_code(request, waiting)

    async def _by_passkey(self, request: PageRequest, waiting: WaitingSignIn) -> Response:
        signed = await self.forms.check(request, Act.STEP, self._ticket(request))
        now = self.sessions.now()

        def proof(connection: sqlite3.Connection) -> bool:
            return passkeys.use(connection, signed, now) == waiting.subject

        return await self._go_on(request, waiting, proof, REJECTED)

    async def _by_code(self, request: PageRequest, waiting: WaitingSignIn) -> Response:
        charges = throttle.for_recovery_code(self.throttle.limits, waiting.subject, request.address)
        self.throttle.charge(charges, request.address)

        def proof(connection: sqlite3.Connection) -> bool:
            profile = accounts.profile(connection, waiting.subject)
            if profile is None or not recovery_codes.use(connection, waiting.subject, request.field("code")):
                return False
            left = recovery_codes.left(connection, waiting.subject)
            self.outbox.put(connection, templates.recovery_code_used(profile.email, left))
            return True

        response = await self._go_on(request, waiting, proof, NO_CODE, "code")
        self.throttle.right(charges)
        return response

    async def _add(self, request: PageRequest, waiting: WaitingSignIn) -> Response:
        if not request.field(ANSWER):
            raise ShowFormAgain(NO_SCRIPT)
        made = await self.forms.check_new(request, self._ticket(request))
        passkey = new_passkey(made, waiting.subject, passkey_name(request), self.sessions.now())
        codes: list[str] = []

        def proof(connection: sqlite3.Connection) -> bool:
            if passkeys.has_any(connection, waiting.subject):
                return False  # one was added meanwhile, which has to be shown
            added = add_passkey(connection, self.outbox, passkey)
            codes[:] = added or []
            return added is not None

        def page() -> Response:
            return self.html.recovery_codes(request.client, codes, KEEP, self._onward(request, waiting))

        return await self._go_on(request, waiting, proof, REJECTED, page=page)

    async def _go_on(
        self,
        request: PageRequest,
        waiting: WaitingSignIn,
        proof: Proof,
        otherwise: str,
        field: str = "",
        page: MakePage | None = None,
    ) -> Response:
        """Begin the session, or confirm the one there is, once `proof` holds; both in one transaction. Raises
        ShowFormAgain, with the sentence `otherwise`, and AnswerInstead if the sign-in is over."""
        ticket = self._ticket(request)

        def prove(connection: sqlite3.Connection) -> str:
            if not second_step.end(connection, ticket):
                raise self._over(request)
            if not proof(connection):
                raise ShowFormAgain(otherwise, field=field)
            return waiting.subject

        if waiting.sid:
            response = await self._confirm(request, waiting, prove, page)
        else:
            response = await self._begin(request, waiting, prove, page)
        self.sessions.clear(response, request.client, Cookie.STEP)
        return response

    async def _begin(
        self, request: PageRequest, waiting: WaitingSignIn, prove: Prove, page: MakePage | None
    ) -> Response:
        try:
            begun = await self.admission.sign_in(request, prove, waiting.proof, strong=True, page=page)
        except AlreadyLinked:
            raise self._over(request) from None
        assert begun is not None, "the account was found"
        return begun

    async def _confirm(
        self,
        request: PageRequest,
        waiting: WaitingSignIn,
        prove: Prove,
        page: MakePage | None,
    ) -> Response:
        now = self.sessions.now()

        def work(connection: sqlite3.Connection) -> None:
            prove(connection)
            sessions.renew(connection, waiting.sid, now, strong=True)

        await self.sessions.database.write_soon(work)
        return page() if page else redirect(self._onward(request, waiting))

    def _onward(self, request: PageRequest, waiting: WaitingSignIn) -> str:
        """The address after the second step. The site's request is answered only then: a code that was given before the
        person read this page would be too old. `prompt` and `max_age` are left out, because they were fulfilled."""
        if waiting.sid or dict(request.query).get("to"):
            return address_after_proof(request, self.html)
        if "response_type" not in dict(request.query):
            return self.admission.oauth.initiate_login_url(request.client.home)
        kept = [(name, value) for name, value in request.query if name not in {"prompt", "max_age"}]
        return self.html.path("authorize", kept)

    async def _waiting(self, request: PageRequest) -> tuple[WaitingSignIn, list[Passkey], Profile]:
        """The sign-in that this browser's ticket opens, and its account. Raises AnswerInstead."""
        client, ticket, now = request.client.id, self._ticket(request), self.sessions.now()

        def look(connection: sqlite3.Connection) -> tuple[WaitingSignIn, list[Passkey], Profile] | None:
            waiting = second_step.find(connection, ticket, client, now)
            profile = accounts.profile(connection, waiting.subject) if waiting else None
            return (waiting, passkeys.of_subject(connection, waiting.subject), profile) if waiting and profile else None

        found = await self.sessions.database.read_soon(look)
        if found is None:
            raise self._over(request)
        return found

    def _over(self, request: PageRequest) -> AnswerInstead:
        """To the sign-in page: the first step is asked for once more."""
        return AnswerInstead(redirect(self.html.path("sign-in", request.query)))

    def _ticket(self, request: PageRequest) -> str:
        return self.sessions.get(request.http, request.client, Cookie.STEP) or ""
