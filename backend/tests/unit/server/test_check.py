"""A check of a data file takes no longer than it may, and says nothing of what it has not read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.polling import poll
from uconnect.adapters.sqlite import Damaged, check

MEGABYTES = 64


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file with few rows, which are large: SQLite checks all of them in one step."""
    file = tmp_path / "large.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE large (body BLOB)")
        connection.executemany("INSERT INTO large VALUES (zeroblob(1000000))", [()] * MEGABYTES)
        connection.commit()
    return file


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_a_check_that_has_too_little_time_ends_early_and_finds_no_damage(large: Path, seconds: float) -> None:
    # On a busy machine what ends it may get no processor until it has read the file.
    poll(lambda: not check(large, seconds), what="a check ends early")


def test_a_check_with_time_reads_the_whole_file(large: Path) -> None:
    assert check(large)
    assert check(large, 600.0)


def test_damage_is_found(large: Path) -> None:
    with large.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(Damaged):
        check(large)
