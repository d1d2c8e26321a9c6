"""Signing out ends the session and its refresh tokens; only the person can ask for it, or a site that knows them."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uconnect.adapters.sqlite import Database
from uconnect.oidc_provider import csrf, html, sessions
from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.cookies import Cookies
from uconnect.oidc_provider.csrf import FIELD, CsrfTokens
from uconnect.oidc_provider.html import HtmlPages
from uconnect.oidc_provider.sessions import Ended, Session
from uconnect.oidc_provider.signing_keys import Signer

BROKEN = "You have not been signed out. Go back to the site and sign out from there."


@dataclass(frozen=True)
class SignOut:
    """The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0)."""

    database: Database
    signer: Signer
    clients: Mapping[str, Client]
    cookies: Cookies
    csrf: CsrfTokens
    pages: HtmlPages
    ended: Ended
    now: Callable[[], float]

    async def leave(self, request: Request) -> Response:
        """GET or POST /oauth/sign-out. With an ID token of ours it is done at once; else the person is asked, so that
        no page elsewhere can sign people out by a link (§6)."""
        asked = dict(await csrf.asked(request))
        hint = self.signer.hinted(asked["id_token_hint"]) if "id_token_hint" in asked else None
        client = self._client(asked, hint)
        landing = asked.get("post_logout_redirect_uri")
        if client is None or (landing is not None and landing not in client.post_logout_redirect_uris):
            return self.pages.notice("This address does not work", BROKEN, client, status=400)
        session = await self._session(request, client)
        confirmed = request.method == "POST" and self.csrf.is_genuine(request, asked)
        if session is not None and hint is None and not confirmed:
            return self._ask(request, client, asked)
        # The hint of another account ends nothing here but its own session: anyone has an ID token of their own.
        known = session is not None and (confirmed or (hint is not None and session.subject == hint.get("sub")))
        ended = [session.sid] if session and known else []
        if hint is not None:
            ended.append(str(hint.get("sid")))
        await self._end(ended)
        response = self._landed(client, landing, asked.get("state"))
        if known:
            self.cookies.forget_session(response, client)
        return response

    def _client(self, asked: Mapping[str, str], hint: Mapping[str, Any] | None) -> Client | None:
        audience = hint.get("aud") if hint else None
        named = asked.get("client_id", audience)
        return self.clients.get(str(named)) if audience in {None, named} else None

    async def _session(self, request: Request, client: Client) -> Session | None:
        secret = self.cookies.session(request, client)
        if secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: sessions.of_cookie(connection, client.id, secret, self.now())
        )

    async def _end(self, sids: list[str]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for sid in sids:
                sessions.end(connection, sid)

        await self.database.write_soon(work)
        self.ended(sids)

    def _ask(self, request: Request, client: Client, asked: Mapping[str, str]) -> Response:
        cookie, mark = self.csrf.mark(request)
        kept = {name: asked[name] for name in ("post_logout_redirect_uri", "state") if name in asked}
        response = self.pages.sign_out(client, {FIELD: mark, "client_id": client.id, **kept})
        self.csrf.plant(response, cookie)
        return response

    def _landed(self, client: Client, landing: str | None, state: str | None) -> Response:
        if landing is None:
            return self.pages.notice("You are signed out", "You can close this page.", client)
        if state is None:
            return html.redirect(landing)
        return html.redirect(f"{landing}{'&' if '?' in landing else '?'}{urlencode({'state': state})}")
