"""Measures a search of a school's own threads: the time to the first answer and to the end, and what a call takes.

Run it with `PYTHONPATH=backend:. .venv/bin/python -m bench.search`. THREADS (10000) are the school's threads, of five
messages each with some 200 characters. The calls run in this process, on the real store and the real use case. The last
two lines say how late the turns of an event loop of this process are while searches run in a thread beside it: what all
others wait.
"""

import asyncio
import os
import statistics
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.growth_data import NOW, BulkWriter
from msgspec import UNSET

from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind, Side
from uconnect.domain.keys import Mailbox
from uconnect.domain.models import Message, Participant, Preview, School, SideCounters, Thread, ThreadReference, User
from uconnect.domain.request_bodies import SearchThreads
from uconnect.domain.usecases import search
from uconnect.domain.views.search import SearchPage

THREADS = int(os.environ.get("THREADS", "10000"))
MESSAGES = 5
HOUR = 3_600_000  # ms
TEXT = (
    "Good morning, I have sent the form for my exam in October twice and heard nothing. Zażółć gęślą jaźń. "
    "Could you tell me whether room 12 is still right, and when the office is open this week? Thank you."
)
WORDS = {"in every thread": "exam october", "in the oldest thread": "needle", "in none": "haystack"}


def fill(database: Database) -> str:
    """Write a school with its threads. Returns its id."""
    school, owners = fresh(), [fresh() for _ in range(200)]

    database.write(lambda connection: _write(BulkWriter(connection), school, owners))
    return school


def _write(writer: BulkWriter, school: str, owners: list[str]) -> None:
    writer.put(School(id=school, email="office@example.org", name="School of Law"))
    for number, owner in enumerate(owners):
        writer.put(User(id=owner, email=f"user{number}@example.org", name=f"User {number}"))
    for number in range(THREADS):
        _write_thread(writer, number, Participant(party=owners[number % 200], id=fresh()), school)
    writer.flush()


def _write_thread(writer: BulkWriter, number: int, raiser: Participant, school: str) -> None:
    id, at = fresh(), NOW - number * HOUR
    received = Participant(party=school, id=fresh())
    counters = SideCounters(messages=MESSAGES, sent=at)
    for seq in range(1, MESSAGES + 1):
        text = f"{TEXT} needle" if number == THREADS - 1 else TEXT
        side, author = (Side.RAISER, raiser.party) if seq % 2 else (Side.SCHOOL, school)
        writer.put(Message(thread=id, seq=seq, at=at, side=side, author=author, key=fresh(), text=text))
    writer.put(
        Thread(
            id=id,
            key=fresh(),
            kind=Kind.USER,
            subject=f"My question {number}",
            since=at,
            at=at,
            raiser=raiser,
            school=received,
            seq=MESSAGES,
            last=Preview(Side.RAISER, TEXT[:80]),
            asked=counters,
            answered=counters,
            policy_applied=True,
        )
    )
    for participant in (raiser, received):
        reference = ThreadReference(viewer=participant.party, id=participant.id, thread=id, owner=raiser.party)
        writer.put(reference)


def page(store: SqliteStore, school: str, words: str, before: str | None) -> SearchPage:
    asked = SearchThreads(mailbox=Mailbox.RECEIVED, words=words, before=before or UNSET)
    plan = store.ask(partial(search.search, by=school, asked=asked))
    assert isinstance(plan, Plan)
    return plan.answer


def measure(store: SqliteStore, school: str, name: str, words: str) -> None:
    walls: list[float] = []
    used: list[float] = []
    found, before = 0, None
    while before is not None or not walls:
        wall, cpu = time.perf_counter(), time.process_time()
        shown = page(store, school, words, before)
        walls.append(time.perf_counter() - wall)
        used.append(time.process_time() - cpu)
        found, before = found + len(shown.found), shown.next
    print(
        f"{name:22}{len(walls):6} calls {found:6} found   first {walls[0] * 1e3:6.1f} ms   end {sum(walls):6.2f} s   "
        f"processor a call: median {statistics.median(used) * 1e3:5.1f} ms, most {max(used) * 1e3:5.1f} ms"
    )


async def measure_beside(store: SqliteStore, school: str) -> None:
    """How late an event loop has its turn while another thread searches, and without."""
    searches = asyncio.create_task(_search_to_the_end(store, school))
    beside = await _lateness(searches)
    alone = await _lateness(asyncio.create_task(asyncio.sleep(2)))
    for name, late in (("beside searches", beside), ("without", alone)):
        print(
            f"{name:22}a turn is late by: p50 {late[len(late) // 2]:.2f} ms, p99 {late[len(late) * 99 // 100]:.2f} ms"
        )


async def _lateness(task: "asyncio.Task[None]") -> list[float]:
    late = []
    while not task.done():
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - start) * 1e3 - 1)
    return sorted(late)


async def _search_to_the_end(store: SqliteStore, school: str) -> None:
    before, has_more = None, True
    while has_more:
        asked = SearchThreads(mailbox=Mailbox.RECEIVED, words="haystack", before=before or UNSET)
        plan = await store.ask_soon(partial(search.search, by=school, asked=asked))
        assert isinstance(plan, Plan)
        before = plan.answer.next
        has_more = before is not None


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "uconnect.db", MIGRATIONS)
        with closing(database):
            school = fill(database)
            store = SqliteStore(database, new_context)
            for name, words in WORDS.items():
                measure(store, school, name, words)
            asyncio.run(measure_beside(store, school))


if __name__ == "__main__":
    main()
