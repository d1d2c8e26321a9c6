"""What is committed is whole in itself: a link would lead to a place that another machine does not have."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
LINK = "120000"  # the mode of a symbolic link in git's index


def test_no_symbolic_link_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [it for it in listed.stdout.splitlines() if it.startswith(LINK)] == []
