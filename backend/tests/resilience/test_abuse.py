"""Promise 17: one abuser slows nobody. What it may do is bounded; what others notice is measured."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.api.home import browser
from tests.api.party_factory import PartyFactory, Topic, party_factory
from tests.api.server_home import ServerHome, _fill, server_home
from tests.resilience import abusers
from tests.resilience.busy_writers import UNPACED
from tests.resilience.test_reconnecting import resident
from tests.resilience.test_turned import CLOCK_PRELUDE, Clock
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import poll, poll_async
from tests.support.stores import fresh
from uconnect.domain import rate_limit
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.socket_session import CLOSE_TIMEOUT
from uconnect.oidc_provider.settings import Limits

OTHERS = 20 if sizes.FULL else 4
A_WINDOW = 3.0 if sizes.FULL else 1.0  # seconds with each abuser, in turns
BETWEEN = 0.3  # seconds between two sends of one of the others: within the pace
UNREADING, UNREAD = 3, 2_000  # sockets that never read; messages to them, which is more than the system takes
A_LOT = 30_000_000  # bytes
PATIENCE = 3 * CLOSE_TIMEOUT  # seconds in which a socket that was let go is broken off

# A planted fault: what waits for a reader may wait without end. Whatever else lets go of who never reads comes late.
UNBOUNDED = """
from uconnect.entrypoints.cli import listening
from uconnect.entrypoints.server import heartbeat, socket_session
heartbeat.TICK = 3600.0
listening.UNREAD_TIMEOUT = 3_600_000
socket_session.QUEUE_LIMIT = 10**9
"""
Abuser = Callable[[], Coroutine[Any, Any, None]]


async def write(topic: Topic, socket: ClientConnection, until: float, taken: list[float]) -> None:
    """Write at a person's pace, and note how long each ack takes."""
    while time.monotonic() < until:
        key, began = fresh(), time.perf_counter()
        await socket.send(json.dumps({"t": "send", "key": key, "id": topic.raisers_id, "text": "Is it open today?"}))
        while (frame := json.loads(await socket.recv())).get("key") != key:
            pass
        assert frame["t"] == "ack", frame
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN)


async def window(
    others: list[tuple[Topic, ClientConnection]],
    abuser: Abuser | None,
    taken: list[float],
    begun: Callable[[], bool],
) -> float:
    """The others write for a while, beside an abuser that has `begun` or beside none. How many seconds it all took."""
    began = time.monotonic()
    abusing = asyncio.create_task(abuser()) if abuser else None
    if abusing:
        await poll_async(lambda: begun() or abusing.done(), what="the abuser has begun")
    until = time.monotonic() + A_WINDOW
    await asyncio.gather(*(write(topic, socket, until, taken) for topic, socket in others))
    if abusing:
        assert not abusing.done(), abusing
        abusing.cancel()
        await asyncio.gather(abusing, return_exceptions=True)
    return time.monotonic() - began


def refused_once_more(answered: Counter[str]) -> Callable[[], bool]:
    """Whether the flooder has been refused since now."""
    before = answered["too_fast"]
    return lambda: answered["too_fast"] > before


async def under_load(
    home: ServerHome, parties: PartyFactory, answered: Counter[str]
) -> tuple[dict[str, list[float]], list[float]]:
    """How long the others' acks took, with each abuser and with none; and how long each window of the flooder did."""
    topics, flooded, silent = [parties.thread() for _ in range(OTHERS)], parties.thread(), parties.user()
    abusing: dict[str, Abuser | None] = {
        "none": None,
        "a flooder": lambda: abusers.flood(flooded, answered),
        "one who never reads": lambda: abusers.never_read_on_and_on(silent),
        "a guesser": lambda: abusers.guess(home),
    }
    taken: dict[str, list[float]] = {name: [] for name in abusing}
    flooding = list[float]()
    async with AsyncExitStack() as open:
        others = [(it, await open.enter_async_context(await abusers.dialled(it.raiser))) for it in topics]
        for _ in sizes.batches(sizes.WINDOWS, 0.8, at_once=1):
            for name, abuser in abusing.items():
                is_flooded = name == "a flooder"
                begun = refused_once_more(answered) if is_flooded else lambda: True
                seconds = await window(others, abuser, taken[name], begun)
                if is_flooded:
                    flooding.append(seconds)
    return taken, flooding


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_others_write_on_beside_each_abuser_and_none_of_them_is_refused(tmp_path: Path, evidence: Evidence) -> None:
    answered = Counter[str]()
    with server_home(tmp_path, bounded=True) as home, party_factory(home) as parties:
        taken, flooding = asyncio.run(under_load(home, parties, answered))
        with browser(home.url) as http:  # one more, who waits for all the guesses before it
            _fill(http, http.get(home._authorize(Kind.USER)), email="ada@example.org", password="one more guess")
    assert answered["too_fast"], "the flooder was refused"
    assert answered["ack"] <= sum(rate_limit.SEND.burst + 2 + it * 1000 / rate_limit.SEND.every for it in flooding)
    alone = p99(taken.pop("none"))
    ratios = ", ".join(f"{p99(it) / alone:.2f} beside {name}" for name, it in taken.items())
    evidence(17, f"sends of others; p99 is {ratios} times what it is without", sum(map(len, taken.values())))


