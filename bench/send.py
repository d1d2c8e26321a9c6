"""Measures one send in Python: calls, switches between modules, rounds of loading, and the microseconds of each part.

Run it with `PYTHONPATH=backend .venv/bin/python bench/send.py`. Three figures are printed, each a median.

- On memory: the use case and its views alone, on the tests' own store. A call counts when a function of a module of
  `uconnect` is entered.
- On SQLite: what the server does for a message but for its transport. 64 sends of different threads are one
  transaction in a file on the disk, with synchronous=FULL: each is decoded from its frame, decided and written; after
  COMMIT its answer and its deliveries are encoded. Raisers and schools send by turns; `-1` lets raisers alone send.
  The processor's time is measured, of which other programs take nothing; the wait for the disk is not in it.
- Through the passes: the same 64 sends as the event loop of a server takes, decides and answers them, without sockets.
  `passes` prints this figure alone. To compare two trees, run each in turn in a process of its own.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import msgspec

from tests.support.memory_store import MemoryStore
from tests.support.sample_university import ANN, SampleUniversity
from tests.support.stores import Home, Time, fresh
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.api.websocket import Command, decode_frame, reply
from uconnect.domain import protocol
from uconnect.domain.context import Context, Plan, Wanted
from uconnect.domain.models import School, Thread, User
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import messages, threads
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.service import ServerService

TIMES = 3_000
AT_ONCE = 64  # sends in a transaction
ROUNDS = 60  # transactions of each side
TEXT = "Which card do I need for the library, and where do I get one before the term begins? Thank you. Ann"


def prepare() -> tuple[Callable[[], Any], int]:
    """What sends one message, and how many rounds of loading a send has."""
    clock = Time()
    store = MemoryStore(clock.new_context)
    university = SampleUniversity(Home(store, clock)).create()
    id = university.raised(ANN).id(ANN)
    rounds: list[Wanted] = []

    def send(use_case: Callable[..., Any] = messages.send) -> Any:
        clock.now += 60_000
        command = protocol.Send(key=fresh(), id=id, text="Which card?")
        return store.run(partial(use_case, by=ANN, command=command))

    def counted(context: Context, by: str, command: protocol.Send) -> Any:
        fetch = context.fetch

        def count_round(context: Context, wanted: Wanted) -> None:
            rounds.append(wanted)
            fetch(context, wanted)

        context.fetch = count_round
        return messages.send(context, by, command)

    send(counted)
    return send, len(rounds)


def on_memory() -> None:
    send, rounds = prepare()
    calls, switches, modules, last = 0, 0, set[str](), [""]

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls, switches
        module = frame.f_globals.get("__name__", "")
        if event in ("call", "return") and module.startswith("uconnect."):
            if event == "call":
                calls += 1
            modules.add(module)
            if module != last[0]:
                switches += 1
                last[0] = module

    sys.setprofile(profile)
    send()
    sys.setprofile(None)
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter_ns()
        send()
        times.append((time.perf_counter_ns() - begin) / 1000)
    print(f"calls {calls}, switches {switches} between {len(modules)} modules, rounds of loading {rounds}, ", end="")
    print(f"median {statistics.median(times):.1f} us")


class Pairs:
    """AT_ONCE threads in a file, each of its own user and its own school."""

    def __init__(self, folder: Path) -> None:
        self.clock = Time()
        self.database = Database(folder / "uconnect.sqlite", MIGRATIONS)
        self.store = SqliteStore(self.database, self.clock.new_context)
        home = Home(self.store, self.clock, serial=True)
        self.ends: list[tuple[tuple[str, str], tuple[str, str]]] = []  # the raiser and the school, each with its id
        for number in range(AT_ONCE):
            user, school = f"user{number}", f"school{number}"
            home.keep(User(id=user, email="", name=user), School(id=school, email="", name=school))
            command = Raise(key=fresh(), school=school, subject="The library", text=TEXT)
            outcome = self.store.run(partial(threads.raise_, by=user, command=command))
            assert isinstance(outcome, Plan)
            (head,) = [it for it in outcome.puts if isinstance(it, Thread)]
            self.ends.append(((user, head.raiser.id), (school, head.school.id)))

    def round(self, side: int) -> tuple[float, ...]:
        """A send of each thread: the processor's microseconds a message for decoding, deciding and writing, COMMIT, and
        encoding."""
        self.clock.now += 1_000
        frames = [(party, _frame(id)) for party, id in (pair[side] for pair in self.ends)]
        asked: list[Command] = []
        began = time.process_time_ns()
        for party, raw in frames:
            command = decode_frame(party, raw)
            assert isinstance(command, Command)
            asked.append(command)
        decoded = time.process_time_ns()

        def transaction(connection: Any) -> tuple[list[Any], int]:
            outcomes = [self.store._run(connection, it.use_case) for it in asked]  # noqa: SLF001 - as the writer calls it
            return outcomes, time.process_time_ns()

        outcomes, decided = self.database.write(transaction)
        committed = time.process_time_ns()
        for command, outcome in zip(asked, outcomes, strict=True):
            for frame in reply(command, outcome).frames:
                assert isinstance(frame, protocol.Ack), frame
                msgspec.json.encode(frame)
            for delivery in outcome.deliveries:
                msgspec.json.encode(delivery.frame)
        moments = (began, decoded, decided, committed, time.process_time_ns())
        return tuple((end - begin) / 1000 / AT_ONCE for begin, end in pairwise(moments))


def _frame(id: str) -> str:
    return msgspec.json.encode({"t": "send", "key": fresh(), "id": id, "text": TEXT}).decode()


def on_sqlite(sides: tuple[int, ...]) -> None:
    with TemporaryDirectory(dir=".", prefix=".bench-send-") as folder:
        pairs = Pairs(Path(folder))
        rounds = [pairs.round(side) for _ in range(ROUNDS) for side in sides][len(sides) * ROUNDS // 10 :]
        pairs.database.close()
    decode, decide, commit, encode = (statistics.median(part) for part in zip(*rounds, strict=True))
    print(f"SQLite, {AT_ONCE} a commit: {statistics.median(map(sum, rounds)):.1f} us a message: ", end="")
    print(f"decode {decode:.1f}, decide and write {decide:.1f}, COMMIT {commit:.1f}, encode {encode:.1f}")


class Silent:
    """A socket that nobody reads. `done` is called when its frame has its answer."""

    def __init__(self, party: str, done: Callable[[], None]) -> None:
        self.party, self.waiting, self.decided = party, 0, done

    def send(self, said: Any) -> None: ...

    def close(self) -> None: ...

    def fail(self) -> None:
        raise AssertionError("a frame failed")

    def write(self) -> None: ...


def on_passes() -> None:
    with TemporaryDirectory(dir=".", prefix=".bench-send-") as folder:
        pairs = Pairs(Path(folder))
        times = asyncio.run(_rounds_of_passes(pairs))
        pairs.database.close()
    print(f"Passes, {AT_ONCE} at once: {statistics.median(times):.2f} us a message")


async def _rounds_of_passes(pairs: Pairs) -> list[float]:
    loop, times = asyncio.get_running_loop(), []
    passes = FramePasses(ServerService(pairs.store, Sockets(loop.call_soon), pairs.clock.new_context))
    pairs.database.decide_in(loop)
    for number in range(2 * ROUNDS):
        pairs.clock.now += 1_000
        done, left = asyncio.Event(), [AT_ONCE]

        def answered(done: asyncio.Event = done, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                done.set()

        frames = [(Silent(party, answered), _frame(id)) for party, id in (pair[number % 2] for pair in pairs.ends)]
        began = time.process_time_ns()
        for session, frame in frames:
            passes.receive(session, frame)
        await done.wait()
        times.append((time.process_time_ns() - began) / 1000 / AT_ONCE)
    return times[ROUNDS // 5 :]


if __name__ == "__main__":
    if "passes" in sys.argv:
        on_passes()
        sys.exit()
    on_memory()
    on_sqlite((0,) if "-1" in sys.argv else (0, 1))
    on_passes()
