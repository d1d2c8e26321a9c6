"""`make prove`: the promises at the figures' size, row after row, and docs/promises.md written of what came out.

A row that is done is kept in build/prove under its commit, and not run again: stopped, it goes on where it was. A
failure prints what replays it. HOURS is the time for all of it (1); a row that has no more tells how far it got.
ROWS names the rows to run, such as "1 2 6"; the page says of the others that they were not run.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.prove.found import read, reread, write
from tests.prove.page import markdown, summary
from tests.prove.rows import ROWS, Row

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "backend" / "tests"


def main() -> int:
    """Run what is not done yet. The exit code says whether every row held."""
    kept = ROOT / "build" / "prove" / _commit()
    kept.mkdir(parents=True, exist_ok=True)
    seconds = float(os.environ.get("HOURS", "1")) * 3600 * 0.9
    chosen = set(os.environ.get("ROWS", "").split())
    rows = [row for row in ROWS if row.tests and (not chosen or str(row.number) in chosen)]
    all_shares = sum(row.share for row in rows)
    for row in rows:
        if not (kept / f"{row.number}.json").exists():
            _prove(row, seconds * row.share / all_shares, kept)
    found = [each for row in ROWS if row.tests for each in reread(kept / f"{row.number}.json")]
    (ROOT / "docs" / "promises.md").write_text(markdown(found, _commit()))
    (ROOT / "docs" / "promises.json").write_text(summary(found))
    return int(any(each.faults for each in found))


def _prove(row: Row, seconds: float, kept: Path) -> None:
    print(f"{row.number:>2}  {row.claim} … ", end="", flush=True)
    began, report = time.monotonic(), kept / f"{row.number}.xml"
    environment = {**os.environ, "PROVE": "full", "PROVE_SECONDS": str(seconds)}
    paths = [str(TESTS / each) for each in row.tests]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", f"--junitxml={report}", *paths]
    with (kept / f"{row.number}.log").open("w") as log:
        subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
    found = read(report, row.number, time.monotonic() - began)
    tried = "; ".join(f"{each.tried:,} tried, {each.faults} faults" for each in found)
    print(f"{tried} in {time.monotonic() - began:.0f} s")
    if any(each.faults for each in found):
        print(f"    what replays it is in {(kept / f'{row.number}.log').relative_to(ROOT)}")
    else:
        write(kept / f"{row.number}.json", found)


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
