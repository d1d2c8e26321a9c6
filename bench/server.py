"""Runs a server to measure as a process of its own, on the first core; the load generator has the second one."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

from bench.peers.peer import Launch

START_SECONDS, STOP_SECONDS = 60.0, 20.0
SETTLED = 1.0  # seconds after its start when its memory at rest is read


def on_core(core: int) -> list[str]:
    """What to put before a command so that all its threads run on one core; on a machine with one core, nothing."""
    return ["taskset", "--cpu-list", str(core)] if len(os.sched_getaffinity(0)) > 1 else []


class ServerProcess:
    """A server that answers. `seconds` is what its start took, `memory_mb` its resident memory once it is at rest."""

    def __init__(self, launch: Launch, port: int, printed: Path) -> None:
        self._launch, self._port, self._printed = launch, port, printed
        began = time.perf_counter()
        with printed.open("wb") as file:
            self._process = subprocess.Popen(
                [*on_core(0), *launch.command],
                env={**os.environ, **launch.environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:  # also when the run is interrupted: nobody else would stop it
            self.stop()
            raise
        self.seconds = time.perf_counter() - began
        time.sleep(SETTLED)
        self.memory_mb = self.resident_bytes() / 2**20

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                said = self._printed.read_text("utf-8", "replace")[-3000:]
                raise SystemExit(f"{self._launch.command[0]} did not start:\n{said}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            if self._launch.health:
                with urlopen(f"http://localhost:{self._port}{self._launch.health}", timeout=1):
                    return True
            with socket.create_connection(("127.0.0.1", self._port), 1):
                return True
        except OSError:
            return False

    def resident_bytes(self) -> int:
        """The resident memory of the process and all that it started."""
        return sum(resident_bytes(pid) for pid in self._tree())

    def _tree(self) -> list[int]:
        found = [self._process.pid]
        for pid in found:
            found += _children(pid)
        return found

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                pass
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def _read(pid: int, file: str) -> str:
    """A file of /proc, empty if the process has ended."""
    try:
        return Path(f"/proc/{pid}/{file}").read_text("utf-8")
    except OSError:
        return ""


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    threads = [task.name for task in tasks.iterdir()] if tasks.exists() else []
    return [int(child) for thread in threads for child in _read(pid, f"task/{thread}/children").split()]


def resident_bytes(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", _read(pid, "status"))
    return int(found[1]) * 1024 if found else 0
