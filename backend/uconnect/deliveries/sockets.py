"""Frames to sockets of this process: each encoded once, in the order decided; a reader too slow for them is let go."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from uconnect.core import wire
from uconnect.core.facts import Delivery


class Socket(Protocol):
    """One open socket, whatever carries it. Both calls return at once."""

    def push(self, frame: bytes) -> None:
        """Queue a frame. If too many wait, the socket says `slow` and closes, and its client resumes."""
        ...

    def close(self) -> None:
        """Send what is queued, then close."""
        ...


class Sockets:
    """The sockets that are open here, by party. To be used from one thread, the event loop's."""

    def __init__(self) -> None:
        self._open: dict[str, set[Socket]] = {}

    def add(self, party: str, socket: Socket) -> None:
        self._open.setdefault(party, set()).add(socket)

    def remove(self, party: str, socket: Socket) -> None:
        mine = self._open.get(party, set())
        mine.discard(socket)
        if not mine:
            self._open.pop(party, None)

    @property
    def parties(self) -> tuple[str, ...]:
        """Those who have a socket open here."""
        return tuple(self._open)

    def deliver(self, deliveries: Sequence[Delivery], but: Socket | None = None) -> None:
        """Implements `core.ports.Deliveries`. `but` is the socket that asked, which has its own answer."""
        for delivery in deliveries:
            sockets = tuple(self._open.get(delivery.to, ()))
            if delivery.frame is None:
                continue  # a look-up only: see `core.decide.fanout`
            frame = msgspec.json.encode(delivery.frame)
            for socket in sockets:
                if socket is not but:
                    say(socket, frame, last=isinstance(delivery.frame, wire.Bye))

    def close_all(self, code: str) -> None:
        """Say why to every socket, and close it."""
        frame = msgspec.json.encode(wire.Bye(code=code))
        for sockets in tuple(self._open.values()):
            for socket in tuple(sockets):
                say(socket, frame, last=True)


def say(socket: Socket, frame: bytes, last: bool) -> None:
    socket.push(frame)
    if last:
        socket.close()
