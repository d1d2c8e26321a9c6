"""A socket that is over ends, read or not, and nobody keeps more of them than a person could have open."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from starlette.websockets import WebSocket
from tools.protocol_page import BYES

from tests.support.polling import TIMEOUT, poll_async
from uconnect.adapters.realtime.in_process import MOST, Sockets
from uconnect.api.websocket import Reply, decode_frame
from uconnect.domain import protocol
from uconnect.domain.context import Delivery
from uconnect.entrypoints.server import heartbeat, socket_session, websocket_connection
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.socket_session import QUEUE_LIMIT, SocketSession
from uconnect.entrypoints.server.websocket_connection import AsgiConnection

BYE = Reply((protocol.Bye(code="ended"),))


class Unread:
    """A WebSocket whose other end says nothing and reads nothing."""

    def __init__(self) -> None:
        self.closed = False

    async def receive(self) -> dict[str, Any]:
        return await asyncio.Future()

    async def send_text(self, _: str) -> None:
        await asyncio.Future()

    async def close(self, _: int) -> None:
        self.closed = True


def new_session() -> SocketSession:
    return SocketSession("wendy", FramePasses(ServerService.__new__(ServerService)))


def test_a_socket_that_is_over_is_closed_though_nobody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> bool:
        unread, session = Unread(), new_session()
        serving = asyncio.create_task(AsgiConnection(cast(WebSocket, unread)).serve(session))
        await asyncio.sleep(0)
        session.send(BYE)
        async with asyncio.timeout(TIMEOUT):
            await serving
        return unread.closed

    for module in (socket_session, websocket_connection):
        monkeypatch.setattr(module, "CLOSE_TIMEOUT", 0.01)
    assert asyncio.run(story())


class Slow(Unread):
    """A WebSocket whose other end reads when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.read, self.is_sent = asyncio.Event(), list[Any](), False

    async def send_text(self, text: str) -> None:
        self.is_sent = True
        await self.reads.wait()
        self.read.append(msgspec.json.decode(text))


@pytest.mark.parametrize("code", ["slow", "flood"])
def test_who_reads_too_slowly_or_floods_is_told_so_and_then_closed(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a slow reader was cut without the word that the protocol promises. What waited is read after a resume."""
    monkeypatch.setattr(socket_session, "CLOSE_TIMEOUT", 20.0)

    async def story() -> list[Any]:
        slow, session = Slow(), new_session()
        serving = asyncio.create_task(AsgiConnection(cast(WebSocket, slow)).serve(session))
        session.push(b"{}")
        await poll_async(lambda: slow.is_sent, what="the first frame is on its way")
        for number in range(QUEUE_LIMIT):
            session.push(msgspec.json.encode(protocol.Meter(rev=number, open=1, most=5)))
        if code == "flood":
            session.flooded()
        await asyncio.sleep(0)
        session.push(b"{}")
        session.push(b"{}")
        slow.reads.set()
        async with asyncio.timeout(TIMEOUT):
            await serving
        assert slow.closed
        return slow.read

    assert asyncio.run(story())[-1] == {"t": "bye", "code": code}


def serve(act: Callable[[SocketSession, Sockets], object]) -> list[Any]:
    """What the other end of a socket reads until it is closed, when this happens to the socket."""

    async def story() -> list[Any]:
        slow, sockets, session = Slow(), Sockets(), new_session()
        sockets.add(session.party, session)
        serving = asyncio.create_task(AsgiConnection(cast(WebSocket, slow)).serve(session))
        await asyncio.sleep(0)
        act(session, sockets)
        slow.reads.set()
        async with asyncio.timeout(TIMEOUT):
            await serving
        assert slow.closed
        return slow.read

    return asyncio.run(story())


def read_nothing(session: SocketSession, _: Sockets) -> None:
    session.push(b"{}")
    session.write()  # on its way, and not taken
    for _number in range(QUEUE_LIMIT + 1):
        session.push(b"{}")


def open_a_hundred_more(_: SocketSession, sockets: Sockets) -> None:
    for _number in range(MOST):
        sockets.add("wendy", StillOpen())


def speak_another_protocol(session: SocketSession, _: Sockets) -> None:
    answer = decode_frame("wendy", b'{"t":"hello","protocol":99}')
    assert isinstance(answer, Reply)
    session.send(answer)


ENDS: list[tuple[str, Callable[[SocketSession, Sockets], object], dict[str, float]]] = [
    ("slow", read_nothing, {}),
    ("slow", open_a_hundred_more, {}),
    ("flood", lambda session, _: session.flooded(), {}),
    ("reload", speak_another_protocol, {}),
    ("ended", lambda _, sockets: sockets.deliver([Delivery("wendy", BYE.frames[0])]), {}),
    ("restart", lambda _, sockets: sockets.close_all("restart"), {}),
    ("rotate", lambda session, _: None, {"MAX_LIFETIME": 0.01}),
    ("rotate", lambda session, _: None, {"IDLE_TIMEOUT": 0.01}),
]


@pytest.mark.parametrize(("code", "act", "limits"), ENDS)
def test_each_end_of_a_socket_is_told_with_the_word_that_the_protocol_promises(
    code: str,
    act: Callable[[SocketSession, Sockets], object],
    limits: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "TICK", 0.001)
    for name, value in {"CLOSE_TIMEOUT": 20.0, **limits}.items():
        monkeypatch.setattr(socket_session, name, value)
    assert serve(act)[-1] == {"t": "bye", "code": code}


def test_the_ends_that_the_protocol_names_are_those_that_there_are() -> None:
    assert {code for code, *_ in ENDS} == set(BYES)
    assert set(re.findall(r"`(\w+)`", protocol.Bye.__doc__ or "")) == set(BYES)


class StillOpen:
    """A socket that keeps what it is told."""

    def __init__(self) -> None:
        self.frames: list[Any] = []
        self.closed = False

    def push(self, frame: bytes) -> None:
        self.frames.append(msgspec.json.decode(frame))

    def close(self) -> None:
        self.closed = True


def test_a_party_has_no_more_sockets_than_a_hundred_and_the_oldest_gives_way() -> None:
    sockets, opened, other = Sockets(), [StillOpen() for _ in range(MOST + 1)], StillOpen()
    sockets.add("ann", other)
    for socket in opened:
        sockets.add("wendy", socket)
    assert [it.closed for it in opened] == [True] + [False] * MOST
    assert opened[0].frames == [{"t": "bye", "code": "slow"}]
    assert not other.closed
    sockets.remove("wendy", opened[0])  # as its line does when it ends
    assert sockets.parties == ("ann", "wendy")


def test_whoever_is_told_first_is_served_before_anything_is_done_for_the_others() -> None:
    later: list[Callable[[], None]] = []
    sockets, ann, school = Sockets(soon=later.append), StillOpen(), StillOpen()
    sockets.add("ann", ann)
    sockets.add("school", school)
    sockets.deliver([Delivery("ann", protocol.Pong()), Delivery("school", protocol.Pong())])
    assert (len(ann.frames), len(school.frames)) == (1, 0)
    for do in later:
        do()
    assert (len(ann.frames), len(school.frames)) == (1, 1)


def test_what_was_decided_first_is_told_first() -> None:
    sockets, wendy = Sockets(soon=lambda _: None), StillOpen()
    sockets.add("wendy", wendy)
    sockets.deliver([Delivery("ann", None), Delivery("wendy", protocol.Meter(rev=1, open=1, most=5))])
    sockets.deliver([Delivery("wendy", protocol.Bye(code="ended"))])
    assert [it["t"] for it in wendy.frames] == ["meter", "bye"]
