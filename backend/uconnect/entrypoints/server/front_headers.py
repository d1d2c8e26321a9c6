"""Tells the operator which header the server in front does not pass on, when the first request shows it."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from uconnect.entrypoints.server.trusted_proxies import TrustedProxies

NO_ADDRESS = (
    "a server in front does not pass on X-Forwarded-For, so all people share the limits of one address (nginx:"
    " proxy_set_header X-Forwarded-For $remote_addr;)"
)
NO_UPGRADE = (
    "a server in front does not pass on the headers Upgrade and Connection, so pages poll instead of staying connected"
    " (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection"
    " $connection_upgrade;)"
)
SENTENCE = (
    "This is where pages open a WebSocket, but the request came without the headers Upgrade and Connection. If a web"
    " server stands in front of uconnect, it must pass them on: see docs/operate.md.\n"
)
HEADERS = {"Upgrade": "websocket", "Connection": "Upgrade", "Cache-Control": "no-store"}  # RFC 9110, 15.5.22
log = logging.getLogger("uconnect")


class FrontHeaders:
    """Stands before what believes those headers, and sees who really connects. Only servers in PROXIES are judged."""

    def __init__(self, app: ASGIApp, url: str, proxies: Sequence[str]) -> None:
        self._app = app
        self._proxies = TrustedProxies(proxies)
        self._is_expected = url.startswith("https:")  # uconnect itself speaks no TLS
        self._has_upgraded = False  # the headers come through: a request without them is a stranger's joke

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self._has_upgraded = True
        elif scope["type"] == "http" and self._is_expected and self._is_passed_on(scope):
            headers = Headers(scope=scope)
            if scope["path"] == "/api/socket" and "sec-websocket-key" in headers:
                if not self._has_upgraded:
                    log.error(NO_UPGRADE)
                await PlainTextResponse(SENTENCE, HTTPStatus.UPGRADE_REQUIRED, HEADERS)(scope, receive, send)
                return
            if "x-forwarded-for" not in headers and scope["path"] != "/api/health":
                log.warning(NO_ADDRESS)
        await self._app(scope, receive, send)

    def _is_passed_on(self, scope: Scope) -> bool:
        return scope["client"] is not None and scope["client"][0] in self._proxies
