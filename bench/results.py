"""What a run makes of its figures: medians, ratios within a round, and bench/results.json."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.generator import Figures

RESULTS = Path(__file__).parent / "results.json"

ONE, EIGHT, HALF = "1 in flight", "8 in flight", "half load"  # what a load is named in the results

# Each ratio: the load, the product's contestant and the other one. A contestant is a server, perhaps on a slower disk.
RATIOS = {
    "native_64": (ONE, "uconnect", "native"),
    "native_8_in_flight": (EIGHT, "uconnect", "native"),
    "socketio": (ONE, "uconnect", "socketio"),
    "ejabberd": (ONE, "uconnect", "ejabberd"),
    "prosody": (ONE, "uconnect", "prosody"),
    "channels": (ONE, "uconnect", "channels"),
    "socketio_1ms": (ONE, "uconnect_1ms", "socketio_1ms"),
}
GROWTH = (
    "send", "raise", "open_end", "open_middle", "inbox", "directory", "overview", "delete", "start", "memory",
)  # fmt: skip


@dataclass
class Run:
    """All that one run measured. A list has one entry for each round."""

    figures: dict[tuple[str, str], list[Figures]] = field(default_factory=dict)  # by contestant and load
    start_seconds: dict[str, list[float]] = field(default_factory=dict)
    memory_mb: dict[str, list[float]] = field(default_factory=dict)  # at rest, after the start
    idle_socket_kib: list[float] = field(default_factory=list)
    growth: dict[str, float] = field(default_factory=dict)
    growth_sizes: tuple[int, ...] = ()  # threads, the fewest first

    def add(self, contestant: str, load: str, figures: Figures) -> None:
        self.figures.setdefault((contestant, load), []).append(figures)

    def started(self, contestant: str, seconds: float, memory_mb: float) -> None:
        self.start_seconds.setdefault(contestant, []).append(seconds)
        self.memory_mb.setdefault(contestant, []).append(memory_mb)


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """The median of the ratios of each round. Both have one value for each round."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def significant(value: float, digits: int = 3) -> float:
    """A value with so many significant digits: no run is more exact."""
    return float(f"{value:.{digits}g}")


def ratios(run: Run) -> dict[str, float]:
    """The ratios of all pairs of contestants that the run has."""
    found = {}
    for name, (load, product, other) in RATIOS.items():
        ours, theirs = run.figures.get((product, load)), run.figures.get((other, load))
        if ours and theirs:
            found[name] = significant(ratio(_rates(ours), _rates(theirs)))
    return found


def _rates(figures: list[Figures]) -> list[float]:
    return [each.per_second for each in figures]


def summary(figures: list[Figures]) -> dict[str, float]:
    """One contestant under one load: the medians of its rounds, and the lowest and highest rate."""
    rates = _rates(figures)
    return {
        "per_second": significant(statistics.median(rates)),
        "lowest": significant(min(rates)),
        "highest": significant(max(rates)),
        "p50_ms": significant(statistics.median(each.p50_ms for each in figures)),
        "p99_ms": significant(statistics.median(each.p99_ms for each in figures)),
        "load_cpu": round(statistics.median(each.load_cpu for each in figures), 2),
    }


def measured(run: Run) -> dict[str, Any]:
    """All that the run can say, in the shape of bench/results.json; what it did not measure is absent."""
    servers: dict[str, dict[str, Any]] = {}
    for (contestant, load), figures in run.figures.items():
        servers.setdefault(contestant, {})[load] = summary(figures)
    for contestant, megabytes in run.memory_mb.items():
        servers.setdefault(contestant, {})["start"] = {
            "seconds": significant(statistics.median(run.start_seconds[contestant])),
            "memory_mb": significant(statistics.median(megabytes)),
        }
    found: dict[str, Any] = {"ratio": ratios(run), "servers": servers}
    for contestant, name in (("uconnect", "half_load_ms"), ("native", "native_half_load_ms")):
        half = servers.get(contestant, {}).get(HALF)
        if half:
            found[name] = {"p50": half["p50_ms"], "p99": half["p99_ms"]}
    if run.idle_socket_kib:
        found["idle_socket_kib"] = significant(statistics.median(run.idle_socket_kib))
    if "uconnect" in servers:
        found["rss_start_mb"] = servers["uconnect"]["start"]["memory_mb"]
    if run.growth:
        found["growth"] = {name: run.growth.get(name) for name in GROWTH}
        found["growth_sizes"] = [run.growth_sizes[0], run.growth_sizes[-1]]
    return found


EMPTY: dict[str, Any] = {
    "ratio": dict.fromkeys(RATIOS),
    "half_load_ms": {"p50": None, "p99": None},
    "native_half_load_ms": {"p50": None, "p99": None},
    "idle_socket_kib": None,
    "rss_start_mb": None,
    "growth": dict.fromkeys(GROWTH),
    "growth_sizes": [1_000, 1_000_000],
    "servers": {},
    "measured": {},
}


def merged(before: dict[str, Any], now: dict[str, Any], conditions: dict[str, Any]) -> dict[str, Any]:
    """The results with what a run measured put in place; the rest stays from earlier runs.

    `conditions` are the machine, date, commit, load, rounds and seconds of the latest run. `measured` has the date and
    commit of each part: of each server, and of the growth.
    """
    result = {**EMPTY, **before, **conditions}
    for name, value in now.items():
        result[name] = {**result[name], **value} if isinstance(value, dict) else value
    parts = [*now["servers"], *(["growth"] if "growth" in now else [])]
    when = f"{conditions['date']}, commit {conditions['commit']}"
    result["measured"] = {**result["measured"], **dict.fromkeys(parts, when)}
    return result


def read(path: Path = RESULTS) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else EMPTY
    return found


def write(results: dict[str, Any], path: Path = RESULTS) -> None:
    path.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
