"""Serves one connection's HTTP requests, with limits on head, body, pipelining and time that hold before sign-in.

A server in front may have such limits too; these hold without one.
"""

import asyncio
from http import HTTPStatus
from typing import cast

import httptools
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from uconnect.api import http
from uconnect.entrypoints.server import limits, security_headers
from uconnect.entrypoints.server.budget import Budget
from uconnect.entrypoints.server.connections import Connections
from uconnect.entrypoints.server.intake import Intake
from uconnect.entrypoints.server.trusted_proxies import UNIX
from uconnect.entrypoints.server.websocket_protocol import BoundedWebSocketProtocol

Refusal = tuple[HTTPStatus, str]

MALFORMED: Refusal = (HTTPStatus.BAD_REQUEST, "This is not an HTTP request.")
LONG_ADDRESS: Refusal = (HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long.")
LONG_HEAD: Refusal = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request has too many headers, or too long ones.")
TIMED_OUT: Refusal = (HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
LOOSE_BODY: Refusal = (HTTPStatus.BAD_REQUEST, "The body came in too many small pieces.")
FULL: Refusal = (HTTPStatus.SERVICE_UNAVAILABLE, "There are too many connections. Try again in a moment.")
LONG_BODY = "a body that went on after its answer"

SECURITY_HEADERS = security_headers.raw()
IDLE, HEAD, BODY = "idle", "head", "body"


class _MalformedRequest(Exception):
    """Raised in a callback of the parser, which stops it."""


class _Flow(FlowControl):
    """Uvicorn's wish to read or not, as one of the reasons that hold an intake."""

    def __init__(self, transport: asyncio.Transport, intake: Intake) -> None:
        super().__init__(transport)
        self._intake = intake

    def pause_reading(self) -> None:
        self.read_paused = True
        self._intake.hold("flow")

    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self._intake.release("flow")


class HttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, with `limits`. What exceeds one is answered in words where that is possible, then closed.

    Uvicorn reads pipelined requests without end, keeps a head of any length, and waits for ever for the rest of one.
    """

    connection_limits: Connections
    intake: Intake

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.intake = Intake(transport, self._parse, self.loop)
        self.flow = _Flow(transport, self.intake)
        self._phase = IDLE
        self._steps = self._head_bytes = 0
        self._body_bytes = self._content = self._unwanted = 0  # as sent, without its framing, and after its answer
        self._deadline: tuple[str, asyncio.TimerHandle] | None = None
        self._over = False  # refused: what still arrives is dropped
        self._served: RequestResponseCycle | None = None  # whose answer is under way
        self._newest: RequestResponseCycle | None = None  # the last that was read, which may have to wait for it
        self._why = MALFORMED
        self._delay = 0.0  # seconds that the request just read waits for its turn
        self._budget = Budget(limits.REQUESTS)
        self.client = self.client or (UNIX, 0)
        self._address = self.client[0]
        if not self.connection_limits.admit(self._address):
            self._refuse(FULL)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        self.intake.close()
        self.pipeline.clear()
        if self._served is not None:
            self._served.disconnected = True  # uvicorn tells the newest alone, which may not have begun
            self._served.message_event.set()
        super().connection_lost(exc)
        self.connection_limits.release(self._address)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self.intake.feed(data)

    # --- parsing

    def _parse(self, piece: bytes) -> int:
        """One piece. Returns how many callbacks it took."""
        self._steps = 0
        if self._phase != BODY:
            self._head_bytes += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(piece[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._why)
        else:
            self._check(len(piece))
        return self._steps

    def _check(self, size: int) -> None:
        if self._phase != BODY and self._head_bytes > limits.HEAD_BYTES:
            self._refuse(LONG_HEAD)
        elif self._phase == BODY:
            self._check_body(size)
        self._set_deadline()

    def _check_body(self, size: int) -> None:
        """Refuse a body whose framing is more than its content is worth: one byte in each chunk is a callback a byte,
        and an endless chunk extension or trailer is no content at all. Drop a body that goes on after its answer."""
        self._body_bytes += size
        framing = self._body_bytes - self._content
        is_loose = framing > limits.FRAMING_BYTES + self._content * limits.FRAMING_SHARE
        if self._is_answered():
            self._unwanted += size
            if is_loose or self._unwanted > limits.UNWANTED_BYTES:
                self._drop()
        elif is_loose:
            self._refuse(LOOSE_BODY)

    def _drop(self) -> None:
        """End a connection that has its answer and sends on. What it sends is not parsed any more."""
        self._over = True
        self.connection_limits.refused(LONG_BODY)
        self.transport.write_eof()
        self._linger()

    def on_message_begin(self) -> None:
        self._phase, self._steps = HEAD, self._steps + 1
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > limits.URL_BYTES:
            self._stop(LONG_ADDRESS)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._steps += 1
        if self._phase == BODY:  # a trailer, which nobody reads: it must not pass for a header (RFC 9110, 6.5.1)
            return
        super().on_header(name, value)
        if len(self.headers) > limits.HEADERS:
            self._stop(LONG_HEAD)

    def on_headers_complete(self) -> None:
        self._phase, self._head_bytes = BODY, 0
        self._body_bytes = self._content = self._unwanted = 0
        self.app = too_fast if self._count() else self.config.loaded_app
        super().on_headers_complete()
        self._newest = self.cycle
        if self.pipeline:
            self.intake.hold("pipeline")

    def _count(self) -> bool:
        """Count a request. Returns whether it is to be refused.

        It waits for its turn if that is soon. What a proxy carries for many cannot be held back, so there none waits.
        """
        forwarded = self._forwarded() if self._address in self.connection_limits.proxies else ""
        patience = 0.0 if forwarded else limits.TURN_SECONDS
        wait = self.connection_limits.request(forwarded or self._address, patience)
        refused = wait > patience
        self._delay = 0.0 if refused else wait
        if not forwarded:
            self._hold("budget", max(wait, self._budget.spend(1, self.loop.time())))
        return refused

    def _forwarded(self) -> str:
        """Whom a trusted proxy speaks for: the last address in its header that is no proxy's."""
        told = b",".join(value for name, value in self.headers if name == b"x-forwarded-for").decode("latin-1")
        others = [each for it in told.split(",") if (each := it.strip()) not in self.connection_limits.proxies]
        return others[-1] if others else ""

    def _hold(self, reason: str, seconds: float) -> None:
        if seconds > 0:
            self.intake.hold(reason, seconds)

    def on_body(self, body: bytes) -> None:
        self._steps += 1
        self._content += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase = IDLE
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self.intake.release("pipeline")
        self._set_deadline()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._served = cycle
        if self._delay > 0:
            self.loop.call_later(self._delay, self._start_late, cycle, app)
        else:
            super()._start_asgi_task(cycle, app)

    def _start_late(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if not cycle.disconnected:
            super()._start_asgi_task(cycle, app)

    def _is_answered(self) -> bool:
        """Whether all that was read has its answer."""
        return self._newest is None or self._newest.response_complete

    def _stop(self, why: Refusal) -> None:
        self._why = why
        raise _MalformedRequest

    # --- an upgrade to a socket

    def _upgrade(self, rest: bytes) -> None:
        if not self._should_upgrade():
            return
        if not self._is_answered():  # the answer to another request is still on its way
            self._refuse(MALFORMED)
            return
        self._end_deadline()
        rest += self.intake.close()
        address, connection_limits = self._address, self.connection_limits
        self.handle_websocket_upgrade()
        socket = cast(BoundedWebSocketProtocol, self.transport.get_protocol())
        socket.left = lambda: connection_limits.release(address)
        socket.intake.feed(rest)

    def _unsupported_upgrade_warning(self) -> None:
        """It is answered as if it had not asked for one. Whoever knocks does not fill the log."""

    # --- time

    def _set_deadline(self) -> None:
        """While we wait for a head or a body, there is an end to it."""
        waits = self._waits_for()
        if self._deadline is not None and self._deadline[0] == waits:
            return
        self._end_deadline()
        if waits != IDLE and not self.transport.is_closing():
            seconds = limits.HEAD_SECONDS if waits == HEAD else limits.BODY_SECONDS
            self._deadline = (waits, self.loop.call_later(seconds, self._late))

    def _waits_for(self) -> str:
        if self._over or self.timeout_keep_alive_task is not None:  # uvicorn itself closes what is idle
            return IDLE
        if self._phase == IDLE and self._is_answered():
            return HEAD
        return self._phase  # while a request is served, and no other has begun: idle

    def _late(self) -> None:
        self._deadline = None
        if self._head_bytes == 0 and self._phase == IDLE:
            self.transport.close()  # it has said nothing: browsers open connections that they may need
        else:
            self._refuse(TIMED_OUT)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline[1].cancel()
            self._deadline = None

    # --- refusing

    def _refuse(self, why: Refusal) -> None:
        """Answer if no answer is under way, drop what still arrives, and close."""
        if self._over:
            return
        self._over = True
        self._end_deadline()
        self.connection_limits.refused(why[1])
        self.pipeline.clear()
        self.intake.hold("over")
        served = self._served
        if served is None or served.response_complete:
            self._send_error(*why)
        elif served.response_started or not served.more_body:  # an earlier request, whose answer is under way
            served.keep_alive = False
        else:
            self._send_error(*why)
            served.disconnected = True
            served.message_event.set()

    def _send_error(self, status: HTTPStatus, sentence: str) -> None:
        """The last answer. The connection is half closed: closed at once, what still arrives would undo the answer."""
        body = f"{sentence}\n".encode()
        about = f"content-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        every = b"".join(b"%s: %s\r\n" % each for each in SECURITY_HEADERS)
        self.transport.write(STATUS_LINE[status] + every + about.encode() + body)
        self.transport.write_eof()
        self._linger()

    def _linger(self) -> None:
        """Closed at once, what still arrives would undo the answer. Who is held back does not come again so soon."""
        self.intake.hold("over")
        self.loop.call_later(limits.LINGER_SECONDS, self.transport.abort)


async def too_fast(_: Scope, __: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The answer to a request of an address that sends too many."""
    answer = http.TOO_FAST
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer.body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in http.RETRY_AFTER.items()]
    headers += SECURITY_HEADERS
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def bounded(connections: Connections) -> type[HttpProtocol]:
    """The protocol of a server whose connections are counted there."""
    return type("BoundedHttp", (HttpProtocol,), {"connection_limits": connections})
