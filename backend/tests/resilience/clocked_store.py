"""A store for many trials, with a clock that moves as a busy day does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.memory_store import MemoryStore
from tests.support.stores import Home, Time
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore

A_MESSAGE = 300  # ms: slow enough for the pace


@contextmanager
def home(kind: str, folder: Path) -> Iterator[Home]:
    time = Time(step=A_MESSAGE)
    if kind == "memory":
        yield Home(MemoryStore(time.new_context), time)
        return
    database = Database(folder / "uconnect.sqlite", MIGRATIONS)
    yield Home(SqliteStore(database, time.new_context), time, serial=True)
    database.close()
