"""Redirects people to the one address that sign-in works under, and never in a circle."""

import html
import logging
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from uconnect.entrypoints.server.base_url import DEFAULT_PORTS
from uconnect.entrypoints.server.settings_values import is_loopback
from uconnect.entrypoints.server.trusted_proxies import TrustedProxies

SENT = "uconnect_sent_home"  # a cookie: who brings it was sent home just now, and came back by the same wrong name
SECONDS = 20  # that it is kept
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>This address does not work</title><main><h1>This address does not work</h1>
<p>Open uconnect at <a href="{url}">{url}</a>.</p>
<p>If that link brings you back here, the web server in front of uconnect does not pass on the <code>Host</code> header.
The people who run it can fix this, in nginx with <code>proxy_set_header Host $host;</code></p></main></html>"""
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
log = logging.getLogger("uconnect")


class CanonicalHost:
    """Sends whoever reached us by another name to `url`.

    A server in front that does not pass on the Host header makes every request look so, and to be sent home would lead
    it here again: that is told from a person's, and answered with a page that says which header is missing.
    """

    def __init__(self, app: ASGIApp, url: str, proxies: Sequence[str]) -> None:
        self._app = app
        self._url = url
        self._scheme, self._host = urlsplit(url).scheme, urlsplit(url).netloc
        self._proxies = TrustedProxies(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/api/health" or self._is_home(scope):
            await self._app(scope, receive, send)
        else:
            await self._answer(Request(scope))(scope, receive, send)

    def _is_home(self, scope: Scope) -> bool:
        return any(name == b"host" and self._normal(value) == self._host for name, value in scope["headers"])

    def _normal(self, host: bytes) -> str:
        """A Host header as `url` would have it: capitals and the usual port make no other host (RFC 9110, 4.2.3)."""
        text = host.decode("latin-1").lower()
        return text.removesuffix(f":{DEFAULT_PORTS[self._scheme]}")

    def _answer(self, request: Request) -> Response:
        if SENT in request.cookies or self._is_passed_on(request):
            log.error(
                "a request has another host name than URL: a server in front does not pass on the Host header"
                " (nginx: proxy_set_header Host $host;)"
            )
            return HTMLResponse(PAGE.format(url=html.escape(self._url)), HTTPStatus.MISDIRECTED_REQUEST, HEADERS)
        asked = f"?{request.url.query}" if request.url.query else ""
        home = RedirectResponse(f"{self._url}{request.scope['path']}{asked}", HTTPStatus.TEMPORARY_REDIRECT)
        home.set_cookie(SENT, "1", SECONDS, httponly=True, samesite="lax")
        return home

    def _is_passed_on(self, request: Request) -> bool:
        """Whether a server in front asks us by the name that it knows us by, and not by the one it was asked for.

        So does a person on this very machine: who gets the page instead of being sent on, with a link.
        """
        if is_loopback(urlsplit(self._url).hostname or "") or request.client is None:
            return False
        return request.client.host in self._proxies and _is_inner(request.headers.get("host", ""))


def _is_inner(host: str) -> bool:
    """Whether a name is one that only machines next to us use: an address that is no public one, or a single word."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return ("." not in name and ":" not in name) or not ip_address(name).is_global
    except ValueError:
        return False
