"""How records lie in SQLite: a table for each type, its key and columns beside it, the record itself as JSON."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import cache
from heapq import merge
from itertools import compress, groupby, islice, starmap
from typing import Any, get_type_hints

import msgspec
from msgspec.structs import astuple

from uconnect.adapters.sqlite import (
    Migrations,
    address_migration,
    audit_log,
    directory_search,
    erasures,
    thread_counts,
    thread_status_migration,
)
from uconnect.adapters.sqlite.migrations import Step
from uconnect.adapters.stand_ins import STAND_INS
from uconnect.domain import keys, models, records
from uconnect.domain.enums import ThreadFilter, ThreadSort
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.records import Index, Stored
from uconnect.domain.thread_status import OF_FILTER, ORDERS, WAITING_FOR_WORKER, awaits_them

TASK_TYPES = {  # of jobs: what a data folder had before schema 6, and since
    "erase": "purge_thread",
    "return": "return_threads",
    "assign": "assign_thread",
    "close": "finish_closing",
    "leave": "unassign_thread",
    "shut": "terminate_received",
    "write": "mail_worker_invitation",
    "welcome": "mail_school_invitation",
}

# Written by hand, and never edited once released. A later table is made of its entry in the registry, see `migrations`.
SCRIPTS: tuple[Sequence[Step], ...] = (
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
    # Tables take the names of their records. A rename does not touch the rows; SQLite cannot rename an index.
    [
        "ALTER TABLE handle RENAME TO thread_reference",
        "DROP INDEX handle_of_thread",
        "CREATE INDEX thread_reference_of_thread ON thread_reference (thread)",
        "ALTER TABLE placement RENAME TO assignment",
        "ALTER TABLE presence RENAME TO side_activity",
        "ALTER TABLE aside RENAME TO internal_entry",
        "ALTER TABLE receipt RENAME TO idempotency_record",
        "ALTER TABLE pace RENAME TO rate_limit_state",
        "ALTER TABLE todo RENAME TO job",
        "DROP INDEX todo_due",
        "CREATE INDEX job_due ON job (due, id)",
        *(
            f"""UPDATE job SET body = json_set(body, '$.task.type', '{new}')
            WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.task.type') END = '{old}'"""
            for old, new in TASK_TYPES.items()
        ),
    ],
    # Counts, filters and sorts of a mailbox each read an index of the threads that they show.
    [
        "ALTER TABLE thread ADD COLUMN thread_status TEXT",
        "ALTER TABLE thread ADD COLUMN turn_since INT",
        "ALTER TABLE thread ADD COLUMN ended_at INT",
        thread_status_migration.fill,
        "ALTER TABLE thread DROP COLUMN open",
        """CREATE INDEX thread_received_open ON thread (school, thread_status, turn_since, id)
            WHERE thread_status IS NOT NULL""",
        """CREATE INDEX thread_handled_open ON thread (worker, thread_status, turn_since, id)
            WHERE thread_status IS NOT NULL""",
        "CREATE INDEX thread_received_ended ON thread (school, ended_at, id) WHERE ended_at IS NOT NULL",
        "CREATE INDEX thread_handled_ended ON thread (worker, ended_at, id) WHERE ended_at IS NOT NULL",
    ],
    # Mailboxes are kept by the hour: a message moved an entry of three indexes.
    [
        "ALTER TABLE thread ADD COLUMN active_hour INT",
        "UPDATE thread SET active_hour = at / 3600000",
        "DROP INDEX thread_raised",
        "CREATE INDEX thread_raised ON thread (raiser, active_hour)",
        "DROP INDEX thread_received",
        "CREATE INDEX thread_received ON thread (school, active_hour)",
        "DROP INDEX thread_handled",
        "CREATE INDEX thread_handled ON thread (worker, active_hour)",
    ],
    thread_counts.SCRIPT,
    directory_search.SCRIPT,
)
# What a later schema version does beside the tables that it adds to the registry.
LATER: dict[int, tuple[Step, ...]] = {13: directory_search.DESCRIPTIONS}


