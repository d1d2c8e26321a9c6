"""`--dist loadgroup` keeps its word with the versions that are pinned: a group of tests runs on one worker."""

import os
import re
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


def run(folder: Path, tests: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(tests)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.support.groups", *options, folder],
        env=environment | {"PYTHONPATH": str(BACKEND)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_group_runs_on_one_worker_and_begins_first(tmp_path: Path) -> None:
    ran = run(tmp_path, TESTS, "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup", "-rP")
    assert ran.returncode == 0, ran.stdout
    told = [line for line in ran.stdout.splitlines() if " on gw" in line]
    assert len(told) == 26, ran.stdout
    assert len({line for line in told if line.startswith("together")}) == 1
    assert len(set(told)) >= 2


def test_a_browser_test_that_failed_is_tried_again_and_no_other(tmp_path: Path) -> None:
    """By the options of the Makefile (decision 0063), also where the test is of a group."""
    makefile = (BACKEND.parent / "Makefile").read_text("utf-8")
    (always,) = re.findall(r"^BROWSER_TESTS := .*/e2e (.*)$", makefile, re.MULTILINE)
    (first, again), *_ = re.findall(
        r"^\t\$\(BROWSER_TESTS\) (.*) \|\| \$\(BROWSER_TESTS\) (.*)$", makefile, re.MULTILINE
    )
    failing = f"{TESTS}\n@pytest.mark.xdist_group('together')\ndef test_fails():\n    assert False\n"
    assert "1 failed, 26 passed" in run(tmp_path, failing, *always.split(), *first.split()).stdout
    found = run(tmp_path, failing.replace("assert False", "pass"), *always.split(), *again.split()).stdout
    assert re.search(r"^=+ 1 passed", found, re.MULTILINE), found
