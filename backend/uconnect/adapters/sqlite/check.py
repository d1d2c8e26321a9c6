"""Checks whether a database file is damaged.

SQLite itself notices damage only where it reads, which may be weeks later.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import isinf
from pathlib import Path

AGAIN = 0.005  # seconds: an interrupt that comes between two statements is lost
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Damaged(Exception):
    """The file is not what SQLite wrote."""


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file is damaged, and not that it cannot be used just now."""
    return isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def check(path: Path, seconds: float = float("inf")) -> bool:
    """Read the whole file; False if `seconds` were not enough for it. Raises Damaged, sqlite3.Error."""
    if seconds <= 0:
        return False
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection,
            _interrupted_after(connection, seconds) as late,
        ):
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if is_damage(error):
            raise Damaged from error
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    if late.is_set():
        return False  # pages that it has not reached may be reported as unused
    if found != ("ok",):
        raise Damaged
    return True


@contextmanager
def _interrupted_after(connection: sqlite3.Connection, seconds: float) -> Iterator[threading.Event]:
    """Interrupt what the connection does, once this time has passed. The event says whether it has.

    From a thread of its own: the check reads all pages in one step, and no progress handler is called meanwhile.
    """
    late, done = threading.Event(), threading.Event()

    def interrupt() -> None:
        if done.wait(None if isinf(seconds) else seconds):
            return
        late.set()
        while not done.wait(AGAIN):
            connection.interrupt()

    thread = threading.Thread(target=interrupt, name="check-timer", daemon=True)
    thread.start()
    try:
        yield late
    finally:
        done.set()
        thread.join()
