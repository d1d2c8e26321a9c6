"""Reads one WebSocket's bytes within a budget of frames and bytes. A client that does not read is not read from."""

from asyncio.transports import BaseTransport, Transport
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Response

from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import Budgets
from uconnect.entrypoints.server.intake import Intake
from uconnect.entrypoints.server.picows_protocol import PicowsConnection, PicowsProtocol
from uconnect.entrypoints.server.socket_session import SocketSession

UNREAD_TIMEOUT = 60_000  # ms that the system keeps what the other end does not take (TCP_USER_TIMEOUT, see tcp(7))
ON_FLOOD = "uconnect.on_flood"  # the scope's extension: a function that takes what to do when the socket floods us
TAKE_OVER = "uconnect.take_over"  # the scope's extension: a function that gives the connection to a session


def _nothing() -> None:
    """Nobody counts this connection."""


class BoundedWebSocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's protocol, without its trust in the other end.

    Uvicorn pauses reading after a data frame only: pings, pongs and fragments are parsed without end, and pings are
    answered before any application sees them. Here every kind of frame counts: `Intake` parses a bounded number a loop
    pass, and `Budgets` stop the reading of a socket beyond its rate. One that goes on for FLOOD_SECONDS is ended.

    It reads the handshake, and all frames where `takes_over` is off or the application does not ask for it.

    Reading also stops while the other end takes nothing. And a close does not wait for what is still to be taken: the
    connection is broken off.
    """

    intake: Intake
    left: Callable[[], None] = staticmethod(_nothing)  # called when the connection has ended
    _is_taken_over = False
    takes_over = True  # whether picows carries an admitted socket; if not, the application does, by ASGI

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.intake = Intake(cast(Transport, transport), self._parse, self.loop)
        self.intake.hold("handshake")  # a frame before its answer is to wait: the library cannot refuse one yet
        self._budgets = Budgets(limits.FRAMES, limits.FRAME_BYTES)
        self._on_flood: Callable[[], None] = self.transport.abort
        self._answer, self.conn.send_response = self.conn.send_response, self._send_response  # type: ignore[method-assign]

    def _send_response(self, response: Response) -> None:
        """The library refuses a handshake by itself, without our headers."""
        for name, value in SECURITY_HEADERS.items() if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS else ():
            if name not in response.headers:
                response.headers[name] = value
        self._answer(response)

    def connection_lost(self, exc: Exception | None) -> None:
        self.intake.close()
        super().connection_lost(exc)
        self.left()

    def data_received(self, data: bytes) -> None:
        if self.handshake_initiated:
            self.intake.feed(data)
        else:
            self._begin(data)

    def _begin(self, head: bytes) -> None:
        """The request as the HTTP protocol read it, whose limits it has passed; this parser has others of its own."""
        super().data_received(head)
        if not self.handshake_initiated:
            self.transport.abort()

    def _parse(self, piece: bytes) -> int:
        self.conn.receive_data(piece)
        frames = len(self.conn.events)
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        else:
            self.handle_events()
        if self.transport.is_closing():
            self.intake.close()
        else:
            self._count(frames, len(piece))
        return frames

    def _count(self, frames: int, size: int) -> None:
        now = self.loop.time()
        wait = self._budgets.spend(frames, size, now=now)
        if self._budgets.seconds_over(now) > limits.FLOOD_SECONDS:
            self.intake.hold("flood")
            self._on_flood()
        elif wait > 0:
            self.intake.hold("budget", wait)

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > limits.FRAGMENTS:
            self.frames = [b"".join(self.frames)]

    def send_receive_event_to_app(self) -> None:
        super().send_receive_event_to_app()
        if self.read_paused:
            self.intake.hold("application")

    def pause_writing(self) -> None:
        super().pause_writing()
        self.intake.hold("unread")

    def resume_writing(self) -> None:
        super().resume_writing()
        self.intake.release("unread")

    async def receive(self) -> Any:
        message = await super().receive()
        if not self.read_paused:
            self.intake.release("application")
        return message

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.handshake_complete:
            self.intake.release("handshake")
        if self.close_sent:  # from here on what arrives is dropped, but for the answer to our close
            self.intake.release("application")

    async def run_asgi(self) -> None:
        extensions = cast(dict[str, Any], self.scope.get("extensions"))
        extensions[ON_FLOOD] = self._set_on_flood
        if self.takes_over:
            extensions[TAKE_OVER] = self._take_over
        try:
            await super().run_asgi()
        finally:
            if self._is_taken_over:
                self._forget()
            else:
                self._break_off_if_unread()

    def _take_over(self, session: SocketSession, lost: Callable[[], None]) -> None:
        """Accept, and give the connection to picows. `lost` is called when it has ended."""
        rest = self.intake.close()
        if self.disconnected or self.transport.is_closing():
            lost()
            return
        protocol, connections, release = PicowsProtocol(PicowsConnection(session, lost)), self.connections, self.left
        connections.remove(self)
        connections.add(protocol)

        def left() -> None:
            connections.discard(protocol)
            release()

        self._is_taken_over = self.handshake_complete = True
        self.close_timer = self.loop.call_later(0, _nothing)  # or uvicorn would close what is ours no more
        protocol.take_over(self.transport, self.request.headers["Sec-WebSocket-Key"], rest, left)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._break_off_if_unread()

    def _forget(self) -> None:
        """Let go of all that a handshake needs, about 15 KB: uvloop's transport keeps us as long as it lives."""
        tasks = self.tasks  # of which ours is over in a moment
        self.__dict__.clear()
        self.tasks = tasks

    def _set_on_flood(self, on_flood: Callable[[], None]) -> None:
        self._on_flood = on_flood

    def _break_off_if_unread(self) -> None:
        if not self.writable.is_set():
            self.transport.abort()
