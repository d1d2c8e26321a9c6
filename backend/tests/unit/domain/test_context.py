"""A context loads records in rounds, each once; a use case ends in a plan or a refusal."""

import pytest

from tests.support.stores import fresh
from uconnect.domain.context import JOBS_WITHIN, Context, Plan, Wanted, decide
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.jobs import PurgeThread, ReturnThreads
from uconnect.domain.keys import Key, PartyKey, SchoolsOf
from uconnect.domain.models import Job, RateLimitState, Record, User

ANN, BOB, CAM = PartyKey("ann"), PartyKey("bob"), PartyKey("cam")
RATE_LIMIT_STATE = RateLimitState(party="ann", what="raise", due=1)


class Users:
    """A store that holds a user under every key, and the rounds in which it is asked."""

    def __init__(self) -> None:
        self.loaded: list[Wanted] = []
        self.context = Context(7, fresh, fetch=self._fetch)

    def _fetch(self, context: Context, wanted: Wanted) -> None:
        self.loaded.append(wanted)
        for key in wanted:
            if isinstance(key, PartyKey):
                context.records[key] = User(id=key.id, email="", name=key.id)
            elif isinstance(key, SchoolsOf):
                context.listings[key] = ()


def names(context: Context, *keys: PartyKey) -> list[str]:
    return [party.name for party in map(context.get, keys) if party]


def test_keys_loaded_together_are_one_round_and_what_was_loaded_stays() -> None:
    users = Users()
    users.context.load(ANN, BOB)
    users.context.load(BOB, ANN)
    assert names(users.context, ANN, BOB, ANN) == ["ann", "bob", "ann"]
    assert users.loaded == [(ANN, BOB)]


def test_a_key_that_is_not_loaded_yet_is_a_round_of_its_own() -> None:
    users = Users()
    users.context.load(ANN)
    assert names(users.context, ANN, BOB) == ["ann", "bob"]
    users.context.load(ANN, CAM, BOB)
    assert users.loaded == [(ANN,), (BOB,), (CAM,)]


def test_a_listing_is_loaded_once() -> None:
    users, listing = Users(), SchoolsOf(None, 1)
    assert [users.context.list(listing) for _ in range(2)] == [(), ()]
    users.context.load(listing)
    assert users.loaded == [(listing,)]


def test_a_use_case_that_needs_nothing_loads_nothing_and_its_refusal_becomes_a_value() -> None:
    def refusing(context: Context) -> Plan[None]:
        raise Refused(RefusalCode.NOT_FOUND)

    users = Users()
    assert decide(refusing, users.context) == RefusalCode.NOT_FOUND.refusal
    assert users.loaded == []


def test_a_refusal_may_carry_a_sentence_of_its_own() -> None:
    refusal = Refusal("still_asked", "Three are open.")

    def refusing(context: Context) -> Plan[None]:
        raise Refused(refusal)

    assert decide(refusing, Users().context) is refusal


def test_a_context_without_a_store_says_so() -> None:
    with pytest.raises(LookupError, match="no store"):
        Context(7, fresh).get(ANN)


@pytest.mark.parametrize(
    ("puts", "deletes", "guards", "writes"),
    [((), (), (), False), ((), (), (ANN,), False), ((RATE_LIMIT_STATE,), (), (), True), ((), (ANN,), (), True)],
)
def test_a_plan_writes_what_it_puts_or_deletes(
    puts: tuple[Record, ...], deletes: tuple[Key[Record], ...], guards: tuple[Key[Record], ...], writes: bool
) -> None:
    assert Plan(None, puts=puts, deletes=deletes, guards=guards).writes is writes


def test_a_plan_says_which_jobs_it_writes() -> None:
    jobs = (Job(id="t", due=1, task=PurgeThread("thread")), Job(id="u", due=3, task=ReturnThreads("worker")))
    assert Plan(None, puts=(RATE_LIMIT_STATE, *jobs)).jobs == tuple((it.id, it.due) for it in jobs)
    assert Plan(None, puts=(RATE_LIMIT_STATE,)).jobs == ()


def test_a_job_becomes_due_at_any_moment_of_the_next_seconds_never_at_once_and_at_none_later() -> None:
    drawn = [Context(1_000_000, fresh).soon() - 1_000_000 for _ in range(2_000)]
    assert 1 <= min(drawn) < JOBS_WITHIN / 10
    assert JOBS_WITHIN * 0.9 < max(drawn) <= JOBS_WITHIN
    assert abs(sum(drawn) / len(drawn) - JOBS_WITHIN / 2) < JOBS_WITHIN / 10


def test_the_moment_of_a_job_follows_from_the_id_that_is_drawn_so_that_a_world_can_be_replayed() -> None:
    assert Context(7, lambda: "A" * 22, jobs_within=1_000).soon() == 8
    assert Context(7, lambda: "A" * 21 + "Q", jobs_within=1_000).soon() == 9


def test_where_jobs_may_run_at_once_they_are_due_now() -> None:
    assert Context(7, fresh, jobs_within=0).soon() == 7
