"""Shows the operator alone, at /metrics, how the server does: in counts that name nobody.

A count moves when somebody does something. So a party who could read it would learn what others do (leak 25): whoever
may not is answered as for an address that does not exist.
"""

import asyncio
import hmac
import sqlite3
from functools import partial
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from uconnect.adapters.mail import OutboxStatus
from uconnect.adapters.sqlite import job_queue
from uconnect.adapters.sqlite.job_queue import JobQueue
from uconnect.entrypoints.server.container import Container
from uconnect.entrypoints.server.dev_mailbox import is_local
from uconnect.entrypoints.server.durations import Measures
from uconnect.entrypoints.server.health import Health
from uconnect.entrypoints.server.settings import Settings

PATH = "/metrics"
SNAPSHOT = "uconnect.entrypoints.server.metrics_snapshot"
BEARER = "Bearer "


class MetricsAccess:
    """Who may read the metrics: who sends the token, if one is set. If none is, whoever sits at this machine, while
    nobody else can reach it: what a server in front passes on may look as if it came from here."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.metrics_token.encode()
        self._is_local = settings.is_local

    def admits(self, scope: Scope) -> bool:
        if self._token:
            return self.has_token(scope)
        return self._is_local and is_local(Request(scope))

    def has_token(self, scope: Scope) -> bool:
        """Whether the token is sent. It is compared in the same time however much of it is right: else it could be
        guessed sign by sign."""
        sent = Request(scope).headers.getlist("authorization") if self._token else []
        return len(sent) == 1 and hmac.compare_digest(sent[0].encode("latin-1"), BEARER.encode() + self._token)


class HiddenRoute(Route):
    """A route that is there for those alone who may use it. For others whatever comes behind it answers."""

    access: MetricsAccess

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        if match is Match.FULL and self.access.admits(scope):
            return match, child
        return Match.NONE, {}


def routes(parts: Container, health: Health, measures: Measures) -> list[BaseRoute]:
    """GET /metrics, for those who may."""

    async def show(_: Request) -> Response:
        jobs, letters, report = await _jobs(parts), await _letters(parts), await health.report()
        sockets, moment = parts.service.sockets.count, measures.copy()
        body, media_type = await asyncio.to_thread(_written, parts, report, sockets, moment, jobs, letters)
        return Response(body, headers={"Cache-Control": "no-store", "Content-Type": media_type})

    route = HiddenRoute(PATH, show, methods=["GET"])
    route.access = MetricsAccess(parts.settings)
    return [route]


def _written(*moment: Any) -> tuple[bytes, str]:
    """The text and its type. It takes tens of milliseconds, so it is written beside the loop; and prometheus_client,
    which takes a tenth of a second to import, is imported for the first one."""
    snapshot = import_module(SNAPSHOT)
    return snapshot.generate_latest(snapshot.Snapshot(*moment)), snapshot.CONTENT_TYPE_LATEST


async def _jobs(parts: Container) -> JobQueue | None:
    now = int(parts.service.now() * 1000)
    try:
        return await parts.database.read_soon(partial(job_queue.status, now=now))
    except sqlite3.Error:
        return None  # health says so


async def _letters(parts: Container) -> OutboxStatus | None:
    if parts.mail_sender is None:
        return None
    try:
        return await parts.database.read_soon(partial(parts.outbox.status, taken=parts.mail_sender.taken))
    except sqlite3.Error:
        return None
