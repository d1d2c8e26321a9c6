"""Fills a data folder of the server with a university of many threads, for `bench/growth.py`.

The schema, the records and their encoding are the product's own. Rows are written in bulk, in the order of their keys,
without waiting for the disk. Most threads are written before their indexes are made; the rest come among them, so that
the pages of all indexes are as full as those of a file that grew. One school has 30% of all threads.
"""

import base64
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import astuple, replace

from uconnect.adapters.clock import new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import table_of
from uconnect.adapters.sqlite.store import MIGRATIONS
from uconnect.domain import records
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.models import (
    Address,
    Assignee,
    Assignment,
    AssignmentChange,
    Entry,
    IdempotencyRecord,
    LoginSubject,
    Message,
    Participant,
    Preview,
    Record,
    School,
    SideCounters,
    Terminated,
    Thread,
    ThreadReference,
    User,
    Worker,
)

UNIVERSITIES = {1_000: (20, 1_000), 100_000: (200, 50_000), 1_000_000: (2_000, 200_000)}  # threads: schools, users
HOT, OPEN, ASSIGNED, NEW = 0.3, 0.5, 0.5, 0.2  # shares of threads: of one school, open, with a worker, unanswered
MESSAGES = 8  # a thread, on average
UNINDEXED = 0.6  # share of the threads that are written before the indexes are made
LONG = 10_000  # messages of a long thread
LONG_THREADS, CLOSERS, RAISERS = 6, 12, 80  # beside all others, in each university
TEXT = "Where is room 12?"
NOW = new_context().now
DAY = 86_400_000  # ms
GROUP = 5_000  # rows written at once
WORDS = ("Art", "Law", "Music", "Physics", "Medicine", "History", "Drama", "Nursing", "Design", "Botany", "Maths")


@dataclass(frozen=True)
class RaisedThread:
    """A thread as its raiser and its school know it."""

    raiser: str
    raised: str
    received: str


@dataclass(frozen=True)
class University:
    """What a bench acts on: the school with most threads, its workers, open threads of others to it, and owners.

    `raisers` have raised nothing. Each of `closers` has five open threads. `long` threads have LONG messages.
    """

    schools: int
    school: str
    workers: tuple[str, ...]
    open: list[RaisedThread]
    raisers: list[str]
    closers: list[str]
    long: list[RaisedThread]


