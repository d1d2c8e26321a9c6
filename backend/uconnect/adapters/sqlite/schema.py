"""Maps records to SQLite tables: one table a kind, with its key and sort columns, and the record itself as JSON."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from uconnect.adapters import record_bodies
from uconnect.adapters.sqlite import Migrations, address_migration
from uconnect.adapters.stand_ins import STAND_INS, nobody_on
from uconnect.domain import keys, models
from uconnect.domain.enums import State
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.rules import takes_threads

MIGRATIONS = Migrations(
    "uconnect",
    [
        [
            "CREATE TABLE party (id TEXT PRIMARY KEY, school_name TEXT, body TEXT NOT NULL)",
            "CREATE INDEX school_by_name ON party (school_name, id) WHERE school_name IS NOT NULL",
            "CREATE TABLE address (email TEXT PRIMARY KEY, body TEXT NOT NULL)",
            "CREATE TABLE login (issuer TEXT, subject TEXT, body TEXT NOT NULL, PRIMARY KEY (issuer, subject))",
            """CREATE TABLE thread (
                id TEXT PRIMARY KEY, raiser TEXT, school TEXT, worker TEXT, open INT, at INT, body TEXT NOT NULL
            )""",
            "CREATE INDEX thread_raised ON thread (raiser, at, id)",
            "CREATE INDEX thread_received ON thread (school, at, id)",
            "CREATE INDEX thread_handled ON thread (worker, at, id) WHERE worker IS NOT NULL",
            "CREATE TABLE handle (viewer TEXT, id TEXT, thread TEXT, body TEXT NOT NULL, PRIMARY KEY (viewer, id))",
            "CREATE INDEX handle_of_thread ON handle (thread)",
            "CREATE TABLE placement (thread TEXT, worker TEXT, body TEXT NOT NULL, PRIMARY KEY (thread, worker))",
            "CREATE TABLE presence (thread TEXT, side TEXT, body TEXT NOT NULL, PRIMARY KEY (thread, side))",
            """CREATE TABLE entry (
                thread TEXT, seq INT, author TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (thread, seq)
            )""",
            "CREATE TABLE aside (thread TEXT, seq INT, body TEXT NOT NULL, PRIMARY KEY (thread, seq))",
            "CREATE TABLE picture (id TEXT PRIMARY KEY, body TEXT NOT NULL)",
            "CREATE UNIQUE INDEX entry_sent ON entry (thread, author, key) WHERE key IS NOT NULL",
            "CREATE TABLE receipt (party TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (party, key))",
            "CREATE TABLE pace (party TEXT, what TEXT, body TEXT NOT NULL, PRIMARY KEY (party, what))",
            "CREATE TABLE ticket (hashed TEXT PRIMARY KEY, expires INT, body TEXT NOT NULL)",
            "CREATE INDEX ticket_expires ON ticket (expires)",
            "CREATE TABLE todo (id TEXT PRIMARY KEY, due INT, body TEXT NOT NULL)",
            "CREATE INDEX todo_due ON todo (due, id)",
        ],
        # A thread that no worker has is listed all the same, where nobody looks: a send must not take longer by the
        # upkeep of an index because there is a worker.
        [
            "DROP INDEX thread_handled",
            "UPDATE thread SET worker = id WHERE worker IS NULL",
            "CREATE INDEX thread_handled ON thread (worker, at, id)",
        ],
        [address_migration.respell],
        # Whether an owner's account has ended is read without the owner's record.
        [
            "CREATE TABLE owner_ended (party TEXT PRIMARY KEY, body TEXT NOT NULL)",
            """INSERT INTO owner_ended SELECT id, json_object('party', id) FROM party
            WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.ended') END""",
        ],
        # A worker who has answered may not leave by itself any more: from here on its record says so.
        [
            """UPDATE party SET body = json_set(body, '$.answered', json('true'))
                 WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.type') END = 'worker'
                 AND id IN (SELECT author FROM entry)""",
        ],
    ],
)

