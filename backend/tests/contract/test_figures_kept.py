"""Every store counts each milestone of a thread once, however many jobs count at one moment, and erases the figures
with the school's account."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, SampleUniversity
from tests.support.stores import Home, race
from uconnect.application.local_time import local_time
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind, Policy, ReplyTime
from uconnect.domain.jobs import CountThread, Milestone
from uconnect.domain.keys import MOST_WAITING, PartyKey, WeekFiguresKey, WorkersWaitingKey
from uconnect.domain.models import Job, School, WeekFigures
from uconnect.domain.usecases import account_closing, figures, queries, workers
from uconnect.domain.usecases.figures import HOUR, LEAST_REPLIES
from uconnect.domain.views.figures import WeekCard


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create().signed_in(SCHOOL)


def week(university: SampleUniversity, by: str = SCHOOL) -> WeekCard:
    (only,) = university.ask(partial(figures.figures, by=by)).weeks
    return only


@pytest.mark.parametrize("policy", Policy)
def test_a_day_is_counted(university: SampleUniversity, policy: Policy) -> None:
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.home.change(replace(school, policy=policy))
    cases = [university.raised(by) for by in (ANN, BOB, ANN)]
    university.raised(SCHOOL, ACADEMY)
    university.run_jobs()
    university.home.time.now += HOUR
    cases[0].send(SCHOOL)
    cases[1].offload()
    cases[1].send(WENDY)
    for case in cases[:2]:
        case.terminate()
    university.run_jobs()
    assert university.home.jobs() == ()
    counted = week(university)
    assert [sum(it) for it in (counted.raised.days, counted.raised.hours)] == [3, 3]
    assert [sum(it) for it in (counted.ended.days, counted.ended.hours)] == [2, 2]
    assert counted.replies == counted.settled == (0, 0, 0, 2, *(0,) * 10)
    assert sum(week(university, ACADEMY).raised.days) == 1


def test_of_what_is_counted_at_one_moment_nothing_is_lost_and_nothing_is_double(university: SampleUniversity) -> None:
    now = university.home.time.now
    tasks = [CountThread(SCHOOL, it, now, HOUR) for it in (Milestone.REPLY, Milestone.END)] * 3
    university.home.keep(*(Job(id=f"{number}", due=now, task=task) for number, task in enumerate(tasks)))
    twice = [*enumerate(tasks)] * 2
    count = [partial(figures.count, counts=((f"{number}", task),), local_time=local_time) for number, task in twice]
    assert all(isinstance(it, Plan) for it in race(university.home, count))
    counted = week(university)
    assert (sum(counted.replies), sum(counted.settled), sum(counted.ended.days)) == (3, 3, 3)
    assert university.home.jobs() == ()


def test_with_a_schools_account_its_figures_end(university: SampleUniversity) -> None:
    university.raised().terminate()
    university.run_jobs()
    key = WeekFiguresKey(SCHOOL, figures.week_of(local_time(university.home.time.now, "UTC")))
    assert university.home.one(key) is not None
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    university.run_jobs()
    assert university.home.one(key) is None


def test_a_usual_reply_time_is_worked_out_once_a_week(university: SampleUniversity) -> None:
    last = figures.week_of(local_time(university.home.time.now, "UTC")) - 1
    university.home.keep(WeekFigures(party=SCHOOL, week=last, replies=(0, LEAST_REPLIES)))
    university.run(figures.begin)
    university.run_jobs()
    page = university.ask(partial(queries.schools, by=ANN, after=None, most=9))
    assert {it.id: it.reply_time for it in page.schools} == {SCHOOL: ReplyTime.HOUR, ACADEMY: None}


def test_a_workers_load_is_what_it_handles_and_what_waits_for_it(university: SampleUniversity) -> None:
    cases = [university.raised(by) for by in (ANN, BOB, ANN, BOB)]
    for case in cases[:3]:
        case.offload(WENDY)
    cases[0].send(WENDY)
    cases[1].terminate()
    cases[3].offload(WALT)
    cases[3].offload(WENDY)  # from hand to hand
    cards = university.ask(partial(workers.workers, by=SCHOOL)).workers
    assert [(it.id, it.load, it.waiting) for it in cards] == [(WENDY, 3, 2), (WALT, 0, 0)]
    cases[0].send(ANN)
    waiting = university.home.one(WorkersWaitingKey(SCHOOL, (WALT, WENDY, "nobody")))
    assert waiting is not None
    assert waiting.counts == (0, 3, 0)
    other = university.home.one(WorkersWaitingKey(ACADEMY, (WENDY,)))
    assert other is not None
    assert other.counts == (0,)


def test_no_more_than_a_hundred_are_counted_as_waiting(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_WAITING == 100
    monkeypatch.setattr("uconnect.domain.keys.MOST_WAITING", 2)
    monkeypatch.setattr("tests.support.memory_store.MOST_WAITING", 2)
    for by in (ANN, BOB, ANN):
        university.raised(by).offload(WENDY)
    assert [it.waiting for it in university.ask(partial(workers.workers, by=SCHOOL)).workers] == [2, 0]


def test_a_thread_of_an_ended_account_waits_for_its_worker_and_not_for_the_school(university: SampleUniversity) -> None:
    university.signed_in(ANN)
    university.raised().offload(WENDY)
    university.run_jobs()
    university.run(partial(account_closing.close, by=ANN))
    university.run_jobs()
    assert [it.waiting for it in university.ask(partial(workers.workers, by=SCHOOL)).workers] == [0, 0]
