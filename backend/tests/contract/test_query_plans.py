"""Each list, count and look-up of SQLite reads an index in the order that it needs: nothing is scanned or sorted.

The questions are made from the registry and from the classes of lists, so a new one is asked about without a change
here. The statements are those that the store sends.
"""

import sqlite3
import types
from collections.abc import Callable, Iterator
from contextlib import closing
from enum import Enum
from itertools import product
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec.structs import astuple, replace

from tests.contract.sample_records import message, thread
from tests.support.evidence import Evidence
from uconnect.adapters.sqlite import Database, audit_log, schema
from uconnect.adapters.sqlite.store import MIGRATIONS
from uconnect.domain import keys, models, records
from uconnect.domain.context import AuditedAct
from uconnect.domain.enums import Side, State, ThreadFilter, ThreadSort
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.models import Job, Preview, School, SideCounters, Ticket, User
from uconnect.domain.thread_status import OF_FILTER

Question = Listing[Any] | Key[Any]
PARTY = "p"
# What a field may be, where its type does not say it.
FIELDS: dict[str, tuple[Any, ...]] = {"statuses": (OF_FILTER[ThreadFilter.OPEN],), "most": (9,), "now": (10**13,)}
# Nobody asks it: a party has the ids of the open threads that it raised.
UNASKED = (keys.OpenThreadsOf, keys.OpenThreadCountKey)
COUNTS = (keys.OpenThreadCountKey, keys.InboxCountsKey)
# Ids that are given come as a list, which is read once. A count looks for the oldest thread of each status. Another
# counts no more than a few.
HARMLESS = ("LIST SUBQUERY", "SCAN json_each", "CORRELATED SCALAR SUBQUERY", "CO-ROUTINE", "SCAN (subquery")


def samples(hint: Any) -> tuple[Any, ...]:
    """What a field of this type may be."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return tuple(it for each in inner for it in samples(each))
    if origin is tuple:
        return tuple(product(*map(samples, inner))) if ... not in inner else ((PARTY, "q"),)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(hint)
    known: dict[Any, tuple[Any, ...]] = {bool: (False, True), int: (5,), str: (PARTY,), types.NoneType: (None,)}
    return known[hint]


def questions(of: type[Any]) -> Iterator[Question]:
    hints = get_type_hints(of)
    fields = [FIELDS.get(name) or samples(hints[name]) for name in of.__struct_fields__]
    for values in product(*fields):
        question = of(*values)
        if not (isinstance(question, UNASKED) and question.mailbox is Mailbox.RAISED):
            yield question


def leaves(of: type[Listing[Any]]) -> Iterator[type[Listing[Any]]]:
    """The classes of lists of the product that have no class below them."""
    below = [it for it in of.__subclasses__() if it.__module__ == keys.__name__]
    yield from ([of] if not below else [leaf for each in below for leaf in leaves(each)])


KINDS = [*leaves(Listing), *records.BY_KEY, *records.LOOKED_UP]
QUESTIONS = [question for of in KINDS for question in questions(of)]
ERASED = [
    (stored, column)
    for stored in records.BY_KEY.values()
    for column in (*stored.parents.values(), *([stored.expires] if stored.expires else []))
]


@pytest.fixture
def reader(database: Database) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database.path)
    yield connection
    connection.close()


def ask(connection: sqlite3.Connection, question: Question) -> Any:
    if isinstance(question, Listing):
        return schema.list_records(connection, question)
    return schema.find(connection, question)


def plans(connection: sqlite3.Connection, act: Callable[[], Any]) -> list[str]:
    """How SQLite does each statement of an act."""
    sent: list[str] = []
    connection.set_trace_callback(sent.append)
    act()
    connection.set_trace_callback(None)
    read = [it for it in sent if it.startswith(("SELECT", "DELETE"))]
    assert read
    return [step[3] for sql in read for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_reads_an_index_in_its_order(
    reader: sqlite3.Connection, question: Question, evidence: Evidence
) -> None:
    found = plans(reader, lambda: ask(reader, question))
    assert [it for it in found if not it.startswith(("SEARCH ", *HARMLESS))] == []
    if isinstance(question, COUNTS):
        searches = [it for it in found if it.startswith("SEARCH")]
        by_id = "(id=?)"  # of threads that the question names
        assert [it for it in searches if not any(each in it for each in ("COVERING INDEX", "PRIMARY KEY", by_id))] == []
    evidence(22, "plans of lists, counts and look-ups that were read", 1)


@pytest.mark.parametrize(("stored", "column"), ERASED, ids=lambda it: getattr(it, "table", it))
def test_what_is_erased_or_has_expired_is_found_by_an_index(
    reader: sqlite3.Connection, stored: records.Stored, column: str
) -> None:
    table = schema.table_of(stored.key)
    erase = table.purge_expired if column == stored.expires else table.purge
    arguments: tuple[Any, ...] = (column, 5 if column == stored.expires else PARTY, 9)
    found = plans(reader, lambda: erase(reader, *arguments))
    assert [it for it in found if not it.startswith("SEARCH ")] == []


def test_every_list_and_every_count_is_asked_about() -> None:
    assert {type(it) for it in QUESTIONS} == {*records.BY_KEY, *records.LOOKED_UP, *leaves(Listing)}


# --- the work of a question does not grow -----------------------------------------------------------------------------

FEW, MANY = 400, 4_000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """A small and a large university, in which one party has everything."""
    folder = tmp_path_factory.mktemp("universities")
    with (
        closing(university(folder / "few.sqlite", FEW)) as few,
        closing(university(folder / "many.sqlite", MANY)) as it,
    ):
        yield few, it


def university(file: Path, threads: int) -> sqlite3.Connection:
    Database(file, MIGRATIONS).close()
    connection = sqlite3.connect(file)
    for number in range(threads):
        for record in (
            some_thread(number),
            message("p", number),
            User(id=f"u{number}", email="", name="U"),
            School(id=f"s{number}", email="", name=f"School {number}"),
            Job(id=f"j{number}", due=number, task=PurgeThread("t")),
            Ticket(hashed=f"t{number}", party=PARTY, expires=10**13),
        ):
            key = records.key_of(record)
            table = schema.table_of(type(key))
            row = (*astuple(key), *table.stored.values(record), records.encode(record))
            connection.execute(table.insert, row)
        audit_log.add(connection, number, AuditedAct("invite a worker", f"w{number}", by=PARTY, school=PARTY))
    connection.commit()
    return connection


def some_thread(number: int) -> models.Thread:
    """The threads have every status by turns, six in an hour."""
    state = State.TERMINATED if number % 7 == 6 else State.OPEN
    made = thread(f"t{number:05}", number * 600_000, raiser=PARTY, school=PARTY, worker=PARTY, state=state)
    side = Side.SCHOOL if number % 3 == 0 else Side.RAISER
    answered = SideCounters(messages=number % 2)
    made = replace(made, last=Preview(side, "!"), answered=answered, turn_since=number * 600_000, since=number)
    return made if number % 5 else replace(made, worker=None)


def work(connection: sqlite3.Connection, question: Question) -> int:
    """The instructions that SQLite's machine runs for a question."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1

    connection.set_progress_handler(count, 1)
    ask(connection, question)
    connection.set_progress_handler(None, 1)
    return done


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_takes_no_more_work_where_others_have_stored_more(
    filled: tuple[sqlite3.Connection, sqlite3.Connection], question: Question, evidence: Evidence
) -> None:
    few, many = (work(it, question) for it in filled)
    assert few > 0
    assert many <= 1.3 * few
    evidence(22, f"questions whose instructions were counted at {FEW} and at {MANY:,} threads", 1)


