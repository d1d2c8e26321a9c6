"""`make bench`: what the server does on this machine, each figure beside a reference taken in the same run.

Durable messages: 64 pairs (a user and a school each), closed loop: a user sends, the school's event and the user's ack
come back, and only then the next message leaves. The reference is the same sockets sending pings, which the server
answers without its store: what the transport alone can do. Rounds alternate; medians are printed.
"""

import asyncio
import gzip
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import registration, threads, tickets

ROOT = Path(__file__).parents[1]
PAIRS, ROUNDS, SECONDS, WARM = 64, 5, 2.0, 0.5
PORT = int(os.environ.get("BENCH_PORT", "8090"))
ORIGIN = f"http://localhost:{PORT}"
TEXT = "x" * 100

# The pace of sends is counted as ever, but allows what no person does: four a second would measure the limit itself.
UNPACED = """
from uconnect.domain import rate_limit
rate_limit.SEND = rate_limit.RateLimit(every=0, burst=1)
from uconnect.entrypoints.server import limits
limits.FRAMES = limits.FRAME_BYTES = limits.rate(per_second=10**9, burst=10**9)
from uconnect.entrypoints.cli.main import main
main()
"""


def answer(store: SqliteStore, use_case: UseCase[Any]) -> Any:
    outcome = store.run(use_case)
    if not isinstance(outcome, Plan):
        raise SystemExit(f"refused: {outcome.code}")
    return outcome.answer


def prepare(data: Path) -> list[tuple[str, str, str]]:
    """Fill a data folder with the pairs; for each, the user's ticket, its thread's id and the school's ticket."""
    database = Database(data / "uconnect.sqlite", [MIGRATIONS])
    store = SqliteStore(database, new_context)

    def register(site: Kind, name: str) -> str:
        command = registration.Registration(
            site=site, issuer="bench", subject=name, email=f"{name}@bench.example", name=name
        )
        return str(answer(store, partial(registration.register, command=command)))

    pairs = []
    for n in range(PAIRS):
        school, user = register(Kind.SCHOOL, f"school{n}"), register(Kind.USER, f"user{n}")
        command = Raise(key=fresh(), school=school, subject="bench", text="begin")
        raised = answer(store, partial(threads.raise_, by=user, command=command))
        user_ticket, school_ticket = (answer(store, partial(tickets.issue, by=by)).ticket for by in (user, school))
        pairs.append((user_ticket, raised.row.id, school_ticket))
    database.close()
    return pairs


