"""Whoever runs uconnect sees who has an account and how much hangs on it."""

from functools import partial

import pytest

from tests.kit.cast import ACADEMY, ANN, SCHOOL, Cast
from uconnect.core.decide import operating
from uconnect.core.keys import PartyKey
from uconnect.core.model import Address, School
from uconnect.core.terms import Kind
from uconnect.core.views.operator import Account

THE_SCHOOL = Account(SCHOOL, "School", "school@x", workers=2, asked=2, raised=0)
THE_ACADEMY = Account(ACADEMY, "Academy", "academy@x", workers=0, asked=0, raised=1)


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Two open threads of the school, one of them the academy's, and one that has ended."""
    cast.home.keep(*(Address(email=f"{id}@x", party=id) for id in (SCHOOL, ACADEMY, ANN, "wendy")))
    cast.raised().terminate()
    cast.raised()
    cast.raised(ACADEMY)
    return cast


def found(cast: Cast, email: str, kind: Kind) -> object:
    return cast.ask(partial(operating.account, email=email, kind=kind))


def test_schools_are_listed_by_name_with_what_is_open(busy: Cast) -> None:
    assert busy.ask(partial(operating.schools, after=None, most=10)) == (THE_ACADEMY, THE_SCHOOL)


def test_a_list_of_schools_goes_on_where_it_ended(busy: Cast) -> None:
    assert busy.ask(partial(operating.schools, after=None, most=1)) == (THE_ACADEMY,)
    assert busy.ask(partial(operating.schools, after=THE_ACADEMY, most=1)) == (THE_SCHOOL,)
    assert busy.ask(partial(operating.schools, after=THE_SCHOOL, most=1)) == ()


def test_an_account_is_found_by_its_address_however_it_is_written(busy: Cast) -> None:
    assert found(busy, "school@x", Kind.SCHOOL) == THE_SCHOOL
    assert found(busy, "ann@x", Kind.USER) == Account(ANN, "Ann", "ann@x", workers=0, asked=0, raised=1)


@pytest.mark.parametrize(
    ("email", "kind"),
    [("nobody@x", Kind.USER), ("ann@x", Kind.SCHOOL), ("school@x", Kind.USER), ("wendy@x", Kind.WORKER)],
)
def test_nobody_of_that_kind_has_the_address(busy: Cast, email: str, kind: Kind) -> None:
    assert busy.refusal(partial(operating.account, email=email, kind=kind)) == "not_found"


def test_who_has_ended_is_not_found(busy: Cast) -> None:
    busy.home.keep(School(id="over", email="over@x", name="Over", ended=True), Address(email="over@x", party="over"))
    assert busy.home.one(PartyKey("over"))
    assert busy.refusal(partial(operating.account, email="over@x", kind=Kind.SCHOOL)) == "not_found"
    busy.home.keep(Address(email="free@x"))
    assert busy.refusal(partial(operating.account, email="free@x", kind=Kind.SCHOOL)) == "not_found"
