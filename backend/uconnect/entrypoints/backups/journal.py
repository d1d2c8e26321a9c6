"""The journal of erasures: a file that a restore never overwrites, with the ids of all that was deleted (leak 29).

A line is written within a second of each deletion: its kind, its id, and when it was (Unix seconds). The kind `store`
says whose the journal is: the data file's `store_id`, which its backups have too.
"""

import asyncio
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from uconnect.adapters.sqlite import Database, erasures
from uconnect.adapters.sqlite.copy import sync
from uconnect.adapters.sqlite.erasures import Erased

NAME = "uconnect.erased"
STORE = "store"
PIECE = 500  # erasures written at once
INTERVAL = 1.0  # seconds between two looks
KINDS = {str(it) for it in Erased}
JournalLine = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal holds: of which stores it is, and when each thing was deleted."""

    stores: frozenset[str] = frozenset()
    erased: Mapping[tuple[Erased, str], int] = field(default_factory=dict)


def read(path: Path) -> Journal:
    """A journal, an empty one if there is no file. Raises OSError.

    A line that was cut short by a crash is left out: whoever writes the journal next writes it again.
    """
    try:
        lines = path.read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return Journal()
    parsed = list(filter(None, map(_parsed, lines)))
    return Journal(
        frozenset(id for kind, id, _ in parsed if kind == STORE),
        {(Erased(kind), id): at for kind, id, at in parsed if kind in KINDS},
    )


def append(path: Path, lines: Iterable[JournalLine]) -> None:
    """Add lines, and have them on the disk. Raises OSError."""
    text = "".join(f"{kind} {id} {at}\n" for kind, id, at in lines)
    if not text:
        return
    new = not path.exists()
    opened = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        end = os.lseek(opened, 0, os.SEEK_END)
        cut_short = end > 0 and os.pread(opened, 1, end - 1) != b"\n"
        left = (("\n" if cut_short else "") + text).encode("ascii")
        while left:
            left = left[os.write(opened, left) :]
        os.fsync(opened)
    finally:
        os.close(opened)
    if new:
        sync(path.parent)


def complete(path: Path, store: str, found: Mapping[tuple[Erased, str], int]) -> None:
    """Let a journal say whose it is, and hold these; what it has already is not written again. Raises OSError."""
    known = read(path)
    lines: list[JournalLine] = [] if store in known.stores else [(STORE, store, int(time.time()))]
    append(path, [*lines, *((*it, at) for it, at in found.items() if it not in known.erased)])


class JournalWriter:
    """Copies what a data file notes as deleted to its journal. The file keeps how far it is, after each piece: what a
    crash cuts short is written again, perhaps twice, which does no harm."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path

    async def run(self) -> None:
        """Runs until cancelled. Raises OSError, sqlite3.Error; it is then started again, and begins anew."""
        store = await self._database.write_soon(erasures.ensure_store_id)
        last = await asyncio.to_thread(self._begin, store)
        while True:
            found = await self._database.read_soon(partial(erasures.after, number=last, most=PIECE))
            if found:
                await asyncio.to_thread(append, self._path, [(it.kind, it.id, it.at) for it in found])
                last = found[-1].number
                # In the background: a person's write, and what its time tells, must not depend on others' deletions.
                kept = partial(erasures.set_journaled, number=last)
                await asyncio.to_thread(self._database.write_in_background, kept)
            if len(found) < PIECE:
                await asyncio.sleep(INTERVAL)

    def _begin(self, store: str) -> int:
        """The number after which the journal is to go on: 0 if it is not there, or another store's."""
        if store in _stores(self._path):
            return self._database.read(erasures.journaled)
        append(self._path, [(STORE, store, int(time.time()))])
        return 0


class OthersBackups(OSError):
    """A folder holds the backups of another uconnect: whoever wrote here would delete the oldest of them."""

    def __init__(self) -> None:
        super().__init__("it holds the backups of another uconnect; set BACKUPS to a folder of its own")


class JournalCopy:
    """A second journal, which holds all that the first does."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source, self._target = source, target
        self._copied = 0  # bytes of the source that the target has
        self._left: int | None = None  # bytes that the target had then; unknown at first

    def follow(self) -> None:
        """Copy what is new. If the target is not as it was left, copy all that it lacks: another disk may be there now.
        Raises OSError, OthersBackups if the target is the journal of other stores alone."""
        size, known = _size(self._source), set[bytes]()
        if size < self._copied or _size(self._target) != self._left:
            self._copied, known = self._begin()
        elif size == self._copied:
            return
        if size > self._copied:
            with self._source.open("rb") as file:
                file.seek(self._copied)
                added = file.read()
            added = added[: added.rfind(b"\n") + 1]
            lines = (it.decode("ascii", "replace") for it in added.splitlines() if it not in known)
            append(self._target, filter(None, map(_parsed, lines)))
            self._copied += len(added)
        self._left = _size(self._target)

    def _begin(self) -> tuple[int, set[bytes]]:
        """The bytes that the target has already; its lines if it is no beginning of the source."""
        size = _size(self._target)
        if size == 0:
            return 0, set()
        if (theirs := _stores(self._target)) and not theirs & _stores(self._source):
            raise OthersBackups
        if size <= _size(self._source):
            with self._source.open("rb") as source:
                if source.read(size) == self._target.read_bytes():
                    return size, set()
        return 0, set(self._target.read_bytes().splitlines())


def _size(path: Path) -> int:
    """Bytes of a file; 0 if it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _stores(path: Path) -> set[str]:
    """Whose a journal is: nobody's if there is no file. Not parsed: it may have a million lines. Raises OSError."""
    try:
        found = re.findall(rf"^{STORE} (\S+) \d+$".encode(), path.read_bytes(), re.MULTILINE)
    except FileNotFoundError:
        return set()
    return {it.decode("ascii", "replace") for it in found}


def _parsed(line: str) -> JournalLine | None:
    match line.split(" "):
        case [kind, id, at] if kind in KINDS | {STORE} and id and at.isdecimal():
            return kind, id, int(at)
    return None
