"""The audit log of the server: what operators have done. The file itself refuses to change or delete a line."""

import sqlite3

from uconnect.adapters.sqlite import erasures
from uconnect.adapters.sqlite.migrations import Migrations

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
            """CREATE TRIGGER operator_act_stays BEFORE UPDATE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END""",
            """CREATE TRIGGER operator_act_is_kept BEFORE DELETE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done is kept'); END""",
        ),
        ("CREATE TABLE data_folder (what TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",),
        erasures.LOGIN_SCRIPT,
    ],
)


def add(connection: sqlite3.Connection, at: int, what: str, party: str) -> None:
    """Add a line. `at` is Unix seconds; `party` is the id of the party it concerns, empty if none."""
    connection.execute("INSERT INTO operator_act (at, what, party) VALUES (?, ?, ?)", (at, what, party))
