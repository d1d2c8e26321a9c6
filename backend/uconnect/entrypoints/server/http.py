"""Handles HTTP calls: it authenticates the caller, runs the operation and sends the answer."""

import asyncio
import logging
import sqlite3
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from uconnect.api import http
from uconnect.api.images import MEDIA_TYPE
from uconnect.api.operations import Operation
from uconnect.api.read_rate_limit import ReadPace
from uconnect.domain.context import UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import PictureUpload
from uconnect.domain.usecases import profiles
from uconnect.entrypoints.server.authentication import Authentication
from uconnect.entrypoints.server.health import Health, Status
from uconnect.entrypoints.server.service import ApplicationService

PICTURE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # another picture has another id
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
log = logging.getLogger("uconnect")
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class HttpHandlers:
    """Serves the table of operations."""

    def __init__(self, service: ApplicationService, authentication: Authentication) -> None:
        self._service = service
        self._authentication = authentication
        self._drawing = asyncio.Lock()
        self._reads = ReadPace()

    async def call(self, request: Request) -> Response:
        """Answer one call; refused as `busy` if who calls cannot be looked up now."""
        try:
            return await self._answered(request)
        except sqlite3.DatabaseError:  # also a damaged file, which is no OperationalError
            log.exception("the issuer could not be read")
            return _answer(RefusalCode.BUSY.refusal)

    async def _answered(self, request: Request) -> Response:
        """In this order: is there such a route, is there a token, is it too fast, whose is it, is it well formed."""
        found = http.find_operation(request.method, request.url.path)
        if found is None:
            return _response(*http.NO_ROUTE)
        claims = await self._authentication.claims(request.headers.get("authorization", ""))
        if claims is None:
            return _response(*http.UNAUTHORIZED)
        body = await _body(request)
        if body is None:
            return _answer(RefusalCode.TOO_LARGE.refusal)
        if found[0].read_paced and not self._reads.admits(claims.subject):
            return _sent(http.TOO_FAST)
        if found[0].newcomers:
            who = await self._authentication.who(claims)
            if isinstance(who, Refusal):
                return _answer(who)
            return _answer(await self._outcome(*found, "", request.url.query, body, claims.session_scope, who))
        refusal = http.check_recent_sign_in(found[0], claims.authenticated, self._service.now())
        by = await self._authentication.caller(claims)
        if refusal is not None and isinstance(by, str):
            return _answer(refusal)
        if isinstance(by, Refusal):
            return _answer(by)
        return _answer(await self._outcome(*found, by, request.url.query, body, claims.session_scope))

    async def _outcome(self, operation: Operation, id: str, by: str, *call: Any) -> http.Outcome:
        use_case = await self._prepared(operation, by, id, *call)
        if isinstance(use_case, Refusal):
            return use_case
        if not operation.writes:
            return await self._service.ask(use_case)
        outcome = await self._service.run(use_case)
        self._service.tell(outcome)
        return outcome

    async def _prepared(self, operation: Operation, *call: Any) -> UseCase[Any] | Refusal:
        """The use case of a call. A picture takes a tenth of a second to make, and anyone may send one: beside the
        loop, and one at a time, so that who sends many waits for themselves and nobody for them."""
        if operation.reads is not PictureUpload:
            return http.prepare_use_case(operation, *call)
        async with self._drawing:
            return await asyncio.to_thread(http.prepare_use_case, operation, *call)

    async def invitation(self, request: Request) -> Response:
        """Who invites to a place: read by whoever opened a letter's link, before they sign in."""
        return _answer(await self._service.ask(http.invitation(request.path_params["id"])))

    async def picture(self, request: Request) -> Response:
        """A school's picture, for everyone who has its id: it is shown where no token can be sent."""
        outcome = await self._service.ask(partial(profiles.picture, id=request.path_params["id"]))
        if isinstance(outcome, Refusal):
            return _answer(outcome)
        return Response(outcome.answer, HTTPStatus.OK, PICTURE_HEADERS, MEDIA_TYPE)


async def health(request: Request) -> Response:
    """200 while everybody can be served, else 503, so that whoever asks may send people here; see `health.Reason`."""
    looking: Health = request.app.state.health
    report = await looking.report()
    status = HTTPStatus.SERVICE_UNAVAILABLE if report.status is Status.FAIL else HTTPStatus.OK
    return _response(status, msgspec.json.encode(report.shown()))


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is longer than any may be, so that a flood of bytes is not kept."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > http.BODY_BYTES:
            return None
    return bytes(body)


def _answer(outcome: http.Outcome) -> Response:
    return _sent(http.encode_outcome(outcome))


def _sent(answer: http.EncodedAnswer) -> Response:
    return Response(answer.body, answer.status, {**HEADERS, **answer.headers}, "application/json")


def _response(status: HTTPStatus, body: bytes) -> Response:
    return Response(body, status, HEADERS, "application/json")
