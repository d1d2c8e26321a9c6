"""One open socket of a party, whatever carries it: it hands frames on, and keeps what its reader has still to take."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from uconnect.api.websocket import Reply
from uconnect.domain import protocol
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.heartbeat import Visited

QUEUE_LIMIT = 512  # frames that wait for a slow reader; beyond it the socket says `bye slow` and closes
IDLE_TIMEOUT = 600.0  # seconds without a frame: API Gateway's limit
MAX_LIFETIME = float(protocol.SOCKET_SECONDS)
CLOSE_TIMEOUT = 2.0  # seconds a closing socket has to take what it was sent
WRITTEN = 64 * 1024  # bytes written at once; what is written is each socket's own, what waits is shared
UNDECIDED = 64  # frames of one socket that wait for the store; beyond it nothing more is read


class Connection(Protocol):
    """The connection under a session. All calls return at once."""

    is_full: bool  # whether the other end takes less than it is sent

    def write(self, frames: Sequence[bytes]) -> None:
        """Send text frames, together."""
        ...

    def close(self) -> None:
        """Send a close frame after what was written."""
        ...

    def fail(self) -> None:
        """Close, and say that the fault is ours (1011)."""
        ...

    def abort(self) -> None:
        """Break the connection off."""
        ...

    def ping(self) -> None:
        """Ask the other end whether it is there. If it has not answered the last time, end the connection."""
        ...

    def hold(self, reason: str) -> None:
        """Read nothing until the reason is released."""
        ...

    def release(self, reason: str) -> None: ...


class SocketSession:
    """Implements `adapters.realtime.in_process.Socket` and `frame_passes.Session`.

    What it is told before it has a connection waits. `lost` is called once, when the connection has ended.
    """

    __slots__ = (
        "_closed",
        "_connection",
        "_frames",
        "_heard",
        "_last",
        "_lost",
        "_passes",
        "_rotates",
        "_timer",
        "_visits",
        "party",
        "undecided",
        "waiting",
    )  # there are many

    def __init__(self, party: str, passes: FramePasses) -> None:
        self.party = party
        self._passes = passes
        self._connection: Connection | None = None
        self._lost: Callable[[], None] | None = None
        self._frames: list[bytes] = []
        self._last = False  # nothing comes after what is queued
        self._closed = False
        self.undecided = self.waiting = 0
        self._heard = self._rotates = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._visits: set[Visited] = set()

    def attach(self, connection: Connection, lost: Callable[[], None]) -> None:
        """Begin to live on an open connection."""
        self._connection, self._lost = connection, lost
        self._heard = asyncio.get_running_loop().time()
        self._rotates = self._heard + MAX_LIFETIME
        self._visits = self._passes.heartbeat.add(self)
        self._passes.unwritten(self)

    # --- what it is told

    def push(self, frame: bytes) -> None:
        if self._last:
            return
        if len(self._frames) >= QUEUE_LIMIT and (self._connection is None or self._connection.is_full):
            self._give_up("slow")
            return
        if not self._frames:
            self._passes.unwritten(self)
        self._frames.append(frame)

    def send(self, said: Reply) -> None:
        for frame in said.frames:
            self.push(msgspec.json.encode(frame))
            if isinstance(frame, protocol.Bye):
                self.close()

    def close(self) -> None:
        if self._last:
            return
        self._last = True
        self._passes.unwritten(self)
        if self._connection is not None:
            self._timer = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._connection.abort)

    def fail(self) -> None:
        self._frames.clear()
        self._last = self._closed = True
        if self._connection is not None:
            self._connection.fail()

    def write(self) -> None:
        if self._connection is None or self._connection.is_full or self._closed:
            return
        while self._frames and not self._connection.is_full:
            self._connection.write(self._take_some())
        if self._last and not self._frames:
            self._closed = True
            self._connection.close()

    def _take_some(self) -> list[bytes]:
        """The frames to be written together: one more would be too much for a reader that takes nothing."""
        size = many = 0
        while many < len(self._frames) and (many == 0 or size + len(self._frames[many]) <= WRITTEN):
            size += len(self._frames[many])
            many += 1
        taken, self._frames = self._frames[:many], self._frames[many:]
        return taken

    def _give_up(self, code: str) -> None:
        """Replace the frames that wait by a goodbye. The client reads them after a resume."""
        if not self._last:
            self._frames.clear()
            self.send(Reply((protocol.Bye(code=code),)))

    # --- what its connection tells it

    def receive(self, text: str | None) -> None:
        """Take a message of the other end; None if it is no text, which closes the socket, as API Gateway does."""
        if self._last or self._connection is None:
            return
        self._heard = asyncio.get_running_loop().time()
        self.undecided += 1
        if self.undecided >= UNDECIDED:
            self._connection.hold("store")
        self._passes.receive(self, text)

    def decided(self) -> None:
        self.undecided -= 1
        if self.undecided == UNDECIDED // 2 and self._connection is not None:
            self._connection.release("store")

    def flooded(self) -> None:
        """Called when the other end has sent too much for too long."""
        self._give_up("flood")

    def lost(self) -> None:
        """Called when the connection has ended."""
        self._last = self._closed = True
        self._frames.clear()
        self._visits.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._lost is not None:
            self._lost()
        self._connection = self._lost = self._timer = None

    # --- time

    def beat(self) -> None:
        """Say `rotate` to a socket that was silent for IDLE_TIMEOUT, or has lived for MAX_LIFETIME; `ping` others."""
        if min(self._rotates, self._heard + IDLE_TIMEOUT) <= asyncio.get_running_loop().time():
            self.send(Reply((protocol.Bye(code="rotate"),)))
        elif self._connection is not None:
            self._connection.ping()
