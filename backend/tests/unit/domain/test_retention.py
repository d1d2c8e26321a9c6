"""Threads in which nobody writes end and are deleted after the days that the operator sets, and all are told first."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WENDY,
    Case,
    SampleUniversity,
    note,
    seen,
    user_in,
)
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Kind, State
from uconnect.domain.jobs import ApplyRetention, FindSilent, FindSilentOf, FindUnread, Retention
from uconnect.domain.keys import (
    HiddenWordsKey,
    IdempotencyKey,
    JobKey,
    PartyKey,
    ThreadKey,
    ThreadReferenceKey,
)
from uconnect.domain.models import Job, School, Terminated, Thread
from uconnect.domain.request_bodies import SnoozeThread
from uconnect.domain.usecases import account_closing, job_steps, profiles, retention, snoozes
from uconnect.domain.usecases.retention import DAY, EVERY, FIND_SILENT, HOUR, NOTICE, PAGE, SCHOOLS, SPREAD
from uconnect.domain.views.retention import RetentionShown

END, ERASE = 30, 60  # days


class Retained:
    """A university that keeps threads for END and ERASE days, and whose clock moves a few hours at a time."""

    def __init__(self, university: SampleUniversity, end: int = END, erase: int = ERASE) -> None:
        self.university, self.home, self.time = university, university.home, university.home.time
        university.run(partial(retention.begin, days=(end, erase)))

    def wait(self, ms: int) -> list[Delivery]:
        """Who is told what meanwhile."""
        told, until = list[Delivery](), self.time.now + ms
        step = HOUR if ms <= 3 * DAY else DAY // 2
        while self.time.now < until:
            self.time.now = min(self.time.now + step, until)
            told += self.work()
        return told

    def work(self) -> list[Delivery]:
        """Do what is due, to the end of a look."""
        told = self.university.run_jobs()
        while any(it.due <= self.time.now for it in self.home.jobs()):
            told += self.university.run_jobs()
        return told

    def waiting(self) -> dict[str, int]:
        """The threads whose job waits, and when it is due."""
        return {it.task.thread: it.due for it in self.home.jobs(1000) if isinstance(it.task, ApplyRetention)}


@pytest.fixture
def retained(university: SampleUniversity) -> Retained:
    """Its rule has been told long enough."""
    retained = Retained(university)
    retained.wait(NOTICE + SPREAD)
    return retained


@pytest.fixture
def case(retained: Retained) -> Case:
    return retained.university.raised()


def age(case: Case, ms: int) -> Thread:
    """The thread, as if nobody had written in it for so long."""
    thread = replace(case.thread, at=case.university.home.time.now - ms, turn_since=case.university.home.time.now - ms)
    case.university.home.change(thread)
    return thread


def state(case: Case) -> State:
    return case.thread.state


# --- when


def test_an_open_thread_ends_within_a_day_of_its_time(retained: Retained, case: Case) -> None:
    retained.wait(END * DAY - HOUR)
    assert state(case) is State.OPEN
    retained.wait(SPREAD + EVERY)
    assert state(case) is State.TERMINATED
    assert isinstance(case.log()[-1], Terminated)
    assert user_in(retained.home, ANN).open == (), "it frees one of the raiser's five"


def test_a_thread_that_has_ended_is_deleted_within_a_day_of_its_time(retained: Retained, case: Case) -> None:
    case.terminate()
    thread = case.thread
    retained.wait(ERASE * DAY - HOUR)
    assert retained.home.one(ThreadKey(thread.id)) is not None
    retained.wait(SPREAD + EVERY)
    assert retained.home.one(ThreadKey(thread.id)) is None


def test_a_message_puts_the_end_off(retained: Retained, case: Case) -> None:
    retained.wait(END * DAY - HOUR)
    case.send(SCHOOL)
    retained.wait(END * DAY - HOUR)
    assert state(case) is State.OPEN


def test_a_message_between_the_look_and_the_moment_puts_it_off(retained: Retained, case: Case) -> None:
    thread = age(case, 40 * DAY)
    retained.university.run(partial(retention.leave, due=((thread.id, retained.time.now),)))
    case.send(ANN)
    retained.time.now += HOUR
    retained.work()
    assert state(case) is State.OPEN
    assert retained.waiting() == {}


def test_what_is_inside_puts_nothing_off(retained: Retained, case: Case) -> None:
    """Else the moment would tell the raiser that somebody has read, noted or handed on its thread."""
    retained.wait((END - 1) * DAY)
    case.offload(WENDY)
    retained.university.run(note(SCHOOL, case.id(SCHOOL)))
    retained.university.run(seen(WENDY, case.id(WENDY), case.thread.seq, 1))
    retained.university.run(partial(snoozes.snooze, by=WENDY, id=case.id(WENDY), command=SnoozeThread(until=0)))
    retained.wait(DAY + SPREAD + EVERY)
    assert state(case) is State.TERMINATED


def test_moments_are_spread_over_a_day_and_are_the_same_at_each_look(retained: Retained) -> None:
    found = [age(retained.university.raised(ANN if n % 2 else BOB), 29 * DAY) for n in range(8)]
    kept = Retention(END, ERASE, 0)
    moments = [retention.applies_at(it, kept) for it in found]
    earliest = retained.time.now + DAY
    assert all(it is not None and earliest <= it < earliest + SPREAD for it in moments)
    assert len(set(moments)) == len(moments)
    assert moments == [retention.applies_at(it, kept) for it in found]


def test_the_moment_does_not_depend_on_who_handles_the_thread(retained: Retained, case: Case) -> None:
    kept, before = Retention(END, ERASE, 0), case.thread
    case.offload(WENDY)
    assert retention.applies_at(case.thread, kept) == retention.applies_at(before, kept)


@pytest.mark.parametrize(("end", "erase"), [(END, 0), (0, ERASE)])
def test_each_of_the_two_can_be_for_ever(university: SampleUniversity, end: int, erase: int) -> None:
    retained = Retained(university, end, erase)
    left, ended = university.raised(), university.raised()
    ended.terminate()
    known = ended.thread.id
    retained.wait((ERASE + 2) * DAY)
    assert left.thread.state is (State.TERMINATED if end else State.OPEN)
    assert (retained.home.one(ThreadKey(known)) is None) is bool(erase)


# --- said in advance


def test_an_old_thread_ends_only_when_the_rule_has_been_told_for_two_weeks(university: SampleUniversity) -> None:
    case = university.raised()
    age(case, 400 * DAY)
    retained = Retained(university)
    retained.wait(NOTICE - HOUR)
    assert state(case) is State.OPEN
    retained.wait(SPREAD + EVERY)
    assert state(case) is State.TERMINATED


def test_everyone_is_told_the_same(university: SampleUniversity) -> None:
    def told() -> set[RetentionShown | None]:
        return {university.ask(partial(profiles.me, by=it)).retention for it in (ANN, SCHOOL, ACADEMY, WENDY)}

    assert told() == {None}
    retained = Retained(university)
    assert told() == {RetentionShown(END, ERASE, retained.time.now + NOTICE)}


def test_another_rule_is_told_again_and_the_same_one_is_not(university: SampleUniversity) -> None:
    retained = Retained(university)
    first = Retention(END, ERASE, retained.time.now)
    assert university.ask(rule) == first
    retained.time.now += DAY
    university.run(partial(retention.begin, days=(END, ERASE)))
    assert university.ask(rule) == first
    university.run(partial(retention.begin, days=(END + 1, ERASE)))
    assert university.ask(rule) == Retention(END + 1, ERASE, retained.time.now)


def rule(context: Context) -> Plan[Retention | None]:
    return Plan(retention.rule(context))


def test_without_a_rule_threads_are_kept_for_ever(retained: Retained, case: Case) -> None:
    thread = age(case, 400 * DAY)
    retained.university.run(partial(retention.leave, due=((thread.id, retained.time.now),)))
    for _ in range(2):
        retained.university.run(partial(retention.begin, days=(0, 0)))
        assert retained.home.one(FIND_SILENT) is None
    retained.wait(2 * DAY)
    assert state(case) is State.OPEN
    retained.university.run(partial(retention.go_on, position=None))
    assert retained.home.one(FIND_SILENT) is None, "a look that was running is not resumed"


def test_a_job_of_another_kind_is_no_rule(university: SampleUniversity) -> None:
    university.home.keep(Job(id=FIND_SILENT.id, due=0, task=FindUnread(0)))
    assert university.ask(rule) is None


# --- a clock that is wrong

YEARS = 5 * 365 * DAY


def jump(retained: Retained, ms: int) -> None:
    """Set the clock, as a machine does whose battery is empty, and do what is due by it."""
    retained.time.now += ms
    retained.work()


def test_a_clock_that_is_years_ahead_ends_and_deletes_nothing_for_two_weeks(retained: Retained, case: Case) -> None:
    ended = retained.university.raised()
    ended.terminate()
    due = age(case, 29 * DAY + HOUR)
    retained.university.run(partial(retention.leave, due=((due.id, retained.time.now + HOUR),)))
    jump(retained, YEARS)
    retained.wait(NOTICE - HOUR)
    assert state(case) is State.OPEN
    assert retained.home.one(ThreadKey(ended.thread.id)) is not None
    told = retained.university.ask(partial(profiles.me, by=ANN)).retention
    assert told is not None
    assert told.not_before <= retained.time.now + HOUR
    retained.wait(SPREAD + EVERY)
    assert state(case) is State.TERMINATED


def test_whatever_comes_first_a_thread_is_kept_when_the_clock_has_jumped(retained: Retained, case: Case) -> None:
    """A job that waited for the thread is not done by the clock alone."""
    thread = age(case, (END + 2) * DAY)
    retained.time.now += YEARS
    retained.university.run(partial(retention.apply, thread=thread.id))
    assert state(case) is State.OPEN


def test_a_rule_that_began_by_a_clock_of_1970_is_told_all_the_same(university: SampleUniversity) -> None:
    case, now = university.raised(), university.home.time.now
    age(case, 400 * DAY)
    university.home.time.now = DAY
    retained = Retained(university)
    jump(retained, now - DAY)
    retained.wait(NOTICE - HOUR)
    assert state(case) is State.OPEN


@pytest.mark.parametrize("off", [6 * DAY, 8 * DAY])
def test_a_server_that_was_off_for_a_week_tells_its_rule_anew(retained: Retained, case: Case, off: int) -> None:
    age(case, (END + 2) * DAY)
    retained.time.now += off
    retained.wait(2 * DAY)
    assert (state(case) is State.TERMINATED) is (off < retention.AWAY)


def test_a_clock_that_was_ahead_and_is_set_back_stops_no_look(retained: Retained, case: Case) -> None:
    jump(retained, YEARS)
    retained.time.now -= YEARS
    retained.university.run(partial(retention.begin, days=(END, ERASE)))
    retained.work()
    age(case, 400 * DAY)
    retained.wait(NOTICE - HOUR)
    assert state(case) is State.OPEN
    retained.wait(SPREAD + 2 * EVERY)
    assert state(case) is State.TERMINATED


def test_a_look_that_is_set_aside_waits_for_the_operator(retained: Retained) -> None:
    found = retained.home.one(FIND_SILENT)
    assert isinstance(found, Job)
    retained.home.change(replace(found, due=job_steps.SET_ASIDE))
    retained.university.run(partial(retention.begin, days=(END, ERASE)))
    assert retained.home.one(FIND_SILENT) == replace(found, due=job_steps.SET_ASIDE)


# --- what goes


def test_everything_of_a_deleted_thread_goes(retained: Retained, case: Case) -> None:
    id = case.offload(WENDY)
    retained.university.run(partial(snoozes.snooze, by=SCHOOL, id=case.id(SCHOOL), command=SnoozeThread(until=0)))
    retained.university.run(note(SCHOOL, case.id(SCHOOL)))
    case.terminate()
    thread = case.thread
    retained.wait((ERASE + 2) * DAY)
    for key in (
        ThreadKey(thread.id),
        ThreadReferenceKey(ANN, thread.raiser.id),
        ThreadReferenceKey(SCHOOL, thread.school.id),
        ThreadReferenceKey(WENDY, id),
        IdempotencyKey(ANN, thread.key),
        HiddenWordsKey(thread.id),
    ):
        assert retained.home.one(key) is None


@pytest.mark.parametrize("worker", [False, True])
def test_all_are_told_in_the_same_order_as_when_the_raiser_does_it(
    retained: Retained, case: Case, worker: bool
) -> None:
    if worker:
        case.offload(WENDY)
    thread = age(case, (END + 2) * DAY)
    told = retained.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    hears = WENDY if worker else thread.id
    assert [it.to for it in told] == [ANN, ANN, hears, SCHOOL]
    thread = age(case, (ERASE + 2) * DAY)
    gone = retained.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    assert [it.to for it in gone] == [ANN, hears, SCHOOL]
    assert isinstance(gone[0].frame, protocol.Gone)
    assert gone[0].frame.rev == thread.raiser.rev + 1


def test_what_has_gone_already_is_no_error(retained: Retained) -> None:
    retained.university.run(partial(retention.apply, thread="gone"))


# --- after an owner's account has ended (leak 26)


def detached(retained: Retained, case: Case, silent: int) -> Thread:
    """The thread, whose owner's account ends after it was silent for so long, and which a worker still has."""
    case.offload(WENDY)
    thread = age(case, silent)
    retained.university.run(partial(account_closing.close, by=ANN))
    retained.university.run_jobs()
    assert retained.home.one(PartyKey(ANN)) is None
    return thread


