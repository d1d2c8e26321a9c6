"""Puts a question for a passkey into a page's form, and reads the answer that came with it.

A challenge is bound to the browser by a cookie of its own, which is set when the first question is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from starlette.responses import Response

from uconnect.oidc_provider import passkeys
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.hashed_secrets import new_secret
from uconnect.oidc_provider.pages import Form, PageRequest, ShowFormAgain
from uconnect.oidc_provider.passkeys import Passkey, Signature
from uconnect.oidc_provider.relying_party import Expired, NewCredential, PasskeyRequest, Purpose, Rejected, RelyingParty
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie

ANSWER, ISSUED = "passkey", "issued"  # the fields of a form
REJECTED = "This passkey does not work here. Try another one, or sign in in another way."
EXPIRED = "This page was open too long, or was sent twice. Try again."
NOT_ADDED = "This passkey cannot be used here: it needs a PIN, a fingerprint or a face. Try another device."
NO_COOKIE = "Allow cookies for this address, then try again: your browser sent none."


class Act(StrEnum):
    """What a passkey is asked for. An answer to one question is none to another."""

    SIGN_IN = "sign-in"
    STEP = "second-step"
    AGAIN = "again"
    ADD = "add"


@dataclass(frozen=True)
class PasskeyForms:
    """Asks browsers for passkeys, and checks what they answer."""

    party: RelyingParty
    sessions: BrowserSessions

    def offer(
        self,
        form: Form,
        request: PageRequest,
        act: Act,
        button: str,
        within: str = "",
        allowed: Sequence[Passkey] = (),
    ) -> Form:
        """The form, which may also be answered by one of these passkeys, or by any if there are none."""
        if not self.party.is_offered:
            return form
        browser, known = self._browser(request)
        purpose = Purpose(act, request.client.id, browser, within)
        return self._with(form, request, self.party.ask_to_sign(purpose, button, allowed), "" if known else browser)

    def offer_new(
        self, form: Form, request: PageRequest, within: str, subject: str, profile: Profile, has: Sequence[Passkey]
    ) -> Form:
        """The form, which is answered by a new passkey."""
        if not self.party.is_offered:
            return form
        browser, known = self._browser(request)
        purpose = Purpose(Act.ADD, request.client.id, browser, within)
        asked = self.party.ask_to_add(purpose, form.button, subject, profile, has)
        return self._with(form, request, asked, "" if known else browser)

    async def check(self, request: PageRequest, act: Act, within: str = "") -> Signature:
        """The right signature that came with a form. Raises ShowFormAgain."""
        try:
            return await self.party.check(*self._answer(request, act, within), self._find)
        except Expired:
            raise ShowFormAgain(EXPIRED) from None
        except Rejected:
            raise ShowFormAgain(REJECTED) from None

    async def check_new(self, request: PageRequest, within: str) -> NewCredential:
        """The new passkey that came with a form. Raises ShowFormAgain."""
        try:
            return await self.party.check_new(*self._answer(request, Act.ADD, within))
        except Expired:
            raise ShowFormAgain(EXPIRED) from None
        except Rejected:
            raise ShowFormAgain(NOT_ADDED) from None

    async def _find(self, credential: bytes) -> Passkey | None:
        return await self.sessions.database.read_soon(partial(passkeys.of_credential, credential=credential))

    def _answer(self, request: PageRequest, act: Act, within: str) -> tuple[str, str, Purpose]:
        if not self.party.is_offered:
            raise Rejected
        browser, known = self._browser(request)
        if not known:
            raise ShowFormAgain(NO_COOKIE)
        return request.field(ANSWER), request.field(ISSUED), Purpose(act, request.client.id, browser, within)

    def _browser(self, request: PageRequest) -> tuple[str, bool]:
        """The secret of the browser, and whether it has it already."""
        found = self.sessions.get(request.http, request.client, Cookie.PASSKEY)
        return (found, True) if found else (new_secret(), False)

    def _with(self, form: Form, request: PageRequest, asked: PasskeyRequest, browser: str) -> Form:
        def finish(response: Response) -> None:
            if browser:
                self.sessions.set(response, request.client, Cookie.PASSKEY, browser)

        return replace(form, passkey=asked, hidden=(*form.hidden, (ISSUED, asked.issued)), finish=finish)
