"""Promises 9 and 10: whoever is blind is sent the same bytes, whatever is secretly so."""

from collections import Counter
from functools import partial
from itertools import count, islice
from random import Random
from typing import Any

import pytest

from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.planted_for_raisers import LEAKS as FOR_RAISERS
from tests.privacy.worlds.planted_for_workers import LEAKS as FOR_WORKERS
from tests.privacy.worlds.random_scripts import Scripts, raisers_script, smallest, workers_script
from tests.privacy.worlds.twin_worlds import Observed, Script, compare, must_be_blind, play
from tests.support import sizes
from tests.support.evidence import Evidence

WORLDS = 3  # that a script is played in; each but the first makes a pair with the first
LEAST = 4  # frames a blind party must have heard, or there was nothing to tell
USUAL = {f"frame {what}" for what in ("ack", "event", "typing", "seen", "read")} | {"200", "404 not_found"}
STORES = ["memory", "sqlite", "dynamodb"]
SHARE = {"memory": 0.36, "sqlite": 0.07, "dynamodb": 0.04}  # of the seconds of a proof

unhurried = pytest.mark.timeout(0 if sizes.FULL else 600)


def heard_in(scripts: Scripts[Any], store: str, shard: int) -> tuple[Counter[str], int]:
    """What the blind heard in all the worlds that were compared, and how many pairs they were."""
    heard: Counter[str] = Counter()
    pairs, seeds = 0, count(Random().getrandbits(48))
    for many in sizes.batches(sizes.shard(sizes.PAIRS[store], shard), SHARE[store], sizes.AT_ONCE[store]):
        played = many // (WORLDS - 1)
        for seed in islice(seeds, played):
            heard.update(told_nothing(scripts, seed, store))
        pairs += played * (WORLDS - 1)
    return heard, pairs


def told_nothing(scripts: Scripts[Any], seed: int, store: str) -> Counter[str]:
    """What the blind heard in one pair of worlds. What fails is told with its seed, and with the least that fails."""
    script = scripts(Random(seed), WORLDS)
    try:
        return must_be_blind(script, LEAST, store)
    except Exception as error:
        error.add_note(f"{scripts.__name__}(Random({seed}), {WORLDS}) over {store}")
        if isinstance(error, Observed):
            error.add_note(f"and so does {smallest(script, partial(tells, store=store))}")
        raise


def tells(script: Script, store: str = "memory") -> bool:
    try:
        compare(play(script, store))
    except Observed:
        return True
    return False


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
@pytest.mark.parametrize("store", STORES)
def test_whoever_raised_a_thread_cannot_tell_who_answers(store: str, shard: int, evidence: Evidence) -> None:
    heard, pairs = heard_in(raisers_script, store, shard)
    assert store != "memory" or heard.keys() >= USUAL | {"frame meter"}
    evidence(9, f"pairs of worlds over {store}, {WORLDS - 1} of a script", pairs)


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
@pytest.mark.parametrize("store", STORES)
def test_a_worker_cannot_tell_who_asks(store: str, shard: int, evidence: Evidence) -> None:
    heard, pairs = heard_in(workers_script, store, shard)
    assert store != "memory" or heard.keys() >= USUAL | {"frame row", "frame gone"}
    evidence(10, f"pairs of worlds over {store}, {WORLDS - 1} of a script", pairs)


LEAKS = [(leak, raisers_script) for leak in FOR_RAISERS] + [(leak, workers_script) for leak in FOR_WORKERS]


@unhurried
@pytest.mark.parametrize(
    ("leak", "scripts"), LEAKS if sizes.FULL else LEAKS[::12], ids=lambda it: str(it) if isinstance(it, Leak) else ""
)
def test_chance_finds_a_planted_leak_too(leak: Leak, scripts: Scripts[Any], monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    assert any(tells(scripts(Random(seed))) for seed in range(2_000))


def test_what_fails_is_told_with_the_steps_it_needs_and_no_others(monkeypatch: Patch) -> None:
    FOR_WORKERS[0].plant(monkeypatch)
    seed = next(seed for seed in range(2_000) if tells(workers_script(Random(seed))))
    with pytest.raises(Observed) as told:
        told_nothing(workers_script, seed, "memory")
    found, least = told.value.__notes__
    assert f"Random({seed})" in found
    assert least.count("'") < 10, least  # the names of its steps
