"""An account has another address: its party goes along, and the old one is anybody's, with nothing left behind."""

from functools import partial

import pytest

from tests.support.sample_university import ANN, SCHOOL, SampleUniversity
from tests.unit.domain.test_accounts import enter, find_login, invited, remove
from uconnect.domain import protocol
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import Address, Worker
from uconnect.domain.request_bodies import Invite, NameUpdate
from uconnect.domain.usecases import profiles, registration, workers
from uconnect.domain.views.pages import Done


def change_email(email: str = "later@x", subject: str = "new") -> UseCase[None]:
    return partial(registration.change_email, issuer="issuer", subject=subject, email=email)


@pytest.mark.parametrize("site", [Kind.USER, Kind.SCHOOL])
def test_a_party_has_the_address_that_its_login_proved(university: SampleUniversity, site: Kind) -> None:
    id = university.run(enter(site))
    plan = university.plan(change_email())
    party = university.home.one(PartyKey(id))
    assert party is not None
    assert party.email == "later@x"
    assert plan.puts == (party, Address(email="later@x", party=id))
    assert plan.deletes == (AddressKey("new@x"),)
    told = [(it.to, it.frame) for it in plan.deliveries if it.frame]
    assert told == [(id, protocol.Changed(what=protocol.ChangedSubject.ME))]
    assert university.run(find_login(site)) == id


def test_a_school_that_sees_the_address_hears_of_the_new_one(university: SampleUniversity) -> None:
    id = university.run(enter(Kind.USER))
    university.raised(by=id)
    told = university.plan(change_email()).deliveries
    changed = [(it.to, it.frame.owner.email) for it in told if isinstance(it.frame, protocol.OwnerChanged)]
    assert changed == [(SCHOOL, "later@x")]


@pytest.mark.parametrize("subject", ["new", "unknown"])
def test_the_issuer_can_ask_what_the_party_of_a_login_is_called_now(university: SampleUniversity, subject: str) -> None:
    id = university.run(enter(Kind.USER))
    university.run(partial(profiles.rename, by=id, command=NameUpdate(name="Another")))
    asked = university.ask(partial(registration.name_of, issuer="issuer", subject=subject))
    assert asked == ("Another" if subject == "new" else None)


def test_told_twice_it_has_moved_once(university: SampleUniversity) -> None:
    id = university.run(enter(Kind.USER))
    university.run(change_email())
    assert university.plan(change_email()) == Plan(None)
    assert university.home.one(AddressKey("later@x")) == Address(email="later@x", party=id)


def test_the_old_address_is_anybodys(university: SampleUniversity) -> None:
    id = university.run(enter(Kind.USER))
    university.run(change_email())
    assert university.run(enter(Kind.SCHOOL, subject="another")) != id


def test_an_address_that_is_somebodys_is_not_taken_over(university: SampleUniversity) -> None:
    university.run(enter(Kind.USER))
    other = university.run(enter(Kind.USER, "later@x", "another"))
    assert university.plan(change_email()) == Plan(None)
    assert university.home.one(AddressKey("later@x")) == Address(email="later@x", party=other)


def test_a_login_that_has_never_been_here_moves_nobody(university: SampleUniversity) -> None:
    assert university.plan(change_email()) == Plan(None)


def test_an_ended_party_moves_no_more(university: SampleUniversity) -> None:
    worker = invited(university)
    university.run(enter(Kind.WORKER, invitation=worker))
    university.run(remove(worker))
    assert university.plan(change_email()) == Plan(None)


@pytest.fixture
def worker(university: SampleUniversity) -> str:
    """A worker who has moved from new@x to later@x."""
    id = invited(university)
    university.run(enter(Kind.WORKER, invitation=id))
    plan = university.plan(change_email())
    assert [it.to for it in plan.deliveries] == [id, SCHOOL]
    return id


def test_whoever_comes_with_a_workers_old_address_is_not_that_worker(university: SampleUniversity, worker: str) -> None:
    assert university.refusal(enter(Kind.WORKER, subject="another", invitation=worker)) == "not_invited"
    assert university.run(enter(Kind.USER, subject="another")) != worker


def test_a_place_that_is_taken_up_is_nobody_elses_whatever_its_address_says(university: SampleUniversity) -> None:
    place = Worker(id="joined", email="old@x", name="", school=SCHOOL, joined=True)
    university.home.keep(place, Address(email="new@x", invitations=("joined",)))
    assert university.refusal(enter(Kind.WORKER, invitation="joined")) == "not_invited"


def test_a_workers_old_address_can_be_invited_and_its_new_one_is_already(
    university: SampleUniversity, worker: str
) -> None:
    assert invited(university, email="new@x") != worker
    before = university.home.one(PartyKey(SCHOOL))
    again = Invite(key="k" * 22, email="later@x", name="Again")
    assert university.run(partial(workers.invite, by=SCHOOL, command=again)) == Done()
    assert university.home.one(PartyKey(SCHOOL)) == before


def test_a_removed_workers_new_address_is_free(university: SampleUniversity, worker: str) -> None:
    university.run(remove(worker))
    assert university.home.one(AddressKey("later@x")) is None
    assert university.run(enter(Kind.USER, "later@x")) != ANN
