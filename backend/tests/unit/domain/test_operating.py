"""Whoever runs uconnect sees who has an account and how much hangs on it."""

from functools import partial

import pytest

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, SampleUniversity
from uconnect.domain.enums import Kind
from uconnect.domain.keys import LoginKey, PartyKey
from uconnect.domain.models import Address, Login, School, Worker
from uconnect.domain.usecases import admin
from uconnect.domain.views.admin import Account, PartyState

NONE = PartyState.NONE
THE_SCHOOL = Account(SCHOOL, "School", "school@x", workers=2, asked=2, raised=0)
THE_ACADEMY = Account(ACADEMY, "Academy", "academy@x", workers=0, asked=0, raised=1)


@pytest.fixture
def busy(university: SampleUniversity) -> SampleUniversity:
    """Two open threads of the school, one of them the academy's, and one that has ended."""
    university.home.keep(*(Address(email=f"{id}@x", party=id) for id in (SCHOOL, ACADEMY, ANN, "wendy")))
    university.raised().terminate()
    university.raised()
    university.raised(ACADEMY)
    return university


def found(university: SampleUniversity, email: str, kind: Kind) -> object:
    return university.ask(partial(admin.account, email=email, kind=kind))


def test_schools_are_listed_by_name_with_what_is_open(busy: SampleUniversity) -> None:
    assert busy.ask(partial(admin.schools, after=None, most=10)) == (THE_ACADEMY, THE_SCHOOL)


def test_a_list_of_schools_goes_on_where_it_ended(busy: SampleUniversity) -> None:
    assert busy.ask(partial(admin.schools, after=None, most=1)) == (THE_ACADEMY,)
    assert busy.ask(partial(admin.schools, after=THE_ACADEMY, most=1)) == (THE_SCHOOL,)
    assert busy.ask(partial(admin.schools, after=THE_SCHOOL, most=1)) == ()


def test_an_account_is_found_by_its_address_however_it_is_written(busy: SampleUniversity) -> None:
    assert found(busy, "school@x", Kind.SCHOOL) == THE_SCHOOL
    assert found(busy, "ann@x", Kind.USER) == Account(ANN, "Ann", "ann@x", workers=0, asked=0, raised=1)


@pytest.mark.parametrize(
    ("email", "kind"),
    [("nobody@x", Kind.USER), ("ann@x", Kind.SCHOOL), ("school@x", Kind.USER), ("wendy@x", Kind.WORKER)],
)
def test_nobody_of_that_kind_has_the_address(busy: SampleUniversity, email: str, kind: Kind) -> None:
    assert busy.refusal(partial(admin.account, email=email, kind=kind)) == "not_found"


def test_who_has_ended_is_not_found(busy: SampleUniversity) -> None:
    busy.home.keep(School(id="over", email="over@x", name="Over", ended=True), Address(email="over@x", party="over"))
    assert busy.home.one(PartyKey("over"))
    assert busy.refusal(partial(admin.account, email="over@x", kind=Kind.SCHOOL)) == "not_found"
    busy.home.keep(Address(email="free@x"))
    assert busy.refusal(partial(admin.account, email="free@x", kind=Kind.SCHOOL)) == "not_found"


def login(university: SampleUniversity, subject: str, party: str) -> None:
    university.home.keep(Login(issuer="builtin", subject=subject, party=party))


def test_what_each_account_is_is_told(busy: SampleUniversity) -> None:
    busy.home.keep(
        School(id="over", email="", name="Over", ended=True),
        Worker(id="left", email="", name="", school=SCHOOL, joined=True, removed=True),
    )
    for party in (ANN, SCHOOL, "wendy", "left", "over", "erased"):
        login(busy, f"of {party}", party)
    subjects = tuple(f"of {party}" for party in (ANN, SCHOOL, "wendy", "left", "over", "erased", "nobody"))
    found = busy.ask(partial(admin.holders, issuer="builtin", subjects=subjects))
    assert [it.state for it in found] == ["user", "school", "worker", "removed worker", "closing", *[NONE] * 2]
    assert [it.email for it in found] == ["ann@x", "school@x", "wendy@x", "", "", "", ""]
    assert busy.ask(partial(admin.parties, ids=("left", "nobody", ANN))) == (found[3], found[6], found[0])


@pytest.mark.parametrize(("party", "answer"), [(None, ""), ("erased", ""), ("left", "left")])
def test_a_login_that_is_nobodys_is_released(busy: SampleUniversity, party: str | None, answer: str) -> None:
    busy.home.keep(Worker(id="left", email="", name="", school=SCHOOL, removed=True))
    if party is not None:
        login(busy, "s", party)
    assert busy.run(partial(admin.release_login, issuer="builtin", subject="s")) == answer
    assert busy.home.one(LoginKey("builtin", "s")) is None


@pytest.mark.parametrize("party", [ANN, SCHOOL, "wendy", "over"])
def test_a_login_that_is_somebodys_is_not_released(busy: SampleUniversity, party: str) -> None:
    busy.home.keep(School(id="over", email="", name="Over", ended=True))
    login(busy, "s", party)
    assert busy.refusal(partial(admin.release_login, issuer="builtin", subject="s")) == "not_found"
    assert busy.home.one(LoginKey("builtin", "s"))
