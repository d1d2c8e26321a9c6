"""Who is measured, under which loads, and how one start of one server is measured."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep

from bench.generator import Figures, Workload, idle_sockets, run_load
from bench.install import BUILD, slow_sync
from bench.peers.channels.channels_peer import CHANNELS
from bench.peers.ejabberd.ejabberd_peer import EJABBERD
from bench.peers.native.native_peer import NATIVE
from bench.peers.peer import Peer
from bench.peers.prosody.prosody_peer import PROSODY
from bench.peers.socketio.socketio_peer import SOCKETIO
from bench.peers.uconnect.uconnect_peer import UCONNECT, prepare_idle
from bench.results import EIGHT, HALF, ONE, Run
from bench.server import ServerProcess

PEERS = {peer.name: peer for peer in (NATIVE, SOCKETIO, EJABBERD, PROSODY, CHANNELS)}
PAIRS = 64
IDLE_SOCKETS, IDLE_STARTS, IDLE_SECONDS = 5_000, 3, 2.0
SLOW_DISK_US = (1_000, 10_000)


@dataclass(frozen=True)
class Contestant:
    """A server, with the loads it is measured under. `delay_us` is added to each sync of its disk."""

    peer: Peer
    loads: tuple[str, ...] = (ONE,)
    delay_us: int = 0

    @property
    def name(self) -> str:
        return f"{self.peer.name}_{self.delay_us // 1000}ms" if self.delay_us else self.peer.name

    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(slow_sync()), "SLOW_SYNC_US": str(self.delay_us)} if self.delay_us else {}


def contestants(chosen: list[str]) -> list[Contestant]:
    """Who is measured in each round, in this order: uconnect, the chosen peers, and some of them on slower disks."""
    loads = (ONE, EIGHT, HALF)
    found = [Contestant(UCONNECT, loads)]
    found += [Contestant(PEERS[name], loads if name == "native" else (ONE,)) for name in PEERS if name in chosen]
    for delay in SLOW_DISK_US:
        found += [Contestant(UCONNECT, delay_us=delay)]
        found += [Contestant(NATIVE, delay_us=delay)] if "native" in chosen else []
        found += [Contestant(SOCKETIO, delay_us=delay)] if "socketio" in chosen and delay == SLOW_DISK_US[0] else []
    return found


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty private folder on the disk of this repository: a machine's temporary folder may be in memory."""
    folder = BUILD / "data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(contestant: Contestant, run: Run, port: int, seconds: float) -> None:
    """Start a server with empty data, and put each of its loads on it."""
    with data_folder() as folder:
        launch = contestant.peer.prepare(folder, port, PAIRS)
        launch = replace(launch, environment={**launch.environment, **contestant.environment()})
        with ServerProcess(launch, port, BUILD / "printed.log") as server:
            run.started(contestant.name, server.seconds, server.memory_mb)
            found: dict[str, Figures] = {}
            for name in contestant.loads:
                load = _load(name, seconds, found)
                found[name] = run_load(contestant.peer.dialect, launch.sockets(), port, load)
                run.add(contestant.name, name, found[name])
                _show(contestant.name, name, found[name])


def _load(name: str, seconds: float, found: dict[str, Figures]) -> Workload:
    """Half load is half of what the same server did in the closed loop just before."""
    if name == HALF:
        return Workload(seconds, rate=found[ONE].per_second / 2)
    return Workload(seconds, in_flight=8 if name == EIGHT else 1)


def _show(contestant: str, load: str, figures: Figures) -> None:
    print(
        f"  {contestant:15} {load:12} {figures.per_second:9,.0f}/s   p50 {figures.p50_ms:8.2f} ms   "
        f"p99 {figures.p99_ms:8.2f} ms   load generator {figures.load_cpu:.2f} of its core",
        flush=True,
    )


def measure_idle(run: Run, port: int) -> None:
    """How much a start of uconnect grows for each open socket of a party of its own that sends nothing but hello."""
    with data_folder() as folder:
        launch = prepare_idle(folder, port, IDLE_SOCKETS, IDLE_STARTS)
        for _ in range(IDLE_STARTS):
            with ServerProcess(launch, port, BUILD / "printed.log") as server:
                before = server.resident_bytes()
                with idle_sockets(UCONNECT.dialect, launch.sockets(), port):
                    sleep(IDLE_SECONDS)
                    kib = (server.resident_bytes() - before) / IDLE_SOCKETS / 1024
                run.idle_socket_kib.append(kib)
                print(f"  {'uconnect':15} {IDLE_SOCKETS:,} idle sockets: {kib:.1f} KiB each", flush=True)
