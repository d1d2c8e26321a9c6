"""Raising a thread: who may to whom, five open at a time, and a retry raises nothing twice."""

from functools import partial
from itertools import product
from typing import Any

import pytest

from tests.kit.cast import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Cast, calling, codes, kept, raise_, send, user_in
from tests.kit.homes import Interrupted, Time, answer, fresh
from uconnect.core import pace, views, wire
from uconnect.core.commands import Raise
from uconnect.core.decide import reading, threads
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import HandleKey, PartyKey, ReceiptKey, Shelf
from uconnect.core.model import Handle, Line, Message, Pace, Receipt, School, Seat, Tally, Thread, Todo
from uconnect.core.rules import Role
from uconnect.core.tasks import Assign
from uconnect.core.terms import Kind, Side, State

EVERYONE = (ANN, BOB, SCHOOL, ACADEMY, WENDY, WALT)
ALLOWED = {*product((ANN, BOB), (SCHOOL, ACADEMY)), (SCHOOL, ACADEMY), (ACADEMY, SCHOOL)}


def delete(cast: Cast, id: str, by: str = ANN) -> None:
    for use_case in (threads.terminate, threads.delete):
        cast.run(calling(use_case, by, id))


def shelf(cast: Cast, by: str, shelf: Shelf) -> list[str]:
    page = cast.ask(partial(reading.threads, by=by, shelf=shelf, before=None, most=50))
    return [listed.row.id for listed in page.threads]


@pytest.mark.parametrize(("by", "to"), list(product(EVERYONE, (*EVERYONE, "nobody"))))
def test_users_and_schools_raise_to_schools_and_nobody_else_to_anybody(cast: Cast, by: str, to: str) -> None:
    if (by, to) in ALLOWED:
        case = cast.raised(by, to)
        assert (shelf(cast, by, Shelf.RAISED), shelf(cast, to, Shelf.RECEIVED)) == ([case.id(by)], [case.id(to)])
    else:
        assert cast.refusal(raise_(by, to)) == "not_found"
        assert not any(shelf(cast, someone, it) for someone in EVERYONE for it in Shelf)


@pytest.mark.parametrize(("by", "kind"), [(ANN, Kind.USER), (ACADEMY, Kind.SCHOOL)])
def test_a_thread_begins_open_with_its_first_message_and_a_handle_for_each(
    cast: Cast, time: Time, by: str, kind: Kind
) -> None:
    key = fresh()
    command = Raise(key=key, school=SCHOOL, subject="Fees", text="How much?")
    plan = cast.plan(partial(threads.raise_, by=by, command=command))
    owner, used, receipt, thread, message, mine, theirs, *others = plan.puts
    assert isinstance(thread, Thread)
    due = time.now + pace.SEND.every
    assert thread == Thread(
        id=thread.id,
        key=key,
        kind=kind,
        subject="Fees",
        since=time.now,
        at=time.now,
        raiser=Seat(party=by, id=thread.raiser.id),
        school=Seat(party=SCHOOL, id=thread.school.id),
        state=State.OPEN,
        seq=1,
        last=Line(Side.RAISER, "How much?"),
        asked=Tally(messages=1, sent=time.now, due=due),
    )
    assert message == Message(
        thread=thread.id, seq=1, at=time.now, side=Side.RAISER, author=by, key=key, text="How much?"
    )
    assert (owner, used) == (
        cast.home.one(PartyKey(by)),
        Pace(party=by, what="raise", due=time.now + pace.RAISE.every),
    )
    assert receipt == Receipt(party=by, key=key, made=thread.raiser.id)
    assert mine == Handle(viewer=by, id=thread.raiser.id, thread=thread.id, owner=by)
    assert theirs == Handle(viewer=SCHOOL, id=thread.school.id, thread=thread.id, owner=by)
    (work,) = others  # whatever the school's policy
    assert isinstance(work, Todo)
    assert work == Todo(id=work.id, due=time.now, task=Assign(thread.id))
    assert plan.deletes == ()


def test_each_party_knows_a_thread_by_an_id_of_its_own(cast: Cast) -> None:
    thread = cast.raised().thread
    assert len({thread.id, thread.raiser.id, thread.school.id}) == 3


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_the_raiser_is_told_its_meter_then_both_are_told_of_the_thread_the_raiser_first(cast: Cast, by: str) -> None:
    plan = cast.plan(raise_(by))
    row = plan.answer.row
    thread = next(it for it in plan.puts if isinstance(it, Thread))
    message = next(it for it in plan.puts if isinstance(it, Message))
    assert plan.answer == views.Listed(row=views.row(thread, Role.RAISER), read=0)
    schools = wire.Event(
        id=thread.school.id, entry=views.entry(message, Role.SCHOOL, SCHOOL), row=views.row(thread, Role.SCHOOL)
    )
    assert plan.deliveries == (
        Delivery(by, wire.Meter(rev=2, open=1, most=5)),
        Delivery(by, wire.Event(id=row.id, entry=views.entry(message, Role.RAISER, by), row=row)),
        Delivery(thread.id, schools),  # where nobody is: see `core.decide.fanout`
        Delivery(SCHOOL, schools),
    )


def test_a_school_that_goes_meanwhile_is_not_raised_to(cast: Cast) -> None:
    assert cast.plan(raise_()).guards == (PartyKey(SCHOOL),)


