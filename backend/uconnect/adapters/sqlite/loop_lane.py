"""Decides works in the event loop: those that it awaits, together; those of the background, when nobody else writes.

In a thread of its own, a work gives the interpreter's lock away at each of its statements and waits until the loop lets
it have it again. Meanwhile it holds the writer's connection, and all who write wait for it. In the loop it takes some
tenths of a millisecond, and only its COMMIT is done by another thread.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from uconnect.adapters.sqlite.lanes import AnyFuture, Background, Borrower, Lent, Submitted, Transaction

RETRY = 0.001  # seconds until it is looked again whether nobody else writes
LARGEST_GROUP = 16  # works that are awaited and decided together; the loop does nothing else meanwhile

T = TypeVar("T")


class LoopLane:
    """The works of one database that are decided in one event loop: see `Database` for what it is given."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        begin_now: Callable[[], Lent | None],
        put: Callable[[Submitted | Borrower | Background], None],
        is_open: Callable[[], bool],
    ) -> None:
        self.loop = loop
        self._begin_now = begin_now
        self._put = put
        self._is_open = is_open
        self._awaited: list[Submitted] = []
        self._is_deciding = False

    def write(self, transaction: Transaction[T]) -> T:
        """Called in any thread but the loop's. Blocks until it is on the disk."""
        future: Future[T] = Future()
        work = Background(transaction, future)
        if self.loop.is_closed():
            self._by_writer(work)
        else:
            self.loop.call_soon_threadsafe(self._begin, work)
        return future.result()

    async def write_soon(self, transaction: Transaction[T]) -> T:
        """Called in the loop. Works that arrive while others are being committed share a transaction."""
        future: asyncio.Future[T] = self.loop.create_future()
        self._awaited.append((transaction, future))
        if not self._is_deciding:
            self._is_deciding = True
            self.loop.call_soon(self._take_turn)
        return await future

    def _take_turn(self) -> None:
        lent = self._begin_now()
        if lent is not None:
            self._decide_awaited(lent)
        else:
            self._submit(Borrower(self._lend_awaited), lambda _: self._decide_awaited(None))

    def _lend_awaited(self, lent: Lent | None) -> None:
        """Called in the writer's thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._decide_awaited, lent)
        elif lent is not None:
            lent.undo()

    def _decide_awaited(self, lent: Lent | None) -> None:
        works, self._awaited = self._awaited[:LARGEST_GROUP], self._awaited[LARGEST_GROUP:]
        if lent is not None:
            try:
                results = [transaction(lent.connection) for transaction, _ in works]
            except Exception:  # noqa: BLE001 - the writer does them again, and tells which one fails
                lent.undo()
            else:
                lent.commit(lambda error: self._committed(works, results, error))
                return
        for work in works:
            self._submit(work, partial(_fail, work[1]))
        self._go_on()

    def _committed(self, works: list[Submitted], results: list[Any], error: Exception | None) -> None:
        """Called in the thread that has committed."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._answer_awaited, works, results, error)

    def _answer_awaited(self, works: list[Submitted], results: list[Any], error: Exception | None) -> None:
        for (transaction, future), result in zip(works, results, strict=True):
            if error is not None:
                self._submit((transaction, future), partial(_fail, future))
            elif not future.done():  # else the caller stopped waiting; the write stands all the same
                future.set_result(result)
        self._go_on()

    def _go_on(self) -> None:
        self._is_deciding = bool(self._awaited)
        if self._is_deciding:
            self._take_turn()

    def _begin(self, work: Background) -> None:
        lent = self._begin_now()
        if lent is not None:
            self._decide(work, lent)
        elif not self._is_open():
            self._by_writer(work)
        elif work.overdue <= time.monotonic():
            self._submit(Borrower(lambda lent: self._lend(work, lent)), work.future.set_exception)
        else:
            self.loop.call_later(RETRY, self._begin, work)

    def _lend(self, work: Background, lent: Lent | None) -> None:
        """Called in the writer's thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._decide, work, lent)
        elif lent is not None:
            lent.undo()

    def _decide(self, work: Background, lent: Lent | None) -> None:
        if lent is None:
            self._by_writer(work)
            return
        try:
            result = work.transaction(lent.connection)
        except Exception:  # noqa: BLE001 - the writer does it again, and tells what fails
            lent.undo()
            self._by_writer(work)
        else:
            lent.commit(lambda error: _answer(work, result, error))

    def _by_writer(self, work: Background) -> None:
        self._submit(work, work.future.set_exception)

    def _submit(self, work: Submitted | Borrower | Background, failed: Callable[[Exception], object]) -> None:
        try:
            self._put(work)
        except sqlite3.Error as error:  # it is closed, and says so
            failed(error)


def _fail(awaited: AnyFuture, error: Exception) -> None:
    if not awaited.done():
        awaited.set_exception(error)


def _answer(work: Background, result: Any, error: Exception | None) -> None:
    """Called in the thread that has committed."""
    if error is None:
        work.future.set_result(result)
    else:
        work.future.set_exception(error)
