"""Admits a WebSocket, and gives it to picows; where there is none, as in some tests, to plain ASGI."""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.frames import CloseCode

from uconnect.entrypoints.server.authentication import TokenAuthentication
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.socket_session import CLOSE_TIMEOUT, SocketSession
from uconnect.entrypoints.server.websocket_protocol import ON_FLOOD, TAKE_OVER


class AsgiConnection:
    """Implements `socket_session.Connection` on a Starlette WebSocket, whose server pings by itself."""

    def __init__(self, websocket: WebSocket) -> None:
        self.is_full = False  # also while what was written is on its way
        self._websocket = websocket
        self._frames: list[bytes] = []
        self._something = asyncio.Event()
        self._is_read = asyncio.Event()
        self._is_read.set()
        self._aborted = asyncio.Event()
        self._holds: set[str] = set()
        self._code: CloseCode | None = None  # of the close that follows what was written

    def write(self, frames: Sequence[bytes]) -> None:
        self._frames += frames
        self.is_full = True
        self._something.set()

    def close(self) -> None:
        self._end(CloseCode.NORMAL_CLOSURE)

    def fail(self) -> None:
        self._end(CloseCode.INTERNAL_ERROR)

    def abort(self) -> None:
        self._aborted.set()

    def ping(self) -> None:
        """Uvicorn does."""

    def hold(self, reason: str) -> None:
        self._holds.add(reason)
        self._is_read.clear()

    def release(self, reason: str) -> None:
        self._holds.discard(reason)
        if not self._holds:
            self._is_read.set()

    async def serve(self, session: SocketSession) -> None:
        """Serve an accepted socket to its end."""
        session.attach(self, _nothing)
        works = (self._read(session), self._send(session), self._aborted.wait())
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            session.lost()
            await self._close_websocket()
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
                raise outcome

    async def _read(self, session: SocketSession) -> None:
        while True:
            await self._is_read.wait()
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            session.receive(message.get("text"))

    async def _send(self, session: SocketSession) -> None:
        while self._frames or self._code is None:
            await self._something.wait()
            self._something.clear()
            frames, self._frames = self._frames, []
            for frame in frames:
                await self._websocket.send_text(frame.decode())
            self.is_full = False
            session.write()

    def _end(self, code: CloseCode) -> None:
        self._code = code
        self._something.set()

    async def _close_websocket(self) -> None:
        """Close. A client that does not read is waited for no longer than CLOSE_TIMEOUT."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._websocket.close(self._code or CloseCode.NORMAL_CLOSURE)
        except (
            WebSocketDisconnect,
            RuntimeError,
            TimeoutError,
        ):  # it is closed already, or takes no close frame
            return


async def serve_websocket(
    websocket: WebSocket, passes: FramePasses, authentication: TokenAuthentication, origin: str
) -> None:
    """Serve one socket from its handshake to its end, or until it is given to picows.

    401 without a ticket: so answers API Gateway before it asks anybody. 403 for a page of another origin (a foreign
    site must not use a signed-in browser), and for a ticket that is unknown, used, late, or of a session that has
    ended.
    """
    service = passes.service
    ticket = parse_qs(websocket.url.query).get("ticket", [""])[0]
    if not ticket:
        await _deny(websocket, HTTPStatus.UNAUTHORIZED)
        return
    admitted = await service.redeem(ticket) if websocket.headers.get("origin") == origin else None
    if admitted is None:
        await _deny(websocket, HTTPStatus.FORBIDDEN)
        return
    session = SocketSession(admitted.party, passes)
    # Listed with no await since the ticket was good: a party removed after it has this socket closed too.
    unlist = service.list_socket(admitted, session)
    try:
        # Asked once it is listed: who signs out later finds it there.
        if admitted.session and not await authentication.lasts(admitted.session):
            await _deny(websocket, HTTPStatus.FORBIDDEN)
        elif take_over := websocket.scope["extensions"].get(TAKE_OVER):
            take_over(session, unlist)
            unlist = _nothing
        else:
            websocket.scope["extensions"].get(ON_FLOOD, _ignore)(session.flooded)
            await websocket.accept()
            await AsgiConnection(websocket).serve(session)
    finally:
        unlist()


def _nothing() -> None:
    """There is nothing to do at the end, or it is done elsewhere."""


def _ignore(_: Callable[[], None]) -> None:
    """For a server that does not count frames, as in tests."""


async def _deny(websocket: WebSocket, status: HTTPStatus) -> None:
    """Refuse a handshake in API Gateway's form. A browser shows a page only that it was refused."""
    await websocket.send_denial_response(JSONResponse({"message": status.phrase}, status))
