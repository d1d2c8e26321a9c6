"""An upgrade is tried on a copy, which leaves everything as it was; and is done once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.earlier_release import FIRST_RELEASE
from tests.unit.backups.conftest import Say
from uconnect.adapters.sqlite import Database
from uconnect.entrypoints.backups import upgrade
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.container import MIGRATIONS


@pytest.fixture
def old(data: Path) -> Path:
    """A data folder of the first release."""
    data.mkdir(mode=0o700)
    Database(data / "uconnect.sqlite", FIRST_RELEASE).close()
    return data


def versions(data: Path) -> dict[str, int]:
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        return dict(connection.execute("SELECT component, version FROM migration").fetchall())


def test_a_dry_run_changes_nothing_and_leaves_nothing(old: Path, say: Say) -> None:
    before = (old / "uconnect.sqlite").read_bytes()
    with data_folder.held(old):
        told = say("upgrade", "--dry-run")
    assert told.exit_code == 0, told.output
    assert f"The tables of uconnect go from version 1 to {len(MIGRATIONS[0].scripts)}." in told.output
    assert "It worked on a copy" in told.output
    assert (old / "uconnect.sqlite").read_bytes() == before
    assert not (old / upgrade.COPY).exists()


def test_an_upgrade_is_done_once_and_not_beside_a_server(old: Path, say: Say) -> None:
    with data_folder.held(old):
        refused = say("upgrade")
    assert refused.exit_code == 1
    assert "already uses" in refused.output
    assert set(versions(old).values()) == {1}
    assert say("upgrade").exit_code == 0
    assert versions(old) == {it.component: len(it.scripts) for it in MIGRATIONS}
    assert "There is nothing to do." in say("upgrade").output


def test_an_upgrade_that_fails_on_a_copy_is_told(old: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Path) -> None:
        raise sqlite3.OperationalError("no such table: thread")

    monkeypatch.setattr(upgrade, "upgrade", fails)
    told = say("upgrade", "--dry-run")
    assert told.exit_code == 1
    assert "no such table: thread" in told.output
    assert not (old / upgrade.COPY).exists()


def test_a_data_folder_of_a_later_release_is_refused(old: Path, say: Say) -> None:
    with closing(sqlite3.connect(old / "uconnect.sqlite")) as connection:
        connection.execute("UPDATE migration SET version = 999 WHERE component = 'uconnect'")
        connection.commit()
    for words in (("upgrade",), ("upgrade", "--dry-run")):
        told = say(*words)
        assert told.exit_code == 1
        assert "this release knows only" in told.output
    assert versions(old)["uconnect"] == 999
