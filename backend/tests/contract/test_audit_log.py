"""Both stores that operators act on keep the audit log as a chain: whole, in order, and one act after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.stores import Time
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.sqlite import Database, audit_log
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.audit import START, Act, checked, hashed
from uconnect.application.ports import AuditedStore
from uconnect.domain.context import Context, Plan
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import User

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "uconnect.db", [MIGRATIONS, audit_log.MIGRATIONS])
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, time: Time) -> AuditedStore:
    if request.param == "sqlite":
        return SqliteStore(request.getfixturevalue("opened"), time.new_context)
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoStore(client, request.getfixturevalue("table"), time.new_context)


def keep(store: AuditedStore, id: str) -> Plan[str] | Refusal:
    def use_case(context: Context) -> Plan[str]:
        if context.get(PartyKey(id)) is not None:
            raise Refused(RefusalCode.NOT_FOUND)
        return Plan(id, (User(id=id, email=f"{id}@x", name=id),))

    return store.run_audited(use_case, lambda plan: ("keep", plan.answer))


def test_each_act_follows_the_one_before(store: AuditedStore, time: Time) -> None:
    for id in "abc":
        keep(store, id)
    first, second, third = checked(store.acts())
    at = time.now // 1000
    assert first == Act(1, at, "keep", "a", hashed(START, 1, at, "keep", "a"))
    assert second.hash == hashed(first.hash, 2, at, "keep", "b")
    assert (third.number, third.whom) == (3, "c")


def test_what_was_refused_is_no_act(store: AuditedStore) -> None:
    keep(store, "a")
    assert isinstance(keep(store, "a"), Refusal)
    assert [it.whom for it in checked(store.acts())] == ["a"]


def test_a_log_longer_than_a_part_is_read_whole(store: AuditedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{type(store).__module__}.ACTS", 2)
    for id in "abcde":
        keep(store, id)
    assert [it.whom for it in checked(store.acts())] == [*"abcde"]


def test_acts_at_one_moment_have_an_order_and_none_is_lost(store: AuditedStore) -> None:
    with ThreadPoolExecutor(4) as several:
        kept = [*several.map(lambda number: isinstance(keep(store, f"p{number}"), Plan), range(8))]
    assert all(kept)
    assert sorted(it.whom for it in checked(store.acts())) == [f"p{number}" for number in range(8)]
