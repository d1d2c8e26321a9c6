"""Measures the closing of a school with many threads: how long it takes, and what others wait for meanwhile.

Run it with `PYTHONPATH=backend:. .venv/bin/python -m bench.turns`. THREADS (10000) is the size of the university of
`bench/growth_data.py`, whose largest school has 30% of the threads: 1000000 closes a school of 300,000, in 7 GB.
FOLDER is where the data folder is made, and removed at the end.

An operator closes that school. Meanwhile people of another school send a message each 20 ms, and every half second
somebody else is invited, by a letter that a background job writes. The service, the store and the runner of jobs are
the server's, in one event loop, as they are there. The last line says what the letters waited for when all was done.
"""

import asyncio
import os
import secrets
import statistics
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.growth import NobodyElse, new_context
from bench.growth_data import University, fill

from uconnect.adapters.clock import fresh
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain import protocol
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox, OpenThreadCountKey, PartyKey, ThreadsOf
from uconnect.domain.models import School
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import account_closing, messages, queries, registration, threads
from uconnect.entrypoints.server.service import ServerService

SEND_EVERY, LETTER_EVERY = 0.02, 0.5  # seconds


class Letters(NobodyElse):
    """Notes when each invitation was written."""

    def __init__(self) -> None:
        self.written: dict[str, float] = {}

    def invite_school(self, email: str) -> None:
        self.written[email] = time.monotonic()


class Bench:
    """A service on a full data file, and what was measured."""

    def __init__(self, store: SqliteStore, university: University) -> None:
        self.service = ServerService(store, Sockets(), new_context)
        self.university = university
        self.letters = Letters()
        self.invited_at: dict[str, float] = {}
        self.sends: list[float] = []

    async def run(self, use_case: Any) -> Any:
        outcome = await self.service.run(use_case)
        if not isinstance(outcome, Plan):
            raise SystemExit(f"refused: {outcome}")
        return outcome.answer

    async def ask(self, use_case: Any) -> Any:
        outcome = await self.service.ask(use_case)
        assert isinstance(outcome, Plan)
        return outcome.answer

    async def send(self) -> None:
        """Send by one person after the other, for ever."""
        schools = await self.ask(partial(queries.schools, by=self.university.raisers[0], after=None, most=9))
        school = next(it.id for it in schools.schools if it.id != self.university.school)
        raised = [
            (by, (await self.run(partial(threads.raise_, by=by, command=_question(school)))).row.id)
            for by in self.university.raisers
        ]
        while True:
            for by, id in raised:
                command = protocol.Send(key=fresh(), id=id, text="Where is room 12?")
                begun = time.monotonic()
                await self.run(partial(messages.send, by=by, command=command))
                self.sends.append(time.monotonic() - begun)
                await asyncio.sleep(max(0.0, begun + SEND_EVERY - time.monotonic()))

    async def invite(self) -> None:
        """Invite somebody else each half second, for ever."""
        while True:
            email = f"{secrets.token_hex(8)}@uni.example"
            await self.run(partial(registration.invite_school, email=email))
            self.invited_at[email] = time.monotonic()
            await asyncio.sleep(LETTER_EVERY)

    async def is_closed(self) -> bool:
        def left(context: Context) -> Plan[bool]:
            count = context.get(OpenThreadCountKey(self.university.school, Mailbox.RECEIVED))
            handled = (ThreadsOf(it, Mailbox.HANDLED, None, 1) for it in self.university.workers)
            return Plan(bool(count and count.open) or any(map(context.list, handled)))

        return not await self.ask(left)

    async def close(self) -> float:
        """Close the school, and wait until nothing of it is open and no worker has a thread of it. Seconds."""

        def email(context: Context) -> Plan[str]:
            school = context.get(PartyKey(self.university.school))
            assert isinstance(school, School)
            return Plan(school.email)

        begun = time.monotonic()
        closing = partial(account_closing.close_by_admin, email=await self.ask(email), kind=Kind.SCHOOL)
        await self.run(closing)
        while not await self.is_closed():  # noqa: ASYNC110 - the work is done in the store, which tells nobody
            await asyncio.sleep(0.2)
        return time.monotonic() - begun

    def print_waits(self, what: str, since: float) -> None:
        now = time.monotonic()
        letters = [self.letters.written.get(it, now) - at for it, at in self.invited_at.items() if at >= since]
        sends = self.sends
        self.sends = []
        if len(sends) > 1 and letters:
            p99 = statistics.quantiles(sends, n=100)[98]
            print(
                f"{what}: a send {_ms(statistics.median(sends))} ms, p99 {_ms(p99)}, longest {_ms(max(sends))};"
                f" a letter {_ms(statistics.median(letters))} ms, longest {_ms(max(letters))}"
                f" ({len(sends)} sends, {len(letters)} letters)",
                flush=True,
            )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def _question(school: str) -> Raise:
    return Raise(key=fresh(), school=school, subject="Rooms", text="Where is room 12?")


async def measure(database: Database, university: University) -> None:
    database.decide_in(asyncio.get_running_loop())
    bench = Bench(SqliteStore(database, new_context), university)
    tasks = [
        asyncio.create_task(work)
        for work in (bench.service.run_jobs(bench.letters, bench.letters), bench.send(), bench.invite())
    ]
    await asyncio.sleep(10)
    bench.print_waits("before", 0.0)
    begun = time.monotonic()
    seconds = await bench.close()
    bench.print_waits("while it closes", begun)
    print(f"closed in {seconds:,.1f} s", flush=True)
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def main() -> None:
    many = int(os.environ.get("THREADS", "10000"))
    with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as folder:
        file = Path(folder) / "uconnect.sqlite"
        university = fill(file, many)
        print(f"a university of {many:,} threads; its largest school has {many * 3 // 10:,}", flush=True)
        database = Database(file, [MIGRATIONS])
        asyncio.run(measure(database, university))
        database.close()


if __name__ == "__main__":
    main()
