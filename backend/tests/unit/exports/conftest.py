import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support import sizes
from tests.support.every_view import EveryView
from tests.support.moving_university import MovingUniversity, settings_of
from tests.support.stores import fresh
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Context
from uconnect.entrypoints.exports import data_export
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import Settings

THREADS = 12
NOW = 1_800_000_100_000


@contextmanager
def opened(database: Path) -> Iterator[SqliteStore]:
    """A store at the same moment each time."""
    found = Database(database, MIGRATIONS)
    yield SqliteStore(found, lambda: Context(NOW, fresh))
    found.close()


def views(database: Path, asked: EveryView | None = None) -> dict[str, str]:
    with opened(database) as store:
        return (asked or EveryView(database)).shown(store)


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A university that is there. Nobody changes it."""
    return make_university(tmp_path_factory, THREADS)


@pytest.fixture(scope="session")
def large(old: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same of the size of the proof."""
    return make_university(tmp_path_factory, sizes.MOVED) if sizes.MOVED > THREADS else old


def make_university(tmp_path_factory: pytest.TempPathFactory, threads: int) -> Settings:
    folder = tmp_path_factory.mktemp("university")
    chosen = settings_of(folder / "data", folder)
    MovingUniversity(chosen, threads)
    with closing(sqlite3.connect(chosen.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return chosen


@pytest.fixture(scope="session")
def before(old: Settings) -> dict[str, str]:
    """All that everybody is shown there."""
    return views(old.database)


@pytest.fixture(scope="session")
def exported(old: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its archive."""
    file = tmp_path_factory.mktemp("archive") / "all.zip"
    data_export.export(old.database, file)
    return file


@pytest.fixture
def copied(old: Settings, tmp_path: Path) -> Settings:
    """A copy that may be changed."""
    shutil.copytree(old.data, tmp_path / "copied")
    return settings_of(tmp_path / "copied", tmp_path)


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    """An empty data folder."""
    (tmp_path / "new").mkdir(mode=0o700)
    return settings_of(tmp_path / "new", tmp_path)
