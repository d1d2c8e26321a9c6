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
from uconnect.domain.usecases import account_closing, profiles, retention, snoozes
from uconnect.domain.usecases.retention import DAY, EVERY, FIND_SILENT, HOUR, NOTICE, PAGE, SCHOOLS, SPREAD
from uconnect.domain.views.retention import RetentionShown

END, ERASE = 30, 60  # days


class Desk:
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
def desk(university: SampleUniversity) -> Desk:
    """Its rule has been told long enough."""
    desk = Desk(university)
    desk.wait(NOTICE + SPREAD)
    return desk


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.university.raised()


def age(case: Case, ms: int) -> Thread:
    """The thread, as if nobody had written in it for so long."""
    thread = replace(case.thread, at=case.university.home.time.now - ms, turn_since=case.university.home.time.now - ms)
    case.university.home.change(thread)
    return thread


def state(case: Case) -> State:
    return case.thread.state


# --- when


def test_an_open_thread_ends_within_a_day_of_its_time(desk: Desk, case: Case) -> None:
    desk.wait(END * DAY - HOUR)
    assert state(case) is State.OPEN
    desk.wait(SPREAD + EVERY)
    assert state(case) is State.TERMINATED
    assert isinstance(case.log()[-1], Terminated)
    assert user_in(desk.home, ANN).open == (), "it frees one of the raiser's five"


def test_a_thread_that_has_ended_is_deleted_within_a_day_of_its_time(desk: Desk, case: Case) -> None:
    case.terminate()
    thread = case.thread
    desk.wait(ERASE * DAY - HOUR)
    assert desk.home.one(ThreadKey(thread.id)) is not None
    desk.wait(SPREAD + EVERY)
    assert desk.home.one(ThreadKey(thread.id)) is None


def test_a_message_puts_the_end_off(desk: Desk, case: Case) -> None:
    desk.wait(END * DAY - HOUR)
    case.send(SCHOOL)
    desk.wait(END * DAY - HOUR)
    assert state(case) is State.OPEN


def test_a_message_between_the_look_and_the_moment_puts_it_off(desk: Desk, case: Case) -> None:
    thread = age(case, 40 * DAY)
    desk.university.run(partial(retention.leave, due=((thread.id, desk.time.now),)))
    case.send(ANN)
    desk.time.now += HOUR
    desk.work()
    assert state(case) is State.OPEN
    assert desk.waiting() == {}


def test_what_is_inside_puts_nothing_off(desk: Desk, case: Case) -> None:
    """Else the moment would tell the raiser that somebody has read, noted or handed on its thread."""
    desk.wait((END - 1) * DAY)
    case.offload(WENDY)
    desk.university.run(note(SCHOOL, case.id(SCHOOL)))
    desk.university.run(seen(WENDY, case.id(WENDY), case.thread.seq, 1))
    desk.university.run(partial(snoozes.snooze, by=WENDY, id=case.id(WENDY), command=SnoozeThread(until=0)))
    desk.wait(DAY + SPREAD + EVERY)
    assert state(case) is State.TERMINATED


def test_moments_are_spread_over_a_day_and_are_the_same_at_each_look(desk: Desk) -> None:
    found = [age(desk.university.raised(ANN if n % 2 else BOB), 29 * DAY) for n in range(8)]
    kept = Retention(END, ERASE, 0)
    moments = [retention.moment(it, kept) for it in found]
    earliest = desk.time.now + DAY
    assert all(it is not None and earliest <= it < earliest + SPREAD for it in moments)
    assert len(set(moments)) == len(moments)
    assert moments == [retention.moment(it, kept) for it in found]


def test_the_moment_does_not_depend_on_who_handles_the_thread(desk: Desk, case: Case) -> None:
    kept, before = Retention(END, ERASE, 0), case.thread
    case.offload(WENDY)
    assert retention.moment(case.thread, kept) == retention.moment(before, kept)


@pytest.mark.parametrize(("end", "erase"), [(END, 0), (0, ERASE)])
def test_each_of_the_two_can_be_for_ever(university: SampleUniversity, end: int, erase: int) -> None:
    desk = Desk(university, end, erase)
    left, ended = university.raised(), university.raised()
    ended.terminate()
    known = ended.thread.id
    desk.wait((ERASE + 2) * DAY)
    assert left.thread.state is (State.TERMINATED if end else State.OPEN)
    assert (desk.home.one(ThreadKey(known)) is None) is bool(erase)


# --- said in advance


def test_an_old_thread_ends_only_when_the_rule_has_been_told_for_two_weeks(university: SampleUniversity) -> None:
    case = university.raised()
    age(case, 400 * DAY)
    desk = Desk(university)
    desk.wait(NOTICE - HOUR)
    assert state(case) is State.OPEN
    desk.wait(SPREAD + EVERY)
    assert state(case) is State.TERMINATED


def test_everyone_is_told_the_same(university: SampleUniversity) -> None:
    def told() -> set[RetentionShown | None]:
        return {university.ask(partial(profiles.me, by=it)).retention for it in (ANN, SCHOOL, ACADEMY, WENDY)}

    assert told() == {None}
    desk = Desk(university)
    assert told() == {RetentionShown(END, ERASE, desk.time.now + NOTICE)}


