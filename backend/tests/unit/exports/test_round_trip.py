"""What was exported is the same after an import: for everybody, at every thread, and in the audit log."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.contract.sample_records import every_kind
from tests.support.altered_archive import altered, every
from tests.support.stores import Home, Time
from tests.unit.exports.conftest import THREADS, views
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.adapters.sqlite.thread_counts import wrong_counts
from uconnect.domain import records
from uconnect.domain.models import Ticket
from uconnect.entrypoints.backups.archive import Refused
from uconnect.entrypoints.exports import data_export, data_import
from uconnect.entrypoints.exports.members import LEFT, MEMBERS, Account
from uconnect.entrypoints.server.container import MIGRATIONS
from uconnect.entrypoints.server.settings import Settings

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the university


def rows(database: Path, *tables: str) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(database)) as connection:
        return {it: sorted(connection.execute(f"SELECT * FROM {it}").fetchall(), key=repr) for it in tables}


def test_everybody_sees_the_same_before_and_after(before: dict[str, str], exported: Path, new: Settings) -> None:
    assert len(before) > 40 * THREADS, "every party was asked for all it can see"
    data_import.import_into(new, exported, {})
    assert views(new.database) == before


PLANTED = {
    "what was read": ("records/thread_reference.jsonl", lambda it: it.update(read=it.get("read", 0) + 1)),
    "an alias": ("records/thread.jsonl", lambda it: it["worker"] and it["worker"].update(alias="Another 1")),
    "a message": ("records/entry.jsonl", lambda it: it.update(text="Another text", at=1)),
    "a preference": ("records/notice_state.jsonl", lambda it: it.update(off=not it.get("off"))),
}


@pytest.mark.planted(24)
@pytest.mark.parametrize("what", PLANTED)
def test_whatever_is_not_moved_as_it_was_is_noticed(
    before: dict[str, str], exported: Path, new: Settings, tmp_path: Path, what: str
) -> None:
    name, change = PLANTED[what]
    data_import.import_into(new, altered(exported, tmp_path / "other.zip", {name: every(change)}), {})
    assert views(new.database) != before


def test_every_row_of_every_table_that_moves_is_the_same(old: Settings, exported: Path, new: Settings) -> None:
    tables = [it.table for it in MEMBERS]
    data_import.import_into(new, exported, {})
    before, after = rows(old.database, *tables), rows(new.database, *tables)
    assert after == before
    empty = {table for table, found in before.items() if not found}
    assert empty == {"owner_ended"}, "the test has rows of every other kind"
    assert rows(new.database, "school_name_ending") == rows(old.database, "school_name_ending")
    with closing(sqlite3.connect(new.database)) as connection:
        assert wrong_counts(connection) == []


def test_the_archive_of_the_copy_is_the_same_archive(exported: Path, new: Settings, tmp_path: Path) -> None:
    data_import.import_into(new, exported, {})
    again = tmp_path / "again.zip"
    data_export.export(new.database, again)
    with zipfile.ZipFile(exported) as first, zipfile.ZipFile(again) as second:
        assert first.namelist() == second.namelist()
        for name in first.namelist():
            if name != "manifest.json":
                assert first.read(name) == second.read(name), name


def test_every_table_is_in_the_archive_or_is_said_to_be_left(tmp_path: Path) -> None:
    """Who adds a table has to say whether it moves, in `members`, and in docs/archive.md."""
    Database(tmp_path / "uconnect.sqlite", MIGRATIONS).close()
    with closing(sqlite3.connect(tmp_path / "uconnect.sqlite")) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = {name for (name,) in found}
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(issuer_account)")]
    moved = [it.table for it in MEMBERS]
    assert sorted([*moved, *LEFT]) == sorted(tables), "each is named once"
    assert {it.table for it in records.RECORDS} - {*moved} == {"ticket"}, "a record is left for a reason"
    assert set(columns) == set(Account.__struct_fields__), "a new column of an account moves too"
    page = (Path(__file__).parents[4] / "docs/archive.md").read_text("utf-8")
    for name in (*(it.name for it in MEMBERS), *LEFT):
        assert f"`{name}`" in page, f"docs/archive.md says what becomes of {name}"


def test_every_kind_of_record_passes_through_a_line_unchanged(tmp_path: Path) -> None:
    time = Time()
    database = Database(tmp_path / "uconnect.sqlite", MIGRATIONS)
    try:
        Home(SqliteStore(database, time.new_context), time).keep(*every_kind())
    finally:
        database.close()
    kinds = {type(it) for it in every_kind()}
    assert kinds == {kind for stored in records.RECORDS for kind in records.classes(stored)}, "each has an example"
    seen = 0
    with closing(sqlite3.connect(tmp_path / "uconnect.sqlite")) as connection:
        for member in MEMBERS:
            kept = [tuple(it) for it in connection.execute(f"SELECT * FROM {member.table}")]
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({member.table})")]
            named = [it.strip() for it in member.insert.partition("(")[2].partition(")")[0].split(",")]
            for row in connection.execute(member.select).fetchall():
                made = dict(zip(named, member.row(member.line(row)), strict=True))
                assert tuple(made.get(it) for it in columns) in kept, member.table
                seen += 1
    assert seen == sum(not isinstance(it, Ticket) for it in every_kind())


def test_the_manifest_says_what_is_in_it(exported: Path) -> None:
    with zipfile.ZipFile(exported) as archive:
        said = msgspec.json.decode(archive.read("manifest.json"))
        assert said["files"].keys() == {it.name for it in MEMBERS}
        assert archive.namelist()[-1] == "manifest.json", "what was cut has none"
        assert all(said["files"][it.name]["lines"] == archive.read(it.name).count(b"\n") for it in MEMBERS)
    assert (said["format"], said["files"]["records/thread.jsonl"]["lines"] > THREADS) == (1, True)


def test_what_cannot_be_read_is_not_exported(copied: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copied.database)) as connection:
        connection.execute("UPDATE picture SET body = 'nothing'")
        connection.commit()
    with pytest.raises(Refused, match="The table picture has a row that uconnect cannot read"):
        data_export.export(copied.database, tmp_path / "all.zip")
    assert [it.name for it in tmp_path.iterdir() if "all" in it.name] == []
