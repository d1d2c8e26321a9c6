"""The kept counts of threads are what the threads say, whatever is done to them and by whom (decision 0046)."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import astuple, replace

from tests.contract.sample_records import thread
from uconnect.adapters.sqlite import Database, Migrations, schema
from uconnect.adapters.sqlite.thread_counts import WrongCount, count_again, wrong_counts
from uconnect.domain import records
from uconnect.domain.enums import Side, State
from uconnect.domain.keys import InboxCountsKey, Mailbox, OpenThreadCountKey, ThreadKey
from uconnect.domain.models import NOBODY, Preview, SideCounters, Thread
from uconnect.domain.thread_status import thread_status, turn_since

IDS = ("t1", "t2", "t3", "t4")
SCHOOLS, WORKERS = ("s", "r", NOBODY), ("w", "v")
TABLE = schema.table_of(ThreadKey)
COLUMNS = ("id", "school", "worker", "at", "thread_status", "turn_since", "ended_at", "body")  # of schema 7


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(new_file()) as opened:
        yield opened


def new_file() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.MIGRATIONS.apply(connection)
    return connection


def keep(connection: sqlite3.Connection, kept: Thread) -> None:
    """As the store does."""
    key = ThreadKey(kept.id)
    TABLE.put(connection, key, kept, schema.find(connection, key))


def delete(connection: sqlite3.Connection, id: str) -> None:
    connection.execute(TABLE.delete, astuple(ThreadKey(id)))


THREADS = st.builds(
    lambda id, school, worker, state, since, side, answered, applied: replace(
        thread(id, since, school=school, worker=worker, state=state),
        turn_since=since,
        last=Preview(side, "Hm") if side else None,
        answered=SideCounters(messages=answered),
        policy_applied=applied,
    ),
    st.sampled_from(IDS),
    st.sampled_from(SCHOOLS),
    st.sampled_from((None, *WORKERS)),
    st.sampled_from(State),
    st.integers(1, 9),
    st.sampled_from((None, *Side)),
    st.integers(0, 1),
    st.booleans(),
)


@settings(database=None, derandomize=True)
@given(st.lists(THREADS | st.sampled_from(IDS), max_size=30))
def test_after_any_acts_the_kept_counts_are_those_of_the_threads(acts: list[Thread | str]) -> None:
    """Each act keeps a thread as it is now, or deletes the one with this id."""
    there: dict[str, Thread] = {}
    with closing(new_file()) as connection:
        for act in acts:
            if isinstance(act, str):
                there.pop(act, None)
                delete(connection, act)
            else:
                there[act.id] = act
                keep(connection, act)
            assert wrong_counts(connection) == []
        compare(connection, list(there.values()))


def compare(connection: sqlite3.Connection, there: list[Thread]) -> None:
    """What the store answers, with what the threads say."""
    for school in SCHOOLS:
        received = [it for it in there if it.school.party == school]
        counts = schema.find(connection, InboxCountsKey(school))
        expected = Counter(name for it in received if (name := thread_status(it)))
        assert {it.thread_status: it.count for it in counts.open} == expected
        for found in counts.open:
            assert found.since == min(turn_since(it) for it in received if thread_status(it) == found.thread_status)
        assert counts.ended == sum(it.state is not State.OPEN for it in received)
        assert schema.find(connection, OpenThreadCountKey(school, Mailbox.RECEIVED)).open == expected.total()
    for worker in WORKERS:
        handled = [it for it in there if it.worker and it.worker.party == worker and it.state is State.OPEN]
        assert schema.find(connection, OpenThreadCountKey(worker, Mailbox.HANDLED)).open == len(handled)


def changed_counts(connection: sqlite3.Connection, kept: Thread) -> int:
    """How many counts are written when a thread is kept."""
    before = connection.total_changes
    keep(connection, kept)
    return connection.total_changes - before - 1


def test_a_message_that_changes_no_status_writes_no_count(connection: sqlite3.Connection) -> None:
    """Only the first message after one of the other side costs a count something."""
    kept = thread("t1", 5)
    keep(connection, kept)
    assert changed_counts(connection, replace(kept, at=6, seq=kept.seq + 1)) == 0
    assert changed_counts(connection, replace(kept, at=7, last=Preview(Side.SCHOOL, "!"))) > 0


@pytest.mark.parametrize("worker", [None, "w"])
def test_a_change_writes_as_many_counts_whoever_handles_the_thread(
    connection: sqlite3.Connection, worker: str | None
) -> None:
    """A raiser whose answer took longer where a worker has the thread would know that one has it (leak 30)."""
    kept = thread("t1", 5, worker=worker)
    keep(connection, kept)
    answered = replace(kept, at=6, last=Preview(Side.SCHOOL, "!"))
    asked = replace(kept, at=7, last=Preview(Side.RAISER, "?"), answered=SideCounters(messages=1))
    ended = replace(kept, at=8, state=State.TERMINATED)
    assert [changed_counts(connection, it) for it in (answered, asked, ended)] == [2, 2, 3]


def test_the_job_of_a_raise_writes_as_many_counts_whether_or_not_a_worker_gets_the_thread(
    connection: sqlite3.Connection,
) -> None:
    written = []
    for id, worker in (("t1", None), ("t2", "w")):
        keep(connection, thread(id, 5))
        written.append(changed_counts(connection, replace(thread(id, 5, worker=worker), policy_applied=True)))
    assert written == [4, 4]


@pytest.mark.planted(22)
@pytest.mark.parametrize(
    "trigger", [f"thread_count_{it}_{act}" for it in ("received", "handled") for act in ("made", "changed", "deleted")]
)
def test_a_count_that_an_act_forgets_is_noticed_and_can_be_made_right(
    connection: sqlite3.Connection, trigger: str
) -> None:
    for id in ("open", "ended"):
        keep(connection, thread(id, 5))
    connection.execute(f"DROP TRIGGER {trigger}")
    keep(connection, thread("new", 5))
    keep(connection, replace(thread("ended", 5), state=State.TERMINATED))
    delete(connection, "open")
    delete(connection, "ended")
    assert wrong_counts(connection) != []
    count_again(connection)
    assert wrong_counts(connection) == []


def test_a_wrong_count_says_whose_it_is(connection: sqlite3.Connection) -> None:
    keep(connection, thread("t1", 5, worker="w"))
    connection.execute("UPDATE thread_count SET count = 7 WHERE party = 'w'")
    connection.execute("DELETE FROM thread_count WHERE party = 'school'")
    assert wrong_counts(connection) == [
        WrongCount("school", Mailbox.RECEIVED, "new.worker", 0, 1),
        WrongCount("w", Mailbox.HANDLED, "open", 7, 1),
    ]


def test_the_threads_of_an_earlier_release_are_counted_after_an_upgrade(tmp_path: Path) -> None:
    """But for one that nobody can read: it is in no list."""
    earlier = Migrations("uconnect", schema.MIGRATIONS.scripts[:7])
    Database(tmp_path / "old.sqlite", [earlier]).close()
    states = (State.OPEN, State.OPEN, State.TERMINATED)
    there = [thread(f"t{n}", n + 1, school="s", worker="w" if n else None, state=it) for n, it in enumerate(states)]
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        for it in there:
            row = {**records.named(TABLE.stored, ThreadKey(it.id), it), "body": records.encode(it)}
            values = [row[name] for name in COLUMNS]
            connection.execute(f"INSERT INTO thread ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute("INSERT INTO thread (id, school, body) VALUES ('unread', 's', 'no JSON')")
        connection.commit()
    Database(tmp_path / "old.sqlite", [schema.MIGRATIONS]).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as connection:
        assert wrong_counts(connection) == []
        compare(connection, there)
