"""Admits a WebSocket, and gives it to picows. Where there is none, it is served here, by plain ASGI.

There its frames come in one at a time, and go out through a bounded queue.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

import msgspec
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from uconnect.api.websocket import Reply, serve_frame
from uconnect.domain import protocol
from uconnect.entrypoints.server.authentication import TokenAuthentication
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.socket_session import (
    CLOSE_TIMEOUT,
    IDLE_TIMEOUT,
    MAX_LIFETIME,
    QUEUE_LIMIT,
    SocketSession,
)
from uconnect.entrypoints.server.websocket_protocol import ON_FLOOD, TAKE_OVER


class WebSocketConnection:
    """Implements `adapters.realtime.in_process.Socket` on a Starlette WebSocket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._frames: deque[bytes] = deque()
        self._something = asyncio.Event()
        self._last = False
        self.closing = asyncio.Event()
        self.heard_at = time.monotonic()
        self.committing = asyncio.Lock()  # held from a decision to its deliveries: never cut in between

    def push(self, frame: bytes) -> None:
        if self._last:
            return
        if len(self._frames) >= QUEUE_LIMIT:
            self._give_up("slow")
            return
        self._frames.append(frame)
        self._something.set()

    def flooded(self) -> None:
        """Called when the other end has sent too much for too long."""
        self._give_up("flood")

    def _give_up(self, code: str) -> None:
        """Replace the frames that wait by a goodbye. The client reads them after a resume."""
        if not self._last:
            self._frames.clear()
            self.send(Reply((protocol.Bye(code=code),)))

    def close(self) -> None:
        self._last = True
        self._something.set()
        self.closing.set()

    def send(self, said: Reply) -> None:
        for frame in said.frames:
            self.push(msgspec.json.encode(frame))
            if isinstance(frame, protocol.Bye):
                self.close()

    async def send_all(self) -> None:
        """Send the frames that are pushed, until the connection is closed."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._frames:
                await self._websocket.send_text(self._frames.popleft().decode())
            if self._last:
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
    take_over = websocket.scope["extensions"].get(TAKE_OVER)
    connection = SocketSession(admitted.party, passes) if take_over else WebSocketConnection(websocket)
    # Listed with no await since the ticket was good: a party removed after it has this socket closed too.
    unlist = service.list_socket(admitted, connection)
    try:
        # Asked once it is listed: who signs out later finds it there.
        if admitted.session and not await authentication.lasts(admitted.session):
            await _deny(websocket, HTTPStatus.FORBIDDEN)
        elif isinstance(connection, SocketSession):
            take_over(connection, unlist)
            unlist = _nothing
        else:
            websocket.scope["extensions"].get(ON_FLOOD, _ignore)(connection.flooded)
            await websocket.accept()
            await _serve(websocket, service, admitted.party, connection)
    finally:
        unlist()


async def _serve(websocket: WebSocket, service: ServerService, party: str, connection: WebSocketConnection) -> None:
    tasks = [
        asyncio.create_task(_receive_frames(websocket, service, party, connection)),
        asyncio.create_task(connection.send_all()),
        asyncio.create_task(_wait_for_close(connection)),
        asyncio.create_task(_wait_for_timeout(connection)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        async with connection.committing:
            for task in tasks:
                task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await _close_websocket(websocket)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome


async def _wait_for_close(connection: WebSocketConnection) -> None:
    """Wait until the connection is to be closed, and CLOSE_TIMEOUT more for the frames before.

    Without that end, a client that reads nothing would keep a socket that is over, and read its frames hours later.
    """
    await connection.closing.wait()
    await asyncio.sleep(CLOSE_TIMEOUT)


async def _wait_for_timeout(connection: WebSocketConnection) -> None:
    """Wait until the connection has been silent for IDLE_TIMEOUT, or has lived for MAX_LIFETIME, and say so."""
    rotate_at = time.monotonic() + MAX_LIFETIME
    while True:
        left = min(rotate_at, connection.heard_at + IDLE_TIMEOUT) - time.monotonic()
        if left <= 0:
            break
        await asyncio.sleep(left)
    connection.send(Reply((protocol.Bye(code="rotate"),)))
    await asyncio.sleep(CLOSE_TIMEOUT)


async def _receive_frames(
    websocket: WebSocket, service: ServerService, party: str, connection: WebSocketConnection
) -> None:
    def say(said: Reply) -> None:
        service.sockets.flush()
        connection.send(said)

    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        connection.heard_at = time.monotonic()
        text = message.get("text")
        if text is None:
            return  # a binary frame: API Gateway closes the socket, and so does this server
        async with connection.committing:
            await serve_frame(service, party, text, say, connection)


def _nothing() -> None:
    """There is nothing to do at the end: picows has the socket."""


def _ignore(_: Callable[[], None]) -> None:
    """For a server that does not count frames, as in tests."""


async def _deny(websocket: WebSocket, status: HTTPStatus) -> None:
    """Refuse a handshake in API Gateway's form. A browser shows a page only that it was refused."""
    await websocket.send_denial_response(JSONResponse({"message": status.phrase}, status))


async def _close_websocket(websocket: WebSocket) -> None:
    """Close. A client that does not read is waited for no longer than CLOSE_TIMEOUT."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await websocket.close()
    except (WebSocketDisconnect, RuntimeError, TimeoutError):  # it is closed already, or will not take a close frame
        return
