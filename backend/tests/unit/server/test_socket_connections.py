"""What goes over the wire of an admitted socket (RFC 6455), by picows and by plain ASGI alike."""

import asyncio
import re
import socket
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

import msgspec
import pytest
import uvloop

from tests.resilience.attack_process import frame
from tests.support.polling import poll, poll_async
from tests.support.stores import fresh
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.protocol import FRAME_BYTES
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import messages, registration, threads, tickets
from uconnect.domain.usecases.registration import Registration
from uconnect.entrypoints.cli.main import Server, _config
from uconnect.entrypoints.server import heartbeat, picows_protocol, settings, socket_session
from uconnect.entrypoints.server.container import build
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.socket_session import QUEUE_LIMIT, UNDECIDED, WRITTEN, SocketSession
from uconnect.entrypoints.server.websocket_protocol import BoundedWebSocketProtocol

PATIENCE = 60.0  # seconds
PING, PONG = b'{"t":"ping"}', b'{"t":"pong"}'
TEXT, BINARY, CLOSE, WS_PING, WS_PONG = 1, 2, 8, 9, 10
Frame = tuple[int, bytes]


class Wire:
    """The other end of a socket, byte by byte. To be closed."""

    def __init__(self, port: int, ticket: str, more: bytes = b"") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        head = (
            f"GET /api/socket?ticket={ticket} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        self.send(head.encode() + more)
        self._read = bytearray()
        while b"\r\n\r\n" not in self._read:
            self._read += self._more()
        answered, _, rest = bytes(self._read).partition(b"\r\n\r\n")
        self.head, self._read = answered, bytearray(rest)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def frame(self) -> Frame:
        """The next frame: its opcode and its payload."""
        first, size = self._take(2)
        assert first & 0x80
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        return first & 0x0F, self._take(size)

    def frames(self) -> list[Frame]:
        """All frames until the close frame, which is the last."""
        found = [self.frame()]
        while found[-1][0] != CLOSE:
            found.append(self.frame())
        return found

    def closes(self) -> int:
        """The code of the close frame that comes next; then the connection ends, once we have answered it."""
        opcode, payload = self.frame()
        assert opcode == CLOSE, payload
        with suppress(ConnectionResetError, BrokenPipeError):
            self.send(frame(CLOSE, payload))
            assert not self._read
            assert self._socket.recv(1) == b""
        return int.from_bytes(payload[:2])

    def close(self) -> None:
        self._socket.close()

    def _take(self, size: int) -> bytes:
        while len(self._read) < size:
            self._read += self._more()
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken

    def _more(self) -> bytes:
        more = self._socket.recv(65_536)
        assert more, "the connection has ended"
        return more


@dataclass
class Running:
    """A server that answers on `port`: a user, its thread, and the school that the thread was raised to."""

    port: int
    store: SqliteStore
    user: str
    thread: str
    school: str
    wires: ExitStack

    def connect(self, more: bytes = b"", by: str = "") -> Wire:
        ticket = answer(self.store, partial(tickets.issue, by=by or self.user)).ticket
        wire = Wire(self.port, ticket, more)
        self.wires.callback(wire.close)
        return wire


def answer(store: SqliteStore, use_case: UseCase[Any]) -> Any:
    outcome = store.run(use_case)
    assert isinstance(outcome, Plan), outcome
    return outcome.answer


def register(store: SqliteStore, site: Kind) -> str:
    name = site.value
    command = Registration(site=site, issuer="issuer", subject=name, email=f"{name}@example.org", name=name)
    return str(answer(store, partial(registration.register, command=command)))


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    listening = socket.create_server(("127.0.0.1", 0))
    (folder / "sites").mkdir()
    port = listening.getsockname()[1]
    ready: Future[tuple[Server, SqliteStore]] = Future()

    async def serve() -> None:
        given = {"DATA": str(folder / "data"), "SITES": str(folder / "sites"), "PORT": str(port)}
        container = build(settings.read(given))
        server = Server(_config(container, with_demo=False), container.service)
        ready.set_result((server, container.service.store))
        await server.serve([listening])

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="server")
    thread.start()
    server, store = ready.result(PATIENCE)
    try:
        school, user = register(store, Kind.SCHOOL), register(store, Kind.USER)
        command = Raise(key=fresh(), school=school, subject="A question", text="Hello")
        raised = answer(store, partial(threads.raise_, by=user, command=command))
        with ExitStack() as wires:
            yield Running(port, store, user, raised.row.id, school, wires)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture(params=["picows", "asgi"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(BoundedWebSocketProtocol, "takes_over", request.param == "picows")
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], threading.Event]]:
    """What makes the disk stall from now on, until its event is set."""
    go_on, end = threading.Event(), Database._end

    def wait(database: Database) -> None:
        go_on.wait(PATIENCE)
        end(database)

    def stall() -> threading.Event:
        monkeypatch.setattr(Database, "_end", wait)
        return go_on

    yield stall
    go_on.set()


