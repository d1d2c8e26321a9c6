"""Promise 19: what an earlier release kept is all there in this one, and its schema is that of a new data folder."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.evidence import Evidence
from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database, Migrations, schema
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import Worker
from uconnect.entrypoints.cli import admin_service

TODAY = (schema.MIGRATIONS, oidc_provider.MIGRATIONS, mail.MIGRATIONS, admin_service.MIGRATIONS)
EACH = [(component, version) for component in TODAY for version in range(1, len(component.scripts) + 1)]
ROWS = 20  # in each table
OWN = {"migration", "sqlite_sequence"}
Contents = dict[str, list[dict[str, object]]]


def then(component: Migrations, version: int) -> list[Migrations]:
    """The schemas of a release that had this version of a component, and the first of all others."""
    others = [Migrations(it.component, it.scripts[:1]) for it in TODAY if it is not component]
    return [*others, Migrations(component.component, component.scripts[:version])]


def columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    return [(name, kind) for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")]


def tables(connection: sqlite3.Connection) -> Iterator[str]:
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if name not in OWN:
            yield name


def fill(connection: sqlite3.Connection) -> None:
    """Rows in every table, each value another: that what moves is noticed wherever it is."""
    for table in tables(connection):
        kinds = columns(connection, table)
        for row in range(ROWS):
            values = [_value(kind, f"{table}.{name}", row) for name, kind in kinds]
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    connection.commit()


def _value(kind: str, name: str, row: int) -> object:
    if kind in {"INT", "INTEGER"}:
        return row + 1
    return f"{name} {row} ü" if kind == "TEXT" else f"{name} {row}".encode()


def contents(connection: sqlite3.Connection, like: Contents | None = None) -> Contents:
    """Every row by name of table and column; of the columns that were there before, if there was a before."""
    found: Contents = {}
    for table in like or tables(connection):
        names = [name for name, _ in columns(connection, table) if like is None or name in like[table][0]]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        found[table] = [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    return found


def tables_and_indexes(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        indexes = connection.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY 1"
        ).fetchall()
        return [*indexes, *((table, sorted(columns(connection, table))) for table in tables(connection))]


def carried(
    path: Path, component: Migrations, version: int, today: Sequence[Migrations] = TODAY
) -> tuple[Contents, Contents]:
    """What lay in a data folder of that release, and what of it lies there after today's has opened it."""
    Database(path, then(component, version)).close()
    with closing(sqlite3.connect(path)) as connection:
        fill(connection)
        before = contents(connection)
    Database(path, today).close()
    with closing(sqlite3.connect(path)) as connection:
        return before, contents(connection, before)


@pytest.mark.parametrize(("component", "version"), EACH, ids=lambda it: getattr(it, "component", it))
def test_each_schema_is_carried_forward_with_all_that_is_in_it(
    component: Migrations, version: int, tmp_path: Path, evidence: Evidence
) -> None:
    before, after = carried(tmp_path / "old.sqlite", component, version)
    assert after == before
    Database(tmp_path / "new.sqlite", TODAY).close()
    assert tables_and_indexes(tmp_path / "old.sqlite") == tables_and_indexes(tmp_path / "new.sqlite")
    evidence(19, "rows carried forward from earlier schemas", sum(map(len, before.values())))


def test_a_worker_who_had_answered_before_may_not_leave_after_an_upgrade(tmp_path: Path) -> None:
    """And one who had not, may; what else is kept of them stays as it was."""
    store = schema.MIGRATIONS
    Database(tmp_path / "old.sqlite", [Migrations(store.component, store.scripts[:2])]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for id in ("answered", "silent"):
            old = {"type": "worker", "id": id, "email": f"{id}@x", "name": id, "school": "s", "joined": True}
            connection.execute("INSERT INTO party (id, body) VALUES (?, ?)", (id, json.dumps(old)))
        entry = ("t", 1, "answered", "k", "{}")
        connection.execute("INSERT INTO entry (thread, seq, author, key, body) VALUES (?, ?, ?, ?, ?)", entry)
        connection.commit()
    Database(tmp_path / "old.sqlite", [store]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        found = [schema.find(connection, PartyKey(id)) for id in ("answered", "silent")]
    assert found == [
        Worker(id=id, email=f"{id}@x", name=id, school="s", joined=True, answered=id == "answered")
        for id in ("answered", "silent")
    ]


@pytest.mark.planted(19)
def test_a_migration_that_loses_a_row_is_noticed(tmp_path: Path) -> None:
    issuer = oidc_provider.MIGRATIONS
    losing = Migrations(issuer.component, [*issuer.scripts, ["DELETE FROM issuer_account WHERE verified = 7"]])
    before, after = carried(tmp_path / "old.sqlite", issuer, 1, [losing if it is issuer else it for it in TODAY])
    assert after != before
