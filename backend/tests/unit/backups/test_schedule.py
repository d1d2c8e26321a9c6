"""Backups are written by themselves, the oldest are deleted, and a folder that fails is told and tried again."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.backups.conftest import University
from uconnect.entrypoints.backups import archive, journal, schedule
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
    left = folder / f".uconnect-20200101T000000Z.backup{archive.PARTIAL}"
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


def test_a_folder_that_cannot_be_used_is_told_and_stops_nothing(
    chosen: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "UNUSABLE", 0.01)
    (tmp_path / "file").write_text("", "utf-8")
    scheduled = BackupSchedule(chosen, tmp_path / "file" / "backups")
    until(scheduled, lambda: len(caplog.records) > 1)
    assert "the folder of the backups cannot be used: Not a directory" in caplog.text


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
    assert scheduled.is_overdue()
    monkeypatch.setattr(time, "time", lambda: now)
    old(folder, -2)
    monkeypatch.setattr(time, "time", lambda: now + 49 * 3600)
    assert not scheduled.is_overdue()


def test_the_folder_of_the_backups_is_another_than_the_datas(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"BACKUPS is .*This is the data folder itself\."):
        settings.read({"DATA": str(tmp_path), "BACKUPS": f"{tmp_path}/../{tmp_path.name}"})


def test_in_a_file_the_folder_is_meant_from_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "uconnect.toml").write_text('backups = "kept"', "utf-8")
    assert settings.read({"DATA": str(tmp_path)}).backups == tmp_path / "kept"
    assert settings.read({"DATA": str(tmp_path / "other")}).backups is None
