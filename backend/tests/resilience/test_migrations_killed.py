"""Promise 19: an upgrade from the first release is killed (-9) before each statement that SQLite runs, and goes on.

`make test` takes some of the statements, `make drill` and `make prove` each of them.
"""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.resilience import test_schemas
from tests.resilience.test_schemas import contents, fill, tables_and_indexes
from tests.support import sizes
from tests.support.earlier_release import FIRST_RELEASE
from tests.support.evidence import Evidence
from tests.support.progress import tell
from uconnect.adapters.sqlite import Database, engine
from uconnect.entrypoints.server.container import MIGRATIONS

SIDE_FILES = ("", "-wal", "-shm")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed loses nothing that it wrote: only power would. And few rows have as many statements of
    each kind as many."""
    monkeypatch.setattr(engine, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF", "wal_autocheckpoint=0"))
    monkeypatch.setattr(test_schemas, "ROWS", 2)


class Counting(sqlite3.Connection):
    """Counts the statements, and ends the process before the one with the number `last`."""

    last = 0
    statements = 0

    def __init__(self, *of: object, **named: object) -> None:
        super().__init__(*of, **named)  # type: ignore[arg-type]
        self.set_trace_callback(self._begins)

    def _begins(self, _: str) -> None:
        if Counting.statements == Counting.last:
            os.kill(os.getpid(), signal.SIGKILL)
        Counting.statements += 1


def upgrade(file: Path, kill_before: int) -> None:
    """Bring a file to this release's schema. The process ends before that statement, if there are so many."""
    Counting.statements, Counting.last = 0, kill_before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", Counting)
        Database(file, MIGRATIONS).close()


def is_killed(file: Path, before: int) -> bool:
    """Upgrade in a process of its own; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            upgrade(file, before)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old.sqlite"
    Database(file, FIRST_RELEASE).close()
    with closing(sqlite3.connect(file)) as connection:
        fill(connection)
    return file


def numbers(many: int) -> Iterator[int]:
    """Each statement, or so many of them; always the first and the last ones."""
    step = 1 if sizes.FULL else max(1, many // sizes.STATEMENTS_KILLED)
    yield from sorted({0, *range(0, many, step), many - 1})


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_an_upgrade_that_is_killed_before_any_of_its_statements_is_completed_by_the_next_start(
    old: Path, tmp_path: Path, evidence: Evidence
) -> None:
    with closing(sqlite3.connect(old)) as connection:
        before = contents(connection)
    file = tmp_path / "uconnect.sqlite"
    shutil.copy(old, file)
    upgrade(file, -1)
    many, schema = Counting.statements, tables_and_indexes(file)
    assert many > sum(len(script) for it in MIGRATIONS for script in it.scripts[1:]), "each step is one at least"
    killed = 0
    for number in numbers(many):
        for end in SIDE_FILES:
            Path(f"{file}{end}").unlink(missing_ok=True)
        shutil.copy(old, file)
        assert is_killed(file, number), f"not at statement {number} of {many}"
        Database(file, MIGRATIONS).close()
        with closing(sqlite3.connect(file)) as connection:
            assert contents(connection, before) == before, f"killed before statement {number}"
            versions = dict(connection.execute("SELECT component, version FROM migration").fetchall())
        assert versions == {it.component: len(it.scripts) for it in MIGRATIONS}
        assert tables_and_indexes(file) == schema
        killed += 1
        tell("trials", 1)
    evidence(19, f"statements of an upgrade, of {many}, before which it was killed and then completed", killed)
