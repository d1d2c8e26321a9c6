"""Promise 17: a lecture hall that signs in at once gets in, beside guessers too, and those who write do not feel it."""

import asyncio
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from tests.api.home import browser
from tests.api.party_factory import Topic, party_factory
from tests.api.server_home import ServerHome, _fill, server_home
from tests.resilience import abusers
from tests.resilience.lecture_hall import all_at_once, people
from tests.resilience.test_abuse import p99
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.stores import fresh
from uconnect.domain.enums import Kind

HALL = 200 if sizes.FULL else 10
GUESSERS = 40 if sizes.FULL else 4


def _wait_for_guesses(home: ServerHome) -> None:
    """One more, who waits for all the guesses before it: a server that is stopped meanwhile complains."""
    with browser(home.url) as http:
        _fill(http, http.get(home._authorize(Kind.USER)), email="ada@example.org", password="one more guess")


async def hall(home: ServerHome, guessers: int) -> tuple[dict[int, int], list[float]]:
    emails = people(home, HALL)
    abusing = [
        asyncio.create_task(abusers.guess_on(home, abusers.address(10_000 + number))) for number in range(guessers)
    ]
    await asyncio.sleep(1.0 if guessers else 0)
    signed = await all_at_once(home, emails)
    assert not any(it.done() for it in abusing), [it for it in abusing if it.done()]
    for task in abusing:
        task.cancel()
    await asyncio.gather(*abusing, return_exceptions=True)
    if guessers:
        await asyncio.to_thread(_wait_for_guesses, home)
    return dict(signed.statuses), sorted(signed.seconds)


def test_a_lecture_hall_that_signs_in_at_one_instant_gets_in(tmp_path: Path, evidence: Evidence) -> None:
    with server_home(tmp_path) as home:
        statuses, seconds = asyncio.run(hall(home, 0))
    assert statuses == {303: HALL}
    evidence(17, f"people who signed in at one instant, the slowest in {seconds[-1]:.0f} s", HALL)


def test_guessers_from_many_addresses_keep_nobody_out(tmp_path: Path, evidence: Evidence) -> None:
    with server_home(tmp_path) as home:
        statuses, seconds = asyncio.run(hall(home, GUESSERS))
    assert statuses == {303: HALL}
    evidence(17, f"people who signed in beside {GUESSERS} guessers, the slowest in {seconds[-1]:.0f} s", HALL)


def test_those_who_write_go_on_while_a_hall_signs_in(tmp_path: Path, evidence: Evidence) -> None:
    async def writing(line: ClientConnection, topic: Topic, taken: list[float], over: asyncio.Event) -> None:
        while True:
            key, began = fresh(), time.perf_counter()
            await line.send(f'{{"t":"send","key":"{key}","id":"{topic.raisers_id}","text":"Is it open today?"}}')
            while f'"{key}"' not in str(await line.recv()):
                pass
            taken.append(time.perf_counter() - began)
            if over.is_set():
                return
            await asyncio.sleep(0.3)

    async def story(home: ServerHome, topic: Topic) -> tuple[list[float], list[float]]:
        alone, internal_entries, over = list[float](), list[float](), asyncio.Event()
        async with await abusers.dialled(topic.raiser) as line:  # before the time begins: that may take long
            writer = asyncio.create_task(writing(line, topic, alone, over))
            await asyncio.sleep(10 if sizes.FULL else 2)
            over.set()
            await writer
            over.clear()
            writer = asyncio.create_task(writing(line, topic, internal_entries, over))
            statuses, _ = await hall(home, 0)
            over.set()
            await writer
        assert statuses == {303: HALL}
        return alone, internal_entries

    with server_home(tmp_path) as home, party_factory(home) as parties:
        alone, internal_entries = asyncio.run(story(home, parties.thread()))
    evidence(
        17,
        f"sends beside a hall; p99 is {p99(internal_entries) / p99(alone):.2f} times what it is without",
        len(internal_entries),
    )
