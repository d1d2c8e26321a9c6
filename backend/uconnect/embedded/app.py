"""The embedded server's parts, put together: one process, one file, one port."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from uconnect.api.openapi import document
from uconnect.embedded import demo, letterbox, line, reading_room, sites
from uconnect.embedded.calls import HEADERS, Calls, health
from uconnect.embedded.outside import Logins, Post
from uconnect.embedded.parts import Parts, opened
from uconnect.embedded.settings import Settings


class Anything(Convertor[str]):
    """Every path, also one with a line break in it, which Starlette's own leaves to whoever comes next."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", Anything())
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def make(settings: Settings, with_demo: bool = False) -> Starlette:
    """The application. Its data folder is opened here and closed when its lifespan ends."""
    return around(opened(settings), with_demo)


def around(parts: Parts, with_demo: bool = False) -> Starlette:
    """The application around parts, which it closes when its lifespan ends."""
    settings, calls = parts.settings, Calls(parts.desk, parts.door)

    async def socket(websocket: WebSocket) -> None:
        await line.answer(websocket, parts.desk, parts.door, settings.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if with_demo:
            await demo.settle(parts)
        working = [asyncio.create_task(work) for work in _works(parts)]
        yield
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        parts.issuer.close()
        parts.database.close()

    app = Starlette(
        routes=[
            Route("/api/health", health),
            _kept("/api/openapi.json", msgspec.json.encode(document(settings.url)), HEADERS, "application/json"),
            _kept("/api/docs", *reading_room.page(), "text/html"),
            WebSocketRoute("/api/socket", socket),
            Route("/api/pictures/{id}", calls.picture, methods=["GET"]),
            Route("/api/{path:any}", calls.call, methods=METHODS),
            *parts.issuer.routes(),
            *letterbox.routes(parts),
            *sites.routes(settings, parts.issuer, demo.shown(settings) if with_demo else None),
        ],
        lifespan=lifespan,
        exception_handlers={ClientDisconnect: _gone},
    )
    app.state.parts = parts
    app.add_middleware(AtHome, host=urlsplit(settings.url).netloc, url=settings.url)
    return app


async def _gone(_: Request, __: Exception) -> Response:
    """Whoever sent a request has left before its body was complete. Nobody reads this, and nothing is printed."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def _works(parts: Parts) -> list[Coroutine[Any, Any, None]]:
    """What goes on while the server runs, until cancelled."""
    desk, post = parts.desk, Post(parts.database, parts.outbox, parts.issuer)
    works = [
        desk.keep_working(post, Logins(parts.database, parts.outbox)),
        desk.keep_parting(parts.database),
        parts.issuer.moves.keep_telling(),
    ]
    return [*works, parts.carrier.keep_carrying()] if parts.carrier else works


def _kept(path: str, body: bytes, headers: Mapping[str, str], media_type: str) -> Route:
    """Answers the same bytes to everyone."""

    async def answer(_: Request) -> Response:
        return Response(body, HTTPStatus.OK, headers, media_type)

    return Route(path, answer)


class AtHome:
    """Sends whoever reached us by another name to the one that sign-in works under."""

    def __init__(self, app: ASGIApp, host: str, url: str) -> None:
        self._app = app
        self._host = host.encode()
        self._url = url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/api/health" or self._is_home(scope):
            await self._app(scope, receive, send)
        else:
            asked = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            there = RedirectResponse(f"{self._url}{scope['path']}{asked}", HTTPStatus.TEMPORARY_REDIRECT)
            await there(scope, receive, send)

    def _is_home(self, scope: Scope) -> bool:
        return any(name == b"host" and value == self._host for name, value in scope["headers"])


async def _page(_: Request) -> Response:
    body, headers = reading_room.page()
    return Response(body, HTTPStatus.OK, headers, "text/html")
