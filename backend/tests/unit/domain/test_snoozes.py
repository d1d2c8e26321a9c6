"""Snoozes: a school and a worker put threads off, each for itself; the clock or the other side's next word ends it."""

from functools import partial

import pytest

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
)
from tests.support.stores import Interrupted, Time
from uconnect.domain import protocol, rate_limit
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import ThreadFilter
from uconnect.domain.keys import Mailbox, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import RateLimitState, Snooze
from uconnect.domain.request_bodies import SnoozeThread
from uconnect.domain.usecases import assignment, queries, snoozes
from uconnect.domain.views.common import ShownSnooze
from uconnect.domain.views.pages import Done, Overview, ThreadPage, ThreadShown

HOUR = 3_600_000
MAILBOX = {SCHOOL: Mailbox.RECEIVED, ACADEMY: Mailbox.RECEIVED, WENDY: Mailbox.HANDLED, WALT: Mailbox.HANDLED}


def snooze(case: Case, by: str = SCHOOL, hours: int = 1) -> UseCase[Done]:
    return snooze_until(case.id(by), case.university.home.time.now + hours * HOUR if hours else 0, by)


def snooze_until(id: str, until: int, by: str = SCHOOL) -> UseCase[Done]:
    return partial(snoozes.snooze, by=by, id=id, command=SnoozeThread(until=until))


def wake(case: Case, by: str = SCHOOL) -> UseCase[Done]:
    return on_thread(snoozes.wake, by, case.id(by))


def page(
    university: SampleUniversity, by: str, show: ThreadFilter, before: str | None = None, worker: str | None = None
) -> ThreadPage:
    question = partial(queries.threads, by=by, mailbox=MAILBOX[by], before=before, most=2, show=show, worker=worker)
    return university.ask(question)


def shown(university: SampleUniversity, by: str, show: ThreadFilter, worker: str | None = None) -> list[str]:
    """The ids on all pages of a filter."""
    found, before = list[str](), None
    while True:
        each = page(university, by, show, before, worker)
        found += [it.row.id for it in each.threads]
        before = each.next
        if before is None:
            return found


def counts(university: SampleUniversity, by: str = SCHOOL) -> Overview:
    return university.ask(partial(queries.overview, by=by))


def kept(case: Case, by: str = SCHOOL) -> int | None:
    return kept_under(case.university, by, case.id(by))


def kept_under(university: SampleUniversity, by: str, id: str) -> int | None:
    """Until when a viewer has snoozed a thread, None if it has not, or has ended that."""
    reference = university.home.one(ThreadReferenceKey(by, id))
    assert reference is not None
    return reference.snooze.until if reference.snooze else None


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_snooze_writes_the_viewers_own_reference_and_is_told_to_that_viewer_alone(
    university: SampleUniversity, time: Time, by: str
) -> None:
    case = university.raised()
    case.offload(WENDY)
    before, id = case.thread, case.id(by)
    plan = university.plan(snooze(case, by))
    reference = university.home.one(ThreadReferenceKey(by, id))
    assert reference is not None
    assert reference.snooze == Snooze(rev=1, until=time.now + HOUR, messages=1)
    frame = protocol.SnoozeChanged(id=id, snooze=ShownSnooze(rev=1, until=time.now + HOUR, theirs=1))
    assert plan == Plan(
        Done(),
        puts=(reference, RateLimitState(party=by, what="snooze", due=time.now + rate_limit.SNOOZE.every)),
        guards=(ThreadKey(before.id),),
        deliveries=(Delivery(by, frame),),
    )
    assert case.thread == before  # no row, revision or time of anybody
    other = WENDY if by == SCHOOL else SCHOOL
    assert kept(case, other) is None
    assert kept(case, ANN) is None


def test_a_snoozed_thread_is_in_its_own_filter_and_in_no_other(university: SampleUniversity, time: Time) -> None:
    new, ours, theirs, given = (university.raised(by) for by in (ANN, BOB, ANN, BOB))
    for case in (ours, theirs):
        case.send(SCHOOL)
    ours.send(BOB)
    given.offload(WENDY)
    cases = {
        ThreadFilter.NEW: new,
        ThreadFilter.US: ours,
        ThreadFilter.THEM: theirs,
        ThreadFilter.WORKER: given,
    }
    for show, case in cases.items():
        id, worker = case.id(SCHOOL), WENDY if show is ThreadFilter.WORKER else None
        assert shown(university, SCHOOL, show, worker) == [id]
        university.run(snooze(case))
        assert shown(university, SCHOOL, show, worker) == []
        assert id not in shown(university, SCHOOL, ThreadFilter.WAITING)
        assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == [id]
        assert id not in shown(university, SCHOOL, ThreadFilter.OPEN)
        university.run(wake(case))
        assert shown(university, SCHOOL, show, worker) == [id]
    assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == []


