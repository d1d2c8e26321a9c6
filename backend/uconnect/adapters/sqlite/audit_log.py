"""The audit log of the server: what operators have done, as a chain. The file refuses to change or delete a line.

Lines of earlier releases have no hash of their own. They get it when the file is updated.
"""

import sqlite3

from uconnect.adapters.sqlite.migrations import Migrations
from uconnect.application import audit
from uconnect.application.audit import Act

COLUMNS = "number, at, what, party, hash"
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
    ],
)


def add(connection: sqlite3.Connection, at: int, what: str, party: str) -> None:
    """Add a line. `at` is Unix seconds; `party` is the id of the party it concerns, empty if none."""
    row = connection.execute(f"SELECT {COLUMNS} FROM operator_act ORDER BY number DESC LIMIT 1").fetchone()
    last = Act(*row) if row else None
    # Counted on from the last number that was ever given: if the last lines were removed, their gap stays.
    act = audit.following(last, last_number(connection) + 1, at, what, party)
    connection.execute(
        f"INSERT INTO operator_act ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        (act.number, act.at, act.what, act.whom, act.hash),
    )


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
