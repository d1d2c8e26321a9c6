"""Measures a backup of a big store under load, and its restore.

Run it with `PYTHONPATH=backend .venv/bin/python bench/backup.py`. The store has GB (1) gigabytes of threads. The server
gets half of the messages that it can take, each when it is due. Windows beside a backup and alone are taken in turns,
ROUNDS (3) of SECONDS (5) each. Printed: the others' p50 and p99 beside a backup as multiples of those alone, and the
seconds a gigabyte of a backup under load, of one alone, and of a restore.
"""

import asyncio
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.resilience.busy_writers import gather, running
from tests.resilience.half_loaded import Crowd, dial, quantile
from tests.resilience.prepared_folder import preparing
from tests.support.stores import fresh

GB, ROUNDS, SECONDS = float(os.environ.get("GB", "1")), int(os.environ.get("ROUNDS", "3")), 5.0
WRITERS = 64
BODY = 400  # bytes of an entry, about as many as a message takes
AT_ONCE = 50_000  # rows in a transaction


def fill(file: Path) -> None:
    """Add entries until the file has its size."""
    with closing(sqlite3.connect(file)) as connection:
        while file.stat().st_size < GB * 1e9:
            thread = fresh()
            rows = ((thread, seq, fresh(), "x" * BODY) for seq in range(AT_ONCE))
            connection.executemany("INSERT INTO entry (thread, seq, key, body) VALUES (?, ?, ?, ?)", rows)
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def command(data: Path, *words: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"DATA": str(data)}
    return subprocess.Popen([sys.executable, "-m", "uconnect.entrypoints.cli", *words], env=environment)


def seconds(data: Path, *words: str) -> float:
    began = time.monotonic()
    assert command(data, *words).wait() == 0
    return time.monotonic() - began


async def under_load(host: str, phones: list[tuple[str, str]], data: Path, target: Path) -> list[tuple[float, ...]]:
    """For each round the multiples of p50 and p99, the p99 alone, and the seconds that the backup took."""
    dialled = [(await dial(host, ticket), thread) for ticket, thread in phones]
    crowd, found = Crowd(dialled), []
    for number in range(ROUNDS):
        rate = await crowd.capacity(SECONDS) / 2
        alone = await crowd.window(rate, SECONDS)
        await crowd.rest()
        began, writing = time.monotonic(), command(data, "backup", str(target / str(number)))
        await asyncio.sleep(0.5)  # it starts
        beside = await crowd.window(rate, SECONDS)
        await crowd.rest()
        if writing.poll() is not None:
            print("The backup ended before its window: choose more GB.")
        while writing.poll() is None:  # the load goes on until the backup is whole
            await crowd.window(rate, 0.5)
        await crowd.rest()
        took = time.monotonic() - began
        assert writing.returncode == 0
        ratios = [quantile(beside, part) / quantile(alone, part) for part in (0.5, 0.99)]
        found.append((*ratios, quantile(alone, 0.99), took))
        print(
            f"{rate:.0f} messages a second: p50 {ratios[0]:.2f} x, p99 {ratios[1]:.2f} x, alone"
            f" {found[-1][2] * 1e3:.1f} ms; the backup took {took:.1f} s",
            flush=True,
        )
        (target / str(number)).unlink()
    return found


def main() -> None:
    with TemporaryDirectory() as folder:
        os.environ["SITES"] = folder  # none need be built for this
        data, target = Path(folder) / "data", Path(folder) / "backups"
        data.mkdir(mode=0o700)
        target.mkdir()
        writers = gather(data, WRITERS)
        with preparing(data) as prepared:
            phones = [(prepared.tickets(it.party, 1)[0], it.thread) for it in writers]
            prepared.keep()
        fill(data / "uconnect.sqlite")
        size = (data / "uconnect.sqlite").stat().st_size / 1e9
        print(f"the store has {size:.2f} GB", flush=True)
        with running(data, bounded=True) as (host, _):
            found = asyncio.run(under_load(host, phones, data, target))
        p50, p99, _, took = (statistics.median(each) for each in zip(*found, strict=True))
        alone = seconds(data, "backup", str(target / "last"))
        restored = seconds(data, "restore", str(target / "last"), "--yes", "--no-journal")
        print(
            f"beside a backup p50 {p50:.2f} x, p99 {p99:.2f} x (medians of {ROUNDS}). Seconds a GB: backup under load"
            f" {took / size:.1f}, alone {alone / size:.1f}, restore {restored / size:.1f}"
        )


if __name__ == "__main__":
    main()
