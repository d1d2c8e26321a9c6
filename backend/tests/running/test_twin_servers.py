"""Promises 9 and 10 over whole servers: every byte that leaves by HTTP, by socket and by mail is the same."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.kit import sizes
from tests.kit.evidence import Evidence
from tests.leaks.scripts import Scripts, raisers_script, workers_script
from tests.leaks.stories import raisers_story, workers_story
from tests.running.play import Servers, must_be_blind
from uconnect.core.terms import Kind

LEAST = 4  # frames a blind party must have heard, or there was nothing to tell
IN_A_STORY = 60
SHARE = 0.4  # of the seconds of a proof
USUAL = {f"frame {what}" for what in ("hello", "ack", "event", "typing", "seen", "read")}
ALWAYS = USUAL | {"200", "303", "404", "socket 101", "letter HELO"}

unhurried = pytest.mark.timeout(0 if sizes.FULL else 120)


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
def test_whoever_raised_a_thread_cannot_tell_who_answers(shard: int, servers: Servers, evidence: Evidence) -> None:
    pairs, _ = told_nothing(raisers_script, servers, shard)
    evidence(9, "pairs of running servers", pairs)


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
def test_a_worker_cannot_tell_who_asks(shard: int, servers: Servers, evidence: Evidence) -> None:
    pairs, _ = told_nothing(workers_script, servers, shard)
    evidence(10, "pairs of running servers", pairs)


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_the_raisers_story_is_told_as_one(kind: Kind, servers: Servers) -> None:
    heard = must_be_blind(raisers_story(kind), servers, IN_A_STORY)
    assert heard.keys() >= ALWAYS | {"frame meter", "frame bye", "closed 1000"}
    assert heard["letter HELO"] == 2  # its code, and that its account is closed


def test_the_workers_story_is_told_as_one(servers: Servers) -> None:
    heard = must_be_blind(workers_story(), servers, IN_A_STORY)
    assert heard.keys() >= ALWAYS | {"frame row", "frame gone", "frame noted", "403", "socket 401"}


def told_nothing(scripts: Scripts[Any], servers: Servers, shard: int) -> tuple[int, Counter[str]]:
    """How many pairs were compared, and what was heard in them. What fails is told with its seed."""
    heard: Counter[str] = Counter()
    pairs, first = 0, Random().getrandbits(48)
    for many in sizes.batches(sizes.shard(sizes.RUNNING, shard), SHARE, at_once=5):
        for seed in range(first + pairs, first + pairs + many):
            try:
                heard.update(must_be_blind(scripts(Random(seed)), servers, LEAST))
            except Exception as error:
                error.add_note(f"{scripts.__name__}(Random({seed})) over running servers")
                raise
        pairs += many
    return pairs, heard
