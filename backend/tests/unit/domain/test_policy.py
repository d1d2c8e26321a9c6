"""A school's policy: a new thread waits with it, or goes to the least loaded worker who is available."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    internal_entries,
    note,
    on_thread,
)
from tests.support.stores import Interrupted
from tests.unit.domain.test_profiles import choose, switch
from uconnect.domain import protocol, views
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Policy
from uconnect.domain.keys import ThreadKey
from uconnect.domain.models import Thread
from uconnect.domain.rules import Role
from uconnect.domain.usecases import account_closing, assignment, job_steps, threads, workers
from uconnect.domain.views.school import SchoolAssignment


@pytest.fixture
def automatic(university: SampleUniversity) -> SampleUniversity:
    university.run(choose(Policy.AUTOMATIC))
    return university


def assign(case: Case) -> UseCase[Any]:
    return partial(job_steps.assign_by_policy, thread=case.thread.id)


def assignees(*cases: Case) -> list[str | None]:
    return [case.thread.worker.party if case.thread.worker else None for case in cases]


def test_by_hand_a_new_thread_waits_with_the_school(university: SampleUniversity) -> None:
    case = university.raised()
    before = case.thread
    assert [it for it in university.run_jobs() if it.frame] == []
    assert case.thread == replace(before, policy_applied=True)
    assert university.ask(internal_entries(SCHOOL, case.id(SCHOOL))).entries == ()


def test_automatically_a_new_thread_is_given_as_by_hand(automatic: SampleUniversity) -> None:
    by_hand, case = automatic.raised(BOB), automatic.raised(ANN)
    automatic.run(on_thread(threads.terminate, BOB, by_hand.id(BOB)))
    before = views.row(case.thread, Role.RAISER), case.log()
    both = automatic.run_jobs()  # four look-ups for each of the two threads
    (told,) = [it for it in (both[:4], both[4:]) if any(each.frame for each in it)]
    assert assignees(case) == [WENDY]
    assigned = SchoolAssignment(seq=1, at=automatic.home.time.now, worker=WENDY)
    assert told == [
        Delivery(ANN, None),
        Delivery(WENDY, protocol.RowChanged(row=views.row(case.thread, Role.WORKER))),
        Delivery(SCHOOL, protocol.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
        Delivery(SCHOOL, protocol.InternalEntryAdded(id=case.id(SCHOOL), entry=assigned)),
    ]
    assert (views.row(case.thread, Role.RAISER), case.log()) == before


def test_threads_go_to_whoever_has_the_fewest_open_and_of_equals_to_the_one_invited_first(
    automatic: SampleUniversity,
) -> None:
    cases = [automatic.raised() for _ in range(4)]
    for case in cases:
        automatic.run(assign(case))
    assert assignees(*cases) == [WENDY, WALT, WENDY, WALT]
    for ended in (cases[0], cases[2]):
        ended.terminate()
    later = [automatic.raised(BOB) for _ in range(3)]
    for case in later:
        automatic.run(assign(case))
    assert assignees(*later) == [WENDY, WENDY, WENDY]  # what has ended is no load


def test_who_is_not_available_gets_nothing(automatic: SampleUniversity) -> None:
    automatic.run(switch(False, WENDY))
    cases = [automatic.raised() for _ in range(2)]
    automatic.run_jobs()
    assert assignees(*cases) == [WALT, WALT]
    automatic.run(switch(False, WALT))
    case = automatic.raised()
    automatic.run_jobs()
    assert assignees(case) == [None]


def test_available_again_one_gets_new_threads_and_none_that_waited(automatic: SampleUniversity) -> None:
    for worker in (WENDY, WALT):
        automatic.run(switch(False, worker))
    waited = automatic.raised()
    automatic.run_jobs()
    automatic.run(switch(True, WALT))
    case = automatic.raised()
    automatic.run_jobs()
    assert assignees(waited, case) == [None, WALT]


def test_the_policy_of_the_moment_counts_not_that_of_the_raise(automatic: SampleUniversity) -> None:
    case = automatic.raised()
    automatic.run(choose(Policy.BY_HAND))
    automatic.run_jobs()
    assert assignees(case) == [None]


@pytest.mark.parametrize("since", ["given", "taken back", "ended", "deleted", "its owner ended"])
def test_what_somebody_did_since_the_raise_is_left_so(automatic: SampleUniversity, since: str) -> None:
    case = automatic.raised()
    use_case = assign(case)
    if since in ("given", "taken back"):
        case.offload(WALT)
    if since == "taken back":
        automatic.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    if since in ("ended", "deleted"):
        case.terminate()
    if since == "deleted":
        case.delete()
    if since == "its owner ended":
        automatic.run(partial(account_closing.close, by=ANN))
    head = automatic.home.one(ThreadKey(case.thread.id)) if since != "deleted" else None
    plan = automatic.plan(use_case)
    assert [it for it in plan.deliveries if it.frame] == []
    assert [it for it in plan.puts if isinstance(it, Thread)] == ([replace(head, policy_applied=True)] if head else [])


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("staffed", [True, False])
def test_whoever_writes_meanwhile_meets_the_same_rival_whatever_the_policy(
    university: SampleUniversity, policy: Policy, staffed: bool
) -> None:
    """On DynamoDB a message that was decided before the head moved is decided again, and its raiser waits for it."""
    to = SCHOOL if staffed else "academy"
    university.run(choose(policy, to))
    plan = university.plan(assign(university.raised(to=to)))
    assert isinstance(plan, Plan)
    assert any(isinstance(record, Thread) for record in plan.puts)


def test_what_the_policy_gave_and_the_worker_handed_back_stays_with_the_school(automatic: SampleUniversity) -> None:
    """The job was cut short after its step, and is done again."""
    case = automatic.raised()
    automatic.run(assign(case))
    automatic.run(on_thread(assignment.hand_back, WENDY, case.id(WENDY)))
    before, told = case.thread, automatic.plan(assign(case)).deliveries
    assert (case.thread, [it for it in told if it.frame]) == (before, [])


def test_a_note_is_no_hand(automatic: SampleUniversity) -> None:
    case = automatic.raised()
    automatic.run(note(SCHOOL, case.id(SCHOOL)))
    automatic.run_jobs()
    assert assignees(case) == [WENDY]


@pytest.mark.parametrize("meanwhile", ["removed", "switched off"])
def test_who_is_gone_or_away_since_it_was_chosen_does_not_get_the_thread(
    automatic: SampleUniversity, meanwhile: str
) -> None:
    case = automatic.raised()
    change = partial(workers.remove, by=SCHOOL, worker_id=WENDY) if meanwhile == "removed" else switch(False, WENDY)
    Interrupted(automatic.home, assign(case), partial(automatic.run, change)).run()
    assert assignees(case) == [WALT]


def test_given_by_hand_at_the_same_moment_it_goes_to_one_of_them(automatic: SampleUniversity) -> None:
    case = automatic.raised()
    plan = Interrupted(automatic.home, assign(case), lambda: case.offload(WALT)).run()
    assert isinstance(plan, Plan)
    assert [it for it in plan.deliveries if it.frame] == []
    assert assignees(case) == [WALT]


def test_a_school_without_workers_answers_itself(university: SampleUniversity) -> None:
    university.run(choose(Policy.AUTOMATIC, "academy"))
    case = university.raised(to="academy")
    university.run_jobs()
    assert assignees(case) == [None]
