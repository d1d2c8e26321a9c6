"""Brings the tables of a data folder to this release's version, or tries it on a copy.

A server does the same when it starts. Tried before, a big upgrade surprises nobody.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from uconnect.adapters.sqlite import Damaged, Database, check
from uconnect.adapters.sqlite.copy import copy, remove
from uconnect.entrypoints.backups.archive import Progress, Refused, require_room
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import Settings

COPY = "uconnect.trial.sqlite"


@dataclass(frozen=True, slots=True)
class Step:
    """From which version to which a component's tables go."""

    component: str
    before: int
    after: int


def due(database: Path) -> list[Step]:
    """The components whose tables are of an earlier release. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        has = dict(connection.execute("SELECT component, version FROM migration").fetchall())
    found = (Step(it.component, has.get(it.component, 0), len(it.scripts)) for it in MIGRATIONS)
    return [it for it in found if it.before != it.after]


def upgrade(file: Path) -> None:
    """Bring the tables up to date, and check the file. Raises NewerSchema, Damaged, sqlite3.Error."""
    Database(file, MIGRATIONS).close()
    check(file)


def try_on_copy(settings: Settings, progress: Progress = lambda _, __: None) -> None:
    """`upgrade` on a copy, which is deleted. Raises Refused and what `upgrade` raises."""
    trial, size = settings.data / COPY, settings.database.stat().st_size
    require_room(settings.data, 2 * size)
    remove(trial)
    try:
        copy(settings.database, trial, lambda done: progress(min(done, size), size))
        upgrade(trial)
    except Damaged:
        raise Refused(
            "The copy is damaged after the upgrade. The data itself was not changed. Do not start this release."
        ) from None
    finally:
        remove(trial)
