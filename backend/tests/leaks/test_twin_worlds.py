"""Promises 9 and 10: whoever is blind is sent the same bytes, whatever is secretly so."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.kit import sizes
from tests.kit.evidence import Evidence
from tests.leaks.planted_for_raisers import LEAKS as FOR_RAISERS
from tests.leaks.planted_for_workers import LEAKS as FOR_WORKERS
from tests.leaks.planting import Leak, Patch
from tests.leaks.scripts import raisers_scripts, workers_scripts
from tests.leaks.stage import Script, Told, compare, must_be_blind, play

LEAST = 4  # frames a blind party must have heard, or there was nothing to tell
USUAL = {f"frame {what}" for what in ("ack", "event", "typing", "seen", "read")} | {"200", "404 not_found"}
STORES = ["memory", "sqlite", "dynamodb"]
SHARE = {"memory": 0.3, "sqlite": 0.1, "dynamodb": 0.1}  # of the seconds of a proof

unhurried = pytest.mark.timeout(0 if sizes.FULL else 120)


def play_all(scripts: st.SearchStrategy[Any], try_: Callable[[Script], None], most: int, *phases: Phase) -> None:
    """Try scripts that chance gives."""
    given(scripts)(
        settings(
            max_examples=most,
            phases=phases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )(try_)
    )()


def heard_in(scripts: st.SearchStrategy[Any], store: str) -> tuple[Counter[str], int]:
    """What the blind heard in all the worlds that were compared, and how many pairs they were."""
    heard: Counter[str] = Counter()
    pairs = 0
    phases = [Phase.generate] + [Phase.shrink] * (store == "memory")
    for many in sizes.batches(sizes.PAIRS[store], SHARE[store], sizes.AT_ONCE[store]):
        play_all(scripts, lambda script: heard.update(must_be_blind(script, LEAST, store)), many, *phases)
        pairs += many
    return heard, pairs


@unhurried
@pytest.mark.parametrize("store", STORES)
def test_whoever_raised_a_thread_cannot_tell_who_answers(store: str, evidence: Evidence) -> None:
    heard, pairs = heard_in(raisers_scripts(), store)
    assert store != "memory" or heard.keys() >= USUAL | {"frame meter"}
    evidence(9, f"pairs of worlds over {store}", pairs)


@unhurried
@pytest.mark.parametrize("store", STORES)
def test_a_worker_cannot_tell_who_asks(store: str, evidence: Evidence) -> None:
    heard, pairs = heard_in(workers_scripts(), store)
    assert store != "memory" or heard.keys() >= USUAL | {"frame row", "frame gone"}
    evidence(10, f"pairs of worlds over {store}", pairs)


LEAKS = [(leak, raisers_scripts()) for leak in FOR_RAISERS] + [(leak, workers_scripts()) for leak in FOR_WORKERS]


@unhurried
@pytest.mark.parametrize(
    ("leak", "scripts"), LEAKS if sizes.FULL else LEAKS[::12], ids=lambda it: str(it) if isinstance(it, Leak) else ""
)
def test_chance_finds_a_planted_leak_too(leak: Leak, scripts: Any, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Told):
        play_all(scripts, lambda script: compare(play(script)), 2_000, Phase.generate)
