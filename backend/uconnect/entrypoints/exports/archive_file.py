"""The file of an archive: a ZIP archive with a JSON Lines file for each table, and a manifest.

The manifest comes last. It has the number of lines, the size and the SHA-256 of each file: what was cut or changed does
not pass. Nothing in an archive names a place on a disk that anything is written to.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, cast

import msgspec

from uconnect import VERSION
from uconnect.adapters.sqlite import schema
from uconnect.application.audit import AuditBroken
from uconnect.entrypoints.backups.archive import (
    DATA_FILE,
    MANIFEST,
    MANIFEST_SIZE,
    METHODS,
    Refused,
    Release,
    UnixTime,
    manifest_in,
)
from uconnect.entrypoints.backups.partial_files import unfinished
from uconnect.entrypoints.exports.members import ACCOUNTS, ADDED, LINKS, MEMBERS, Account, Member, Row
from uconnect.oidc_provider.upstream_settings import SignInMethods

FORMAT = 1
SCHEMA = len(schema.MIGRATIONS.scripts)  # the version of the records
LINE_SIZE = 1 << 20  # bytes of a line at the most: a record in DynamoDB has 400 KB
LEVEL = 3  # of 9: higher ones take three times as long, and make it a tenth smaller


class Part(msgspec.Struct, frozen=True):
    """A file in an archive. `lines` is how many it has."""

    lines: int
    size: int
    sha256: str


class ArchiveManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive has. `taken` is Unix seconds; `schema` is the version of the records.

    `store` is the id that a data file and its journal of erasures share, None where there is no journal.
    """

    format: int
    uconnect: Release
    taken: UnixTime
    schema: int
    store: str | None
    files: dict[str, Part]

    @property
    def lines(self) -> int:
        return sum(part.lines for part in self.files.values())

    @property
    def size(self) -> int:
        """Bytes of all files, not compressed."""
        return sum(part.size for part in self.files.values())


def write(
    target: Path, rows: Callable[[Member], Generator[Row]], taken: int, store: str | None, written: Callable[[], None]
) -> ArchiveManifest:
    """Write a new archive, whole or not at all. `written` is called for each line. Raises Refused, OSError."""
    require_new(target)
    try:
        with unfinished(target) as (file, _):
            with zipfile.ZipFile(file, "w") as archive:
                files = {it.name: _add_all(archive, it, rows(it), written) for it in MEMBERS}
                manifest = ArchiveManifest(
                    format=FORMAT, uconnect=VERSION, taken=taken, schema=SCHEMA, store=store, files=files
                )
                archive.writestr(zipfile.ZipInfo(MANIFEST), msgspec.json.format(msgspec.json.encode(manifest)))
            return manifest
    except FileExistsError:
        raise Refused(f"{target} exists already. Give another name.") from None


def require_new(target: Path) -> None:
    """Raises Refused if there is something at `target`, or no folder for it."""
    if target.exists() or target.is_symlink():
        raise Refused(f"{target} exists already. Give another name.")
    if not target.parent.is_dir():
        raise Refused(f"The folder {target.parent} does not exist. Create it, or give another one.")


def _add_all(archive: zipfile.ZipFile, member: Member, rows: Generator[Row], written: Callable[[], None]) -> Part:
    with closing(rows):
        return _add(archive, member, rows, written)


def _add(archive: zipfile.ZipFile, member: Member, rows: Iterator[Row], written: Callable[[], None]) -> Part:
    found, size, lines = hashlib.sha256(), 0, 0
    about = zipfile.ZipInfo(member.name)
    about.compress_type = zipfile.ZIP_DEFLATED
    about._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - before Python 3.13 it has no other name
    with archive.open(about, "w", force_zip64=True) as file:
        for row in rows:
            try:
                line = member.line(row) + b"\n"
            except (msgspec.MsgspecError, AuditBroken) as error:
                raise Refused(
                    f"The table {member.table} has a row that uconnect cannot read. Nothing was written. Restore your"
                    " latest backup, or run: uconnect doctor"
                ) from error
            found.update(line)
            file.write(line)
            size += len(line)
            lines += 1
            written()
    return Part(lines, size, found.hexdigest())


