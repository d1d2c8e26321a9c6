"""Promises 1 and 3: what was acknowledged is kept, once, whenever the process dies; and the test can tell."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.resilience.busy_writers import Writer, gather, let_in, open_store, running, write
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import poll_async
from tests.support.stores import answer, finding
from uconnect.domain.keys import ThreadReferenceKey

WRITERS = 8
ENOUGH = 100  # acks: with fewer, hardly anything would be proven

# A planted fault: whoever waits for a commit is answered before it.
ANSWERED_TOO_SOON = """
import time
from uconnect.adapters.sqlite.engine import Database
from uconnect.adapters.sqlite.lanes import Lent
commit, end = Lent.commit, Database._end_lent
def too_soon(self, done):
    done(None)
    commit(self, lambda error: None)
def late(self):
    time.sleep(0.005)
    return end(self)
Lent.commit, Database._end_lent = too_soon, late
"""


def acks(writers: list[Writer]) -> int:
    return sum(len(it.acked) for it in writers)


def killed(data: Path, writers: list[Writer], seed: random.Random, prelude: str = "") -> None:
    """One life of a server: it is killed at a random instant while all write, once enough was acknowledged."""
    before = acks(writers)
    with open_store(data) as store:
        passes = let_in(store, writers)

    async def live() -> None:
        with running(data, prelude) as (host, process):
            writing = asyncio.create_task(write(host, writers, passes))
            await poll_async(lambda: acks(writers) > before + ENOUGH, what="they have written enough")
            await asyncio.sleep(seed.uniform(*sizes.LIVES))
            process.kill()
            await writing

    asyncio.run(live())


def missing(data: Path, writers: list[Writer]) -> list[str]:
    """What was acknowledged and is not there as it was: lost, elsewhere, or there twice."""
    with open_store(data) as store:
        threads = [answer(store.ask(finding(ThreadReferenceKey(it.party, it.thread)))) for it in writers]
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as connection:
        rows = connection.execute("SELECT thread, seq, author, key FROM entry ORDER BY thread, seq").fetchall()
    kept = {(thread, key): seq for thread, seq, _, key in rows}
    twice = [str(key) for key, many in Counter((thread, key) for thread, _, _, key in rows).items() if many > 1]
    faults = [*twice]
    for writer, handle in zip(writers, threads, strict=True):
        assert handle is not None
        seqs = [seq for thread, seq, _, _ in rows if thread == handle.thread]
        assert seqs == list(range(1, len(seqs) + 1)), "a log has a gap"
        faults += [key for key, seq in writer.acked.items() if kept.get((handle.thread, key)) != seq]
    return faults


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_what_was_acknowledged_is_kept_once_whenever_the_process_dies(tmp_path: Path, evidence: Evidence) -> None:
    seed, writers = random.Random(1), gather(tmp_path, WRITERS)
    kills = 0
    for _ in sizes.batches(sizes.KILLS, at_once=1):
        killed(tmp_path, writers, seed)
        assert missing(tmp_path, writers) == []
        kills += 1
    assert acks(writers) > ENOUGH * kills, "hardly anything was written: nothing is proven"
    evidence(1, f"acks looked up after {kills} kills", acks(writers))
    evidence(3, "sends whose answer was lost, said again in other words", sum(writer.again for writer in writers))


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.planted(1)
def test_an_answer_before_the_commit_is_noticed(tmp_path: Path) -> None:
    seed, writers = random.Random(2), gather(tmp_path, WRITERS)
    for _ in range(20):
        killed(tmp_path, writers, seed, ANSWERED_TOO_SOON)
        if missing(tmp_path, writers):
            return
    pytest.fail("a server that answers before its commit was killed 20 times, and nothing was missed")