# Written by hand too, by schema version: what a later release adds to a table that is there.
LATER_SCRIPTS: dict[int, Sequence[Step]] = {
    13: [
        "ALTER TABLE thread_reference ADD COLUMN snoozed_until INT",
        "CREATE INDEX thread_reference_snoozed ON thread_reference (viewer, snoozed_until)",
    ],
    # Each filter has an index for each order. A list by activity has one for each status: what has ended has none.
    16: [
        "ALTER TABLE thread ADD COLUMN since INT",
        "UPDATE thread SET since = CASE WHEN json_valid(body) THEN json_extract(body, '$.since') END",
        "CREATE INDEX thread_raised_newest ON thread (raiser, since, id)",
        """CREATE INDEX thread_received_newest ON thread (school, thread_status, since, id)
            WHERE thread_status IS NOT NULL""",
        """CREATE INDEX thread_handled_newest ON thread (worker, thread_status, since, id)
            WHERE thread_status IS NOT NULL""",
        *(f"DROP INDEX thread_{it}" for it in ("received", "handled", "received_ended", "handled_ended")),
        "CREATE INDEX thread_received ON thread (school, thread_status, active_hour)",
        "CREATE INDEX thread_handled ON thread (worker, thread_status, active_hour)",
    ],
    18: erasures.SCRIPT,
}


def migrations(stored: Iterable[Stored]) -> Migrations:
    """The scripts of earlier releases, then one for each schema version that is written by hand or that an entry of the
    registry names."""
    new = [it for it in stored if it.since]
    versions = range(len(SCRIPTS) + 1, max([*LATER_SCRIPTS, *(it.since for it in new)]) + 1)
    made = [
        [*LATER_SCRIPTS.get(version, ()), *(line for it in new if it.since == version for line in definition(it))]
        for version in versions
    ]
    return Migrations("uconnect", [*SCRIPTS, *made])


def definition(stored: Stored) -> list[str]:
    """The statements that make the table of an entry, and its indexes."""
    hints = get_type_hints(stored.key)
    key = [(name, "INT" if hints[name] is int else "TEXT") for name in stored.key.__struct_fields__]
    columns = [f"{name} {kind}" for name, kind in (*key, *((it.name, it.kind) for it in stored.columns))]
    primary = f"PRIMARY KEY ({', '.join(name for name, _ in key)})"
    table = f"CREATE TABLE {stored.table} ({', '.join((*columns, 'body TEXT NOT NULL', primary))})"
    return [table, *(_index(stored, it) for it in stored.indexes)]


def _index(stored: Stored, index: Index) -> str:
    unique = "UNIQUE " if index.unique else ""
    present = f" WHERE {index.present} IS NOT NULL" if index.present else ""
    return f"CREATE {unique}INDEX {index.name} ON {stored.table} ({', '.join(index.columns)}){present}"


MIGRATIONS = migrations(records.RECORDS)


