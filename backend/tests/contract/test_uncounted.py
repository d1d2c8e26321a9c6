"""A table of an earlier release gives the same lists and counts before, while and after its threads are counted.

Whatever that release still writes meanwhile, in the end each thread is counted once, and has its rows once.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.contract.sample_records import thread
from tests.contract.test_listings import ANSWER, HOUR, MINUTE, NOON, QUESTION, STATES, worker_of_school
from tests.support.earlier_table import EarlierTable
from tests.support.memory_store import MemoryStore
from tests.support.stores import Home, Time, answer
from tests.support.table_check import wrong_rows
from uconnect.adapters.dynamodb import counting, counts, items
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import State, ThreadFilter, ThreadSort
from uconnect.domain.keys import (
    InboxCountsKey,
    Mailbox,
    NewestRaisedOf,
    OpenThreadCountKey,
    OpenThreadsOf,
    ThreadKey,
    ThreadsOf,
    WorkersWaitingKey,
)
from uconnect.domain.models import NOBODY, SideCounters, Thread
from uconnect.domain.thread_status import OF_FILTER

Both = tuple[Home, Home]


@pytest.fixture
def store(request: pytest.FixtureRequest, time: Time) -> DynamoStore:
    return DynamoStore(request.getfixturevalue("dynamodb"), request.getfixturevalue("table"), time.new_context)


@pytest.fixture
def earlier(request: pytest.FixtureRequest) -> EarlierTable:
    return EarlierTable(request.getfixturevalue("dynamodb"), request.getfixturevalue("table"))


@pytest.fixture
def both(store: DynamoStore, earlier: EarlierTable, time: Time) -> Both:
    """The store, and one that is always right; in both a school with two workers."""
    homes = Home(store, time), Home(MemoryStore(time.new_context), time)
    for it in homes:
        it.keep(*map(worker_of_school, ("w", "v")))
    return homes


def any_thread(id: str, drawn: random.Random) -> Thread:
    worker = drawn.choice((None, None, "w", "v"))
    made = thread(id, NOON + drawn.randrange(40) * HOUR // 3, worker=worker, state=drawn.choice((*STATES, State.OPEN)))
    return replace(
        made,
        since=NOON - drawn.randrange(9) * MINUTE,
        turn_since=NOON + drawn.randrange(9) * MINUTE,
        last=drawn.choice((QUESTION, ANSWER)),
        answered=SideCounters(messages=drawn.randrange(2)),
        policy_applied=drawn.choice((True, False)),
    )


def changed(it: Thread, drawn: random.Random) -> Thread:
    """As some act leaves a thread: raiser, school and the time of the raise stay."""
    other = any_thread(it.id, drawn)
    ended = it.state is not State.OPEN
    return replace(
        other, since=it.since, key=it.key, raiser=it.raiser, school=it.school, state=it.state if ended else other.state
    )


QUESTIONS: tuple[Any, ...] = (
    OpenThreadCountKey("school", Mailbox.RECEIVED),
    OpenThreadCountKey("w", Mailbox.HANDLED),
    OpenThreadCountKey("v", Mailbox.HANDLED),
    InboxCountsKey("school"),
    InboxCountsKey("school", ("t1", "t2", "t9")),
    WorkersWaitingKey("school", ("v", "w", "none")),
)
LISTS: tuple[Any, ...] = (
    *(
        ThreadsOf(*it, None, 7, ended)
        for it in (("school", Mailbox.RECEIVED), ("user", Mailbox.RAISED), ("w", Mailbox.HANDLED))
        for ended in (False, True)
    ),
    *(NewestRaisedOf("user", None, 7, ended) for ended in (False, True)),
    *(
        OpenThreadsOf("school", Mailbox.RECEIVED, OF_FILTER[show], None, 7, ("t3",), sort)
        for show in OF_FILTER
        for sort in ThreadSort
    ),
    *(
        OpenThreadsOf("w", Mailbox.HANDLED, OF_FILTER[show], None, 7, (), sort)
        for show in (ThreadFilter.OPEN, ThreadFilter.WAITING)
        for sort in ThreadSort
    ),
)


def assert_alike(both: Both) -> None:
    one, other = both
    for it in QUESTIONS:
        assert one.one(it) == other.one(it), it
    for it in LISTS:
        assert one.all(it) == other.all(it), it


def put(threads: list[Thread]) -> Callable[[Context], Plan[None]]:
    def use_case(context: Context) -> Plan[None]:
        context.load(*(ThreadKey(it.id) for it in threads))
        return Plan(None, puts=tuple(threads))

    return use_case


def delete(context: Context) -> Plan[None]:
    context.load(ThreadKey("t0"))
    return Plan(None, deletes=(ThreadKey("t0"),))


def count(store: DynamoStore, time: Time) -> None:
    """As the function of jobs does each minute."""
    store.count_threads(lambda: True)
    time.now += 60_000


@pytest.mark.parametrize("seed", range(3))
def test_lists_and_counts_are_the_same_before_while_and_after_the_threads_are_counted(
    both: Both, earlier: EarlierTable, store: DynamoStore, time: Time, seed: int
) -> None:
    drawn = random.Random(seed)
    there = [any_thread(f"t{n}", drawn) for n in range(24)]
    earlier.put(*there)
    both[1].keep(*there)
    assert_alike(both)
    for n in range(0, 24, 3):  # this release writes some of them, which counts them
        there[n] = changed(there[n], drawn)
        for it in both:
            answer(it.store.run(put([there[n]])))
    new = any_thread("new", drawn)
    for it in both:
        answer(it.store.run(delete))
        it.keep(new)
    assert_alike(both)
    for _ in range(20):
        count(store, time)
    assert earlier.is_counted()
    assert_alike(both)


def test_what_the_earlier_release_writes_meanwhile_is_counted_once(
    both: Both, earlier: EarlierTable, store: DynamoStore, time: Time
) -> None:
    """Its last functions end some minutes after the first ones of this release have begun."""
    drawn = random.Random(1)
    there = [any_thread(f"t{n}", drawn) for n in range(24)]
    earlier.put(*there)
    both[1].keep(*there)
    count(store, time)
    assert not earlier.is_counted()
    for n in range(0, 24, 2):
        after = changed(there[n], drawn)
        if there[n].state is State.OPEN:  # what has ended, it does not write again
            earlier.change(there[n], after)
            answer(both[1].store.run(put([after])))
    for _ in range(20):
        count(store, time)
    assert earlier.is_counted()
    assert_alike(both)


def test_what_the_earlier_release_writes_after_a_rollback_is_counted_too(
    both: Both, earlier: EarlierTable, store: DynamoStore, time: Time
) -> None:
    drawn = random.Random(2)
    there = [any_thread(f"t{n}", drawn) for n in range(24)]
    for it in there[:12]:
        both[0].keep(it)
    both[1].keep(*there)
    count(store, time)
    assert earlier.is_counted()
    assert both[0].one(InboxCountsKey("school")) != both[1].one(InboxCountsKey("school"))
    earlier.put(*there[12:])
    assert both[0].one(ThreadKey("t12")) == there[12], "somebody opens one of them"
    assert not earlier.is_counted()
    assert_alike(both)
    for _ in range(20):
        count(store, time)
    assert earlier.is_counted()
    assert_alike(both)


def test_a_table_without_threads_of_an_earlier_release_is_counted_at_once(
    both: Both, earlier: EarlierTable, store: DynamoStore, time: Time
) -> None:
    both[0].keep(thread("t", NOON))
    count(store, time)
    assert earlier.is_counted()


def test_one_looks_at_a_time_and_the_next_goes_on_where_it_was_cut_short(
    earlier: EarlierTable, store: DynamoStore, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier.put(*(thread(f"t{n}", NOON) for n in range(9)))
    matching = earlier.table.matching
    monkeypatch.setattr(type(earlier.table), "matching", lambda _, *it: matching(it[0] | {"Limit": 4}, it[1]))
    looks = 0
    while not earlier.is_counted():
        store.count_threads(lambda: False)
        time.now += 60_000
        looks += 1
        assert looks < 100
    assert looks > 15
    assert earlier.table.get([counting.COUNTING]) == {}


def test_a_thread_is_counted_for_its_worker_after_its_owners_account_has_ended(
    both: Both, store: DynamoStore, time: Time
) -> None:
    other = thread("u", NOON)
    it = replace(thread("t", NOON, worker="w"), last=QUESTION)
    gone = replace(it, raiser=replace(it.raiser, party=NOBODY), school=replace(it.school, party=NOBODY))
    for home in both:
        home.keep(it, other)
        home.change(gone)
    assert_alike(both)
    count(store, time)
    assert_alike(both)
    for home in both:
        home.change(replace(gone, last=ANSWER, turn_since=NOON + HOUR))
    assert_alike(both)


@pytest.mark.planted(22)
def test_a_row_or_a_count_that_is_wrong_is_noticed(store: DynamoStore, earlier: EarlierTable, time: Time) -> None:
    Home(store, time).keep(thread("t", NOON, worker="w"))
    client, table = store._table._client, earlier.table
    rows = [it for it in table.scan() if it["SK"]["S"].startswith(("mailbox#", "turn#", counts.COUNT))]
    assert len(rows) == 3 + 1 + 2
    for it in rows:
        table.erase([items.item_key_of(it)])
        assert [line.partition(":")[0] for line in wrong_rows(client, table.name)] == ["missing"]
        table.put_all([it])
    assert wrong_rows(client, table.name) == []
