"""Who became a worker by mistake can leave until its first answer; the school is told, and nothing of it is lost."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.core.test_accounts import entering, invited
from tests.core.test_invitations import accept, asked
from tests.kit.beyond import nobody
from tests.kit.cast import ACADEMY, SCHOOL, WALT, WENDY, Cast, note, send
from tests.kit.homes import Interrupted, Time, refused
from uconnect.core import wire
from uconnect.core.decide import closing, profiles, workers
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import AddressKey, PartyKey
from uconnect.core.model import Address, School, Worker
from uconnect.core.tasks import Return
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done
from uconnect.core.work import carry_out


@pytest.fixture
def new(cast: Cast) -> str:
    """A worker of the school that has just joined."""
    place = invited(cast)
    cast.run(accept(place))
    return place


def leave(by: str) -> UseCase[Done]:
    return partial(closing.close, by=by)


def answered(cast: Cast, worker: str) -> bool:
    found = cast.home.one(PartyKey(worker))
    assert isinstance(found, Worker)
    return found.answered


def test_a_worker_that_has_answered_nothing_leaves_as_by_a_removal(cast: Cast, time: Time, new: str) -> None:
    school, worker = cast.home.one(PartyKey(SCHOOL)), cast.home.one(PartyKey(new))
    assert isinstance(school, School)
    assert isinstance(worker, Worker)
    plan = cast.plan(leave(new))
    (todo,) = (it for it in cast.home.jobs() if it.task == Return(new))
    assert plan == Plan(
        Done(),
        puts=(
            replace(school, workers=(WENDY, WALT)),
            Address(email="new@x"),
            replace(worker, removed=True),
            todo,
        ),
        deliveries=(
            Delivery(new, wire.Bye(code="ended")),
            Delivery(SCHOOL, wire.Changed(what=wire.What.WORKERS)),
        ),
    )
    assert cast.refusal(partial(profiles.me, by=new)) == "account_ended"
    assert cast.run(entering(Kind.WORKER)) is None


def test_its_threads_return_to_the_school_with_all_that_was_said(cast: Cast, new: str) -> None:
    case = cast.raised()
    case.offload(new)
    before = case.log()
    cast.run(leave(new))
    cast.work()
    assert case.thread.worker is None
    assert case.log() == before


def test_who_left_can_accept_the_invitation_that_was_meant(cast: Cast, new: str) -> None:
    honest = invited(cast, ACADEMY)
    assert cast.refusal(accept(honest)) == "not_found"
    cast.run(leave(new))
    assert asked(cast) == [(honest, "Academy")]
    assert cast.run(accept(honest)) == Done()


def test_a_note_is_no_answer_and_reading_is_none(cast: Cast, new: str) -> None:
    case = cast.raised()
    id = case.offload(new)
    cast.run(note(new, id))
    assert not answered(cast, new)
    assert cast.ask(partial(profiles.me, by=new)).may_leave


def test_from_its_first_answer_on_a_worker_is_its_schools_to_end(cast: Cast, new: str) -> None:
    case = cast.raised()
    id = case.offload(new)
    heard: list[Delivery] = []
    outcome = carry_out(cast.home.store, send(new, id, "Here."), heard.extend)
    assert isinstance(outcome, Plan)
    assert heard == [Delivery(new, wire.Changed(what=wire.What.ME))]
    assert [it.text for it in case.log()][-1:] == ["Here."]
    assert cast.ask(partial(profiles.me, by=new)).may_leave is False
    assert cast.refusal(leave(new)) == "not_found"


def test_also_when_nothing_of_what_it_answered_is_left(cast: Cast, new: str) -> None:
    """Else a worker could find out that a thread it has no more was deleted."""
    case = cast.raised()
    carry_out(cast.home.store, send(new, case.offload(new)), nobody)
    case.terminate()
    case.delete()
    cast.work()
    assert cast.refusal(leave(new)) == "not_found"


def test_the_first_answer_is_sent_by_a_transaction_like_any_hands(cast: Cast, new: str) -> None:
    """What commits the message writes and tells the same for a worker's first answer as for its second, or a school's:
    the mark is kept before that."""
    case = cast.raised()
    mark = cast.plan(send(new, case.offload(new), "One."))
    assert [type(it) for it in mark.puts] == [Worker]
    assert mark.then is not None
    first = cast.plan(mark.then)
    second = cast.plan(send(new, case.id(new), "Two."))
    schools = cast.plan(send(SCHOOL, case.id(SCHOOL), "Three."))
    shapes = [
        ([type(it) for it in plan.puts], plan.guards, [it.to for it in plan.deliveries], plan.then)
        for plan in (first, second, schools)
    ]
    assert shapes[0] == shapes[1] == shapes[2]


def test_what_cannot_be_sent_marks_nobody(cast: Cast, new: str) -> None:
    case = cast.raised()
    id = case.offload(new)
    case.terminate()
    assert cast.refusal(send(new, id)) == "thread_terminated"
    assert not answered(cast, new)


@pytest.mark.parametrize("by", [WENDY, WALT])
def test_who_has_answered_stays_until_its_school_removes_it(cast: Cast, by: str) -> None:
    assert cast.refusal(leave(by)) == "not_found"


def test_left_while_its_school_removes_it_it_is_gone_once(cast: Cast, time: Time, new: str) -> None:
    removing = partial(cast.run, partial(workers.remove, by=SCHOOL, worker_id=new))
    assert refused(Interrupted(cast.home, leave(new), removing).run()) == "account_ended"
    assert [todo.task for todo in cast.home.jobs()].count(Return(new)) == 1


def test_who_answers_and_leaves_at_once_does_one_of_them(cast: Cast, new: str) -> None:
    case = cast.raised()
    id = case.offload(new)
    answering = partial(carry_out, cast.home.store, send(new, id), nobody)
    assert refused(Interrupted(cast.home, leave(new), answering).run()) == "not_found"
    assert answered(cast, new)


def test_a_school_that_closes_while_a_worker_leaves_ends_with_it(cast: Cast, new: str) -> None:
    cast.signed_in(SCHOOL)

    def close() -> None:
        carry_out(cast.home.store, partial(closing.close, by=SCHOOL), nobody)

    assert refused(Interrupted(cast.home, leave(new), close).run()) == "account_ended"
    assert cast.home.one(AddressKey("new@x")) is None