class BulkWriter:
    """Writes records of any type, each type in groups of GROUP rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def put(self, record: Record) -> None:
        key = records.key_of(record)
        table = table_of(type(key))
        rows = self._rows[table.insert]
        rows.append((*astuple(key), *table.stored.values(record), records.encode(record)))
        if len(rows) == GROUP:
            self._flush(table.insert)

    def flush(self) -> None:
        """Write what is left of each group."""
        for statement in list(self._rows):
            self._flush(statement)

    def _flush(self, statement: str) -> None:
        self._connection.executemany(statement, self._rows.pop(statement))


class Generator:
    """Makes the records of one university. The same number of threads makes the same university."""

    def __init__(self, writer: BulkWriter, threads: int) -> None:
        self._put = writer.put
        self._random = random.Random(threads)
        schools, users = UNIVERSITIES.get(threads, (max(20, threads // 500), max(1_000, threads // 5)))
        self._schools = [self._id() for _ in range(schools)]
        self._workers = {school: tuple(self._id() for _ in range(5)) for school in self._schools}
        self._users = [self._id() for _ in range(users)]
        self._open: dict[str, list[str]] = defaultdict(list)

    def threads(self, first: int, end: int) -> list[RaisedThread]:
        """Write the threads from the number `first` on, by id. Returns open ones of the school with most threads."""
        return list(self._written(range(first, end)))

    def rest(self, open: list[RaisedThread]) -> University:
        """Write what is no thread of many, and all parties."""
        raisers, closers = ([self._id() for _ in range(many)] for many in (RAISERS, CLOSERS))
        owners = [self._id() for _ in range(LONG_THREADS)]
        hot = self._schools[0]
        long = [self._thread(self._id(), owner, hot, LONG, is_open=True) for owner in owners]
        for closer in closers:
            for _ in range(5):
                self._thread(self._id(), closer, hot, MESSAGES, is_open=True)
        self._parties([*self._users, *raisers, *closers, *owners])
        return University(len(self._schools), hot, self._workers[hot], open[:200], raisers, closers, long)

    def _written(self, numbers: range) -> Iterator[RaisedThread]:
        pick = self._random.random
        for number, id in zip(numbers, sorted(self._id() for _ in numbers), strict=True):
            is_hot, is_open = pick() < HOT, pick() < OPEN
            school = self._schools[0] if is_hot else self._random.choice(self._schools[1:])
            owner = self._users[number % len(self._users)]
            messages = 1 if pick() < NEW else self._random.randrange(2, 2 * MESSAGES + 3)
            made = self._thread(id, owner, school, messages, is_open=is_open)
            if is_hot and is_open:
                yield made

    def _thread(self, id: str, owner: str, school: str, messages: int, *, is_open: bool) -> RaisedThread:
        worker = self._random.choice(self._workers[school]) if self._random.random() < ASSIGNED else None
        since = NOW - self._random.randrange(DAY, 300 * DAY)
        thread = Thread(
            id=id,
            key=self._id(),
            kind=Kind.USER,
            subject="A question about the timetable",
            since=since,
            at=since,
            raiser=Participant(party=owner, id=self._id(), rev=messages),
            school=Participant(party=school, id=self._id(), rev=messages),
            policy_applied=True,
        )
        if worker:
            thread = self._assigned(thread, worker)
        for entry in self._entries(thread, worker or school, messages, is_open=is_open):
            self._put(entry)
            thread = replace(thread, at=entry.at, seq=entry.seq)
        self._put(_with_counters(thread, messages, is_open=is_open))
        for viewer in (thread.raiser, thread.school):
            self._put(ThreadReference(viewer=viewer.party, id=viewer.id, thread=id, owner=owner))
        self._put(IdempotencyRecord(party=owner, key=thread.key, made=thread.raiser.id))
        if is_open:
            self._open[owner].append(id)
        return RaisedThread(owner, thread.raiser.id, thread.school.id)

    def _assigned(self, thread: Thread, worker: str) -> Thread:
        placed = Assignment(thread=thread.id, worker=worker, id=self._id(), alias="Quiet Amber 7", rev=1)
        self._put(placed)
        self._put(ThreadReference(viewer=worker, id=placed.id, thread=thread.id, owner=thread.raiser.party))
        self._put(AssignmentChange(thread=thread.id, seq=1, at=thread.since, worker=worker))
        assignee = Assignee(party=worker, id=placed.id, alias=placed.alias, rev=1)
        return replace(thread, worker=assignee, internal_seq=1)

    def _entries(self, thread: Thread, answering: str, messages: int, *, is_open: bool) -> Iterator[Entry]:
        """The two sides write by turns, a minute apart."""
        prefix = thread.key[:14]
        for seq in range(1, messages + 1):
            side, author = (Side.RAISER, thread.raiser.party) if seq % 2 else (Side.SCHOOL, answering)
            key, at = f"{prefix}{seq:08}", thread.since + seq * 60_000
            yield Message(thread=thread.id, seq=seq, at=at, side=side, author=author, key=key, text=TEXT)
        if not is_open:
            yield Terminated(thread=thread.id, seq=messages + 1, at=thread.since + (messages + 1) * 60_000)

    def _parties(self, users: list[str]) -> None:
        for number, id in enumerate(sorted(users)):
            open = tuple(self._open.get(id, ()))
            user = User(
                id=id, email=f"u{number:07}@x", name=f"Ada {number}", open=open, login=LoginSubject("bench", id)
            )
            self._put(user)
            self._put(Address(email=user.email, party=id))
        for number, id in enumerate(self._schools):
            name = f"School of {' and '.join(self._random.choices(WORDS, k=2))} {number}"
            email, workers = f"s{number:07}@x", self._workers[id]
            self._put(School(id=id, email=email, name=name, workers=workers, login=LoginSubject("bench", id)))
            self._put(Address(email=email, party=id))
            for at, worker in enumerate(workers):
                email = f"w{number:07}.{at}@x"
                self._put(Worker(id=worker, email=email, name="Wim", school=id, joined=True, answered=True))
                self._put(Address(email=email, party=worker))

    def _id(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(16)).rstrip(b"=").decode()


def _with_counters(thread: Thread, messages: int, *, is_open: bool) -> Thread:
    """The head of a thread whose messages were written by turns."""
    asked, answered = (messages + 1) // 2, messages // 2
    last = thread.since + messages * 60_000
    return replace(
        thread,
        state=State.OPEN if is_open else State.TERMINATED,
        last=Preview(Side.RAISER if messages % 2 else Side.SCHOOL, TEXT),
        asked=SideCounters(messages=asked, sent=last),
        answered=SideCounters(messages=answered, sent=last),
        turn_since=last,
        settled=answered,
    )


def fill(file: Path, threads: int) -> University:
    """Make a data file with so many threads."""
    Database(file, MIGRATIONS).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        writer = BulkWriter(connection)
        generator, unindexed = Generator(writer, threads), int(threads * UNINDEXED)
        with _indexed_at_the_end(connection, "thread"):
            open = generator.threads(0, unindexed)
            writer.flush()
        generator.threads(unindexed, threads)
        found = generator.rest(open)
        writer.flush()
        connection.execute("COMMIT")
    return found


@contextmanager
def _indexed_at_the_end(connection: sqlite3.Connection, table: str) -> Iterator[None]:
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    indexes = connection.execute(made, (table,)).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        connection.execute(sql)
