"""What an operator waits for: installs the wheel as docs/operate.md says, starts it as an ordinary account in an empty
folder, and prints the seconds, the sizes and the memory.

`make wheel`, then `PYTHONPATH=backend:. .venv/bin/python bench/installed.py`, and the path of another Python if you
like. Packages come from pip's cache, or from the network if they are not in it.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.server import resident_bytes

from tests.support.ordinary_account import ORDINARY
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.server_process import is_up

DIST = Path(__file__).parents[1] / "dist"
IDLE = 10.0  # seconds after the start


def timed(*command: "str | Path") -> float:
    began = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - began


def size(files: Sequence[Path]) -> str:
    return f"{sum(it.stat().st_size for it in files if it.is_file() and not it.is_symlink()) / 1e6:.1f} MB"


def install(environment: Path, wheel: Path, python: str) -> None:
    pip = (environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check")
    made = timed(python, "-m", "venv", environment)
    needed = timed(*pip, "--require-hashes", "--requirement", DIST / "requirements.txt")
    ours = timed(*pip, "--no-deps", wheel)
    print(f"the environment {made:.1f} s, what it needs {needed:.1f} s, the wheel {ours:.1f} s")
    print(f"the wheel has {size([wheel])}, the environment {size([*environment.rglob('*')])}")


def serve(folder: Path, command: Path) -> None:
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen([*ORDINARY, "env", f"PORT={port}", command, "serve"], cwd=folder)
    try:
        poll(lambda: is_up(f"http://localhost:{port}/api/health"), what="it answers")
        print(f"it answers after {time.monotonic() - began:.1f} s")
        time.sleep(IDLE)
        print(f"its memory after {IDLE:.0f} s is {resident_bytes(process.pid) / 1e6:.0f} MB")
    finally:
        process.terminate()
        began = time.monotonic()
        process.wait(30)
        print(f"it has stopped after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    (found,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as there:
        environment, empty = Path(there, "uconnect"), Path(there, "empty")
        empty.mkdir()
        install(environment, found, sys.argv[1] if sys.argv[1:] else sys.executable)
        serve(empty, environment / "bin" / "uconnect")
