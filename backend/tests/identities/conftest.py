from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identities.kit import Browser, World
from uconnect import mails
from uconnect.identities.builtin import MIGRATIONS
from uconnect.sqlite import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "uconnect.db", [MIGRATIONS, mails.MIGRATIONS])
    yield database
    database.close()


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    world = World(database)
    yield world
    world.runner.close()


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser()
