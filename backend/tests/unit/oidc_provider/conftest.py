import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.unit.oidc_provider.provider_kit import Browser, World
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database
from uconnect.oidc_provider import MIGRATIONS


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "uconnect.db", [MIGRATIONS, mail.MIGRATIONS])
    yield database
    database.close()


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    world = World(database)
    database.write(_remember_sessions)
    yield world
    world.runner.close()
    assert database.write(partial(_ended, at=world.clock.at)) <= {*world.ended}, "a session's sockets outlive it"


def _remember_sessions(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TEMP TABLE past (sid, subject, expires)")
    connection.execute(
        "CREATE TEMP TRIGGER past_session AFTER DELETE ON main.issuer_session"
        " BEGIN INSERT INTO past VALUES (OLD.sid, OLD.subject, OLD.expires); END"
    )


def _ended(connection: sqlite3.Connection, at: float) -> set[str]:
    """The sessions that somebody has ended: neither time nor the end of their account has."""
    found = connection.execute(
        "SELECT sid FROM past WHERE expires > ? AND subject IN (SELECT subject FROM issuer_account)", (at,)
    )
    return {sid for (sid,) in found}


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser()
