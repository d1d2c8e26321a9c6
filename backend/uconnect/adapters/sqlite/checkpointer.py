"""Moves what SQLite's log holds into the file, on a thread and a connection of its own: no commit waits for it."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from uconnect.adapters.sqlite.lanes import Turn

PATIENCE = 2.0  # seconds to wait for others who read from the log
INTERVAL = 1.0  # seconds between two checkpoints while somebody writes
LARGEST_LOG = 4_000  # pages, about 16 MB; a longer log is finished in the writer's turn, so that SQLite begins it anew


class Checkpointer:
    """While others write, a checkpoint does not reach the end of the log, and the log would grow for ever. So what was
    written during one is moved in the writer's `turn`, once little is left of it and `file` is on the disk: it takes a
    few milliseconds.

    The log still has what was deleted. After `erased` it is emptied (decision 0018), by the writer's own connection:
    to that, another's would be a write of another process, which costs it all that it has cached.
    """

    def __init__(self, path: Path, file: int, turn: Turn, writer: sqlite3.Connection) -> None:
        self._file = file
        self._turn = turn
        self._writer = writer
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._due = threading.Event()
        self._closing = threading.Event()
        self._erased = False
        self._thread = threading.Thread(target=self._run, name="sqlite-checkpointer", daemon=True)
        self._thread.start()

    def written(self) -> None:
        """Called after each commit."""
        self._due.set()

    def erased(self) -> None:
        """Called in a transaction that deletes what nobody shall find, whose turn is waited for."""
        self._erased = True
        self._due.set()

    def close(self) -> None:
        """End the thread. SQLite itself makes the last checkpoint when the last connection is closed."""
        self._closing.set()
        self._due.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._due.wait() and not self._closing.wait(0 if self._erased else INTERVAL):
            self._due.clear()
            try:
                self._checkpoint()
            except sqlite3.Error:  # the next commit meets the same trouble, and says so to whoever waits for it
                self._due.set()
                self._closing.wait(INTERVAL)

    def _checkpoint(self) -> None:
        length, _ = _move(self._connection, "PASSIVE")
        if not self._erased and length <= LARGEST_LOG:
            return
        _move(self._connection, "PASSIVE")  # what was written meanwhile
        os.fsync(self._file)
        if self._erased:
            self._empty()
        else:
            with self._turn:
                _move(self._connection, "PASSIVE")

    def _empty(self) -> None:
        """If somebody reads from the log just now, it is tried again."""
        emptied = False
        with self._turn:
            self._erased = False
            try:
                length, _ = self._truncate()
                emptied = length == 0
            finally:
                self._erased = not emptied
        if not emptied:
            self._due.set()
            self._closing.wait(INTERVAL)

    def _truncate(self) -> tuple[int, int]:
        """Waits for nobody who reads: everyone who writes would wait too."""
        (before,) = self._writer.execute("PRAGMA busy_timeout").fetchone()
        self._writer.execute("PRAGMA busy_timeout=0")
        try:
            return _move(self._writer, "TRUNCATE")
        finally:
            self._writer.execute(f"PRAGMA busy_timeout={before}")


def empty_log(path: Path) -> bool:
    """Empty SQLite's log of a file that another process may have open, and wait for that a little. Whether it is empty:
    if not, it is overwritten as others write."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as connection:
        length, _ = _move(connection, "TRUNCATE")
    return length == 0


def _move(connection: sqlite3.Connection, mode: str) -> tuple[int, int]:
    """How many pages the log held when this began, and how many of them are in the file."""
    _, length, moved = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return length, moved
