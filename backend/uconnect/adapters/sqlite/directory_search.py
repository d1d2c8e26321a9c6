"""Keeps what schools are found by in the directory: a row for each text of a school (`domain.school_search`), such as
an ending of its name.

The column `name_endings` of a party has them as a JSON list. Triggers keep the rows as the column says, in the
transaction that changes it.
"""

import sqlite3

import msgspec

from uconnect.adapters.sqlite.migrations import Step
from uconnect.domain import models
from uconnect.domain.records import searched_name

AFTER_TEXTS = "\U0010ffff"  # comes after every text that a search key may go on with
_party = msgspec.json.Decoder(models.Party)
_ADD = """INSERT OR IGNORE INTO school_name_ending (ending, school)
    SELECT value, new.id FROM json_each(CASE WHEN json_valid(new.name_endings) THEN new.name_endings ELSE '[]' END)"""
_REMOVE = """DELETE FROM school_name_ending WHERE school = old.id AND ending IN (
    SELECT value FROM json_each(CASE WHEN json_valid(old.name_endings) THEN old.name_endings ELSE '[]' END))"""


def fill(connection: sqlite3.Connection) -> None:
    """Let the schools of an earlier release be found."""
    listed = connection.execute("SELECT id, body FROM party WHERE school_name IS NOT NULL").fetchall()
    for id, body in listed:
        try:
            endings = searched_name(_party.decode(body))
        except msgspec.DecodeError:
            continue  # a record that nobody can read is found nowhere
        connection.execute("UPDATE party SET name_endings = ? WHERE id = ?", (endings, id))


# Schema 9. Never edited once released.
TABLE = (
    "CREATE TABLE school_name_ending (ending TEXT, school TEXT, PRIMARY KEY (ending, school)) WITHOUT ROWID",
    f"""CREATE TRIGGER name_endings_made AFTER INSERT ON party WHEN new.name_endings IS NOT NULL
        BEGIN {_ADD}; END""",
    f"""CREATE TRIGGER name_endings_changed AFTER UPDATE OF name_endings ON party
        WHEN old.name_endings IS NOT new.name_endings BEGIN {_REMOVE}; {_ADD}; END""",
    f"""CREATE TRIGGER name_endings_deleted AFTER DELETE ON party WHEN old.name_endings IS NOT NULL
        BEGIN {_REMOVE}; END""",
)
SCRIPT: tuple[Step, ...] = ("ALTER TABLE party ADD COLUMN name_endings TEXT", *TABLE, fill)
DESCRIPTIONS: tuple[Step, ...] = (fill,)  # schema 13: by their descriptions too, and with a typing error
