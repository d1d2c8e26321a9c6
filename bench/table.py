"""The section of README.md that shows bench/results.json: `python -m bench.table` writes it, between two marks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import results
from bench.results import EIGHT, HALF, ONE, RATIOS

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- benchmark: made by `make bench` from bench/results.json -->\n"
END = "<!-- end of the benchmark -->\n"
MISSING = "not measured"

TITLES = {
    "uconnect": "**uconnect**",
    "native": "native C + SQLite, the floor",
    "socketio": "Socket.IO + better-sqlite3",
    "ejabberd": "ejabberd, archive in SQLite",
    "prosody": "prosody, archive in SQLite",
    "channels": "Django Channels",
}
DELAYS = {"": "", "_1ms": ", 1 ms added to each sync", "_10ms": ", 10 ms added to each sync"}
GOALS = {
    "native_64": "≥ 0.50",
    "native_8_in_flight": "≥ 0.30",
    "socketio": "≥ 5",
    "ejabberd": "≥ 16",
    "prosody": "≥ 22",
    "channels": "≥ 33",
    "socketio_1ms": "≥ 20",
}
GROWTH_GOAL = "≤ 1.3"


def source(found: dict[str, Any]) -> str:
    """The whole section, without its marks."""
    return "\n".join([*_servers(found), "", *_others(found), "", *_conditions(found)]) + "\n"


def _servers(found: dict[str, Any]) -> Iterator[str]:
    yield "| server | load of 64 pairs | messages a second | p50 / p99 ms | uconnect does | goal | load generator |"
    yield "|---|---|---|---|---|---|---|"
    for load in (ONE, EIGHT):
        for delay, added in DELAYS.items():
            for name, title in TITLES.items():
                figures = found["servers"].get(name + delay, {}).get(load)
                if figures:
                    yield _server(found, f"{name}{delay}", f"{title}{added}", load, figures)


def _server(found: dict[str, Any], contestant: str, title: str, load: str, figures: dict[str, float]) -> str:
    name = next((name for name, (at, _, other) in RATIOS.items() if (at, other) == (load, contestant)), "")
    ratio = f"{found['ratio'][name]:g}x" if name and found["ratio"][name] is not None else ""
    goal = f"{GOALS[name]}x" if name else ""
    times = f"{figures['p50_ms']:g} / {figures['p99_ms']:g}"
    busy = f"{figures['load_cpu'] * 100:.0f} % of its core"
    return f"| {title} | {load} | {figures['per_second']:,.0f} | {times} | {ratio} | {goal} | {busy} |"


def _others(found: dict[str, Any]) -> Iterator[str]:
    half, native = found["half_load_ms"], found["native_half_load_ms"]
    yield "| figure of uconnect | measured | goal |"
    yield "|---|---|---|"
    beside = f" (native C at its own: {_number(native['p50'])})"
    yield f"| p50 at {HALF} | {_number(half['p50'], ' ms')}{beside} | ≤ 0.6 ms |"
    beside = f" (native C at its own: {_number(native['p99'])})"
    yield f"| p99 at {HALF} | {_number(half['p99'], ' ms')}{beside} | ≤ 3 ms where native C's is ≤ 2 |"
    yield f"| memory of an idle socket | {_number(found['idle_socket_kib'], ' KiB')} | ≤ 12 KiB |"
    yield f"| memory after the start | {_number(found['rss_start_mb'], ' MB')} | ≤ 90 MB |"
    few, many = found["growth_sizes"]
    grown = {name: value for name, value in found["growth"].items() if value is not None}
    growth = ", ".join(f"{name.replace('_', ' at its ')} {_number(value, 'x')}" for name, value in grown.items())
    yield f"| growth from {few:,} to {many:,} threads | {growth or MISSING} | each {GROWTH_GOAL}x |"


def _number(value: float | None, unit: str = "") -> str:
    return MISSING if value is None else f"{value:g}{unit}"


def _conditions(found: dict[str, Any]) -> Iterator[str]:
    yield (
        f"Commit {found['commit']} on {found['date']}, {found['machine']}, {found['versions']}. Medians; rounds: "
        f"{found['rounds']}, seconds of a load: {found['seconds']:g}, load average before the run: {found['load']:g}."
    )
    parts: dict[str, list[str]] = {}
    for part, when in found["measured"].items():
        parts.setdefault(when, []).append(part)
    parts.pop(f"{found['date']}, commit {found['commit']}", None)
    for when, names in parts.items():
        yield f"From an earlier run ({when}), with its ratios: {', '.join(names)}."


def placed(page: str, section: str) -> str:
    """A page with the section between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{section}\n{END}{rest.partition(END)[2]}"


def write(found: dict[str, Any]) -> None:
    README.write_text(placed(README.read_text("utf-8"), source(found)), "utf-8")


if __name__ == "__main__":
    write(results.read())
