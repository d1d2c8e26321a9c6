"""Promise 3: a send that is repeated, late, out of order or in other words is stored once, at one place."""

import random
from pathlib import Path

import pytest

from tests.resilience.clocked_store import home
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.memory_store import MemoryStore
from tests.support.sample_university import ANN, Case, SampleUniversity, send
from tests.support.stores import fresh
from uconnect.domain.models import Message

REPEATED = 0.3  # of the sends
A_THREAD, A_HOME = 500, 10_000  # messages, and then another thread, another home


def talk(parties: SampleUniversity, chance: random.Random, many: int) -> int:
    """Send many in one thread, with repetitions of any that went before; how many of them were repetitions."""
    case, places = parties.raised(), dict[str, int]()
    repeated = 0
    for _ in range(many):
        again = places and chance.random() < REPEATED
        key = chance.choice([*places]) if again else fresh()
        ack = parties.run(send(ANN, case.raiser_id, text=f"Said as {fresh()}", key=key))
        assert places.setdefault(key, ack.entry.seq) == ack.entry.seq
        repeated += bool(again)
    _holds_once(case, places)
    case.terminate()
    assert parties.run(send(ANN, case.raiser_id, key=next(iter(places)))).entry.seq == 2
    return repeated


def split(many: int) -> list[int]:
    """So many as threads, of which only the last is shorter."""
    return [min(A_THREAD, many - begun) for begun in range(0, many, A_THREAD)]


def _holds_once(case: Case, places: dict[str, int]) -> None:
    log = [entry for entry in case.log() if isinstance(entry, Message)]
    assert [entry.seq for entry in log] == list(range(1, len(places) + 2))
    assert {entry.key: entry.seq for entry in log[1:]} == places


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_send_repeated_is_stored_once(store: str, tmp_path: Path, evidence: Evidence) -> None:
    chance, sent, repeated = random.Random(3), 0, 0
    for number, many in enumerate(sizes.batches(sizes.SENDS, 0.8, A_HOME)):
        with home(store, tmp_path / str(number)) as kept:
            parties = SampleUniversity(kept).create()
            for each in split(many):
                repeated += talk(parties, chance, each)
        sent += many
    assert repeated > sent * REPEATED / 2
    evidence(3, f"sends over {store}, {repeated} of them repetitions", sent)


@pytest.mark.planted(3)
def test_a_key_that_is_not_looked_up_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryStore, "_find", lambda store, key: store._records.get(key))
    with home("memory", tmp_path) as kept, pytest.raises(AssertionError):
        talk(SampleUniversity(kept).create(), random.Random(3), A_THREAD)
