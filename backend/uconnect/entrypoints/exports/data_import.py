"""Reads an archive into a new data file, and puts that in the place of an empty one.

Nothing is trusted before all of it was read: each line is a record, each file is what was exported, no row comes
twice, and the records fit together. Until then it is in a file of its own: an end at any moment leaves nothing of it.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from uconnect.adapters import mail
from uconnect.adapters.mail import Outbox, templates
from uconnect.adapters.sqlite import Database, audit_log
from uconnect.adapters.sqlite.copy import remove, sync
from uconnect.application import audit
from uconnect.application.audit import Act, AuditBroken
from uconnect.entrypoints.backups.archive import Progress, Refused, require_room
from uconnect.entrypoints.backups.restore import Known, end_log, erase_again, put_in_place
from uconnect.entrypoints.exports import archive_file, references
from uconnect.entrypoints.exports.archive_file import ArchiveManifest
from uconnect.entrypoints.exports.members import MEMBERS, Row
from uconnect.entrypoints.exports.references import DoesNotFit
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import Settings
from uconnect.oidc_provider.upstream_settings import SignInMethods

IMPORTING = "uconnect.importing.sqlite"
GROUP = 2_000  # rows inserted by one call
GROWS = 3  # how much larger a data file is than the lines of its archive, with its indexes
ALWAYS_THERE = {"job"}  # two jobs come back each minute and each week, also where nobody has ever been
LOCKED_OUT = (  # no password, and no link to one of these issuers, a JSON array
    "SELECT email FROM issuer_account WHERE password = '' AND NOT EXISTS (SELECT 1 FROM issuer_link AS link"
    " WHERE link.subject = issuer_account.subject AND link.issuer IN (SELECT value FROM json_each(?))) ORDER BY email"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done: how many things were deleted again, and how many accounts have no password."""

    manifest: ArchiveManifest
    erased: int
    without_password: int


def require_empty(database: Path) -> None:
    """Raises Refused if there are data in a data file; sqlite3.Error."""
    if not database.exists():
        return
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for member in MEMBERS:
            if member.table not in tables - ALWAYS_THERE:
                continue
            if connection.execute(f"SELECT 1 FROM {member.table} LIMIT 1").fetchone():  # noqa: S608 - names of our own
                raise Refused(
                    f"{database} is not empty. uconnect imports into an empty data folder only: set DATA to another"
                    " folder."
                )


def import_into(settings: Settings, source: Path, known: Known, progress: Progress = lambda _, __: None) -> Imported:
    """Read an archive into an empty data folder, which must be held by this process, see `data_folder`. What is `known`
    as deleted is deleted again. Raises Refused, OSError, sqlite3.Error."""
    manifest = archive_file.read_manifest(source)
    require_empty(settings.database)
    importing = settings.data / IMPORTING
    try:
        fill(importing, source, manifest, progress)
        database = Database(importing, MIGRATIONS)
        try:
            erased, _ = erase_again(database, known)
            outbox, methods = Outbox(database, sends=settings.smtp is not None), settings.sign_in_methods
            ask = partial(_ask_for_passwords, outbox=outbox, url=settings.url, methods=methods)
            without_password = database.write(ask) if methods.passwords else 0
        finally:
            database.close()
        end_log(importing)
        sync(importing)
        replaced = put_in_place(settings.database, importing)
        if replaced is not None:
            remove(replaced)  # nobody has written anything there
    finally:
        remove(importing)
    return Imported(manifest, erased, without_password)


def fill(file: Path, source: Path, manifest: ArchiveManifest, progress: Progress = lambda _, __: None) -> None:
    """Write a new data file of an archive that is whole. Raises Refused, OSError, sqlite3.Error; a `file` that is left
    then is of no use."""
    require_room(file.parent, GROWS * manifest.size)
    with new_file(file) as connection:
        done = 0
        for member in MEMBERS:
            rows = archive_file.rows(source, manifest, member)
            for group in _groups(rows):
                _insert(connection, source, member.name, member.insert, group)
                done += len(group)
                progress(done, manifest.lines)
        check(connection, str(source))


@contextmanager
def new_file(file: Path) -> Iterator[sqlite3.Connection]:
    """A new data file with nothing in it, to be filled. It is quick, and not safe: if anything ends this, it is of no
    use."""
    remove(file)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-100000"):
            connection.execute(f"PRAGMA {pragma}")
        for component in MIGRATIONS:
            component.apply(connection)
        connection.execute("BEGIN")
        _clear(connection)
        yield connection
        connection.execute("COMMIT")


def _clear(connection: sqlite3.Connection) -> None:
    """What a new file has from the start, such as the two jobs, is not the archive's."""
    for member in MEMBERS:
        if member.table != "operator_act":  # it is empty, and nothing can be deleted in it
            connection.execute(f"DELETE FROM {member.table}")  # noqa: S608 - names of our own


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(rows, GROUP)):
        yield group


def _insert(connection: sqlite3.Connection, source: Path, name: str, insert: str, rows: Iterable[Row]) -> None:
    try:
        connection.executemany(insert, rows)
    except (sqlite3.IntegrityError, OverflowError) as error:
        raise Refused(
            f"{source} is damaged: {name} has the same row twice, or one that no table takes. Nothing was imported."
        ) from error


def check(connection: sqlite3.Connection, source: str) -> None:
    """Raises Refused if what was read from `source` does not fit together."""
    try:
        references.check(connection)
        acts = connection.execute(f"SELECT {audit_log.COLUMNS} FROM operator_act ORDER BY number")  # noqa: S608 - (the same)
        for _ in audit.checked(Act(*row) for row in acts):
            continue
    except DoesNotFit as error:
        raise Refused(f"The records of {source} do not fit together: {error}. Nothing was imported.") from error
    except AuditBroken as error:
        raise Refused(f"{source} has an audit log that was changed. {error} Nothing was imported.") from error


def _ask_for_passwords(connection: sqlite3.Connection, outbox: mail.Outbox, url: str, methods: SignInMethods) -> int:
    """Write to who has an account and no way to sign in to it. How many these are."""
    issuers = json.dumps([it.issuer for it in methods.upstreams])
    emails = [email for (email,) in connection.execute(LOCKED_OUT, (issuers,))]
    for email in emails:
        outbox.put(connection, templates.set_password(email, url))
    return len(emails)
