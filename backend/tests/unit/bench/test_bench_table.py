"""The README shows what bench/results.json says, and the table says which part is older."""

import json
from typing import Any

from bench import results, table
from bench.generator import Figures
from bench.results import ONE, Run

CONDITIONS = {
    "date": "2026-11-30",
    "commit": "1a2b3c4d",
    "machine": "2 cores",
    "versions": "Python 3.11",
    "load": 0.5,
    "rounds": 3,
    "seconds": 2.0,
}


def two_servers() -> dict[str, Any]:
    run = Run()
    for contestant, rate in (("uconnect", 9_000), ("socketio", 1_500), ("uconnect_1ms", 4_000)):
        run.started(contestant, seconds=1, memory_mb=80)
        run.add(contestant, ONE, Figures(per_second=rate, p50_ms=7.25, p99_ms=30, load_cpu=0.25))
    return results.merged({}, results.measured(run), CONDITIONS)


def test_the_readme_shows_the_committed_results() -> None:
    section = table.source(json.loads(results.RESULTS.read_text("utf-8")))
    page = table.README.read_text("utf-8")
    assert page == table.placed(page, section), "stale: run `make generated` and commit"


def test_a_row_has_the_rate_the_latencies_the_ratio_and_how_busy_the_load_generator_was() -> None:
    rows = table.source(two_servers()).splitlines()
    assert "| **uconnect** | 1 in flight | 9,000 | 7.25 / 30 |  |  | 25 % of its core |" in rows
    assert "| Socket.IO + better-sqlite3 | 1 in flight | 1,500 | 7.25 / 30 | 6x | ≥ 5x | 25 % of its core |" in rows
    assert any(row.startswith("| **uconnect**, 1 ms added to each sync | 1 in flight | 4,000 |") for row in rows)


def test_what_was_not_measured_is_said() -> None:
    rows = table.source(two_servers()).splitlines()
    assert "| memory of an idle socket | not measured | ≤ 12 KiB |" in rows
    assert "| memory after the start | 80 MB | ≤ 90 MB |" in rows
    assert "| growth from 1,000 to 1,000,000 threads | not measured | each ≤ 1.3x |" in rows


def test_growth_names_what_was_measured() -> None:
    found = two_servers()
    found["growth"] |= {"send": 1.05, "open_end": 1.2}
    row = "| growth from 1,000 to 1,000,000 threads | send 1.05x, open at its end 1.2x | each ≤ 1.3x |"
    assert row in table.source(found).splitlines()


def test_parts_of_an_earlier_run_are_named_with_its_date() -> None:
    found = two_servers()
    found["measured"] |= {"growth": "2026-11-01, commit 0000", "prosody": "2026-11-01, commit 0000"}
    last = table.source(found).splitlines()[-1]
    assert last == "From an earlier run (2026-11-01, commit 0000), with its ratios: growth, prosody."
    assert "1a2b3c4d" in table.source(found)


def test_only_what_is_between_the_marks_is_replaced() -> None:
    page = f"before\n{table.BEGIN}old{table.END}after\n"
    assert table.placed(page, "new\n") == f"before\n{table.BEGIN}\nnew\n\n{table.END}after\n"
    assert table.placed(table.placed(page, "one\n"), "two\n") == table.placed(page, "two\n")
