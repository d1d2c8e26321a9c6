"""A school's workers: five at the most, invited, listed and removed by it alone; its address tells a school nothing."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.kit.cast import ACADEMY, ANN, SCHOOL, WALT, WENDY, Cast, codes, kept, note, raise_
from tests.kit.homes import Interrupted, Time, fresh
from uconnect.core import pace, wire
from uconnect.core.commands import Invite, Raise
from uconnect.core.decide import accounts, threads, workers
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import AddressKey, DueBy, PartyKey
from uconnect.core.model import Address, Pace, Receipt, School, Todo, Worker
from uconnect.core.tasks import Return, Write
from uconnect.core.terms import Kind
from uconnect.core.views.directory import WorkerCard
from uconnect.core.views.pages import Done, WorkerList


def invite(email: str = "new@x", by: str = ACADEMY, key: str | None = None) -> UseCase[Done]:
    return partial(workers.invite, by=by, command=Invite(key=key or fresh(), email=email, name="New"))


def remove(worker: str, by: str = SCHOOL) -> UseCase[Done]:
    return partial(workers.remove, by=by, worker_id=worker)


def enter(email: str, site: Kind = Kind.WORKER, place: str = "") -> UseCase[str]:
    command = accounts.Enter(site=site, issuer="i", subject=fresh(), email=email, name="N", place=place)
    return partial(accounts.enter, command=command)


def listed(cast: Cast, by: str = ACADEMY) -> tuple[WorkerCard, ...]:
    shown: WorkerList = cast.ask(partial(workers.workers, by=by))
    return shown.workers


def school(cast: Cast, id: str = ACADEMY) -> School:
    found = cast.home.one(PartyKey(id))
    assert isinstance(found, School)
    return found


def address(cast: Cast, email: str = "new@x") -> Address | None:
    return cast.home.one(AddressKey(email))


def test_a_school_is_shown_its_own_workers_in_the_order_they_were_invited_with_their_load(cast: Cast) -> None:
    cast.raised().offload(WALT)
    cast.run(invite("new@x", SCHOOL))
    (new,) = set(school(cast, SCHOOL).workers) - {WENDY, WALT}
    assert cast.ask(partial(workers.workers, by=SCHOOL)) == WorkerList(
        workers=(
            WorkerCard(id=WENDY, name="Wendy", email="wendy@x", joined=True, available=True, load=0),
            WorkerCard(id=WALT, name="Walt", email="walt@x", joined=True, available=True, load=1),
            WorkerCard(id=new, name="New", email="new@x", joined=False, available=True, load=0),
        ),
        most=5,
    )
    assert listed(cast, ACADEMY) == ()


def test_an_invitation_is_a_place_for_an_address_in_small_letters(cast: Cast, time: Time) -> None:
    before, key = school(cast), fresh()
    plan = cast.plan(invite("new@x", key=key))
    (id,) = school(cast).workers
    (todo,) = cast.home.all(DueBy(time.now, 9))
    assert todo == Todo(id=todo.id, due=time.now, task=Write(id))
    assert plan == Plan(
        Done(),
        puts=(
            Worker(id=id, email="new@x", name="New", school=ACADEMY),
            replace(before, workers=(id,)),
            Address(email="new@x", invitations=(id,)),
            Receipt(party=ACADEMY, key=f"invite.{key}", made=id),
            Pace(party=ACADEMY, what="invite", due=time.now + pace.INVITE.every),
            todo,
        ),
        deliveries=(Delivery(ACADEMY, wire.Changed(what=wire.What.WORKERS)),),
    )


@pytest.mark.parametrize("email", ["new@x", "other@x"])
def test_an_invitation_said_again_is_answered_as_the_first_time(cast: Cast, email: str) -> None:
    key = fresh()
    cast.run(invite("new@x", key=key))
    assert cast.plan(invite(email, key=key)) == Plan(Done())


def test_a_key_names_one_act_of_its_kind_and_nothing_of_another(cast: Cast) -> None:
    """Raise, invite and note, each under the one key: none is answered with what another has made."""
    key, case = fresh(), cast.raised(ACADEMY, SCHOOL)
    raised = cast.run(raise_(ACADEMY, SCHOOL, key=key))
    cast.run(invite("new@x", key=key))
    assert len(school(cast).workers) == 1
    assert cast.run(raise_(ACADEMY, SCHOOL, key=key)) == raised
    noted = cast.run(note(SCHOOL, case.id(SCHOOL), key=key))
    cast.run(invite("new@x", SCHOOL, key=key))
    assert len(school(cast, SCHOOL).workers) == 3
    assert cast.run(note(SCHOOL, case.id(SCHOOL), key=key)) == noted
    after = cast.run(raise_(SCHOOL, ACADEMY, key=key))
    assert after.row.subject == "A question"


def test_an_invitation_forgotten_by_the_address_is_still_the_schools_only_one(cast: Cast) -> None:
    cast.run(invite("new@x"))
    cast.home.change(Address(email="new@x", invitations=tuple(f"later-{number}" for number in range(20))))
    assert cast.plan(invite("new@x")) == Plan(Done())
    assert len(school(cast).workers) == 1


def test_an_address_has_one_place_at_a_school_whatever_the_key(cast: Cast) -> None:
    cast.run(invite("new@x"))
    assert cast.plan(invite("new@x")) == Plan(Done())
    cast.run(enter("new@x", place=school(cast).workers[0]))
    assert cast.plan(invite("new@x")) == Plan(Done())  # it has come


def test_one_address_invited_twice_at_once_has_one_place(cast: Cast) -> None:
    twin = partial(cast.run, invite("new@x"))
    assert Interrupted(cast.home, invite("new@x"), twin).run() == Plan(Done())
    assert len(school(cast).workers) == 1


def test_a_key_that_has_raised_a_thread_still_invites(cast: Cast) -> None:
    key = fresh()
    cast.run(partial(threads.raise_, by=ACADEMY, command=Raise(key=key, school=SCHOOL, subject="S", text="T")))
    cast.run(invite(key=key))
    assert [card.email for card in listed(cast)] == ["new@x"]


@pytest.mark.parametrize("owner", [None, "ann@x", "wendy@x"])
def test_whose_an_address_is_is_not_told_by_inviting_it(cast: Cast, owner: str | None) -> None:
    if owner:
        cast.home.keep(Address(email="new@x", party=owner))
    plan = cast.plan(invite("new@x"))
    told = (Delivery(ACADEMY, wire.Changed(what=wire.What.WORKERS)),)
    assert (plan.answer, plan.deliveries, plan.guards) == (Done(), told, ())
    assert len(plan.puts) == 6
    (card,) = listed(cast)
    assert card == WorkerCard(id=card.id, name="New", email="new@x", joined=False, available=True, load=0)


def test_an_invitation_reserves_no_address(cast: Cast) -> None:
    cast.run(invite("new@x"))
    cast.run(invite("new@x", SCHOOL))  # nor from another school
    found = address(cast)
    assert found
    assert found.party is None
    user = cast.run(enter("new@x", Kind.USER))
    assert cast.home.one(AddressKey("new@x")) == replace(found, party=user)


def test_of_many_invitations_of_one_address_the_last_twenty_are_kept(cast: Cast) -> None:
    cast.home.keep(Address(email="new@x", invitations=tuple(f"old-{number}" for number in range(20))))
    cast.run(invite("new@x"))
    found = address(cast)
    assert found
    assert found.invitations == (*(f"old-{number}" for number in range(1, 20)), *school(cast).workers)


def test_the_sixth_worker_waits_for_one_of_the_five_to_be_removed(cast: Cast) -> None:
    for number in range(5):
        cast.run(invite(f"{number}@x"))
    cast.run(enter("3@x", place=school(cast).workers[3]))  # invited ones count as those who have come do
    assert cast.refusal(invite("new@x")) == "five_workers"
    assert address(cast) is None
    assert cast.plan(invite("4@x")) == Plan(Done())  # which has its place already
    cast.run(remove(school(cast).workers[0], ACADEMY))
    cast.run(invite("new@x"))
    assert cast.refusal(invite("newer@x")) == "five_workers"
    cast.run(invite("newer@x", SCHOOL))  # the five are each school's own


def test_of_two_invitations_at_once_only_one_is_the_fifth(cast: Cast) -> None:
    for number in range(4):
        cast.run(invite(f"{number}@x"))
    twin: list[Any] = []
    outcome = Interrupted(cast.home, invite("new@x"), lambda: twin.append(cast.home.store.run(invite("b@x")))).run()
    assert len(kept([outcome, *twin])) == 1
    assert codes([outcome, *twin]) == {"five_workers"}
    assert len(school(cast).workers) == 5


def test_twenty_can_be_invited_at_once_then_one_a_minute(cast: Cast, time: Time) -> None:
    for number in range(20):
        cast.run(invite(f"{number}@x"))
        cast.run(remove(school(cast).workers[0], ACADEMY))
    assert cast.refusal(invite()) == "too_fast"
    cast.run(invite(by=SCHOOL))  # whose pace is its own
    time.now += pace.INVITE.every
    cast.run(invite())
    assert cast.refusal(invite("b@x")) == "too_fast"


def resend(worker: str, by: str = ACADEMY) -> UseCase[Done]:
    return partial(workers.resend, by=by, worker_id=worker)


def test_an_invited_worker_is_written_to_again(cast: Cast, time: Time) -> None:
    cast.run(invite())
    (worker,) = school(cast).workers
    time.now += 3_600_000
    plan = cast.plan(resend(worker))
    used, todo = plan.puts
    assert used == Pace(party=ACADEMY, what="invite", due=time.now + pace.INVITE.every)
    assert isinstance(todo, Todo)
    assert (todo.task, todo.due) == (Write(worker), time.now)
    assert (plan.answer, plan.deliveries) == (Done(), ())


@pytest.mark.parametrize("worker", [WENDY, ANN, SCHOOL, "another's", "removed", "come", "nobody"])
def test_nobody_but_a_schools_own_invited_workers_is_written_to_again(cast: Cast, worker: str) -> None:
    cast.home.keep(
        Worker(id="another's", email="a@x", name="A", school=SCHOOL),
        Worker(id="removed", email="r@x", name="R", school=ACADEMY, removed=True),
        Worker(id="come", email="c@x", name="C", school=ACADEMY, joined=True),
    )
    assert cast.refusal(resend(worker)) == "not_found"
    assert cast.home.all(DueBy(10**15, 9)) == ()


def test_a_school_writes_no_more_letters_by_resending_than_by_inviting(cast: Cast, time: Time) -> None:
    cast.run(invite())
    (worker,) = school(cast).workers
    for _ in range(19):
        cast.run(resend(worker))
    assert cast.refusal(resend(worker)) == "too_fast"
    assert cast.refusal(invite("b@x")) == "too_fast"
    time.now += pace.INVITE.every
    cast.run(resend(worker))
    assert cast.refusal(resend(worker)) == "too_fast"


@pytest.mark.parametrize("worker", [WENDY, ANN, SCHOOL, ACADEMY, "nobody"])
def test_a_school_removes_nobody_but_its_own_workers(cast: Cast, worker: str) -> None:
    before = cast.home.one(PartyKey(worker))
    assert cast.refusal(remove(worker, by=ACADEMY)) == "not_found"
    assert cast.home.one(PartyKey(worker)) == before


def test_a_removed_worker_has_ended_is_told_so_and_leaves_its_threads_to_be_returned(cast: Cast, time: Time) -> None:
    before, worker = school(cast, SCHOOL), cast.home.one(PartyKey(WENDY))
    assert isinstance(worker, Worker)
    plan = cast.plan(remove(WENDY))
    (todo,) = cast.home.all(DueBy(time.now, 9))
    assert todo == Todo(id=todo.id, due=time.now, task=Return(WENDY))
    assert plan == Plan(
        Done(),
        puts=(replace(before, workers=(WALT,)), Address(email="wendy@x"), replace(worker, removed=True), todo),
        deliveries=(
            Delivery(WENDY, wire.Bye(code="ended")),
            Delivery(SCHOOL, wire.Changed(what=wire.What.WORKERS)),
        ),
    )
    assert [card.id for card in listed(cast, SCHOOL)] == [WALT]


def test_removed_again_is_answered_as_the_first_time_and_changes_nothing(cast: Cast) -> None:
    cast.run(remove(WENDY))
    assert cast.plan(remove(WENDY)) == Plan(Done())


def test_removed_the_worker_leaves_its_address_free_to_be_anyone(cast: Cast) -> None:
    cast.run(invite("new@x"))
    worker = cast.run(enter("new@x", place=school(cast).workers[0]))
    cast.run(remove(worker, ACADEMY))
    assert address(cast) == Address(email="new@x")
    cast.run(enter("new@x", Kind.SCHOOL))


def test_removed_before_it_came_the_worker_is_invited_no_more_there(cast: Cast) -> None:
    cast.run(invite("new@x"))
    cast.run(invite("new@x", SCHOOL))
    (academys,), schools = school(cast).workers, school(cast, SCHOOL).workers[-1]
    cast.run(remove(academys, ACADEMY))
    assert address(cast) == Address(email="new@x", invitations=(schools,))
    assert cast.refusal(enter("new@x", place=academys)) == "invited"
    assert cast.run(enter("new@x", place=schools)) == schools


def test_a_lapsed_invitation_is_withdrawn_from_an_address_that_stays_whose_it_is(cast: Cast) -> None:
    cast.run(invite("new@x"))
    user = cast.run(enter("new@x", Kind.USER))
    cast.run(remove(school(cast).workers[0], ACADEMY))
    assert address(cast) == Address(email="new@x", party=user)


def test_invited_again_one_is_a_new_party(cast: Cast) -> None:
    cast.run(invite("new@x"))
    first = cast.run(enter("new@x", place=school(cast).workers[0]))
    cast.run(remove(first, ACADEMY))
    cast.run(invite("new@x"))
    second = cast.run(enter("new@x", place=school(cast).workers[0]))
    assert second != first
    assert school(cast).workers == (second,)
    found = cast.home.one(PartyKey(first))
    assert isinstance(found, Worker)
    assert found.removed