def read_manifest(source: Path) -> ArchiveManifest:
    """What an archive says that it has, if its files are those of this format. Raises Refused, OSError."""
    with _opened(source) as archive:
        listed = {it.filename: it for it in archive.infolist()}
        if MANIFEST not in listed or listed[MANIFEST].file_size > MANIFEST_SIZE:
            raise Refused(f"{source} is not an archive of uconnect, or only a part of one.")
        if DATA_FILE in listed:
            raise Refused(f"{source} is a backup and not an archive. To put it back: uconnect restore {source}")
        if any(it.compress_type not in METHODS for it in listed.values()):
            raise Refused(f"{source} is compressed in a way that uconnect does not use. Export again.")
        said = manifest_in(archive)
        try:
            about = msgspec.json.decode(said, type=_About)
        except msgspec.MsgspecError:
            raise Refused(f"{source} has a manifest that cannot be read. Export again.") from None
        if about.format != FORMAT or about.schema > SCHEMA:
            raise Refused(
                f"{source} is of uconnect {about.uconnect}, and this release ({VERSION}) cannot read it. Install that"
                " release."
            )
        try:
            manifest = msgspec.json.decode(said, type=ArchiveManifest)
        except msgspec.MsgspecError:
            raise Refused(f"{source} has a manifest that cannot be read. Export again.") from None
        sizes = {name: it.file_size for name, it in listed.items() if name != MANIFEST}
        if len(archive.infolist()) != len(manifest.files) + 1 or sizes != {
            name: part.size for name, part in manifest.files.items()
        }:
            raise Refused(f"{source} does not have the files that it says. Export again.")
        if manifest.files.keys() | ADDED != {it.name for it in MEMBERS}:
            raise Refused(f"{source} does not have the files of an archive of uconnect. Export again.")
    return manifest


class _About(msgspec.Struct, frozen=True):
    """What each version of the format says of itself."""

    format: int
    uconnect: Release
    schema: int = 0


def rows(source: Path, manifest: ArchiveManifest, member: Member) -> Iterator[Row]:
    """The rows of a file. Once all were read it is known that they are what was written. Raises Refused, OSError."""
    if member.name not in manifest.files:
        return
    part, found, size, lines = manifest.files[member.name], hashlib.sha256(), 0, 0
    with _opened(source) as archive, archive.open(member.name) as file:
        for line in _lines(source, member, file):
            found.update(line)
            size += len(line)
            lines += 1
            try:
                yield member.row(line)
            except (msgspec.MsgspecError, AuditBroken, UnicodeDecodeError, RecursionError):
                raise Refused(
                    f"{source} is damaged: line {lines} of {member.name} is not valid. Nothing was imported."
                ) from None
    if Part(lines, size, found.hexdigest()) != part:
        raise Refused(f"{source} is damaged: {member.name} is not what was exported. Nothing was imported.")


def _lines(source: Path, member: Member, file: IO[bytes]) -> Iterator[bytes]:
    read = BufferedReader(cast(RawIOBase, file))  # it keeps to the limit, which a file of a ZIP archive does not
    while line := read.readline(LINE_SIZE):
        if not line.endswith(b"\n"):
            raise Refused(f"{source} is damaged: {member.name} has a line that is too long, or was cut.")
        yield line


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise Refused(f"{source} is damaged, or not an archive of uconnect, or only a part of one.") from error


def without_password(source: Path, manifest: ArchiveManifest, methods: SignInMethods) -> int:
    """How many accounts have to set a password: they have none, and no link to a provider that is set here. None where
    there are no passwords. Raises Refused, OSError."""
    if not methods.passwords:
        return 0
    linked = {row[2] for row in rows(source, manifest, LINKS) if methods.of_issuer(row[0])}
    place = Account.__struct_fields__.index("password")
    return sum(not row[place] and row[0] not in linked for row in rows(source, manifest, ACCOUNTS))
