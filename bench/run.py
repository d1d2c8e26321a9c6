"""`make bench`: the whole product beside a native floor in C and four other servers, all in one run.

`python -m bench.run [PEERS]`: PEERS are names with commas between them, from native, socketio, ejabberd, prosody,
channels and growth; all without it. uconnect itself is always measured. ROUNDS (5), the SECONDS (2) of each load,
BENCH_PORT (8090) and the SIZES of growth (1000,100000 threads) come from the environment. Writes bench/results.json and
its table in README.md; bench/README.md explains the figures.
"""

import fcntl
import importlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench import results, sizes, table
from bench.conditions import conditions
from bench.contestants import PEERS, contestants, measure, measure_idle
from bench.install import BUILD, load_generator, slow_sync
from bench.results import Run

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS", "2"))
PORT = int(os.environ.get("BENCH_PORT", "8090"))
GROWTH = "growth"
GROWTH_SIZES = tuple(int(size) for size in os.environ.get("SIZES", "1000,100000").split(","))


def chosen(arguments: list[str]) -> list[str]:
    """The names asked for; all without any. Ends the program at a name that is not known."""
    known = [*PEERS, GROWTH]
    asked = [name for argument in arguments for name in argument.split(",") if name]
    for name in asked:
        if name not in known:
            raise SystemExit(f"{name} is not known. Known are: {', '.join(known)}.")
    return asked or known


def install(names: list[str]) -> None:
    load_generator()
    slow_sync()
    for name in names:
        if name in PEERS:
            PEERS[name].install()


def measure_growth(run: Run) -> None:
    """How much longer each operation takes with the last of GROWTH_SIZES than with the first."""
    try:
        growth = importlib.import_module("bench.growth")
    except ModuleNotFoundError:
        print("growth: bench/growth.py is not there; the results keep their old growth")
        return
    run.growth, run.growth_sizes = growth.ratios(GROWTH_SIZES), GROWTH_SIZES


@contextmanager
def alone() -> Iterator[None]:
    """One run at a time: two would share the port, the data folder and the cores."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("Another benchmark runs in this folder.") from None
        yield


def bench(names: list[str]) -> None:
    began, where = time.monotonic(), conditions(ROUNDS, SECONDS)
    install(names)
    run = Run()
    for number in range(1, ROUNDS + 1):
        print(f"round {number} of {ROUNDS}, after {time.monotonic() - began:.0f} s", flush=True)
        for contestant in contestants(names):
            measure(contestant, run, PORT, SECONDS)
    measure_idle(run, PORT)
    if GROWTH in names:
        measure_growth(run)
    else:
        print("growth is not among the chosen; the results keep their old growth")
    found = results.merged(results.read(), results.measured(run), where)
    results.write(found)
    table.write(found)
    print(f"{table.source(found)}\nin {time.monotonic() - began:.0f} s")
    sizes.show()


if __name__ == "__main__":
    with alone():
        bench(chosen(sys.argv[1:]))
