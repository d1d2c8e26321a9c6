"""The page of an account's passkeys and recovery codes. Only the account's own session opens it, a moment after the
person has proved who they are."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.oidc_provider import accounts, csrf, passkeys, recovery_codes, second_step, sessions
from uconnect.oidc_provider.account_page import RecentSignIn, client_of
from uconnect.oidc_provider.new_passkeys import (
    FULL,
    KEEP,
    NO_SCRIPT,
    PASSKEY_NAME,
    add_passkey,
    new_passkey,
    passkey_name,
)
from uconnect.oidc_provider.pages import FOREIGN, TOO_MUCH, Form, PageRequest, ShowFormAgain, redirect
from uconnect.oidc_provider.passkey_forms import ANSWER, PasskeyForms
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.validation import InvalidInput

PATH = "passkeys"
DONE = {
    "added": "The passkey was added. From now on your password alone does not sign you in.",
    "renamed": "The passkey has its new name.",
    "removed": "The passkey was removed.",
}
NOT_OFFERED = "Passkeys need a web address with a name, such as ask.example.org. This address is made of numbers."
FIRST = "Add a passkey first. Recovery codes are for when you do not have it."
NEEDED = "Your account needs a passkey here. Add another one, then remove this one."
Work = Callable[[sqlite3.Connection, str], object]


@dataclass(frozen=True)
class PasskeyPage:
    """Lists the passkeys of an account; adds, renames and removes them; makes new recovery codes."""

    clients: Mapping[str, Client]
    recent: RecentSignIn
    forms: PasskeyForms
    outbox: Outbox
    origin: str

    async def show(self, request: Request) -> Response:
        """GET /oauth/passkeys."""
        asked, session = await self._page_request(request, {})
        done = DONE.get(dict(asked.query).get("done", ""), "")
        return await self._present(asked, session, done=done)

    async def submit(self, request: Request) -> Response:
        """POST /oauth/passkeys: what the button that was pressed says."""
        sent = await csrf.read(request)
        asked, session = await self._page_request(request, dict(sent or ()))
        if sent is None:
            return await self._present(asked, session, TOO_MUCH, 413)
        if not csrf.is_own_form(request, self.origin):
            return await self._present(asked, session, FOREIGN, 403)
        try:
            return await self._act(asked, session)
        except InvalidInput as invalid:
            return await self._present(asked, session, str(invalid), 400)
        except ShowFormAgain as again:
            return await self._present(asked, session, str(again), again.status)

    async def _act(self, asked: PageRequest, session: Session) -> Response:
        id = asked.field("id")
        if asked.field("rename"):
            name = passkey_name(asked)
            await self._write(session, lambda connection, subject: passkeys.rename(connection, subject, id, name))
            return self._back(asked, "renamed")
        if asked.field("remove"):
            await self._write(session, lambda connection, subject: self._remove(connection, asked, subject, id))
            return self._back(asked, "removed")
        if asked.field("codes"):
            return await self._renew_codes(asked, session)
        return await self._add(asked, session)

    async def _add(self, asked: PageRequest, session: Session) -> Response:
        if not asked.field(ANSWER):
            raise ShowFormAgain(NO_SCRIPT)
        made, now = await self.forms.check_new(asked, session.sid), self.recent.sessions.now()
        passkey, codes = new_passkey(made, session.subject, passkey_name(asked), now), list[str]()

        def work(connection: sqlite3.Connection, _: str) -> None:
            added = add_passkey(connection, self.outbox, passkey)
            if added is None:
                raise ShowFormAgain(FULL, 409)
            sessions.renew(connection, session.sid, now, strong=True)
            codes[:] = added

        await self._write(session, work)
        return self._show_codes(asked, codes) if codes else self._back(asked, "added")

    async def _renew_codes(self, asked: PageRequest, session: Session) -> Response:
        codes: list[str] = []

        def work(connection: sqlite3.Connection, subject: str) -> None:
            profile = accounts.profile(connection, subject)
            if profile is None or not passkeys.has_any(connection, subject):
                raise ShowFormAgain(FIRST)
            codes[:] = recovery_codes.renew(connection, subject)
            self.outbox.put(connection, templates.recovery_codes_made(profile.email))

        await self._write(session, work)
        return self._show_codes(asked, codes)

    def _remove(self, connection: sqlite3.Connection, asked: PageRequest, subject: str, id: str) -> None:
        if asked.client.needs_passkey and [it.id for it in passkeys.of_subject(connection, subject)] == [id]:
            raise ShowFormAgain(NEEDED, 409)
        profile = accounts.profile(connection, subject)
        removed = passkeys.remove(connection, subject, id)
        if not passkeys.has_any(connection, subject):
            second_step.forget(connection, subject)  # what waits for one would be asked to add one
        if removed and profile is not None:
            self.outbox.put(connection, templates.passkey_removed(profile.email))

    async def _write(self, session: Session, work: Work) -> None:
        """Change the account, unless its session has ended in the meantime: then its owner does not want the change."""
        service = self.recent.sessions

        def transaction(connection: sqlite3.Connection) -> None:
            if sessions.of_sid(connection, session.sid, service.now()) is not None:
                work(connection, session.subject)

        await service.database.write_soon(transaction)

    async def _present(
        self, asked: PageRequest, session: Session, problem: str = "", status: int = 200, done: str = ""
    ) -> Response:
        subject = session.subject
        has, left, profile = await self.recent.sessions.database.read_soon(
            lambda connection: (
                passkeys.of_subject(connection, subject),
                recovery_codes.left(connection, subject),
                accounts.profile(connection, subject),
            )
        )
        if profile is None:
            return self.recent.back(asked.client)  # closed meanwhile
        form = Form("Passkeys", "" if self.forms.party.is_offered else NOT_OFFERED, "Add a passkey", (PASSKEY_NAME,))
        form = self.forms.offer_new(form, asked, session.sid, subject, profile, has)
        return self.recent.html.passkeys(asked.client, has, left, form, problem, done, status)

    async def _page_request(self, request: Request, fields: Mapping[str, str]) -> tuple[PageRequest, Session]:
        client = client_of(request, self.clients, self.recent.html)
        session = await self.recent.require(request, client, PATH)
        return PageRequest(request, client, csrf.in_address(request), fields), session

    def _show_codes(self, asked: PageRequest, codes: list[str]) -> Response:
        html = self.recent.html
        return html.recovery_codes(asked.client, codes, KEEP, html.path_for(PATH, asked.client))

    def _back(self, asked: PageRequest, done: str) -> Response:
        return redirect(self.recent.html.path_for(PATH, asked.client, done=done))
