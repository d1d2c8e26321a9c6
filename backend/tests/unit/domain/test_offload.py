"""Offloading: which hands a thread may go to, and as whom they meet its requester."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    log,
    offload,
    on_thread,
    send,
)
from tests.support.stores import Interrupted, Time, refused
from uconnect.domain import protocol, views
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.keys import AssignmentKey, PartyKey
from uconnect.domain.models import Assignee, Assignment, AssignmentChange, ThreadReference, Worker
from uconnect.domain.pseudonyms import make_alias
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, workers
from uconnect.domain.views import school
from uconnect.domain.views.pages import Done


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    return university.raised()


def take_back(case: Case, by: str = SCHOOL) -> UseCase[Done]:
    return on_thread(assignment.take_back, by, case.id(by))


def assignee_of(case: Case) -> Assignee:
    assert case.thread.worker is not None
    return case.thread.worker


def rev_of(frame: object) -> int:
    assert isinstance(frame, protocol.Gone | protocol.RowChanged | protocol.Event)
    return frame.rev if isinstance(frame, protocol.Gone) else frame.row.rev


def row(case: Case, role: Role) -> protocol.RowChanged:
    return protocol.RowChanged(row=views.row(case.thread, role))


def notification(case: Case, worker: str | None) -> Delivery:
    """The line that tells the school whose hands the thread came into, as the latest beside its log."""
    thread = case.thread
    entry = school.SchoolAssignment(seq=thread.internal_seq, at=case.university.home.time.now, worker=worker)
    return Delivery(thread.school.party, protocol.InternalEntryAdded(id=thread.school.id, entry=entry))


def test_a_worker_gets_the_thread_under_an_id_and_an_alias_of_its_own(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    before = case.thread
    plan = university.plan(offload(case.id(SCHOOL), WENDY))
    at = assignee_of(case)
    moved = replace(before, worker=at, school=replace(before.school, rev=before.school.rev + 1), internal_seq=1)
    assigned = AssignmentChange(thread=before.id, seq=1, at=time.now, worker=WENDY)
    placed = Assignment(thread=before.id, worker=WENDY, id=at.id, alias=at.alias)
    assert plan.puts == (moved, assigned, placed, ThreadReference(viewer=WENDY, id=at.id, thread=before.id, owner=ANN))
    assert (plan.answer, plan.deletes, at.party, at.rev) == (Done(), (), WENDY, 1)
    assert at.id not in (before.id, before.raiser.id, before.school.id)


def test_an_alias_says_nothing_of_the_id_that_the_worker_knows(case: Case) -> None:
    case.offload()
    thread = case.thread
    assert assignee_of(case).alias not in {
        make_alias(it) for it in (assignee_of(case).id, thread.id, thread.raiser.id, thread.school.id)
    }


def test_an_offload_is_told_to_the_worker_and_the_school_and_the_raiser_is_looked_up(
    university: SampleUniversity, case: Case
) -> None:
    plan = university.plan(offload(case.id(SCHOOL), WENDY))
    assert plan.deliveries == (
        Delivery(ANN, None),
        Delivery(WENDY, row(case, Role.WORKER)),
        Delivery(SCHOOL, row(case, Role.SCHOOL)),
        notification(case, WENDY),
    )


def test_given_to_another_the_thread_is_gone_for_the_first_above_every_row_it_had(
    university: SampleUniversity, case: Case
) -> None:
    case.offload(WENDY)
    university.run(send(ANN, case.id(ANN)))
    first = assignee_of(case)
    plan = university.plan(offload(case.id(SCHOOL), WALT))
    assert plan.deliveries == (
        Delivery(WENDY, protocol.Gone(id=first.id, rev=first.rev + 1)),
        Delivery(ANN, None),
        Delivery(WALT, row(case, Role.WORKER)),
        Delivery(SCHOOL, row(case, Role.SCHOOL)),
        notification(case, WALT),
    )
    assert case.thread.internal_seq == 2
    placed = university.home.one(AssignmentKey(case.thread.id, WENDY))
    assert placed == Assignment(thread=case.thread.id, worker=WENDY, id=first.id, alias=first.alias, rev=first.rev + 1)


def test_the_worker_reads_the_whole_thread_from_its_start(university: SampleUniversity, case: Case) -> None:
    university.run(send(SCHOOL, case.id(SCHOOL)))
    wendys = case.offload()
    assert [entry.seq for entry in university.ask(log(WENDY, wendys)).entries] == [1, 2]


def test_the_school_goes_on_reading_and_may_answer_itself(university: SampleUniversity, case: Case) -> None:
    case.offload()
    assert university.run(send(SCHOOL, case.id(SCHOOL))).entry.seq == 2
    assert len(university.ask(log(SCHOOL, case.id(SCHOOL))).entries) == 2


def test_the_same_thread_returns_to_a_worker_as_the_same_requester_above_its_removal(
    university: SampleUniversity, case: Case
) -> None:
    case.offload(WENDY)
    first = assignee_of(case)
    gone = university.plan(take_back(case)).deliveries[0].frame
    plan = university.plan(offload(case.id(SCHOOL), WENDY))
    assert isinstance(gone, protocol.Gone)
    assert assignee_of(case) == replace(first, rev=gone.rev + 1)
    assert not any(isinstance(it, ThreadReference) for it in plan.puts)  # the one it has is the one it had


def test_the_revisions_of_a_workers_row_only_grow_however_often_it_returns(
    university: SampleUniversity, case: Case
) -> None:
    told: list[Delivery] = []
    for _ in range(3):
        told += university.plan(offload(case.id(SCHOOL), WENDY)).deliveries
        told += university.plan(send(ANN, case.id(ANN))).deliveries
        told += university.plan(take_back(case)).deliveries
    revs = [rev_of(it.frame) for it in told if it.to == WENDY]
    assert revs == list(range(1, 10))


def test_two_threads_of_one_owner_are_two_requesters(university: SampleUniversity, case: Case) -> None:
    other = university.raised()
    ids = {case.offload(), other.offload()}
    assert len(ids) == 2
    assert assignee_of(case).alias != assignee_of(other).alias


def test_two_workers_know_one_thread_by_names_that_have_nothing_in_common(case: Case) -> None:
    case.offload(WENDY)
    first = assignee_of(case)
    case.offload(WALT)
    assert (first.id, first.alias) != (assignee_of(case).id, assignee_of(case).alias)
    assert first.id != assignee_of(case).id


@pytest.mark.parametrize("ended", [False, True])
def test_offloaded_again_to_the_same_worker_it_stays_as_it_is(
    university: SampleUniversity, case: Case, ended: bool
) -> None:
    case.offload()
    if ended:
        case.terminate()
    assert university.plan(offload(case.id(SCHOOL), WENDY)) == Plan(Done())


def test_a_thread_that_has_ended_is_offloaded_to_nobody(university: SampleUniversity, case: Case) -> None:
    case.offload(WENDY)
    case.terminate()
    assert university.refusal(offload(case.id(SCHOOL), WALT)) == "thread_terminated"
    assert assignee_of(case).party == WENDY
    university.run(take_back(case))
    assert university.refusal(offload(case.id(SCHOOL), WENDY)) == "thread_terminated"
    assert case.thread.worker is None


@pytest.mark.parametrize("to", [ANN, BOB, SCHOOL, ACADEMY, "nobody", "invited", "removed", "academys"])
def test_a_thread_is_offloaded_to_the_schools_own_workers_at_work_alone(
    university: SampleUniversity, case: Case, to: str
) -> None:
    university.home.keep(
        Worker(id="invited", email="i@x", name="I", school=SCHOOL),
        Worker(id="removed", email="r@x", name="R", school=SCHOOL, joined=True, removed=True),
        Worker(id="academys", email="a@x", name="A", school=ACADEMY, joined=True),
    )
    before = case.thread
    assert university.refusal(offload(case.id(SCHOOL), to)) == "not_found"
    assert case.thread == before


def test_what_a_school_raised_itself_it_cannot_offload(university: SampleUniversity) -> None:
    case = university.raised(SCHOOL, ACADEMY)
    assert university.refusal(offload(case.id(SCHOOL), WENDY)) == "not_found"
    assert university.refusal(take_back(case)) == "not_found"
    assert case.thread.worker is None


@pytest.mark.parametrize("by", [ANN, WENDY])
def test_only_the_school_says_whose_hands_a_thread_is_in(university: SampleUniversity, case: Case, by: str) -> None:
    case.offload()
    before = case.thread
    assert university.refusal(offload(case.id(by), WALT, by)) == "not_found"
    assert university.refusal(take_back(case, by)) == "not_found"
    assert case.thread == before


def test_a_worker_removed_meanwhile_does_not_get_the_thread(university: SampleUniversity, case: Case) -> None:
    remove = partial(university.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert refused(Interrupted(university.home, offload(case.id(SCHOOL), WENDY), remove).run()) == "not_found"
    assert case.thread.worker is None


def test_a_thread_that_ends_meanwhile_is_not_offloaded(university: SampleUniversity, case: Case) -> None:
    assert (
        refused(Interrupted(university.home, offload(case.id(SCHOOL), WENDY), case.terminate).run())
        == "thread_terminated"
    )
    assert case.thread.worker is None


def test_a_worker_whose_record_has_changed_keeps_the_thread_if_it_is_still_one(
    university: SampleUniversity, case: Case
) -> None:
    plan = university.plan(offload(case.id(SCHOOL), WENDY))
    assert (plan.guards, plan.shared) == ((), (PartyKey(WENDY),))
    assert plan.recheck is not None
    again = university.plan(plan.recheck)
    assert (again.answer, again.deliveries, again.writes) == (plan.answer, plan.deliveries, False)


def test_a_worker_removed_while_it_got_a_thread_does_not_keep_it(university: SampleUniversity, case: Case) -> None:
    plan = university.plan(offload(case.id(SCHOOL), WENDY))
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert plan.recheck is not None
    assert WENDY in [it.to for it in university.plan(plan.recheck).deliveries]
    assert case.thread.worker is None
    assert university.plan(plan.recheck) == Plan(plan.answer, deliveries=plan.deliveries), "it was moved already"
