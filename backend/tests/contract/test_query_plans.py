"""Each list and each count of SQLite reads an index in the order that it needs: no table is scanned, nothing sorted.

The statements are those that the store sends: a list without a test here fails the last test.
"""

import sqlite3
from collections.abc import Iterator

import pytest

from uconnect.adapters.sqlite import Database, schema
from uconnect.domain import keys
from uconnect.domain.enums import ThreadFilter
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.thread_status import OF_FILTER

CURSOR = (5, "t")
QUESTIONS: list[Listing[object] | Key[object]] = [
    *(listing("t", after, 9) for listing in (keys.EntriesOf, keys.InternalEntriesOf) for after in (0, 5)),
    *(
        keys.ThreadsOf("p", mailbox, before, 9, ended)
        for mailbox in Mailbox
        for before in (None, CURSOR)
        for ended in (False, True)
    ),
    *(
        keys.OpenThreadsOf("p", mailbox, OF_FILTER[ThreadFilter.OPEN], after, 9)
        for mailbox in (Mailbox.RECEIVED, Mailbox.HANDLED)
        for after in (None, (False, *CURSOR), (True, *CURSOR))
    ),
    keys.PartiesOf(("p", "q")),
    keys.SchoolsOf(None, 9),
    keys.SchoolsOf(("s", "id"), 9),
    keys.DueJobs(5, 9),
    keys.DueJobs(5, 9, 3),
    keys.OpenThreadCountKey("p", Mailbox.RECEIVED),
    keys.OpenThreadCountKey("p", Mailbox.HANDLED),
    keys.InboxCountsKey("p"),
    keys.SentMessageKey("t", "p", "k"),
]
# Ids that are given come as a list, which is read once.
OF_IDS = ("LIST SUBQUERY", "SCAN json_each")
UNCACHED = {keys.OpenThreadCountKey, keys.InboxCountsKey}


@pytest.fixture
def reader(database: Database) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database.path)
    yield connection
    connection.close()


def plans(reader: sqlite3.Connection, question: Listing[object] | Key[object]) -> list[str]:
    """How SQLite answers each statement of a question."""
    sent: list[str] = []
    reader.set_trace_callback(sent.append)
    if isinstance(question, Listing):
        schema.list_records(reader, question)
    else:
        schema.find(reader, question)
    reader.set_trace_callback(None)
    assert sent
    return [step[3] for sql in sent for step in reader.execute(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_reads_an_index_in_its_order(
    reader: sqlite3.Connection, question: Listing[object] | Key[object]
) -> None:
    found = plans(reader, question)
    assert [it for it in found if not it.startswith(("SEARCH ", *OF_IDS))] == []
    if type(question) in UNCACHED:
        assert [it for it in found if "COVERING INDEX" not in it] == []


def test_every_list_and_every_count_is_asked_about() -> None:
    def kinds(of: type[Listing[object]]) -> set[type]:
        below = set[type]()
        for each in of.__subclasses__():
            below |= kinds(each)
        return below or {of}

    ours = {it for it in kinds(Listing) if it.__module__ == keys.__name__}
    assert ours | UNCACHED <= {type(it) for it in QUESTIONS}
