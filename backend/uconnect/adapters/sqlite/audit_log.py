"""The audit log of the server: what operators and schools have done, as a chain. The file refuses to change a line.

Lines of earlier releases have no hash of their own. They get it when the file is updated.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from msgspec.structs import astuple

from uconnect.adapters.sqlite.migrations import Migrations
from uconnect.application import audit
from uconnect.application.audit import Act, PlacedAct
from uconnect.domain.context import AuditedAct
from uconnect.domain.keys import ActsOf
from uconnect.domain.models import SchoolAct

COLUMNS = "number, at, what, party, hash, school_by"
INSERT = f"""INSERT INTO operator_act ({COLUMNS}, school, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
    CASE ?7 WHEN '' THEN 0
    ELSE 1 + (SELECT coalesce(max(place), 0) FROM operator_act WHERE school = ?7 AND school <> '') END)"""
MOST = 2**62
STAYS = """CREATE TRIGGER operator_act_stays BEFORE UPDATE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END"""


def _chain(connection: sqlite3.Connection) -> None:
    """Give the lines of earlier releases their hashes, in their order."""
    before = audit.START
    for number, *rest in connection.execute("SELECT number, at, what, party FROM operator_act ORDER BY number"):
        before = audit.hashed(before, number, *rest)
        connection.execute("UPDATE operator_act SET hash = ? WHERE number = ?", (before, number))


MIGRATIONS = Migrations(
    "operator",
    [
        (
            """CREATE TABLE operator_act (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                at INT NOT NULL, -- Unix seconds
                what TEXT NOT NULL,
                party TEXT NOT NULL -- whom it concerns; empty for an invitation: an address alone is nobody yet
            ) STRICT""",
            STAYS,
            """CREATE TRIGGER operator_act_is_kept BEFORE DELETE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done is kept'); END""",
        ),
        ("CREATE TABLE data_folder (what TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",),
        (
            "DROP TRIGGER operator_act_stays",
            "ALTER TABLE operator_act ADD COLUMN hash TEXT NOT NULL DEFAULT ''",  # see application.audit
            _chain,
            STAYS,
            # INSERT OR REPLACE deletes the line that it replaces, and no trigger of deletions fires.
            """CREATE TRIGGER operator_act_is_added BEFORE INSERT ON operator_act
            WHEN NEW.number <= (SELECT max(number) FROM operator_act)
            BEGIN SELECT RAISE(ABORT, 'what was done is kept'); END""",
        ),
        (
            "DROP TRIGGER operator_act_stays",
            "ALTER TABLE operator_act ADD COLUMN school_by TEXT NOT NULL DEFAULT ''",  # the school that did it
            "ALTER TABLE operator_act ADD COLUMN school TEXT NOT NULL DEFAULT ''",  # which sees it in its own view
            "ALTER TABLE operator_act ADD COLUMN place INT NOT NULL DEFAULT 0",  # its number there
            """UPDATE operator_act SET school = party, place = (SELECT count(*) FROM operator_act AS other
                WHERE other.party = operator_act.party AND other.number <= operator_act.number
                AND other.what LIKE '% a school') WHERE what LIKE '% a school' AND party <> ''""",
            "CREATE UNIQUE INDEX operator_act_place ON operator_act (school, place) WHERE school <> ''",
            STAYS,
        ),
    ],
)


def add(connection: sqlite3.Connection, at: int, done: AuditedAct) -> None:
    """Add a line. `at` is Unix seconds."""
    row = connection.execute(f"SELECT {COLUMNS} FROM operator_act ORDER BY number DESC LIMIT 1").fetchone()
    last = Act(*row) if row else None
    # Counted on from the last number that was ever given: if the last lines were removed, their gap stays.
    act = audit.following(last, last_number(connection) + 1, at, done)
    connection.execute(INSERT, (*astuple(act), done.school))


def row_of(act: Act) -> tuple[Any, ...]:
    """What INSERT writes of an act of another log."""
    return (*astuple(act), audit.school_of(act))


def placed(connection: sqlite3.Connection) -> Iterator[PlacedAct]:
    """All acts, the first first."""
    for *row, school, place in connection.execute(f"SELECT {COLUMNS}, school, place FROM operator_act ORDER BY number"):
        yield PlacedAct(Act(*row), school, place)


def acts_of(connection: sqlite3.Connection, listing: ActsOf) -> tuple[SchoolAct, ...]:
    """What a school sees, the last first."""
    rows = connection.execute(
        "SELECT place, at * 1000, what, party, school_by FROM operator_act WHERE school = ? AND school <> ''"
        " AND place < ? ORDER BY place DESC LIMIT ?",
        (listing.school, MOST if listing.before is None else listing.before, listing.most),
    )
    return tuple(SchoolAct(*row) for row in rows)


def last_number(connection: sqlite3.Connection) -> int:
    """The number of the last line that was ever added, 0 if none was."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'operator_act'").fetchone()
    return row[0] if row else 0


def page(connection: sqlite3.Connection, after: int, most: int) -> list[Act]:
    """Up to `most` lines that follow the number `after`, in their order."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM operator_act WHERE number > ? ORDER BY number LIMIT ?",
        (after, most),
    )
    return [Act(*row) for row in rows]
