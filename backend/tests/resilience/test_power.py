"""Promise 2: between a message's arrival and its acknowledgement lies a sync of the log to the disk."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.api.socket_client import greet
from tests.resilience.busy_writers import Writer, gather, let_in, open_store, running, socket_of
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.stores import fresh

CALLS = "trace=fdatasync,fsync,write,writev,sendto,sendmsg"
# The tracer tells a call in two lines, by the thread that makes it, when another thread calls meanwhile.
SYNCED = re.compile(r"^(\d+) +f(?:data)?sync\(\d+<[^>]*uconnect\.sqlite-wal>(\)| <unfinished)")
RESUMED = re.compile(r"^(\d+) +<\.\.\. f(?:data)?sync resumed>\) += 0")
ACKED = re.compile(r'\\"t\\":\\"ack\\"')

# A planted fault: a commit that survives the process and not the power.
NOT_SYNCED = """
from uconnect.adapters.sqlite import engine
begin = engine.Database._begin
def relaxed(self, **how):
    if not self._writer.in_transaction:
        self._writer.execute("PRAGMA synchronous=NORMAL")
    begin(self, **how)
engine.Database._begin = relaxed
"""


def traced(folder: Path, prelude: str = "") -> list[str]:
    """What the server asked the system for while one message after another was sent, each after the last one's ack."""
    strace = shutil.which("strace")
    assert strace, "the system-call tracer is missing: `make test` installs it"
    data, trace = folder / "data", folder / "trace"
    (writer,) = gather(data, 1)
    with open_store(data) as store:
        (ticket,) = let_in(store, [writer])

    async def live() -> None:
        under = (strace, "-f", "-y", "-s", "96", "-e", CALLS, "-o", str(trace))
        with running(data, prelude, under) as (host, _):
            await _talk(host, writer, ticket)

    asyncio.run(live())
    return trace.read_text(errors="replace").splitlines()


async def _talk(host: str, writer: Writer, ticket: str) -> None:
    async with socket_of(host, ticket) as socket:
        await greet(socket)
        for number in range(sizes.SYNCS):
            send = {"t": "send", "key": fresh(), "id": writer.thread, "text": f"Message {number}"}
            await socket.send(json.dumps(send))
            while json.loads(await socket.recv())["t"] != "ack":
                pass


def unsynced(trace: list[str]) -> tuple[int, int]:
    """How many acks left, and how many of them with no sync since the one before."""
    acks = bare = 0
    synced, waiting = False, set[str]()
    for line in trace:
        if sync := SYNCED.match(line):
            synced = synced or sync[2] == ")"
            waiting |= {sync[1]} if sync[2] != ")" else set()
        elif (resumed := RESUMED.match(line)) and resumed[1] in waiting:
            waiting.remove(resumed[1])
            synced = True
        elif ACKED.search(line):
            acks, bare, synced = acks + 1, bare + (not synced), False
    return acks, bare


def test_every_ack_comes_after_a_sync_of_the_log(tmp_path: Path, evidence: Evidence) -> None:
    assert unsynced(traced(tmp_path)) == (sizes.SYNCS, 0)
    evidence(2, "acks traced", sizes.SYNCS)


def test_a_sync_counts_when_it_is_done_and_not_when_it_is_begun() -> None:
    begun, done = "7  fdatasync(9</d/uconnect.sqlite-wal> <unfinished ...>", "7  <... fdatasync resumed>) = 0"
    other, ack = (
        "8  <... fdatasync resumed>) = 0",
        '8  sendto(5<socket:[1]>, "{\\"t\\":\\"ack\\"", 20, 0, NULL, 0) = 20',
    )
    assert unsynced([begun, done, ack]) == (1, 0)
    assert unsynced([begun, other, ack, done]) == (1, 1)


@pytest.mark.planted(2)
def test_a_commit_that_is_not_synced_is_noticed(tmp_path: Path) -> None:
    acks, bare = unsynced(traced(tmp_path, NOT_SYNCED))
    assert acks == sizes.SYNCS
    assert bare > acks / 2, "the log is not synced, and the test says it is"