def send(server: Running, text: str = "Which form?") -> bytes:
    return msgspec.json.encode({"t": "send", "key": fresh(), "id": server.thread, "text": text})


def decoded(frame: Frame) -> dict[str, Any]:
    opcode, payload = frame
    assert opcode == TEXT, payload
    found: dict[str, Any] = msgspec.json.decode(payload)
    return found


def ack(wire: Wire) -> dict[str, Any]:
    """The next ack; what others write is not waited for."""
    while (heard := decoded(wire.frame()))["t"] != "ack":
        pass
    return heard


def fragments(*parts: bytes) -> bytes:
    last = len(parts) - 1
    return b"".join(frame(0 if n else TEXT, part, fin=n == last) for n, part in enumerate(parts))


def test_a_frame_is_answered(server: Running) -> None:
    wire = server.connect()
    assert wire.head.startswith(b"HTTP/1.1 101 ")
    assert b"sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in wire.head.lower()
    wire.send(frame(TEXT, PING))
    assert wire.frame() == (TEXT, PONG)


def test_what_came_with_the_handshake_is_answered(server: Running) -> None:
    assert server.connect(frame(TEXT, PING)).frame() == (TEXT, PONG)


def test_a_message_in_fragments_is_one_also_byte_by_byte_and_with_a_ping_in_it(server: Running) -> None:
    wire = server.connect()
    for byte in fragments(PING[:3], b"", PING[3:7], PING[7:]):
        wire.send(bytes([byte]))
    assert wire.frame() == (TEXT, PONG)
    wire.send(frame(TEXT, PING[:4], fin=False) + frame(WS_PING, b"still there?") + frame(0, PING[4:]))
    assert [wire.frame(), wire.frame()] == [(WS_PONG, b"still there?"), (TEXT, PONG)]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(0, PING), 1002),  # goes on with no message
        (frame(TEXT, PING, fin=False) + frame(TEXT, PING), 1002),  # begins another one in a message
        (b"\xc1\x80" + bytes(4), 1002),  # a reserved bit
        (b"\x83\x80" + bytes(4), 1002),  # an opcode that there is not
        (b"\x81\x0c" + PING, 1002),  # not masked
        (frame(WS_PING, fin=False), 1002),  # a part of a control frame
        (frame(WS_PING, b"x" * 126), 1002),  # a control frame that is too long
        (frame(TEXT, b"\xff"), 1007),
        (fragments(b"\xe2\x82", b"\x28"), 1007),
        (b"\x81\xff" + struct.pack("!Q", 2 * FRAME_BYTES) + bytes(4), 1009),
        (fragments(b"x" * FRAME_BYTES, b"x"), 1009),
        (frame(BINARY, PING), 1000),
        (frame(CLOSE, struct.pack("!H", 1001)), 1001),
        (frame(CLOSE, struct.pack("!H", 4321)), 4321),
        (frame(CLOSE, struct.pack("!H", 999)), 1002),
        (frame(CLOSE, b"\x03"), 1002),
        (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
    ],
)
def test_what_is_no_message_closes_its_socket_with_a_code_and_no_other(server: Running, sent: bytes, code: int) -> None:
    wire, other = server.connect(), server.connect()
    wire.send(sent)
    assert wire.closes() == code
    other.send(frame(TEXT, PING))
    assert other.frame() == (TEXT, PONG)


def test_a_socket_is_answered_in_the_order_of_its_frames(server: Running) -> None:
    wire = server.connect()
    wire.send(b"".join(frame(TEXT, it) for it in (PING, send(server), PING, b"{}", send(server), PING)))
    assert [decoded(wire.frame())["t"] for _ in range(6)] == ["pong", "ack", "pong", "refused", "ack", "pong"]


def test_what_came_before_a_binary_message_is_answered(server: Running) -> None:
    wire = server.connect()
    wire.send(frame(TEXT, send(server)) + frame(TEXT, PING) + frame(BINARY, PING) + frame(TEXT, PING))
    assert [decoded(wire.frame())["t"] for _ in range(2)] == ["ack", "pong"]
    assert wire.closes() == 1000


