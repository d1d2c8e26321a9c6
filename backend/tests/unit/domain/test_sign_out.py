"""Signing out everywhere ends the sign-ins at the identity provider first, and closes the sockets after that."""

from functools import partial

import pytest

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import ANN, BOB, SCHOOL, WENDY, SampleUniversity
from uconnect.domain import protocol, rate_limit
from uconnect.domain.context import Delivery, UseCase
from uconnect.domain.keys import LoginKey
from uconnect.domain.usecases import job_steps, tickets
from uconnect.domain.usecases.sign_out import sign_out
from uconnect.domain.views.pages import Done

CLOSED = protocol.Bye(code="rotate")


def everywhere(by: str = ANN) -> UseCase[Done]:
    return partial(sign_out, by=by, login=LoginKey("issuer", by))


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_the_sockets_of_the_caller_are_closed_and_nobody_elses(university: SampleUniversity, by: str) -> None:
    post = FakeMail()
    assert university.plan(everywhere(by)).deliveries == (), "the provider must know first"
    assert university.run_jobs(post) == [Delivery(by, CLOSED)]
    assert post.signed_out == [("issuer", by)]


def test_a_socket_that_a_ticket_from_before_has_opened_is_closed_too(university: SampleUniversity) -> None:
    university.run(everywhere())
    university.run_jobs()
    university.home.time.now += (tickets.SECONDS + tickets.HELLO_WITHIN) * 1000 - 1
    assert university.run_jobs() == []
    university.home.time.now += 1
    assert university.run_jobs() == [Delivery(ANN, CLOSED)]


def test_no_socket_is_closed_while_the_provider_cannot_be_told(university: SampleUniversity) -> None:
    class Down(FakeMail):
        def end_sign_ins(self, issuer: str, subject: str) -> None:
            raise ConnectionError

    university.run(everywhere())
    with pytest.raises(ConnectionError):
        university.run_jobs(Down())
    university.home.time.now += job_steps.LEASE
    post = FakeMail()
    assert university.run_jobs(post) == [Delivery(ANN, CLOSED)]
    assert post.signed_out == [("issuer", ANN)]


def test_who_asks_without_end_is_slowed_and_slows_nobody_else(university: SampleUniversity) -> None:
    for _ in range(rate_limit.SIGN_OUT.burst):
        university.run(everywhere())
    assert university.refusal(everywhere()) == "too_fast"
    assert university.run(everywhere(BOB)) == Done()


def test_nobody_is_signed_out_but_a_party(university: SampleUniversity) -> None:
    assert university.refusal(everywhere("nobody")) == "account_ended"
