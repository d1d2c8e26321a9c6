"""Promises 9 and 10 over whole servers: every byte that leaves by HTTP, by socket and by mail is the same.

And promise 18: nothing of it stands in what the servers print, nor anything of others in what the blind party is sent.
"""

from random import Random
from typing import Any

import pytest

from tests.privacy.servers.log_capture import Journal
from tests.privacy.servers.server_scripts import with_server
from tests.privacy.servers.twin_servers import Servers, Tried, must_be_blind
from tests.privacy.worlds.random_scripts import Scripts, raisers_script, workers_script
from tests.support import sizes
from tests.support.evidence import Evidence

LEAST = 4  # frames a blind party must have heard, or there was nothing to tell
SHARE = 0.4  # of the seconds of a proof
ALWAYS = {"frame hello", "200", "303", "socket 101", "letter HELO"}
USUAL = {f"frame {what}" for what in ("ack", "event", "typing", "seen", "read", "bye")} | {"closed 1000", "404", "503"}

unhurried = pytest.mark.timeout(0 if sizes.FULL else 600)


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
def test_whoever_raised_a_thread_cannot_tell_who_answers(
    shard: int, servers: Servers, journal: Journal, evidence: Evidence
) -> None:
    tried = told_nothing(raisers_script, servers, journal, shard)
    assert tried.heard.keys() >= (ALWAYS | USUAL | {"frame meter"} if sizes.FULL else ALWAYS)
    evidence(9, "pairs of running servers", tried.pairs)
    evidence(18, "bytes sent or logged were searched", tried.searched)


@unhurried
@pytest.mark.parametrize("shard", sizes.SHARDS)
def test_a_worker_cannot_tell_who_asks(shard: int, servers: Servers, journal: Journal, evidence: Evidence) -> None:
    tried = told_nothing(workers_script, servers, journal, shard)
    assert tried.heard.keys() >= (ALWAYS | USUAL | {"frame row", "frame gone"} if sizes.FULL else ALWAYS)
    evidence(10, "pairs of running servers", tried.pairs)
    evidence(18, "bytes sent or logged were searched", tried.searched)


def told_nothing(scripts: Scripts[Any], servers: Servers, journal: Journal, shard: int) -> Tried:
    """What was tried; what fails is told with its seed."""
    tried, first = Tried(), Random().getrandbits(48)
    for many in sizes.batches(sizes.shard(sizes.RUNNING, shard), SHARE, at_once=5):
        for seed in range(first + tried.pairs, first + tried.pairs + many):
            try:
                tried += must_be_blind(with_server(scripts, Random(seed)), servers, LEAST, journal)
            except Exception as error:
                error.add_note(f"with_server({scripts.__name__}, Random({seed})) over running servers")
                raise
    return tried
