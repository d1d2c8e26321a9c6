"""Files that are written beside their place, and get its name once they are whole."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

from uconnect.adapters.sqlite.copy import sync

PARTIAL = ".partial"  # at the end of the name of a file that is being written
DATA = f".data{PARTIAL}"  # the same, of a second file beside it


@contextmanager
def unfinished(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file for this account alone, which is `target` when the block ends: whole or not there. Also the path of a
    second file, which is removed at the end. Raises FileExistsError if `target` is there by then, OSError."""
    _remove_leftovers(target)
    # Names of their own: of two that write the same target, one would give the other's half its name.
    name = f".{target.name}.{secrets.token_hex(8)}"
    partial, data = target.with_name(name + PARTIAL), target.with_name(name + DATA)
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file, data
            file.flush()
            os.fsync(file.fileno())
        rename_new(partial, target)
    finally:
        for it in (partial, data):
            it.unlink(missing_ok=True)
    sync(target.parent)


def rename_new(partial: Path, target: Path) -> None:
    """Give a file that is whole its name. Raises FileExistsError: another may have been written meanwhile."""
    try:
        os.link(partial, target)  # unlike a rename it never overwrites
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of most memory sticks
        if target.exists():
            raise FileExistsError from None
        partial.rename(target)


def _remove_leftovers(target: Path) -> None:
    """What a process that was killed has left. One that goes on has its file locked."""
    found = sorted(target.parent.glob(f".{escape(target.name)}.*{PARTIAL[1:]}"), key=lambda it: it.name.endswith(DATA))
    for left in found:
        if left.name.endswith(DATA):
            if not left.with_name(left.name.removesuffix(DATA) + PARTIAL).exists():
                left.unlink(missing_ok=True)
            continue
        with suppress(OSError):
            file = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(file)