def test_another_rule_is_told_again_and_the_same_one_is_not(university: SampleUniversity) -> None:
    desk = Desk(university)
    first = Retention(END, ERASE, desk.time.now)
    assert university.ask(rule) == first
    desk.time.now += DAY
    university.run(partial(retention.begin, days=(END, ERASE)))
    assert university.ask(rule) == first
    university.run(partial(retention.begin, days=(END + 1, ERASE)))
    assert university.ask(rule) == Retention(END + 1, ERASE, desk.time.now)


def rule(context: Context) -> Plan[Retention | None]:
    return Plan(retention.rule(context))


def test_without_a_rule_threads_are_kept_for_ever(desk: Desk, case: Case) -> None:
    thread = age(case, 400 * DAY)
    desk.university.run(partial(retention.leave, due=((thread.id, desk.time.now),)))
    for _ in range(2):
        desk.university.run(partial(retention.begin, days=(0, 0)))
        assert desk.home.one(FIND_SILENT) is None
    desk.wait(2 * DAY)
    assert state(case) is State.OPEN
    desk.university.run(partial(retention.go_on, place=None))
    assert desk.home.one(FIND_SILENT) is None, "a look that was running is not resumed"


def test_a_job_of_another_kind_is_no_rule(university: SampleUniversity) -> None:
    university.home.keep(Job(id=FIND_SILENT.id, due=0, task=FindUnread(0)))
    assert university.ask(rule) is None


# --- what goes


def test_everything_of_a_deleted_thread_goes(desk: Desk, case: Case) -> None:
    id = case.offload(WENDY)
    desk.university.run(partial(snoozes.snooze, by=SCHOOL, id=case.id(SCHOOL), command=SnoozeThread(until=0)))
    desk.university.run(note(SCHOOL, case.id(SCHOOL)))
    case.terminate()
    thread = case.thread
    desk.wait((ERASE + 2) * DAY)
    for key in (
        ThreadKey(thread.id),
        ThreadReferenceKey(ANN, thread.raiser.id),
        ThreadReferenceKey(SCHOOL, thread.school.id),
        ThreadReferenceKey(WENDY, id),
        IdempotencyKey(ANN, thread.key),
        HiddenWordsKey(thread.id),
    ):
        assert desk.home.one(key) is None


@pytest.mark.parametrize("worker", [False, True])
def test_all_are_told_in_the_same_order_as_when_the_raiser_does_it(desk: Desk, case: Case, worker: bool) -> None:
    if worker:
        case.offload(WENDY)
    thread = age(case, (END + 2) * DAY)
    told = desk.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    hears = WENDY if worker else thread.id
    assert [it.to for it in told] == [ANN, ANN, hears, SCHOOL]
    thread = age(case, (ERASE + 2) * DAY)
    gone = desk.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    assert [it.to for it in gone] == [ANN, hears, SCHOOL]
    assert isinstance(gone[0].frame, protocol.Gone)
    assert gone[0].frame.rev == thread.raiser.rev + 1


def test_what_has_gone_already_is_no_error(desk: Desk) -> None:
    desk.university.run(partial(retention.apply, thread="gone"))


# --- after an owner's account has ended (leak 26)


def detached(desk: Desk, case: Case, silent: int) -> Thread:
    """The thread, whose owner's account ends after it was silent for so long, and which a worker still has."""
    case.offload(WENDY)
    thread = age(case, silent)
    desk.university.run(partial(account_closing.close, by=ANN))
    desk.university.run_jobs()
    assert desk.home.one(PartyKey(ANN)) is None
    return thread


def test_a_worker_sees_a_thread_end_in_time_though_its_owner_has_gone(desk: Desk, case: Case) -> None:
    detached(desk, case, (END + 2) * DAY)
    told = desk.wait(6 * HOUR)
    kinds = [type(it.frame) for it in told if it.to == WENDY]
    assert kinds == [protocol.Event, protocol.Gone]
    assert not [it for it in told if it.to == SCHOOL and isinstance(it.frame, protocol.Event)]


def test_a_worker_sees_no_end_before_its_time(desk: Desk, case: Case) -> None:
    detached(desk, case, DAY)
    assert desk.waiting() == {}
    assert [type(it.frame) for it in desk.wait(6 * HOUR) if it.to == WENDY] == [protocol.Gone]


def test_a_detached_thread_that_has_ended_is_deleted_in_time(desk: Desk, case: Case) -> None:
    case.offload(WENDY)
    case.terminate()
    thread = age(case, (ERASE + 2) * DAY)
    desk.university.run(partial(account_closing.close, by=ANN))
    desk.university.run_jobs()
    assert set(desk.waiting()) == {thread.id}
    assert [type(it.frame) for it in desk.wait(6 * HOUR) if it.to == WENDY] == [protocol.Gone]
    assert desk.home.one(ThreadKey(thread.id)) is None


