"""A decision asks in rounds, is given the facts so far, and ends in a plan or a refusal."""

from collections.abc import Callable

import pytest

from tests.support.stores import fresh
from uconnect.adapters.loaded import Loaded
from uconnect.domain.context import JOBS_WITHIN, Context, Plan, Wanted, drive
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.jobs import PurgeThread, ReturnThreads
from uconnect.domain.keys import Key, PartyKey
from uconnect.domain.models import AnyRecord, Job, RateLimitState, User

ANN, BOB = PartyKey("ann"), PartyKey("bob")
PACE = RateLimitState(party="ann", what="raise", due=1)


def loading(loaded: Loaded, asked: list[Wanted]) -> Callable[[Wanted], None]:
    """A store that holds a user under every key."""

    def load(wanted: Wanted) -> None:
        asked.append(wanted)
        for key in wanted:
            assert isinstance(key, PartyKey)
            loaded.records[key] = User(id=key.id, email="", name=key.id)

    return load


def two_rounds(context: Context) -> Plan[list[str]]:
    first = context.get(ANN)
    context.load(BOB)
    found = (first, context.get(ANN), context.get(BOB))
    return Plan([party.name for party in found if party])


def no_round(context: Context) -> Plan[None]:
    yield from ()
    raise Refused(RefusalCode.NOT_FOUND)


def test_each_round_is_loaded_before_the_next_and_what_was_loaded_stays() -> None:
    loaded, asked = Loaded(), list[Wanted]()
    assert drive(two_rounds(), loaded, loading(loaded, asked)) == Plan(["ann", "ann", "bob"])
    assert asked == [(ANN,), (BOB,)]


def test_what_needs_to_know_nothing_loads_nothing() -> None:
    loaded, asked = Loaded(), list[Wanted]()
    assert isinstance(drive(no_round(), loaded, loading(loaded, asked)), Refusal)
    assert asked == []


def test_to_use_what_was_not_asked_for_is_a_bug() -> None:
    def forgetful(context: Context) -> Plan[None]:
        context.load(ANN)
        context.get(BOB)
        return Plan(None)

    loaded = Loaded()
    with pytest.raises(KeyError):
        drive(forgetful(), loaded, loading(loaded, []))


@pytest.mark.parametrize(
    ("puts", "deletes", "guards", "writes"),
    [((), (), (), False), ((), (), (ANN,), False), ((PACE,), (), (), True), ((), (ANN,), (), True)],
)
def test_a_plan_writes_what_it_puts_or_deletes(
    puts: tuple[AnyRecord, ...], deletes: tuple[Key[AnyRecord], ...], guards: tuple[Key[AnyRecord], ...], writes: bool
) -> None:
    assert Plan(None, puts=puts, deletes=deletes, guards=guards).writes is writes


def test_a_plan_says_when_its_todos_become_due() -> None:
    jobs = (Job(id="t", due=1, task=PurgeThread("thread")), Job(id="u", due=3, task=ReturnThreads("worker")))
    assert Plan(None, puts=(PACE, *jobs)).dues == (1, 3)
    assert Plan(None, puts=(PACE,)).dues == ()


def test_a_job_becomes_due_at_any_moment_of_the_next_seconds_and_at_none_later() -> None:
    drawn = [Context(1_000_000, fresh).soon() - 1_000_000 for _ in range(2_000)]
    assert 0 <= min(drawn) < JOBS_WITHIN / 10
    assert JOBS_WITHIN * 0.9 < max(drawn) < JOBS_WITHIN
    assert abs(sum(drawn) / len(drawn) - JOBS_WITHIN / 2) < JOBS_WITHIN / 10


def test_the_moment_of_a_job_follows_from_the_id_that_is_drawn_so_that_a_world_can_be_replayed() -> None:
    assert Context(7, lambda: "A" * 22, jobs_within=1_000).soon() == 7
    assert Context(7, lambda: "A" * 21 + "Q", jobs_within=1_000).soon() == 8


def test_where_jobs_may_run_at_once_they_are_due_now() -> None:
    assert Context(7, fresh, jobs_within=0).soon() == 7
