"""A decision asks in rounds, is given the facts so far, and ends in a plan or a refusal."""

from collections.abc import Callable

import pytest

from uconnect.core.facts import Decision, Plan, Wanted, decide
from uconnect.core.keys import Key, PartyKey
from uconnect.core.model import AnyRecord, Pace, Todo, User
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.tasks import Erase, Return
from uconnect.stores.loaded import Loaded

ANN, BOB = PartyKey("ann"), PartyKey("bob")
PACE = Pace(party="ann", what="raise", due=1)


def loading(loaded: Loaded, asked: list[Wanted]) -> Callable[[Wanted], None]:
    """A store that holds a user under every key."""

    def load(wanted: Wanted) -> None:
        asked.append(wanted)
        for key in wanted:
            assert isinstance(key, PartyKey)
            loaded.records[key] = User(id=key.id, email="", name=key.id)

    return load


def two_rounds() -> Decision[list[str]]:
    facts = yield (ANN,)
    first = facts.one(ANN)
    facts = yield (BOB,)
    found = (first, facts.one(ANN), facts.one(BOB))
    return Plan([party.name for party in found if party])


def no_round() -> Decision[None]:
    yield from ()
    return Refused.NOT_FOUND.refusal


def test_each_round_is_loaded_before_the_next_and_what_was_loaded_stays() -> None:
    loaded, asked = Loaded(), list[Wanted]()
    assert decide(two_rounds(), loaded, loading(loaded, asked)) == Plan(["ann", "ann", "bob"])
    assert asked == [(ANN,), (BOB,)]


def test_what_needs_to_know_nothing_loads_nothing() -> None:
    loaded, asked = Loaded(), list[Wanted]()
    assert isinstance(decide(no_round(), loaded, loading(loaded, asked)), Refusal)
    assert asked == []


def test_to_use_what_was_not_asked_for_is_a_bug() -> None:
    def forgetful() -> Decision[None]:
        facts = yield (ANN,)
        facts.one(BOB)
        return Plan(None)

    loaded = Loaded()
    with pytest.raises(KeyError):
        decide(forgetful(), loaded, loading(loaded, []))


@pytest.mark.parametrize(
    ("puts", "deletes", "guards", "writes"),
    [((), (), (), False), ((), (), (ANN,), False), ((PACE,), (), (), True), ((), (ANN,), (), True)],
)
def test_a_plan_writes_what_it_puts_or_deletes(
    puts: tuple[AnyRecord, ...], deletes: tuple[Key[AnyRecord], ...], guards: tuple[Key[AnyRecord], ...], writes: bool
) -> None:
    assert Plan(None, puts=puts, deletes=deletes, guards=guards).writes is writes


@pytest.mark.parametrize("task", [Erase("thread"), Return("worker")])
def test_a_plan_leaves_work_if_it_puts_a_todo(task: Erase | Return) -> None:
    assert Plan(None, puts=(PACE, Todo(id="t", due=1, task=task))).leaves_work
    assert not Plan(None, puts=(PACE,)).leaves_work
    assert not Plan(None).leaves_work
