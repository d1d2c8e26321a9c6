"""Promise 19: what an earlier release kept is all there in this one, and its schema is that of a new data folder.

A new data folder has the tables and indexes that the registry of records says.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from tests.contract.sample_records import thread
from tests.support.evidence import Evidence
from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database, Migrations, audit_log, directory_search, erasures, schema, thread_counts
from uconnect.domain import records
from uconnect.domain.enums import Side, State, ThreadFilter, ThreadSort
from uconnect.domain.jobs import (
    ApplyRetention,
    AssignThread,
    CloseSockets,
    CountThread,
    EndSignIns,
    FindSilent,
    FindSilentOf,
    FindUnread,
    FinishClosing,
    ForgetAddress,
    JobTask,
    MailNotice,
    MailSchoolInvitation,
    MailWorkerInvitation,
    PurgeLeftThread,
    PurgeThread,
    RefreshReplyTimes,
    ReturnThreads,
    TellUnread,
    TerminateReceived,
    UnassignThread,
)
from uconnect.domain.keys import (
    DueJobs,
    Mailbox,
    NewestRaisedOf,
    OpenThreadsOf,
    PartyKey,
    ThreadKey,
    ThreadsOf,
)
from uconnect.domain.models import (
    Job,
    Message,
    Preview,
    SideCounters,
    Terminated,
    UnreadableJob,
    Worker,
)
from uconnect.domain.thread_status import OF_FILTER, ORDERS, activity_order, newest_order, thread_status

TODAY = (
    schema.MIGRATIONS,
    oidc_provider.MIGRATIONS,
    mail.MIGRATIONS,
    audit_log.MIGRATIONS,
    erasures.LOGIN_MIGRATIONS,
)
EACH = [(component, version) for component in TODAY for version in range(1, len(component.scripts) + 1)]
ROWS = 20  # in each table
SIDES = {"r": Side.RAISER, "s": Side.SCHOOL}
OWN = {"migration", "sqlite_sequence"}
DROPPED = {"issuer_page_secret"}  # a secret that marked forms, and nothing that anybody has said
DROPPED_COLUMNS = {"thread": {"open"}}  # it is in the thread's own text, and in its thread_status
RENAMED = {  # tables, from their old names
    "issuer_proof": "issuer_email_verification",
    "issuer_moved": "issuer_email_change",
    "issuer_family": "issuer_token_family",
    "handle": "thread_reference",
    "placement": "assignment",
    "presence": "side_activity",
    "aside": "internal_entry",
    "receipt": "idempotency_record",
    "pace": "rate_limit_state",
    "todo": "job",
}
Contents = dict[str, list[dict[str, object]]]


def then(component: Migrations, version: int) -> list[Migrations]:
    """The schemas of a release that had this version of a component, and the first of all others.

    The triggers on other components' tables came with all others.
    """
    if component is erasures.LOGIN_MIGRATIONS:
        return list(TODAY)
    others = [Migrations(it.component, it.scripts[:1]) for it in TODAY[:-1] if it is not component]
    return [*others, Migrations(component.component, component.scripts[:version])]


def columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    return [(name, kind) for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")]


def tables(connection: sqlite3.Connection) -> Iterator[str]:
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if name not in OWN | DROPPED:
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
    """Every row by name of table and column; of the columns that were there before, if there was a before.

    A table has the name that it has today.
    """
    found: Contents = {}
    for table in like or tables(connection):
        dropped = DROPPED_COLUMNS.get(table, set())
        known = [name for name, _ in columns(connection, table) if name not in dropped]
        names = [name for name in known if like is None or name in like[table][0]]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        found[RENAMED.get(table, table)] = [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    return found


def tables_and_indexes(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        made = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        found = [(it, sorted(columns(connection, it)), indexes(connection, it)) for it in tables(connection)]
        return [*found, *connection.execute(made).fetchall()]


def indexes(connection: sqlite3.Connection, table: str) -> list[object]:
    """Each index of a table: its name, whether it is unique and partial, its columns, and which rows it leaves out."""
    found = list[object]()
    for _, name, unique, _, partial in connection.execute(f"PRAGMA index_list({table})").fetchall():
        names = [column for _, _, column in connection.execute(f"PRAGMA index_info({name})")]
        made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchall()
        found.append((name, unique, partial, names, str(made).partition(" WHERE ")[2]))
    return sorted(found, key=repr)


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


def test_the_tables_and_indexes_of_a_data_folder_are_those_of_the_registry(tmp_path: Path) -> None:
    Database(tmp_path / "migrated.sqlite", [schema.MIGRATIONS]).close()
    tables = [line for it in records.RECORDS for line in schema.definition(it)]
    derived = Migrations("uconnect", [[*tables, *thread_counts.SCRIPT, *directory_search.TABLE, *erasures.SCRIPT]])
    Database(tmp_path / "derived.sqlite", [derived]).close()
    assert tables_and_indexes(tmp_path / "migrated.sqlite") == tables_and_indexes(tmp_path / "derived.sqlite")


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


LATER_TASKS = {FindUnread, TellUnread, MailNotice, CountThread, RefreshReplyTimes} | {
    FindSilent,
    FindSilentOf,
    ApplyRetention,
    ForgetAddress,
    EndSignIns,
    CloseSockets,
}  # no release before schema 11 did


def test_a_job_that_an_earlier_release_left_is_the_same_job_after_an_upgrade(tmp_path: Path) -> None:
    """And one that cannot be read stays as it was written."""
    store = schema.MIGRATIONS
    Database(tmp_path / "old.sqlite", [Migrations(store.component, store.scripts[:5])]).close()
    tasks: dict[str, JobTask] = {
        "erase": PurgeThread("x"),
        "return": ReturnThreads("x"),
        "assign": AssignThread("x"),
        "close": FinishClosing("x"),
        "leave": UnassignThread("x"),
        "left": PurgeLeftThread("x"),
        "shut": TerminateReceived("x"),
        "write": MailWorkerInvitation("x"),
        "welcome": MailSchoolInvitation("x"),
    }
    assert {type(it) for it in tasks.values()} | LATER_TASKS == set(get_args(JobTask))
    unreadable = ["no JSON", '{"id": "y", "due": 1, "task": {"type": "of a later release",  "thread": "x"}}', "7", "{}"]
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for old, task in tasks.items():
            (field,) = task.__struct_fields__
            job = {"id": old, "due": 1, "task": {"type": old, field: "x"}, "tries": 2, "failures": 1}
            connection.execute("INSERT INTO todo VALUES (?, 1, ?)", (old, json.dumps(job)))
        for number, body in enumerate(unreadable):
            connection.execute("INSERT INTO todo VALUES (?, 2, ?)", (str(number), body))
        connection.commit()
    Database(tmp_path / "old.sqlite", [store]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        found = schema.list_records(connection, DueJobs(now=1, most=99))
        kept = schema.list_records(connection, DueJobs(now=2, most=99, since=2))
    jobs = [Job(id=old, due=1, task=task, tries=2, failures=1) for old, task in sorted(tasks.items())]
    assert list(found) == jobs
    assert list(kept) == [UnreadableJob(id=str(at), due=2, body=body) for at, body in enumerate(unreadable)]


def test_a_thread_of_an_earlier_release_is_listed_by_whose_turn_it_is_after_an_upgrade(tmp_path: Path) -> None:
    """And one that cannot be read stays as it was written."""
    store = schema.MIGRATIONS
    Database(tmp_path / "old.sqlite", [Migrations(store.component, store.scripts[:6])]).close()
    messages = {"new": "rr", "us": "rsrr", "them": "rrss", "ended": "rsr", "empty": ""}
    kept = {}
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for id, sides in messages.items():
            entries = [
                Message(thread=id, seq=seq, at=seq * 10, side=SIDES[side], author=side, key=f"{id}{seq}", text="Hm")
                for seq, side in enumerate(sides, 1)
            ]
            state = State.TERMINATED if id == "ended" else State.OPEN
            kept[id] = thread(id, at=99, worker="w" if id == "us" else None, state=state)
            last = Preview(entries[-1].side, "Hm") if entries else None
            answered = SideCounters(messages=sides.count("s"))
            kept[id] = replace(kept[id], since=5, last=last, answered=answered)
            body = msgspec.json.encode(kept[id]).decode()
            connection.execute("INSERT INTO thread (id, school, open, at, body) VALUES (?, 's', 1, 99, ?)", (id, body))
            for it in entries:
                row = (it.thread, it.seq, it.author, it.key, msgspec.json.encode(it).decode())
                connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)
            end = msgspec.json.encode(Terminated(thread=id, seq=9, at=99)).decode()
            connection.execute("INSERT INTO entry (thread, seq, body) VALUES (?, 9, ?)", (id, end))
        connection.execute("INSERT INTO thread (id, school, open, at, body) VALUES ('unread', 's', 1, 99, 'no JSON')")
        connection.commit()
    Database(tmp_path / "old.sqlite", [store]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        found = {id: schema.find(connection, ThreadKey(id)) for id in messages}
        rows = connection.execute("SELECT id, thread_status, turn_since, ended_at FROM thread ORDER BY id").fetchall()
        unread = connection.execute("SELECT body FROM thread WHERE id = 'unread'").fetchone()
    turns = {"new": (10, 0), "us": (30, 1), "them": (30, 2), "ended": (30, 1), "empty": (5, 0)}
    assert found == {id: replace(kept[id], turn_since=since, settled=n) for id, (since, n) in turns.items()}
    assert rows == [
        ("empty", "new.school", 5, None),
        ("ended", None, 30, 99),
        ("new", "new.school", 10, None),
        ("them", "them.school", 30, None),
        ("unread", None, None, None),
        ("us", "us.worker", 30, None),
    ]
    assert unread == ("no JSON",)


def test_mailboxes_of_an_earlier_release_are_in_their_order_after_an_upgrade(tmp_path: Path) -> None:
    store, hour = schema.MIGRATIONS, records.HOUR
    Database(tmp_path / "old.sqlite", [Migrations(store.component, store.scripts[:7])]).close()
    kept = [thread(f"t{number}", at=1000 * hour + number * 7 % 5 * hour // 2 + number) for number in range(20)]
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for it in kept:
            row = (it.id, it.raiser.party, it.school.party, it.id, it.at, thread_status(it), records.encode(it))
            columns = "id, raiser, school, worker, at, thread_status, body"
            connection.execute(f"INSERT INTO thread ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.commit()
    Database(tmp_path / "old.sqlite", [store]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        found = schema.list_records(connection, ThreadsOf(kept[0].school.party, Mailbox.RECEIVED, None, 99))
    assert found == tuple(sorted(kept, key=lambda it: it.at, reverse=True))


def test_threads_of_an_earlier_release_are_listed_in_each_order_after_an_upgrade(tmp_path: Path) -> None:
    """And one that cannot be read stays as it was written, and is in no list."""
    store, hour = schema.MIGRATIONS, records.HOUR
    Database(tmp_path / "old.sqlite", [Migrations(store.component, store.scripts[:15])]).close()
    kept = [
        replace(thread(f"t{number}", at=1000 * hour + number * 7 % 20 * hour // 2), since=500 * hour + number * 3 % 20)
        for number in range(20)
    ]
    kept = [replace(it, state=State.TERMINATED) if number % 4 == 0 else it for number, it in enumerate(kept)]
    columns = "id, raiser, school, worker, at, active_hour, thread_status, turn_since, ended_at, body"
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for it in kept:
            ended_at = None if it.state is State.OPEN else it.at
            row = (it.id, it.raiser.party, it.school.party, it.id, it.at, it.at // hour, thread_status(it), it.at)
            written = (*row, ended_at, records.encode(it))
            connection.execute(f"INSERT INTO thread ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", written)
        odd = (kept[0].raiser.party, kept[0].school.party)
        connection.execute("INSERT INTO thread (id, raiser, school, body) VALUES ('odd', ?, ?, 'no JSON')", odd)
        connection.commit()
    Database(tmp_path / "old.sqlite", [store]).close()
    open_ones = [it for it in kept if it.state is State.OPEN]
    ended = [it for it in kept if it.state is not State.OPEN]
    school, statuses = kept[0].school.party, OF_FILTER[ThreadFilter.OPEN]
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for sort, order in ORDERS.items():
            listing = OpenThreadsOf(school, Mailbox.RECEIVED, statuses, None, 99, (), sort)
            expected = tuple(sorted(open_ones, key=order, reverse=sort is not ThreadSort.WAITING))
            assert schema.list_records(connection, listing) == expected
        found = schema.list_records(connection, ThreadsOf(school, Mailbox.RECEIVED, None, 99, ended=True))
        raised = schema.list_records(connection, NewestRaisedOf(kept[0].raiser.party, None, 99, ended=True))
        body = connection.execute("SELECT since, body FROM thread WHERE id = 'odd'").fetchone()
    assert found == tuple(sorted(ended, key=activity_order, reverse=True))
    assert raised == tuple(sorted(ended, key=newest_order, reverse=True))
    assert body == (None, "no JSON")


@pytest.mark.planted(19)
def test_a_migration_that_loses_a_row_is_noticed(tmp_path: Path) -> None:
    issuer = oidc_provider.MIGRATIONS
    losing = Migrations(issuer.component, [*issuer.scripts, ["DELETE FROM issuer_account WHERE verified = 7"]])
    before, after = carried(tmp_path / "old.sqlite", issuer, 1, [losing if it is issuer else it for it in TODAY])
    assert after != before
