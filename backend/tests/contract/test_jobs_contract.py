"""Over every store: a job of an unknown kind stops no other, and of any number of runners one does each job."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import SCHOOL, WALT, WENDY, SampleUniversity
from tests.support.stores import Home, answer, together
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.table import Table
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, DueJob
from uconnect.domain.jobs import MailSchoolInvitation, PurgeLeftThread, ReturnThreads
from uconnect.domain.keys import DueJobs, JobKey
from uconnect.domain.models import Job, UnreadableJob
from uconnect.domain.usecases import job_steps, workers
from uconnect.domain.views.admin import JobHealth

STRANGE = (
    '{"id":"poison","due":1,"task":{"type":"of a later release","what":[1]},"tries":0}',
    '{"id":"poison","due":1}',
    "no json at all",
    "",
)


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


@pytest.mark.parametrize("body", STRANGE)
def test_a_job_that_cannot_be_read_keeps_no_other_waiting_and_stays_as_it_was_written(
    university: SampleUniversity, body: str
) -> None:
    set_aside: list[str] = []
    university.home.keep(UnreadableJob(id="poison", due=1, body=body), Job(id="other", due=2, task=ReturnThreads(WALT)))
    post = FakeMail()
    beyond = JobDependencies(lambda _: None, post, post, lambda error: None, set_aside.append)
    assert run_due_jobs(university.home.store, beyond) == 1
    assert (set_aside, run_due_jobs(university.home.store, beyond)) == (["unreadable"], 0)
    found = university.home.one(JobKey("poison"))
    assert found == UnreadableJob(id="poison", due=job_steps.SET_ASIDE, body=body)
    assert university.ask(job_steps.health) == JobHealth(overdue=False, set_aside=1)
    assert university.run(partial(job_steps.retry, id="poison"))
    assert university.home.all(DueJobs(university.home.time.now, 9)) == (
        UnreadableJob(id="poison", due=university.home.time.now, body=body),
    )


def test_only_what_is_due_since_a_time_is_listed(university: SampleUniversity) -> None:
    university.home.keep(*(Job(id=f"o{due}", due=due, task=ReturnThreads(WALT)) for due in (1, 5, 9)))
    assert [it.due for it in university.home.all(DueJobs(9, 9, since=5))] == [5, 9]
    assert [it.due for it in university.home.all(DueJobs(8, 9, since=1))] == [1, 5]


@pytest.mark.parametrize("home", ["dynamodb"], indirect=True)
def test_a_job_that_is_claimed_between_its_row_and_its_record_is_not_due_any_more(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only DynamoDB reads the two apart. A runner that took the job for due could claim it, and do it again."""
    job = Job(id="o1", due=1, task=MailSchoolInvitation("law@x"))
    home.keep(job)
    query = Table.query

    def claimed_meanwhile(table: Table, *of: Any, **named: Any) -> Iterator[Any]:
        rows = list(query(table, *of, **named))
        if not rows:
            return iter(rows)  # of another shard
        monkeypatch.undo()
        assert answer(home.store.run(partial(job_steps.claim, job=job, lease=60_000)))
        return iter(rows)

    monkeypatch.setattr(Table, "query", claimed_meanwhile)
    assert answer(home.store.ask(job_steps.due_jobs)) == ()
    home.time.now += 60_000
    assert [it.id for it in answer(home.store.ask(job_steps.due_jobs))] == ["o1"], "when its lease is over"


def test_a_job_that_another_leaves_is_told_of(university: SampleUniversity) -> None:
    university.raised().offload()
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    left: list[DueJob] = []
    post = FakeMail()
    beyond = JobDependencies(lambda _: None, post, post, lambda error: None, left=left.extend)
    run_due_jobs(university.home.store, beyond)
    stored = [job for it in left if isinstance(job := university.home.one(JobKey(it.id)), Job)]
    assert PurgeLeftThread in {type(it.task) for it in stored}
    assert {(it.id, it.due) for it in stored} <= set(left)


