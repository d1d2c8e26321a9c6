"""Whoever runs uconnect sees who has an account and how much hangs on it."""

from functools import partial

import pytest

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, SampleUniversity
from uconnect.domain.enums import Kind
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import Address, School
from uconnect.domain.usecases import admin
from uconnect.domain.views.admin import Account

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
