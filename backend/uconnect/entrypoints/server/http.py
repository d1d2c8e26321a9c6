"""Takes HTTP calls from Starlette, and gives their answers back."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uconnect.api import http, stop_page
from uconnect.api.http_calls import HttpCalls
from uconnect.api.operations import Operation
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import PictureUpload
from uconnect.entrypoints.server import content_coding
from uconnect.entrypoints.server.authentication import TokenAuthentication
from uconnect.entrypoints.server.health import Health
from uconnect.entrypoints.server.measured_requests import OPERATION
from uconnect.entrypoints.server.service import ServerService

log = logging.getLogger("uconnect")


class HttpHandlers(HttpCalls):
    """Serves the table of operations."""

    service: ServerService

    def __init__(self, service: ServerService, authentication: TokenAuthentication) -> None:
        super().__init__(service, authentication, service.now)
        self._tokens = authentication
        self._decoding = asyncio.Lock()
        self._searching = asyncio.Lock()

    async def call(self, request: Request) -> Response:
        """Answer one call. It is refused as `busy` if the identity provider's tables cannot be read now."""
        try:
            return _response(await self._answered(request))
        except sqlite3.DatabaseError:  # also a damaged file, which is no OperationalError
            log.exception("the issuer could not be read")
            return _response(http.encode_outcome(RefusalCode.BUSY.refusal))

    async def _answered(self, request: Request) -> http.EncodedAnswer:
        """No body is read for an unknown route, or for a caller without a token."""
        found = http.find_operation(request.method, request.url.path)
        if found is None:
            return http.NO_ROUTE
        request.scope[OPERATION] = found[0].path
        who = await self._tokens.principal(request.headers.get("authorization", ""))
        if who is None:
            return http.UNAUTHORIZED
        return await self.answer(*found, who, request.url.query, await _body(request))

    async def _prepare(self, operation: Operation, *call: Any) -> UseCase[Any] | Refusal:
        """A picture takes a tenth of a second to decode, and anyone may send one. Pictures are decoded beside the loop
        and one at a time: whoever sends many waits for their own, and nobody else waits."""
        if operation.reads is not PictureUpload:
            return http.prepare_use_case(operation, *call)
        async with self._decoding:
            return await asyncio.to_thread(http.prepare_use_case, operation, *call)

    async def _read(self, operation: Operation, use_case: UseCase[Any]) -> Plan[Any] | Refusal:
        """Searches read one at a time: whoever searches waits for other searches, and nobody else waits for them."""
        if not operation.asks:
            return await self.service.ask(use_case)
        async with self._searching:
            return await self.service.ask(use_case)

    async def get_invitation(self, request: Request) -> Response:
        return _response(await self.invitation(request.path_params["id"]))

    async def get_picture(self, request: Request) -> Response:
        return _response(await self.picture(request.path_params["id"]))

    async def show_stop_page(self, _: Request) -> Response:
        return _response(stop_page.QUESTION)

    async def stop_notices(self, request: Request) -> Response:
        return _response(await self.stop(request.path_params["link"]))


async def health(request: Request) -> Response:
    """200 while everybody can be served, else 503; see `api.health.Reason`."""
    checks: Health = request.app.state.health
    return _response(http.encode_health(await checks.report()))


def constant(path: str, body: bytes, headers: Mapping[str, str], media_type: str) -> Route:
    """A route that answers the same bytes to everyone, compressed for who takes that."""
    bodies = content_coding.compressed(body)
    headers = {**headers, "Vary": "Accept-Encoding"} if len(bodies) > 1 else headers

    async def answer(request: Request) -> Response:
        coding = content_coding.preferred(request.headers.getlist("accept-encoding"), [*bodies][1:])
        coded = {"Content-Encoding": coding} if coding != content_coding.IDENTITY else {}
        return Response(bodies[coding], HTTPStatus.OK, {**headers, **coded}, media_type)

    return Route(path, answer)


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is longer than any may be, so that a flood of bytes is not kept."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > http.BODY_BYTES:
            return None
    return bytes(body)


def _response(answer: http.EncodedAnswer) -> Response:
    return Response(answer.body, answer.status, answer.headers, answer.media_type)