def test_a_raise_said_again_is_answered_with_its_thread_and_writes_and_tells_nothing(cast: Cast) -> None:
    key = fresh()
    first = cast.plan(raise_(key=key))
    assert cast.plan(raise_(key=key)) == Plan(first.answer)
    assert cast.plan(raise_(to=ACADEMY, key=key)) == Plan(first.answer)  # whatever it says
    assert cast.plan(raise_(to="nobody", key=key)) == Plan(first.answer)
    cast.run(send(ANN, first.answer.row.id))
    cast.run(calling(threads.terminate, ANN, first.answer.row.id))
    row = cast.plan(raise_(key=key)).answer.row
    assert (row.id, row.state, row.seq) == (first.answer.row.id, State.TERMINATED, 3)  # the thread as it is now


def test_a_raise_said_again_is_answered_with_five_open_and_however_fast(cast: Cast) -> None:
    keys = [fresh() for _ in range(5)]
    first = [cast.run(raise_(key=key)) for key in keys]
    for _ in range(5):
        assert [cast.run(raise_(key=key)) for key in keys] == first
    assert len(user_in(cast.home, ANN).open) == 5


def test_a_key_is_its_owners_and_as_old_as_its_thread(cast: Cast) -> None:
    key = fresh()
    anns, bobs = cast.run(raise_(ANN, key=key)).row.id, cast.run(raise_(BOB, key=key)).row.id
    assert anns != bobs
    delete(cast, anns)
    assert cast.home.one(ReceiptKey(ANN, key)) is None
    assert cast.run(raise_(ANN, key=key)).row.id != anns


def test_one_key_twice_at_once_raises_one_thread(cast: Cast) -> None:
    use_case = raise_(key=fresh())
    twin: list[Any] = []
    outcome = Interrupted(cast.home, use_case, lambda: twin.append(cast.home.store.run(use_case))).run()
    first, second = kept([outcome, *twin])
    assert first == second
    assert len(user_in(cast.home, ANN).open) == 1


def test_a_raise_said_again_while_its_thread_is_deleted_raises_another(cast: Cast) -> None:
    use_case = raise_(key=fresh())
    id = cast.run(use_case).row.id
    again = answer(Interrupted(cast.home, use_case, partial(delete, cast, id), rounds=1).run())
    assert again.row.id != id
    assert shelf(cast, ANN, Shelf.RAISED) == [again.row.id]


@pytest.mark.parametrize(("by", "to"), [(ANN, SCHOOL), (SCHOOL, ACADEMY)])
def test_the_sixth_open_thread_waits_for_one_of_the_five_to_end(cast: Cast, by: str, to: str) -> None:
    cases = [cast.raised(by, to) for _ in range(5)]
    assert cast.refusal(raise_(by, to)) == "five_threads"
    cases[2].terminate()
    cast.raised(by, to)
    assert cast.refusal(raise_(by, to)) == "five_threads"
    delete(cast, cases[2].id(by), by)  # ended already, it held no place
    assert cast.refusal(raise_(by, to)) == "five_threads"


def test_the_five_are_each_owners_own_to_all_schools_together(cast: Cast) -> None:
    for to in (SCHOOL, ACADEMY, SCHOOL, ACADEMY, SCHOOL):
        cast.raised(ANN, to)
    assert cast.refusal(raise_(ANN, ACADEMY)) == "five_threads"
    for _ in range(5):
        cast.raised(BOB, SCHOOL)
    for _ in range(5):  # what was raised to it does not count
        cast.raised(SCHOOL, ACADEMY)
    assert cast.refusal(raise_(SCHOOL, ACADEMY)) == "five_threads"


def test_of_two_raises_at_once_only_one_is_the_fifth(cast: Cast) -> None:
    for _ in range(4):
        cast.raised()
    twin: list[Any] = []
    outcome = Interrupted(cast.home, raise_(), lambda: twin.append(cast.home.store.run(raise_()))).run()
    assert len(kept([outcome, *twin])) == 1
    assert codes([outcome, *twin]) == {"five_threads"}
    assert len(user_in(cast.home, ANN).open) == 5


def test_what_may_not_be_raised_to_is_not_found_with_five_open_too(cast: Cast) -> None:
    for _ in range(5):
        cast.raised()
    assert cast.refusal(raise_(ANN, BOB)) == "not_found"


def test_the_meter_counts_what_is_open_and_its_revision_only_grows(cast: Cast) -> None:
    cases = [cast.raised() for _ in range(3)]
    cases[0].terminate()
    ids = [case.thread.id for case in cases]
    user = user_in(cast.home, ANN)
    assert (user.open, user.rev) == ((ids[1], ids[2]), 5)


def test_twenty_threads_can_be_raised_at_once_then_one_in_six_seconds(cast: Cast, time: Time) -> None:
    for _ in range(20):
        cast.raised().terminate()
    assert cast.refusal(raise_()) == "too_fast"
    cast.raised(BOB)  # his pace is his own
    time.now += pace.RAISE.every
    cast.raised()
    assert cast.refusal(raise_()) == "too_fast"


def test_a_school_keeps_its_workers_and_its_face_when_it_raises(cast: Cast) -> None:
    case = cast.raised(SCHOOL, ACADEMY)
    school = School(id=SCHOOL, email="school@x", name="School", workers=(WENDY, WALT), open=(case.thread.id,), rev=2)
    assert cast.home.one(PartyKey(SCHOOL)) == school
    handle = cast.home.one(HandleKey(SCHOOL, case.id(SCHOOL)))
    assert handle == Handle(viewer=SCHOOL, id=case.id(SCHOOL), thread=case.thread.id, owner=SCHOOL)
