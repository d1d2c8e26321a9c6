"""Offloading: which hands a thread may go to, and as whom they meet its requester."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.kit.cast import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Case, Cast, calling, log, offload, send
from tests.kit.homes import Interrupted, Time, refused
from uconnect.core import views, wire
from uconnect.core.aliases import alias
from uconnect.core.decide import handling, workers
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import PlacementKey
from uconnect.core.model import Assigned, Desk, Handle, Placement, Worker
from uconnect.core.rules import Role
from uconnect.core.views import school
from uconnect.core.views.pages import Done


@pytest.fixture
def case(cast: Cast) -> Case:
    return cast.raised()


def take_back(case: Case, by: str = SCHOOL) -> UseCase[Done]:
    return calling(handling.take_back, by, case.id(by))


def desk(case: Case) -> Desk:
    assert case.thread.worker is not None
    return case.thread.worker


def rev_of(frame: object) -> int:
    assert isinstance(frame, wire.Gone | wire.RowChanged | wire.Event)
    return frame.rev if isinstance(frame, wire.Gone) else frame.row.rev


def row(case: Case, role: Role) -> wire.RowChanged:
    return wire.RowChanged(row=views.row(case.thread, role))


def noted(case: Case, worker: str | None) -> Delivery:
    """The line that tells the school whose hands the thread came into, as the latest beside its log."""
    thread = case.thread
    entry = school.SchoolAssigned(seq=thread.asides, at=case.cast.home.time.now, worker=worker)
    return Delivery(thread.school.party, wire.Noted(id=thread.school.id, entry=entry))


def test_a_worker_gets_the_thread_under_an_id_and_an_alias_of_its_own(cast: Cast, case: Case, time: Time) -> None:
    before = case.thread
    plan = cast.plan(offload(case.id(SCHOOL), WENDY))
    at = desk(case)
    moved = replace(before, worker=at, school=replace(before.school, rev=before.school.rev + 1), asides=1)
    assigned = Assigned(thread=before.id, seq=1, at=time.now, worker=WENDY)
    placed = Placement(thread=before.id, worker=WENDY, id=at.id, alias=at.alias)
    assert plan.puts == (moved, assigned, placed, Handle(viewer=WENDY, id=at.id, thread=before.id, owner=ANN))
    assert (plan.answer, plan.deletes, at.party, at.rev) == (Done(), (), WENDY, 1)
    assert at.id not in (before.id, before.raiser.id, before.school.id)


def test_an_alias_says_nothing_of_the_id_that_the_worker_knows(case: Case) -> None:
    case.offload()
    thread = case.thread
    assert desk(case).alias not in {alias(it) for it in (desk(case).id, thread.id, thread.raiser.id, thread.school.id)}


def test_an_offload_is_told_to_the_worker_and_the_school_and_the_raiser_is_looked_up(cast: Cast, case: Case) -> None:
    plan = cast.plan(offload(case.id(SCHOOL), WENDY))
    assert plan.deliveries == (
        Delivery(ANN, None),
        Delivery(WENDY, row(case, Role.WORKER)),
        Delivery(SCHOOL, row(case, Role.SCHOOL)),
        noted(case, WENDY),
    )


def test_given_to_another_the_thread_is_gone_for_the_first_above_every_row_it_had(cast: Cast, case: Case) -> None:
    case.offload(WENDY)
    cast.run(send(ANN, case.id(ANN)))
    first = desk(case)
    plan = cast.plan(offload(case.id(SCHOOL), WALT))
    assert plan.deliveries == (
        Delivery(WENDY, wire.Gone(id=first.id, rev=first.rev + 1)),
        Delivery(ANN, None),
        Delivery(WALT, row(case, Role.WORKER)),
        Delivery(SCHOOL, row(case, Role.SCHOOL)),
        noted(case, WALT),
    )
    assert case.thread.asides == 2
    placed = cast.home.one(PlacementKey(case.thread.id, WENDY))
    assert placed == Placement(thread=case.thread.id, worker=WENDY, id=first.id, alias=first.alias, rev=first.rev + 1)


def test_the_worker_reads_the_whole_thread_from_its_start(cast: Cast, case: Case) -> None:
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    wendys = case.offload()
    assert [entry.seq for entry in cast.ask(log(WENDY, wendys)).entries] == [1, 2]


def test_the_school_goes_on_reading_and_may_answer_itself(cast: Cast, case: Case) -> None:
    case.offload()
    assert cast.run(send(SCHOOL, case.id(SCHOOL))).entry.seq == 2
    assert len(cast.ask(log(SCHOOL, case.id(SCHOOL))).entries) == 2


def test_the_same_thread_returns_to_a_worker_as_the_same_requester_above_its_removal(cast: Cast, case: Case) -> None:
    case.offload(WENDY)
    first = desk(case)
    gone = cast.plan(take_back(case)).deliveries[0].frame
    plan = cast.plan(offload(case.id(SCHOOL), WENDY))
    assert isinstance(gone, wire.Gone)
    assert desk(case) == replace(first, rev=gone.rev + 1)
    assert not any(isinstance(it, Handle) for it in plan.puts)  # the one it has is the one it had


def test_the_revisions_of_a_workers_row_only_grow_however_often_it_returns(cast: Cast, case: Case) -> None:
    told: list[Delivery] = []
    for _ in range(3):
        told += cast.plan(offload(case.id(SCHOOL), WENDY)).deliveries
        told += cast.plan(send(ANN, case.id(ANN))).deliveries
        told += cast.plan(take_back(case)).deliveries
    revs = [rev_of(it.frame) for it in told if it.to == WENDY]
    assert revs == list(range(1, 10))


def test_two_threads_of_one_owner_are_two_requesters(cast: Cast, case: Case) -> None:
    other = cast.raised()
    ids = {case.offload(), other.offload()}
    assert len(ids) == 2
    assert desk(case).alias != desk(other).alias


def test_two_workers_know_one_thread_by_names_that_have_nothing_in_common(case: Case) -> None:
    case.offload(WENDY)
    first = desk(case)
    case.offload(WALT)
    assert (first.id, first.alias) != (desk(case).id, desk(case).alias)
    assert first.id != desk(case).id


@pytest.mark.parametrize("ended", [False, True])
def test_offloaded_again_to_the_same_worker_it_stays_as_it_is(cast: Cast, case: Case, ended: bool) -> None:
    case.offload()
    if ended:
        case.terminate()
    assert cast.plan(offload(case.id(SCHOOL), WENDY)) == Plan(Done())


def test_a_thread_that_has_ended_is_offloaded_to_nobody(cast: Cast, case: Case) -> None:
    case.offload(WENDY)
    case.terminate()
    assert cast.refusal(offload(case.id(SCHOOL), WALT)) == "thread_terminated"
    assert desk(case).party == WENDY
    cast.run(take_back(case))
    assert cast.refusal(offload(case.id(SCHOOL), WENDY)) == "thread_terminated"
    assert case.thread.worker is None


@pytest.mark.parametrize("to", [ANN, BOB, SCHOOL, ACADEMY, "nobody", "invited", "removed", "academys"])
def test_a_thread_is_offloaded_to_the_schools_own_workers_at_work_alone(cast: Cast, case: Case, to: str) -> None:
    cast.home.keep(
        Worker(id="invited", email="i@x", name="I", school=SCHOOL),
        Worker(id="removed", email="r@x", name="R", school=SCHOOL, joined=True, removed=True),
        Worker(id="academys", email="a@x", name="A", school=ACADEMY, joined=True),
    )
    before = case.thread
    assert cast.refusal(offload(case.id(SCHOOL), to)) == "not_found"
    assert case.thread == before


def test_what_a_school_raised_itself_it_cannot_offload(cast: Cast) -> None:
    case = cast.raised(SCHOOL, ACADEMY)
    assert cast.refusal(offload(case.id(SCHOOL), WENDY)) == "not_found"
    assert cast.refusal(take_back(case)) == "not_found"
    assert case.thread.worker is None


@pytest.mark.parametrize("by", [ANN, WENDY])
def test_only_the_school_says_whose_hands_a_thread_is_in(cast: Cast, case: Case, by: str) -> None:
    case.offload()
    before = case.thread
    assert cast.refusal(offload(case.id(by), WALT, by)) == "not_found"
    assert cast.refusal(take_back(case, by)) == "not_found"
    assert case.thread == before


def test_a_worker_removed_meanwhile_does_not_get_the_thread(cast: Cast, case: Case) -> None:
    remove = partial(cast.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert refused(Interrupted(cast.home, offload(case.id(SCHOOL), WENDY), remove).run()) == "not_found"
    assert case.thread.worker is None


def test_a_thread_that_ends_meanwhile_is_not_offloaded(cast: Cast, case: Case) -> None:
    assert refused(Interrupted(cast.home, offload(case.id(SCHOOL), WENDY), case.terminate).run()) == "thread_terminated"
    assert case.thread.worker is None
