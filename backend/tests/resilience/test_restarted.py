"""A server is started again while everybody is connected: all come back, and nothing that was acknowledged is lost.

`make test` has a few sockets, `make drill` and `make prove` 10,000. They wait and try again as the sites do.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from picows import WSError, WSFrame, WSMsgType, WSTransport

from tests.resilience import crowds
from tests.resilience.busy_writers import UNPACED, Writer, open_store
from tests.resilience.crowds import Browser
from tests.resilience.half_loaded import quantile, resident
from tests.resilience.prepared_folder import preparing, tokens
from tests.support import server_process, sizes
from tests.support.evidence import Evidence
from tests.support.ports import free_port
from tests.support.server_process import Server, serving
from tests.support.stores import answer, finding, fresh, listing_
from uconnect.domain.keys import EntriesOf, ThreadReferenceKey
from uconnect.domain.models import Message
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import threads
from uconnect.entrypoints.server.file_limits import raise_limit
from uconnect.oidc_provider.token_store import Signer

WRITERS = 8
ROOM = 12_000  # connections: each socket, and the calls of those who come
FILES = 13_000  # that this process opens
GOODBYE = (0.5, 3.5)  # seconds that a page waits after a goodbye, and the most between two attempts: see `socket.ts`
ATTEMPT = 15.0  # seconds that an attempt may take
BETWEEN = 0.25  # seconds between two messages of a writer
MOST_BYTES = 60_000  # that a socket may cost the server
AT_ONCE = 200  # attempts at one moment: the clients of this process share one processor
PATIENCE = 240.0  # seconds until all are back, at the most, on a busy machine


class LiveSocket(crowds.Client):
    """A socket that notes what is acknowledged, and when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.acked: dict[str, asyncio.Future[int]] = {}
        self.ended = asyncio.Event()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        super().on_ws_frame(transport, frame)
        if frame.msg_type == WSMsgType.TEXT and self.acked:
            heard = json.loads(frame.get_payload_as_bytes())
            if heard["t"] == "ack" and heard["key"] in self.acked:
                self.acked.pop(heard["key"]).set_result(heard["entry"]["seq"])

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.ended.set()
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionResetError())
            self.welcomed.exception()

    async def send(self, thread: str, key: str) -> int:
        """Its place in the log. Raises ConnectionError if the socket ends before it is acknowledged."""
        place: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.acked[key] = place
        said = {"t": "send", "key": key, "id": thread, "text": "Is it open today?"}
        self.transport.send(WSMsgType.TEXT, json.dumps(said).encode())
        ended = asyncio.create_task(self.ended.wait())
        either: set[asyncio.Future[Any]] = {place, ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not place.done():
            raise ConnectionError
        return place.result()


@dataclass
class Page:
    """A page that is connected, and connects again for ever."""

    number: int
    token: str
    line: LiveSocket | None = None
    opened_at: float = 0.0  # when the socket that is open was welcomed
    tries: int = 0  # attempts that failed

    async def stay(self, host: str, turns: asyncio.Semaphore) -> None:
        while True:
            try:
                async with turns, asyncio.timeout(ATTEMPT):
                    self.line = await self._come(host)
            except (OSError, AssertionError, EOFError, TimeoutError, WSError):
                self.tries += 1
                await asyncio.sleep(random.random() * GOODBYE[1])
                continue
            self.opened_at = time.monotonic()
            await self.line.ended.wait()
            self.line = None
            await asyncio.sleep(random.uniform(*GOODBYE))

    async def _come(self, host: str) -> LiveSocket:
        browser = Browser(host, self.token, self.number)
        try:
            return await browser.connect_as(LiveSocket)
        finally:
            browser.leave()

    async def write(self, writer: Writer, waits: list[float]) -> None:
        """Send one message after the other; what was not acknowledged is sent again under its key."""
        key = fresh()
        while True:
            await asyncio.sleep(BETWEEN)
            if (line := self.line) is None:
                continue
            sent = time.monotonic()
            try:
                writer.acked[key] = await line.send(writer.thread, key)
            except ConnectionError:
                continue
            waits.append(time.monotonic() - sent)
            key = fresh()


@dataclass
class Crowd:
    """All of them, the first of whom write. `waits` are the seconds until each message was acknowledged."""

    host: str
    people: Sequence[Page]
    writers: Sequence[Writer]
    waits: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        turns = asyncio.Semaphore(AT_ONCE)
        tasks = [asyncio.create_task(it.stay(self.host, turns)) for it in self.people]
        for person, writer in zip(self.people, self.writers, strict=False):
            tasks.append(asyncio.create_task(person.write(writer, self.waits)))
        yield
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError), ended

    async def all_in(self, since: float) -> float:
        """Seconds from now until everybody has come since then. That is from before the server was started: some come
        as soon as it listens."""
        now = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while not all(it.line is not None and it.opened_at > since for it in self.people):  # noqa: ASYNC110 - of many
                await asyncio.sleep(0.05)
        return time.monotonic() - now

    @property
    def acked(self) -> int:
        return sum(len(it.acked) for it in self.writers)


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Server]:
    """`serving`, while the sockets of this process go on."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(stack.enter_context, serving(folder, prelude=UNPACED))
        await asyncio.to_thread(stack.close)


@dataclass(frozen=True)
class Seconds:
    """What was measured: until all had come, until the server had stopped, until all were back."""

    first: float
    stopped: float
    back: float


async def restart(folder: Path, crowd: Crowd) -> tuple[Seconds, float]:
    """All come, the server is started again, all come back. And the MB that the sockets take in the second one."""
    async with crowd.staying():
        starting = time.monotonic()
        async with started(folder):
            first = await crowd.all_in(starting)
            await asyncio.sleep(1)
            before, stopping = crowd.acked, time.monotonic()
        stopped = time.monotonic() - stopping
        assert before > 0
        crowd.waits.clear()
        starting = time.monotonic()
        async with started(folder) as server:
            empty = resident(server.pid)
            back = await crowd.all_in(starting)
            await asyncio.sleep(1)
            grown = resident(server.pid) - empty
            assert crowd.acked > before, "they write on"
            assert server.complaints() == []
    return Seconds(first, stopped, back), grown


def prepare(data: Path, url: str) -> Crowd:
    with preparing(data) as folder:
        school, people = folder.school(), folder.users(sizes.RETURNING)
        folder.keep()
        writers = []
        for person in people[:WRITERS]:
            question = Raise(key=fresh(), school=school.party, subject="Rooms", text="Where is room 12?")
            raised = answer(folder.store.run(partial(threads.raise_, by=person.party, command=question)))
            writers.append(Writer(person.party, raised.row.id))
        issued = tokens(Signer(url, folder.signing_key()), people)
    staying = [Page(number, token) for number, token in enumerate(issued)]
    return Crowd(url.removeprefix("http://"), staying, writers)


def kept(data: Path, writer: Writer) -> dict[str, int]:
    """The place of each message of a writer in the log of its thread."""
    with open_store(data) as store:
        reference = answer(store.ask(finding(ThreadReferenceKey(writer.party, writer.thread))))
        assert reference is not None
        log = answer(store.ask(listing_(EntriesOf(reference.thread, 0, 100_000))))
    messages = [it for it in log if isinstance(it, Message)]
    assert len({it.key for it in messages}) == len(messages), "none is there twice"
    return {it.key: it.seq for it in messages}


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_all_come_back_to_a_server_that_was_started_again_and_nothing_acknowledged_is_lost(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONNECTIONS", "CONNECTIONS_PER_ADDRESS"):
        monkeypatch.setenv(name, str(ROOM))
    monkeypatch.setenv("REQUESTS_PER_ADDRESS", "1000000")
    monkeypatch.setenv("SITES", str(tmp_path))
    assert raise_limit(FILES) >= sizes.RETURNING + 2 * AT_ONCE, "raise the limit of files: ulimit -n"
    port = free_port()
    monkeypatch.setattr(server_process, "free_port", lambda: port)
    crowd = prepare(tmp_path / "data", f"http://localhost:{port}")
    seconds, grown = asyncio.run(restart(tmp_path, crowd))
    for writer in crowd.writers:
        in_log = kept(tmp_path / "data", writer)
        assert {key: in_log.get(key) for key in writer.acked} == writer.acked
    assert grown * 2**20 < MOST_BYTES * len(crowd.people) + 20_000_000
    p99, failed = quantile(crowd.waits, 0.99) * 1000, sum(it.tries for it in crowd.people)
    evidence(
        4,
        f"sockets back {seconds.back:.0f} s after a restart ({seconds.first:.0f} s at first, {seconds.stopped:.1f} s to"
        f" stop, {failed} attempts failed, {grown:.0f} MB more in use; p99 of the writers {p99:.0f} ms)",
        len(crowd.people),
    )
