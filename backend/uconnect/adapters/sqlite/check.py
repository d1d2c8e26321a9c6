"""Checks whether a database file is damaged.

SQLite itself notices damage only where it reads, which may be weeks later.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

STEP = 100_000  # of SQLite's instructions between two looks at the clock
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Damaged(Exception):
    """The file is not what SQLite wrote."""


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file is damaged, and not that it cannot be used just now."""
    return isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def check(path: Path, seconds: float = float("inf")) -> bool:
    """Read the whole file; False if `seconds` were not enough for it. Raises Damaged, sqlite3.Error."""
    late = time.monotonic() + seconds
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > late, STEP)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if is_damage(error):
            raise Damaged from error
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    if found != ("ok",):
        raise Damaged
    return True
