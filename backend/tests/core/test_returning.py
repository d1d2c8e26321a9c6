"""A thread moves between hands and returns to the school, and nothing that the raiser can notice moves with it."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.kit.cast import ANN, SCHOOL, WALT, WENDY, Case, Cast, calling, log, offload, seen, send
from tests.kit.homes import Interrupted, Time, refused
from uconnect.core import views, wire
from uconnect.core.decide import handling, threads
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import HandleKey
from uconnect.core.model import Assigned, Handle, Placement, Todo
from uconnect.core.rules import Role
from uconnect.core.tasks import Left
from uconnect.core.views import school
from uconnect.core.views.pages import Done


@pytest.fixture
def case(cast: Cast) -> Case:
    return cast.raised()


def leave(case: Case, by: str) -> UseCase[Done]:
    """The two ways in which a worker's thread returns to the school."""
    return calling(handling.hand_back if by == WENDY else handling.take_back, by, case.id(by))


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
@pytest.mark.parametrize("ended", [False, True])
def test_a_thread_returns_to_the_school_open_or_ended(cast: Cast, case: Case, time: Time, by: str, ended: bool) -> None:
    case.offload()
    if ended:
        case.terminate()
    before, at = case.thread, case.thread.worker
    assert at
    plan = cast.plan(leave(case, by))
    home = replace(before, worker=None, school=replace(before.school, rev=before.school.rev + 1), asides=2)
    assigned = Assigned(thread=before.id, seq=2, at=time.now, worker=None)
    parked = Placement(thread=before.id, worker=WENDY, id=at.id, alias=at.alias, rev=at.rev + 1)
    work = plan.puts[-1]
    assert isinstance(work, Todo)
    assert plan == Plan(
        Done(),
        puts=(home, assigned, parked, Todo(id=work.id, due=time.now, task=Left(before.id))),
        deliveries=(
            Delivery(WENDY, wire.Gone(id=at.id, rev=at.rev + 1)),
            Delivery(ANN, None),
            Delivery(home.id, None),
            Delivery(SCHOOL, wire.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
            Delivery(SCHOOL, wire.Noted(id=home.school.id, entry=school.aside(assigned, SCHOOL))),
        ),
    )
    assert case.thread == home


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_worker_that_left_a_thread_hears_nothing_more_of_it(cast: Cast, case: Case, by: str) -> None:
    wendys = case.offload()
    cast.run(leave(case, by))
    plans = [
        cast.plan(send(ANN, case.id(ANN))),
        cast.plan(offload(case.id(SCHOOL), WALT)),
        cast.plan(calling(threads.terminate, ANN, case.id(ANN))),
        cast.plan(calling(threads.delete, ANN, case.id(ANN))),
    ]
    assert WENDY not in {it.to for plan in plans for it in plan.deliveries}
    assert cast.refusal(log(WENDY, wendys)) == "not_found"


def test_a_message_that_comes_after_the_take_back_does_not_reach_the_worker(cast: Cast, case: Case) -> None:
    case.offload()
    back = partial(cast.run, leave(case, SCHOOL))
    plan = Interrupted(cast.home, send(ANN, case.id(ANN)), back).run()
    assert isinstance(plan, Plan)
    assert [it.to for it in plan.deliveries] == [ANN, case.thread.id, SCHOOL]


def test_taken_back_again_or_from_nobody_it_stays_as_it_is(cast: Cast, case: Case) -> None:
    assert cast.plan(leave(case, SCHOOL)) == Plan(Done())
    case.offload()
    cast.run(leave(case, SCHOOL))
    assert cast.plan(leave(case, SCHOOL)) == Plan(Done())


@pytest.mark.parametrize("then", ["with the school", "with another", "ended"])
def test_handed_back_again_it_stays_where_it_is_and_is_not_there_for_the_worker(
    cast: Cast, case: Case, then: str
) -> None:
    hand_back = calling(handling.hand_back, WENDY, case.offload(WENDY))
    cast.run(hand_back)
    if then == "with another":
        case.offload(WALT)
    if then == "ended":
        case.terminate()
    before = case.thread
    assert cast.refusal(hand_back) == "not_found"
    assert case.thread == before


@pytest.mark.parametrize("by", [ANN, SCHOOL])
def test_only_a_worker_hands_back(cast: Cast, case: Case, by: str) -> None:
    case.offload()
    before = case.thread
    assert cast.refusal(calling(handling.hand_back, by, case.id(by))) == "not_found"
    assert case.thread == before


def test_a_worker_hands_back_nothing_that_it_never_had(cast: Cast, case: Case) -> None:
    case.offload(WENDY)
    assert cast.refusal(calling(handling.hand_back, WALT, case.id(WENDY))) == "not_found"


def test_taken_back_and_handed_back_at_once_it_returns_once(cast: Cast, case: Case) -> None:
    case.offload()
    school_rev = case.thread.school.rev
    back = partial(cast.run, leave(case, SCHOOL))
    assert refused(Interrupted(cast.home, leave(case, WENDY), back).run()) == "not_found"
    assert (case.thread.worker, case.thread.school.rev) == (None, school_rev + 1)


def test_whatever_hands_it_goes_through_nothing_changes_for_the_raiser(cast: Cast, case: Case, time: Time) -> None:
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    seen_before, entries = views.row(case.thread, Role.RAISER), case.log()
    handle = case.handle

    def unmoved(plan: Plan[Any]) -> None:
        time.now += 1000
        assert views.row(case.thread, Role.RAISER) == seen_before
        assert (case.handle, case.log()) == (handle, entries)
        assert [it.frame for it in plan.deliveries if it.to == ANN] == [None]

    unmoved(cast.plan(offload(case.id(SCHOOL), WENDY)))
    unmoved(cast.plan(offload(case.id(SCHOOL), WALT)))
    unmoved(cast.plan(leave(case, SCHOOL)))
    unmoved(cast.plan(offload(case.id(SCHOOL), WENDY)))
    unmoved(cast.plan(leave(case, WENDY)))


def test_no_hand_off_takes_a_number_of_the_log(cast: Cast, case: Case) -> None:
    for worker in (WENDY, WALT):
        case.offload(worker)
        cast.run(send(worker, case.id(worker)))
    cast.run(leave(case, SCHOOL))
    cast.run(send(ANN, case.id(ANN)))
    assert [entry.seq for entry in case.log()] == [1, 2, 3, 4]


def test_what_a_worker_has_read_is_there_again_when_the_thread_returns(cast: Cast, case: Case) -> None:
    wendys = case.offload()
    cast.run(seen(WENDY, wendys, seq=1, theirs=1))
    cast.run(leave(case, SCHOOL))
    case.offload()
    handle = cast.home.one(HandleKey(WENDY, wendys))
    assert handle == Handle(viewer=WENDY, id=wendys, thread=case.thread.id, owner=ANN, read=1)
