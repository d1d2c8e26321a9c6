"""Copies a database while others write to it, as it is at one moment; and deletes one with what lies beside it."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from uconnect.adapters.sqlite.check import Damaged, is_damage

SIDE_FILES = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file
EVERY = 0.1  # seconds between two reports of how far it is


def copy(source: Path, target: Path, progress: Callable[[int], None] = lambda _: None) -> None:
    """Write a copy to `target`, which must not exist. It has no free pages and needs no log beside it.

    SQLite's own `.backup` starts anew whenever somebody writes, and never ends under load: this reads one snapshot.
    `progress` is told the bytes that are written so far. Whatever ends this early leaves no `target`. Raises Damaged,
    sqlite3.Error, OSError.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _copy(source, target, progress)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path, progress: Callable[[int], None]) -> None:
    uri, failed = f"{source.resolve().as_uri()}?mode=ro", list[sqlite3.Error]()
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)) as connection:

        def vacuum() -> None:
            try:
                connection.execute("VACUUM INTO ?", (str(target),))
            except sqlite3.Error as error:
                failed.append(error)

        # In a thread of its own: it is one statement, and Ctrl-C would wait for its end.
        thread = threading.Thread(target=vacuum, name="sqlite-copy")
        thread.start()
        try:
            while thread.is_alive():
                thread.join(EVERY)
                progress(target.stat().st_size)
        finally:
            while thread.is_alive():
                connection.interrupt()
                thread.join(EVERY)
    if failed:
        if is_damage(failed[0]):
            raise Damaged from failed[0]
        raise failed[0]
    sync(target)


def remove(path: Path) -> None:
    """Delete a database, if it is there, and what SQLite keeps beside it."""
    for end in ("", *SIDE_FILES):
        Path(f"{path}{end}").unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
