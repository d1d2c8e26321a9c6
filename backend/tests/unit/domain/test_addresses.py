"""The core makes no normal form, and takes no address that is not in it: a forgotten door fails instead of doubling."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.sample_university import SCHOOL, SampleUniversity
from tests.support.stores import fresh
from uconnect.domain.context import Context
from uconnect.domain.email_addresses import checked, earlier
from uconnect.domain.enums import Kind
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import registration, workers

ODD = ["Zoe@x", "zoe\u0308@x", " zoe@x", "zoe@xn--mnchen-3ya.de", "zoe@x.", "zoe@X"]
USE_CASES: dict[str, Callable[[Context, str], Any]] = {
    "first call": lambda at, email: registration.register(
        at, registration.Registration(site=Kind.USER, issuer="i", subject="s", email=email, name="Zoe")
    ),
    "invitation": lambda at, email: workers.invite(at, SCHOOL, Invite(key=fresh(), email=email, name="Zoe")),
    "operator's invitation": registration.invite_school,
    "another address": lambda at, email: registration.change_email(at, "i", "s", email),
}


@pytest.mark.parametrize("email", ["zoe@x", "zo\u00eb@m\u00fcnchen.de"])
def test_a_normal_form_is_taken_as_it_is(email: str) -> None:
    assert checked(email) == email


@pytest.mark.parametrize("email", ODD)
@pytest.mark.parametrize("authentication", USE_CASES)
def test_no_use_case_takes_an_address_in_another_spelling(
    university: SampleUniversity, authentication: str, email: str
) -> None:
    with pytest.raises(ValueError, match="not in its normal form"):
        university.run(lambda at: USE_CASES[authentication](at, email))


def test_the_spelling_of_earlier_releases_is_composed_and_in_small_letters() -> None:
    assert earlier(" ZOE\u0308@XN--Mnchen-3ya.de ") == "zo\u00eb@xn--mnchen-3ya.de"
    assert earlier("STRASSE@x") != earlier("stra\u00dfe@x")
