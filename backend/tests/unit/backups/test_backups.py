"""A backup holds everything; a restore puts it back, and deletes again what was deleted since."""

import errno
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.earlier_release import FIRST_RELEASE
from tests.unit.backups.conftest import ADA, LAW, WANDA, Say, University
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email
from uconnect.adapters.sqlite import Database, erasures
from uconnect.adapters.sqlite.copy import SIDE_FILES
from uconnect.domain.context import Plan
from uconnect.domain.usecases import account_closing, workers
from uconnect.entrypoints.backups import archive, journal, partial_files, restore, upgrade
from uconnect.entrypoints.backups.archive import Refused
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.job_adapters import forget_account
from uconnect.oidc_provider import accounts, sessions

NOT_KEPT = ("issuer_session", "issuer_code", "issuer_token_family", "issuer_email_verification")
Rows = dict[str, list[tuple[object, ...]]]


def rows(database: Path) -> Rows:
    """All that a data file holds, but for whom it keeps signed in."""
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
            if name not in NOT_KEPT
        }


def texts(data: Path) -> str:
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        return repr(connection.execute("SELECT body FROM entry UNION ALL SELECT body FROM party").fetchall())


def with_journal(university: University) -> None:
    """What a server writes within a second."""
    database, path = university.server.container.database, university.server.container.settings.data / journal.NAME
    store = database.write(erasures.ensure_store_id)
    journal.complete(path, store, {(it.kind, it.id): it.at for it in database.read(lambda c: erasures.after(c, 0))})


def test_what_was_backed_up_is_there_again(university: University, say: Say, tmp_path: Path, data: Path) -> None:
    with_journal(university)
    before, file = rows(data / "uconnect.sqlite"), tmp_path / "first.backup"
    signed = before.pop("issuer_key")
    told = say("backup", file)
    assert told.exit_code == 0, told.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(it.name for it in tmp_path.iterdir()) == ["data", "first.backup", "sites"], "nothing else is left"
    university.raised("Raised since")
    university.server.close()
    told = say("restore", file, "--yes")
    assert told.exit_code == 0, told.output
    assert "Deleted again: no items." in told.output
    restored = rows(data / "uconnect.sqlite")
    assert len(restored["issuer_key"]) == 1
    assert restored.pop("issuer_key") != signed, "whoever has the backup has the key"
    assert restored == before
    (replaced,) = data.glob("uconnect.replaced-*.sqlite")
    assert f"What was there before is in {replaced}." in told.output
    assert "Raised since" in repr(rows(replaced))
    assert all(it.stat().st_mode & 0o777 == 0o600 for it in data.iterdir())


@pytest.mark.parametrize("lost", ["nothing", "data file", "data folder", "journal"])
def test_what_was_deleted_since_is_deleted_again(
    university: University, say: Say, tmp_path: Path, data: Path, lost: str
) -> None:
    """By the journal of the data folder, by that of the backups, or by the data file itself, whatever is left."""
    with_journal(university)
    folder = tmp_path / "backups"
    folder.mkdir()
    assert say("backup", folder / "first.backup").exit_code == 0
    university.delete(university.threads[0])
    with_journal(university)
    university.server.close()
    if lost == "data folder":
        shutil.move(data / journal.NAME, folder / journal.NAME)
        shutil.rmtree(data)
    elif lost == "data file":
        (data / "uconnect.sqlite").unlink()
    elif lost == "journal":
        (data / journal.NAME).unlink()
    told = say("restore", folder / "first.backup", "--yes")
    assert told.exit_code == 0, told.output
    assert "Deleted again: 1 item." in told.output
    opened = ServerInProcess(data)
    try:
        found = opened.container.database.read(lambda c: c.execute("SELECT count(*) FROM thread").fetchone())
        jobs = opened.container.database.read(lambda c: c.execute("SELECT body FROM job").fetchall())
    finally:
        opened.close()
    assert found == (1,)
    assert "purge_thread" in repr(jobs), "its messages are erased as of any thread"
    again = journal.read(data / journal.NAME)
    assert len(again.erased) == 1, "the next restore of an older backup knows it too"


