"""In a pass of the loop a few frames of a socket are parsed, whatever they are, and no more than its rate."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from tests.resilience.attack_process import FRAMES, frame
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import rate
from uconnect.entrypoints.server.websocket_protocol import ON_FLOOD, BoundedWebSocketProtocol

HANDSHAKE = (
    b"GET /api/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
CHUNK = 256_000  # bytes that uvloop hands over at once
EVER = rate(per_second=10**9, burst=10**9)


class Transport(asyncio.Transport):
    """Keeps what is written, and whether it would read now."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.reading, self.closed = 0, True, False

    def write(self, data: Any) -> None:
        self.written += len(data)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close


class Counting(BoundedWebSocketProtocol):
    """Counts the frames that were parsed since it was last asked."""

    def _count(self, frames: int, size: int) -> None:
        self.frames_parsed = getattr(self, "frames_parsed", 0) + frames
        super()._count(frames, size)

    def parsed(self) -> int:
        counted, self.frames_parsed = getattr(self, "frames_parsed", 0), 0
        return int(counted)


async def application(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    """Accepts, hears everything and says nothing; a flood it ends."""
    flooded = asyncio.Event()
    scope["extensions"][ON_FLOOD](flooded.set)
    await receive()
    await send({"type": "websocket.accept"})
    ending = asyncio.create_task(flooded.wait())
    while not ending.done():
        hearing = asyncio.create_task(receive())
        await asyncio.wait([hearing, ending], return_when=asyncio.FIRST_COMPLETED)
        if hearing.done() and hearing.result()["type"] == "websocket.disconnect":
            break
    ending.cancel()
    await send({"type": "websocket.close"})


async def connect() -> tuple[Counting, Transport]:
    config = uvicorn.Config(application, ws=Counting, ws_per_message_deflate=False, lifespan="off")
    config.load()
    protocol, transport = Counting(config, ServerState(), {}), Transport()
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    for _ in range(5):
        await asyncio.sleep(0)
    assert protocol.handshake_complete
    return protocol, transport


def flood(name: str) -> bytes:
    beginning, again = FRAMES[name]
    return beginning + again * (CHUNK // len(again))


async def most_in_a_pass(name: str) -> int:
    """The most frames of a flood that were parsed in one pass of the loop."""
    protocol, _ = await connect()
    protocol.data_received(flood(name))
    most = protocol.parsed()
    for _ in range(200):
        await asyncio.sleep(0)
        most = max(most, protocol.parsed())
    protocol.connection_lost(None)
    return most


def run(story: Coroutine[Any, Any, int]) -> int:
    return asyncio.run(story)


MOST = limits.TURN_STEPS + limits.PIECE // len(frame(9))  # the piece that reaches the end is finished


@pytest.mark.parametrize("name", FRAMES)
def test_a_pass_of_the_loop_parses_a_few_frames_of_a_socket_whatever_they_are(name: str) -> None:
    assert run(most_in_a_pass(name)) <= MOST


@pytest.mark.planted(17)
@pytest.mark.parametrize("name", ["empty pings", "empty pongs", "empty fragments"])
def test_no_budget_for_control_frames_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PIECE", CHUNK)  # as uvicorn has it: what came at once is parsed at once
    monkeypatch.setattr(limits, "FRAMES", EVER)
    assert run(most_in_a_pass(name)) > MOST


@pytest.mark.parametrize("name", FRAMES)
def test_a_socket_over_its_rate_is_not_read_from(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAMES", rate(per_second=50, burst=100))
    monkeypatch.setattr(limits, "FRAME_BYTES", rate(per_second=10_000, burst=100_000))

    async def story() -> int:
        protocol, transport = await connect()
        protocol.data_received(flood(name))
        parsed, began = protocol.parsed(), asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < began + 0.3:
            await asyncio.sleep(0)
            parsed += protocol.parsed()
        assert not transport.reading
        protocol.connection_lost(None)
        return parsed

    assert run(story()) <= 100 + MOST + 50


def test_who_stays_within_the_rate_is_heard_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> int:
        protocol, transport = await connect()
        for _ in range(int(limits.FRAMES.burst) // 100):
            protocol.data_received(frame(9) * 100)
            for _ in range(10):
                await asyncio.sleep(0)
        assert transport.reading
        return protocol.parsed()

    assert run(story()) == limits.FRAMES.burst


@pytest.mark.parametrize("name", ["empty pings", "data pings"])
def test_who_floods_on_is_ended(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAMES", rate(per_second=10_000, burst=10))
    monkeypatch.setattr(limits, "FLOOD_SECONDS", 0.05)

    async def story() -> int:
        protocol, transport = await connect()
        async with asyncio.timeout(60):
            while not protocol.close_sent:
                if transport.reading:
                    protocol.data_received(flood(name))
                await asyncio.sleep(0.001)
        protocol.connection_lost(None)
        return int(protocol.close_sent)

    assert run(story())


def test_fragments_without_end_take_no_memory() -> None:
    async def story() -> int:
        protocol, _ = await connect()
        protocol.data_received(frame(1, fin=False))
        for _ in range(4 * limits.FRAGMENTS):
            protocol.data_received(frame(0, fin=False))
            await asyncio.sleep(0)
        return len(protocol.frames)

    assert run(story()) <= limits.FRAGMENTS + 1


def test_a_message_in_fragments_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> int:
        protocol, _ = await connect()
        heard: list[Any] = []
        put = protocol.queue.put_nowait

        def listen(message: Any) -> None:
            heard.append(message.get("text"))
            put(message)

        monkeypatch.setattr(protocol.queue, "put_nowait", listen)
        many = limits.FRAGMENTS + 10
        text = [chr(ord("a") + number % 26) for number in range(many)]
        for number, letter in enumerate(text):
            protocol.data_received(frame(0 if number else 1, letter.encode(), fin=number == many - 1))
        for _ in range(20):
            await asyncio.sleep(0)
        assert heard == ["".join(text)]
        return 0

    run(story())


def test_a_handshake_that_the_parser_refuses_is_ended() -> None:
    async def story() -> int:
        config = uvicorn.Config(application, ws=Counting, lifespan="off")
        config.load()
        protocol, transport = Counting(config, ServerState(), {}), Transport()
        protocol.connection_made(transport)
        protocol.data_received(HANDSHAKE.replace(b"Host: ", b"X-Long: " + b"x" * 9_000 + b"\r\nHost: "))
        return int(transport.closed)

    assert run(story())
