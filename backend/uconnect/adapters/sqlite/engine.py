"""Reads and writes one SQLite file: an answered write is on the disk, and a reader can never write."""

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from uconnect.adapters.sqlite.check import is_damage
from uconnect.adapters.sqlite.checkpointer import Checkpointer
from uconnect.adapters.sqlite.lanes import (
    AnyFuture,
    Background,
    Borrower,
    Ended,
    Lanes,
    Lent,
    Submitted,
    Transaction,
    Turn,
)
from uconnect.adapters.sqlite.loop_lane import LoopLane
from uconnect.adapters.sqlite.migrations import Migrations
from uconnect.application.tracing import part

PRAGMAS: tuple[str, ...] = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "cache_size=-16000",  # KiB: of the pages that one second of messages changes, none is read again
    "wal_autocheckpoint=0",  # see `checkpointer`
    "secure_delete=ON",  # what is deleted is overwritten; some builds of SQLite only mark its room as free
)
BUSY_TIMEOUT = 5_000  # ms that a write waits for another process

T = TypeVar("T")
Completed = tuple[AnyFuture, Any, Exception | None]


class Closed(sqlite3.OperationalError):
    """The database is shutting down; the work was not done."""


class Gone(sqlite3.OperationalError):
    """The file was deleted or replaced. SQLite would go on writing to what nobody will ever find."""


class Watcher:
    """What a cache of the file is told. Each does nothing unless a subclass says what."""

    def committed(self) -> None:
        """A transaction is on the disk."""

    def undone(self) -> None:
        """A transaction was undone: what its works changed is as it was before."""

    def others_wrote(self) -> None:
        """Another process has written (an operator's command). What it changed, nobody knows."""


