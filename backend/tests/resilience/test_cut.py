"""Promise 4: one order without a gap for both sides, though their sockets are cut at random bytes while both write."""

import asyncio
import json
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from tests.api.socket_client import greet
from tests.resilience.busy_writers import Writer, gather, let_in, open_store, running
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import TIMEOUT, poll_async
from tests.support.stores import answer, finding, fresh
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.keys import ThreadKey, ThreadReferenceKey
from uconnect.domain.usecases import queries

A_LIFE = (300, 9_000)  # bytes, both ways, that a connection carries before it is cut
PAGE = 50


@dataclass
class End(Writer):
    """A side of the thread: what it holds of the log, and what it has said and got no answer to."""

    store: SqliteStore = field(kw_only=True)
    log: dict[int, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    resumed: list[float] = field(default_factory=list)

    @property
    def last(self) -> int:
        return len(self.log)

    async def catch_up(self) -> None:
        """Read the log after the last entry held."""
        more = True
        while more:
            asked = partial(queries.log, by=self.party, id=self.thread, after=self.last, most=PAGE)
            page = answer(await self.store.ask_soon(asked))
            for entry in page.entries:
                self.log[entry.seq] = getattr(entry, "text", "")
            more = page.more

    async def receive(self, frame: dict[str, Any]) -> None:
        if frame["t"] not in {"ack", "event"}:
            return
        entry = frame["entry"]
        if entry["seq"] == self.last + 1:
            self.log[entry["seq"]] = entry["text"]
        elif entry["seq"] > self.last:
            await self.catch_up()
        assert self.log[entry["seq"]] == entry["text"], "two entries at one place"
        self.waiting.pop(frame.get("key", ""), None)


@asynccontextmanager
async def cutting(port: int, chance: Random, cuts: list[int]) -> AsyncIterator[int]:
    """A way to a port of this machine on which every connection is cut after some bytes."""

    async def arrived(here: StreamReader, back: StreamWriter) -> None:
        left, ends = [chance.randint(*A_LIFE)], [back]
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", port)
            ends.append(onward)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_carry(here, onward, left))
                ways.create_task(_carry(there, back, left))
        except* (ConnectionError, _Over):
            cuts.append(left[0])
        finally:
            for end in ends:
                end.transport.abort()

    server = await asyncio.start_server(arrived, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


class _Over(Exception):
    """A connection has carried what it may, or an end has left."""


async def _carry(source: StreamReader, target: StreamWriter, left: list[int]) -> None:
    while data := await source.read(4096):
        target.write(data[: left[0]])
        left[0] -= len(data)
        if left[0] <= 0:
            raise _Over
        await target.drain()
    raise _Over


async def _live(end: End, home: str, port: int, until: asyncio.Event) -> None:
    """Connect, resume, write and listen until cut; again, until all is done and nothing is unsure."""
    while not until.is_set() or end.waiting:
        began = time.perf_counter()
        (ticket,) = await asyncio.to_thread(let_in, end.store, [end])
        try:
            url = f"ws://127.0.0.1:{port}/api/socket?ticket={ticket}"
            async with connect(url, origin=Origin(f"http://{home}"), proxy=None, open_timeout=TIMEOUT) as socket:
                await greet(socket)
                await end.catch_up()
                end.resumed.append(time.perf_counter() - began)
                for key, text in [*end.waiting.items()]:
                    await _say(socket, end, key, text)
                while not until.is_set() or end.waiting:
                    if not end.waiting:
                        end.sent += 1
                        key, text = fresh(), f"{end.party} says {end.sent}"
                        end.waiting[key] = text
                        await _say(socket, end, key, text)
                    await end.receive(json.loads(await socket.recv()))
        except (WebSocketException, OSError, EOFError):
            continue


async def _say(socket: ClientConnection, end: End, key: str, text: str) -> None:
    await socket.send(json.dumps({"t": "send", "key": key, "id": end.thread, "text": text}))


def talked(folder: Path, cuts: list[int]) -> tuple[End, End]:
    """A user and a school write to each other while all their sockets are cut, so often as it takes."""
    (user,) = gather(folder, 1)

    async def talk() -> tuple[End, End]:
        with running(folder) as (host, _), open_store(folder) as store:
            ends, done = _ends(store, user), asyncio.Event()
            async with cutting(int(host.partition(":")[2]), Random(4), cuts) as port, asyncio.TaskGroup() as living:
                for end in ends:
                    living.create_task(_live(end, host, port, done))
                living.create_task(_enough(cuts, done))
            for end in ends:
                await end.catch_up()
            return ends

    return asyncio.run(talk())


def _ends(store: SqliteStore, user: Writer) -> tuple[End, End]:
    handle = answer(store.ask(finding(ThreadReferenceKey(user.party, user.thread))))
    assert handle is not None
    thread = answer(store.ask(finding(ThreadKey(handle.thread))))
    assert thread is not None
    return End(user.party, user.thread, store=store), End(thread.school.party, thread.school.id, store=store)


def _more(cuts: list[int], before: int) -> bool:
    return len(cuts) > before


async def _enough(cuts: list[int], done: asyncio.Event) -> None:
    for _ in sizes.batches(sizes.CUTS, at_once=1):
        before = len(cuts)
        await poll_async(partial(_more, cuts, before), what="a socket is cut")
    done.set()


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_both_sides_hold_the_same_log_without_a_gap(tmp_path: Path, evidence: Evidence) -> None:
    cuts: list[int] = []
    user, school = talked(tmp_path, cuts)
    assert user.log == school.log
    assert [*user.log] == list(range(1, user.last + 1))
    sent = [f"{end.party} says {number}" for end in (user, school) for number in range(1, end.sent + 1)]
    assert sorted([*user.log.values()][1:]) == sorted(sent)
    evidence(4, f"cuts, {user.last:,} messages between them", len(cuts))


@pytest.mark.planted(4)
def test_a_side_that_does_not_read_what_it_missed_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_: End) -> None:
        """Goes on from the next frame, whatever was missed."""

    monkeypatch.setattr(End, "catch_up", nothing)
    with pytest.raises(ExceptionGroup):
        talked(tmp_path, [])
