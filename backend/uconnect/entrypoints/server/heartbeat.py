"""Visits every open socket in turn: timers of its own would cost each of them a KiB."""

import asyncio
from typing import Protocol

TICK = 0.1  # seconds
TICKS = 200  # after so many, each socket has been visited once


class Visited(Protocol):
    def beat(self) -> None:
        """Called each TICKS * TICK seconds."""
        ...


class Heartbeat:
    """Visits some of the sockets at each tick. Nothing runs while there is no socket."""

    def __init__(self) -> None:
        self._visits: list[set[Visited]] = [set() for _ in range(TICKS)]
        self._tick = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, visited: Visited) -> set[Visited]:
        """Visit a socket, for the first time after a whole round, until it is taken out of the set returned."""
        visits = self._visits[self._tick]
        visits.add(visited)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._beat)
        return visits

    def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        self._tick = (self._tick + 1) % TICKS
        self._timer = loop.call_later(TICK, self._beat) if any(self._visits) else None
        for visited in self._visits[self._tick]:
            loop.call_soon(visited.beat)  # by itself: one that fails keeps no other from its visit