def test_messages_of_many_sockets_reach_the_other_side_in_one_order(server: Running) -> None:
    here, there = [server.connect() for _ in range(4)], [server.connect(by=server.school) for _ in range(2)]
    for wire in here:
        wire.send(frame(TEXT, send(server)))
    heard = [[decoded(wire.frame())["entry"]["seq"] for _ in here] for wire in there]
    assert heard == [[2, 3, 4, 5]] * 2


def test_a_frame_that_fails_closes_its_socket_and_costs_the_others_nothing(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = messages.send

    def faulty(context: Context, by: str, command: Any) -> Any:
        if command.text == "Fail":
            raise ZeroDivisionError
        return decided(context, by, command)

    monkeypatch.setattr(messages, "send", faulty)
    wires = [server.connect() for _ in range(4)]
    for number, wire in enumerate(wires):
        wire.send(frame(TEXT, send(server, "Fail" if number == 1 else "Hello")))
    assert sorted(ack(wires[number])["entry"]["seq"] for number in (0, 2, 3)) == [2, 3, 4]
    assert wires[1].frames()[-1][0] == CLOSE


def test_when_nothing_can_be_kept_each_is_told_so_and_the_socket_stays(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Database) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    wire = server.connect()
    with monkeypatch.context() as broken:
        broken.setattr(Database, "_end", fails)
        wire.send(frame(TEXT, send(server)) + frame(TEXT, send(server)))
        assert [decoded(wire.frame())["code"] for _ in range(2)] == ["busy", "busy"]
    wire.send(frame(TEXT, send(server)))
    assert ack(wire)


def test_nobodys_pings_and_calls_wait_while_the_disk_stalls(
    server: Running, stalled: Callable[[], threading.Event]
) -> None:
    writing, also, other = server.connect(), server.connect(), server.connect()
    go_on = stalled()
    writing.send(frame(TEXT, send(server)))
    other.send(frame(TEXT, PING) + frame(WS_PING) + frame(TEXT, PING))
    assert sorted(other.frame() for _ in range(3)) == [(TEXT, PONG), (TEXT, PONG), (WS_PONG, b"")]
    also.send(frame(TEXT, send(server)))
    other.send(frame(TEXT, PING))
    assert other.frame() == (TEXT, PONG)
    with urlopen(f"http://127.0.0.1:{server.port}/api/openapi.json") as found:
        assert found.status == HTTPStatus.OK
    go_on.set()
    assert ack(writing)
    assert ack(also)


@pytest.fixture
def picows(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as found:
        yield found


def test_who_does_not_answer_our_ping_is_let_go(picows: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TICK", 0.025)  # a round is five seconds: so long may an answer take
    silent, answering = picows.connect(), picows.connect()
    for _ in range(2):  # the second one comes to a socket alone that has answered the first
        opcode, payload = answering.frame()
        assert opcode == WS_PING
        answering.send(frame(WS_PONG, payload))
    assert int.from_bytes(silent.frames()[-1][1][:2]) == 1011


@pytest.mark.parametrize("limit", ["IDLE_TIMEOUT", "MAX_LIFETIME"])
def test_a_socket_that_was_silent_or_has_lived_for_long_is_told_to_come_back(
    picows: Running, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(heartbeat, "TICK", 0.001)
    monkeypatch.setattr(socket_session, limit, 0.01)
    wire = picows.connect()
    assert decoded(wire.frame()) == {"t": "bye", "code": "rotate"}
    assert wire.frame()[0] == CLOSE


def test_no_more_is_read_of_one_whose_frames_wait_for_the_disk(
    picows: Running, monkeypatch: pytest.MonkeyPatch, stalled: Callable[[], threading.Event]
) -> None:
    read: list[str] = []
    receive = SocketSession.receive

    def counted(session: SocketSession, text: str) -> None:
        read.append(text)
        receive(session, text)

    monkeypatch.setattr(SocketSession, "receive", counted)
    wire, other = picows.connect(), picows.connect()
    go_on = stalled()
    sends = [send(picows) for _ in range(400)]
    wire.send(b"".join(frame(TEXT, it) for it in sends))
    poll(lambda: len(read), lambda many: many >= UNDECIDED, what="it reads")
    other.send(frame(TEXT, PING))
    assert other.frame() == (TEXT, PONG)
    assert len(read) <= 1 + UNDECIDED + picows_protocol.READ // len(sends[0]) + 1
    go_on.set()
    assert [decoded(wire.frame())["key"] for _ in sends] == [msgspec.json.decode(it)["key"] for it in sends]


def test_frames_for_one_socket_leave_together(picows: Running, stalled: Callable[[], threading.Event]) -> None:
    """What is committed together is written together: one call of the system for each socket."""
    here, there, other = [picows.connect() for _ in range(8)], picows.connect(by=picows.school), picows.connect()
    writes: list[int] = []
    write = picows_protocol.PicowsConnection.write

    def counted(connection: picows_protocol.PicowsConnection, frames: Sequence[bytes]) -> None:
        writes.append(len(frames))
        write(connection, frames)

    go_on = stalled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picows_protocol.PicowsConnection, "write", counted)
        for wire in here:
            wire.send(frame(TEXT, send(picows)))
        other.send(frame(TEXT, PING))
        assert other.frame() == (TEXT, PONG)
        go_on.set()
        assert [decoded(there.frame())["t"] for _ in here] == ["event"] * 8
        for wire in here:
            ack(wire)
        poll(lambda: sum(writes), lambda many: many >= 8 * 9 + 1, what="all are written")
    assert len(writes) < sum(writes) / 2


class Full:
    """A connection whose other end takes a hundred thousand bytes, and then nothing until it is `emptied`."""

    def __init__(self, session: SocketSession) -> None:
        self.is_full, self.taken, self.ended = False, list[bytes](), False
        self._session = session

    def write(self, frames: Sequence[bytes]) -> None:
        self.taken += frames
        self.is_full = sum(map(len, self.taken)) > 100_000

    def emptied(self) -> None:
        self.taken, self.is_full = [], False
        self._session.write()

    def close(self) -> None:
        self.ended = True

    def fail(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.ended = True

    def hold(self, reason: str) -> None: ...

    def release(self, reason: str) -> None: ...

    def ping(self) -> None: ...


def test_a_slow_reader_is_given_no_more_than_it_takes_and_then_the_rest_in_order() -> None:
    """What waits is shared by all sockets of a party; what was written is each one's own, and there may be many."""

    async def story() -> None:
        passes = FramePasses(ServerService.__new__(ServerService))
        session = SocketSession("wendy", passes)
        reader = Full(session)
        session.attach(reader, lambda: None)
        frames = [b"%05d" % number * 2_000 for number in range(QUEUE_LIMIT)]
        for each in frames:
            session.push(each)
            await asyncio.sleep(0)
        read = reader.taken
        for _ in range(QUEUE_LIMIT):
            assert sum(map(len, reader.taken)) <= 100_000 + WRITTEN
            reader.emptied()
            read = read + reader.taken
        assert read == frames
        session.lost()

    asyncio.run(story())


class Accepted(asyncio.Protocol):
    """Gives a connection to picows as it comes."""

    session: SocketSession

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = cast(asyncio.Transport, transport)
        connection.pause_reading()
        asyncio.get_running_loop().call_soon(self._give, connection)

    def _give(self, transport: asyncio.Transport) -> None:
        protocol = picows_protocol.PicowsProtocol(picows_protocol.PicowsConnection(self.session, lambda: None))
        protocol.take_over(transport, "dGhlIHNhbXBsZSBub25jZQ==", b"", lambda: None)


def test_frames_of_every_length_arrive_whole_when_the_reader_pauses() -> None:
    """picows keeps the head of a long frame in a buffer that its next frame takes: if the kernel did not take the long
    one at once, the reader got the head of another, or what lay in memory there."""
    lengths = [*[1_000] * 5_000, 9_000, 10_000, 12_000, 50, 5, 9_000, 6_000]

    async def story() -> list[int]:
        session = SocketSession("wendy", FramePasses(ServerService.__new__(ServerService)))
        Accepted.session = session
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Accepted, sock=listening)
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        reader.connect(listening.getsockname())
        reader.setblocking(False)
        await poll_async(lambda: session._connection is not None, what="the connection is accepted")
        transport = session._connection._transport.underlying_transport  # type: ignore[union-attr]
        sent = []
        for length in lengths:
            if length == 1_000 and transport.get_write_buffer_size():
                continue  # the kernel takes no more: now come those that must wait
            sent.append(length)
            session.push(b"x" * length)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        data = bytearray()
        async with asyncio.timeout(PATIENCE):
            while data.count(b"x") < sum(sent):
                data += await loop.sock_recv(reader, 65_536)
        session.fail()
        reader.close()
        server.close()
        heads = [it for it in re.split(rb"x+", bytes(data).partition(b"\r\n\r\n")[2]) if it]
        assert all(head[0] == 0x81 for head in heads)
        assert [int.from_bytes(head[2:]) if head[1] == 126 else head[1] for head in heads] == sent
        return sent

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert 9_000 in runner.run(story())
