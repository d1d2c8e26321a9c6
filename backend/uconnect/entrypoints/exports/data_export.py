"""Writes all data of a data folder into an archive, as it is at one moment, also while the server runs."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from uconnect.adapters.sqlite import erasures
from uconnect.entrypoints.backups.archive import Progress, Refused, require_room
from uconnect.entrypoints.exports import archive_file
from uconnect.entrypoints.exports.archive_file import ArchiveManifest
from uconnect.entrypoints.exports.members import MEMBERS, Member, Row
from uconnect.entrypoints.server.container import MIGRATIONS

OFTEN = 1000  # lines between two reports of how far it is


class Exported(NamedTuple):
    """What an export has written. `waiting` e-mails are not in it."""

    manifest: ArchiveManifest
    waiting: int


def export(database: Path, target: Path, progress: Progress = lambda _, __: None) -> Exported:
    """Write a new archive of a data file. Raises Refused, NewerSchema, sqlite3.Error, OSError."""
    archive_file.require_new(target)
    require_room(target.parent, database.stat().st_size)
    uri = f"{database.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")  # all that follows reads the same moment
        _require_current(connection)
        (waiting,) = connection.execute("SELECT count(*) FROM letter WHERE refused IS NULL").fetchone()
        return Exported(write(connection, target, erasures.store_id(connection), progress), waiting)


def write(
    connection: sqlite3.Connection, target: Path, store: str | None, progress: Progress = lambda _, __: None
) -> ArchiveManifest:
    """Write a new archive of what a connection reads. Raises Refused, sqlite3.Error, OSError."""
    total = sum(connection.execute(f"SELECT count(*) FROM {it.table}").fetchone()[0] for it in MEMBERS)  # noqa: S608 - (the same)
    done = 0

    def rows(member: Member) -> Generator[Row]:
        yield from connection.execute(member.select)

    def written() -> None:
        nonlocal done
        done += 1
        if done % OFTEN == 0 or done == total:
            progress(done, total)

    return archive_file.write(target, rows, int(time.time()), store, written)


def _require_current(connection: sqlite3.Connection) -> None:
    if any(it.are_due(connection) for it in MIGRATIONS):
        raise Refused("The data folder is of an earlier release. Start uconnect once with this release, then export.")
    if connection.execute("SELECT 1 FROM issuer_email_change LIMIT 1").fetchone():
        raise Refused(
            "A person has just changed the e-mail address of an account. Let uconnect run for a minute, then export."
        )
