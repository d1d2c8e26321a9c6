"""docs/promises.md and docs/promises.json, made of what a proof has found."""

import os
import platform
import time
from collections.abc import Sequence

import msgspec

from tests.prove.promises import ROWS, Row
from tests.prove.results import Found

INTRODUCTION = """# What uconnect promises, and what was found

Written by `make prove`, never by hand. N clean trials bound the rate of failures by 3/N at 95%. A *planted* fault is a
change that breaks the promise; the same tests must notice it, or they prove nothing.

Machine: {cores} cores, {system}, Python {python}. {date}. A row stands for the commit it was run at as long as nothing
that it depends on has changed since: the backend, the sites, what deploys them, and all versions.
"""

COLUMNS = ("", "promise", "evidence", "N", "faults", "bound", "planted, caught", "seconds", "commit", "not covered")
HEAD = (f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|")


def markdown(found: Sequence[Found]) -> str:
    """The page."""
    introduction = INTRODUCTION.format(
        cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        date=time.strftime("%-d %B %Y", time.gmtime()),
    )
    return "\n".join([introduction, *HEAD, *(_row(row, together(found, row.number)) for row in ROWS), ""])


def summary(found: Sequence[Found]) -> str:
    """The same for programs: a list with an object for each row."""
    rows = [
        {
            "promise": each.promise,
            "n": each.tried,
            "faults": each.faults,
            "planted": each.planted,
            "caught": each.caught,
            "seconds": each.seconds,
        }
        for row in ROWS
        if (each := together(found, row.number))
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n"


def together(found: Sequence[Found], number: int) -> Found | None:
    """What all rows have found of one promise."""
    mine = [each for each in found if each.promise == number]
    if not mine:
        return None
    layers: dict[str, int] = {}
    for each in mine:
        for layer, many in each.layers.items():
            layers[layer] = layers.get(layer, 0) + many
    return Found(
        promise=number,
        layers=layers,
        tests=sum(each.tests for each in mine),
        faults=sum(each.faults for each in mine),
        planted=sum(each.planted for each in mine),
        caught=sum(each.caught for each in mine),
        seconds=round(sum(each.seconds for each in mine), 1),
        commit=", ".join(dict.fromkeys(each.commit for each in mine)),
    )


def _row(row: Row, found: Found | None) -> str:
    if found is None:
        return f"| {row.number} | {row.claim} | {row.evidence} | not run | | | | | | {row.gap} |"
    tried = "<br>".join(f"{many:,} {layer}" for layer, many in found.layers.items()) or f"{found.tests:,} scenarios"
    planted = f"{found.planted}, {found.caught}" if found.planted else ""
    bound = f"{3 / found.tried:.1g}" if not found.faults else ""
    seconds = f"{found.seconds:.0f}"
    cells = (row.number, row.claim, row.evidence, tried, found.faults, bound, planted, seconds, found.commit, row.gap)
    return f"| {' | '.join(map(str, cells))} |"
