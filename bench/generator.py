"""Runs the load generator on the second core, and reads what it prints."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.install import load_generator
from bench.peers.peer import Dialect, Sockets
from bench.server import on_core

PATIENCE = 240  # seconds that opening the sockets and a load may take together


@dataclass(frozen=True)
class Workload:
    """What is asked: `in_flight` messages of a pair at a time, or at `rate` a second of all pairs (open loop)."""

    seconds: float
    in_flight: int = 1
    rate: float = 0.0

    def options(self) -> list[str]:
        rate = ["--rate", f"{self.rate:.1f}"] if self.rate else []
        return ["--in-flight", str(self.in_flight), "--seconds", str(self.seconds), *rate]


@dataclass(frozen=True)
class Figures:
    """What the load generator found: messages delivered a second, send to delivery in ms, and how busy it was itself.

    `load_cpu` is a share of its core: near 1, the figures are a lower bound of what the server can do.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    load_cpu: float


class Refused(Exception):
    """The server refused messages, so that the figures are none."""


def parse(printed: str) -> Figures:
    """The figures in what the load generator printed. Raises Refused, and ValueError where it is not its JSON."""
    found: dict[str, Any] = json.loads(printed)
    if found["refused"]:
        raise Refused(f"{found['refused']} messages were refused")
    delivered = found["delivered"]
    return Figures(delivered["per_second"], delivered["p50_us"] / 1e3, delivered["p99_us"] / 1e3, found["cpu"])


def run_load(dialect: Dialect, sockets: Sockets, port: int, load: Workload) -> Figures:
    """Open the sockets, send, and close them. Raises Refused; ends the program when a socket breaks."""
    with _listed(sockets) as listed:
        command = _command(dialect, listed, port, *load.options())
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)
    if ended.returncode:
        raise SystemExit(f"the load generator failed: {ended.stderr[-1000:]}")
    return parse(ended.stdout)


@contextmanager
def idle_sockets(dialect: Dialect, sockets: Sockets, port: int) -> Iterator[None]:
    """Sockets that are open while the block runs, and send nothing."""
    with (
        _listed(sockets) as listed,
        subprocess.Popen(
            _command(dialect, listed, port, "--idle"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        ) as process,
    ):
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit("the sockets did not open")
        yield  # then its standard input is closed, which ends it


def _command(dialect: Dialect, listed: Path, port: int, *options: str) -> list[str]:
    return [
        *on_core(1),
        str(load_generator()),
        *("--port", str(port), "--sockets", str(listed)),
        *dialect.options(),
        *options,
    ]


@contextmanager
def _listed(sockets: Sockets) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"{opening} {address}\n" for opening, address in sockets)
        file.flush()
        yield Path(file.name)