def test_a_worker_sees_a_thread_end_in_time_though_its_owner_has_gone(retained: Retained, case: Case) -> None:
    detached(retained, case, (END + 2) * DAY)
    told = retained.wait(6 * HOUR)
    kinds = [type(it.frame) for it in told if it.to == WENDY]
    assert kinds == [protocol.Event, protocol.Gone]
    assert not [it for it in told if it.to == SCHOOL and isinstance(it.frame, protocol.Event)]


def test_a_worker_sees_no_end_before_its_time(retained: Retained, case: Case) -> None:
    detached(retained, case, DAY)
    assert retained.waiting() == {}
    assert [type(it.frame) for it in retained.wait(6 * HOUR) if it.to == WENDY] == [protocol.Gone]


def test_a_detached_thread_that_has_ended_is_deleted_in_time(retained: Retained, case: Case) -> None:
    case.offload(WENDY)
    case.terminate()
    thread = age(case, (ERASE + 2) * DAY)
    retained.university.run(partial(account_closing.close, by=ANN))
    retained.university.run_jobs()
    assert set(retained.waiting()) == {thread.id}
    assert [type(it.frame) for it in retained.wait(6 * HOUR) if it.to == WENDY] == [protocol.Gone]
    assert retained.home.one(ThreadKey(thread.id)) is None


