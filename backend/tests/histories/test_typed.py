"""Promise 20 in the sites' own code: random histories of tabs, accounts, cuts and lost answers."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import sizes
from tests.support.evidence import Evidence

SITES = Path(__file__).parents[3] / "sites"
AT_ONCE = 500  # histories of one run


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_what_a_person_typed_is_never_lost_doubled_misattributed_or_shown_to_another(evidence: Evidence) -> None:
    tried = 0
    for size in sizes.batches(sizes.TYPED, 0.8, at_once=AT_ONCE):
        _plays("what a person typed is never lost", size)
        tried += size
    evidence(20, "histories of tabs and accounts", tried)


@pytest.mark.planted(20)
@pytest.mark.parametrize("fault", ["shared key", "early read", "unbound call", "deletes first"])
def test_a_planted_fault_is_found(fault: str) -> None:
    _plays(f"the planted fault is found: {fault}", 0)


def _plays(test: str, histories: int) -> None:
    npx = shutil.which("npx")
    assert npx
    command = [npx, "vitest", "run", "src/sync/random-histories.test.ts", "-t", test]
    environment = os.environ | {"HISTORIES": str(histories)}
    run = subprocess.run(command, cwd=SITES, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout, run.stdout
