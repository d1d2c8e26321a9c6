import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import dynamodb_emulator
from tests.support.memory_store import MemoryStore
from tests.support.stores import Home, Time
from tests.support.table_check import wrong_rows
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.adapters.sqlite.thread_counts import wrong_counts

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

STORES = ("memory", "sqlite", "dynamodb")


@pytest.fixture(scope="session")
def dynamodb() -> "DynamoDBClient":
    return dynamodb_emulator.dynamodb()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "uconnect.db", MIGRATIONS)
    yield opened
    opened.close()
    with closing(sqlite3.connect(opened.path)) as connection:
        assert wrong_counts(connection) == [], "whatever the test has done, the kept counts are right"


@pytest.fixture
def table() -> Iterator[str]:
    name = dynamodb_emulator.table()
    yield name
    assert wrong_rows(dynamodb_emulator.dynamodb(), name) == [], "whatever the test has done, rows and counts are right"


@pytest.fixture(params=STORES)
def home(request: pytest.FixtureRequest, time: Time) -> Home:
    """Each test that asks for it runs once over every store."""
    match request.param:
        case "memory":
            return Home(MemoryStore(time.new_context), time)
        case "sqlite":
            return Home(SqliteStore(request.getfixturevalue("database"), time.new_context), time, serial=True)
    made, table = request.getfixturevalue("dynamodb"), request.getfixturevalue("table")
    return Home(DynamoStore(made, table, time.new_context), time)


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let threads take turns so often that what can come between does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)
