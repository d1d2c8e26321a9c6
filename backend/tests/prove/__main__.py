"""`make prove`: the promises at the figures' size, row after row, and docs/promises.md written of what came out.

A row that is done is kept in build/prove as long as nothing changes that it depends on, and is not run again unless it
found a fault or is given more time: stopped, the proof goes on where it was. A failure prints what replays it. HOURS is
the time for all of it (1); a row that has no more tells how far it got. ROWS names the rows to run, such as "1 2 6";
the page says of the others what was kept of them.
"""

import os
import signal
import sys
import time
from pathlib import Path

from msgspec.structs import replace

from tests.prove.promises import ROWS, Row
from tests.prove.report import markdown, summary
from tests.prove.results import Found, reread, write
from tests.prove.runner import run
from tests.prove.versions import commit, content

ROOT = Path(__file__).parents[3]
MORE = 1.2  # times the seconds that were planned for a row: then it is run again, and tries more


def main() -> int:
    """Run what is not done yet. The exit code says whether every row that was run held."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that what it has begun is stopped too
    kept = ROOT / "build" / "prove" / content(ROOT)
    kept.mkdir(parents=True, exist_ok=True)
    chosen = set(os.environ.get("ROWS", "").split())
    rows = [row for row in ROWS if row.tests and (not chosen or str(row.number) in chosen)]
    second = float(os.environ.get("HOURS", "1")) * 3600 * 0.9 / sum(row.seconds for row in rows)
    due = [row for row in rows if is_due(reread(kept / f"{row.number}.json"), row.seconds * second)]
    until = time.monotonic() + sum(row.seconds for row in due) * second
    for place, row in enumerate(due):
        left = max(0, until - time.monotonic())
        _prove(row, left * row.seconds / sum(it.seconds for it in due[place:]), row.seconds * second, kept)
    found = {row.number: reread(kept / f"{row.number}.json") for row in ROWS if row.tests}
    everything = [each for them in found.values() for each in them]
    (ROOT / "docs" / "promises.md").write_text(markdown(everything))
    (ROOT / "docs" / "promises.json").write_text(summary(everything))
    return int(any(each.faults for row in rows for each in found[row.number]))


def is_due(found: list[Found], planned: float) -> bool:
    """Whether a row is to be run: it never was, it found a fault, or it has much more time now."""
    return not found or any(each.faults or each.planned * MORE < planned for each in found)


def _prove(row: Row, given: float, planned: float, kept: Path) -> None:
    """Run a row in its part of the time that is left: what a row before it took too long, all after it share."""
    found = [replace(each, commit=commit(ROOT), planned=planned) for each in run(row, given, kept)]
    write(kept / f"{row.number}.json", found)
    tried = "; ".join(f"{each.promise}: {each.tried:,} tried, {each.faults} faults" for each in found)
    print(f"{row.number:>2}  {row.claim}: {found[0].seconds:.0f} s; {tried}", flush=True)
    if any(each.faults for each in found):
        print(f"    what replays it is in {(kept / f'{row.number}.log').relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
