"""`make drill`: the drills one after another, and a page of what came out, in build/drills.

ONLY names some, separated by commas, such as "restore,disk full"; the page is then not written. What a drill
printed is there too. The exit code says whether all held.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.drills.drills import DRILLS, Drill
from tests.prove.versions import commit

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parents[1]
LOGS = ROOT / "build" / "drills"
CORES = 2
HEAD = """# The operator's drills

Written by `make drill`, never by hand: {held} of {many} held, in {minutes:.0f} minutes, at commit {commit} on {date}.

| drill | what happens | what must hold | tests | held | seconds |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Outcome:
    """What came out of a drill: how many tests ran, whether all passed, how long it took, and what they measured."""

    drill: Drill
    tests: int
    held: bool
    seconds: float
    measured: tuple[str, ...] = ()


def run(drill: Drill) -> Outcome:
    """Run a drill. What it prints is kept in a log."""
    began, log = time.monotonic(), LOGS / f"{drill.name.replace(' ', '-')}.log"
    report = log.with_suffix(".xml")
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(CORES), "--dist", "loadgroup", f"--junitxml={report}"]
    command += [str(TESTS / each) for each in drill.tests]
    environment = os.environ | {"PROVE": "full" if drill.full else ""}
    with log.open("w", encoding="utf-8") as printed:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=printed, stderr=subprocess.STDOUT, check=False)
    passed = re.search(r"(\d+) passed", log.read_text("utf-8"))
    tests = int(passed[1]) if passed else 0
    held = done.returncode == 0 and tests > 0
    return Outcome(drill, tests, held, time.monotonic() - began, tuple(measured(report)))


def measured(report: Path) -> Iterator[str]:
    """What the tests of a drill say that they tried and found (`tests.support.evidence`)."""
    counts = Counter[str]()
    for each in ET.parse(report).iter("property") if report.exists() else ():
        if each.get("name") == "tried":
            _, what, many = each.get("value", "||0").split("|")
            counts[what] += int(many)
    yield from (f"{many:,} {what}" for what, many in counts.items())


def page(outcomes: list[Outcome]) -> str:
    """The page of all drills."""
    head = HEAD.format(
        held=sum(it.held for it in outcomes),
        many=len(outcomes),
        minutes=sum(it.seconds for it in outcomes) / 60,
        commit=commit(ROOT),
        date=time.strftime("%-d %B %Y", time.gmtime()),
    )
    rows = (
        f"| {it.drill.name} | {it.drill.day} | {it.drill.holds} | {it.tests} | {'yes' if it.held else '**no**'}"
        f" | {it.seconds:.0f} |\n"
        for it in outcomes
    )
    found = "".join(f"- {it.drill.name}: {each}\n" for it in outcomes for each in it.measured)
    return head + "".join(rows) + (f"\n{found}" if found else "")


def main() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    only = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    if unknown := set(only) - {it.name for it in DRILLS}:
        print(f"There is no such drill: {', '.join(sorted(unknown))}. There are {', '.join(it.name for it in DRILLS)}.")
        return 2
    chosen = [it for it in DRILLS if not only or it.name in only]
    outcomes = []
    for number, drill in enumerate(chosen, 1):
        print(f"{number:>2} of {len(chosen)}  {drill.name}: {drill.day} ...", flush=True)
        outcomes.append(run(drill))
        held = "held" if outcomes[-1].held else f"DID NOT HOLD, see {LOGS.relative_to(ROOT)}"
        print(f"          {outcomes[-1].tests} tests, {outcomes[-1].seconds:.0f} s: {held}", flush=True)
        for each in outcomes[-1].measured:
            print(f"          {each}", flush=True)
    if not only:
        (LOGS / "page.txt").write_text(page(outcomes), "utf-8")
    return int(not all(it.held for it in outcomes))


if __name__ == "__main__":
    sys.exit(main())
