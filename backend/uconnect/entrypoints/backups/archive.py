"""The file of a backup: a ZIP archive, not compressed, with the data file, the settings file and a manifest.

The manifest comes last and holds the SHA-256 of the others: an archive that was cut short has none.
"""

import hashlib
import os
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Annotated

import msgspec

from uconnect import VERSION
from uconnect.adapters.sqlite import erasures
from uconnect.adapters.sqlite.copy import copy
from uconnect.entrypoints.backups.partial_files import unfinished
from uconnect.entrypoints.server.settings import Settings
from uconnect.entrypoints.server.settings_sources import FILE as SETTINGS_FILE

FORMAT = 1
DATA_FILE, MANIFEST = "uconnect.sqlite", "manifest.json"
EXPORTED = "accounts.jsonl"  # is in what `uconnect export` writes, and in no backup
BLOCK = 1 << 20  # bytes read at once
SPARE = 64 << 20  # bytes to be left free beside what a backup takes
MANIFEST_SIZE = 1 << 16  # bytes of a manifest at the most
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack as much as they like at once
Progress = Callable[[int, int], None]
# Both are printed, so a manifest that somebody else wrote moves no cursor, and names a moment of a calendar.
Release = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z.+-]{1,50}\Z")]
UnixTime = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]  # Unix seconds, until the year 9999


class Refused(Exception):
    """A backup that is not written, or not trusted. The message says why, and what to do."""


class Part(msgspec.Struct, frozen=True):
    """A file in a backup."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `taken` is Unix seconds; `schemas` are the versions of the components' tables.

    `store` is the id that the data file shares with its journal; None if it was never served by this release.
    """

    format: int
    uconnect: Release
    taken: UnixTime
    schemas: dict[str, int]
    store: str | None
    files: dict[str, Part]


def write(settings: Settings, target: Path, progress: Progress = lambda _, __: None) -> Manifest:
    """Back up the data folder while others write to it. It takes twice the room of the data file for a moment.

    `progress` is told the bytes done and the bytes in all. Raises Refused, Damaged, sqlite3.Error, OSError. Whatever
    ends this early leaves nothing at `target`.
    """
    if target.exists() or target.is_symlink():
        raise Refused(f"{target} exists already. A backup never overwrites a file: give another name.")
    if not target.parent.is_dir():
        raise Refused(f"The folder {target.parent} does not exist. Create it, or give another one.")
    size = settings.database.stat().st_size
    require_room(target.parent, 2 * size)
    taken = int(time.time())
    try:
        with unfinished(target) as (file, data):
            copy(settings.database, data, lambda done: progress(min(done, size), 2 * size))
            total = 2 * data.stat().st_size
            return _write(file, data, _settings_file(settings), taken, lambda done: progress(total // 2 + done, total))
    except FileExistsError:
        raise Refused(f"{target} exists already. A backup never overwrites a file: give another name.") from None


def _write(
    target: IO[bytes], data: Path, settings_file: Path | None, taken: int, progress: Callable[[int], None]
) -> Manifest:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        files = {DATA_FILE: _add(archive, DATA_FILE, data, progress)}
        if settings_file:
            files[SETTINGS_FILE] = _add(archive, SETTINGS_FILE, settings_file, lambda _: None)
        manifest = _manifest(data, taken, files)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _add(archive: zipfile.ZipFile, name: str, file: Path, progress: Callable[[int], None]) -> Part:
    with file.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        return _moved(source, target, progress)


def _moved(source: IO[bytes], target: IO[bytes], progress: Callable[[int], None]) -> Part:
    """What was read and written."""
    found, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        found.update(block)
        target.write(block)
        size += len(block)
        progress(size)
    return Part(size, found.hexdigest())


def manifest_in(opened: zipfile.ZipFile) -> bytes:
    """The bytes of a manifest. `ZipFile.read` would unpack all that is there, up to 2 GB, and cut it then.

    Raises KeyError, and what zipfile raises.
    """
    found = opened.getinfo(MANIFEST)
    if found.compress_type not in METHODS or found.file_size > MANIFEST_SIZE:
        raise zipfile.BadZipFile
    with opened.open(found) as file:
        return file.read(MANIFEST_SIZE)


def read_manifest(source: Path) -> Manifest:
    """What a backup says that it holds. Raises Refused, OSError."""
    try:
        with zipfile.ZipFile(source) as archive:
            if EXPORTED in archive.namelist():
                raise Refused(f"{source} is an archive and not a backup. To read it: uconnect import {source}")
            manifest = msgspec.json.decode(manifest_in(archive), type=Manifest)
            stored = {it.filename: it.compress_type for it in archive.infolist()}
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        raise Refused(f"{source} is not a backup of uconnect, or only a part of one. Try an earlier one.") from None
    except msgspec.MsgspecError:
        raise Refused(f"{source} has a manifest that cannot be read. Try an earlier backup.") from None
    if manifest.format != FORMAT:
        raise Refused(
            f"{source} has the format {manifest.format} of uconnect {manifest.uconnect}, and this release"
            f" ({VERSION}) reads format {FORMAT} only. Restore it with that release."
        )
    if manifest.files.keys() - {SETTINGS_FILE} != {DATA_FILE} or stored != dict.fromkeys(
        (*manifest.files, MANIFEST), zipfile.ZIP_STORED
    ):
        raise Refused(f"{source} does not hold the files that a backup of uconnect holds. Try an earlier one.")
    return manifest


def extract(source: Path, manifest: Manifest, name: str, target: Path, progress: Progress = lambda _, __: None) -> None:
    """Write a file of a backup to `target`, for its account alone, if it is what the manifest says. Raises Refused."""
    part = manifest.files[name]
    require_room(target.parent, part.size)
    descriptor = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(source) as archive, archive.open(name) as stored:
            found = _moved(stored, file, lambda done: progress(done, part.size))
            file.flush()
            os.fsync(file.fileno())
    except (zipfile.BadZipFile, RuntimeError, EOFError):
        found = Part(0, "")
    if found != part:
        target.unlink()
        raise Refused(f"{source} is damaged: its {name} is not what was backed up. Try an earlier backup.")


def _manifest(data: Path, taken: int, files: dict[str, Part]) -> Manifest:
    with closing(sqlite3.connect(f"{data.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        schemas = dict(connection.execute("SELECT component, version FROM migration").fetchall())
        # Its table came with the second version of the operator's.
        store = erasures.store_id(connection) if schemas.get("operator", 0) > 1 else None
    return Manifest(format=FORMAT, uconnect=VERSION, taken=taken, schemas=schemas, store=store, files=files)


def _settings_file(settings: Settings) -> Path | None:
    file = settings.data / SETTINGS_FILE
    return file if file.is_file() else None


def require_room(folder: Path, needed: int) -> None:
    """Raises Refused if so many bytes, and some more, do not fit into a folder."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise Refused(
            f"The disk of {folder} has {_megabytes(free)} free, and this takes {_megabytes(needed + SPARE)}. Make room,"
            " or give a folder on another disk."
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
