"""Notes what is deleted for good, so that a restored backup can delete it again (leak 29).

Triggers do it, in the transaction that deletes: no way to delete can forget it.
"""

import secrets
import sqlite3
from enum import StrEnum
from typing import NamedTuple

from uconnect.adapters.sqlite.migrations import Migrations


class Erased(StrEnum):
    """What was deleted. An id of each kind is random and tells nothing by itself."""

    THREAD = "thread"
    PARTY = "party"  # a user or a school whose account has ended
    WORKER = "worker"  # one who was removed, or has left
    LOGIN = "login"  # an account of the identity provider


KINDS = ", ".join(f"'{it}'" for it in Erased)


class Erasure(NamedTuple):
    """Something that was deleted at `at` (Unix seconds), as the `number`th of this data file."""

    number: int
    kind: Erased
    id: str
    at: int


def _note(event: str, kind: Erased, id: str, when: str = "") -> str:
    return f"""CREATE TRIGGER erasure_of_{kind} AFTER {event} {when}
        BEGIN INSERT INTO erasure (kind, id, at) VALUES ('{kind}', {id}, strftime('%s', 'now')); END"""


# A closed account, and a removed worker, are noted at once: their threads and records go step by step afterwards.
SCRIPT = (
    """CREATE TABLE erasure (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, at INT NOT NULL
    )""",
    _note("DELETE ON thread", Erased.THREAD, "OLD.id"),
    _note("INSERT ON owner_ended", Erased.PARTY, "NEW.party"),
    _note(
        "INSERT ON job",
        Erased.WORKER,
        "json_extract(NEW.body, '$.task.worker')",
        "WHEN CASE WHEN json_valid(NEW.body) THEN json_extract(NEW.body, '$.task.type') END = 'return_threads'",
    ),
)
# Of the identity provider's table: these come after its migrations, and after the table above.
LOGIN_MIGRATIONS = Migrations("login_erasures", [(_note("DELETE ON issuer_account", Erased.LOGIN, "OLD.subject"),)])


def after(connection: sqlite3.Connection, number: int, most: int = -1) -> list[Erasure]:
    """What was deleted since the erasure of this number, and at most so many; all if `most` is negative. What a later
    release alone can delete is left out."""
    sql = f"SELECT number, kind, id, at FROM erasure WHERE number > ? AND kind IN ({KINDS}) ORDER BY number LIMIT ?"
    return [Erasure(number, Erased(kind), *rest) for number, kind, *rest in connection.execute(sql, (number, most))]


def store_id(connection: sqlite3.Connection) -> str | None:
    """What a data file and its backups share, and no other has. None if it was never served by this release."""
    return _kept(connection, "store_id")


def ensure_store_id(connection: sqlite3.Connection) -> str:
    """`store_id`; one is made if there is none."""
    found = store_id(connection)
    return found if found is not None else _keep(connection, "store_id", secrets.token_hex(16))


def journaled(connection: sqlite3.Connection) -> int:
    """The number of the last erasure that the journal has."""
    return int(_kept(connection, "journaled") or 0)


def set_journaled(connection: sqlite3.Connection, number: int) -> None:
    """Keep that the journal has all up to this number."""
    _keep(connection, "journaled", str(number))


def _kept(connection: sqlite3.Connection, what: str) -> str | None:
    row = connection.execute("SELECT value FROM data_folder WHERE what = ?", (what,)).fetchone()
    return row[0] if row else None


def _keep(connection: sqlite3.Connection, what: str, value: str) -> str:
    connection.execute("INSERT OR REPLACE INTO data_folder (what, value) VALUES (?, ?)", (what, value))
    return value
