"""A thread moves between hands and returns to the school, and nothing that the raiser can notice moves with it."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ANN,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    internal_entries,
    log,
    offload,
    on_thread,
    seen,
    send,
)
from tests.support.stores import Interrupted, Time, refused
from uconnect.domain import protocol, views
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.jobs import PurgeLeftThread
from uconnect.domain.keys import ThreadReferenceKey
from uconnect.domain.models import Assignment, AssignmentChange, Job, Note, OwnerEnded, ThreadReference
from uconnect.domain.request_bodies import HandBack
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, threads
from uconnect.domain.views import school
from uconnect.domain.views.pages import Done


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    return university.raised()


def leave_school(case: Case, by: str) -> UseCase[Done]:
    """The two ways in which a worker's thread returns to the school."""
    return on_thread(assignment.hand_back if by == WENDY else assignment.take_back, by, case.id(by))


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
@pytest.mark.parametrize("ended", [False, True])
def test_a_thread_returns_to_the_school_open_or_ended(
    university: SampleUniversity, case: Case, time: Time, by: str, ended: bool
) -> None:
    case.offload()
    if ended:
        case.terminate()
    before, at = case.thread, case.thread.worker
    assert at
    plan = university.plan(leave_school(case, by))
    home = replace(before, worker=None, school=replace(before.school, rev=before.school.rev + 1), internal_seq=2)
    assigned = AssignmentChange(thread=before.id, seq=2, at=time.now, worker=None)
    parked = Assignment(thread=before.id, worker=WENDY, id=at.id, alias=at.alias, rev=at.rev + 1)
    work = plan.puts[-1]
    assert isinstance(work, Job)
    assert plan == Plan(
        Done(),
        puts=(home, assigned, parked, Job(id=work.id, due=time.now, task=PurgeLeftThread(before.id))),
        deliveries=(
            Delivery(WENDY, protocol.Gone(id=at.id, rev=at.rev + 1)),
            Delivery(ANN, None),
            Delivery(home.id, None),
            Delivery(SCHOOL, protocol.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
            Delivery(
                SCHOOL, protocol.InternalEntryAdded(id=home.school.id, entry=school.internal_entry(assigned, SCHOOL))
            ),
        ),
    )
    assert case.thread == home


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_worker_that_left_a_thread_hears_nothing_more_of_it(
    university: SampleUniversity, case: Case, by: str
) -> None:
    wendys = case.offload()
    university.run(leave_school(case, by))
    plans = [
        university.plan(send(ANN, case.id(ANN))),
        university.plan(offload(case.id(SCHOOL), WALT)),
        university.plan(on_thread(threads.terminate, ANN, case.id(ANN))),
        university.plan(on_thread(threads.delete, ANN, case.id(ANN))),
    ]
    assert WENDY not in {it.to for plan in plans for it in plan.deliveries}
    assert university.refusal(log(WENDY, wendys)) == "not_found"


def test_a_message_that_comes_after_the_take_back_does_not_reach_the_worker(
    university: SampleUniversity, case: Case
) -> None:
    case.offload()
    back = partial(university.run, leave_school(case, SCHOOL))
    plan = Interrupted(university.home, send(ANN, case.id(ANN)), back).run()
    assert isinstance(plan, Plan)
    assert [it.to for it in plan.deliveries] == [ANN, case.thread.id, SCHOOL]


def test_taken_back_again_or_from_nobody_it_stays_as_it_is(university: SampleUniversity, case: Case) -> None:
    assert university.plan(leave_school(case, SCHOOL)) == Plan(Done())
    case.offload()
    university.run(leave_school(case, SCHOOL))
    assert university.plan(leave_school(case, SCHOOL)) == Plan(Done())


@pytest.mark.parametrize("then", ["with the school", "with another", "ended"])
def test_handed_back_again_it_stays_where_it_is_and_is_not_there_for_the_worker(
    university: SampleUniversity, case: Case, then: str
) -> None:
    hand_back = on_thread(assignment.hand_back, WENDY, case.offload(WENDY))
    university.run(hand_back)
    if then == "with another":
        case.offload(WALT)
    if then == "ended":
        case.terminate()
    before = case.thread
    assert university.refusal(hand_back) == "not_found"
    assert case.thread == before


def test_a_reason_is_noted_for_the_school_before_it_has_the_thread_again(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    handed = case.offload()
    hand_back = partial(assignment.hand_back, by=WENDY, id=handed, command=HandBack(reason="It tells me who asks."))
    plan = university.plan(hand_back)
    note = next(it for it in plan.puts if isinstance(it, Note))
    assert (note.author, note.text, note.at) == (WENDY, "It tells me who asks.", time.now)
    told = [it for it in plan.deliveries if isinstance(it.frame, protocol.InternalEntryAdded)]
    assert [it.to for it in told] == [SCHOOL, SCHOOL]
    assert case.thread.internal_seq == note.seq + 1
    shown = university.run(internal_entries(SCHOOL, case.id(SCHOOL))).entries
    assert [it.seq for it in shown] == list(range(1, case.thread.internal_seq + 1))
    assert case.thread.worker is None


def test_a_school_that_lost_the_thread_with_its_owner_hears_no_reason(university: SampleUniversity, case: Case) -> None:
    handed = case.offload()
    university.home.keep(OwnerEnded(party=ANN))
    plan = university.plan(partial(assignment.hand_back, by=WENDY, id=handed, command=HandBack(reason="No.")))
    assert SCHOOL not in {it.to for it in plan.deliveries if it.frame is not None}


@pytest.mark.parametrize("by", [ANN, SCHOOL])
def test_only_a_worker_hands_back(university: SampleUniversity, case: Case, by: str) -> None:
    case.offload()
    before = case.thread
    assert university.refusal(on_thread(assignment.hand_back, by, case.id(by))) == "not_found"
    assert case.thread == before


def test_a_worker_hands_back_nothing_that_it_never_had(university: SampleUniversity, case: Case) -> None:
    case.offload(WENDY)
    assert university.refusal(on_thread(assignment.hand_back, WALT, case.id(WENDY))) == "not_found"


def test_taken_back_and_handed_back_at_once_it_returns_once(university: SampleUniversity, case: Case) -> None:
    case.offload()
    school_rev = case.thread.school.rev
    back = partial(university.run, leave_school(case, SCHOOL))
    assert refused(Interrupted(university.home, leave_school(case, WENDY), back).run()) == "not_found"
    assert (case.thread.worker, case.thread.school.rev) == (None, school_rev + 1)


def test_whatever_hands_it_goes_through_nothing_changes_for_the_raiser(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    university.run(send(SCHOOL, case.id(SCHOOL)))
    seen_before, entries = views.row(case.thread, Role.RAISER), case.log()
    handle = case.reference

    def unmoved(plan: Plan[Any]) -> None:
        time.now += 1000
        assert views.row(case.thread, Role.RAISER) == seen_before
        assert (case.reference, case.log()) == (handle, entries)
        assert [it.frame for it in plan.deliveries if it.to == ANN] == [None]

    unmoved(university.plan(offload(case.id(SCHOOL), WENDY)))
    unmoved(university.plan(offload(case.id(SCHOOL), WALT)))
    unmoved(university.plan(leave_school(case, SCHOOL)))
    unmoved(university.plan(offload(case.id(SCHOOL), WENDY)))
    unmoved(university.plan(leave_school(case, WENDY)))


def test_no_hand_off_takes_a_number_of_the_log(university: SampleUniversity, case: Case) -> None:
    for worker in (WENDY, WALT):
        case.offload(worker)
        university.run(send(worker, case.id(worker)))
    university.run(leave_school(case, SCHOOL))
    university.run(send(ANN, case.id(ANN)))
    assert [entry.seq for entry in case.log()] == [1, 2, 3, 4]


def test_what_a_worker_has_read_is_there_again_when_the_thread_returns(
    university: SampleUniversity, case: Case
) -> None:
    wendys = case.offload()
    university.run(seen(WENDY, wendys, seq=1, theirs=1))
    university.run(leave_school(case, SCHOOL))
    case.offload()
    handle = university.home.one(ThreadReferenceKey(WENDY, wendys))
    assert handle == ThreadReference(viewer=WENDY, id=wendys, thread=case.thread.id, owner=ANN, read=1)
