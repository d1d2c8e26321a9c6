"""Promise 7 in the sites' own code: what it makes of recorded frames is what a fresh load shows."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.histories.test_rules_hold import Histories, playing
from tests.support import screen, sizes
from tests.support.evidence import Evidence
from tests.support.recording import Recording, vector
from tests.support.screen import fresh_load

ROOT = Path(__file__).parents[3]
HISTORIES = 25  # at once: each gives a dozen vectors or so


class Recorded(Histories):
    """Histories whose screens are kept when they end."""

    store = "memory"
    vectors: list[dict[str, Any]]

    def teardown(self) -> None:
        if hasattr(self, "homes"):
            for party, screens in self.play.screens.items():
                notified = not self.play.parting(party)  # of all that it has lost
                for it in screens:
                    if notified and it.live and isinstance(it.view, Recording):
                        self.vectors.append(vector(it.view, fresh_load(self.play.world, party)))
        super().teardown()


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_the_sites_make_of_frames_what_a_fresh_load_shows(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    monkeypatch.setattr(screen, "SiteState", Recording)
    vectors: list[dict[str, Any]] = []
    machine = type("Recorded", (Recorded,), {"tried": Counter(), "vectors": vectors})
    for _ in sizes.batches(sizes.VECTORS, 0.8, at_once=HISTORIES):
        run_state_machine_as_test(machine, settings=playing(HISTORIES))
        if len(vectors) >= sizes.VECTORS:
            break
    assert len(vectors) >= HISTORIES
    path = ROOT / "build" / "vectors.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.encode(vectors))
    npx = shutil.which("npx")
    assert npx
    try:
        command = [npx, "vitest", "run", "src/sync/reducer.test.ts", "-t", "every history the backend played"]
        run = subprocess.run(command, cwd=ROOT / "sites", capture_output=True, text=True, check=False)
    finally:
        path.unlink()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout, run.stdout
    evidence(7, "vectors replayed by the sites' own code", len(vectors))
