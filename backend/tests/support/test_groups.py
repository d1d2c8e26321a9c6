"""`--dist loadgroup` keeps its word with the versions that are pinned: a group of tests runs on one worker."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_alone(number, worker_id):
    print(f"alone on {worker_id}")

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(20))
def test_together(number, worker_id):
    print(f"together on {worker_id}")
"""
BACKEND = Path(__file__).parents[2]


def test_a_group_runs_on_one_worker_and_begins_first(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(TESTS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-p", "tests.support.groups", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup", "-rP"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        env=environment | {"PYTHONPATH": str(BACKEND)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    told = [line for line in ran.stdout.splitlines() if " on gw" in line]
    assert len(told) == 26, ran.stdout
    assert len({line for line in told if line.startswith("together")}) == 1
    assert len(set(told)) >= 2