def test_closed_accounts_removed_workers_and_logins_end_again(
    university: University, say: Say, tmp_path: Path, data: Path
) -> None:
    server = university.server
    lonely = server.account("lonely@example.org")  # it has never opened a site
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    server.run(partial(account_closing.close, by=university.ada))
    server.run(partial(workers.remove, by=university.law, worker_id=university.wanda))
    server.container.database.write(lambda c: accounts.forget(c, lonely))
    with_journal(university)
    server.close()
    told = say("restore", tmp_path / "first.backup", "--yes")
    assert told.exit_code == 0, told.output
    assert "Deleted again: 3 items." in told.output
    opened = ServerInProcess(data)
    try:
        database = opened.container.database
        found = database.read(lambda c: [accounts.of_email(c, it) for it in ("lonely@example.org", LAW)])
        parties = dict(database.read(lambda c: c.execute("SELECT id, body FROM party").fetchall()))
    finally:
        opened.close()
    assert found[0] is None
    assert found[1] is not None
    assert '"ended":true' in parties[university.ada]
    assert '"removed":true' in parties[university.wanda]
    assert '"ended":true' not in parties[university.law]


def test_letters_that_waited_for_who_has_left_are_gone_again(
    university: University, say: Say, tmp_path: Path, data: Path
) -> None:
    database, outbox = university.server.container.database, university.server.container.outbox
    lonely = university.server.account("lonely@example.org")
    with_journal(university)
    for to in ("lonely@example.org", ADA):
        database.write(partial(outbox.put, letter=Email(to, "Hello", "A message waits for you.")))
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    database.write(lambda c: forget_account(c, outbox, lonely))
    with_journal(university)
    university.server.close()
    assert say("restore", tmp_path / "first.backup", "--yes").exit_code == 0
    assert [to for _, _, _, to, *_ in rows(data / "uconnect.sqlite")["letter"]] == [ADA]


def test_everybody_is_signed_out(university: University, say: Say, tmp_path: Path, data: Path) -> None:
    """Whoever has signed out since stays so."""
    with_journal(university)
    begin = lambda c: sessions.begin(c, "uconnect-user", "somebody", 1.0)  # noqa: E731
    session, _ = university.server.container.database.write(begin)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    told = say("restore", tmp_path / "first.backup", "--yes")
    assert told.exit_code == 0
    assert "Suspend again whom you have suspended since." in told.output
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        assert not sessions.is_known(connection, session.sid)
        assert accounts.of_email(connection, ADA) is not None
        assert accounts.of_email(connection, WANDA) is not None


def test_without_a_journal_a_restore_says_what_it_cannot_know(
    university: University, say: Say, tmp_path: Path, data: Path
) -> None:
    university.delete(university.threads[0])
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    elsewhere = {"DATA": str(tmp_path / "elsewhere")}
    refused = say("restore", tmp_path / "first.backup", "--yes", **elsewhere)
    assert refused.exit_code == 1
    assert "There is no journal of what was deleted since the backup." in refused.output
    assert not (tmp_path / "elsewhere" / "uconnect.sqlite").exists()
    assert say("restore", tmp_path / "first.backup", "--yes", "--no-journal", **elsewhere).exit_code == 0
    again = journal.read(tmp_path / "elsewhere" / journal.NAME)
    assert len(again.erased) == 1, "the new journal has what the backup knows of"
    assert rows(tmp_path / "elsewhere" / "uconnect.sqlite").keys() == rows(data / "uconnect.sqlite").keys()


def test_the_journal_and_file_of_another_store_are_no_proof(
    university: University, say: Say, tmp_path: Path, data: Path
) -> None:
    """A server that was started once on the new machine has left both."""
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    other = ServerInProcess(tmp_path / "other")
    (tmp_path / "other").chmod(0o700)
    journal.complete(tmp_path / "other" / journal.NAME, other.container.database.write(erasures.ensure_store_id), {})
    other.close()
    refused = say("restore", tmp_path / "first.backup", "--yes", DATA=str(tmp_path / "other"))
    assert refused.exit_code == 1
    assert "There is no journal" in refused.output