class Database:
    """A file, its single writer thread and its readers.

    A write answers after COMMIT with `synchronous=FULL`: it survives the process and the power. Works that arrive
    while one transaction syncs share the next (group commit). A work may run several times: if one of a group fails,
    the group is rolled back and its halves run again, down to the one that fails alone. So a work changes nothing but
    its connection.

    Background works have a lane of their own. Each is a transaction by itself, and begins only when no other write is
    waiting, or when it has waited for long (`lanes`): so nobody's write is behind more than one of them (leak 30).

    `begin_now` and `begin_soon` lend the connection to a thread that has many works at once, such as an event loop. It
    decides and writes them itself, and only COMMIT, which waits for the disk, runs on a thread of its own. `decide_in`
    lets a loop do so with all that it awaits, and with background works.
    """

    def __init__(self, path: Path, migrations: Sequence[Migrations], readers: int = 4) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path)
        self._path = path
        self._file = os.open(path, os.O_RDONLY)  # closed last: a close takes all locks of this process away (POSIX)
        self._inode = os.fstat(self._file).st_ino
        self.damaged = False  # whether SQLite has found a page that it did not write
        self._writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        for pragma in PRAGMAS:
            self._writer.execute(f"PRAGMA {pragma}")
        for component in migrations:
            component.apply(self._writer)
        self._watchers: list[Watcher] = []
        self._version: int | None = None
        self._waits_for_others = True  # whether BEGIN waits while another process writes
        self._turn = Turn()
        self._checkpointer = Checkpointer(path, self._file, self._turn, self._writer)
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(readers, "sqlite-reader")
        self._reader_connections: list[sqlite3.Connection] = []
        self._queue: queue.SimpleQueue[Submitted | Borrower | Background | None] = queue.SimpleQueue()
        self._lanes = Lanes(self._queue)
        self._loop_lane: LoopLane | None = None
        self._gate = threading.Lock()  # orders a last write against close()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()
        self._commits: queue.SimpleQueue[Ended | None] = queue.SimpleQueue()
        self._committer = threading.Thread(target=self._run_commits, name="sqlite-committer", daemon=True)
        self._committer.start()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher`, in the writer's thread, what becomes of each transaction."""
        self._watchers.append(watcher)

    def erased(self) -> None:
        """To be called by a work that deletes what nobody shall find: once it is committed, SQLite's log, which still
        has it, is emptied. If somebody reads from the log just then, it is tried again. And to be called at a start: a
        process that was ended may have left such a log."""
        self._checkpointer.erased()

    def write(self, transaction: Transaction[T]) -> T:
        """Run `transaction` on the writer's connection and return its result once it is on the disk. Blocks."""
        future: Future[T] = Future()
        self._submit(transaction, future)
        return future.result()

    def write_in_background(self, transaction: Transaction[T]) -> T:
        """`write`, behind all other writes. For jobs that nobody waits for. Keep `transaction` short. Blocks."""
        with part("store write in background"):
            if self._loop_lane is not None:
                return self._loop_lane.write(transaction)
            future: Future[T] = Future()
            self._put(Background(transaction, future))
            return future.result()

    def decide_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let a loop decide what it awaits and the background works from here on: see `LoopLane`. It must then never
        call `write_in_background`."""
        self._loop_lane = LoopLane(loop, self.begin_now, self._put, lambda: self._open)

    async def write_soon(self, transaction: Transaction[T]) -> T:
        """`write`, awaited instead of blocking."""
        loop, lane = asyncio.get_running_loop(), self._loop_lane
        with part("store write"):
            if lane is not None and lane.loop is loop:
                return await lane.write_soon(transaction)
            future: asyncio.Future[T] = loop.create_future()
            self._submit(transaction, future)
            return await future

    async def write_all_soon(self, transactions: Sequence[Transaction[T]]) -> list[T | BaseException]:
        """`write_soon` for several, in their order. One that fails has its error as its result."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[T]] = [loop.create_future() for _ in transactions]
        for transaction, future in zip(transactions, futures, strict=True):
            try:
                self._submit(transaction, future)
            except Closed as error:
                future.set_exception(error)
        return await asyncio.gather(*futures, return_exceptions=True)

    def begin_now(self) -> Lent | None:
        """The writer's connection in a new transaction. Waits for nothing: None if somebody has it or waits for it, if
        another process writes, or if the file cannot be written."""
        if not self._queue.empty() or not self._turn.take_now():
            return None
        lent, begun = self._lent(), None
        try:
            begun = lent.connection if self._open else None
        except sqlite3.Error:
            self._undo()
        if begun is not None:
            return lent
        self._turn.give()
        return None

    def begin_soon(self, borrow: Callable[[Lent | None], None]) -> None:
        """`begin_now` in turn with all who write. `borrow` is called in the writer's thread, which begins nothing: at
        each statement it would wait for the interpreter's lock, and all who write for it. With None if the database is
        being closed: `write_soon` then says so."""
        try:
            self._put(Borrower(borrow))
        except Closed:
            borrow(None)

    def _lent(self) -> Lent:
        return Lent(self._begin_lent, self._commits.put, self._undo_lent)

    def _begin_lent(self) -> sqlite3.Connection:
        self._begin(waits=False)
        return self._writer

    def _undo_lent(self) -> None:
        try:
            self._undo()
        finally:
            self._turn.give()

    def read(self, transaction: Transaction[T]) -> T:
        """Run `transaction` on the calling thread's read-only connection, in one snapshot of what is committed."""
        connection = self._reader()
        connection.execute("BEGIN")
        try:
            return transaction(connection)
        except sqlite3.Error as error:
            self.damaged |= is_damage(error)
            raise
        finally:
            connection.execute("ROLLBACK")

    async def read_soon(self, transaction: Transaction[T]) -> T:
        """`read`, on one of the reader threads."""
        with part("store read"):
            return await asyncio.get_running_loop().run_in_executor(self._readers, self.read, transaction)

    def close(self) -> None:
        """Finish what was accepted, then close the file. Later writes raise Closed. Waits for who has the connection,
        and so must not be called by them."""
        with self._gate:
            if not self._open:
                return
            self._open = False
            self._queue.put(None)
        self._thread.join()
        with self._turn:
            self._commits.put(None)
        self._committer.join()
        self._checkpointer.close()
        self._readers.shutdown()
        for connection in (*self._reader_connections, self._writer):
            connection.close()
        os.close(self._file)

    def _submit(self, transaction: Transaction[Any], future: AnyFuture) -> None:
        self._put((transaction, future))

    def _put(self, submitted: "Submitted | Borrower | Background") -> None:
        with self._gate:
            if not self._open:
                raise Closed("uconnect is shutting down. Nothing was changed. Try again in a moment.")
            self._queue.put(submitted)

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # mode=ro opens the file without the right to write; query_only also refuses temporary tables.
            uri = f"{self._path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            self._reader_connections.append(connection)
        return connection

    def _run(self) -> None:
        while group := self._lanes.next_group():
            if isinstance(group, Borrower):
                self._lend(group)
            else:
                with self._turn:
                    landed = self._commit(group)
                _resolve(landed)

    def _lend(self, borrower: Borrower) -> None:
        self._turn.take()
        if not self._open:  # whoever closes may be who would give it back
            self._turn.give()
            borrower.borrow(None)
            return
        borrower.borrow(self._lent())

    def _run_commits(self) -> None:
        while done := self._commits.get():
            error = self._end_lent()
            self._turn.give()
            done(error)

    def _end_lent(self) -> Exception | None:
        try:
            self._end()
        except Exception as error:  # noqa: BLE001 - goes to the callers of what is undone
            self.damaged |= is_damage(error)
            self._undo()
            return error
        return None

    def _end(self) -> None:
        self._writer.execute("COMMIT")
        for watcher in self._watchers:
            watcher.committed()
        self._checkpointer.written()

    def _commit(self, group: Sequence[Submitted]) -> list[Completed]:
        try:
            self._begin()
        except Exception as error:  # noqa: BLE001 - no work has run: no half of the group would fare better
            self._undo()
            return [(future, None, error) for _, future in group]
        try:
            landed: list[Completed] = [(future, transaction(self._writer), None) for transaction, future in group]
            self._end()
        except Exception as error:  # noqa: BLE001 - whatever a work raised goes to its caller, and to nobody else
            self.damaged |= is_damage(error)
            self._undo()
            if len(group) == 1:
                return [(group[0][1], None, error)]
            half = len(group) // 2
            return [*self._commit(group[:half]), *self._commit(group[half:])]
        return landed

    @property
    def path(self) -> Path:
        return self._path

    def is_there(self) -> bool:
        """Whether the file is still where it was opened."""
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def _begin(self, *, waits: bool = True) -> None:
        if not self.is_there():
            raise Gone("The data file is missing.")
        if waits != self._waits_for_others:
            self._waits_for_others = waits
            self._writer.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT if waits else 0}")
        self._writer.execute("BEGIN IMMEDIATE")
        (version,) = self._writer.execute("PRAGMA data_version").fetchone()  # changes when others write
        if version != self._version:
            self._version = version
            for watcher in self._watchers:
                watcher.others_wrote()

    def _undo(self) -> None:
        if self._writer.in_transaction:  # a full disk may have ended it already
            self._writer.execute("ROLLBACK")
        for watcher in self._watchers:
            watcher.undone()


def _create(path: Path) -> None:
    """Make the file, for its account alone: SQLite gives its log the same rights. One that is there is not opened: to
    close it would take the locks of every connection of this process away (POSIX)."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _resolve(landed: Iterable[Completed]) -> None:
    """Answer every caller, waking each event loop once for the whole group."""
    loops: dict[asyncio.AbstractEventLoop, list[Completed]] = {}
    for item in landed:
        if isinstance(item[0], asyncio.Future):
            loops.setdefault(item[0].get_loop(), []).append(item)
        else:
            _answer([item])
    for loop, items in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer, items)


def _answer(items: Iterable[Completed]) -> None:
    for future, result, error in items:
        if future.done():  # the caller stopped waiting; the write stands all the same
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
