"""Puts a backup back in the place of a data folder's file, and deletes again what was deleted since (leak 29).

Nothing of the data folder is changed before the new file is whole: an end at any moment leaves the old or the new.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Protocol

from uconnect import oidc_provider
from uconnect.adapters.clock import new_context
from uconnect.adapters.mail import Outbox
from uconnect.adapters.sqlite import Damaged, Database, check, erasures
from uconnect.adapters.sqlite.copy import SIDE_FILES, remove, sync
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.usecases import erasures as erasing
from uconnect.domain.views.pages import Done
from uconnect.entrypoints.backups import archive, journal
from uconnect.entrypoints.backups.archive import DATA_FILE, Manifest, Progress, Refused
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import Settings
from uconnect.entrypoints.server.settings_sources import FILE as SETTINGS_FILE
from uconnect.oidc_provider import signing_keys

RESTORING, RESTORING_SETTINGS = "uconnect.restoring.sqlite", "uconnect.restoring.toml"
Known = dict[tuple[Erased, str], int]
ERASE: Mapping[Erased, Callable[[str], UseCase[Done]]] = {
    Erased.THREAD: lambda id: partial(erasing.erase_thread, id=id),
    Erased.PARTY: lambda id: partial(erasing.end_account, party=id),
    Erased.WORKER: lambda id: partial(erasing.dismiss, worker=id),
}


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done. `replaced` is where the file that was there before is now, if there was one.

    `kept_settings` says that the data folder's own settings file stays, though the backup has one.
    """

    manifest: Manifest
    erased: int
    replaced: Path | None
    kept_settings: bool


class OfStore(Protocol):
    """The manifest of a backup or of an archive. `store` is the id of the data file that it was made of."""

    @property
    def store(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was deleted since a backup. `complete` says whether a journal of its store was found, or the data file that
    it was taken of."""

    known: Known
    complete: bool


def find_erasures(settings: Settings, source: Path, manifest: OfStore) -> Erasures:
    """What the journals of the data folder and of the backup's folder hold, and the data file that is there now."""
    journals = [journal.read(folder / journal.NAME) for folder in (settings.data, source.parent)]
    store, noted = _erasures_of(settings.database)
    known = {key: at for it in journals for key, at in it.erased.items()}
    known |= {(it.kind, it.id): it.at for it in noted}
    stores = {store}.union(*(it.stores for it in journals))
    return Erasures(known, manifest.store is not None and manifest.store in stores)


def restore(settings: Settings, source: Path, known: Known, progress: Progress = lambda _, __: None) -> Restored:
    """Put a backup in the place of the data file. The data folder must be held by this process, see `data_folder`.

    Everybody is signed out: who has signed out since the backup stays so. Raises Refused, OSError, sqlite3.Error.
    """
    manifest = archive.read_manifest(source)
    _check_schemas(source, manifest)
    restoring = settings.data / RESTORING
    remove(restoring)
    try:
        archive.extract(source, manifest, DATA_FILE, restoring, progress)
        _check(source, restoring)
        erased, all_erased = _finish(restoring, known)
        end_log(restoring)
        sync(restoring)
        if manifest.store:
            journal.complete(settings.data / journal.NAME, manifest.store, known | all_erased)
        kept = _restore_settings(settings, source, manifest)
        return Restored(manifest, erased, put_in_place(settings.database, restoring), kept)
    except BaseException:
        remove(restoring)
        raise


def _check_schemas(source: Path, manifest: Manifest) -> None:
    known = {it.component: len(it.scripts) for it in MIGRATIONS}
    if any(version > known.get(component, 0) for component, version in manifest.schemas.items()):
        raise Refused(
            f"{source} was written by a later release, uconnect {manifest.uconnect}. Install that one to restore it."
        )


def _check(source: Path, file: Path) -> None:
    try:
        check(file)
    except Damaged:
        raise Refused(f"{source} holds a data file that is damaged. Try an earlier backup.") from None


def _finish(file: Path, known: Known) -> tuple[int, Known]:
    """Bring the tables up to date, sign everybody out, and delete what was deleted. How many of these were there, and
    all that the file notes as deleted."""
    try:
        database = Database(file, MIGRATIONS)
    except NewerSchema as error:
        raise Refused(str(error)) from error
    try:
        database.write(_sign_anew)
        return erase_again(database, known)
    finally:
        database.close()


def _sign_anew(connection: sqlite3.Connection) -> None:
    """Everybody signs in again, by tokens of a new key: whoever has the backup has the old one."""
    oidc_provider.sign_everybody_out(connection)
    signing_keys.rotate(connection, time.time(), stolen=True)


def erase_again(database: Database, known: Known) -> tuple[int, Known]:
    """Delete what was deleted. How many of these were there, and all that the file notes as deleted."""
    store, before = SqliteStore(database, new_context), len(database.read(_all))
    for kind, id in known:
        if kind is Erased.LOGIN:
            database.write(partial(_forget, outbox=Outbox(database), subject=id))
        else:
            assert isinstance(store.run(ERASE[kind](id)), Plan)
    found = database.read(_all)
    return len(found) - before, {(it.kind, it.id): it.at for it in found}


def _forget(connection: sqlite3.Connection, outbox: Outbox, subject: str) -> None:
    """Delete a login with the letters that wait for it. It was written its last one when it was deleted first."""
    email = oidc_provider.forget(connection, subject)
    if email is not None:
        outbox.forget(connection, email)


def _all(connection: sqlite3.Connection) -> list[erasures.Erasure]:
    return erasures.after(connection, 0)


def _erasures_of(database: Path) -> tuple[str | None, list[erasures.Erasure]]:
    """The id of the file in use, and what it notes as deleted; nothing if there is no file, or it cannot be read."""
    if not database.is_file():
        return None, []
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return erasures.store_id(connection), erasures.after(connection, 0)
    except sqlite3.Error:
        return None, []


def _restore_settings(settings: Settings, source: Path, manifest: Manifest) -> bool:
    """Whether the data folder's own settings file is kept in place of the backup's."""
    if SETTINGS_FILE not in manifest.files:
        return False
    file = settings.data / SETTINGS_FILE
    if file.exists():
        return True
    restoring = settings.data / RESTORING_SETTINGS
    archive.extract(source, manifest, SETTINGS_FILE, restoring)
    restoring.rename(file)  # whole: the next restore keeps a file that is there
    return False


def put_in_place(database: Path, restoring: Path) -> Path | None:
    """Put the new file in its place in one step. The old one has another name beside it, with what its log held."""
    was_there, replaced = database.exists(), _free_name(database)
    if was_there:
        with suppress(sqlite3.Error):
            end_log(database)
        os.link(database, replaced)
    # SQLite would write an old log into the new file, also one whose own file is gone. A file whose log could not be
    # ended is damaged anyway.
    for end in SIDE_FILES:
        if (log := Path(f"{database}{end}")).exists():
            log.rename(f"{replaced}{end}")
    restoring.replace(database)
    sync(database.parent)
    return replaced if was_there else None


def _free_name(database: Path) -> Path:
    """A name beside it that nothing has yet."""
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    names = (
        database.with_name(f"uconnect.replaced-{now}{end}.sqlite") for end in chain([""], (f"-{n}" for n in count(2)))
    )
    return next(it for it in names if not it.exists())


def end_log(database: Path) -> None:
    """Have all in the file itself, as the last process that closes it does; but that tells nobody if it fails. Raises
    Refused if another has it open, sqlite3.Error."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        in_use, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if in_use:
        raise Refused(f"Another program has {database} open. End it, then restore the backup.")
