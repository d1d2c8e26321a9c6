"""Where schools join by invitation, the operator invites them, and nobody else comes in as one."""

from collections.abc import Iterator

import pytest
from deploy import local, stack

from tests.conformance.aws import Aws, aws
from tests.conformance.cast import Cast, address, playing
from uconnect.core.terms import Kind

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with aws(tmp_path_factory.mktemp("invited"), Schools="invited") as home:
        yield home


@pytest.fixture
def cast(home: Aws) -> Iterator[Cast]:
    with playing(home) as cast:
        yield cast


def invite(home: Aws, email: str) -> str:
    return stack.invite_school(local.Pointed(home.address), "uconnect", email)


def test_who_was_invited_is_written_to_and_comes_in_as_a_school(home: Aws, cast: Cast) -> None:
    email = address()
    assert invite(home, email) == f"{email} is invited."
    (letter,) = home.mail(email, least=1)
    assert f"client_id={home.outputs['SchoolClient']}" in letter
    assert cast.enter(Kind.SCHOOL, email).me["kind"] == "school"


def test_who_was_not_invited_is_told_so(cast: Cast) -> None:
    assert cast.at_the_door(Kind.SCHOOL).refused("GET /api/me") == "schools_invited_only"


def test_an_address_that_is_somebody_already_is_not_invited(home: Aws, cast: Cast) -> None:
    email = cast.user().party.email
    assert invite(home, email) == "This address already has an account. Use another address."
