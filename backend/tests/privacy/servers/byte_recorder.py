"""What comes over a connection, to the byte: the answers of HTTP with all their headers, the frames of sockets."""

import select
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.privacy.servers.running_server import PATIENCE, URL

HOST = URL.partition("//")[2]
PING, PONG = '{"t":"ping"}', '{"t":"pong"}'


class ByteRecorder(socket.socket):
    """A connection to a port of this machine. `raw` is all that came."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.raw = bytearray()
        self.settimeout(PATIENCE)
        self.connect(("127.0.0.1", port))
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        many = super().recv_into(buffer, nbytes, flags)
        self.raw += memoryview(buffer)[:many]
        return many


@dataclass(frozen=True)
class Answer:
    """The head and the body of an answer, as they came."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    def headers(self, name: str) -> list[str]:
        lines = [line.partition(": ") for line in self.head.decode("latin-1").split("\r\n")[1:]]
        return [value for found, _, value in lines if found.lower() == name]

    @property
    def transcript_bytes(self) -> bytes:
        """It as a transcript has it. How long the body is, the body shows; a file of the sites is shown by its hash."""
        length = b"content-length: %d\r\n" % len(self.body)
        body = sha256(self.body).hexdigest().encode() if b", immutable" in self.head else self.body
        return b"%d %s\r\n\r\n%s" % (self.status, (self.head + b"\r\n").replace(length, b""), body)


class Phone(HTTPConnection):
    """A browser's connection, which is made again when it was closed."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port)

    def connect(self) -> None:
        self.sock = ByteRecorder(self.port)

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self.sock and select.select([self.sock], [], [], 0)[0]:
            self.close()  # it had nothing to say: it has hung up
        self.request(method, path, body, {"Host": HOST, **headers})
        recorder: Any = self.sock
        response = self.getresponse()
        response.read()
        head, _, rest = bytes(recorder.raw).partition(b"\r\n\r\n")
        recorder.raw.clear()
        return Answer(head, rest)


class WatchedSocket:
    """A WebSocket, opened with a ticket. Its frames are heard up to the answer to a ping."""

    def __init__(self, port: int, ticket: str, origin: str = URL) -> None:
        self._ends = ExitStack()
        dialled = connect(
            f"ws{URL.removeprefix('http')}/api/socket?ticket={ticket}",
            sock=ByteRecorder(port),
            origin=Origin(origin),
            compression=None,
            proxy=None,
            open_timeout=PATIENCE,
            max_size=None,
            max_queue=None,
            ping_interval=None,
            close_timeout=PATIENCE,
        )
        self.connection = self._ends.enter_context(dialled)
        self.open = True
        self._caught: list[bytes] = []
        assert self.connection.response is not None
        self.greeting = _handshake(self.connection.response)

    def say(self, frame: Any) -> None:
        """Send a frame, or what is none, if anybody still listens."""
        if not self.open:
            return
        try:
            self.connection.send(frame if isinstance(frame, str | bytes) else msgspec.json.encode(frame).decode())
        except ConnectionClosed:
            return  # what it said last is still to be heard

    def catch_up(self) -> None:
        """Wait until all that was said to the server is done, and all that it said is here."""
        self.say(PING)
        while self.open:
            try:
                frame = self.connection.recv(PATIENCE)
            except ConnectionClosed as closed:
                self.open = False
                self._caught.append(_closed(closed))
                return
            if frame == PONG:
                return
            if frame[:11] == PONG[:11]:
                self.say(PING)  # it says more than it should, which is heard; the end of it is still to come
            self._caught.append(b"frame " + (frame.encode() if isinstance(frame, str) else b"binary " + frame))

    def heard(self) -> list[bytes]:
        """All that was said until now; in the end how it was closed."""
        self.catch_up()
        caught, self._caught = self._caught, []
        return caught

    def close(self) -> None:
        self.open = False
        self._ends.close()


def denied(port: int, ticket: str, origin: str = URL) -> bytes:
    """How a socket is not let in; or how it is."""
    try:
        line = WatchedSocket(port, ticket, origin)
    except InvalidStatus as invalid:
        return _handshake(invalid.response)
    line.close()
    return line.greeting


def _handshake(response: Any) -> bytes:
    headers = "\r\n".join(f"{name}: {value}" for name, value in response.headers.raw_items())
    head = f"{response.status_code} {response.reason_phrase}\r\n{headers}\r\n\r\n".encode()
    return b"socket " + head + (response.body or b"")


def _closed(closed: ConnectionClosed) -> bytes:
    if closed.rcvd is None:
        return b"closed without a word"
    return f"closed {closed.rcvd.code} {closed.rcvd.reason}".encode()
