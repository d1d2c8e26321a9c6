"""Time that passes only when nothing else is to be done: minutes of many processes in a second, each time alike.

Each process is a greenlet, so that one runs at a time, and another only when it waits. Who waits for a moment is in a
heap; the clock goes on to the first of them.
"""

import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import count
from math import inf
from typing import Any

from greenlet import getcurrent, greenlet

BEGINNING = 1_800_000_000.0  # s since 1970


class VirtualTime:
    """A clock, and the processes that wait for it. `random` draws the same numbers for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self.now = BEGINNING
        self.random = random.Random(seed)
        self._waiting: list[tuple[float, int, greenlet]] = []
        self._numbers = count()

    @property
    def ms(self) -> int:
        return int(self.now * 1000)

    def start(self, process: Callable[[], Any], at: float | None = None) -> None:
        """Begin a process, now or at a later time."""
        self._wake(greenlet(process), self.now if at is None else at)

    def sleep(self, seconds: float) -> None:
        """Let time pass. Called by a process."""
        self._wake(getcurrent(), self.now + seconds)
        self._give_way()

    def take(self, low: float, high: float) -> None:
        """Let a random time pass: as long as a call takes."""
        self.sleep(self.random.uniform(low, high))

    def run(self, until: float = inf) -> None:
        """Let all processes go on, until none is left or the time is over."""
        while self._waiting and self._waiting[0][0] <= until:
            self.now, _, process = heapq.heappop(self._waiting)
            process.parent = getcurrent()
            process.switch()
        if self._waiting:
            self.now = until

    def run_together(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """The results of calls that are made side by side."""
        here, results = getcurrent(), dict[int, Any]()
        pending = list(calls)

        def one(number: int, call: Callable[[], Any]) -> None:
            results[number] = call()
            if len(results) == len(pending):
                self._wake(here, self.now)

        for number, call in enumerate(pending):
            self.start(partial(one, number, call))
        if pending:
            self._give_way()
        return [results[number] for number in range(len(pending))]

    def _wake(self, process: greenlet, at: float) -> None:
        heapq.heappush(self._waiting, (at, next(self._numbers), process))

    def _give_way(self) -> None:
        parent = getcurrent().parent
        assert parent is not None, "only a process waits"
        parent.switch()


class SideBySide(Executor):
    """Stands in for a pool of threads."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time

    def map(self, fn: Callable[..., Any], *each: Iterable[Any], **_: Any) -> Iterator[Any]:
        return iter(self._time.run_together([partial(fn, *of) for of in zip(*each, strict=False)]))
