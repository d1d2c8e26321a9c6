"""Promise 6: never a sixth, never a post after the end, however many begin at the same moment."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.resilience.clocked_store import home
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.sample_university import (
    ANN,
    SCHOOL,
    WENDY,
    SampleUniversity,
    answers_of,
    codes,
    on_thread,
    raise_,
    send,
    user_in,
)
from tests.support.stores import fresh, race
from uconnect.domain import rules
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import School, Terminated, User
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import threads, workers

A_DAY = 86_400_000  # ms between two races: nobody's pace is used up
Race = Callable[[SampleUniversity, Random], None]


@pytest.fixture
def parties(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SampleUniversity]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns so often that what can come between does
    with home(request.param, tmp_path) as made:
        yield SampleUniversity(made).create()
    sys.setswitchinterval(before)


def the_fifth_thread(parties: SampleUniversity, chance: Random) -> None:
    user = fresh()
    parties.home.keep(User(id=user, email=f"{user}@x", name="Somebody"))
    for _ in range(4):
        parties.raised(user)
    outcomes = race(parties.home, [raise_(user) for _ in range(chance.randint(2, 8))])
    assert len(answers_of(outcomes)) == 1
    assert codes(outcomes) == {"five_threads"}
    assert len(user_in(parties.home, user).open) == 5


def the_fifth_worker(parties: SampleUniversity, chance: Random) -> None:
    school, others = fresh(), tuple(fresh() for _ in range(4))
    parties.home.keep(School(id=school, email=f"{school}@x", name="Some school", workers=others))
    invitations = [Invite(key=fresh(), email=f"{fresh()}@x".lower(), name="New") for _ in range(chance.randint(2, 8))]
    outcomes = race(parties.home, [partial(workers.invite, by=school, command=it) for it in invitations])
    assert len(answers_of(outcomes)) == 1
    found = parties.home.one(PartyKey(school))
    assert isinstance(found, School)
    assert len(found.workers) == 5


def an_end_against_sends(parties: SampleUniversity, chance: Random) -> None:
    case = parties.raised()
    worker = case.offload()
    hands = [(ANN, case.raiser_id), (SCHOOL, case.id(SCHOOL)), (WENDY, worker)]
    sends = [send(*chance.choice(hands)) for _ in range(chance.randint(1, 6))]
    ends = [on_thread(threads.terminate, ANN, case.raiser_id) for _ in range(chance.randint(1, 2))]
    race(parties.home, chance.sample([*sends, *ends], len(sends) + len(ends)))
    log = case.log()
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert [isinstance(entry, Terminated) for entry in log] == [False] * (len(log) - 1) + [True]
    parties.run(on_thread(threads.delete, ANN, case.raiser_id))


RACES: list[Race] = [the_fifth_thread, the_fifth_worker, an_end_against_sends]


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.parametrize("racing", RACES)
@pytest.mark.parametrize("parties", ["memory", "sqlite"], indirect=True)
def test_however_close_the_rule_holds(
    parties: SampleUniversity, racing: Race, evidence: Evidence, request: pytest.FixtureRequest
) -> None:
    chance, run = Random(6), 0
    for many in sizes.batches(sizes.RACES, 0.3, 10):
        for _ in range(many):
            parties.home.time.now += A_DAY
            racing(parties, chance)
        run += many
    evidence(6, f"races for {racing.__name__.replace('_', ' ')}, over {request.node.callspec.params['parties']}", run)


@pytest.mark.planted(6)
@pytest.mark.parametrize(
    ("rule", "racing"), [("may_open_another", the_fifth_thread), ("may_invite_another", the_fifth_worker)]
)
@pytest.mark.parametrize("parties", ["memory"], indirect=True)
def test_a_place_that_is_checked_and_then_taken_is_noticed(
    parties: SampleUniversity, rule: str, racing: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check, then write: the rule says yes, whatever was written since it was asked."""
    monkeypatch.setattr(rules, rule, lambda _: True)
    with pytest.raises(AssertionError):
        racing(parties, Random(6))
