"""Runs the tests of one row, and shows how far they have got."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.prove.promises import Row
from tests.prove.results import Found, read
from tests.support import progress

TESTS = Path(__file__).parents[1]
CORES = 2
LOOK = 2.0 if sys.stdout.isatty() else 60.0  # seconds between two looks; on a terminal the line is written anew


def run(row: Row, given: float, kept: Path) -> list[Found]:
    """What its tests find in the seconds given. Their words are kept in a log."""
    began, reports = time.monotonic(), []
    with (kept / f"{row.number}.log").open("w") as log, TemporaryDirectory() as folder:
        for number, (tests, share) in enumerate(runs(row)):
            reports.append(kept / f"{row.number}.{number}.xml")
            reports[-1].unlink(missing_ok=True)
            command = [sys.executable, "-m", "pytest", "-q", "-n", str(CORES), "--dist", "loadgroup"]
            command += [f"--junitxml={reports[-1]}", *(str(TESTS / each) for each in tests)]
            environment = os.environ | {
                "PROVE": "full" if row.full else "",
                "PROVE_SECONDS": str(given * share / row.seconds),
                "PROVE_PROGRESS": folder,
            }
            running = subprocess.Popen(command, cwd=TESTS.parents[1], env=environment, stdout=log, stderr=log)
            for _ in _looks(running):
                _show(row, Path(folder), time.monotonic() - began, given)
    return read(reports, row.number, time.monotonic() - began)


def runs(row: Row) -> list[tuple[tuple[str, ...], float]]:
    """What is run together, and its seconds in an hour. Browser tests come last in theirs: Playwright keeps an event
    loop to itself, which other tests could not have."""
    return [*((tests, row.share) for tests in apart(row.tests)), *(((path,), share) for path, share in row.more)]


def apart(tests: tuple[str, ...]) -> list[tuple[str, ...]]:
    groups = [tuple(it for it in tests if it.startswith("e2e/") is browser) for browser in (False, True)]
    return [group for group in groups if group]


def _looks(running: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Until it has ended, and then no more."""
    while True:
        try:
            running.wait(LOOK)
        except subprocess.TimeoutExpired:
            yield
        except BaseException:  # interrupted: so are its tests, which end their servers
            running.terminate()
            running.wait()
            raise
        else:
            break
    if sys.stdout.isatty():
        print("\r\033[K", end="")


def _show(row: Row, folder: Path, seconds: float, given: float) -> None:
    request = ", ".join(f"{many:,} {what}" for what, many in sorted(progress.read_progress(folder).items()))
    start, end = ("\r\033[K", "") if sys.stdout.isatty() else ("", "\n")
    print(f"{start}{row.number:>2}  {row.claim[:40]}: {request} in {seconds:.0f} of {given:.0f} s", end=end, flush=True)
