"""Promise 6: never a sixth, never a post after the end, however many begin at the same moment."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.faults.homes import home
from tests.kit import sizes
from tests.kit.cast import ANN, SCHOOL, WENDY, Cast, calling, codes, kept, raise_, send, user_in
from tests.kit.evidence import Evidence
from tests.kit.homes import fresh, race
from uconnect.core import rules
from uconnect.core.commands import Invite
from uconnect.core.decide import threads, workers
from uconnect.core.keys import PartyKey
from uconnect.core.model import School, Terminated, User

A_DAY = 86_400_000  # ms between two races: nobody's pace is used up
Race = Callable[[Cast, Random], None]


@pytest.fixture
def cast(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cast]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns so often that what can come between does
    with home(request.param, tmp_path) as made:
        yield Cast(made).enter()
    sys.setswitchinterval(before)


def the_fifth_thread(cast: Cast, chance: Random) -> None:
    user = fresh()
    cast.home.keep(User(id=user, email=f"{user}@x", name="Somebody"))
    for _ in range(4):
        cast.raised(user)
    outcomes = race(cast.home, [raise_(user) for _ in range(chance.randint(2, 8))])
    assert len(kept(outcomes)) == 1
    assert codes(outcomes) == {"five_threads"}
    assert len(user_in(cast.home, user).open) == 5


def the_fifth_worker(cast: Cast, chance: Random) -> None:
    school, others = fresh(), tuple(fresh() for _ in range(4))
    cast.home.keep(School(id=school, email=f"{school}@x", name="Some school", workers=others))
    invitations = [Invite(key=fresh(), email=f"{fresh()}@x".lower(), name="New") for _ in range(chance.randint(2, 8))]
    outcomes = race(cast.home, [partial(workers.invite, by=school, command=it) for it in invitations])
    assert len(kept(outcomes)) == 1
    found = cast.home.one(PartyKey(school))
    assert isinstance(found, School)
    assert len(found.workers) == 5


def an_end_against_sends(cast: Cast, chance: Random) -> None:
    case = cast.raised()
    worker = case.offload()
    hands = [(ANN, case.raiser_id), (SCHOOL, case.id(SCHOOL)), (WENDY, worker)]
    sends = [send(*chance.choice(hands)) for _ in range(chance.randint(1, 6))]
    ends = [calling(threads.terminate, ANN, case.raiser_id) for _ in range(chance.randint(1, 2))]
    race(cast.home, chance.sample([*sends, *ends], len(sends) + len(ends)))
    log = case.log()
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert [isinstance(entry, Terminated) for entry in log] == [False] * (len(log) - 1) + [True]
    cast.run(calling(threads.delete, ANN, case.raiser_id))


RACES: list[Race] = [the_fifth_thread, the_fifth_worker, an_end_against_sends]


@pytest.mark.timeout(0 if sizes.FULL else 120)
@pytest.mark.parametrize("racing", RACES)
@pytest.mark.parametrize("cast", ["memory", "sqlite"], indirect=True)
def test_however_close_the_rule_holds(
    cast: Cast, racing: Race, evidence: Evidence, request: pytest.FixtureRequest
) -> None:
    chance, run = Random(6), 0
    for many in sizes.batches(sizes.RACES, 0.3, 10):
        for _ in range(many):
            cast.home.time.now += A_DAY
            racing(cast, chance)
        run += many
    evidence(6, f"races for {racing.__name__.replace('_', ' ')}, over {request.node.callspec.params['cast']}", run)


@pytest.mark.planted(6)
@pytest.mark.parametrize(
    ("rule", "racing"), [("may_open_another", the_fifth_thread), ("may_invite_another", the_fifth_worker)]
)
@pytest.mark.parametrize("cast", ["memory"], indirect=True)
def test_a_place_that_is_checked_and_then_taken_is_noticed(
    cast: Cast, rule: str, racing: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check, then write: the rule says yes, whatever was written since it was asked."""
    monkeypatch.setattr(rules, rule, lambda _: True)
    with pytest.raises(AssertionError):
        racing(cast, Random(6))
