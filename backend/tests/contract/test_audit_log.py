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
from uconnect.domain.context import AuditedAct, Context, Plan
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.keys import ActsOf, PartyKey
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
        return Plan(id, (User(id=id, email=f"{id}@x", name=id),), acts=(AuditedAct("keep", id),))

    return store.run(use_case)


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


def act(store: AuditedStore, of: str, what: str, **about: str) -> None:
    """An act that the school sees: its own, unless `about` says otherwise."""
    done = AuditedAct(what, **({"whom": of, "by": of, "school": of} | about))
    store.run(lambda _: Plan(None, acts=(done,)))


def seen(store: AuditedStore, school: str, before: int | None = None, most: int = 9) -> list[tuple[int, str, str, str]]:
    found = store.ask(lambda context: Plan(context.list(ActsOf(school, before, most))))
    assert isinstance(found, Plan)
    return [(it.number, it.what, it.whom, it.by) for it in found.answer]


def test_a_school_sees_its_own_acts_by_numbers_of_its_own_and_no_others(store: AuditedStore) -> None:
    act(store, "law", "invite a worker", whom="w")
    act(store, "music", "change the profile")
    keep(store, "a")
    act(store, "law", "suspend a school", by="")
    act(store, "law", "close a user", by="", school="")
    assert seen(store, "law") == [(2, "suspend a school", "law", ""), (1, "invite a worker", "w", "law")]
    assert seen(store, "music") == [(1, "change the profile", "music", "music")]
    assert seen(store, "a") == seen(store, "") == []
    assert [it.by for it in checked(store.acts())] == ["law", "music", "", "", ""]


def test_pages_of_acts_have_each_act_once(store: AuditedStore) -> None:
    for number in range(5):
        act(store, "law", f"act {number}")
    first = seen(store, "law", most=2)
    second = seen(store, "law", before=first[-1][0], most=2)
    third = seen(store, "law", before=second[-1][0], most=2)
    assert [it[1] for it in (*first, *second, *third)] == [f"act {number}" for number in (4, 3, 2, 1, 0)]
    assert seen(store, "law", before=1) == seen(store, "law", before=0) == []


def test_acts_of_two_schools_at_one_moment_keep_their_own_numbers(store: AuditedStore) -> None:
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda number: act(store, f"school{number % 2}", f"act {number}"), range(8)))
    assert len([*checked(store.acts())]) == 8
    for school in ("school0", "school1"):
        assert [it[0] for it in seen(store, school)] == [4, 3, 2, 1]


def test_two_acts_of_one_plan_are_two_lines(store: AuditedStore) -> None:
    both = tuple(AuditedAct(what, "law", "law", "law") for what in ("one", "two"))
    store.run(lambda _: Plan(None, acts=both))
    assert [(it.number, it.what) for it in checked(store.acts())] == [(1, "one"), (2, "two")]
    assert [(it[0], it[1]) for it in seen(store, "law")] == [(2, "two"), (1, "one")]