class Table:
    """The statements for one type of record, made once. `key` is the type of key that it is asked by."""

    def __init__(self, stored: Stored, key: type[Key[Any]]) -> None:
        self.stored = stored
        self.stand_in = STAND_INS.get(key)
        self.name = name = stored.table
        self.read = ", ".join((*stored.reads, "body"))
        named, extra = key.__struct_fields__, [it.name for it in stored.columns]
        all_columns = (*named, *extra, "body")
        where = " AND ".join(f"{column} = ?" for column in named)
        self.get = f"SELECT {self.read} FROM {name} WHERE {where}"
        self.insert = f"INSERT INTO {name} ({', '.join(all_columns)}) VALUES ({', '.join('?' * len(all_columns))})"
        self.delete = f"DELETE FROM {name} WHERE {where}"
        self._key = ", ".join(named)
        self._where = where
        self._updates: dict[tuple[bool, ...], str] = {}  # by which columns change

    def put(self, connection: sqlite3.Connection, key: Key[Any], record: models.Record, before: Any) -> None:
        """Write a record over `before`, which was read in this transaction. None: there must be no record yet.

        Only columns that change are written, for SQLite moves the index entries of a column that is written, even if
        the value stays.
        """
        stored, body = self.stored, records.encode(record)
        values = stored.values(record)
        if before is None:
            connection.execute(self.insert, (*astuple(key), *values, body))
            return
        changes = stored.changes(stored.values(before), values)
        sql = self._updates.get(changes) or self._update(changes)
        changed = connection.execute(sql, (*compress(values, changes), body, *astuple(key)))
        assert changed.rowcount == 1  # it was read in this transaction

    def _update(self, changes: tuple[bool, ...]) -> str:
        columns = (*compress([it.name for it in self.stored.columns], changes), "body")
        changed = ", ".join(f"{column} = ?" for column in columns)
        sql = self._updates[changes] = f"UPDATE {self.name} SET {changed} WHERE {self._where}"
        return sql

    def purge(self, connection: sqlite3.Connection, column: str, id: str, most: int) -> list[tuple[Any, ...]]:
        """Delete up to `most` records that have an id in a column, and return the fields of their keys."""
        some = f"SELECT rowid, {self._key} FROM {self.name} WHERE {column} = ? LIMIT ?"
        return self._delete(connection, some, (id, most))

    def purge_expired(self, connection: sqlite3.Connection, column: str, now: int, most: int) -> list[tuple[Any, ...]]:
        """Delete up to `most` records whose time in a column is before `now`, and return the fields of their keys."""
        some = f"SELECT rowid, {self._key} FROM {self.name} WHERE {column} < ? LIMIT ?"
        return self._delete(connection, some, (now, most))

    def _delete(self, connection: sqlite3.Connection, some: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        found = connection.execute(some, values).fetchall()
        connection.executemany(f"DELETE FROM {self.name} WHERE rowid = ?", [(rowid,) for rowid, *_ in found])
        return [tuple(key) for _, *key in found]


@cache
def table_of(key: type[Key[Any]]) -> Table:
    """The table that keys of a type are looked up in."""
    return Table(records.ALSO_BY.get(key) or records.BY_KEY[key], key)


MAILBOX_COLUMN = {Mailbox.RAISED: "raiser", Mailbox.RECEIVED: "school", Mailbox.HANDLED: "worker"}
LATEST = 2**62  # later than any time
AFTER_ALL = (False, LATEST, "")  # a place after all, in a list that comes from the last place to the first
OPEN = OF_FILTER[ThreadFilter.OPEN]


def find(connection: sqlite3.Connection, key: Key[Any]) -> Any:
    """The record under a key, or None; of a count, what was counted."""
    if (count := COUNTS.get(type(key))) is not None:
        return count(connection, key)
    table = table_of(type(key))
    row = connection.execute(table.get, astuple(key)).fetchone()
    if row:
        return table.stored.decode(*row)
    if table.stand_in is not None:
        table.stored.decode(table.stand_in)  # equal work: leak 31
    return None


def list_records(connection: sqlite3.Connection, listing: Listing[Any]) -> tuple[Any, ...]:
    """The records of a listing, in its order."""
    match listing:
        case keys.NumberedListing(thread, after, most):
            where = "thread = ? AND seq > ? ORDER BY seq LIMIT ?"
            return _selected(connection, records.BY_LISTING[type(listing)].key, where, (thread, after, most))
        case keys.ThreadsOf():
            return _threads(connection, listing)
        case keys.NewestRaisedOf(party, before, most, ended):
            where = "raiser = ? AND (since, id) < (?, ?)" + (" AND ended_at IS NOT NULL" if ended else "")
            where += " ORDER BY since DESC, id DESC LIMIT ?"
            return _selected(connection, keys.ThreadKey, where, (party, *(before or AFTER_ALL[1:]), most))
        case keys.OpenThreadsOf():
            return _open_threads(connection, listing)
        case keys.SnoozedOf():
            where = "viewer = ? AND snoozed_until > ? ORDER BY snoozed_until LIMIT ?"
            return _selected(connection, keys.ThreadReferenceKey, where, astuple(listing))
        case keys.SchoolsOf(place, most):
            where = "school_name IS NOT NULL AND (school_name, id) > (?, ?) ORDER BY school_name, id LIMIT ?"
            return _selected(connection, keys.PartyKey, where, (*(place or ("", "")), most))
        case keys.SchoolsFound(text, place, most):
            sql = """SELECT body FROM school_name_ending JOIN party ON party.id = school
                WHERE ending < ? AND (ending, school) > (?, ?) ORDER BY ending, school LIMIT ?"""
            table = table_of(keys.PartyKey)
            rows = connection.execute(sql, (text + directory_search.AFTER_TEXTS, *place, most))
            return tuple(table.stored.decode(*row) for row in rows)
        case keys.ActsOf():
            return audit_log.acts_of(connection, listing)
        case keys.PartiesOf(ids):
            where = "id IN (SELECT value FROM json_each(?))"
            return _selected(connection, keys.PartyKey, where, (_ids(ids),))
        case keys.DueJobs(now, most, since):
            where = "due BETWEEN ? AND ? ORDER BY due, id LIMIT ?"
            return _selected(connection, keys.JobKey, where, (since, now, most))
    raise TypeError(listing)


def _threads(connection: sqlite3.Connection, listing: keys.ThreadsOf) -> tuple[models.Thread, ...]:
    before = listing.before or AFTER_ALL[1:]
    if listing.mailbox is Mailbox.RAISED:
        # It has no index of what has ended: at most five are open.
        which = "raiser = ?" + (" AND ended_at IS NOT NULL" if listing.ended else "")
        of = [(which, listing.party)]
    else:
        of = _of_statuses(listing.mailbox, listing.party, (None,) if listing.ended else (*OPEN, None))
    found = _latest_threads(connection, of, before, listing.since, listing.most)
    for _ in range(listing.most - len(found) if listing.padded else 0):
        find(connection, keys.ThreadKey(models.NOBODY))  # equal work: leak 24
    return found


def _of_statuses(mailbox: Mailbox, party: str, statuses: Iterable[str | None]) -> list[tuple[Any, ...]]:
    """For each status a condition, and its arguments. The threads without a status are those that have ended."""
    which = f"{MAILBOX_COLUMN[mailbox]} = ? AND thread_status "
    ended = f"{which} IS NULL AND ended_at IS NOT NULL"  # nor is there a status where a thread could not be read
    return [(ended, party) if it is None else (f"{which} = ?", party, it) for it in statuses]


def _latest_threads(
    connection: sqlite3.Connection,
    of: Iterable[tuple[Any, ...]],
    before: tuple[int, str],
    since: int,
    most: int,
    without: tuple[str, ...] = (),
) -> tuple[models.Thread, ...]:
    """Those that meet one of the conditions. The indexes have the hour of the last activity, and rows have the time: of
    whole hours the times are read, and sorted here. Threads are read for the page alone."""
    found: list[tuple[int, str]] = []
    with ExitStack() as opened:
        each = []
        for which, *arguments in of:
            sql = f"""SELECT at, id FROM thread WHERE {which} AND active_hour BETWEEN ? AND ? AND (at, id) < (?, ?)
                AND at >= ? AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY active_hour DESC"""
            hours = since // records.HOUR, before[0] // records.HOUR
            rows = connection.execute(sql, (*arguments, *hours, *before, since, _ids(without)))
            opened.callback(rows.close)
            each.append(rows)
        times = merge(*each, key=_hour, reverse=True)
        for _, hour in groupby(times, _hour):
            found += sorted(hour, reverse=True)
            if len(found) >= most:
                break
    return tuple(find(connection, keys.ThreadKey(id)) for _, id in found[:most])


def _hour(row: tuple[int, str]) -> int:
    return row[0] // records.HOUR


def _open_thread_count(connection: sqlite3.Connection, key: keys.OpenThreadCountKey) -> models.OpenThreadCount:
    sql = "SELECT coalesce(sum(count), 0) FROM thread_count WHERE party = ? AND mailbox = ? AND thread_status <> ?"
    found = connection.execute(sql, (key.party, key.mailbox, thread_counts.ENDED)).fetchone()
    return models.OpenThreadCount(party=key.party, open=found[0])


def _sent_count(connection: sqlite3.Connection, key: keys.SentCountKey) -> models.SentCount:
    """It reads the index alone, so that it takes as long to find nothing."""
    sql = "SELECT count(*) FROM entry WHERE thread = ? AND author = ? AND key = ?"
    return models.SentCount(count=connection.execute(sql, astuple(key)).fetchone()[0])


def _inbox_counts(connection: sqlite3.Connection, key: keys.InboxCountsKey) -> models.InboxCounts:
    """It reads the kept counts, the threads `without`, and for each status the first entry of an index that is none of
    these."""
    without = _ids(key.without)
    sql = """SELECT thread_status, count, (
            SELECT turn_since FROM thread WHERE school = kept.party AND thread_status = kept.thread_status
            AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY turn_since LIMIT 1
        ) FROM thread_count AS kept WHERE party = ? AND mailbox = ?"""
    counted = connection.execute(sql, (without, key.party, Mailbox.RECEIVED)).fetchall()
    sql = "SELECT thread_status FROM thread WHERE id IN (SELECT value FROM json_each(?)) AND +school = ?"
    left_out = Counter(name for (name,) in connection.execute(sql, (without, key.party)))
    return models.InboxCounts(
        open=tuple(
            models.StatusCount(thread_status=name, count=count - left_out[name], since=since)
            for name, count, since in counted
            if count > left_out[name] and name != thread_counts.ENDED
        ),
        ended=sum(count for name, count, _ in counted if name == thread_counts.ENDED),
    )


def _workers_waiting(connection: sqlite3.Connection, key: keys.WorkersWaitingKey) -> models.WorkersWaiting:
    """It reads the threads that it counts: a worker keeps those of an ended account, which its school has no more.

    `+` keeps SQLite from the index of the school's threads, which are many more.
    """
    waiting = ", ".join("?" * len(WAITING_FOR_WORKER))
    sql = f"""SELECT count(*) FROM (
            SELECT 1 FROM thread WHERE worker = ? AND thread_status IN ({waiting}) AND +school = ? LIMIT ?
        )"""
    counts = (
        connection.execute(sql, (worker, *WAITING_FOR_WORKER, key.party, keys.MOST_WAITING)).fetchone()[0]
        for worker in key.workers
    )
    return models.WorkersWaiting(counts=tuple(counts))


COUNTS: dict[type[Key[Any]], Callable[[sqlite3.Connection, Any], Any]] = {
    keys.OpenThreadCountKey: _open_thread_count,
    keys.InboxCountsKey: _inbox_counts,
    keys.WorkersWaitingKey: _workers_waiting,
    keys.SentCountKey: _sent_count,
}


def _open_threads(connection: sqlite3.Connection, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    """Each status has its own order in an index. They are merged while they are read: beyond what is shown, one thread
    of each status is read."""
    if listing.sort is ThreadSort.ACTIVITY:
        of = _of_statuses(listing.mailbox, listing.party, listing.statuses)
        before = (listing.after or AFTER_ALL)[1:]
        return _latest_threads(connection, of, before, 0, listing.most, listing.without)
    table, is_newest = table_of(keys.ThreadKey), listing.sort is ThreadSort.NEWEST
    time, after, down = ("since", "<", " DESC") if is_newest else ("turn_since", ">", "")
    sql = f"""SELECT {table.read} FROM thread WHERE {MAILBOX_COLUMN[listing.mailbox]} = ? AND thread_status = ?
        AND ({time}, id) {after} (?, ?) AND id NOT IN (SELECT value FROM json_each(?))
        ORDER BY {time}{down}, id{down} LIMIT ?"""
    theirs_after, since, id = listing.after or (AFTER_ALL if is_newest else (False, -1, ""))
    with ExitStack() as opened:
        sorted_ones = []
        for thread_status in listing.statuses:
            theirs = awaits_them(thread_status)
            if is_newest or theirs >= theirs_after:
                place = (since, id) if is_newest or theirs == theirs_after else (-1, "")
                arguments = (listing.party, thread_status, *place, _ids(listing.without), listing.most)
                rows = connection.execute(sql, arguments)
                opened.callback(rows.close)
                sorted_ones.append(starmap(table.stored.decode, rows))
        merged = merge(*sorted_ones, key=ORDERS[listing.sort], reverse=is_newest)
        return tuple(islice(merged, listing.most))


def _ids(ids: tuple[str, ...]) -> str:
    """Several ids as one argument, for `json_each`."""
    return msgspec.json.encode(ids).decode()


def _selected(
    connection: sqlite3.Connection, key: type[Key[Any]], where: str, arguments: tuple[Any, ...]
) -> tuple[Any, ...]:
    table = table_of(key)
    rows = connection.execute(f"SELECT {table.read} FROM {table.name} WHERE {where}", arguments)
    return tuple(table.stored.decode(*row) for row in rows)
