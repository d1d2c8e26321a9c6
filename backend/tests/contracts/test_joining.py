"""Who joins, leaves or is removed at the same moment is in one state after it, over every store."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.kit.beyond import nobody
from tests.kit.cast import ACADEMY, SCHOOL, Cast, codes, send
from tests.kit.homes import Home, fresh, insist, race, together
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, closing, invitations, profiles, workers
from uconnect.core.facts import Plan, UseCase
from uconnect.core.keys import AddressKey, PartyKey
from uconnect.core.model import Worker
from uconnect.core.tasks import Return
from uconnect.core.terms import Kind
from uconnect.core.work import carry_out

pytestmark = pytest.mark.usefixtures("impatient")
ROUNDS = range(3)
JOINING = accounts.Enter(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="New")


@pytest.fixture
def cast(home: Home) -> Cast:
    return Cast(home).enter()


def invited(cast: Cast, by: str) -> str:
    """The place that new@x is invited to at a school."""
    cast.run(partial(workers.invite, by=by, command=Invite(key=fresh(), email="new@x", name="New")))
    return str(cast.ask(partial(workers.workers, by=by)).workers[-1].id)


def accept(place: str) -> UseCase[Any]:
    return partial(invitations.accept, who=JOINING, place=place)


def party_of(cast: Cast, email: str) -> str | None:
    address = cast.home.one(AddressKey(email))
    return address.party if address else None


@pytest.mark.parametrize("_", ROUNDS)
def test_of_two_schools_invitations_accepted_at_once_one_counts(cast: Cast, _: int) -> None:
    places = [invited(cast, by) for by in (SCHOOL, ACADEMY)]
    outcomes = race(cast.home, [accept(place) for place in places * 4])
    assert codes(outcomes) == {"not_found"}
    found = [it for place in places if isinstance(it := cast.home.one(PartyKey(place)), Worker)]
    assert [it.id for it in found if it.joined] == [party_of(cast, "new@x")]
    assert [it.removed for it in found] == [False, False]


@pytest.mark.parametrize("meanwhile", ["withdrawn", "its school closes"])
@pytest.mark.parametrize("_", ROUNDS)
def test_who_accepts_what_ends_at_that_moment_is_no_worker_after_it(cast: Cast, meanwhile: str, _: int) -> None:
    cast.signed_in(ACADEMY)
    place = invited(cast, ACADEMY)
    ends: dict[str, list[UseCase[Any]]] = {
        "withdrawn": [partial(workers.remove, by=ACADEMY, worker_id=place)],
        "its school closes": [partial(closing.close, by=ACADEMY), partial(closing.settle, school=ACADEMY)],
    }
    resend = partial(workers.resend, by=ACADEMY, worker_id=place)
    acts: list[UseCase[Any]] = [accept(place), *ends[meanwhile], accept(place), resend]
    race(cast.home, acts)
    if meanwhile == "its school closes":
        cast.home.store.run(partial(closing.settle, school=ACADEMY))
    worker = cast.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    assert worker.removed
    assert party_of(cast, "new@x") is None
    assert cast.refusal(accept(place)) == "not_found"
    assert cast.refusal(partial(profiles.me, by=place)) == "account_ended"


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_that_answers_and_leaves_at_once_does_one_of_them(cast: Cast, _: int) -> None:
    place = invited(cast, SCHOOL)
    cast.run(accept(place))
    case = cast.raised()
    id = case.offload(place)
    answering = partial(carry_out, cast.home.store, send(place, id), nobody)
    leaving = partial(insist, cast.home, partial(closing.close, by=place))
    both: list[Callable[[], Any]] = [answering, leaving]
    answered, left = together(both)
    assert isinstance(answered, Plan) != isinstance(left, Plan)
    assert len(case.log()) == (2 if isinstance(answered, Plan) else 1)
    worker = cast.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    assert (worker.answered, worker.removed) == (isinstance(answered, Plan), isinstance(left, Plan))


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_that_leaves_and_is_removed_at_once_is_gone_once(cast: Cast, _: int) -> None:
    place = invited(cast, SCHOOL)
    cast.run(accept(place))
    leave, remove = partial(closing.close, by=place), partial(workers.remove, by=SCHOOL, worker_id=place)
    outcomes = race(cast.home, [leave, remove, leave, remove])
    assert codes(outcomes) <= {"account_ended"}
    assert [todo.task for todo in cast.home.jobs()].count(Return(place)) == 1
