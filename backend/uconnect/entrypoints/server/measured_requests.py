"""Measures each HTTP request by the template of its route; logs and traces it if the operator wants that.

An address has ids and links in it, so only what the code itself calls a route is counted, logged or traced.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import perf_counter
from typing import Any

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uconnect.application.tracing import NO_TRACES, Measured
from uconnect.entrypoints.server.durations import Durations
from uconnect.entrypoints.server.log_output import ACCESS, FIELDS
from uconnect.entrypoints.server.trace_attributes import METHOD, METHODS, OTHER, REQUEST, ROUTE, STATUS

OPERATION = "uconnect.operation"  # in a request's scope: the path of the operation that was found for it
log = logging.getLogger(ACCESS)


class MeasuredRequests:
    """Stands around a whole application, so that redirects and errors are measured too. `general` are endpoints behind
    which there are several operations: those set OPERATION."""

    def __init__(self, *, logs: bool, general: Iterable[Callable[..., Any]] = ()) -> None:
        self.durations = Durations()
        self._logs = logs
        self._general = tuple(general)
        self._templates: dict[Any, str] = {}
        self.traces = NO_TRACES

    def around(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> ASGIApp:
        self._templates = templates(routes, self._general)

        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await self._measured(app, scope, receive, send)
            else:
                await app(scope, receive, send)

        return measured

    async def _measured(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status, began = int(HTTPStatus.INTERNAL_SERVER_ERROR), perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self.traces.begin(REQUEST) as measured:
            try:
                await app(scope, receive, send_and_note)
            finally:
                self._note(scope, status, perf_counter() - began, measured)

    def _note(self, scope: Scope, status: int, seconds: float, measured: Measured) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route = scope.get(OPERATION) or self._templates.get(scope.get("endpoint"), OTHER)
        self.durations.add((method, route, f"{status // 100}xx"), seconds)
        for name, value in ((METHOD, method), (ROUTE, route), (STATUS, status)):
            measured.note(name, value)
        if self._logs:
            fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            log.info("%s %s %d %.1f ms", *fields.values(), extra={FIELDS: fields})


def templates(routes: Iterable[BaseRoute], general: Iterable[Callable[..., Any]]) -> dict[Any, str]:
    """The templates of routes by what answers them."""
    found: dict[Any, str] = {}
    for route in routes:
        if isinstance(route, Route) and route.endpoint not in general:
            found.setdefault(route.endpoint, route.path)
        elif isinstance(route, Mount):
            found.setdefault(route.app, f"{route.path}/{{file}}")
    return found
