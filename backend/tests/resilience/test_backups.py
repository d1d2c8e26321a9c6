"""A backup under load holds all that was acknowledged before it began; one that is killed harms nothing."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.resilience.busy_writers import Writer, gather, let_in, open_store, running, write
from tests.resilience.test_kept import ENOUGH, acks, missing
from tests.resilience.test_schemas import contents, fill
from tests.support import sizes
from tests.support.earlier_release import FIRST_RELEASE
from tests.support.evidence import Evidence
from tests.support.polling import poll_async
from tests.support.server_process import serving
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.copy import SIDE_FILES
from uconnect.entrypoints.backups import archive, restore
from uconnect.entrypoints.server.container import MIGRATIONS

WRITERS = 4
TRIES = 20  # until one is killed before its end
OLD, NEW = "before the restore", "in the backup"


def command(data: Path, *words: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"DATA": str(data)}
    called = [sys.executable, "-m", "uconnect.entrypoints.cli", *words]
    return subprocess.Popen(called, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def succeed(data: Path, *words: str) -> None:
    process = command(data, *words)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()


def test_a_backup_under_load_has_all_that_was_acknowledged_before(tmp_path: Path, evidence: Evidence) -> None:
    data, file = tmp_path / "data", tmp_path / "first.backup"
    data.mkdir(mode=0o700)
    writers = gather(data, WRITERS)
    with open_store(data) as store:
        passes = let_in(store, writers)
    before: list[dict[str, int]] = []

    async def live() -> None:
        with running(data) as (host, process):
            writing = asyncio.create_task(write(host, writers, passes))
            await asyncio.sleep(1)
            await poll_async(lambda: acks(writers) > ENOUGH, what="they have written enough")
            before.extend(dict(it.acked) for it in writers)
            await asyncio.to_thread(succeed, data, "backup", str(file))
            process.kill()
            await writing

    asyncio.run(live())
    acked = sum(map(len, before))
    assert acked > ENOUGH
    assert acks(writers) > acked, "people wrote on meanwhile"
    elsewhere = tmp_path / "elsewhere"
    succeed(elsewhere, "restore", str(file), "--yes", "--no-journal")
    then = [Writer(it.party, it.thread, acked) for it, acked in zip(writers, before, strict=True)]
    assert missing(elsewhere, then) == []
    evidence(1, "acks looked up in a backup that was taken while people wrote", acked)


def value(data: Path) -> str:
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        found: str = connection.execute("SELECT value FROM data_folder WHERE what = 'which'").fetchone()[0]
        return found


def change(data: Path, text: str) -> None:
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        connection.execute("INSERT OR REPLACE INTO data_folder VALUES ('which', ?)", (text,))
        connection.commit()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that was served once, with some megabytes in it."""
    with serving(tmp_path) as server:
        pass
    with closing(sqlite3.connect(server.data / "uconnect.sqlite")) as connection:
        rows = ((str(number), "x" * 4000) for number in range(2000))
        connection.executemany("INSERT INTO picture (id, body) VALUES (?, ?)", rows)
        connection.commit()
    change(server.data, NEW)
    return server.data


class Killer:
    """Kills commands at random moments before their end. `lasts` is how many seconds one takes; `cut` counts those that
    were killed before it."""

    def __init__(self, lasts: float) -> None:
        self._chance = random.Random(11)
        self._lasts = lasts
        self.cut = 0

    def turns(self) -> Iterator[int]:
        """So many as there are to be; and more, if all came to their end because they took longer when measured."""
        number = 0
        while number < sizes.BACKUPS_KILLED or (not self.cut and number < TRIES):
            yield number
            number += 1

    def kill(self, data: Path, *words: str) -> None:
        seconds = self._chance.uniform(0.3, 1) * self._lasts
        process = command(data, *words)
        time.sleep(seconds)
        process.kill()
        process.communicate(timeout=60)
        if process.returncode == 0:
            self._lasts = seconds  # the machine has less to do than when it was measured
        else:
            self.cut += 1


def test_a_backup_that_is_killed_leaves_no_backup(data: Path, tmp_path: Path, evidence: Evidence) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    began = time.monotonic()
    succeed(data, "backup", str(folder / "whole"))
    killer = Killer(time.monotonic() - began)
    for number in killer.turns():
        file = folder / str(number)
        killer.kill(data, "backup", str(file))
        if file.exists():
            succeed(tmp_path / f"data{number}", "restore", str(file), "--yes", "--no-journal")
            assert value(tmp_path / f"data{number}") == NEW
    assert killer.cut, "none was killed before its end: nothing is proven"
    assert value(data) == NEW
    for each in folder.glob("[!.]*"):
        assert archive.read_manifest(each).files, "it is whole"
    evidence(1, "backups killed before their end: none was taken for a whole one", killer.cut)


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(data: Path, tmp_path: Path, evidence: Evidence) -> None:
    file, found = tmp_path / "first.backup", set[str]()
    succeed(data, "backup", str(file))
    change(data, OLD)
    began = time.monotonic()
    succeed(data, "restore", str(file), "--yes")
    killer = Killer(time.monotonic() - began)
    for _ in killer.turns():
        change(data, OLD)
        killer.kill(data, "restore", str(file), "--yes")
        found.add(value(data))
    assert killer.cut, "none was killed before its end: nothing is proven"
    assert found <= {OLD, NEW}
    change(data, OLD)
    succeed(data, "restore", str(file), "--yes")
    assert value(data) == NEW
    assert not (data / restore.RESTORING).exists(), "what a killed one left is gone"
    with serving(tmp_path):
        pass
    evidence(1, "restores killed before their end: the data folder was the old or the new", killer.cut)


def test_an_upgrade_that_is_killed_goes_on_where_it_was(tmp_path: Path, evidence: Evidence) -> None:
    data = tmp_path / "data"
    old, file = tmp_path / "old.sqlite", data / "uconnect.sqlite"
    Database(old, FIRST_RELEASE).close()
    with closing(sqlite3.connect(old)) as connection:
        fill(connection)
        rows = ((f"t{number}", "r", "s", f"t{number}", 1, number, "no JSON") for number in range(50_000))
        connection.executemany("INSERT INTO thread VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        before = contents(connection)
    data.mkdir(mode=0o700)
    shutil.copy(old, file)
    file.chmod(0o600)
    began = time.monotonic()
    succeed(data, "upgrade")
    killer = Killer(time.monotonic() - began)
    for _ in killer.turns():
        for end in ("", *SIDE_FILES):
            Path(f"{file}{end}").unlink(missing_ok=True)
        shutil.copy(old, file)
        file.chmod(0o600)
        killer.kill(data, "upgrade")
        succeed(data, "upgrade")
        with closing(sqlite3.connect(file)) as connection:
            assert contents(connection, before) == before
            versions = dict(connection.execute("SELECT component, version FROM migration").fetchall())
        assert versions == {it.component: len(it.scripts) for it in MIGRATIONS}
    assert killer.cut, "none was killed before its end: nothing is proven"
    evidence(19, "upgrades killed before their end, and then done", killer.cut)
