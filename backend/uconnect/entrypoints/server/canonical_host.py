"""Redirects people to the one address that sign-in works under, and never in a circle."""

import html
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from uconnect.application.loopback import is_loopback
from uconnect.entrypoints.server.base_url import normalised
from uconnect.entrypoints.server.trusted_proxies import TrustedProxies

REDIRECTED = "uconnect=redirected"  # in a query: a redirect came before, and led back under the same wrong name
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>This address does not work</title><main><h1>This address does not work</h1>
<p>Open uconnect at <a href="{url}">{url}</a>.</p>
<p>If that link brings you back here, the web server in front of uconnect does not pass on the <code>Host</code> header.
The people who run it can fix this, in nginx with <code>proxy_set_header Host $host;</code></p></main></html>"""
HEADERS = {"Cache-Control": "no-store"}
log = logging.getLogger("uconnect")


class CanonicalHost:
    """Sends whoever reached us by another name to `url`.

    A server in front that does not pass on the Host header makes every request look so, and a redirect would lead
    it here again: that is told from a person's, and answered with a page that says which header is missing. What is
    `by_any_name` is never redirected.
    """

    def __init__(
        self,
        app: ASGIApp,
        url: str,
        proxies: Sequence[str],
        by_any_name: Callable[[Scope], bool] = lambda scope: scope["path"] == "/api/health",
    ) -> None:
        self._app = app
        self._url = url
        self._scheme, self._host = urlsplit(url).scheme, urlsplit(url).netloc
        self._proxies = TrustedProxies(proxies)
        self._by_any_name = by_any_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._by_any_name(scope) or self._is_canonical(Request(scope)):
            await self._app(scope, receive, send)
        else:
            await self._answer(Request(scope))(scope, receive, send)

    def _is_canonical(self, request: Request) -> bool:
        """Whether we were asked for by our name, in whatever spelling. Apache's ProxyPass puts that name into
        `X-Forwarded-Host`, where a server in front is believed. It decides about this redirect alone."""
        asked = request.headers.getlist("host")
        if self._is_proxy(request):
            asked += [it for value in request.headers.getlist("x-forwarded-host") for it in value.split(",")]
        return any(it == self._host or self._normal(it) == self._url for it in asked)

    def _normal(self, host: str) -> str:
        """Where a Host header leads. It should be ASCII, and comes in UTF-8 from what does not know that."""
        name = host.encode("latin-1").decode("utf-8", "replace").strip()
        return normalised(f"{self._scheme}://{name}")

    def _answer(self, request: Request) -> Response:
        if self._was_redirected(request) or self._is_passed_on(request):
            log.error(
                "a request has another host name than URL: a server in front does not pass on the Host header"
                " (nginx: proxy_set_header Host $host;)"
            )
            return HTMLResponse(PAGE.format(url=html.escape(self._url)), HTTPStatus.MISDIRECTED_REQUEST, HEADERS)
        asked = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.scope["path"]
        query = "&".join(it for it in (request.url.query, REDIRECTED) if it)
        return RedirectResponse(f"{self._url}{asked}?{query}", HTTPStatus.TEMPORARY_REDIRECT, HEADERS)

    def _was_redirected(self, request: Request) -> bool:
        return REDIRECTED in request.url.query.split("&")

    def _is_proxy(self, request: Request) -> bool:
        return request.client is not None and request.client.host in self._proxies

    def _is_passed_on(self, request: Request) -> bool:
        """Whether a server in front asks us by the name that it knows us by, and not by the one it was asked for.

        So does a person on this very machine: who gets the page instead of being sent on, with a link.
        """
        if is_loopback(urlsplit(self._url).hostname or "") or not self._is_proxy(request):
            return False
        return _is_inner(request.headers.get("host", ""))


def _is_inner(host: str) -> bool:
    """Whether a name is one that only machines next to us use: an address that is no public one, or a single word."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return ("." not in name and ":" not in name) or not ip_address(name).is_global
    except ValueError:
        return False
