"""Builds the server's application: one process, one file, one port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Scope
from starlette.websockets import WebSocket
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from uconnect.api.http import HEADERS, JSON
from uconnect.api.openapi import document
from uconnect.api.operations import OPERATIONS
from uconnect.application.tracing import Traces
from uconnect.demo import loader
from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.journal import JournalWriter
from uconnect.entrypoints.backups.schedule import BackupSchedule
from uconnect.entrypoints.server import dev_mailbox, metrics, protocol_docs, static_files, websocket_connection
from uconnect.entrypoints.server.canonical_host import CanonicalHost
from uconnect.entrypoints.server.container import Container, build
from uconnect.entrypoints.server.durations import Measures
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.front_headers import FrontHeaders
from uconnect.entrypoints.server.health import Health
from uconnect.entrypoints.server.http import HttpHandlers, constant, health
from uconnect.entrypoints.server.job_adapters import IdentityAdapter, MailAdapter
from uconnect.entrypoints.server.loop_lag import LoopLag
from uconnect.entrypoints.server.measured_requests import MeasuredRequests, templates
from uconnect.entrypoints.server.security_headers import SecurityHeaders
from uconnect.entrypoints.server.settings import Settings
from uconnect.entrypoints.server.supervisor import BackgroundTask, Supervisor
from uconnect.entrypoints.server.trace_attributes import OTHER
from uconnect.entrypoints.server.trace_sender import TraceSender, exporter
from uconnect.entrypoints.server.trusted_proxies import UNIX


class AnyPath(Convertor[str]):
    """Matches every path. Starlette's own convertor does not match a path with a line break."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class Application(Starlette):
    """Starlette with our headers on all that it answers, on its own errors too."""

    https = False
    hsts_subdomains = False
    requests: MeasuredRequests

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        answers = SecurityHeaders(stack, https=self.https, subdomains=self.hsts_subdomains)
        return self.requests.around(answers, self.routes)


register_url_convertor("any", AnyPath())
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(settings: Settings, with_demo: bool = False) -> Starlette:
    """The application. Its data folder is opened here and closed when its lifespan ends."""
    return build_app(build(settings), with_demo)


def build_app(parts: Container, with_demo: bool = False, *, checked: bool = True) -> Starlette:
    """The application around parts, which it closes when its lifespan ends.

    A data file that was not `checked` to its end is checked while the application serves.
    """
    settings, calls = parts.settings, HttpHandlers(parts.service, parts.authentication)
    schedule = BackupSchedule(settings, settings.backups) if settings.backups else None
    works = _background_tasks(parts, schedule)
    supervisor = Supervisor(works)
    looking = Health(
        parts.database,
        parts.service,
        parts.outbox,
        parts.mail_sender,
        lambda: supervisor.failing,
        schedule.is_overdue if schedule else lambda: False,
    )
    lag, requests = LoopLag(), MeasuredRequests(logs=settings.access_log, general=[calls.call])
    works |= {"loop_lag": lag.run, "health": looking.keep_looking, "file_check": partial(looking.keep_checked, checked)}

    passes = FramePasses(parts.service)
    measures = Measures(requests.durations, passes.durations, lag.durations)

    async def socket(websocket: WebSocket) -> None:
        await websocket_connection.serve_websocket(websocket, passes, parts.authentication, settings.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        parts.database.decide_in(asyncio.get_running_loop())
        supervisor.start()
        if sender:
            sender.start()
        parts.database.erased()
        yield
        await supervisor.stop()
        if sender:
            await asyncio.to_thread(sender.stop)
        await asyncio.to_thread(parts.close)  # the loop may have the database's connection, and gives it back

    app = Application(
        routes=[
            Route("/api/health", health),
            constant("/api/openapi.json", msgspec.json.encode(document(settings.url)), HEADERS, JSON),
            constant("/api/docs", *protocol_docs.page(), "text/html"),
            WebSocketRoute("/api/socket", socket),
            Route("/api/pictures/{id}", calls.get_picture, methods=["GET"]),
            Route("/api/invitations/{id}", calls.get_invitation, methods=["GET"]),
            Route("/api/notices/{link}", calls.show_stop_page, methods=["GET"]),
            Route("/api/notices/{link}", calls.stop_notices, methods=["POST"]),
            Route("/api", calls.call, methods=METHODS),
            Route("/api/{path:any}", calls.call, methods=METHODS),
            *parts.issuer.routes(),
            *dev_mailbox.routes(parts),
            *metrics.routes(parts, looking, measures),
            *static_files.routes(settings, parts.issuer, loader.demo_accounts(settings) if with_demo else None),
        ],
        lifespan=lifespan,
        exception_handlers={ClientDisconnect: _gone},
    )
    app.requests = requests
    sender = _trace(parts, requests, {*templates(app.routes, [calls.call]).values(), OTHER})
    app.https = settings.url.startswith("https:")
    app.hsts_subdomains = settings.hsts_subdomains
    app.state.parts, app.state.health, app.state.traces = parts, looking, sender
    # The first added is the innermost: who looks at the name sees the server in front, all others whom it speaks for.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[*settings.proxies, UNIX])
    app.add_middleware(FrontHeaders, url=settings.url, proxies=settings.proxies)
    app.add_middleware(CanonicalHost, url=settings.url, proxies=settings.proxies, by_any_name=_by_any_name(settings))
    return app


def _by_any_name(settings: Settings) -> Callable[[Scope], bool]:
    """What monitors ask for under whatever name they know this machine by. Without a token the name counts: a page of
    another name that leads here would read the metrics in the operator's browser (DNS rebinding)."""
    access = metrics.MetricsAccess(settings)
    return lambda scope: scope["path"] == "/api/health" or (scope["path"] == metrics.PATH and access.has_token(scope))


def _trace(parts: Container, requests: MeasuredRequests, routes: Iterable[str]) -> TraceSender | None:
    """Let what is measured be traced too, if the operator wants that."""
    settings = parts.settings
    if not settings.traces:
        return None
    sender = TraceSender(exporter(settings.traces, frozenset([*routes, *(it.path for it in OPERATIONS)])))
    traces = Traces(settings.traces_share, sender.keep)
    requests.traces = parts.service.traces = traces
    if parts.mail_sender:
        parts.mail_sender.traces = traces
    return sender


async def _gone(_: Request, __: Exception) -> Response:
    """Answers a client that has left before its request was complete. Nobody reads it, and nothing is printed."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def _background_tasks(parts: Container, schedule: BackupSchedule | None) -> dict[str, BackgroundTask]:
    """The tasks that run as long as the server, by the names that health shows."""
    service, post = parts.service, MailAdapter(parts.database, parts.outbox, parts.issuer, parts.settings.url)
    works: dict[str, BackgroundTask] = {
        "jobs": partial(
            service.run_jobs, post, IdentityAdapter(parts.database, parts.outbox), parts.settings.kept_days
        ),
        "partings": partial(service.close_ended_sockets, parts.database, parts.issuer.ended_among),
        "address_changes": parts.issuer.email_changes.run,
        "erasure_journal": JournalWriter(parts.database, parts.settings.data / journal.NAME).run,
    }
    if parts.mail_sender:
        works["mail"] = parts.mail_sender.run
    if schedule:
        works["backups"] = schedule.run
    return works
