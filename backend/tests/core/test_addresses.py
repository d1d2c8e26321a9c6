"""The core makes no normal form, and takes no address that is not in it: a forgotten door fails instead of doubling."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.cast import SCHOOL, Cast
from tests.kit.homes import fresh
from uconnect.core.addresses import checked, earlier
from uconnect.core.commands import Invite
from uconnect.core.decide import accounts, workers
from uconnect.core.facts import Moment
from uconnect.core.terms import Kind

ODD = ["Zoe@x", "zoe\u0308@x", " zoe@x", "zoe@xn--mnchen-3ya.de", "zoe@x.", "zoe@X"]
DOORS: dict[str, Callable[[Moment, str], Any]] = {
    "first call": lambda at, email: accounts.enter(
        at, accounts.Enter(site=Kind.USER, issuer="i", subject="s", email=email, name="Zoe")
    ),
    "invitation": lambda at, email: workers.invite(at, SCHOOL, Invite(key=fresh(), email=email, name="Zoe")),
    "operator's invitation": accounts.invite_school,
    "another address": lambda at, email: accounts.moved(at, "i", "s", email),
}


@pytest.mark.parametrize("email", ["zoe@x", "zo\u00eb@m\u00fcnchen.de"])
def test_a_normal_form_is_taken_as_it_is(email: str) -> None:
    assert checked(email) == email


@pytest.mark.parametrize("email", ODD)
@pytest.mark.parametrize("door", DOORS)
def test_no_use_case_takes_an_address_in_another_spelling(cast: Cast, door: str, email: str) -> None:
    with pytest.raises(ValueError, match="not in its normal form"):
        cast.run(lambda at: DOORS[door](at, email))


def test_the_spelling_of_earlier_releases_is_composed_and_in_small_letters() -> None:
    assert earlier(" ZOE\u0308@XN--Mnchen-3ya.de ") == "zo\u00eb@xn--mnchen-3ya.de"
    assert earlier("STRASSE@x") != earlier("stra\u00dfe@x")
