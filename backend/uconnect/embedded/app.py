"""The embedded server's parts, put together: one process, one file, one port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from uconnect import mails
from uconnect.api.openapi import document
from uconnect.core.terms import Kind
from uconnect.deliveries.sockets import Sockets
from uconnect.embedded import demo, line, reading_room, sites
from uconnect.embedded.calls import HEADERS, Calls, health
from uconnect.embedded.clock import moment
from uconnect.embedded.desk import Desk
from uconnect.embedded.door import Door
from uconnect.embedded.outside import Logins, Post
from uconnect.embedded.settings import Settings
from uconnect.identities import builtin
from uconnect.sqlite import Database
from uconnect.stores.sqlite import SqliteStore
from uconnect.stores.sqlite_tables import MIGRATIONS

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def make(settings: Settings, with_demo: bool = False) -> Starlette:
    """The application. Its data folder is opened here and closed when its lifespan ends."""
    database = Database(settings.data / "uconnect.sqlite", [MIGRATIONS, builtin.MIGRATIONS, mails.MIGRATIONS])
    sockets = Sockets()
    desk = Desk(SqliteStore(database, moment), sockets)
    outbox = mails.Outbox(database)
    clients = [_client(settings, kind) for kind in Kind]
    issuer = builtin.Issuer(database, settings.url, clients, builtin.Post(mails.letters, outbox.put))
    calls = Calls(desk, Door(desk, issuer))
    described = msgspec.json.encode(document(settings.url))

    async def openapi(_: Request) -> Response:
        return Response(described, HTTPStatus.OK, HEADERS, "application/json")

    async def socket(websocket: WebSocket) -> None:
        await line.answer(websocket, desk, settings.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if with_demo:
            await demo.settle(desk, issuer, settings.url)
        logins = Logins(issuer, asyncio.get_running_loop())
        working = asyncio.create_task(desk.keep_working(Post(database, outbox, issuer), logins))
        yield
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        database.close()

    app = Starlette(
        routes=[
            Route("/api/health", health),
            Route("/api/openapi.json", openapi),
            WebSocketRoute("/api/socket", socket),
            Route("/api/docs", _page),
            Route("/api/pictures/{id}", calls.picture, methods=["GET"]),
            Route("/api/{path:path}", calls.call, methods=METHODS),
            *issuer.routes(),
            *sites.routes(settings, issuer, demo.shown() if with_demo else None),
        ],
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.add_middleware(AtHome, host=urlsplit(settings.url).netloc, url=settings.url)
    return app


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
            await RedirectResponse(f"{self._url}{scope['path']}", HTTPStatus.TEMPORARY_REDIRECT)(scope, receive, send)

    def _is_home(self, scope: Scope) -> bool:
        return any(name == b"host" and value == self._host for name, value in scope["headers"])


async def _page(_: Request) -> Response:
    body, headers = reading_room.page()
    return Response(body, HTTPStatus.OK, headers, "text/html")


ABOUT = {
    Kind.USER: "Ask a school, and follow your threads.",
    Kind.SCHOOL: "Answer what your school is asked, or give it to a worker.",
    Kind.WORKER: "Answer the threads your school gives you.",
}


def _client(settings: Settings, kind: Kind) -> builtin.Client:
    home = f"{settings.url}/{kind.value}/"
    return builtin.Client(
        id=sites.client_of(kind),
        name={Kind.USER: "You", Kind.SCHOOL: "School", Kind.WORKER: "Worker"}[kind],
        redirect_uris=(home,),
        post_logout_redirect_uris=(home,),
        origins=(settings.url,),
        about=ABOUT[kind],
        home=home,
        sign_up=kind is not Kind.WORKER,
        asks_name="The school's name" if kind is Kind.SCHOOL else "Your name",
    )
