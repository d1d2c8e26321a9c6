"""Others' sends on a half-loaded server, with and without each abuser: `python -m tests.resilience.half_loaded`.

In each round, as many messages a second as the server takes are found first, in a closed loop. Then half as many are
sent, each when it is due, and the time from there to its ack is noted. Windows with an abuser and without alternate, so
that a busy machine slows both. An abuser's own work has the lowest priority: it would be done on another machine.

Prints a line for each abuser: p50 and p99 as multiples of those without. SECONDS (3) is a window's length, ROUNDS (5)
how often each has its turn, ONLY the names of some, separated by commas; SERVER is the `backend` of another checkout,
to compare with.
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.resilience.attack_process import ABUSES
from tests.resilience.busy_writers import gather, let_in, open_store, running
from tests.support.stores import fresh

WRITERS = 64
PATIENCE = 1_000  # looks, 50 ms apart
TICKETS = 60  # for one abuser in one window
SECONDS, ROUNDS = float(os.environ.get("SECONDS", "3")), int(os.environ.get("ROUNDS", "5"))
BACKEND = Path(__file__).parents[2]


class Phone(WSListener):
    """A socket that writes into one thread. `acked` gets each key."""

    acked: Callable[[str], None]
    transport: WSTransport

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            heard = json.loads(frame.get_payload_as_bytes())
            if heard["t"] == "ack":
                self.acked(heard["key"])
            assert heard["t"] != "refused", heard
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())

    def send(self, thread: str, key: str) -> None:
        said = {"t": "send", "key": key, "id": thread, "text": "Is it open today?"}
        self.transport.send(WSMsgType.TEXT, json.dumps(said).encode())


class Crowd:
    """The others: so many phones, and when each of their messages was due."""

    def __init__(self, phones: Sequence[tuple[Phone, str]]) -> None:
        self._phones = phones
        self._due: dict[str, float] = {}
        self._taken: list[float] = []
        self._again = False
        for number, (phone, _) in enumerate(phones):
            phone.acked = lambda key, number=number: self._acked(number, key)  # type: ignore[misc]

    async def capacity(self, seconds: float) -> float:
        """Acks a second when each phone sends on as soon as it is answered."""
        self._again = True
        for number in range(len(self._phones)):
            self._send(number, time.perf_counter())
        await asyncio.sleep(1.0)
        self._taken.clear()
        await asyncio.sleep(seconds)
        rate, self._again = len(self._taken) / seconds, False
        await asyncio.sleep(1.0)
        return rate

    async def window(self, rate: float, seconds: float) -> list[float]:
        """The seconds that each message took which was due in this time; what has no answer yet has taken until now."""
        self._taken, began = [], time.perf_counter()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            if (now := time.perf_counter()) < due:
                await asyncio.sleep(due - now)
            self._send(number % len(self._phones), due)
        await asyncio.sleep(0.2)
        now = time.perf_counter()
        return [*self._taken, *(now - due for due in self._due.values())]

    async def rest(self) -> None:
        """Until all is answered."""
        for _ in range(PATIENCE):
            if not self._due:
                break
            await asyncio.sleep(0.05)
        self._due.clear()

    def _send(self, number: int, due: float) -> None:
        phone, thread = self._phones[number]
        key = fresh()
        self._due[key] = due
        phone.send(thread, key)

    def _acked(self, number: int, key: str) -> None:
        now = time.perf_counter()
        if key in self._due:
            self._taken.append(now - self._due.pop(key))
        if self._again:
            self._send(number, now)


@contextmanager
def abusing(name: str, host: str, tickets: Sequence[str]) -> Iterator[None]:
    """An abuser, in a process of its own, until the block ends."""
    command = [sys.executable, "-m", "tests.resilience.attack_process", name, host, *tickets]
    environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
    abuser = subprocess.Popen(
        command,
        cwd=BACKEND,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        abuser.send_signal(signal.SIGKILL)
        abuser.wait(20)


async def dial(host: str, ticket: str) -> Phone:
    headers = {"Origin": f"http://{host}", "Host": host}
    url = f"ws://{host.replace('localhost', '127.0.0.1')}/api/socket?ticket={ticket}"
    transport, phone = await ws_connect(Phone, url, extra_headers=headers)
    assert isinstance(phone, Phone)
    transport.send(WSMsgType.TEXT, b'{"t":"hello","protocol":1}')
    return phone


async def under_load(
    host: str,
    phones: Sequence[tuple[str, str]],
    abusers: Sequence[str],
    tickets: Iterator[str],
    pid: int,
    seconds: float,
    rounds: int,
) -> dict[str, list[dict[str, float]]]:
    """For each abuser, what each of its windows came to, and that without anybody before it."""
    dialled = [(await dial(host, ticket), thread) for ticket, thread in phones]
    crowd = Crowd(dialled)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in abusers}
    for _ in range(rounds):
        rate = await crowd.capacity(seconds) / 2
        print(f"half of what the server takes: {rate:.0f} messages a second", flush=True)
        for name in abusers:
            alone = await crowd.window(rate, seconds)
            await crowd.rest()
            with abusing(name, host, [next(tickets) for _ in range(TICKETS)]):
                await asyncio.sleep(0.3)
                disturbed = await crowd.window(rate, seconds)
            await crowd.rest()
            found[name].append(
                {
                    "p50": quantile(disturbed, 0.5) / quantile(alone, 0.5),
                    "p99": quantile(disturbed, 0.99) / quantile(alone, 0.99),
                    "alone": quantile(alone, 0.99),
                    "worst": max(disturbed),
                    "mb": resident(pid),
                }
            )
    for phone, _ in dialled:
        phone.transport.disconnect()
        await phone.transport.wait_disconnected()
    return found


def quantile(seconds: Sequence[float], part: float) -> float:
    return sorted(seconds)[int(len(seconds) * part)]


def resident(pid: int) -> float:
    """MB of memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(data: Path, abusers: Sequence[str], seconds: float, rounds: int) -> dict[str, list[dict[str, float]]]:
    writers = gather(data, WRITERS + 1)
    with open_store(data) as store:
        phones = [(ticket, it.thread) for ticket, it in zip(let_in(store, writers), writers, strict=True)][:WRITERS]
        spare = [ticket for _ in range(TICKETS * rounds * len(abusers)) for ticket in let_in(store, writers[-1:])]
    with running(data, bounded=True) as (host, process):
        return asyncio.run(under_load(host, phones, abusers, iter(spare), process.pid, seconds, rounds))


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """Medians over the rounds; the worst and the memory of all."""
    lines = [f"{'beside':24} {'p50, x':>7} {'p99, x':>7} {'p99 alone':>10} {'slowest':>9} {'memory':>8}"]
    for name, windows in found.items():
        middle = {key: statistics.median(it[key] for it in windows) for key in ("p50", "p99", "alone")}
        worst, mb = max(it["worst"] for it in windows), max(it["mb"] for it in windows)
        lines.append(
            f"{name:24} {middle['p50']:7.2f} {middle['p99']:7.2f} {middle['alone'] * 1e3:7.1f} ms"
            f" {worst * 1e3:6.0f} ms {mb:5.0f} MB"
        )
    return "\n".join(lines)


def main() -> None:
    chosen = [name for name in os.environ.get("ONLY", "").split(",") if name]
    with TemporaryDirectory() as folder:
        os.environ["SITES"] = folder  # none need be built for this
        if "SERVER" in os.environ:
            os.chdir(os.environ["SERVER"])  # where `python -c` looks first
        print(table(measure(Path(folder) / "data", chosen or [*ABUSES], SECONDS, ROUNDS)))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