@pytest.mark.parametrize("home", ["dynamodb"], indirect=True)
def test_jobs_that_an_earlier_release_left_under_one_key_are_moved_and_done(home: Home) -> None:
    store: Any = home.store
    kept = [Job(id=f"o{number}", due=1, task=MailSchoolInvitation(f"{number}@x")) for number in range(3)]
    home.keep(kept[0])  # it is where it lies now, too
    old = {"PK": {"S": items.JOB}}
    written = [items.item(it, "stamp") | old for it in kept]
    del written[2]["v"]
    store._table.put_all(written)
    for _ in range(2):
        store.move_jobs()
    assert home.jobs() == tuple(kept)
    assert list(store._table.query(items.JOB, "SK", "job#", "job#~", 9)) == []


@pytest.mark.parametrize("home", ["dynamodb"], indirect=True)
def test_the_oldest_jobs_come_first_whichever_shard_they_lie_in(home: Home) -> None:
    kept = [Job(id=f"o{number}", due=number + 1, task=ReturnThreads(WALT)) for number in range(40)]
    assert {items.job_shard(it.id) for it in kept} == set(items.JOB_SHARDS)
    home.keep(*kept)
    assert home.all(DueJobs(99, 15)) == tuple(kept[:15])
    assert home.all(DueJobs(99, 15, since=31)) == tuple(kept[30:])


def test_runners_that_begin_at_once_do_each_job_once(university: SampleUniversity) -> None:
    university.home.keep(
        *(Job(id=f"o{number}", due=1, task=MailSchoolInvitation(f"{number}@x")) for number in range(12))
    )
    gate, met = threading.Barrier(3, timeout=30), set[int]()

    class Meeting(FakeMail):
        """Its first letter waits until every runner has one in its hands."""

        def invite_school(self, email: str) -> None:
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                gate.wait()
            super().invite_school(email)

    post = Meeting()
    beyond = JobDependencies(lambda _: None, post, post, lambda error: None)
    done = together([partial(run_due_jobs, university.home.store, beyond) for _ in range(3)])
    assert sum(done) == 12
    assert sorted(post.schools) == sorted(f"{number}@x" for number in range(12)), "each letter is written once"
    assert answer(university.home.store.ask(job_steps.due_jobs)) == ()


class Dying(FakeMail):
    """Its process ends in the midst of a letter."""

    def invite_school(self, email: str) -> None:
        raise SystemExit(email)


def test_what_a_runner_that_dies_has_begun_is_done_by_another_when_its_lease_is_over(
    university: SampleUniversity,
) -> None:
    university.home.keep(Job(id="letter", due=1, task=MailSchoolInvitation("a@x")))
    dying, post = Dying(), FakeMail()
    with pytest.raises(SystemExit):
        run_due_jobs(university.home.store, JobDependencies(lambda _: None, dying, dying, lambda error: None))
    university.run_jobs(post)
    assert post.schools == []
    university.home.time.now += job_steps.LEASE
    university.run_jobs(post)
    assert post.schools == ["a@x"]
    assert university.home.jobs() == ()


@pytest.mark.parametrize("fails", [False, True])
def test_a_runner_that_goes_on_when_its_lease_is_over_undoes_nothing_that_another_has_done(
    university: SampleUniversity, fails: bool
) -> None:
    """As a process that stood still. The other has begun and ended meanwhile; the first ends too, well or badly."""
    cases = [university.raised() for _ in range(3)]
    for case in cases:
        case.offload()
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    told: list[Delivery] = []

    class Late(FakeMail):
        def withdraw(self, place: str) -> None:
            university.home.time.now += job_steps.LEASE
            told.extend(university.run_jobs())
            super().withdraw(place)
            if fails:
                raise OSError

    late, failures = Late(), list[Exception]()
    run_due_jobs(university.home.store, JobDependencies(told.extend, late, late, failures.append))
    assert len(failures) == fails
    assert [case.thread.worker for case in cases] == [None] * 3
    assert sum(isinstance(it.frame, protocol.InternalEntryAdded) for it in told) == 3, "each return is told once"
    assert not [it for it in university.home.jobs() if isinstance(it.task, ReturnThreads)]


def test_a_lease_is_longer_than_a_function_on_aws_may_run() -> None:
    template = Path(__file__).parents[3] / "deploy/template.yaml"
    seconds = [int(it) for it in re.findall(r"^\s+Timeout: (\d+)", template.read_text("utf-8"), re.MULTILINE)]
    assert max(seconds) * 1000 < job_steps.LEASE
