"""Promise 11: by the clock alone, the best guess of a raiser at who answers is hardly better than a coin's.

The school writes in one thread and its worker in another, in turns; what is timed is from the send to the raiser's
frame. How well the best threshold tells the two is the area under its curve (AUC): 0.5 is a coin.
"""

import asyncio
import json
import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import AsyncExitStack
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.api.socket_client import greet
from tests.resilience.busy_writers import Writer, let_in, open_store, running, socket_of
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.sample_university import ANN, SCHOOL, WENDY, SampleUniversity
from tests.support.stores import Home, Time, fresh

MOST = 0.52  # of the AUC
# Standard errors that a finding must be beyond chance; a busy machine's noise comes in bursts.
SURE = 3.0 if sizes.FULL else 6.0

# A planted fault: one more read on the worker's path; from a far disk where few are timed beside other tests.
ONE_MORE_READ = f"""
import time
from uconnect.domain.usecases import messages
send = messages.send
def slower(context, by, command):
    plan = send(context, by, command)
    if by == "wendy":
        time.sleep({0.002 if sizes.FULL else 0.1})
    return plan
messages.send = slower
"""


def auc(some: Sequence[float], others: Sequence[float]) -> float:
    """How well the best threshold tells some from others, from 0.5 to 1 (Mann and Whitney's U)."""
    ranked = sorted(others)
    wins = sum(bisect_left(ranked, it) + bisect_right(ranked, it) for it in some) / 2
    return max(wins, len(some) * len(others) - wins) / (len(some) * len(others))


def by_chance(many: int) -> float:
    """The standard error of the AUC of two samples of this size that do not differ."""
    return sqrt((2 * many + 1) / (12 * many * many))


def timed(folder: Path, prelude: str = "") -> tuple[list[float], list[float]]:
    """Seconds from send to frame, with the school and with the worker."""
    with open_store(folder) as store:
        parties = SampleUniversity(Home(store, Time(), serial=True)).create()
        with_school, with_worker = parties.raised(), parties.raised()
        hands = [(SCHOOL, with_school.id(SCHOOL)), (WENDY, with_worker.offload())]
        tickets = let_in(store, [Writer(party, "") for party in (ANN, SCHOOL, WENDY)])
    found: tuple[list[float], list[float]] = ([], [])

    async def talk() -> None:
        with running(folder, prelude) as (host, _):
            async with AsyncExitStack() as open:
                raiser, *others = [await open.enter_async_context(socket_of(host, ticket)) for ticket in tickets]
                for socket in (raiser, *others):
                    await greet(socket)
                turns = list(zip(found, hands, others, strict=True))
                for _ in sizes.batches(sizes.TIMED, at_once=1):
                    random.shuffle(turns)
                    for seconds, (_, thread), socket in turns:
                        idle = next(it for it in others if it is not socket)
                        idle.transport.pause_reading()  # what it hears would be read between send and frame, by us
                        seconds.append(await _one(raiser, socket, thread))
                        idle.transport.resume_reading()
                        await _quiet(raiser, *others)

    asyncio.run(talk())
    return found


async def _one(raiser: ClientConnection, hand: ClientConnection, thread: str) -> float:
    send = json.dumps({"t": "send", "key": fresh(), "id": thread, "text": "It takes two days."})
    began = time.perf_counter()
    await hand.send(send)
    await _frame(raiser, "event")
    seconds = time.perf_counter() - began
    await _frame(hand, "ack")
    return seconds


async def _quiet(*sockets: ClientConnection) -> None:
    """Wait until all have heard what there was: else the end of one turn would be timed with the next."""
    for socket in sockets:
        await socket.send(json.dumps({"t": "ping"}))
        await _frame(socket, "pong")


async def _frame(socket: ClientConnection, what: str) -> dict[str, Any]:
    while (frame := json.loads(await socket.recv()))["t"] != what:
        pass
    found: dict[str, Any] = frame
    return found


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_no_threshold_tells_who_answers(tmp_path: Path, evidence: Evidence) -> None:
    school, worker = timed(tmp_path)
    found = auc(school, worker)
    assert found - SURE * by_chance(len(school)) <= MOST
    evidence(11, f"frames timed for each, AUC {found:.3f} ± {1.96 * by_chance(len(school)):.3f}", len(school))


@pytest.mark.planted(11)
def test_a_slower_path_is_noticed(tmp_path: Path) -> None:
    school, worker = timed(tmp_path, ONE_MORE_READ)
    assert auc(school, worker) - SURE * by_chance(len(school)) > MOST
