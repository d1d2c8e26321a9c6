"""What is checked: the settings, the data folder that they name, and the moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from uconnect.entrypoints.server.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """`now` is Unix seconds; `served` is whether a server runs in the folder."""

    settings: Settings
    now: float
    served: bool

    @property
    def files(self) -> list[Path]:
        """The data file, and SQLite's log beside it. None if there is no data file, or if it cannot be reached."""
        file = self.settings.database
        with suppress(OSError):
            return [file, *filter(Path.is_file, [file.with_name(f"{file.name}-wal")])] if file.is_file() else []
        return []

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write. A check must not bring an older store up to date."""
        uri = f"{self.settings.database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection
