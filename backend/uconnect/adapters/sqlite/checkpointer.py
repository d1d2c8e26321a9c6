"""Moves what SQLite's log holds into the file, on a thread and a connection of its own: no commit waits for it."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

INTERVAL = 1.0  # seconds between two checkpoints while somebody writes
LARGEST_LOG = 4_000  # pages, about 16 MB; a longer log is finished in the writer's turn, so that SQLite begins it anew
Lengths = tuple[int, int]  # how many pages the log holds, and how many of them are in the file


class Checkpointer:
    """While others write, a checkpoint cannot reach the end of the log, and the log would grow for ever. So what little
    is left after one is moved in the writer's `turn`, which takes a few milliseconds.

    The log still has what was deleted. After `erased` it is emptied by `truncate` (decision 0018), which is called in
    the writer's turn.
    """

    def __init__(self, path: Path, turn: threading.Lock, truncate: Callable[[], Lengths]) -> None:
        self._turn = turn
        self._truncate = truncate
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
        """Called in a transaction that deletes what nobody shall find."""
        self._erased = True

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
        length, moved = self._move()
        if self._erased:
            self._empty()
        elif moved < length > LARGEST_LOG:
            with self._turn:
                self._move()

    def _empty(self) -> None:
        """If somebody reads from the log just now, it is tried again."""
        with self._turn:
            length, _ = self._truncate()
            self._erased = length != 0
        if self._erased:
            self._closing.wait(INTERVAL)
            self._due.set()

    def _move(self) -> Lengths:
        return checkpoint(self._connection, "PASSIVE")


def checkpoint(connection: sqlite3.Connection, mode: str) -> Lengths:
    """Move the log into the file, as SQLite's `mode` says."""
    _, length, moved = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return length, moved
