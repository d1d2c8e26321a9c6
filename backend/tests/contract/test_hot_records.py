"""What many people do at once to one school touches no record in common, so on AWS hardly one of them has to try again.

They touch shards of counts: two of them the same one, one time in so many shards.
"""

from functools import partial
from itertools import combinations
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import SCHOOL, WENDY, SampleUniversity, offload, on_thread, raise_, send
from tests.support.stores import Home, race
from uconnect.adapters.dynamodb import counts
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain.context import Plan
from uconnect.domain.enums import Policy
from uconnect.domain.jobs import AssignThread
from uconnect.domain.keys import Mailbox, PartyKey, ThreadsOf
from uconnect.domain.models import School, Thread, User
from uconnect.domain.usecases import job_steps, threads, workers

PEOPLE = [f"user{number}" for number in range(20)]
Touched = list[frozenset[tuple[str, str]]]


@pytest.fixture
def university(request: pytest.FixtureRequest, time: Any) -> SampleUniversity:
    store = DynamoStore(request.getfixturevalue("dynamodb"), request.getfixturevalue("table"), time.new_context)
    made = SampleUniversity(Home(store, time)).create()
    made.home.keep(*(User(id=it, email=f"{it}@x", name=it) for it in PEOPLE))
    return made


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> Touched:
    """The places that each commit writes or has checked."""
    found: Touched = []
    commit = Table.commit

    def noting(self: Table, operations: Any) -> None:
        found.append(frozenset(_item_key(body) for operation in operations for body in operation.values()))
        commit(self, operations)

    monkeypatch.setattr(Table, "commit", noting)
    return found


def _item_key(body: dict[str, Any]) -> tuple[str, str]:
    key = body.get("Item") or body["Key"]
    return key["PK"]["S"], key["SK"]["S"]


def assert_apart(touched: Touched) -> None:
    for one, other in combinations(touched, 2):
        assert all(sk.startswith(counts.COUNT) for _, sk in one & other)
    shards = [{sk.rpartition("#")[2] for _, sk in each if sk.startswith(counts.COUNT)} for each in touched]
    assert all(len(it) <= 1 for it in shards), "a thread is counted in one shard of each count: another one in another"
    assert len(set().union(*shards)) > len(shards) // 4 or not any(shards)


def threads_of(university: SampleUniversity) -> list[Thread]:
    return list(university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 99)))


def test_people_who_raise_to_one_school_touch_no_record_in_common(
    university: SampleUniversity, touched: Touched
) -> None:
    outcomes = race(university.home, [raise_(by) for by in PEOPLE])
    assert all(isinstance(it, Plan) for it in outcomes)
    assert len(touched) == len(PEOPLE), "none was tried again"
    assert_apart(touched)


def test_nor_do_they_when_they_write_and_end(university: SampleUniversity, touched: Touched) -> None:
    ids = {by: university.run(raise_(by)).row.id for by in PEOPLE}
    for acts in ([send(by, id) for by, id in ids.items()], [on_thread(threads.terminate, *it) for it in ids.items()]):
        touched.clear()
        race(university.home, acts)
        assert len(touched) == len(PEOPLE)
        assert_apart(touched)


@pytest.mark.parametrize("policy", Policy)
def test_nor_does_what_a_policy_does_with_the_threads(
    university: SampleUniversity, touched: Touched, policy: Policy
) -> None:
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.home.change(replace(school, policy=policy))
    for by in PEOPLE:
        university.run(raise_(by))
    touched.clear()
    race(university.home, [partial(job_steps.assign_by_policy, thread=it.id) for it in threads_of(university)])
    assert len(touched) == len(PEOPLE)
    assert_apart(touched)
    given = {it.worker is not None for it in threads_of(university)}
    assert given == {policy is Policy.AUTOMATIC}


def test_nor_do_offloads_to_one_worker(university: SampleUniversity, touched: Touched) -> None:
    for by in PEOPLE:
        university.run(raise_(by))
    touched.clear()
    race(university.home, [offload(it.school.id, WENDY) for it in threads_of(university)])
    assert len(touched) == len(PEOPLE)
    assert_apart(touched)


def test_a_job_of_a_raise_is_its_own(university: SampleUniversity) -> None:
    for by in PEOPLE:
        university.run(raise_(by))
    jobs = [it.task for it in university.home.jobs() if isinstance(it.task, AssignThread)]
    assert len({it.thread for it in jobs}) == len(PEOPLE)


def test_a_worker_removed_right_after_a_thread_was_decided_for_it_does_not_keep_it(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The removal commits between the decision and its commit: nothing in the transaction says so."""
    case = university.raised()
    commit, removed = Table.commit, list[bool]()

    def late(self: Table, operations: Any) -> None:
        if not removed:
            removed.append(True)
            university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
        commit(self, operations)

    monkeypatch.setattr(Table, "commit", late)
    university.run(offload(case.id(SCHOOL), WENDY))
    assert case.thread.worker is None
