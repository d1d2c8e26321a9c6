"""Serves one WebSocket: frames in one at a time, frames out through a bounded queue."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

import msgspec
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from uconnect.api.websocket import Reply, decode_frame, reply
from uconnect.domain import protocol
from uconnect.entrypoints.server.authentication import Authentication
from uconnect.entrypoints.server.service import ApplicationService
from uconnect.entrypoints.server.websocket_protocol import ON_FLOOD

QUEUE_LIMIT = 512  # that may wait for a slow reader; beyond it, it is told `bye slow`, let go, and resumes
IDLE_TIMEOUT = 600.0  # seconds without a frame, API Gateway's limit kept at home
MAX_LIFETIME = 7_200.0  # seconds a socket lives, the same
CLOSE_TIMEOUT = 2.0  # seconds a closing socket has to take what it was sent


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
        """The other end has sent too much for too long."""
        self._give_up("flood")

    def _give_up(self, code: str) -> None:
        """Say goodbye in place of what waits, which nobody would take in time: it is read again after a resume."""
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
        """Send what is pushed until the line is closed."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._frames:
                await self._websocket.send_text(self._frames.popleft().decode())
            if self._last:
                return


async def serve_websocket(
    websocket: WebSocket, service: ApplicationService, authentication: Authentication, origin: str
) -> None:
    """Serve one socket from its handshake to its end.

    Refused before it opens with 401: no ticket at all, as API Gateway does before it asks anybody; with 403: a page of
    another origin (a foreign site must not ride on a signed-in browser), a ticket that is unknown, used, late, or of a
    session that has ended.
    """
    ticket = parse_qs(websocket.url.query).get("ticket", [""])[0]
    if not ticket:
        await _deny(websocket, HTTPStatus.UNAUTHORIZED)
        return
    admitted = await service.redeem(ticket) if websocket.headers.get("origin") == origin else None
    if admitted is None:
        await _deny(websocket, HTTPStatus.FORBIDDEN)
        return
    # Listed with no await since the ticket was good: a party removed after it has this socket closed too.
    line = WebSocketConnection(websocket)
    with service.listing(admitted, line):
        websocket.scope["extensions"].get(ON_FLOOD, _ignore)(line.flooded)
        # Asked once it is listed: who signs out later finds it there.
        if admitted.session and not await authentication.lasts(admitted.session):
            await _deny(websocket, HTTPStatus.FORBIDDEN)
            return
        await websocket.accept()
        await _serve(websocket, service, admitted.party, line)


async def _serve(websocket: WebSocket, service: ApplicationService, party: str, line: WebSocketConnection) -> None:
    tasks = [
        asyncio.create_task(_receive_frames(websocket, service, party, line)),
        asyncio.create_task(line.send_all()),
        asyncio.create_task(_wait_for_close(line)),
        asyncio.create_task(_wait_for_timeout(line)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        async with line.committing:
            for task in tasks:
                task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await _close_websocket(websocket)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome


async def _wait_for_close(line: WebSocketConnection) -> None:
    """Wait until the line is to be closed, and a moment more for what was sent before.

    Else who reads nothing would keep a socket that is over, and hear hours later what was said before it ended.
    """
    await line.closing.wait()
    await asyncio.sleep(CLOSE_TIMEOUT)


async def _wait_for_timeout(line: WebSocketConnection) -> None:
    """Wait until the line has been silent too long, or has lived long enough."""
    rotate_at = time.monotonic() + MAX_LIFETIME
    while True:
        left = min(rotate_at, line.heard_at + IDLE_TIMEOUT) - time.monotonic()
        if left <= 0:
            break
        await asyncio.sleep(left)
    if time.monotonic() >= rotate_at:
        line.send(Reply((protocol.Bye(code="rotate"),)))
        await asyncio.sleep(CLOSE_TIMEOUT)


async def _receive_frames(
    websocket: WebSocket, service: ApplicationService, party: str, line: WebSocketConnection
) -> None:
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        line.heard_at = time.monotonic()
        text = message.get("text")
        if text is None:
            return  # a binary frame: API Gateway hangs up, and so do we
        heard = decode_frame(party, text)
        if isinstance(heard, Reply):
            service.sockets.flush()
            line.send(heard)
            continue
        async with line.committing:
            outcome = await service.run(heard.use_case)
            service.sockets.flush()
            line.send(reply(heard, outcome))
            service.tell(outcome, exclude=line if heard.key else None)  # its own `read` it hears too


def _ignore(_: Callable[[], None]) -> None:
    """For a server that does not count frames: a test's."""


async def _deny(websocket: WebSocket, status: HTTPStatus) -> None:
    """In API Gateway's form. No browser shows a page more than that it was not let in."""
    await websocket.send_denial_response(JSONResponse({"message": status.phrase}, status))


async def _close_websocket(websocket: WebSocket) -> None:
    """Close, without waiting for a reader that does not read."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await websocket.close()
    except (WebSocketDisconnect, RuntimeError, TimeoutError):  # it is closed already, or will not take a close frame
        return
