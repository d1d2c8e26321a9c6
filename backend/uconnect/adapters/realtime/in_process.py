"""Delivers frames to the sockets of this process: encoded once, in order. A reader that is too slow is closed."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from uconnect.domain import protocol
from uconnect.domain.context import Delivery

MOST = protocol.SOCKETS  # of a party: each takes a file of this process


class Socket(Protocol):
    """One open socket, whatever carries it. Both calls return at once."""

    def push(self, frame: bytes) -> None:
        """Queue a frame. If too many wait, the socket says `slow` and closes, and its client resumes."""
        ...

    def close(self) -> None:
        """Send what is queued, then close."""
        ...


Rest = tuple[Sequence[Delivery], Socket | None]


class Sockets:
    """The sockets that are open here, by party. To be used from one thread, the event loop's.

    `soon` does something once what is queued so far was written. The first party of a delivery is the one that must not
    know who else is told, so nothing is done for those before it was served: its clock would count them.
    """

    def __init__(self, soon: Callable[[Callable[[], None]], object] = lambda do: do()) -> None:
        self._soon = soon
        self._rest: list[Rest] = []
        self._waiting: set[str] = set()  # whom the rest is for
        self._open: dict[str, tuple[Socket, ...]] = {}  # the oldest first

    def add(self, party: str, socket: Socket) -> None:
        """List a socket. At MOST of them, the party's oldest gives way."""
        mine = self._open.get(party, ())
        if len(mine) >= MOST:
            oldest, mine = mine[0], mine[1:]
            push_last(oldest, msgspec.json.encode(protocol.Bye(code="slow")), last=True)
        self._open[party] = (*mine, socket)

    def remove(self, party: str, socket: Socket) -> None:
        mine = tuple(it for it in self._open.get(party, ()) if it is not socket)
        if mine:
            self._open[party] = mine
        else:
            self._open.pop(party, None)

    @property
    def parties(self) -> tuple[str, ...]:
        """Those who have a socket open here."""
        return tuple(self._open)

    @property
    def count(self) -> int:
        """How many sockets are open here."""
        return sum(map(len, self._open.values()))

    def deliver(self, deliveries: Sequence[Delivery], exclude: Socket | None = None) -> None:
        """Implements `application.ports.Deliveries`. `exclude` is the socket that asked, which has its own answer."""
        if not deliveries:
            return
        self.flush_for(deliveries[0].to)
        self._tell(deliveries[:1], exclude)
        if len(deliveries) > 1:
            self._rest.append((deliveries[1:], exclude))
            self._waiting.update(it.to for it in deliveries[1:])
            if len(self._rest) == 1:
                self._soon(self.flush)

    def flush_for(self, party: str) -> None:
        """To be called before a party is told something: what was decided first is told first."""
        if party in self._waiting:
            self.flush()

    def flush(self) -> None:
        """Tell what still waits for `soon`."""
        rest, self._rest = self._rest, []
        self._waiting.clear()
        for deliveries, exclude in rest:
            self._tell(deliveries, exclude)

    def _tell(self, deliveries: Sequence[Delivery], exclude: Socket | None) -> None:
        for delivery in deliveries:
            sockets = self._open.get(delivery.to, ())
            if delivery.frame is None or sockets == (exclude,):
                continue  # a look-up only, see `domain.notifications`; or nobody but the socket that has its answer
            frame = msgspec.json.encode(delivery.frame)
            for socket in sockets:
                if socket is not exclude:
                    push_last(socket, frame, last=isinstance(delivery.frame, protocol.Bye))

    def close_all(self, code: str) -> None:
        """Say why to every socket, and close it."""
        frame = msgspec.json.encode(protocol.Bye(code=code))
        for sockets in tuple(self._open.values()):
            for socket in sockets:
                push_last(socket, frame, last=True)


def push_last(socket: Socket, frame: bytes, last: bool) -> None:
    socket.push(frame)
    if last:
        socket.close()
