"""Who signs in at the university with the address of a party is that party, and ends with it."""

from functools import partial

import pytest

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import ANN, SCHOOL, WENDY, SampleUniversity
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import LoginKey, PartyKey
from uconnect.domain.models import Address
from uconnect.domain.usecases import account_closing, registration
from uconnect.domain.usecases.registration import JOINED_LOGINS, Registration
from uconnect.domain.usecases.sign_out import sign_out

PLAYERS = {Kind.USER: ANN, Kind.SCHOOL: SCHOOL}


@pytest.fixture
def known(university: SampleUniversity) -> SampleUniversity:
    return university.signed_in(ANN, SCHOOL)


def come(site: Kind, email: str, subject: str = "Uni_1", *, joins: bool = True) -> UseCase[str]:
    command = Registration(site=site, issuer="pool", subject=subject, email=email, name="Ann", joins=joins)
    return partial(registration.register, command=command)


@pytest.mark.parametrize("site", PLAYERS)
def test_a_login_of_the_university_with_the_address_of_a_party_is_that_party(
    site: Kind, known: SampleUniversity
) -> None:
    plan = known.plan(come(site, f"{PLAYERS[site]}@x"))
    assert (plan.answer, plan.deliveries, plan.acts) == (PLAYERS[site], (), ())
    again = partial(registration.find_login, site=site, issuer="pool", subject="Uni_1")
    assert known.ask(again) == PLAYERS[site]
    first = partial(registration.find_login, site=site, issuer="issuer", subject=PLAYERS[site])
    assert known.ask(first) == PLAYERS[site], "the first login stays"


def test_any_other_provider_makes_nobody_a_party_that_is_there(known: SampleUniversity) -> None:
    """Its owner may have left the address, which somebody else has now."""
    assert known.refusal(come(Kind.USER, "ann@x", joins=False)) == "address_taken"


@pytest.mark.parametrize("site", [Kind.SCHOOL, Kind.WORKER])
def test_who_comes_to_another_site_is_told_which_is_theirs(site: Kind, known: SampleUniversity) -> None:
    assert known.refusal(come(site, "ann@x")) == "site_is_user"
    party = known.home.one(PartyKey(ANN))
    assert party is not None
    assert party.joined_logins == ()


def test_a_party_has_no_logins_without_end(known: SampleUniversity) -> None:
    for number in range(JOINED_LOGINS):
        known.run(come(Kind.USER, "ann@x", f"Uni_{number}"))
    assert known.refusal(come(Kind.USER, "ann@x", "Uni_more")) == "address_taken"
    assert known.run(come(Kind.USER, "ann@x", "Uni_0")) == ANN


def test_all_logins_of_an_account_that_ended_are_forgotten(known: SampleUniversity) -> None:
    post = FakeMail()
    known.run(come(Kind.USER, "ann@x"))
    known.run(partial(account_closing.close, by=ANN))
    known.home.time.now += 10_000
    known.run_jobs(post)
    assert post.forgotten == [("issuer", ANN), ("pool", "Uni_1")]
    assert known.home.one(LoginKey("pool", "Uni_1")) is None


def test_signing_out_everywhere_ends_the_sign_ins_of_all_logins(known: SampleUniversity) -> None:
    post = FakeMail()
    known.run(come(Kind.USER, "ann@x"))
    known.run(partial(sign_out, by=ANN, login=LoginKey("pool", "Uni_1")))
    known.run_jobs(post)
    assert sorted(post.signed_out) == [("issuer", ANN), ("pool", "Uni_1")]


def test_a_worker_that_signs_in_at_the_university_is_the_same_worker(university: SampleUniversity) -> None:
    university.home.keep(Address(email="wendy@x", party=WENDY))
    assert university.run(come(Kind.WORKER, "wendy@x")) == WENDY
