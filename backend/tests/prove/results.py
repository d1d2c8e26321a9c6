"""What a run of a promise's tests came to, read from the report that pytest writes."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct


class Found(Struct, frozen=True):
    """One promise: how often it was tried on each layer, the faults found, and the faults that were planted."""

    promise: int
    layers: dict[str, int]
    tests: int
    faults: int
    planted: int
    caught: int
    seconds: float
    commit: str = ""
    planned: float = 0.0  # seconds, of all that there were

    @property
    def tried(self) -> int:
        """All trials; where a promise is a list of scenarios, these."""
        return sum(self.layers.values()) or self.tests


def read(reports: Sequence[Path], promise: int, seconds: float) -> list[Found]:
    """What reports say of a row's promise, and of others that its tests have tried on the way.

    A report that is not there is a fault: its tests were not run to their end.
    """
    there = [report for report in reports if report.exists()]
    cases = [case for report in there for case in ET.parse(report).iter("testcase")]
    layers: dict[int, Counter[str]] = {promise: Counter()}
    planted, caught = Counter[int](), Counter[int]()
    faults = sum(_failed(case) for case in cases) + (len(reports) - len(there)) + (not cases)
    for case in cases:
        for name, value in _properties(case):
            if name == "planted":
                planted[int(value)] += 1
                caught[int(value)] += not _failed(case)
            else:
                number, layer, many = value.split("|")
                layers.setdefault(int(number), Counter())[layer] += int(many)
    return [
        Found(
            promise=number,
            layers=dict(layers.get(number, {})),
            tests=len(cases),
            faults=faults if number == promise else 0,
            planted=planted[number],
            caught=caught[number],
            seconds=round(seconds, 1),
        )
        for number in sorted({*layers, *planted})
    ]


def write(path: Path, found: list[Found]) -> None:
    path.write_bytes(msgspec.json.encode(found))


def reread(path: Path) -> list[Found]:
    """What was kept; nothing of a row that was not reached."""
    return msgspec.json.decode(path.read_bytes(), type=list[Found]) if path.exists() else []


def _failed(case: ET.Element) -> bool:
    return any(case.find(what) is not None for what in ("failure", "error"))


def _properties(case: ET.Element) -> list[tuple[str, str]]:
    return [(it.get("name", ""), it.get("value", "")) for it in case.iter("property")]
