import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deploy.emulator import emulator

from tests.support.stores import Home, Time, fresh
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import client, create_table
from uconnect.adapters.memory import MemoryStore
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

STORES = ("memory", "sqlite", "dynamodb")


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator["DynamoDBClient"]:
    with ExitStack() as stack:
        address = os.environ.get("DYNAMODB") or stack.enter_context(emulator(tmp_path_factory.mktemp("ministack")))
        made = client(
            endpoint_url=address, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        yield made
        made.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "uconnect.db", [MIGRATIONS])
    yield opened
    opened.close()


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> str:
    name = f"uconnect-{fresh()}"
    create_table(dynamodb, name)
    return name


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