def test_the_operator_is_asked_first(university: University, say: Say, tmp_path: Path, data: Path) -> None:
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    late = university.raised("Raised since")
    university.server.close()
    asked = say("restore", tmp_path / "first.backup", answer="n\n")
    assert asked.exit_code == 1
    assert "What was written since is replaced, and everybody must sign in again." in asked.output
    assert "Raised since" in texts(data)
    assert late


def test_a_restore_needs_the_data_folder_to_itself(
    university: University, say: Say, tmp_path: Path, data: Path
) -> None:
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    with data_folder.held(data):
        refused = say("restore", tmp_path / "first.backup", "--yes")
        assert say("backup", tmp_path / "second.backup").exit_code == 0, "a backup does not"
    assert refused.exit_code == 1
    assert "already uses" in refused.output


@pytest.mark.parametrize("own", [False, True])
def test_the_settings_file_comes_with_it_unless_there_is_one(
    university: University, say: Say, tmp_path: Path, data: Path, own: bool
) -> None:
    with_journal(university)
    (data / "uconnect.toml").write_text('tries_here = "7/900"\n', "utf-8")
    (data / "uconnect.toml").chmod(0o600)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    (data / "uconnect.toml").unlink()
    if own:
        (data / "uconnect.toml").write_text('tries_here = "8/900"\n', "utf-8")
        (data / "uconnect.toml").chmod(0o600)
    told = say("restore", tmp_path / "first.backup", "--yes")
    assert told.exit_code == 0, told.output
    assert ("The settings file of the data folder stays as it is." in told.output) is own
    assert (data / "uconnect.toml").read_text("utf-8") == f'tries_here = "{8 if own else 7}/900"\n'
    assert (data / "uconnect.toml").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def backup(university: University, say: Say, tmp_path: Path, data: Path) -> Path:
    """A backup of a data folder whose server has stopped."""
    with_journal(university)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    return tmp_path / "first.backup"


@pytest.fixture
def old_backup(say: Say, tmp_path: Path, data: Path) -> Path:
    """A backup of a data folder of the first release, which is gone."""
    data.mkdir(mode=0o700)
    Database(data / "uconnect.sqlite", FIRST_RELEASE).close()
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        connection.execute("INSERT INTO picture (id, body) VALUES ('a', ?)", ("x" * 2_000_000,))
        connection.commit()
    told = say("backup", tmp_path / "old.backup")
    assert told.exit_code == 0, told.output
    (data / "uconnect.sqlite").unlink()
    return tmp_path / "old.backup"


def refused(say: Say, data: Path, file: Path) -> str:
    """Why a file is not restored. The data folder stays as it was."""
    before = (data / "uconnect.sqlite").read_bytes()
    found = say("restore", file, "--yes")
    assert found.exit_code == 1, found.output
    assert (data / "uconnect.sqlite").read_bytes() == before
    left = {it.name for it in data.iterdir() if not it.name.endswith(SIDE_FILES)}
    assert left - {data_folder.LOCK} == {journal.NAME, "uconnect.sqlite"}
    assert "Traceback" not in found.output
    return found.output


def test_a_backup_that_was_cut_short_is_refused(backup: Path, say: Say, data: Path, tmp_path: Path) -> None:
    whole, cut = backup.read_bytes(), tmp_path / "cut.backup"
    for length in {0, 1, 100, len(whole) // 3, len(whole) // 2, len(whole) - 400, len(whole) - 1}:
        cut.write_bytes(whole[:length])
        assert "is not a backup of uconnect, or only a part of one." in refused(say, data, cut)


def test_a_backup_in_which_a_bit_has_turned_is_refused(backup: Path, say: Say, data: Path, tmp_path: Path) -> None:
    turned = bytearray(backup.read_bytes())
    place = turned.index(b"The second secret")
    turned[place] ^= 1
    (tmp_path / "turned.backup").write_bytes(turned)
    assert "is damaged: its uconnect.sqlite is not what was backed up." in refused(
        say, data, tmp_path / "turned.backup"
    )


def test_a_backup_that_says_it_is_encrypted_is_refused(backup: Path, say: Say, data: Path, tmp_path: Path) -> None:
    """A bit has turned in the list at its end."""
    for bit in (0, 5, 6):
        turned = bytearray(backup.read_bytes())
        turned[turned.index(b"PK\x01\x02") + 8] |= 1 << bit
        (tmp_path / "turned.backup").write_bytes(turned)
        assert "is damaged" in refused(say, data, tmp_path / "turned.backup")


@pytest.mark.parametrize("room_again", [False, True])
def test_a_disk_that_is_full_at_the_end_is_told(
    old_backup: Path, say: Say, data: Path, monkeypatch: pytest.MonkeyPatch, room_again: bool
) -> None:
    """SQLite tells nobody that it could not move the log into the file when this is closed."""
    finish, before = restore._finish, resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(file: Path, known: restore.Known) -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
        try:
            return finish(file, known)
        finally:
            if room_again:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(restore, "_finish", full)
    try:
        told = say("restore", old_backup, "--yes", "--no-journal")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (told.exit_code == 0) is (data / "uconnect.sqlite").exists() is room_again, told.output
    if room_again:
        assert upgrade.due(data / "uconnect.sqlite") == []
    else:
        assert "Is its disk full, or" in told.output
    assert not list(data.glob(f"{restore.RESTORING}*"))


def made(backup: Path, target: Path, changed: Mapping[str, bytes | None], how: int = zipfile.ZIP_STORED) -> Path:
    """The backup with other files in it: `None` leaves one out."""
    with zipfile.ZipFile(backup) as archived:
        files: dict[str, bytes | None] = {it: archived.read(it) for it in archived.namelist()}
    files |= changed
    with zipfile.ZipFile(target, "w", how) as archived:
        for name, text in files.items():
            if text is not None:
                archived.writestr(name, text)
    return target


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"manifest.json": None}, "is not a backup of uconnect"),
        ({"manifest.json": b"{"}, "has a manifest that cannot be read"),
        ({"manifest.json": b"{}"}, "has a manifest that cannot be read"),
        ({"uconnect.sqlite": None}, "does not hold the files"),
        ({"other.txt": b"x"}, "does not hold the files"),
        ({"uconnect.sqlite": b"another file"}, "is damaged: its uconnect.sqlite is not what was backed up"),
    ],
)
def test_a_file_that_is_no_backup_is_refused(
    backup: Path, say: Say, data: Path, tmp_path: Path, changed: dict[str, bytes | None], told: str
) -> None:
    assert told in refused(say, data, made(backup, tmp_path / "odd.backup", changed))


def test_a_backup_and_an_archive_are_not_taken_for_each_other(
    backup: Path, say: Say, data: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "all.zip"
    said = say("export", str(archive), DATA=str(data))
    assert said.exit_code == 0, said.output
    told = refused(say, data, archive)
    assert f"{archive} is an archive and not a backup. To read it: uconnect import {archive}" in told
    said = say("import", str(backup), "--yes", DATA=str(tmp_path / "other"))
    assert said.exit_code == 1
    assert f"{backup} is a backup and not an archive. To put it back: uconnect restore {backup}" in said.output


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("format", 2, "has the format 2 of uconnect"),
        ("schemas", {"uconnect": 999}, "was written by a later release, uconnect"),
        ("schemas", {"of_a_later_release": 1}, "was written by a later release, uconnect"),
        ("files", {"../../x": {"size": 1, "sha256": ""}}, "does not hold the files"),
    ],
)
def test_a_backup_of_another_release_is_refused(
    backup: Path, say: Say, data: Path, tmp_path: Path, field: str, value: object, told: str
) -> None:
    with zipfile.ZipFile(backup) as archived:
        manifest = json.loads(archived.read("manifest.json")) | {field: value}
    odd = made(backup, tmp_path / "odd.backup", {"manifest.json": json.dumps(manifest).encode()})
    assert told in refused(say, data, odd)


def test_a_backup_that_somebody_compressed_again_is_refused(backup: Path, say: Say, data: Path, tmp_path: Path) -> None:
    """A small file could then be as large as a disk."""
    odd = made(backup, tmp_path / "odd.backup", {}, zipfile.ZIP_DEFLATED)
    assert "does not hold the files" in refused(say, data, odd)


def test_a_backup_of_a_damaged_file_is_refused(backup: Path, say: Say, data: Path, tmp_path: Path) -> None:
    """Its checksum is right: the file was damaged before."""
    with zipfile.ZipFile(backup) as archived:
        file = bytearray(archived.read("uconnect.sqlite"))
        manifest = json.loads(archived.read("manifest.json"))
    file[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    manifest["files"]["uconnect.sqlite"] = {"size": len(file), "sha256": hashlib.sha256(file).hexdigest()}
    changed = {"uconnect.sqlite": bytes(file), "manifest.json": json.dumps(manifest).encode()}
    odd = made(backup, tmp_path / "odd.backup", changed)
    assert "holds a data file that is damaged" in refused(say, data, odd)


def test_a_backup_overwrites_nothing(university: University, say: Say, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("mine", "link"):
        told = say("backup", tmp_path / name)
        assert told.exit_code == 1
        assert "A backup never overwrites a file" in told.output
    assert (tmp_path / "mine").read_text("utf-8") == "mine"
    assert "The folder" in say("backup", tmp_path / "no" / "where").output


def test_a_backup_is_written_where_a_file_cannot_have_two_names(
    university: University, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most memory sticks, and many network disks."""

    def refuses(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    told = say("backup", tmp_path / "first.backup")
    assert told.exit_code == 0, told.output
    assert archive.read_manifest(tmp_path / "first.backup").files.keys() == {"uconnect.sqlite"}
    partial = tmp_path / "partial"
    partial.write_text("another", "utf-8")
    with pytest.raises(FileExistsError):
        partial_files.rename_new(partial, tmp_path / "first.backup")


def test_of_two_backups_into_one_file_the_first_is_whole_and_the_other_is_refused(
    university: University, tmp_path: Path
) -> None:
    target, chosen = tmp_path / "one.backup", university.server.container.settings
    begun, done, refused = Event(), Event(), Event()

    def begin_other(*_: int) -> None:
        if not begun.is_set():
            other.start()
            assert begun.wait(60)

    def wait_in_the_middle(*_: int) -> None:
        begun.set()
        done.wait(60)

    def second() -> None:
        with pytest.raises(Refused, match="exists already"):
            archive.write(chosen, target, wait_in_the_middle)
        refused.set()

    other = Thread(target=second)
    try:
        archive.write(chosen, target, begin_other)
        assert archive.read_manifest(target).files.keys() == {archive.DATA_FILE}
    finally:
        done.set()
        other.join()
    assert refused.is_set()
    assert [it.name for it in tmp_path.iterdir() if "partial" in it.name] == []


def test_without_data_there_is_nothing_to_back_up(say: Say, tmp_path: Path) -> None:
    told = say("backup", tmp_path / "x")
    assert told.exit_code == 1
    assert "contains no data of uconnect" in told.output
    assert not (tmp_path / "x").exists()


def test_a_disk_without_room_is_told_before_anything_is_written(
    university: University, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    told = say("backup", tmp_path / "x")
    assert told.exit_code == 1
    assert "has 1 MB free, and this takes" in told.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("where", ["extract", "_check", "_finish", "_restore_settings", "put_in_place"])
def test_a_restore_that_ends_early_leaves_what_was_there(
    backup: Path, say: Say, data: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before = rows(data / "uconnect.sqlite")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive if where == "extract" else restore, where, fails)
    told = say("restore", backup, "--yes")
    assert told.exit_code == 1
    assert "No space left on device" in told.output
    assert rows(data / "uconnect.sqlite") == before
    monkeypatch.undo()
    assert say("restore", backup, "--yes").exit_code == 0
    assert not (data / restore.RESTORING).exists()


def test_the_log_of_the_old_file_is_not_written_into_the_new_one(backup: Path, say: Say, data: Path) -> None:
    """A server that was killed has left one."""
    database = data / "uconnect.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("INSERT INTO data_folder VALUES ('late', 'in the log')")
        kept = {end: Path(f"{database}{end}").read_bytes() for end in ("", "-wal")}
    for end, text in kept.items():
        Path(f"{database}{end}").write_bytes(text)
    Path(f"{database}-wal").chmod(0o600)
    assert say("restore", backup, "--yes").exit_code == 0
    (replaced,) = data.glob("uconnect.replaced-*.sqlite")
    assert ("late", "in the log") in rows(replaced)["data_folder"], "the old one keeps what its log held"
    assert ("late", "in the log") not in rows(database)["data_folder"]


def test_the_log_of_a_file_that_is_gone_is_not_written_into_the_new_one(backup: Path, say: Say, data: Path) -> None:
    """A server was killed, and somebody has moved the file alone away."""
    database = data / "uconnect.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("INSERT INTO data_folder VALUES ('late', 'in the log')")
        log = Path(f"{database}-wal").read_bytes()
    database.unlink()
    Path(f"{database}-wal").write_bytes(log)
    Path(f"{database}-wal").chmod(0o600)
    told = say("restore", backup, "--yes")
    assert told.exit_code == 0, told.output
    assert ("late", "in the log") not in rows(database)["data_folder"]
    assert [it.read_bytes() for it in data.glob("uconnect.replaced-*.sqlite-wal")] == [log]


def test_a_restore_waits_for_no_program_that_has_the_file_open(
    backup: Path, say: Say, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its log cannot be ended then: the old file would be without it for a moment."""
    database = data / "uconnect.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM thread").fetchone()
        with closing(sqlite3.connect(database, isolation_level=None)) as writer:
            writer.execute("INSERT INTO data_folder VALUES ('late', 'in the log')")
        told = say("restore", backup, "--yes")
        assert told.exit_code == 1, told.output
        assert "Another program has" in told.output
    assert ("late", "in the log") in rows(database)["data_folder"]
    assert not (data / restore.RESTORING).exists()
    assert not list(data.glob("uconnect.replaced-*"))


def test_a_settings_file_that_was_cut_short_is_no_settings_file(
    university: University, say: Say, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore that was killed while it wrote it must not leave a part of it: the next would keep that."""
    with_journal(university)
    (data / "uconnect.toml").write_text('schools = "invited"\n', "utf-8")
    (data / "uconnect.toml").chmod(0o600)
    assert say("backup", tmp_path / "first.backup").exit_code == 0
    university.server.close()
    (data / "uconnect.toml").unlink()
    seen = []

    def killed(descriptor: int) -> None:
        seen.append((data / "uconnect.toml").exists())

    monkeypatch.setattr(os, "fsync", killed)
    assert say("restore", tmp_path / "first.backup", "--yes").exit_code == 0
    assert not any(seen[:-1]), "it has its name only once it is whole"
    assert (data / "uconnect.toml").read_text("utf-8") == 'schools = "invited"\n'


def test_a_restore_that_brings_back_what_was_deleted_is_noticed(
    university: University, say: Say, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault: the restore knows of no deletion."""
    monkeypatch.setattr(restore, "ERASE", dict.fromkeys(restore.ERASE, lambda _: lambda context: Plan(None)))
    with pytest.raises(AssertionError, match="Deleted again"):
        test_what_was_deleted_since_is_deleted_again(university, say, tmp_path, data, "nothing")


def test_a_data_file_that_is_damaged_is_replaced(backup: Path, say: Say, data: Path) -> None:
    (data / "uconnect.sqlite").write_bytes(b"\xff" * 10_000)
    told = say("restore", backup, "--yes")
    assert told.exit_code == 0, told.output
    assert "The second secret" in texts(data)


def test_what_a_later_release_notes_as_deleted_stops_no_way_back(backup: Path, say: Say, data: Path) -> None:
    """The data file that is there is of that release, as is the journal."""
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        connection.execute(
            "INSERT INTO erasure (kind, id, at) VALUES ('of_a_later_release', 'a', 1), ('thread', 'b', 1)"
        )
        connection.commit()
    journal.append(data / journal.NAME, [("of_a_later_release", "a", 1)])
    told = say("restore", backup, "--yes")
    assert told.exit_code == 0, told.output
    assert [id for _, id in journal.read(data / journal.NAME).erased] == ["b"]


def test_two_restores_within_a_second_keep_both_that_were_there(backup: Path, say: Say, data: Path) -> None:
    for _ in range(3):
        assert say("restore", backup, "--yes").exit_code == 0
    assert len(list(data.glob("uconnect.replaced-*.sqlite"))) == 3