def test_counts_leave_out_what_is_snoozed_and_say_how_much_that_is(university: SampleUniversity, time: Time) -> None:
    first = time.now
    old = university.raised()
    time.now += HOUR
    given = university.raised(BOB)
    given.offload(WENDY)
    assert counts(university) == Overview(2, 1, 0, 1, 0, 0, 0, 2, first)
    university.run(snooze(old))
    assert counts(university) == Overview(1, 0, 0, 1, 0, 1, 0, 1, first + HOUR)
    university.run(snooze(given))
    assert counts(university) == Overview(0, 0, 0, 0, 0, 2, 0, 0, None)
    time.now += HOUR
    assert counts(university) == Overview(2, 1, 0, 1, 0, 0, 0, 2, first)


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_snooze_ends_at_its_time(university: SampleUniversity, time: Time, by: str) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(snooze(case, by))
    time.now += HOUR - 1
    assert shown(university, by, ThreadFilter.SNOOZED) == [case.id(by)]
    assert shown(university, by, ThreadFilter.WAITING) == []
    time.now += 1
    assert shown(university, by, ThreadFilter.SNOOZED) == []
    assert shown(university, by, ThreadFilter.WAITING) == [case.id(by)]


@pytest.mark.parametrize("hours", [0, 1])
@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_snooze_ends_with_the_next_word_of_the_other_side(university: SampleUniversity, by: str, hours: int) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(snooze(case, by, hours))
    case.send(SCHOOL)
    assert shown(university, by, ThreadFilter.SNOOZED) == [case.id(by)]
    case.send(ANN)
    assert shown(university, by, ThreadFilter.SNOOZED) == []
    assert shown(university, by, ThreadFilter.WAITING) == [case.id(by)]


def test_a_snooze_without_a_time_outlasts_years(university: SampleUniversity, time: Time) -> None:
    case = university.raised()
    university.run(snooze(case, hours=0))
    time.now += 10 * snoozes.LONGEST
    assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == [case.id(SCHOOL)]


def test_what_comes_back_first_is_listed_first_and_what_has_no_time_last(university: SampleUniversity) -> None:
    cases = [(hours, university.raised(by)) for by, hours in ((ANN, 0), (BOB, 3), (ANN, 2), (BOB, 0), (ANN, 2))]
    for hours, case in cases:
        university.run(snooze(case, hours=hours))
    expected = sorted(cases, key=lambda it: (it[0] or 99, it[1].thread.id))
    assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == [case.id(SCHOOL) for _, case in expected]


def test_a_page_of_snoozed_threads_goes_on_though_the_last_one_is_gone(university: SampleUniversity) -> None:
    cases = [university.raised(by) for by in (ANN, BOB, ACADEMY)]
    for hours, case in enumerate(cases, 1):
        university.run(snooze(case, hours=hours))
    first = page(university, SCHOOL, ThreadFilter.SNOOZED)
    cases[1].terminate()
    cases[1].delete()
    assert [it.row.id for it in page(university, SCHOOL, ThreadFilter.SNOOZED, first.next).threads] == [
        cases[2].id(SCHOOL)
    ]


def test_the_viewer_is_shown_its_own_snooze_and_nobody_elses(university: SampleUniversity, time: Time) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(snooze(case))
    university.run(snooze(case, WENDY, 2))

    def own(by: str) -> ShownSnooze | None:
        opened: ThreadShown = university.ask(on_thread(queries.thread, by, case.id(by)))
        return opened.thread.snooze

    assert own(SCHOOL) == ShownSnooze(rev=1, until=time.now + HOUR, theirs=1)
    assert own(WENDY) == ShownSnooze(rev=1, until=time.now + 2 * HOUR, theirs=1)
    assert own(ANN) is None
    (listed,) = page(university, WENDY, ThreadFilter.SNOOZED).threads
    assert listed.snooze == own(WENDY)


def test_ending_a_snooze_that_is_not_there_is_answered_alike(university: SampleUniversity) -> None:
    case = university.raised()
    assert university.run(wake(case)) == Done()
    assert kept(case) is None


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_who_raised_a_thread_has_no_snooze_of_it(university: SampleUniversity, by: str) -> None:
    case = university.raised(by)
    for use_case in (snooze(case, by), wake(case, by)):
        assert university.refusal(use_case) == "not_found"


def test_a_thread_is_snoozed_by_nobody_who_does_not_have_it(university: SampleUniversity, time: Time) -> None:
    case = university.raised()
    id = case.offload(WENDY)
    for by in (WALT, ACADEMY, BOB):
        assert university.refusal(snooze_until(id, 0, by)) == "not_found"
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert university.refusal(snooze_until(id, 0, WENDY)) == "not_found"


