"""Who is signed in sees here who they are to us, and ends each place where they are signed in."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from uconnect.oidc_provider import accounts, csrf, email_verification, html, known_devices, sessions
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.pages import PageContext, PageRequest
from uconnect.oidc_provider.reauthentication import RecentSignIn
from uconnect.oidc_provider.sessions import Session

OUT = "You are signed out everywhere. You can close this page, or sign in again."
DONE = {"password": "Your password is changed.", "email": "Your address is changed.", "out": "Signed out there."}


@dataclass(frozen=True)
class Account:
    """The account page itself: it has several forms, one for each place."""

    context: PageContext
    mine: RecentSignIn

    async def show(self, request: Request) -> Response:
        """GET /oauth/account."""
        client = self._client(request)
        if client is None:
            return self._nothing()
        session = await self.context.session(request, client)
        if session is None:
            return html.redirect(self.context.path("sign-in", [("client_id", client.id), ("to", "account")]))

        def look(connection: sqlite3.Connection) -> tuple[Profile | None, list[Session]]:
            places = sessions.of_subject(connection, session.subject, self.context.now())
            return accounts.profile(connection, session.subject), places

        profile, places = await self.context.database.read_soon(look)
        if profile is None:
            return self._nothing()
        said = DONE.get(dict(csrf.in_address(request)).get("done", ""), "")
        cookie, mark = self.context.csrf.mark(request)
        links = [(self.mine.to(client, "password"), "Change your password")]
        links.append((self.mine.to(client, "email"), "Change your e-mail address"))
        response = self.context.pages.account(
            client, profile, links, self._named(places), session.sid, self.mine.to(client, "account"), mark, said
        )
        self.context.csrf.plant(response, cookie)
        return response

    async def take(self, request: Request) -> Response:
        """POST /oauth/account: sign out in one place (`sid`), or everywhere."""
        client, fields = self._client(request), dict(await csrf.posted(request))
        if client is None:
            return self._nothing()
        if not self.context.csrf.is_genuine(request, fields):
            return self.mine.back(client)
        session = await self.mine.recent(PageRequest(request, client, [], fields), "account")
        if isinstance(session, Response):
            return session
        if "everywhere" in fields:
            device = self.context.cookies.device(request, client)
            self.context.ended(await self.context.database.write_soon(_out_everywhere(session.subject, device)))
            response = self.context.pages.notice("You are signed out", OUT, client)
        else:
            self.context.ended(await self.context.database.write_soon(_out(session.subject, fields.get("sid", ""))))
            response = self.mine.back(client, done="out")
        return response

    def _client(self, request: Request) -> Client | None:
        return self.context.clients.get(dict(csrf.in_address(request)).get("client_id", ""))

    def _named(self, places: list[Session]) -> list[Session]:
        """The places with the name of their site instead of its id."""
        return [replace(place, client=self.context.clients[place.client].name) for place in places]

    def _nothing(self) -> Response:
        return self.context.pages.notice(
            "This address does not work", "Go back to the site and open your account from there.", status=400
        )


def _out(subject: str, sid: str) -> Callable[[sqlite3.Connection], list[str]]:
    """End one session of this account, not of another: a sid is no secret."""

    def work(connection: sqlite3.Connection) -> list[str]:
        ended = [place.sid for place in sessions.of_subject(connection, subject, 0) if place.sid == sid]
        for each in ended:
            sessions.end(connection, each)
        return ended

    return work


def _out_everywhere(subject: str, device: str | None) -> Callable[[sqlite3.Connection], list[str]]:
    """End every session, and with them the codes that one of them may have asked for. No browser but the one with the
    secret `device` is known any more."""

    def work(connection: sqlite3.Connection) -> list[str]:
        email_verification.forget(connection, subject)
        known_devices.forget(connection, subject, but=device)
        return sessions.end_all(connection, subject)

    return work
