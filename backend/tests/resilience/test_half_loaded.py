"""Promise 17: others are served on a half-loaded server beside each abuser. Run by itself: it is a figure of time."""

import statistics
from pathlib import Path

import pytest

from tests.resilience import half_loaded
from tests.resilience.attack_process import ABUSES
from tests.resilience.crowds import CROWDS
from tests.support import sizes
from tests.support.evidence import Evidence

A_WINDOW = 3.0 if sizes.FULL else 0.4  # seconds with each abuser, in turns with nobody
SLOWEST = 20.0  # seconds that a send of another may take on a busy machine


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_others_are_served_on_a_half_loaded_server_beside_each_abuser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evidence: Evidence
) -> None:
    """What it takes is a figure, and no verdict: the machine is shared with the abuser. `half_loaded` prints it all."""
    monkeypatch.setenv("SITES", str(tmp_path))
    names = ABUSES if sizes.FULL else ["empty pings", "pipelined requests", *CROWDS]
    found = half_loaded.measure(tmp_path / "data", names, A_WINDOW, 1)
    for name, windows in found.items():
        ratio = statistics.median(it["p99"] for it in windows)
        assert max(it["worst"] for it in windows) < SLOWEST, name
        evidence(17, f"windows beside {name} at half load; p99 of others is {ratio:.2f} times what it is", len(windows))
