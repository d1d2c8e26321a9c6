"""Who joins, leaves or is removed at the same moment is in one state after it, over every store."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.fake_job_dependencies import no_logins
from tests.support.sample_university import ACADEMY, SCHOOL, SampleUniversity, codes, send
from tests.support.stores import Home, fresh, insist, race, together
from uconnect.application.jobs import run
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import account_closing, invitations, profiles, registration, workers

pytestmark = pytest.mark.usefixtures("impatient")
ROUNDS = range(3)
JOINING = registration.Registration(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="New")


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


def invited(university: SampleUniversity, by: str) -> str:
    """The place that new@x is invited to at a school."""
    university.run(partial(workers.invite, by=by, command=Invite(key=fresh(), email="new@x", name="New")))
    return str(university.ask(partial(workers.workers, by=by)).workers[-1].id)


def accept(place: str) -> UseCase[Any]:
    return partial(invitations.accept, who=JOINING, id=place)


def party_of(university: SampleUniversity, email: str) -> str | None:
    address = university.home.one(AddressKey(email))
    return address.party if address else None


@pytest.mark.parametrize("_", ROUNDS)
def test_of_two_schools_invitations_accepted_at_once_one_counts(university: SampleUniversity, _: int) -> None:
    places = [invited(university, by) for by in (SCHOOL, ACADEMY)]
    outcomes = race(university.home, [accept(place) for place in places * 4])
    assert codes(outcomes) == {"not_found"}
    found = [it for place in places if isinstance(it := university.home.one(PartyKey(place)), Worker)]
    assert [it.id for it in found if it.joined] == [party_of(university, "new@x")]
    assert [it.removed for it in found] == [False, False]


@pytest.mark.parametrize("meanwhile", ["withdrawn", "its school closes"])
@pytest.mark.parametrize("_", ROUNDS)
def test_who_accepts_what_ends_at_that_moment_is_no_worker_after_it(
    university: SampleUniversity, meanwhile: str, _: int
) -> None:
    university.signed_in(ACADEMY)
    place = invited(university, ACADEMY)
    ends: dict[str, list[UseCase[Any]]] = {
        "withdrawn": [partial(workers.remove, by=ACADEMY, worker_id=place)],
        "its school closes": [
            partial(account_closing.close, by=ACADEMY),
            partial(account_closing.finish_closing, school=ACADEMY),
        ],
    }
    resend = partial(workers.resend, by=ACADEMY, worker_id=place)
    acts: list[UseCase[Any]] = [accept(place), *ends[meanwhile], accept(place), resend]
    race(university.home, acts)
    if meanwhile == "its school closes":
        university.home.store.run(partial(account_closing.finish_closing, school=ACADEMY))
    worker = university.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    assert worker.removed
    assert party_of(university, "new@x") is None
    assert university.refusal(accept(place)) == "not_found"
    assert university.refusal(partial(profiles.me, by=place)) == "account_ended"


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_that_answers_and_leaves_at_once_does_one_of_them(university: SampleUniversity, _: int) -> None:
    place = invited(university, SCHOOL)
    university.run(accept(place))
    case = university.raised()
    id = case.offload(place)
    answering = partial(run, university.home.store, send(place, id), no_logins)
    leaving = partial(insist, university.home, partial(account_closing.close, by=place))
    both: list[Callable[[], Any]] = [answering, leaving]
    answered, left = together(both)
    assert isinstance(answered, Plan) != isinstance(left, Plan)
    assert len(case.log()) == (2 if isinstance(answered, Plan) else 1)
    worker = university.home.one(PartyKey(place))
    assert isinstance(worker, Worker)
    assert (worker.answered, worker.removed) == (isinstance(answered, Plan), isinstance(left, Plan))


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_that_leaves_and_is_removed_at_once_is_gone_once(university: SampleUniversity, _: int) -> None:
    place = invited(university, SCHOOL)
    university.run(accept(place))
    leave, remove = partial(account_closing.close, by=place), partial(workers.remove, by=SCHOOL, worker_id=place)
    outcomes = race(university.home, [leave, remove, leave, remove])
    assert codes(outcomes) <= {"account_ended"}
    assert [job.task for job in university.home.jobs()].count(ReturnThreads(place)) == 1