def test_a_thread_that_has_its_job_gets_no_second_one(retained: Retained, case: Case) -> None:
    thread = age(case, (END + 2) * DAY)
    retained.university.run(partial(retention.leave, due=((thread.id, retained.time.now + 5),)))
    before = retained.waiting()
    retained.university.run(partial(retention.leave, due=((thread.id, retained.time.now + 9),)))
    case.offload(WENDY)
    retained.university.run(partial(account_closing.close, by=ANN))
    retained.university.run(partial(account_closing.detach_next, party=ANN))
    assert retained.waiting() == before


def test_a_school_hears_nothing_of_a_thread_whose_owner_has_ended(retained: Retained, case: Case) -> None:
    """Between the flag and the step that detaches it."""
    case.offload(WENDY)
    thread = age(case, (END + 2) * DAY)
    retained.university.run(partial(account_closing.close, by=ANN))
    told = retained.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    assert SCHOOL not in {it.to for it in told}
    assert WENDY in {it.to for it in told}


# --- the look


def test_a_look_is_a_page_at_a_time_and_finds_all(retained: Retained) -> None:
    found = set()
    for _ in range(PAGE + 3):
        case = retained.university.raised()
        found.add(age(case, 40 * DAY).id)
        retained.university.home.change(replace(user_in(retained.home, ANN), open=()))
        retained.time.now += 30_000
    pages, seen_ids = 0, set[str]()
    while True:
        page = retained.university.ask(retention.look)
        assert len(page.due) <= PAGE
        seen_ids |= {id for id, _ in page.due}
        retained.university.run(partial(retention.go_on, position=page.position))
        pages += 1
        if page.position is None:
            break
    assert seen_ids == found
    assert pages == 3  # two of threads, and one that finds nothing more