@pytest.mark.parametrize("after", [None, (False, 600_000, "t"), (True, 600_000, "t")])
@pytest.mark.parametrize("sort", ThreadSort)
def test_a_list_of_open_threads_decodes_what_it_shows_and_one_more_of_each_status(
    filled: tuple[sqlite3.Connection, sqlite3.Connection],
    after: tuple[bool, int, str] | None,
    sort: ThreadSort,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It once decoded a page of each status: six times what it showed."""
    stored, statuses, decoded = schema.table_of(keys.ThreadKey).stored, OF_FILTER[ThreadFilter.OPEN], list[str]()
    decode = stored.decode

    def counted(body: str) -> models.Thread:
        decoded.append(body)
        found: models.Thread = decode(body)
        return found

    monkeypatch.setitem(vars(stored), "decode", counted)
    if after is not None and sort is not ThreadSort.WAITING:
        after = (False, MANY // 2 * 600_000, "t")
    shown = ask(filled[1], keys.OpenThreadsOf(PARTY, Mailbox.RECEIVED, statuses, after, 50, (), sort))
    assert len(shown) == 50
    assert len(decoded) < 50 + len(statuses)


@pytest.mark.parametrize("sort", ThreadSort)
@pytest.mark.parametrize("mailbox", [Mailbox.RECEIVED, Mailbox.HANDLED])
def test_a_filter_that_few_threads_match_takes_no_more_work_where_others_have_come_since(
    filled: tuple[sqlite3.Connection, sqlite3.Connection], mailbox: Mailbox, sort: ThreadSort
) -> None:
    """They are the oldest: an index of all open threads would be read to its end."""
    done = []
    for connection in filled:
        connection.execute("UPDATE thread SET worker = ?, thread_status = 'them.worker'", (PARTY,))
        connection.execute("UPDATE thread SET thread_status = 'us.worker' WHERE id < 't00005'")
        done.append(work(connection, keys.OpenThreadsOf(PARTY, mailbox, ("us.worker",), None, 50, (), sort)))
        connection.rollback()
    assert 0 < done[1] <= 1.3 * done[0]


@pytest.mark.planted(22)
def test_a_list_without_an_index_is_noticed(reader: sqlite3.Connection) -> None:
    reader.execute("DROP INDEX thread_received_open")
    question = keys.OpenThreadsOf(PARTY, Mailbox.RECEIVED, OF_FILTER[ThreadFilter.OPEN], None, 9)
    found = plans(reader, lambda: ask(reader, question))
    assert [it for it in found if not it.startswith(("SEARCH ", *HARMLESS))] != []
