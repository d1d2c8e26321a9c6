"""An account has another address: its party goes along, and the old one is anybody's, with nothing left behind."""

from functools import partial

import pytest

from tests.core.test_accounts import enter, entering, invited, remove
from tests.kit.cast import ANN, SCHOOL, Cast
from uconnect.core import wire
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, workers
from uconnect.core.facts import Plan, UseCase
from uconnect.core.keys import AddressKey, PartyKey
from uconnect.core.model import Address, Worker
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done


def moved(email: str = "later@x", subject: str = "new") -> UseCase[None]:
    return partial(accounts.moved, issuer="issuer", subject=subject, email=email)


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_a_party_has_the_address_that_its_login_proved(cast: Cast, site: Kind) -> None:
    id = cast.run(enter(site))
    plan = cast.plan(moved())
    party = cast.home.one(PartyKey(id))
    assert party is not None
    assert party.email == "later@x"
    assert plan.puts == (party, Address(email="new@x"), Address(email="later@x", party=id))
    assert [(it.to, it.frame) for it in plan.deliveries] == [(id, wire.Changed(what=wire.What.ME))]
    assert cast.run(entering(site)) == id


def test_told_twice_it_has_moved_once(cast: Cast) -> None:
    id = cast.run(enter(Kind.USER))
    cast.run(moved())
    assert cast.plan(moved()) == Plan(None)
    assert cast.home.one(AddressKey("later@x")) == Address(email="later@x", party=id)


def test_the_old_address_is_anybodys(cast: Cast) -> None:
    id = cast.run(enter(Kind.USER))
    cast.run(moved())
    assert cast.run(enter(Kind.SCHOOL, subject="another")) != id


def test_an_address_that_is_somebodys_is_not_taken_over(cast: Cast) -> None:
    cast.run(enter(Kind.USER))
    other = cast.run(enter(Kind.USER, "later@x", "another"))
    assert cast.plan(moved()) == Plan(None)
    assert cast.home.one(AddressKey("later@x")) == Address(email="later@x", party=other)


def test_a_login_that_has_never_been_here_moves_nobody(cast: Cast) -> None:
    assert cast.plan(moved()) == Plan(None)


def test_an_ended_party_moves_no_more(cast: Cast) -> None:
    worker = invited(cast)
    cast.run(enter(Kind.WORKER, place=worker))
    cast.run(remove(worker))
    assert cast.plan(moved()) == Plan(None)


@pytest.fixture
def worker(cast: Cast) -> str:
    """A worker who has moved from new@x to later@x."""
    id = invited(cast)
    cast.run(enter(Kind.WORKER, place=id))
    plan = cast.plan(moved())
    assert [it.to for it in plan.deliveries] == [id, SCHOOL]
    return id


def test_whoever_comes_with_a_workers_old_address_is_not_that_worker(cast: Cast, worker: str) -> None:
    assert cast.refusal(enter(Kind.WORKER, subject="another", place=worker)) == "not_invited"
    assert cast.run(enter(Kind.USER, subject="another")) != worker


def test_a_place_that_is_taken_up_is_nobody_elses_whatever_its_address_says(cast: Cast) -> None:
    place = Worker(id="joined", email="old@x", name="", school=SCHOOL, joined=True)
    cast.home.keep(place, Address(email="new@x", invitations=("joined",)))
    assert cast.refusal(enter(Kind.WORKER, place="joined")) == "not_invited"


def test_a_workers_old_address_can_be_invited_and_its_new_one_is_already(cast: Cast, worker: str) -> None:
    assert invited(cast, email="new@x") != worker
    before = cast.home.one(PartyKey(SCHOOL))
    again = Invite(key="k" * 22, email="later@x", name="Again")
    assert cast.run(partial(workers.invite, by=SCHOOL, command=again)) == Done()
    assert cast.home.one(PartyKey(SCHOOL)) == before


def test_a_removed_workers_new_address_is_free(cast: Cast, worker: str) -> None:
    cast.run(remove(worker))
    assert cast.home.one(AddressKey("later@x")) == Address(email="later@x")
    assert cast.run(enter(Kind.USER, "later@x")) != ANN