def test_a_thread_that_has_its_job_gets_no_second_one(desk: Desk, case: Case) -> None:
    thread = age(case, (END + 2) * DAY)
    desk.university.run(partial(retention.leave, due=((thread.id, desk.time.now + 5),)))
    before = desk.waiting()
    desk.university.run(partial(retention.leave, due=((thread.id, desk.time.now + 9),)))
    case.offload(WENDY)
    desk.university.run(partial(account_closing.close, by=ANN))
    desk.university.run(partial(account_closing.detach_next, party=ANN))
    assert desk.waiting() == before


def test_a_school_hears_nothing_of_a_thread_whose_owner_has_ended(desk: Desk, case: Case) -> None:
    """Between the flag and the step that detaches it."""
    case.offload(WENDY)
    thread = age(case, (END + 2) * DAY)
    desk.university.run(partial(account_closing.close, by=ANN))
    told = desk.university.plan(partial(retention.apply, thread=thread.id)).deliveries
    assert SCHOOL not in {it.to for it in told}
    assert WENDY in {it.to for it in told}


# --- the look


def test_a_look_is_a_page_at_a_time_and_finds_all(desk: Desk) -> None:
    found = set()
    for _ in range(PAGE + 3):
        case = desk.university.raised()
        found.add(age(case, 40 * DAY).id)
        desk.university.home.change(replace(user_in(desk.home, ANN), open=()))
        desk.time.now += 30_000
    pages, seen_ids = 0, set[str]()
    while True:
        page = desk.university.ask(retention.look)
        assert len(page.due) <= PAGE
        seen_ids |= {id for id, _ in page.due}
        desk.university.run(partial(retention.go_on, place=page.place))
        pages += 1
        if page.place is None:
            break
    assert seen_ids == found
    assert pages == 3  # two of threads, and one that finds nothing more


def test_a_look_passes_over_schools_without_silent_threads(desk: Desk) -> None:
    for number in range(SCHOOLS + 1):
        desk.home.keep(School(id=f"s{number}", email=f"{number}@x", name=f"A {number:02}"))
    case = desk.university.raised()
    thread = age(case, 40 * DAY)
    first = desk.university.ask(retention.look)
    assert first.due == ()
    assert first.place is not None
    desk.university.run(partial(retention.go_on, place=first.place))
    assert [id for id, _ in desk.university.ask(retention.look).due] == [thread.id]


def test_a_look_that_is_cut_short_leaves_nothing_twice(desk: Desk, case: Case) -> None:
    thread = age(case, 40 * DAY)
    page = desk.university.ask(retention.look)
    for _ in range(2):
        desk.university.run(partial(retention.leave, due=page.due))
    assert set(desk.waiting()) == {thread.id}


def test_what_is_late_comes_at_random_moments_within_an_hour(desk: Desk) -> None:
    late = tuple((f"t{n}", 5) for n in range(20))
    desk.university.run(partial(retention.leave, due=late))
    dues = set(desk.waiting().values())
    assert len(dues) > 10
    assert all(desk.time.now <= it < desk.time.now + EVERY for it in dues)


def test_no_thread_is_late_when_looks_are_an_hour_apart(desk: Desk) -> None:
    """A late one would end at another moment than one whose owner has gone, and that no look finds (leak 26)."""
    found = [age(desk.university.raised(ANN if n % 2 else BOB), END * DAY - n * HOUR) for n in range(10)]
    ends = {it.id: retention.moment(it, Retention(END, ERASE, 0)) for it in found}
    for _ in range(40):
        desk.university.run(partial(retention.leave, due=desk.university.ask(retention.look).due))
        desk.time.now += EVERY
    assert desk.waiting() == ends


# --- a school that has closed


def close_school(desk: Desk) -> None:
    desk.university.signed_in(SCHOOL)
    desk.university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    desk.university.run_jobs()


def test_what_was_raised_to_a_school_that_has_closed_is_deleted_too(desk: Desk, case: Case) -> None:
    thread = case.thread
    close_school(desk)
    assert state(case) is State.TERMINATED
    assert any(it.task == FindSilentOf(SCHOOL) for it in desk.home.jobs())
    desk.wait((ERASE + 2) * DAY)
    assert desk.home.one(ThreadKey(thread.id)) is None
    desk.wait(2 * HOUR)
    assert not any(isinstance(it.task, FindSilentOf) for it in desk.home.jobs()), "nothing is left to look at"


def test_without_a_rule_what_was_raised_to_it_stays(university: SampleUniversity) -> None:
    desk = Desk(university, end=END, erase=0)
    case = university.raised()
    close_school(desk)
    desk.wait(100 * DAY)
    assert state(case) is State.TERMINATED
    case.delete()
    desk.wait(2 * HOUR)
    assert not any(isinstance(it.task, FindSilentOf) for it in desk.home.jobs())


def test_its_job_is_left_once(desk: Desk) -> None:
    close_school(desk)
    desk.university.run(partial(account_closing.purge_party, party=SCHOOL))
    desk.university.run(partial(retention.go_on_at, id="gone", task=FindSilentOf(SCHOOL), place=None))
    assert desk.home.one(JobKey("gone")) is None
    assert [it.task for it in desk.home.jobs() if isinstance(it.task, FindSilent)]