# What hangs on a thread or a party, and by which column.
CHILD_TABLES: dict[type[Key[Any]], tuple[tuple[type[Key[Any]], str], ...]] = {
    keys.ThreadKey: (
        (keys.EntryKey, "thread"),
        (keys.InternalEntryKey, "thread"),
        (keys.AssignmentKey, "thread"),
        (keys.SideActivityKey, "thread"),
        (keys.ThreadReferenceKey, "thread"),
    ),
    keys.PartyKey: ((keys.ThreadReferenceKey, "viewer"), (keys.IdempotencyKey, "party"), (keys.RateLimitKey, "party")),
}


class Table:
    """One kind of record: its columns besides key and body, and its statements, made once.

    `read` names the columns that a record is decoded from, and what decodes them; else the body alone.
    """

    def __init__(
        self,
        name: str,
        key: type[Key[Any]],
        record: Any,
        extra: Sequence[str] = (),
        columns: Callable[[Any], tuple[Any, ...]] = lambda _: (),
        read: tuple[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.columns = columns
        self.decode: Callable[..., Any]
        self.read, self.decode = read or ("body", msgspec.json.Decoder(record).decode)
        self.stand_in = STAND_INS.get(key)
        named = key.__struct_fields__
        all_columns = (*named, *extra, "body")
        where = " AND ".join(f"{column} = ?" for column in named)
        self.get = f"SELECT {self.read} FROM {name} WHERE {where}"
        changed = ", ".join(f"{column} = excluded.{column}" for column in (*extra, "body"))
        self.insert = f"INSERT INTO {name} ({', '.join(all_columns)}) VALUES ({', '.join('?' * len(all_columns))})"
        self.replace = f"{self.insert} ON CONFLICT ({', '.join(named)}) DO UPDATE SET {changed}"
        self.delete = f"DELETE FROM {name} WHERE {where}"
        self._name, self._key = name, ", ".join(named)

    def purge(self, connection: sqlite3.Connection, column: str, id: str, most: int) -> list[tuple[Any, ...]]:
        """Delete up to `most` records that hang on something by a column, and return the fields of their keys."""
        some = f"SELECT rowid, {self._key} FROM {self._name} WHERE {column} = ? LIMIT ?"
        found = connection.execute(some, (id, most)).fetchall()
        connection.executemany(f"DELETE FROM {self._name} WHERE rowid = ?", [(rowid,) for rowid, *_ in found])
        return [tuple(key) for _, *key in found]


def _of_party(party: models.Party) -> tuple[str | None]:
    """A school that is not to be raised to has no name in the directory."""
    return (party.name.lower() if isinstance(party, models.School) and takes_threads(party) else None,)


def _of_thread(thread: models.Thread) -> tuple[Any, ...]:
    worker = thread.worker.party if thread.worker else nobody_on(thread)
    return (thread.raiser.party, thread.school.party, worker, thread.state is State.OPEN, thread.at)


def _of_entry(entry: models.Entry) -> tuple[str | None, str | None]:
    return (entry.author, entry.key) if isinstance(entry, models.Message) else (None, None)


TABLES: dict[type[Key[Any]], Table] = {
    keys.PartyKey: Table("party", keys.PartyKey, models.Party, ["school_name"], _of_party),
    keys.OwnerEndedKey: Table("owner_ended", keys.OwnerEndedKey, models.OwnerEnded),
    keys.AddressKey: Table("address", keys.AddressKey, models.Address),
    keys.LoginKey: Table("login", keys.LoginKey, models.Login),
    keys.ThreadKey: Table(
        "thread", keys.ThreadKey, models.Thread, ["raiser", "school", "worker", "open", "at"], _of_thread
    ),
    keys.ThreadReferenceKey: Table(
        "handle", keys.ThreadReferenceKey, models.ThreadReference, ["thread"], lambda it: (it.thread,)
    ),
    keys.AssignmentKey: Table("placement", keys.AssignmentKey, models.Assignment),
    keys.SideActivityKey: Table("presence", keys.SideActivityKey, models.SideActivity),
    keys.EntryKey: Table("entry", keys.EntryKey, models.Entry, ["author", "key"], _of_entry),
    keys.SentMessageKey: Table("entry", keys.SentMessageKey, models.Entry),
    keys.InternalEntryKey: Table("aside", keys.InternalEntryKey, models.InternalEntry),
    keys.PictureKey: Table("picture", keys.PictureKey, models.Picture),
    keys.IdempotencyKey: Table("receipt", keys.IdempotencyKey, models.IdempotencyRecord),
    keys.RateLimitKey: Table("pace", keys.RateLimitKey, models.RateLimitState),
    keys.TicketKey: Table("ticket", keys.TicketKey, models.Ticket, ["expires"], lambda it: (it.expires,)),
    keys.JobKey: Table(
        "todo", keys.JobKey, models.Job, ["due"], lambda it: (it.due,), ("id, due, body", record_bodies.job)
    ),
}

UNCACHED = (
    keys.OpenThreadCountKey,
    keys.SentMessageKey,
)  # asked of the tables each time: not kept under the key they are asked by

MAILBOX_COLUMN = {Mailbox.RAISED: "raiser", Mailbox.RECEIVED: "school", Mailbox.HANDLED: "worker"}
LATEST = 2**62  # later than any time


def find(connection: sqlite3.Connection, key: Key[Any]) -> Any:
    """The record under a key, or None."""
    if isinstance(key, keys.OpenThreadCountKey):
        sql = f"SELECT count(*) FROM thread WHERE {MAILBOX_COLUMN[key.mailbox]} = ? AND open"
        return models.OpenThreadCount(party=key.party, open=connection.execute(sql, (key.party,)).fetchone()[0])
    table = TABLES[type(key)]
    row = connection.execute(table.get, msgspec.structs.astuple(key)).fetchone()
    if row:
        return table.decode(*row)
    if table.stand_in is not None:
        table.decode(table.stand_in)  # equal work: leak 31
    return None


def list_records(connection: sqlite3.Connection, listing: Listing[Any]) -> tuple[Any, ...]:
    """The records of a listing, in its order."""
    match listing:
        case keys.EntriesOf(thread, after, most):
            sql = "SELECT body FROM entry WHERE thread = ? AND seq > ? ORDER BY seq LIMIT ?"
            return _decoded(connection, keys.EntryKey, sql, (thread, after, most))
        case keys.InternalEntriesOf(thread, after, most):
            sql = "SELECT body FROM aside WHERE thread = ? AND seq > ? ORDER BY seq LIMIT ?"
            return _decoded(connection, keys.InternalEntryKey, sql, (thread, after, most))
        case keys.ThreadsOf(party, mailbox, before, most):
            sql = (
                f"SELECT body FROM thread WHERE {MAILBOX_COLUMN[mailbox]} = ? AND (at, id) < (?, ?)"
                " ORDER BY at DESC, id DESC LIMIT ?"
            )
            return _decoded(connection, keys.ThreadKey, sql, (party, *(before or (LATEST, "")), most))
        case keys.SchoolsOf(place, most):
            sql = "SELECT body FROM party WHERE (school_name, id) > (?, ?) ORDER BY school_name, id LIMIT ?"
            return _decoded(connection, keys.PartyKey, sql, (*(place or ("", "")), most))
        case keys.DueJobs(now, most, since):
            sql = "SELECT id, due, body FROM todo WHERE due BETWEEN ? AND ? ORDER BY due, id LIMIT ?"
            return _decoded(connection, keys.JobKey, sql, (since, now, most))
    raise TypeError(listing)


def _decoded(
    connection: sqlite3.Connection, key: type[Key[Any]], sql: str, arguments: tuple[Any, ...]
) -> tuple[Any, ...]:
    decode = TABLES[key].decode
    return tuple(decode(*row) for row in connection.execute(sql, arguments))
