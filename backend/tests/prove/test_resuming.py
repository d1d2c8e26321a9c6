"""What a proof keeps it keeps for what it was run on, and for nothing else."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from tests.prove.__main__ import is_due
from tests.prove.promises import ROWS
from tests.prove.results import Found, reread, write
from tests.prove.runner import run
from tests.prove.versions import DEPENDS_ON, commit, content
from tests.support import progress

CLEAN = Found(promise=1, layers={"kills": 3}, tests=2, faults=0, planted=0, caught=0, seconds=2.0, planned=100.0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one file for each thing that a proof depends on, and a page."""
    for name in (*DEPENDS_ON, "docs"):
        place = tmp_path / name if "." in name or name == "Makefile" else tmp_path / name / "file"
        place.parent.mkdir(exist_ok=True)
        place.write_text("as it was")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "First")):
        git(tmp_path, *words)
    return tmp_path


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=Nora", "-c", "user.email=nora@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True)


def test_a_change_of_the_pages_alone_throws_nothing_away(root: Path) -> None:
    before = content(root)
    (root / "docs" / "file").write_text("otherwise")
    git(root, "commit", "-qam", "Second")
    assert content(root) == before


@pytest.mark.parametrize("where", DEPENDS_ON)
def test_a_change_of_what_a_proof_depends_on_is_another_proof_committed_or_not(root: Path, where: str) -> None:
    before, place = content(root), root / where
    (place / "more" if place.is_dir() else place).write_text("otherwise")
    changed = content(root)
    assert changed != before
    git(root, "add", ".")
    git(root, "commit", "-qm", "Second")
    assert content(root) == changed


def test_a_commit_with_something_beside_it_says_so(root: Path) -> None:
    assert "dirty" not in commit(root)
    (root / "docs" / "file").write_text("otherwise")
    assert commit(root).endswith("-dirty")


def test_a_row_is_run_again_if_it_found_a_fault_or_has_much_more_time(tmp_path: Path) -> None:
    write(tmp_path / "1.json", [CLEAN])
    kept = reread(tmp_path / "1.json")
    assert not is_due(kept, 100)
    assert is_due(kept, 200)
    assert is_due([changed(CLEAN, faults=1)], 100)
    assert is_due(reread(tmp_path / "2.json"), 100)


def test_a_row_is_run_and_tells_how_far_it_got(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.prove.runner.LOOK", 0.3)
    monkeypatch.setattr("tests.prove.runner.CORES", 1)
    (found,) = run(replace(ROWS[0], tests=("privacy/worlds/test_canonical.py",)), 5, tmp_path)
    assert found.faults == 0
    assert found.tests > 5
    assert "of 5 s" in capsys.readouterr().out


def test_what_several_processes_have_done_is_told_together(tmp_path: Path) -> None:
    for name, said in (("1", "trials=20 tests=1"), ("2", "trials=5"), ("3", "")):
        (tmp_path / name).write_text(said)
    assert progress.read_progress(tmp_path) == {"trials": 25, "tests": 1}
