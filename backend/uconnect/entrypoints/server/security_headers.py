"""Adds the security headers to every answer of the server, its redirects, refusals and errors too."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uconnect.application import security_headers

RawHeaders = list[tuple[bytes, bytes]]
ANSWERS = {"http.response.start", "websocket.http.response.start"}  # the latter refuses a socket


def raw(*, https: bool = False, subdomains: bool = False) -> RawHeaders:
    headers = security_headers.for_address(https=https, subdomains=subdomains)
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def added(headers: Iterable[tuple[bytes, bytes]], every: RawHeaders) -> RawHeaders:
    """An answer's headers, and those of every answer that it does not have."""
    own = [(bytes(name), bytes(value)) for name, value in headers]
    named = {name.lower() for name, _ in own}
    return own + [each for each in every if each[0] not in named]


class SecurityHeaders:
    """Stands around a whole application, so that no answer goes past it."""

    def __init__(self, app: ASGIApp, *, https: bool, subdomains: bool) -> None:
        self._app = app
        self._every = raw(https=https, subdomains=subdomains)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in ANSWERS:
                message["headers"] = added(message.get("headers", ()), self._every)
            await send(message)

        await self._app(scope, receive, send_with_headers)
