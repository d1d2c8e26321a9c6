"""Sorts what waits for the one connection that writes: works, those who would borrow it, and background works."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

LARGEST_GROUP = 512  # works in one transaction; beyond it the first caller waits too long for the last
BACKGROUND_WAITS = 2.0  # seconds after which a background work is done even if parties' writes are waiting

T = TypeVar("T")
Transaction = Callable[[sqlite3.Connection], T]
AnyFuture = Future[Any] | asyncio.Future[Any]
Submitted = tuple[Transaction[Any], AnyFuture]
Ended = Callable[[Exception | None], None]


class Turn:
    """Held by who uses the writer's connection, as a context manager or from `take` to `give`, in whatever threads."""

    def __init__(self) -> None:
        self._held = threading.Lock()
        self._next = threading.Lock()  # held by who waits: else whoever takes it again at once could take it for ever

    def take(self) -> None:
        """Wait for it."""
        with self._next:
            self._held.acquire()

    def take_now(self) -> bool:
        """Take it, if nobody has it or waits for it."""
        return not self._next.locked() and self._held.acquire(blocking=False)

    def give(self) -> None:
        self._held.release()

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *error: object) -> None:
        self.give()


class Lent:
    """The writer's connection in a transaction, lent to the thread that asked for it.

    That thread decides and writes in it at once and gives it back by `commit` or `undo`: all others who write wait.
    """

    def __init__(
        self, begin: Callable[[], sqlite3.Connection], commit: Callable[[Ended], None], undo: Callable[[], None]
    ) -> None:
        self._begin = begin
        self._commit = commit
        self._undo = undo

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The transaction begins when this is first asked for, in the thread that uses it. Raises sqlite3.Error, also
        while another process writes; the writer's thread would wait for that."""
        return self._begin()

    def commit(self, done: Ended) -> None:
        """Commit on another thread, and call `done` there, once it is on the disk or was undone with an error."""
        self._commit(done)

    def undo(self) -> None:
        self._undo()


@dataclass(frozen=True, slots=True)
class Background:
    """A work of the background lane, and the monotonic time from which it waits for nobody."""

    transaction: Transaction[Any]
    future: AnyFuture
    overdue: float = field(default_factory=lambda: time.monotonic() + BACKGROUND_WAITS)


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who waits for the writer's connection: `borrow` is called in the writer's thread."""

    borrow: Callable[[Lent | None], None]


class Lanes:
    """What waits for the writer, sorted into two lanes. For the writer's thread alone."""

    def __init__(self, queue: "queue.SimpleQueue[Submitted | Borrower | Background | None]") -> None:
        self._queue = queue
        self._front: deque[Submitted | Borrower] = deque()
        self._background: deque[Background] = deque()
        self._closing = False

    def next_group(self) -> list[Submitted] | Borrower:
        """What the next transaction is of. Waits until there is something; empty once all is done and closed."""
        while not (self._front or self._background or self._closing):
            self._sort(self._queue.get())
        while not self._queue.empty():
            self._sort(self._queue.get())
        if self._background and (not self._front or self._background[0].overdue <= time.monotonic()):
            first = self._background.popleft()
            return [(first.transaction, first.future)]
        group: list[Submitted] = []
        while self._front and len(group) < LARGEST_GROUP:
            if isinstance(self._front[0], Borrower):
                return group or cast(Borrower, self._front.popleft())
            group.append(cast(Submitted, self._front.popleft()))
        return group

    def _sort(self, submitted: Submitted | Borrower | Background | None) -> None:
        if submitted is None:
            self._closing = True
        elif isinstance(submitted, Background):
            self._background.append(submitted)
        else:
            self._front.append(submitted)
