"""Carries a socket on picows, which parses frames in C. It takes the connection over after the handshake was admitted.

`WSProtocol` is no public interface of picows: the version is pinned, and `test_socket_connections` fails if it changes.
What picows leaves to its user is here: messages in fragments, reserved bits, text that is not UTF-8, the rates.
"""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from uconnect.domain.protocol import FRAME_BYTES
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import Budgets
from uconnect.entrypoints.server.socket_session import CLOSE_TIMEOUT, SocketSession

BUFFER = 1_024  # bytes that each socket keeps to be read into
READ = 768  # bytes read at once: a buffer that is ever full would grow, and never shrink
CHARGED = 32  # frames, or CHARGED_BYTES, after which what a socket sent is charged to its budgets
CHARGED_BYTES = 8_192
COPIED = 8_192  # bytes of a frame that picows copies; the head of a longer one would be lost if it had to wait
NOTHING = frozenset[str]()  # shared by all sockets that are read
TEXT = WSMsgType.TEXT  # read for each frame

HANDSHAKE = """GET / HTTP/1.1\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Version: 13\r
Sec-WebSocket-Key: {key}\r
\r
"""


class _Log(logging.LoggerAdapter[logging.Logger]):
    """Our log, without what a stranger can make picows say. It is no Logger, or picows would make one a socket."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        if kwargs.get("exc_info"):  # a fault of ours
            super().log(level, msg, *args, **kwargs)


_log = _Log(logging.getLogger("uconnect"), {})


class PicowsConnection(WSListener):
    """Implements `socket_session.Connection` for one session. `lost` is called when the connection has ended."""

    __slots__ = (
        "_awaits_pong",
        "_budget_timer",
        "_budgets",
        "_bytes",
        "_close_timer",
        "_ending",
        "_fragments",
        "_frames",
        "_holds",
        "_lost",
        "_session",
        "_transport",
        "is_full",
    )  # there are many

    def __init__(self, session: SocketSession, lost: Callable[[], None]) -> None:
        self.is_full = False
        self._session = session
        self._lost = lost
        self._fragments: bytearray | None = None
        self._holds = NOTHING
        self._budgets = Budgets(limits.FRAMES, limits.FRAME_BYTES)
        self._frames = self._bytes = 0
        self._awaits_pong = self._ending = False
        self._budget_timer: asyncio.TimerHandle | None = None
        self._close_timer: asyncio.TimerHandle | None = None

    # --- what picows calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._session.attach(self, self._lost)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self._frames += 1
        self._bytes += frame.payload_size
        if self._frames >= CHARGED or self._bytes >= CHARGED_BYTES:
            self._charge()
        if transport.is_close_frame_sent:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.disconnect()
        elif frame.msg_type == TEXT and frame.fin and self._fragments is None and not _reserved(frame):
            self._receive_text(frame.get_payload_as_utf8_text)
        else:
            self._take_other(frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        for timer in (self._budget_timer, self._close_timer):
            if timer is not None:
                timer.cancel()
        self._session.lost()

    def pause_writing(self) -> None:
        self.is_full = True
        self.hold("unread")

    def closing(self) -> None:
        """Called after bytes that came once a close frame was sent. If it is not ours, picows found no frame in them,
        closes in a moment, and would look for one in all that came until then."""
        if not self._ending:
            self.hold("over")

    def resume_writing(self) -> None:
        self.is_full = False
        self.release("unread")
        self._session.write()

    # --- what the session calls

    def write(self, frames: Sequence[bytes]) -> None:
        if len(frames) == 1 and len(frames[0]) <= COPIED:
            self._transport.send(WSMsgType.TEXT, frames[0])
        elif not self._transport.is_close_frame_sent:
            self._transport.underlying_transport.write(b"".join(map(_framed, frames)))

    def close(self) -> None:
        self._end(WSCloseCode.OK)

    def fail(self) -> None:
        self._end(WSCloseCode.INTERNAL_ERROR)

    def abort(self) -> None:
        self._transport.disconnect(graceful=False)

    def ping(self) -> None:
        if self._awaits_pong:
            self.fail()
            self.abort()
        else:
            self._awaits_pong = True
            self._transport.send_ping()

    def hold(self, reason: str) -> None:
        if not self._holds:
            self._transport.underlying_transport.pause_reading()
        self._holds |= {reason}

    def release(self, reason: str) -> None:
        self._holds = self._holds - {reason} or NOTHING
        if not self._holds and not self._transport.underlying_transport.is_closing():
            self._transport.underlying_transport.resume_reading()

    # --- frames

    def _take_other(self, frame: WSFrame) -> None:
        """A frame that is not a whole text message."""
        kind = frame.msg_type
        if _reserved(frame):
            self._end(WSCloseCode.PROTOCOL_ERROR)
        elif kind == WSMsgType.PING:
            self._transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self._awaits_pong = False
        elif kind == WSMsgType.CLOSE:
            self._ending = True
            code = frame.get_close_code()
            self._transport.send_close(WSCloseCode.OK if code == WSCloseCode.NO_INFO else code)
            self._transport.disconnect()
        elif (kind == WSMsgType.CONTINUATION) != (self._fragments is not None):
            self._end(WSCloseCode.PROTOCOL_ERROR)
        elif kind == WSMsgType.BINARY:
            self._session.receive(None)
        else:
            self._take_fragment(frame)

    def _take_fragment(self, frame: WSFrame) -> None:
        message = self._fragments if self._fragments is not None else bytearray()
        message += frame.get_payload_as_memoryview()
        self._fragments = message
        if len(message) > FRAME_BYTES:
            self._end(WSCloseCode.MESSAGE_TOO_BIG)
        elif frame.fin:
            self._fragments = None
            self._receive_text(message.decode)

    def _receive_text(self, decode: Callable[[], str]) -> None:
        try:
            text = decode()
        except UnicodeDecodeError:
            self._end(WSCloseCode.INVALID_TEXT)
        else:
            self._session.receive(text)

    def _end(self, code: WSCloseCode) -> None:
        """Send a close frame, and wait for the other end's for CLOSE_TIMEOUT."""
        if not self._transport.is_close_frame_sent:
            self._ending = True
            self._transport.send_close(code)
            self._close_timer = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self.abort)

    # --- rates and time

    def _charge(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        wait = self._budgets.spend(self._frames, self._bytes, now=now)
        self._frames = self._bytes = 0
        if self._budgets.seconds_over(now) > limits.FLOOD_SECONDS:
            self.hold("flood")
            self._session.flooded()
        elif wait > 0:
            self.hold("budget")
            if self._budget_timer is not None:
                self._budget_timer.cancel()
            self._budget_timer = loop.call_later(wait, self.release, "budget")


class PicowsProtocol(WSProtocol):  # type: ignore[misc]
    """picows' parser, for a connection that was admitted. It reads a bounded number of bytes at once."""

    __slots__ = ("_connection", "_left")

    def __init__(self, connection: PicowsConnection) -> None:
        super().__init__(
            None,
            None,
            False,  # we are the server
            self._accepted,
            _log,
            True,  # a fault in a listener ends its socket
            None,
            False,
            0,
            0,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,
            FRAME_BYTES,
            None,
            BUFFER,
        )
        self._connection = connection

    def take_over(self, transport: asyncio.Transport, key: str, rest: bytes, left: Callable[[], None]) -> None:
        """Answer the handshake with this `Sec-WebSocket-Key`, and go on with the bytes that came after it.

        The transport does not read just now. `left` is called when it has closed.
        """
        self._left = left
        transport.set_protocol(self)
        is_unix = transport.get_extra_info("socket").family == socket.AF_UNIX
        self.connection_made(_UnixTransport(transport) if is_unix else transport)
        self._feed(HANDSHAKE.format(key=key).encode())
        self.transport.request.headers = self.transport.response.headers = None  # nobody asks for them any more
        self._feed(rest)
        self._connection.release("handshake")

    def _accepted(self, _: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener:
        """What picows asks for once it has read the handshake."""
        return self._connection

    def get_buffer(self, size_hint: int) -> memoryview:
        return super().get_buffer(size_hint)[:READ]  # type: ignore[no-any-return]

    def buffer_updated(self, nbytes: int) -> None:
        super().buffer_updated(nbytes)
        if self.transport.is_close_frame_sent:
            self._connection.closing()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._left()

    def shutdown(self) -> None:
        """Called by uvicorn when the server ends."""
        self.transport.send_close(WSCloseCode.SERVICE_RESTART)
        self.transport.disconnect()

    def _feed(self, data: bytes) -> None:
        while data:
            buffer = self.get_buffer(-1)
            size = min(len(buffer), len(data))
            buffer[:size] = data[:size]
            self.buffer_updated(size)
            data = data[size:]


class _UnixTransport:
    """A Unix socket's transport, for picows, which sets options of TCP on the socket of each."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def get_extra_info(self, name: str) -> Any:
        found = self._transport.get_extra_info(name)
        return _UnixSocket(found) if name == "socket" else found


class _UnixSocket:
    """What picows asks of a socket."""

    def __init__(self, wrapped: socket.socket) -> None:
        self.fileno = wrapped.fileno

    def setsockopt(self, *_: int) -> None:
        """Nothing is held back where there is no network."""

    def getsockopt(self, *_: int) -> int:
        """picows only logs them."""
        return 0


def _reserved(frame: WSFrame) -> bool:
    return bool(frame.rsv1 or frame.rsv2 or frame.rsv3)


def _framed(payload: bytes) -> bytes:
    """A text frame of a server: RFC 6455, section 5.2."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload
