"""Backups are written by themselves, the oldest are deleted, and a folder that fails is told and tried again."""

import asyncio
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.backups.conftest import University
from uconnect.entrypoints.backups import archive, journal, schedule
from uconnect.entrypoints.backups.partial_files import PARTIAL
from uconnect.entrypoints.backups.schedule import BackupSchedule
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.settings import InvalidSetting, Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mount" / "backups"


@pytest.fixture
def chosen(university: University, folder: Path, tmp_path: Path) -> Settings:
    return settings.read(
        {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites"), "BACKUPS": str(folder), "BACKUPS_KEPT": "2"}
    )


def until(scheduled: BackupSchedule, holds: Callable[[], bool]) -> None:
    async def story() -> None:
        task = asyncio.create_task(scheduled.run())
        async with asyncio.timeout(60):
            while not holds():
                assert not task.done(), task.exception()
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


def old(folder: Path, hours: float) -> Path:
    """A backup that was written so many hours ago."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"uconnect-{time.strftime(schedule.TIME, time.gmtime(time.time() - hours * 3600))}.backup"
    file.write_text("old", "utf-8")
    return file


def test_the_first_backup_is_written_at_once_and_can_be_restored(chosen: Settings, folder: Path) -> None:
    until(BackupSchedule(chosen, folder), lambda: bool(folder.exists() and schedule.backups(folder)))
    (written,) = schedule.backups(folder)
    assert archive.read_manifest(written).files.keys() == {"uconnect.sqlite"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not BackupSchedule(chosen, folder).is_overdue()


def test_the_oldest_are_deleted_and_nothing_else(chosen: Settings, folder: Path) -> None:
    kept, gone = old(folder, 25), [old(folder, 49), old(folder, 73)]
    others = [folder / name for name in ("mine.backup", "uconnect-now.backup", "uconnect-20200101T000000Z.backup.txt")]
    for it in others:
        it.write_text("mine", "utf-8")
    left = folder / f".uconnect-20200101T000000Z.backup{PARTIAL}"
    left.write_text("cut short", "utf-8")
    until(BackupSchedule(chosen, folder), lambda: not gone[0].exists())
    first, second = schedule.backups(folder)
    assert first == kept
    assert second.stat().st_size > 1000
    assert all(it.exists() for it in others)
    assert not any(it.exists() for it in (*gone, left))


def test_nothing_is_written_before_it_is_due(chosen: Settings, folder: Path) -> None:
    recent = old(folder, 23.9)
    scheduled = BackupSchedule(chosen, folder)
    assert asyncio.run(scheduled._look()) == schedule.LOOK
    assert schedule.backups(folder) == [recent]


def test_the_journal_is_copied_beside_them(chosen: Settings, folder: Path) -> None:
    old(folder, 1)
    journal.append(chosen.data / journal.NAME, [("store", "s", 1), ("thread", "a", 1)])
    until(BackupSchedule(chosen, folder), (folder / journal.NAME).exists)
    assert (folder / journal.NAME).read_bytes() == (chosen.data / journal.NAME).read_bytes()


def test_the_journal_is_copied_also_while_a_backup_is_written(
    chosen: Settings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A big one takes minutes, in which the machine may be lost."""
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60", "utf-8")
    slow.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(schedule, "LOOK", 0.05)
    source, scheduled = chosen.data / journal.NAME, BackupSchedule(chosen, folder)
    journal.append(source, [("store", "s", 1)])
    looked = scheduled._follow

    def once() -> float | None:
        found = looked()
        journal.append(source, [("thread", "a", 1)])
        return found

    monkeypatch.setattr(scheduled, "_follow", once)
    until(scheduled, lambda: bool(journal.read(folder / journal.NAME).erased))


def test_a_folder_that_cannot_be_used_is_told_and_stops_nothing(
    chosen: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "UNUSABLE", 0.01)
    (tmp_path / "file").write_text("", "utf-8")
    scheduled = BackupSchedule(chosen, tmp_path / "file" / "backups")
    until(scheduled, lambda: len(caplog.records) > 1)
    assert "the folder of the backups cannot be used: Not a directory" in caplog.text


def test_the_backups_of_another_uconnect_are_left_alone(
    chosen: Settings, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that share a folder would each delete the other's."""
    monkeypatch.setattr(schedule, "UNUSABLE", 0.01)
    theirs = [old(folder, hours) for hours in (30, 60, 90)]
    journal.append(folder / journal.NAME, [("store", "theirs", 1)])
    scheduled = BackupSchedule(chosen, folder)
    until(scheduled, lambda: len(caplog.records) > 1)
    assert "cannot be used: it holds the backups of another uconnect" in caplog.text
    assert sorted(folder.glob("*.backup")) == sorted(theirs)


def test_a_backup_that_fails_is_told_once_and_tried_again_later(
    chosen: Settings, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")  # the command that writes it refuses this
    scheduled = BackupSchedule(chosen, folder)
    asyncio.run(scheduled._look())
    asyncio.run(scheduled._look())
    (told,) = caplog.records
    assert told.getMessage().startswith("no backup could be written: Error: PORT is 'eighty'.")
    assert list(folder.iterdir()) == []
    monkeypatch.delenv("PORT")
    scheduled._not_before = 0.0
    asyncio.run(scheduled._look())
    assert len(schedule.backups(folder)) == 1


def test_a_backup_that_is_long_overdue_is_noticed(
    chosen: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled, now = BackupSchedule(chosen, folder), time.time()
    assert not scheduled.is_overdue(), "it has just been started"
    monkeypatch.setattr(time, "time", lambda: now + 49 * 3600)
    scheduled._began -= 49 * 3600
    assert scheduled.is_overdue()
    old(folder, 2)
    asyncio.run(scheduled._look())
    assert not scheduled.is_overdue()
    shutil.rmtree(folder)
    folder.write_text("no folder any more", "utf-8")
    until(scheduled, scheduled.is_overdue)


def test_a_clock_that_was_a_year_ahead_stops_no_backup(
    chosen: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup of that time is the last one for a year, by its name."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 365 * 24 * 3600)
    scheduled = BackupSchedule(chosen, folder)
    ahead = old(folder, 0)
    monkeypatch.setattr(time, "time", lambda: now)
    scheduled._began -= 49 * 3600
    assert scheduled.is_overdue()
    asyncio.run(scheduled._look())
    asyncio.run(scheduled._look())
    first, written = schedule.backups(folder)
    assert first == ahead, "it is the next to go"
    assert written.stat().st_size > 1000
    assert not scheduled.is_overdue()


def test_a_backup_of_a_right_clock_is_not_deleted_for_those_of_a_wrong_one(chosen: Settings, folder: Path) -> None:
    ahead = [old(folder, -24 * 365 - day) for day in range(3)]
    asyncio.run(BackupSchedule(chosen, folder)._look())
    left = schedule.backups(folder)
    assert len(left) == 2
    assert [it.stat().st_size > 1000 for it in sorted(left)] == [True, False]
    assert ahead[0] not in left


def test_a_name_that_is_no_time_is_no_backup_of_ours(chosen: Settings, folder: Path) -> None:
    old(folder, 25)
    (folder / "uconnect-20261399T000000Z.backup").write_text("mine", "utf-8")
    scheduled = BackupSchedule(chosen, folder)
    assert not scheduled.is_overdue()
    asyncio.run(scheduled._look())
    assert len(schedule.backups(folder)) == 2


def test_the_backup_that_an_operator_writes_there_meanwhile_is_left_alone(chosen: Settings, folder: Path) -> None:
    folder.mkdir(parents=True)
    partial = folder / f".uconnect-before-the-upgrade{PARTIAL}"
    partial.write_text("half", "utf-8")
    asyncio.run(BackupSchedule(chosen, folder)._look())
    assert partial.exists()


def test_a_folder_that_does_not_answer_stops_nobody(
    chosen: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network disk that is gone answers nothing for minutes: the server must not wait, and health must not."""
    answers, threads = threading.Event(), set[str]()

    def hangs(*_: object, **__: object) -> None:
        threads.add(threading.current_thread().name)
        answers.wait(60)

    monkeypatch.setattr(Path, "mkdir", hangs)
    scheduled = BackupSchedule(chosen, folder)

    async def story() -> None:
        task = asyncio.create_task(scheduled.run())
        while not threads:  # noqa: ASYNC110 - a thread sets it
            await asyncio.sleep(0.01)
        assert not answers.is_set()
        answers.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    assert "MainThread" not in threads


def test_the_folder_of_the_backups_is_another_than_the_datas(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"BACKUPS is .*This is the data folder itself\."):
        settings.read({"DATA": str(tmp_path), "BACKUPS": f"{tmp_path}/../{tmp_path.name}"})


def test_links_that_lead_to_each_other_are_a_folder_that_cannot_be_used(
    chosen: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert settings.read({"DATA": str(chosen.data), "BACKUPS": str(loop)}).backups == loop
    until(BackupSchedule(chosen, loop), lambda: bool(caplog.records))
    assert "the folder of the backups cannot be used" in caplog.text


def test_in_a_file_the_folder_is_meant_from_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "uconnect.toml").write_text('backups = "kept"', "utf-8")
    assert settings.read({"DATA": str(tmp_path)}).backups == tmp_path / "kept"
    assert settings.read({"DATA": str(tmp_path / "other")}).backups is None
