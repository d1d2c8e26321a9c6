"""Signing out. No page elsewhere can sign a person out by a link: without an ID token of their own they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uconnect.oidc_provider import csrf
from uconnect.oidc_provider.pages import HtmlPages, redirect
from uconnect.oidc_provider.sessions import BrowserSessions, Cookie
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.signing_keys import SigningKeys

NAMES_A_SITE = {"client_id", "id_token_hint", "post_logout_redirect_uri"}
NOT_SIGNED_OUT = "You were not signed out. Go back to uconnect and sign out from there."
SIGNED_OUT = "You are signed out", "You can close this page."


@dataclass(frozen=True)
class SignOut:
    """The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0)."""

    sessions: BrowserSessions
    keys: SigningKeys
    clients: Mapping[str, Client]
    html: HtmlPages
    origin: str

    async def leave(self, request: Request) -> Response:
        """GET or POST /oauth/sign-out. With an ID token of the person's own it is done at once; else they are asked,
        so that no page elsewhere can sign people out by a link (§6). An ID token of somebody else ends the session that
        it is of: anyone has one of their own."""
        asked = dict(await csrf.parameters(request))
        if not asked.keys() & NAMES_A_SITE:
            return await self._leave_all(request)
        hint = await self.keys.read_hint(asked["id_token_hint"]) if "id_token_hint" in asked else None
        client = self._client(asked, hint)
        landing = asked.get("post_logout_redirect_uri")
        if client is None or (landing is not None and landing not in client.post_logout_redirect_uris):
            return self.html.notice("This link does not work", NOT_SIGNED_OUT, client, status=400)
        session = await self.sessions.find(request, client)
        is_own = session is not None and hint is not None and session.subject == hint.get("sub")
        known = session is not None and (is_own or self._is_confirmed(request))
        ended = [session.sid] if session and known else []
        if hint is not None:
            ended.append(str(hint.get("sid")))
        await self.sessions.end(ended)
        if session is not None and not known:
            sent = {"client_id": client.id}
            sent |= {name: asked[name] for name in ("post_logout_redirect_uri", "state") if name in asked}
            return self.html.sign_out([client], sent)
        response = self._landed(client, landing, asked.get("state"))
        if known:
            self.sessions.clear(response, client, Cookie.SESSION)
        return response

    async def _leave_all(self, request: Request) -> Response:
        """Sign out of all sites that the browser is signed in to: the request names none of them (§2)."""
        there = {client: await self.sessions.find(request, client) for client in self.clients.values()}
        found = {client: session for client, session in there.items() if session is not None}
        if found and not self._is_confirmed(request):
            return self.html.sign_out(list(found), {})
        await self.sessions.end([session.sid for session in found.values()])
        response = self.html.notice(*SIGNED_OUT)
        for client in found:
            self.sessions.clear(response, client, Cookie.SESSION)
        return response

    def _is_confirmed(self, request: Request) -> bool:
        return request.method == "POST" and csrf.is_own_form(request, self.origin)

    def _client(self, asked: Mapping[str, str], hint: Mapping[str, Any] | None) -> Client | None:
        audience = hint.get("aud") if hint else None
        named = asked.get("client_id", audience)
        return self.clients.get(str(named)) if audience in {None, named} else None

    def _landed(self, client: Client, landing: str | None, state: str | None) -> Response:
        if landing is None:
            return self.html.notice(*SIGNED_OUT, client)
        if state is None:
            return redirect(landing)
        return redirect(f"{landing}{'&' if '?' in landing else '?'}{urlencode({'state': state})}")