def sockets(pid: int) -> int:
    """How many connections a process holds. One that it lets go meanwhile is not counted."""
    held = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            held += link.readlink().name.startswith("socket:")
    return held


def unread(parties: PartyFactory, pid: int) -> int:
    """How many of a few sockets that never read are held after much was written to them; fewer if others left too."""
    topic = parties.thread()
    with ExitStack() as open:
        before = sockets(pid)
        for _ in range(UNREADING):
            open.enter_context(abusers.never_reading(topic.raiser))
        writing = topic.school.open()
        for number in range(UNREAD):
            key = fresh()
            writing.say({"t": "send", "key": key, "id": topic.theirs, "text": f"{number} {'x' * 3_900}"})
            writing.hear_until(key=key)
            if number % 100 == 0 and sockets(pid) <= before + 1:
                break
        # The server, a process of its own, breaks them off a moment after it has let go of them.
        with suppress(AssertionError):
            poll(lambda: sockets(pid), lambda held: held <= before + 1, what="it lets go", timeout=PATIENCE)
        return sockets(pid) - before - 1  # the writer's own


def test_who_never_reads_is_let_go_and_what_waits_has_an_end(tmp_path: Path, evidence: Evidence) -> None:
    with server_home(tmp_path, UNPACED) as home, party_factory(home) as parties:
        before = resident(home._server.pid)
        assert unread(parties, home._server.pid) <= 0
        assert resident(home._server.pid) - before < A_LOT
    evidence(17, "sockets that were never read and let go", UNREADING)


@pytest.mark.planted(17)
def test_a_queue_without_an_end_is_noticed(tmp_path: Path) -> None:
    with server_home(tmp_path, UNPACED + UNBOUNDED) as home, party_factory(home) as parties:
        assert unread(parties, home._server.pid) > 0


def test_who_pings_without_end_and_never_reads_fills_no_memory(tmp_path: Path, evidence: Evidence) -> None:
    with (
        server_home(tmp_path, bounded=True) as home,
        party_factory(home) as parties,
        abusers.never_reading(parties.user()) as line,
    ):
        before = resident(home._server.pid)
        abusers.pour(line, abusers.PING, 3 * A_LOT)
        assert resident(home._server.pid) - before < A_LOT
        others = parties.thread()
        assert others.raiser.open().send(others.raisers_id, "And I?", fresh())["t"] == "ack"
    evidence(17, "floods of pings whose answers were never read", 1)


def test_an_account_is_guessed_at_a_few_times_an_hour_from_wherever(tmp_path: Path, evidence: Evidence) -> None:
    clock, minutes, tries = Clock(tmp_path / "clock"), 60, 0
    with server_home(tmp_path, CLOCK_PRELUDE.format(str(tmp_path / "clock"))) as home, browser(home.url) as http:
        home._server.sign_in(Kind.USER, "ada@example.org", "Ada")
        page = http.get(home._authorize(Kind.USER))
        for minute in range(0, minutes, 2):
            clock.turn_by(minute * 60)
            for one in range(3):
                http.headers["x-forwarded-for"] = abusers.address(minute * 3 + one)
                answer = _fill(http, page, email="ada@example.org", password=f"guess {minute} {one}")
                tries += answer.status_code != 429
    assert tries <= Limits().account.burst + minutes * 60_000 / Limits().account.every
    evidence(17, f"passwords tried at an account in an hour, of {minutes // 2 * 3} that were sent", tries)