def test_a_look_passes_over_schools_without_silent_threads(retained: Retained) -> None:
    for number in range(SCHOOLS + 1):
        retained.home.keep(School(id=f"s{number}", email=f"{number}@x", name=f"A {number:02}"))
    case = retained.university.raised()
    thread = age(case, 40 * DAY)
    first = retained.university.ask(retention.look)
    assert first.due == ()
    assert first.position is not None
    retained.university.run(partial(retention.go_on, position=first.position))
    assert [id for id, _ in retained.university.ask(retention.look).due] == [thread.id]


def test_a_look_that_is_cut_short_leaves_nothing_twice(retained: Retained, case: Case) -> None:
    thread = age(case, 40 * DAY)
    page = retained.university.ask(retention.look)
    for _ in range(2):
        retained.university.run(partial(retention.leave, due=page.due))
    assert set(retained.waiting()) == {thread.id}


def test_what_is_late_comes_at_random_moments_within_an_hour(retained: Retained) -> None:
    late = tuple((f"t{n}", 5) for n in range(20))
    retained.university.run(partial(retention.leave, due=late))
    dues = set(retained.waiting().values())
    assert len(dues) > 10
    assert all(retained.time.now <= it < retained.time.now + EVERY for it in dues)


def test_no_thread_is_late_when_looks_are_an_hour_apart(retained: Retained) -> None:
    """A late one would end at another moment than one whose owner has gone, and that no look finds (leak 26)."""
    found = [age(retained.university.raised(ANN if n % 2 else BOB), END * DAY - n * HOUR) for n in range(10)]
    ends = {it.id: retention.applies_at(it, Retention(END, ERASE, 0)) for it in found}
    for _ in range(40):
        retained.university.run(partial(retention.leave, due=retained.university.ask(retention.look).due))
        retained.time.now += EVERY
    assert retained.waiting() == ends