@pytest.mark.parametrize("ahead", [0, -1, snoozes.LONGEST + 1])
def test_a_time_that_is_past_or_far_is_refused(university: SampleUniversity, time: Time, ahead: int) -> None:
    case = university.raised()
    assert university.refusal(snooze_until(case.id(SCHOOL), time.now + ahead)) == "malformed"
    university.run(snooze_until(case.id(SCHOOL), time.now + snoozes.LONGEST))


def test_a_thread_that_has_ended_is_not_snoozed_and_a_snoozed_one_that_ends_is_with_the_ended(
    university: SampleUniversity,
) -> None:
    case = university.raised()
    university.run(snooze(case))
    case.terminate()
    assert university.refusal(snooze(case)) == "thread_terminated"
    assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == []
    assert shown(university, SCHOOL, ThreadFilter.ENDED) == [case.id(SCHOOL)]
    university.run(wake(case))
    assert kept(case) is None


@pytest.mark.parametrize("leave", ["take_back", "hand_back", "another"])
def test_a_worker_who_loses_a_thread_loses_its_snooze(university: SampleUniversity, leave: str) -> None:
    case = university.raised()
    id = case.offload(WENDY)
    university.run(snooze(case, WENDY))
    if leave == "another":
        case.offload(WALT)
    else:
        by = SCHOOL if leave == "take_back" else WENDY
        university.run(on_thread(getattr(assignment, leave), by, case.id(by)))
    assert kept_under(university, WENDY, id) is None
    case.offload(WENDY)
    assert shown(university, WENDY, ThreadFilter.WAITING) == [id]


def test_a_take_back_leaves_the_schools_snooze(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(snooze(case))
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert shown(university, SCHOOL, ThreadFilter.SNOOZED) == [case.id(SCHOOL)]


def test_a_worker_taken_off_while_it_snoozes_leaves_none(university: SampleUniversity) -> None:
    case = university.raised()
    id = case.offload(WENDY)
    take_back = on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL))
    outcome = Interrupted(university.home, snooze(case, WENDY), lambda: university.run(take_back)).run()
    assert not isinstance(outcome, Plan)
    assert kept_under(university, WENDY, id) is None


def filled(university: SampleUniversity, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Two snoozed threads, which are as many as there may be."""
    monkeypatch.setattr(snoozes, "MOST", 2)
    cases = [university.raised(by) for by in (ANN, BOB, ACADEMY)]
    for case in cases[:2]:
        university.run(snooze(case))
    return cases


def test_no_more_than_so_many_are_snoozed(university: SampleUniversity, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = filled(university, monkeypatch)
    assert university.refusal(snooze(cases[2])) == "snoozed_full"
    university.run(snooze(cases[0], hours=2))  # it is one of them already
    university.run(wake(cases[0]))
    university.run(snooze(cases[2]))


def test_what_has_come_back_makes_room(university: SampleUniversity, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = filled(university, monkeypatch)
    cases[0].send(ANN)
    university.run(snooze(cases[2]))
    assert kept(cases[0]) is None
    assert len(shown(university, SCHOOL, ThreadFilter.SNOOZED)) == 2


def test_a_deleted_thread_makes_room(university: SampleUniversity, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = filled(university, monkeypatch)
    cases[0].terminate()
    cases[0].delete()
    university.run(snooze(cases[2]))
    assert len(shown(university, SCHOOL, ThreadFilter.SNOOZED)) == 2


def test_two_at_the_same_moment_are_not_one_too_many(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = filled(university, monkeypatch)
    university.run(wake(cases[0]))
    other = snooze(cases[0])
    outcome = Interrupted(university.home, snooze(cases[2]), lambda: university.run(other)).run()
    assert not isinstance(outcome, Plan)
    assert outcome.code == "snoozed_full"


def test_snoozes_have_a_pace(university: SampleUniversity) -> None:
    case = university.raised()
    for _ in range(rate_limit.SNOOZE.burst):
        university.run(snooze(case))
    assert university.refusal(snooze(case)) == "too_fast"


def test_a_mailbox_that_the_caller_cannot_have_shows_none_of_its_snoozes(university: SampleUniversity) -> None:
    """It was answered with an error of the server."""
    own, given = university.raised(), university.raised()
    given.offload(WENDY)
    for case, by in ((own, SCHOOL), (given, SCHOOL), (given, WENDY)):
        university.run(snooze(case, by))
    for by, mailbox in ((SCHOOL, Mailbox.HANDLED), (WENDY, Mailbox.RECEIVED)):
        asked = partial(queries.threads, by=by, mailbox=mailbox, before=None, most=2, show=ThreadFilter.SNOOZED)
        assert university.ask(asked) == ThreadPage(threads=(), people=(), next=None)
