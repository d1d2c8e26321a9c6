"""Of a connection a few requests are kept, however many it sends at once, and a proxy's people each have their own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from tests.resilience.attack_process import frame
from tests.unit.server.test_wire_protocol import CHUNK, EVER, HANDSHAKE, Transport, application
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import rate
from uconnect.entrypoints.server.connections import Connections
from uconnect.entrypoints.server.http_protocol import HttpProtocol, bounded
from uconnect.entrypoints.server.websocket_protocol import BoundedWebSocketProtocol

REQUEST = b"GET / HTTP/1.1\r\n\r\n"
FEW = limits.PIECE // len(REQUEST) + 2


class Peer(Transport):
    """A transport to an address, which keeps what is written."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.answers = address, b""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self.address, 50_000) if name == "peername" else default

    def write(self, data: Any) -> None:
        self.answers += data

    def write_eof(self) -> None:
        """Nothing."""


Asgi = Callable[[Any, Callable[[], Any], Callable[[Any], Any]], Awaitable[None]]


class Application:
    """Answers when it may."""

    def __init__(self) -> None:
        self.go, self.requests = asyncio.Event(), 0

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        self.requests += 1
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})


def connect(
    application: Asgi, connection_limits: Connections | None = None, address: str = "198.18.0.1"
) -> tuple[HttpProtocol, Peer]:
    kind = bounded(connection_limits or Connections())
    config = uvicorn.Config(application, http=kind, lifespan="off", proxy_headers=False)
    config.load()
    protocol, transport = kind(config, ServerState(), {}), Peer(address)
    protocol.connection_made(transport)
    return protocol, transport


async def passes(many: int = 10) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