class Server:
    """The real command, on a core of its own where there are two."""

    def __init__(self, data: Path) -> None:
        environment = {**os.environ, "PORT": str(PORT), "DATA": str(data)}
        began = time.perf_counter()
        self.process = subprocess.Popen([sys.executable, "-c", UNPACED, "serve"], env=environment)
        if len(os.sched_getaffinity(0)) > 1:
            os.sched_setaffinity(self.process.pid, {0})
        self._wait()
        self.seconds = time.perf_counter() - began

    def _wait(self) -> None:
        for _ in range(1000):
            try:
                with urlopen(f"{ORIGIN}/api/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.01)
        raise SystemExit("the server did not get healthy")

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


def ignore(_: bytes) -> None:
    """Takes a frame that nobody waits for."""


class Phone(WSListener):
    """A socket that hands each frame to whoever listens just now."""

    heard: Callable[[bytes], None]

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.heard = ignore

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.heard(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())

    def send(self, frame: dict[str, Any]) -> None:
        self.transport.send(WSMsgType.TEXT, json.dumps(frame).encode())


async def connect(ticket: str) -> Phone:
    url = f"ws://127.0.0.1:{PORT}/api/socket?ticket={ticket}"
    headers = {"Origin": ORIGIN, "Host": f"localhost:{PORT}"}
    _, phone = await ws_connect(Phone, url, extra_headers=headers)
    assert isinstance(phone, Phone)
    return phone


class Loop:
    """One closed loop: `begin` starts a turn; a turn ends when as many frames as it waits for are in."""

    def __init__(self, begin: Callable[[], None], waits: int, latencies: list[float]) -> None:
        self._begin, self._waits, self._latencies = begin, waits, latencies
        self.running = True
        self._next()

    def _next(self) -> None:
        self._missing, self._began = self._waits, time.perf_counter()
        self._begin()

    def heard(self, _: bytes) -> None:
        self._missing -= 1
        if self._missing == 0:
            self._latencies.append(time.perf_counter() - self._began)
            if self.running:
                self._next()


async def measure(pairs: list[tuple[Phone, str, Phone]], ping: bool) -> tuple[float, list[float]]:
    """Turns a second, and their latencies in seconds."""
    latencies: list[float] = []
    loops = []
    for user, thread, school in pairs:
        begin = partial(user.send, {"t": "ping"}) if ping else partial(_send, user, thread)
        loop = Loop(begin, 1 if ping else 2, latencies)
        user.heard = loop.heard
        school.heard = ignore if ping else loop.heard
        loops.append(loop)
    await asyncio.sleep(WARM)
    latencies.clear()
    await asyncio.sleep(SECONDS)
    counted = list(latencies)
    for loop in loops:
        loop.running = False
    await asyncio.sleep(0.3)
    return len(counted) / SECONDS, counted


def _send(user: Phone, thread: str) -> None:
    user.send({"t": "send", "key": fresh(), "id": thread, "text": TEXT})


async def load(pairs: list[tuple[str, str, str]]) -> None:
    phones = [(await connect(user), thread, await connect(school)) for user, thread, school in pairs]
    figures: dict[bool, list[float]] = {True: [], False: []}
    latencies: list[float] = []
    for _ in range(ROUNDS):
        for ping in (True, False):
            rate, times = await measure(phones, ping)
            figures[ping].append(rate)
            if not ping:
                latencies += times
    latencies.sort()
    durable, pings = statistics.median(figures[False]), statistics.median(figures[True])
    p50, p99 = latencies[len(latencies) // 2] * 1e3, latencies[len(latencies) * 99 // 100] * 1e3
    print(f"durable messages/s, {PAIRS} pairs   {durable:8.0f}   p50 {p50:.1f} ms  p99 {p99:.1f} ms")
    print(f"pings/s, the same sockets        {pings:8.0f}   durable/pings {durable / pings:.2f}")


def first_load(site: str) -> int:
    """The gzip bytes of the JavaScript a site loads first: its scripts and their module preloads."""
    page = (ROOT / "sites" / "dist" / site / "index.html").read_text()
    names = set(re.findall(r'(?:src|href)="[^"]*?(assets/[^"]+\.js)"', page))
    return sum(len(gzip.compress((ROOT / "sites" / "dist" / name).read_bytes(), 9)) for name in names)


def lines(folder: str, *endings: str, but: str = "/node_modules/|/dist/|protocol.ts|http.ts|\\.test\\.") -> int:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    names = [name for name in listed.stdout.split() if name.endswith(endings) and not re.search(but, name)]
    return sum(len((ROOT / name).read_text().splitlines()) for name in names)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        pairs = prepare(data)
        server = Server(data)
        try:
            time.sleep(1)
            print(f"start to healthy                 {server.seconds:8.2f} s")
            print(f"memory at rest                   {server.megabytes():8.0f} MB")
            asyncio.run(load(pairs))
            print(f"memory after the load            {server.megabytes():8.0f} MB")
        finally:
            server.stop()
    for site in ("user", "school", "worker"):
        print(f"first JavaScript, gzip, {site:7}  {first_load(site) / 1000:8.1f} kB")
    print(
        f"lines: domain {lines('backend/uconnect/domain', '.py')}, backend {lines('backend/uconnect', '.py')}, ", end=""
    )
    parts = (f"{part} {lines(f'sites/{part}', '.ts', '.tsx')}" for part in ("src", "apps"))
    print(", ".join(parts))


main()
