"""A school's figures: each thread is counted once at each milestone, in the week and the hour of the school's clock."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import fake_job_dependencies
from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    on_thread,
    send,
)
from tests.support.stores import Time
from uconnect.application.jobs import run, run_due_jobs
from uconnect.application.local_time import local_time
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind, ReplyTime
from uconnect.domain.jobs import CountThread, Milestone
from uconnect.domain.keys import JobKey, PartyKey, WeekFiguresKey
from uconnect.domain.models import Job, School, WeekFigures
from uconnect.domain.usecases import account_closing, figures, job_steps, queries
from uconnect.domain.usecases.figures import DAY, HOUR, LEAST_REPLIES, LONGEST, MEASURED_WEEKS, MINUTE, SHOWN_WEEKS
from uconnect.domain.views.figures import FiguresShown, WeekCard

NO_HOURS = (0,) * 24
WEEK = 7 * DAY


@pytest.fixture
def zoned(university: SampleUniversity, time: Time) -> SampleUniversity:
    """It is Friday 15 January 2027, 9:00 in Helsinki and 7:00 in UTC."""
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    time.now = 1_799_996_400_000
    university.home.change(replace(school, zone="Europe/Helsinki"))
    return university


def shown(university: SampleUniversity, by: str = SCHOOL) -> FiguresShown:
    return university.ask(partial(figures.figures, by=by))


def week(university: SampleUniversity, by: str = SCHOOL) -> WeekCard:
    (only,) = shown(university, by).weeks
    return only


def by_hour(**counts: int) -> tuple[int, ...]:
    return tuple(counts.get(f"h{hour}", 0) for hour in range(24))


def in_class(place: int) -> tuple[int, ...]:
    return tuple(int(place == each) for each in range(len(LONGEST) + 1))


def test_each_milestone_is_counted_once_by_the_schools_clock(zoned: SampleUniversity, time: Time) -> None:
    case = zoned.raised()
    time.now += 90 * MINUTE
    case.send(SCHOOL)
    case.send(ANN)
    case.send(SCHOOL)  # only the first answer is counted
    time.now += 3 * DAY  # it is Monday
    case.terminate()
    case.delete()  # what was counted stays
    zoned.run_jobs()
    first, second = shown(zoned).weeks
    assert (first.begins, second.begins) == ("2027-01-11", "2027-01-18")
    assert (first.raised.hours, first.raised.days) == (NO_HOURS, (0,) * 7), "it was deleted before it was counted"
    assert (first.replies, second.settled) == (in_class(LONGEST.index(120)), in_class(LONGEST.index(5760)))
    assert (second.ended.hours, second.ended.days) == (by_hour(h10=1), (1, 0, 0, 0, 0, 0, 0))


def test_a_raise_is_counted_by_the_job_that_it_leaves(zoned: SampleUniversity, time: Time) -> None:
    zoned.raised()
    zoned.raised(BOB)
    zoned.raised(SCHOOL, ACADEMY)
    zoned.run_jobs()
    ours, theirs = week(zoned), week(zoned, ACADEMY)
    assert (ours.raised.hours, ours.raised.days) == (by_hour(h9=2), (0, 0, 0, 0, 2, 0, 0))
    assert sum(theirs.raised.days) == 1
    assert sum(theirs.ended.days) == sum(theirs.replies) == 0


@pytest.mark.parametrize("hand", [SCHOOL, WENDY, WALT])
def test_an_answer_is_counted_the_same_whoever_gives_it(zoned: SampleUniversity, time: Time, hand: str) -> None:
    case = zoned.raised()
    if hand != SCHOOL:
        case.offload(hand)
    time.now += HOUR
    plan = zoned.plan(send(hand, case.id(hand)))
    assert plan.jobs
    tasks = [it.task for it in zoned.home.jobs()]
    assert CountThread(SCHOOL, Milestone.REPLY, time.now, HOUR) in tasks
    zoned.run_jobs()
    assert week(zoned).replies == in_class(LONGEST.index(60))


@pytest.mark.parametrize(
    ("minutes", "place"), [(0, 0), (5, 0), (5.1, 1), (60, 3), (61, 4), (40_320, 12), (40_321, 13), (10**6, 13)]
)
def test_a_time_is_in_the_first_class_that_is_not_shorter(
    zoned: SampleUniversity, time: Time, minutes: float, place: int
) -> None:
    task = CountThread(SCHOOL, Milestone.END, time.now, round(minutes * MINUTE))
    zoned.home.keep(Job(id="count", due=time.now, task=task))
    zoned.run_jobs()
    assert week(zoned).settled == in_class(place)


def test_a_job_that_runs_twice_counts_once(zoned: SampleUniversity, time: Time) -> None:
    task = CountThread(SCHOOL, Milestone.REPLY, time.now, HOUR)
    zoned.home.keep(Job(id="count", due=time.now, task=task))
    for _ in range(2):
        zoned.run(partial(figures.count, counts=(("count", task),), local_time=local_time))
    assert sum(week(zoned).replies) == 1
    assert zoned.home.one(JobKey("count")) is None
    case = zoned.raised()
    (job,) = zoned.home.jobs()
    for _ in range(2):
        raised = zoned.run(partial(job_steps.assign_by_policy, thread=case.thread.id))
        zoned.run(partial(figures.count, counts=((job.id, raised),), local_time=local_time))
    assert sum(week(zoned).raised.days) == 1


def test_what_many_jobs_found_is_counted_together_by_school_and_week(zoned: SampleUniversity, time: Time) -> None:
    tasks = [CountThread(SCHOOL, Milestone.END, time.now + number % 2 * 7 * DAY, HOUR) for number in range(70)]
    jobs = [Job(id=f"count{number}", due=time.now, task=task) for number, task in enumerate(tasks)]
    zoned.home.keep(*jobs)
    groups = figures.grouped(zip([it.id for it in jobs], tasks, strict=True))
    assert [len(it) for it in groups] == [figures.MOST_AT_ONCE, 70 - figures.MOST_AT_ONCE]
    for group in groups:
        zoned.run(partial(figures.count, counts=group, local_time=local_time))
    assert zoned.home.jobs() == ()
    assert sum(week(zoned).settled) == 35
    time.now += 7 * DAY
    assert [sum(it.settled) for it in shown(zoned).weeks] == [35, 35]


def test_a_raise_is_not_counted_once_the_schools_account_has_ended(zoned: SampleUniversity) -> None:
    zoned.signed_in(SCHOOL)
    thread = zoned.raised().thread.id
    (job,) = zoned.home.jobs()
    raised = zoned.run(partial(job_steps.assign_by_policy, thread=thread))
    zoned.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    zoned.run(partial(figures.count, counts=((job.id, raised),), local_time=local_time))
    assert zoned.home.one(JobKey(job.id)) is None
    zoned.run_jobs()
    assert zoned.home.one(WeekFiguresKey(SCHOOL, figures.week_of(local_time(zoned.home.time.now, "UTC")))) is None
    assert zoned.run(partial(job_steps.assign_by_policy, thread=thread)) is None


@pytest.mark.parametrize("party", [ANN, "nobody"])
def test_nothing_is_counted_for_who_is_no_school(zoned: SampleUniversity, time: Time, party: str) -> None:
    zoned.home.keep(Job(id="count", due=time.now, task=CountThread(party, Milestone.END, time.now, 1)))
    zoned.run_jobs()
    assert zoned.home.jobs() == ()
    assert zoned.home.one(WeekFiguresKey(party, figures.week_of(local_time(time.now, "UTC")))) is None


def test_figures_end_with_the_schools_account_and_nothing_is_counted_after(zoned: SampleUniversity, time: Time) -> None:
    zoned.signed_in(SCHOOL)
    zoned.raised().terminate()
    zoned.run_jobs()
    key = WeekFiguresKey(SCHOOL, figures.week_of(local_time(time.now, "Europe/Helsinki")))
    assert zoned.home.one(key) is not None
    assert isinstance(run(zoned.home.store, partial(account_closing.close, by=SCHOOL), lambda _: None), Plan)
    zoned.home.keep(Job(id="late", due=time.now, task=CountThread(SCHOOL, Milestone.END, time.now, 1)))
    zoned.run_jobs()
    assert zoned.home.one(key) is None


def test_an_owners_end_leaves_counts_alone(zoned: SampleUniversity, time: Time) -> None:
    zoned.signed_in(ANN)
    zoned.raised().send(SCHOOL)
    zoned.run_jobs()
    before = shown(zoned)
    zoned.run(partial(account_closing.close, by=ANN))
    zoned.run_jobs()
    assert shown(zoned) == before


def test_what_a_worker_answers_after_the_owners_end_is_its_schools(zoned: SampleUniversity, time: Time) -> None:
    zoned.signed_in(ANN)
    case = zoned.raised()
    id = case.offload(WENDY)
    zoned.run_jobs()
    zoned.run(partial(account_closing.close, by=ANN))
    zoned.run_jobs()
    zoned.run(send(WENDY, id))
    zoned.run_jobs()
    assert sum(week(zoned).replies) == 1


def test_weeks_without_anything_are_shown_too_up_to_the_present_one(zoned: SampleUniversity, time: Time) -> None:
    assert shown(zoned).weeks == ()
    zoned.raised()
    zoned.run_jobs()
    time.now += 3 * WEEK
    counts = [sum(it.raised.days) for it in shown(zoned).weeks]
    assert counts == [1, 0, 0, 0]
    time.now += SHOWN_WEEKS * WEEK
    assert shown(zoned).weeks == ()
    zoned.raised()
    zoned.run_jobs()
    assert [sum(it.raised.days) for it in shown(zoned).weeks] == [1]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("hour", [-20, -1, 0, 1, 20])
def test_the_present_week_is_shown_at_both_ends_of_the_world(
    zoned: SampleUniversity, time: Time, zone: str, hour: int
) -> None:
    school = zoned.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    zoned.home.change(replace(school, zone=zone))
    time.now = 1_800_230_400_000 + hour * HOUR  # about the beginning of a Monday in UTC
    zoned.raised()
    zoned.run_jobs()
    local = local_time(time.now, zone)
    last = shown(zoned).weeks[0]
    assert last.begins == date.fromordinal(local.toordinal() - local.weekday()).isoformat()
    assert (sum(last.raised.days), last.raised.hours[local.hour]) == (1, 1)


@pytest.mark.parametrize("by", [ANN, WENDY])
def test_they_are_the_schools_alone(zoned: SampleUniversity, by: str) -> None:
    assert zoned.refusal(partial(figures.figures, by=by)) == "not_found"


# --- the usual reply time

REPLIES: list[tuple[dict[int, int], ReplyTime | None]] = [
    ({}, None),
    ({0: LEAST_REPLIES - 1}, None),
    ({0: LEAST_REPLIES}, ReplyTime.HOUR),
    ({0: 14, 13: 6}, ReplyTime.LONGER),
    ({3: 15, 13: 5}, ReplyTime.HOUR),
    ({3: 14, 4: 1, 13: 5}, ReplyTime.DAY),
    ({7: 100}, ReplyTime.DAY),
    ({8: 100}, ReplyTime.WEEK),
    ({10: 100}, ReplyTime.WEEK),
    ({11: 100}, ReplyTime.LONGER),
    ({13: 100}, ReplyTime.LONGER),
]


@pytest.mark.parametrize(("replies", "usual"), REPLIES)
def test_a_usual_reply_time_is_coarse_and_holds_for_three_of_four_answers(
    replies: dict[int, int], usual: ReplyTime | None
) -> None:
    counts = tuple(replies.get(place, 0) for place in range(len(LONGEST) + 1))
    assert figures.usual_reply_time(counts) is usual


def answered(university: SampleUniversity, weeks_ago: int, replies: int, took: int = 0) -> None:
    """So many first answers were given in an earlier week."""
    now = university.home.time.now
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    number = figures.week_of(local_time(now, school.zone)) - weeks_ago
    counts = (*(0,) * took, replies)
    university.home.keep(WeekFigures(party=SCHOOL, week=number, replies=counts))


def look(university: SampleUniversity) -> None:
    """The standing job comes again, after an hour."""
    university.home.time.now += figures.EVERY
    run_due_jobs(university.home.store, fake_job_dependencies())


def public(university: SampleUniversity, by: str = ANN) -> ReplyTime | None:
    return university.ask(partial(queries.school, by=by, id=SCHOOL)).reply_time


@pytest.fixture
def refreshing(zoned: SampleUniversity) -> SampleUniversity:
    zoned.run(figures.begin)
    zoned.run(figures.begin)
    assert len(zoned.home.jobs()) == 1
    return zoned


def test_a_clock_that_was_ahead_and_is_set_back_stops_no_look(refreshing: SampleUniversity, time: Time) -> None:
    time.now += 60 * figures.EVERY
    look(refreshing)
    time.now -= 60 * figures.EVERY
    refreshing.run(figures.begin)
    (job,) = refreshing.home.jobs()
    assert job.due == time.now


def test_it_is_of_whole_weeks_before_the_present_one(refreshing: SampleUniversity) -> None:
    answered(refreshing, 0, 1000, took=13)
    answered(refreshing, 1, LEAST_REPLIES // 2)
    answered(refreshing, MEASURED_WEEKS, LEAST_REPLIES // 2)
    answered(refreshing, MEASURED_WEEKS + 1, 1000, took=13)
    look(refreshing)
    assert public(refreshing) is public(refreshing, ACADEMY) is ReplyTime.HOUR
    assert shown(refreshing).reply_time is ReplyTime.HOUR


def test_it_changes_at_the_beginning_of_a_week_and_at_no_other_time(refreshing: SampleUniversity, time: Time) -> None:
    answered(refreshing, 0, 1000)
    look(refreshing)
    assert public(refreshing) is None
    monday = 1_800_223_200_000  # 0:00 in Helsinki
    time.now = monday - figures.EVERY - 1
    look(refreshing)
    assert public(refreshing) is None
    look(refreshing)
    assert public(refreshing) is ReplyTime.HOUR


def test_a_school_that_takes_no_threads_says_nothing(refreshing: SampleUniversity) -> None:
    answered(refreshing, 1, 1000)
    look(refreshing)
    school = refreshing.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    refreshing.home.change(replace(school, closing=True))
    assert public(refreshing) is None


def test_a_look_passes_through_the_whole_directory(refreshing: SampleUniversity) -> None:
    schools = [School(id=f"s{number}", email="", name=f"S{number}") for number in range(figures.PAGE + 5)]
    refreshing.home.keep(*schools)
    look(refreshing)
    kept = [refreshing.home.one(PartyKey(it.id)) for it in schools]
    assert all(isinstance(it, School) and it.reply_week for it in kept)


STEPS: list[Callable[[SampleUniversity], None]] = [
    lambda it: it.run(partial(figures.refresh, school="nobody", local_time=local_time)),
    lambda it: it.run(figures.refresh_again),
]


@pytest.mark.parametrize("step", STEPS)
def test_what_is_gone_meanwhile_is_left_alone(
    zoned: SampleUniversity, step: Callable[[SampleUniversity], None]
) -> None:
    step(zoned)
    assert zoned.home.jobs() == ()


def test_a_thread_that_ended_unanswered_has_no_first_answer(zoned: SampleUniversity) -> None:
    case: Case = zoned.raised()
    zoned.run(on_thread(queries.thread, ANN, case.id(ANN)))
    case.terminate()
    zoned.run_jobs()
    assert (sum(week(zoned).replies), sum(week(zoned).settled)) == (0, 1)