async def open_connections() -> int:
    """How many of thousands of requests that come at once are kept while the first is answered."""
    protocol, transport = connect(Application())
    protocol.data_received(REQUEST * (CHUNK // len(REQUEST)))
    await passes()
    assert not transport.reading
    waiting = len(protocol.pipeline)
    protocol.connection_lost(None)
    return waiting


def test_a_few_requests_wait_however_many_are_sent_at_once() -> None:
    assert 0 < asyncio.run(open_connections()) <= FEW


@pytest.mark.planted(17)
def test_a_pipeline_without_an_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PIECE", CHUNK)  # as uvicorn has it: what came at once is parsed at once
    assert asyncio.run(open_connections()) > FEW


def test_all_that_were_sent_at_once_are_answered_in_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS", EVER)
    monkeypatch.setattr(limits, "ADDRESS_REQUESTS", EVER)

    async def story() -> None:
        application = Application()
        application.go.set()
        protocol, transport = connect(application)
        protocol.data_received(REQUEST * 500)
        await passes(5_000)
        assert application.requests == 500
        assert transport.answers.count(b"HTTP/1.1 200 OK") == 500
        assert transport.reading
        protocol.connection_lost(None)

    asyncio.run(story())


def test_a_connection_over_its_rate_is_not_read_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS", rate(per_second=1, burst=50))

    async def story() -> None:
        application = Application()
        application.go.set()
        protocol, transport = connect(application)
        protocol.data_received(REQUEST * 500)
        await passes(2_000)
        assert application.requests <= 50 + FEW
        assert not transport.reading
        protocol.connection_lost(None)

    asyncio.run(story())


def test_an_address_over_its_rate_waits_on_new_connections_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_REQUESTS", rate(per_second=1, burst=10))

    async def story() -> None:
        application, connection_limits = Application(), Connections(now=lambda: 0.0)
        application.go.set()
        for _ in range(30):
            protocol, _ = connect(application, connection_limits)
            protocol.data_received(REQUEST)
            await passes()
            protocol.connection_lost(None)
        assert application.requests == 10
        protocol, _ = connect(application, connection_limits, "198.18.0.2")
        protocol.data_received(REQUEST)
        await passes()
        assert application.requests == 11, "another is served"
        protocol.connection_lost(None)

    asyncio.run(story())


def test_an_address_that_would_wait_too_long_is_refused_and_waits_no_longer_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_REQUESTS", rate(per_second=1, burst=10))

    async def story() -> None:
        connection_limits, answers = Connections(now=lambda: 0.0), []
        for _ in range(60):
            application = Application()
            application.go.set()
            protocol, transport = connect(application, connection_limits)
            protocol.data_received(REQUEST)
            await passes()
            answers.append(transport.answers[:13])
            protocol.connection_lost(None)
        late = int(limits.TURN_SECONDS)
        assert answers == [b"HTTP/1.1 200 "] * 10 + [b""] * late + [b"HTTP/1.1 429 "] * (50 - late)
        assert connection_limits.request("198.18.0.1") <= limits.TURN_SECONDS + 1

    asyncio.run(story())


def test_behind_a_proxy_whoever_asks_too_much_is_refused_and_holds_nobody_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_REQUESTS", rate(per_second=0.01, burst=10))
    monkeypatch.setattr(limits, "REQUESTS", rate(per_second=0.01, burst=1))

    async def story() -> None:
        application = Application()
        application.go.set()
        protocol, transport = connect(application, Connections(["10.0.0.4"]), "10.0.0.4")
        for address in ("9.9.9.9, 198.18.0.1", "198.18.0.2"):
            request = b"GET / HTTP/1.1\r\nX-Forwarded-For: " + address.encode() + b", 10.0.0.4\r\n\r\n"
            protocol.data_received(request * 15)
            await passes(500)
        assert application.requests == 20
        assert transport.answers.count(b"HTTP/1.1 429 ") == 10
        assert b'"code":"too_fast"' in transport.answers
        assert transport.answers.count(b"retry-after: 1\r\n") == 10
        protocol.connection_lost(None)

    asyncio.run(story())


def test_a_request_that_was_begun_is_told_when_its_connection_is_lost() -> None:
    async def story() -> None:
        application = Application()
        protocol, transport = connect(application)
        protocol.data_received(REQUEST * 3)
        await passes()
        protocol.connection_lost(None)
        application.go.set()
        await passes()
        assert transport.answers == b""
        assert application.requests == 1, "nobody waits for the others"

    asyncio.run(story())


def test_a_request_that_waits_is_told_that_its_connection_is_lost_though_others_came_after_it() -> None:
    """Else it keeps its turn in the line of those who sign in, for as many as an abuser cares to send."""
    told: list[str] = []

    async def waiting(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        await receive()
        told.append((await receive())["type"])

    async def story() -> None:
        protocol, _ = connect(waiting)
        protocol.data_received(REQUEST * 3)
        await passes()
        protocol.connection_lost(None)
        await passes()
        assert told == ["http.disconnect"]

    asyncio.run(story())


def test_what_came_with_a_handshake_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvicorn's own protocol drops what a client sent after its handshake in the same packet."""

    async def story() -> None:
        kind = bounded(Connections())
        config = uvicorn.Config(
            application, http=kind, ws=BoundedWebSocketProtocol, lifespan="off", proxy_headers=False
        )
        config.load()
        protocol, transport = kind(config, ServerState(), {}), Peer("198.18.0.1")
        upgraded: list[Any] = []
        monkeypatch.setattr(transport, "set_protocol", upgraded.append)
        monkeypatch.setattr(transport, "get_protocol", lambda: upgraded[-1])
        protocol.connection_made(transport)
        protocol.data_received(HANDSHAKE + frame(9, b"early"))
        await passes()
        assert b"101 Switching Protocols" in transport.answers
        assert b"\x8a\x05early" in transport.answers
        upgraded[-1].connection_lost(None)
        assert protocol.connection_limits._total == 0

    asyncio.run(story())


class BodyReader:
    """Reads a request to its end, or until it is told that nothing more comes, and answers with what it read."""

    def __init__(self) -> None:
        self.read, self.ended, self.headers = bytearray(), "", list[Any]()

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        more = True
        while more:
            message = await receive()
            self.ended = message["type"]
            self.read += message.get("body", b"")
            more = message.get("more_body", False)
        self.headers = scope["headers"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})


async def answer_at_once(_: Any, __: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
LOOSE = {
    "a byte in each chunk": b"1\r\nx\r\n" * 200_000,
    "an endless extension": b"1;" + b"x" * 1_000_000,
    "an extension for each chunk": (b"1;" + b"x" * 60 + b"\r\nx\r\n") * 20_000,
    "a size of many zeros": b"0" * 1_000_000,
    "an endless trailer": b"0\r\nX-Long: " + b"x" * 1_000_000,
    "endless trailers": b"0\r\n" + b"X-More: y\r\n" * 100_000,
}


@pytest.mark.parametrize("name", LOOSE)
@pytest.mark.parametrize("answered", [False, True])
def test_a_body_that_is_all_framing_is_parsed_for_a_few_kilobytes(name: str, answered: bool) -> None:
    """Once a megabyte of chunks with a byte each was parsed and joined, for nobody."""

    async def story() -> None:
        reader = BodyReader()
        protocol, transport = connect(answer_at_once if answered else reader)
        parsed = 0
        parse = protocol.intake._parse

        def counting(piece: bytes) -> int:
            nonlocal parsed
            parsed += len(piece)
            return parse(piece)

        protocol.intake._parse = counting
        protocol.data_received(CHUNKED)
        await passes()
        protocol.data_received(LOOSE[name])
        await passes(5_000)
        assert parsed < 2 * limits.FRAMING_BYTES
        assert not transport.reading
        status = b"401" if answered else b"400"
        assert transport.answers.startswith(b"HTTP/1.1 " + status)
        assert transport.answers.count(b"HTTP/1.1") == 1
        if not answered:
            assert reader.ended == "http.disconnect"
        protocol.connection_lost(None)

    asyncio.run(story())


@pytest.mark.parametrize("size", [64, 1_000, 20_000])
def test_a_body_in_pieces_of_a_sensible_size_is_read_whole(size: int) -> None:
    async def story() -> None:
        reader = BodyReader()
        protocol, transport = connect(reader)
        body = b"x" * 60_000
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        protocol.data_received(CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(it), it) for it in chunks) + b"0\r\n\r\n")
        await passes(1_000)
        assert bytes(reader.read) == body
        assert transport.answers.startswith(b"HTTP/1.1 200 ")
        protocol.connection_lost(None)

    asyncio.run(story())


def test_a_trailer_is_no_header() -> None:
    async def story() -> None:
        reader = BodyReader()
        protocol, _ = connect(reader)
        protocol.data_received(CHUNKED + b"1\r\nx\r\n0\r\nAuthorization: Bearer stolen\r\n\r\n")
        await passes()
        assert reader.read == b"x"
        assert [name for name, _ in reader.headers] == [b"transfer-encoding"]
        protocol.connection_lost(None)

    asyncio.run(story())


def test_a_long_body_is_dropped_unread_soon_after_its_answer() -> None:
    async def story() -> None:
        protocol, transport = connect(answer_at_once)
        protocol.data_received(b"POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n")
        await passes()
        protocol.data_received(b"x" * 2 * limits.UNWANTED_BYTES)
        await passes(5_000)
        assert not transport.reading
        assert protocol._unwanted <= limits.UNWANTED_BYTES + limits.PIECE
        protocol.connection_lost(None)

    asyncio.run(story())
