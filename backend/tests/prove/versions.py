"""What a proof stands for: the content of all it depends on, and the commit at which it was run."""

import os
import subprocess
from pathlib import Path

DEPENDS_ON = ("backend", "sites", "deploy", "requirements", "pyproject.toml", "Makefile")


def content(root: Path) -> str:
    """A name for what is there now, committed or not, of what a proof depends on: the same for the same bytes."""
    index = root / "build" / "prove.index"
    index.parent.mkdir(exist_ok=True)
    index.unlink(missing_ok=True)
    environment = {**os.environ, "GIT_INDEX_FILE": str(index)}
    _git(root, "add", "--all", "--", *DEPENDS_ON, environment=environment)
    tree = _git(root, "write-tree", environment=environment)
    index.unlink()
    return tree[:12]


def commit(root: Path) -> str:
    """The commit, and whether something of the working tree is not in it."""
    return _git(root, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


def _git(root: Path, *words: str, environment: dict[str, str] | None = None) -> str:
    run = subprocess.run(["git", *words], cwd=root, env=environment, capture_output=True, text=True, check=True)
    return run.stdout.strip()
