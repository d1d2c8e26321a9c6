"""Others' sends on a half-loaded server, with and without each abuser: `python -m tests.resilience.half_loaded`.

In each round, as many messages a second as the server takes are found first, in a closed loop. Then half as many are
sent, each when it is due, and the time from there to its ack is noted. Windows with an abuser, or a crowd, and without
alternate, so that a busy machine slows both. Their own work has the lowest priority: it would be done on another
machine.

Prints a line for each: p50 and p99 as multiples of those without. SECONDS (3) is a window's length, ROUNDS (5) how
often each has its turn, ONLY the names of some, separated by commas; with PROVE=full the crowds are as large as in
`make prove`. SERVER is the `backend` of another checkout, to compare with.
"""

import asyncio
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from joserfc.jwk import ECKey
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.resilience import crowd_passes
from tests.resilience.attack_process import ABUSES
from tests.resilience.busy_writers import gather, running
from tests.resilience.crowd_passes import Passes
from tests.resilience.prepared_folder import preparing
from tests.support.polling import TIMEOUT, poll_async
from tests.support.stores import answer, finding, fresh
from uconnect.domain.keys import AddressKey
from uconnect.domain.usecases.notices import FIND_UNREAD
from uconnect.entrypoints.server.service import LEASE
from uconnect.oidc_provider.token_store import Signer

WRITERS = 64
PATIENCE = 4_000  # looks, 50 ms apart
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
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        await poll_async(lambda: len(self._taken) >= WRITERS, what="enough is acknowledged")  # the machine may stand
        rate, self._again = len(self._taken) / (time.perf_counter() - began), False
        await asyncio.sleep(1.0)
        return rate

    async def window(self, rate: float, seconds: float) -> list[float]:
        """The seconds that each message took which was due in this time; what has no answer yet has taken until now."""
        self._taken, began = [], time.perf_counter()
        for number in range(max(1, int(rate * seconds))):
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
def abusing(name: str, host: str, passes: Sequence[str]) -> Iterator["subprocess.Popen[str]"]:
    """An abuser or a crowd, in a process of its own, until the block ends."""
    command = [sys.executable, "-m", "tests.resilience.attack_process", name, host]
    environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
    process = subprocess.Popen(
        command,
        cwd=BACKEND,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if "SHOW" in os.environ else subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            assert process.stdin is not None
            process.stdin.write("\n".join(passes))
            process.stdin.close()
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def begun(process: "subprocess.Popen[str]") -> None:
    """Wait until what is to be measured has begun."""
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"


async def dial(host: str, ticket: str) -> Phone:
    headers = {"Origin": f"http://{host}", "Host": host}
    url = f"ws://{host.replace('localhost', '127.0.0.1')}/api/socket?ticket={ticket}"
    transport, phone = await ws_connect(Phone, url, extra_headers=headers, websocket_handshake_timeout=TIMEOUT)
    assert isinstance(phone, Phone)
    transport.send(WSMsgType.TEXT, b'{"t":"hello","protocol":1}')
    return phone


@dataclass(frozen=True)
class Prepared:
    """What is in the data folder: the others' tickets and threads, and the passes of each window."""

    data: Path
    phones: list[tuple[str, str]]
    passes: dict[str, list[Passes]]
    key: ECKey  # that the server signs with


def prepare(data: Path, abusers: Sequence[str], rounds: int) -> Prepared:
    writers = gather(data, WRITERS)
    with preparing(data) as folder:
        address = answer(folder.store.ask(finding(AddressKey("school@x"))))
        assert address is not None
        assert address.party is not None
        school = address.party
        phones = [(folder.tickets(it.party, 1)[0], it.thread) for it in writers]
        passes = {name: [crowd_passes.make(name, folder, data, school) for _ in range(rounds)] for name in abusers}
        folder.keep()
        return Prepared(data, phones, passes, folder.signing_key())


async def under_load(host: str, prepared: Prepared, pid: int, seconds: float) -> dict[str, list[dict[str, float]]]:
    """For each abuser, what each of its windows came to, and that without anybody before it."""
    dialled = [(await dial(host, ticket), thread) for ticket, thread in prepared.phones]
    crowd, signs = Crowd(dialled), Signer(f"http://{host}", prepared.key)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in prepared.passes}
    for turn in zip(*prepared.passes.values(), strict=True):
        rate = await crowd.capacity(seconds) / 2
        print(f"half of what the server takes: {rate:.0f} messages a second", flush=True)
        for name, passes in zip(found, turn, strict=True):
            alone = await crowd.window(rate, seconds)
            await crowd.rest()
            with abusing(name, host, passes.lines(signs)) as process:
                await asyncio.to_thread(begun, process)
                await asyncio.sleep(0.3)
                disturbed = await crowd.window(rate, seconds)
                assert process.poll() is None, f"{name} ended before its window"
            await crowd.rest()
            await jobs_done(prepared.data)
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


async def jobs_done(data: Path) -> None:
    """Until the server does no job, and has none that is due soon but the look for unread messages, which always is."""
    with closing(sqlite3.connect(f"{(data / 'uconnect.sqlite').resolve().as_uri()}?mode=ro", uri=True)) as connection:
        for _ in range(PATIENCE):
            soon = time.time() * 1000 + LEASE
            due = "SELECT 1 FROM job WHERE due <= ? AND id <> ? LIMIT 1"
            if not connection.execute(due, (soon, FIND_UNREAD.id)).fetchone():
                return
            await asyncio.sleep(0.05)
    raise AssertionError("the server has jobs that it does not do")


def quantile(seconds: Sequence[float], part: float) -> float:
    return sorted(seconds)[int(len(seconds) * part)]


def resident(pid: int) -> float:
    """MB of memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(data: Path, abusers: Sequence[str], seconds: float, rounds: int) -> dict[str, list[dict[str, float]]]:
    prepared = prepare(data, abusers, rounds)
    with running(data, bounded=True) as (host, process):
        return asyncio.run(under_load(host, prepared, process.pid, seconds))


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