# --- a school that has closed


def close_school(retained: Retained) -> None:
    retained.university.signed_in(SCHOOL)
    retained.university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    retained.university.run_jobs()


def test_what_was_raised_to_a_school_that_has_closed_is_deleted_too(retained: Retained, case: Case) -> None:
    thread = case.thread
    close_school(retained)
    assert state(case) is State.TERMINATED
    assert any(it.task == FindSilentOf(SCHOOL) for it in retained.home.jobs())
    retained.wait((ERASE + 2) * DAY)
    assert retained.home.one(ThreadKey(thread.id)) is None
    retained.wait(2 * HOUR)
    assert not any(isinstance(it.task, FindSilentOf) for it in retained.home.jobs()), "nothing is left to look at"


def test_without_a_rule_what_was_raised_to_it_stays(university: SampleUniversity) -> None:
    retained = Retained(university, end=END, erase=0)
    case = university.raised()
    close_school(retained)
    retained.wait(100 * DAY)
    assert state(case) is State.TERMINATED
    case.delete()
    retained.wait(2 * HOUR)
    assert not any(isinstance(it.task, FindSilentOf) for it in retained.home.jobs())


def test_its_job_is_left_once(retained: Retained) -> None:
    close_school(retained)
    retained.university.run(partial(account_closing.purge_party, party=SCHOOL))
    retained.university.run(partial(retention.go_on_at, id="gone", task=FindSilentOf(SCHOOL), position=None))
    assert retained.home.one(JobKey("gone")) is None
    assert [it.task for it in retained.home.jobs() if isinstance(it.task, FindSilent)]
