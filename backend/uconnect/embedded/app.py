"""The embedded server's parts, put together: one process, one file, one port."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from uconnect.api.openapi import document
from uconnect.embedded import demo, letterbox, line, reading_room, sites
from uconnect.embedded.calls import HEADERS, Calls, health
from uconnect.embedded.canonical_host import CanonicalHost
from uconnect.embedded.health import Health
from uconnect.embedded.outside import Logins, Post
from uconnect.embedded.parts import Parts, opened
from uconnect.embedded.settings import Settings
from uconnect.embedded.supervision import Supervisor, Work


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


def around(parts: Parts, with_demo: bool = False, *, checked: bool = True) -> Starlette:
    """The application around parts, which it closes when its lifespan ends. If the data file was not `checked` to its
    end, that is done while it serves."""
    settings, calls = parts.settings, Calls(parts.desk, parts.door)
    works = _works(parts)
    supervisor = Supervisor(works)
    looking = Health(parts.database, parts.desk, parts.outbox, parts.carrier, lambda: supervisor.failing)
    works |= {"health": looking.keep_looking, "file_check": partial(looking.keep_checked, checked)}

    async def socket(websocket: WebSocket) -> None:
        await line.answer(websocket, parts.desk, parts.door, settings.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        supervisor.start()
        yield
        await supervisor.stop()
        parts.close()

    app = Starlette(
        routes=[
            Route("/api/health", health),
            _kept("/api/openapi.json", msgspec.json.encode(document(settings.url)), HEADERS, "application/json"),
            _kept("/api/docs", *reading_room.page(), "text/html"),
            WebSocketRoute("/api/socket", socket),
            Route("/api/pictures/{id}", calls.picture, methods=["GET"]),
            Route("/api/invitations/{id}", calls.invitation, methods=["GET"]),
            Route("/api/{path:any}", calls.call, methods=METHODS),
            *parts.issuer.routes(),
            *letterbox.routes(parts),
            *sites.routes(settings, parts.issuer, demo.shown(settings) if with_demo else None),
        ],
        lifespan=lifespan,
        exception_handlers={ClientDisconnect: _gone},
    )
    app.state.parts, app.state.health = parts, looking
    app.add_middleware(CanonicalHost, url=settings.url, proxies=settings.proxies)
    return app


async def _gone(_: Request, __: Exception) -> Response:
    """Whoever sent a request has left before its body was complete. Nobody reads this, and nothing is printed."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def _works(parts: Parts) -> dict[str, Work]:
    """What goes on while the server runs, by the names that health tells: each is kept running."""
    desk, post = parts.desk, Post(parts.database, parts.outbox, parts.issuer)
    works: dict[str, Work] = {
        "jobs": partial(desk.keep_working, post, Logins(parts.database, parts.outbox)),
        "partings": partial(desk.keep_parting, parts.database),
        "address_changes": parts.issuer.moves.keep_telling,
    }
    return works | ({"mail": parts.carrier.keep_carrying} if parts.carrier else {})


def _kept(path: str, body: bytes, headers: Mapping[str, str], media_type: str) -> Route:
    """Answers the same bytes to everyone."""

    async def answer(_: Request) -> Response:
        return Response(body, HTTPStatus.OK, headers, media_type)

    return Route(path, answer)
