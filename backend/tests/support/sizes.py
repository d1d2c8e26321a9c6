"""How much is tried, in one place: a little in `make test`, the figures' sizes with PROVE=full."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.support.progress import tell

FULL = os.environ.get("PROVE") == "full"
SECONDS = float(
    os.environ.get("PROVE_SECONDS", "inf")
)  # that a proof may take; when they are up it tells how far it got

HISTORIES = (
    {"memory": 20_000, "sqlite": 5_000, "dynamodb": 200} if FULL else {"memory": 60, "sqlite": 12, "dynamodb": 2}
)
STEPS = 50 if FULL else 40  # of a history
# Of twin worlds, for each of the two that are blind.
PAIRS = {"memory": 100_000, "sqlite": 2_000, "dynamodb": 100} if FULL else {"memory": 150, "sqlite": 10, "dynamodb": 2}
RUNNING = 2_000 if FULL else 2  # the same over running servers, for each of the two
GATEWAY_PAIRS = 100 if FULL else 2  # of those by the deliveries of the AWS home
OFFICE_THREADS = 1_000 if FULL else 60  # that wait for an office in the morning
OFFICE_WORKERS = 5 if FULL else 2
PAGES = 50 if FULL else 1  # pairs of them in browsers, for each of the two
RACES = 10_000 if FULL else 30  # of each kind
SENDS = 1_000_000 if FULL else 2_000  # of which a good part is repeated
VECTORS = 5_000 if FULL else 200
TYPED = 20_000 if FULL else 50  # histories of what people type in one browser
KILLS = 100 if FULL else 3  # of a server under load
DEMOS_KILLED = 10 if FULL else 4  # while they are made
BACKUPS_KILLED = 40 if FULL else 5  # while they are written, and as many while they are restored
STATEMENTS_KILLED = 12  # of an upgrade; each of them with FULL
MOVED = 1_000 if FULL else 12  # threads of a university that moves to AWS and back
MOVED_ONE_OF = 15 if FULL else 12  # of the questions that are asked there: each takes 20 ms
LIVES = (0.3, 1.2) if FULL else (0.3, 0.8)  # seconds a server lives on under load before it is killed
SYNCS = 1_000 if FULL else 50  # acks whose sync is looked for
CUTS = 2_000 if FULL else 20  # of sockets, at random bytes
TIMED = 20_000 if FULL else 150  # frames timed for each of two worlds
TIMED_PAIRS = 5_000 if FULL else 40  # of two acts of a blind party, in each of two worlds
REQUESTS = 800 if FULL else 15  # made up, for each operation, and as many again that are thought out
FRAMES = 1_000_000 if FULL else 3_000  # mutated, at a live socket
CLIENTS = 1_000 if FULL else 40  # that come back at the same moment
WINDOWS = 100 if FULL else 1  # beside each abuser and beside none, in turns
RETURNING = 10_000 if FULL else 60  # sockets that come back after a restart
IDLE_SOCKETS = 9_900 if FULL else 200  # beside those who are timed; a server has room for 10,000
CUT_OFF = 1_000 if FULL else 50  # sockets that come back within a second
THREADS_OF_CLOSING = 5_000 if FULL else 50  # threads of a school that closes
UNUSED = 10_000 if FULL else 500  # tickets and codes
REVOKED = 1_000 if FULL else 7  # sockets held from before
TICKETS = 10_000 if FULL else 50

# Parts of what is tried most, each a test of its own: one for each core, and none waits for another.
SHARDS = [pytest.param(it, marks=pytest.mark.xdist_group(f"core {it}")) for it in range(2)] if FULL else [0]


def shard(most: int, shard: int) -> int:
    """This part's of so many."""
    return most // len(SHARDS) + (shard < most % len(SHARDS))


AT_ONCE = {"memory": 250, "sqlite": 50, "dynamodb": 5}  # between two looks at the clock


def batches(most: int, share: float = 1.0, at_once: int = 250) -> Iterator[int]:
    """Sizes that make `most` together; fewer when this test's share of the proof's seconds is up. At least one."""
    until = time.monotonic() + SECONDS * share
    while most > 0:
        size = min(most, at_once)
        yield size
        tell("trials", size)
        most -= size
        if time.monotonic() > until:
            return
