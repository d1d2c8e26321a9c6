"""How well a clock tells two worlds apart by the second of two acts: one command prints a table.

    PYTHONPATH=backend .venv/bin/python -m tests.privacy.clock.timing [-n 5000] [--only "raise then send"] …

A real server runs on this machine. Both worlds are in it, and take turns in a random order. What is timed is the second
act, from the request to its answer. AUC is the area under the curve of the best threshold: 0.5 is a coin.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection

from tests.api.socket_client import greet
from tests.resilience.busy_writers import open_store, running, socket_of
from tests.resilience.test_clock import auc, by_chance
from tests.support.fake_job_dependencies import fake_job_dependencies
from tests.support.stores import answer, finding, fresh, keeping
from uconnect.adapters.sqlite import engine
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.jobs import run_due_jobs
from uconnect.domain import protocol
from uconnect.domain.enums import Policy
from uconnect.domain.keys import ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Address, LoginSubject, School, Ticket, User, Worker
from uconnect.domain.request_bodies import Offload, Raise
from uconnect.domain.usecases import account_closing, assignment, messages, threads, tickets

BY_HAND, AUTOMATIC, WENDY = (it * 22 for it in "HAW")
BETWEEN = 0.004  # s from one turn to the next

# Who calls is named by the token, so that no signature is timed; and nobody is too fast.
NAMED = """
from uconnect.application.ports import Principal
from uconnect.domain import rate_limit
from uconnect.entrypoints.server.authentication import TokenAuthentication
rate_limit.READ = rate_limit.RAISE = rate_limit.NOTE = rate_limit.RateLimit(every=0, burst=1)
async def principal(self, authorization): return Principal("issuer", authorization.removeprefix("Bearer "), None, 4e9)
async def caller(self, who): return who.subject
TokenAuthentication.principal, TokenAuthentication.caller = principal, caller
"""


@dataclass(frozen=True)
class Turn:
    """Who acts on which thread, or raises to which school."""

    party: str
    thread: str = ""
    school: str = BY_HAND


Make = Callable[[SqliteStore, int], Turn]


@dataclass
class Client:
    """One party's connection to the server, kept open, and its socket. All bytes are made before the clock starts."""

    turn: Turn
    host: str
    ticket: str
    thread: str
    reader: asyncio.StreamReader = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)
    socket: ClientConnection = field(init=False)

    async def connected(self, stack: AsyncExitStack) -> "Client":
        self.reader, self.writer = await asyncio.open_connection("localhost", int(self.host.rpartition(":")[2]))
        stack.callback(self.writer.close)
        self.socket = await stack.enter_async_context(socket_of(self.host, self.ticket))
        await greet(self.socket)
        return self

    async def heard(self, *wanted: str) -> dict[str, Any]:
        while (frame := json.loads(await self.socket.recv()))["t"] not in wanted:
            pass
        found: dict[str, Any] = frame
        return found

    async def call(self, route: str, body: Any = None) -> tuple[float, dict[str, Any]]:
        """Seconds from request to answer, and the answer."""
        method, path = route.split()
        sent = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.turn.party}\r\n"
        request = f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent
        began = time.perf_counter()
        self.writer.write(request)
        answered = await self.reader.readuntil(b"\r\n\r\n")
        length = int(answered.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        got = await self.reader.readexactly(length)
        return time.perf_counter() - began, json.loads(got)

    async def raised(self) -> float:
        command = {"key": fresh(), "school": self.turn.school, "subject": "A question", "text": "Since when?"}
        seconds, shown = await self.call("POST /api/threads", command)
        assert "row" in shown, shown
        self.thread = shown["row"]["id"]
        return seconds

    async def send(self) -> float:
        frame = json.dumps({"t": "send", "key": fresh(), "id": self.thread, "text": "It is still so."})
        began = time.perf_counter()
        await self.socket.send(frame)
        await self.heard("ack", "refused")
        return time.perf_counter() - began

    async def on(self, route: str) -> float:
        return (await self.call(route.format(id=self.thread)))[0]


Act = Callable[[Client], Awaitable[float]]


def to(route: str) -> Act:
    return lambda client: client.on(route)


ACTIONS: dict[str, Act] = {
    "raise": Client.raised,
    "send": Client.send,
    "read": to("GET /api/threads/{id}"),
    "log": to("GET /api/threads/{id}/log"),
    "list": to("GET /api/threads?shelf=raised"),
    "terminate": to("POST /api/threads/{id}/terminate"),
    "delete": to("DELETE /api/threads/{id}"),
    "close": to("DELETE /api/me"),
    "hand back": to("POST /api/threads/{id}/hand-back"),
}


# --- who acts in the two worlds


def user(store: SqliteStore) -> str:
    id = fresh()
    record = User(id=id, email=f"{id}@x", name="Ann", login=LoginSubject("test", id))
    answer(store.run(keeping(record, Address(email=record.email, party=id))))
    return id


def owning_school(store: SqliteStore) -> str:
    id = fresh()
    answer(store.run(keeping(School(id=id, email="", name="Academy", about="Who we are, and whom we teach. " * 60))))
    return id


def raised(store: SqliteStore, by: str) -> tuple[str, str]:
    """A thread's ids, as its raiser and as its school know it."""
    command = Raise(key=fresh(), school=BY_HAND, subject="A question", text="Since when?")
    listed = answer(store.run(partial(threads.raise_, by=by, command=command)))
    handle = answer(store.ask(finding(ThreadReferenceKey(by, listed.row.id))))
    assert handle
    head = answer(store.ask(finding(ThreadKey(handle.thread))))
    assert head
    return listed.row.id, head.school.id


def offloaded(store: SqliteStore, received: str) -> str:
    """Give a thread to the worker; the worker's id for it."""
    handed = Offload(worker=WENDY)
    plan = store.run(partial(assignment.offload, by=BY_HAND, id=received, command=handed))
    ((_, frame),) = [(it.to, it.frame) for it in plan.deliveries if it.to == WENDY]  # type: ignore[union-attr]
    id: str = frame.row.id  # type: ignore[union-attr]
    return id


def raises_to(school: str) -> Make:
    return lambda store, _: Turn(user(store), school=school)


def has_thread(*, with_worker: bool) -> Make:
    """A user with a thread that the school has answered, or its worker has."""

    def make(store: SqliteStore, _: int) -> Turn:
        by = user(store)
        mine, received = raised(store, by)
        hand, id = (WENDY, offloaded(store, received)) if with_worker else (BY_HAND, received)
        command = protocol.Send(key=fresh(), id=id, text="Since March.")
        answer(store.run(partial(messages.send, by=hand, command=command)))
        return Turn(by, mine)

    return make


def references(owner: Callable[[SqliteStore], str], fate: str = "", *, one: bool = False) -> Make:
    """The worker, with a thread of such an owner; then its fate. `one`: the same thread each time."""
    made: list[tuple[SqliteStore, Turn]] = []

    def make(store: SqliteStore, _: int) -> Turn:
        if one and made and made[-1][0] is store:
            return made[-1][1]
        by = owner(store)
        mine, received = raised(store, by)
        made.append((store, Turn(WENDY, offloaded(store, received))))
        if fate == "taken back":
            answer(store.run(partial(assignment.take_back, by=BY_HAND, id=received)))
        elif fate == "deleted":
            answer(store.run(partial(threads.terminate, by=by, id=mine)))
            answer(store.run(partial(threads.delete, by=by, id=mine)))
        elif fate == "owner ended":
            answer(store.run(partial(account_closing.close, by=by)))
        return made[-1][1]

    return make


POLICY = ("by hand", raises_to(BY_HAND)), ("automatic, five workers", raises_to(AUTOMATIC))
WHO_HAS_IT = ("the school", has_thread(with_worker=False)), ("a worker", has_thread(with_worker=True))
KINDS = ("a user's", references(user, one=True)), ("a school's", references(owning_school, one=True))
LOST = ("taken back", references(user, "taken back")), ("deleted", references(user, "deleted"))
NEVER = ("taken back", references(user, "taken back", one=True)), ("never given", lambda *_: Turn(WENDY, "N" * 22))
ENDED = ("owner goes on", references(user)), ("owner ended", references(user, "owner ended"))
Named = tuple[str, Make]
PAIRS: dict[str, tuple[tuple[str, ...], tuple[Named, Named]]] = {
    "raise then send": (("raise", "send"), POLICY),
    "raise then read": (("raise", "read"), POLICY),
    "raise then terminate": (("raise", "terminate"), POLICY),
    "send then read": (("send", "read"), WHO_HAS_IT),
    "terminate then send": (("terminate", "send"), WHO_HAS_IT),
    "terminate then delete": (("terminate", "delete"), WHO_HAS_IT),
    "delete then list": (("terminate", "delete", "list"), WHO_HAS_IT),
    "delete then send": (("terminate", "delete", "send"), WHO_HAS_IT),
    "close then list": (("close", "list"), WHO_HAS_IT),
    "worker: read, by kind": (("read", "read"), KINDS),
    "worker: send then read, by kind": (("send", "read"), KINDS),
    "worker: lost then read": (("read", "read"), LOST),
    "worker: lost then send": (("read", "send"), LOST),
    "worker: read what is lost or never was": (("read", "read"), NEVER),
    "worker: hand back then send": (("hand back", "send"), ENDED),
}


@contextmanager
def quick() -> Iterator[None]:
    """The worlds are made without waiting for the disk: the server that is timed waits for it."""
    before = engine.PRAGMAS
    engine.PRAGMAS = tuple(it.replace("synchronous=FULL", "synchronous=OFF") for it in before)
    try:
        yield
    finally:
        engine.PRAGMAS = before


def timed(folder: Path, name: str, many: int, prelude: str = "", batches: Iterable[int] = ()) -> list[list[float]]:
    """Seconds of the last act, in each of the two worlds."""
    names, worlds = PAIRS[name]
    with quick(), open_store(folder) as store:
        _drop_jobs(store)
        turns = [(at, make(store, number)) for number in range(many) for at, (_, make) in enumerate(worlds)]
        while run_due_jobs(store, fake_job_dependencies()):
            pass
        passes = [_ticket(store, turn.party) for _, turn in turns]
    found: list[list[float]] = [[], []]

    (folder / "sites").mkdir()  # none need be built for this
    os.environ["SITES"] = str(folder / "sites")

    async def talk() -> None:
        with running(folder, NAMED + prelude) as (host, _):
            for at, turn, ticket in _shuffled(turns, passes, batches or (many,)):
                async with AsyncExitStack() as stack:
                    client = await Client(turn, host, ticket, turn.thread).connected(stack)
                    *before, last = names
                    for act in before:
                        await ACTIONS[act](client)
                    found[at].append(await ACTIONS[last](client))
                await asyncio.sleep(BETWEEN)

    asyncio.run(talk())
    return found


def _shuffled(
    turns: list[tuple[int, Turn]], passes: list[str], batches: Iterable[int]
) -> Iterator[tuple[int, Turn, str]]:
    """The turns, a batch after the other; in each, both worlds in a random order."""
    left = [(at, turn, ticket) for (at, turn), ticket in zip(turns, passes, strict=True)]
    for size in batches:
        batch, left = left[: 2 * size], left[2 * size :]
        random.shuffle(batch)
        yield from batch


def _ticket(store: SqliteStore, party: str) -> str:
    """A ticket that is good as long as this lasts."""
    ticket = fresh()
    late = int(time.time() * 1000) + 10**9
    answer(store.run(keeping(Ticket(hashed=tickets.hash_ticket(ticket), party=party, expires=late))))
    return ticket


def _drop_jobs(store: SqliteStore) -> None:
    crew = [Worker(id=f"w{it}", email="", name="Walt", school=AUTOMATIC, joined=True) for it in range(5)]
    wendy = Worker(id=WENDY, email="", name="Wendy", school=BY_HAND, joined=True)
    everybody = [it.id for it in crew]
    automatic = School(id=AUTOMATIC, email="", name="A", policy=Policy.AUTOMATIC, workers=tuple(everybody))
    answer(store.run(keeping(School(id=BY_HAND, email="", name="B", workers=(WENDY,)), automatic, wendy, *crew)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5_000, help="turns in each of the two worlds (5000)")
    parser.add_argument("--only", nargs="*", default=[*PAIRS], choices=[*PAIRS], metavar="PAIR", help="of: %(choices)s")
    asked = parser.parse_args()
    tell(f"{'what is timed last':<40} {'worlds':<40} {'n':>6} {'AUC':>6}  ± by chance   median µs")
    for name in asked.only:
        with TemporaryDirectory() as folder:
            one, other = timed(Path(folder), name, asked.n)
        worlds = " / ".join(label for label, _ in PAIRS[name][1])
        medians = " / ".join(f"{sorted(it)[len(it) // 2] * 1e6:.0f}" for it in (one, other))
        chance = 1.96 * by_chance(len(one))
        tell(f"{name:<40} {worlds:<40} {len(one):>6} {auc(one, other):>6.3f}  ± {chance:.3f}       {medians}")


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
