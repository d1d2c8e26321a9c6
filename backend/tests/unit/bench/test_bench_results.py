"""Medians, ratios and the merging of runs in bench/results.json."""

from pathlib import Path

import pytest
from bench import results
from bench.contestants import contestants
from bench.generator import Figures
from bench.results import EIGHT, GROWTH, HALF, ONE, RATIOS, Run
from bench.run import chosen

CONDITIONS = {
    "date": "2026-11-30",
    "commit": "1a2b3c4d",
    "machine": "2 cores",
    "versions": "Python",
    "load": 0.5,
    "rounds": 3,
    "seconds": 2.0,
}


def figures(rate: float, p50: float = 1.0, p99: float = 2.0) -> Figures:
    return Figures(per_second=rate, p50_ms=p50, p99_ms=p99, load_cpu=0.25)


def sample_run() -> Run:
    """Three rounds of the product and the floor."""
    run = Run()
    for ours, native in ((100, 200), (300, 400), (10, 100)):
        run.started("uconnect", seconds=1.25, memory_mb=81.234)
        run.started("native", seconds=0.01, memory_mb=3)
        for load in (ONE, EIGHT, HALF):
            run.add("uconnect", load, figures(ours, p50=0.5, p99=2.5))
            run.add("native", load, figures(native))
    run.idle_socket_kib += [10, 30, 11]
    return run


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    assert results.ratio([100, 300, 10], [200, 400, 100]) == 0.5  # of 0.5, 0.75 and 0.1; of the medians it is 0.5 too
    assert results.ratio([1, 100, 1], [10, 10, 1]) == 1


def test_rounds_that_do_not_match_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        results.ratio([1, 2], [1])


def test_values_keep_three_digits() -> None:
    assert results.significant(0.130499) == 0.13
    assert results.significant(48_213.7) == 48_200


def test_a_run_without_a_peer_has_no_ratio_to_it() -> None:
    assert results.ratios(sample_run()) == {"native_64": 0.5, "native_8_in_flight": 0.5}


def test_a_summary_has_the_medians_and_the_range() -> None:
    assert results.summary([figures(10), figures(30), figures(20)]) == {
        "per_second": 20,
        "lowest": 10,
        "highest": 30,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "load_cpu": 0.25,
    }


def test_results_have_the_shape_that_readers_of_them_expect() -> None:
    run = sample_run()
    run.growth, run.growth_sizes = dict.fromkeys(GROWTH, 1.1), (1_000, 10_000, 100_000)
    found = results.merged({}, results.measured(run), CONDITIONS)
    assert found["ratio"].keys() == {
        "native_64",
        "native_8_in_flight",
        "socketio",
        "ejabberd",
        "prosody",
        "channels",
        "socketio_1ms",
    }
    assert found["half_load_ms"] == {"p50": 0.5, "p99": 2.5}
    assert found["native_half_load_ms"] == {"p50": 1.0, "p99": 2.0}
    assert found["idle_socket_kib"] == 11
    assert found["rss_start_mb"] == 81.2
    assert found["growth"] == {
        "send": 1.1,
        "raise": 1.1,
        "open_end": 1.1,
        "open_middle": 1.1,
        "inbox": 1.1,
        "directory": 1.1,
        "overview": 1.1,
        "delete": 1.1,
        "start": 1.1,
        "memory": 1.1,
    }
    assert found["growth_sizes"] == [1_000, 100_000]


def test_what_a_run_does_not_measure_stays_with_its_date() -> None:
    before = {"ratio": {"socketio": 6.0}, "growth": {"send": 1.2}, "measured": {"growth": "2026-11-01, commit 0000"}}
    found = results.merged(before, results.measured(sample_run()), CONDITIONS)
    assert found["ratio"]["socketio"] == 6.0
    assert found["ratio"]["native_64"] == 0.5
    assert found["growth"]["send"] == 1.2
    now = "2026-11-30, commit 1a2b3c4d"
    assert found["measured"] == {"growth": "2026-11-01, commit 0000", "uconnect": now, "native": now}


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert results.read(path) == results.EMPTY
    results.write({"ratio": {"native_64": 0.5}}, path)
    assert results.read(path) == {"ratio": {"native_64": 0.5}}


def test_every_contestant_of_a_ratio_is_measured_under_its_load() -> None:
    measured = {(each.name, load) for each in contestants(chosen([])) for load in each.loads}
    needed = {(contestant, load) for load, ours, theirs in RATIOS.values() for contestant in (ours, theirs)}
    assert needed <= measured


def test_one_peer_can_be_chosen_and_an_unknown_one_cannot() -> None:
    assert chosen(["native,prosody"]) == ["native", "prosody"]
    assert {each.peer.name for each in contestants(["native"])} == {"uconnect", "native"}
    with pytest.raises(SystemExit, match="oracle is not known"):
        chosen(["oracle"])
