"""Who hashes next: those who are known here first, then those who are new, last those who may be guessing."""

import asyncio
from collections import deque
from enum import IntEnum


class Busy(Exception):
    """Too many people are signing in at this moment; nothing was checked."""


class Lane(IntEnum):
    """Where somebody waits. A lane says nothing of whether an account exists: else the wait would."""

    KNOWN = 0  # this browser has signed in to this account before
    NEW = 1
    SUSPECT = 2  # there were wrong tries of late, at the account or from the network


# Of eight turns, whose lane comes first in each; the others follow in their order. So no lane waits for ever.
FIRST = (Lane.KNOWN, Lane.KNOWN, Lane.KNOWN, Lane.NEW, Lane.KNOWN, Lane.KNOWN, Lane.KNOWN, Lane.SUSPECT)

# How many may wait: a lecture hall fits in. Who might be guessing finds less room.
WAITING = {Lane.KNOWN: 500, Lane.NEW: 500, Lane.SUSPECT: 64}


class Turns:
    """So many at once; the others wait in lanes of bounded length. To be used from one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._turn = 0
        self._over = False
        self._lanes: dict[Lane, deque[asyncio.Future[None]]] = {lane: deque() for lane in Lane}

    def waiting(self, lane: Lane) -> int:
        return len(self._lanes[lane])

    async def take(self, lane: Lane) -> None:
        """Wait for a turn, which `give_back` ends. Raises Busy if the lane is full, or nobody has a turn any more."""
        if self._over:
            raise Busy
        if self._free > 0:
            self._free -= 1
            return
        if len(self._lanes[lane]) >= WAITING[lane]:
            raise Busy
        mine = asyncio.get_running_loop().create_future()
        self._lanes[lane].append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            self._leave(lane, mine)
            raise

    def give_back(self) -> None:
        """Let the next one in."""
        following = self._next()
        if following is None:
            self._free += 1
        else:
            following.set_result(None)

    def end(self) -> None:
        """Let nobody else in: those who wait are told so, and come back when the server is there again."""
        self._over = True
        for lane in self._lanes.values():
            while lane:
                _end(lane.popleft())

    def _next(self) -> asyncio.Future[None] | None:
        first = FIRST[self._turn % len(FIRST)]
        for lane in (first, *(it for it in Lane if it is not first)):
            if self._lanes[lane]:
                self._turn += 1
                return self._lanes[lane].popleft()
        return None

    def _leave(self, lane: Lane, mine: asyncio.Future[None]) -> None:
        """Whoever stops waiting gives up the place, or the turn if it had just come."""
        if mine in self._lanes[lane]:
            self._lanes[lane].remove(mine)
        elif mine.done() and not mine.cancelled():
            self.give_back()


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(Busy())
