"""The store on SQLite keeps its word on a disk: one writer in groups, readers that cannot write, and room or none."""

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.polling import poll
from tests.support.sample_university import ACADEMY, ANN, BOB, SCHOOL, WENDY, SampleUniversity, send
from tests.support.stores import Home, Time, answer, changing, finding, keeping, refused
from uconnect.adapters.sqlite import Database, Lent, Migrations, Watcher, checkpointer, engine, lanes
from uconnect.adapters.sqlite.engine import Closed
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.application.ports import Unavailable
from uconnect.domain import records
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import Policy
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import Key, PartyKey, ThreadKey, ThreadReferenceKey, TicketKey
from uconnect.domain.models import School, Ticket, User
from uconnect.domain.request_bodies import Offload, WriteNote
from uconnect.domain.usecases import account_closing, assignment, job_steps, notes


@pytest.fixture
def store(database: Database, time: Time) -> SqliteStore:
    return SqliteStore(database, time.new_context)


@pytest.fixture
def university(store: SqliteStore, time: Time) -> SampleUniversity:
    return SampleUniversity(Home(store, time, serial=True)).create()


def queued(database: Database, many: int) -> None:
    """Wait until so many works wait for the writer."""
    poll(database._queue.qsize, lambda size: size >= many, what=f"{many} works wait", pause=0.001)


class Writer:
    """The writer's thread, held still, so that works pile up behind it; what it executes is noted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holding, self._go_on = threading.Event(), threading.Event()
        self.executed: list[str] = []

    def __enter__(self) -> "Writer":
        def hold(connection: sqlite3.Connection) -> None:
            self._holding.set()
            self._go_on.wait()
            connection.set_trace_callback(self.executed.append)

        self._thread = threading.Thread(target=self._database.write, args=(hold,))
        self._thread.start()
        self._holding.wait()
        return self

    def release(self, waiting: int) -> None:
        """Let it go on once so many works wait for it."""
        queued(self._database, waiting)
        self._go_on.set()

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._thread.join()

    def commits(self) -> int:
        """How many transactions were committed after the one that held it."""
        return self.executed.count("COMMIT") - 1


def user(name: str) -> User:
    return User(id=name, email="", name=name)


# --- durable


def test_every_commit_is_synced_to_a_write_ahead_log(database: Database) -> None:
    def ask(pragma: str) -> object:
        return database.write(lambda connection: connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    assert ask("journal_mode") == "wal"
    assert ask("synchronous") == 2  # FULL


def test_nothing_is_answered_before_its_commit(store: SqliteStore, database: Database) -> None:
    committing, go_on = threading.Event(), threading.Event()

    def trace(statement: str) -> None:
        if statement == "COMMIT":
            committing.set()
            go_on.wait()

    database.write(lambda connection: connection.set_trace_callback(None))
    with ThreadPoolExecutor(1) as pool:

        def traced(context: Context) -> Plan[None]:
            database._writer.set_trace_callback(trace)
            return Plan(None, puts=(user("ann"),))

        running = pool.submit(store.run, traced)
        committing.wait()
        assert not running.done()
        assert answer(store.ask(finding(PartyKey("ann")))) is None
        go_on.set()
        answer(running.result())
    assert answer(store.ask(finding(PartyKey("ann")))) is not None


def test_what_was_kept_is_there_after_a_restart(store: SqliteStore, database: Database, tmp_path: Path) -> None:
    answer(store.run(keeping(user("ann"))))
    database.close()
    again = Database(tmp_path / "uconnect.db", MIGRATIONS)
    assert answer(SqliteStore(again, Time().new_context).ask(finding(PartyKey("ann")))) == user("ann")
    again.close()


def test_a_closed_store_is_unavailable(store: SqliteStore, database: Database) -> None:
    database.close()
    with pytest.raises(Unavailable):
        store.run(keeping(user("ann")))


# --- grouped


def test_works_that_wait_for_the_disk_share_a_commit(store: SqliteStore, database: Database) -> None:
    names = [f"user{number}" for number in range(50)]
    with ThreadPoolExecutor(len(names)) as pool, Writer(database) as writer:
        running = [pool.submit(store.run, keeping(user(name))) for name in names]
        writer.release(len(names))
        for each in running:
            answer(each.result())
    assert writer.commits() == 1
    assert all(answer(store.ask(finding(PartyKey(name)))) for name in names)


def test_awaited_works_share_a_commit_too(store: SqliteStore, database: Database) -> None:
    async def both() -> None:
        runs = [store.run_soon(keeping(user(f"user{number}"))) for number in range(20)]
        waiting = asyncio.gather(*runs)
        await asyncio.sleep(0)
        writer.release(20)
        await waiting
        assert answer(await store.ask_soon(finding(PartyKey("user19")))) is not None

    with Writer(database) as writer:
        asyncio.run(both())
    assert writer.commits() == 1


def test_a_refusal_or_a_bug_in_a_group_fails_nobody_else(store: SqliteStore, database: Database) -> None:
    def refuse(context: Context) -> Plan[None]:
        raise Refused(RefusalCode.NOT_FOUND)

    def fail(context: Context) -> Plan[None]:
        raise ZeroDivisionError

    with ThreadPoolExecutor(9) as pool, Writer(database) as writer:
        body = [pool.submit(store.run, keeping(user(f"user{number}"))) for number in range(3)]
        refusing, failing = pool.submit(store.run, refuse), pool.submit(store.run, fail)
        twice = [pool.submit(store.run, keeping(user("twice"))) for _ in range(2)]
        body += [pool.submit(store.run, keeping(user(f"user{number}"))) for number in range(3, 5)]
        writer.release(9)
    for each in body:
        answer(each.result())
    assert refused(refusing.result()) == "not_found"
    assert isinstance(failing.exception(), ZeroDivisionError)
    assert sorted(str(type(each.exception())) for each in twice) == sorted(map(str, (Unavailable, type(None))))
    for number in range(5):
        for run in (store.ask, store.run):
            assert answer(run(finding(PartyKey(f"user{number}")))) == user(f"user{number}")


def test_one_that_fails_in_a_large_group_costs_a_few_syncs_and_not_one_for_each(database: Database) -> None:
    """Once all 512 ran again one by one, with a sync each, and everyone waited for that."""
    many = 256

    def fail(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with ThreadPoolExecutor(many) as pool, Writer(database) as writer:
        works = [pool.submit(database.write, fail if number == many // 3 else nothing) for number in range(many)]
        writer.release(many)
    assert [type(it.exception()) for it in works].count(ZeroDivisionError) == 1
    assert writer.executed.count("COMMIT") <= 2 + many.bit_length()


def test_a_group_waits_once_for_a_database_that_another_process_holds(database: Database, tmp_path: Path) -> None:
    """Each work of the group waited by itself, five seconds, one after the other."""
    begun = list[str]()

    def prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA busy_timeout=300")
        connection.set_trace_callback(begun.append)

    database.write(prepare)
    with closing(sqlite3.connect(tmp_path / "uconnect.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(16) as pool:  # the first waits alone, the others pile up behind it
            works = [pool.submit(database.write, nothing) for _ in range(16)]
            assert {type(it.exception()) for it in works} == {sqlite3.OperationalError}
    assert begun.count("BEGIN IMMEDIATE") < 16
    database.write(nothing)


def nothing(_: sqlite3.Connection) -> None:
    """A work that succeeds."""


def test_a_caller_who_stopped_waiting_stops_nobody(store: SqliteStore, database: Database) -> None:
    async def give_up() -> None:
        waiting = asyncio.ensure_future(store.run_soon(keeping(user("ann"))))
        await asyncio.sleep(0)
        waiting.cancel()

    with Writer(database):
        asyncio.run(give_up())  # and its event loop is closed before the writer comes to answer
    answer(store.run(keeping(user("bob"))))
    assert answer(store.ask(finding(PartyKey("ann")))) is not None


# --- one writer


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO rate_limit_state VALUES ('a', 'b', '{}')",
        "DROP TABLE rate_limit_state",
        "CREATE TEMP TABLE t (a)",
        "PRAGMA user_version=9",
    ],
)
def test_a_reader_cannot_write(database: Database, statement: str) -> None:
    with pytest.raises(sqlite3.OperationalError):
        database.read(lambda connection: connection.execute(statement))


def test_a_reader_sees_one_moment_however_long_it_reads(store: SqliteStore, database: Database) -> None:
    answer(store.run(keeping(user("ann"))))

    def read(connection: sqlite3.Connection) -> list[int]:
        count = "SELECT count(*) FROM party"
        first = connection.execute(count).fetchone()[0]
        answer(store.run(keeping(user("bob"))))
        return [first, connection.execute(count).fetchone()[0]]

    assert database.read(read) == [1, 1]
    assert answer(store.ask(finding(PartyKey("bob")))) is not None


def test_what_another_process_writes_is_seen(store: SqliteStore, tmp_path: Path) -> None:
    """An operator's command beside the server: what the writer remembers must not outlive it."""
    answer(store.run(keeping(user("ann"))))
    assert answer(store.run(finding(PartyKey("ann")))) == user("ann")
    other = Database(tmp_path / "uconnect.db", MIGRATIONS)

    def rename(context: Context) -> Plan[None]:
        context.load(PartyKey("ann"))
        return Plan(None, puts=(User(id="ann", email="", name="Anna"),))

    answer(SqliteStore(other, Time().new_context).run(rename))
    other.close()
    found = answer(store.run(finding(PartyKey("ann"))))
    assert found is not None
    assert found.name == "Anna"


# --- two statements a send


def written(university: SampleUniversity, database: Database, use_case: UseCase[Any]) -> list[str]:
    """The statements of a use case that write, each once: SQLite tells of what a trigger does as what fires it."""
    statements: list[str] = []
    database.write(lambda connection: connection.set_trace_callback(statements.append))
    university.run(use_case)
    database.write(lambda connection: connection.set_trace_callback(None))
    return [it for it in dict.fromkeys(statements) if it.startswith(("INSERT", "UPDATE", "DELETE"))]


def columns(update: str) -> list[str]:
    """The columns that an UPDATE writes."""
    return re.findall(r"(\w+) = ", update.partition(" SET ")[2].partition(" WHERE ")[0].partition("body")[0])


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_a_send_is_two_statements_and_writes_the_columns_that_change(
    university: SampleUniversity, database: Database, by: str
) -> None:
    """SQLite moves the index entries of every column that an UPDATE names, so it names no other."""
    case = university.raised()
    case.offload()
    for sender in (SCHOOL, by):
        case.send(sender)
    university.home.time.now += 1_000
    update, insert = written(university, database, send(by, case.id(by)))
    assert update.startswith("UPDATE thread SET at = ")
    assert columns(update) == ["at"]
    assert insert.startswith("INSERT INTO entry ")


def test_a_message_moves_entries_of_the_mailboxes_once_an_hour(
    university: SampleUniversity, database: Database
) -> None:
    case = university.raised()
    indexed = {name for index in records.of(case.thread).indexes for name in index.columns}
    found = []
    for minutes in (1, 50, 20, 30):
        university.home.time.now += minutes * 60_000
        update, _ = written(university, database, send(ANN, case.id(ANN)))
        found.append(indexed & set(columns(update)))
    assert found == [set(), set(), {"active_hour"}, set()]


def test_no_act_that_a_raiser_is_not_shown_moves_the_time_of_a_thread(
    university: SampleUniversity, database: Database
) -> None:
    """Whether a message is the first of an hour, and so moves entries of the mailboxes, is told by what its raiser and
    its worker both see (leak 22)."""
    case = university.raised()
    id, note = case.id(SCHOOL), WriteNote(key="k" * 22, text="She asked twice.")
    acts: dict[str, Callable[[], UseCase[Any]]] = {
        "offload": lambda: partial(assignment.offload, by=SCHOOL, id=id, command=Offload(worker=WENDY)),
        "hand back": lambda: partial(assignment.hand_back, by=WENDY, id=case.id(WENDY)),
        "policy": lambda: partial(job_steps.assign_by_policy, thread=case.thread.id),
        "note": lambda: partial(notes.write, by=SCHOOL, id=id, command=note),
        "offload again": lambda: partial(assignment.offload, by=SCHOOL, id=id, command=Offload(worker=WENDY)),
        "take back": lambda: partial(assignment.take_back, by=SCHOOL, id=id),
    }
    for name, act in acts.items():
        university.home.time.now += records.HOUR
        update, *_ = (it for it in written(university, database, act()) if it.startswith("UPDATE thread SET "))
        assert not {"at", "active_hour"} & set(columns(update)), name


def test_the_first_message_after_the_other_sides_writes_whose_turn_it_is_too(
    university: SampleUniversity, database: Database
) -> None:
    case = university.raised()
    case.send(SCHOOL)
    university.home.time.now += 1_000
    update, _ = written(university, database, send(ANN, case.id(ANN)))
    assert columns(update) == ["at", "thread_status", "turn_since"]


def test_the_job_of_a_raise_writes_the_same_columns_whether_or_not_it_gives_the_thread_to_a_worker(
    university: SampleUniversity, database: Database
) -> None:
    """Equal work: leak 30."""
    found = []
    for policy in (Policy.BY_HAND, Policy.AUTOMATIC):
        school = university.home.one(PartyKey(SCHOOL))
        assert isinstance(school, School)
        university.home.change(replace(school, policy=policy))
        case = university.raised()
        apply = partial(job_steps.assign_by_policy, thread=case.thread.id)
        (update,) = [it for it in written(university, database, apply) if it.startswith("UPDATE thread")]
        assert (case.thread.worker is not None) is (policy is Policy.AUTOMATIC)
        found.append(columns(update))
    assert found == [["worker", "thread_status"]] * 2


def test_a_record_that_is_written_over_one_that_is_not_there_is_a_bug(store: SqliteStore) -> None:
    """Nothing of it is kept: else a wrong cache would lose what was answered as kept."""
    answer(store.run(keeping(user("ann"))))
    store._database.write(lambda connection: connection.execute("DELETE FROM party"))  # behind the cache's back
    with pytest.raises(AssertionError):
        store.run(changing(User(id="ann", email="", name="Anna")))


# --- full


@pytest.fixture
def full(database: Database, university: SampleUniversity) -> Database:
    """A disk with room for a few more pages."""
    university.raised()

    def shrink(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 5}")

    database.write(shrink)
    return database


def test_a_full_disk_is_said_and_overcome(full: Database, university: SampleUniversity) -> None:
    store, case = university.home.store, university.raised()
    acked = list[int]()

    def fill() -> None:
        while len(acked) < 30:
            acked.append(university.run(send(ANN, case.id(ANN), "x" * 4000)).entry.seq)

    with pytest.raises(Unavailable):
        fill()
    with ThreadPoolExecutor(8) as pool:  # and again, in groups
        failing = [pool.submit(store.run, send(SCHOOL, case.id(SCHOOL), "x" * 4000)) for _ in range(8)]
    assert {type(each.exception()) for each in failing} == {Unavailable}
    # What the writer remembers is what is on the disk, and nothing that was undone.
    assert answer(store.run(finding(ThreadKey(case.thread.id)))) == answer(
        store.ask(finding(ThreadKey(case.thread.id)))
    )
    assert [it.seq for it in case.log()] == [1, *acked]
    full.write(lambda connection: connection.execute("PRAGMA max_page_count=1000000").fetchone())
    assert university.run(send(ANN, case.id(ANN), "room again")).entry.seq == len(acked) + 2
    assert [it.seq for it in case.log()] == list(range(1, len(acked) + 3))


def test_sweeping_and_forgetting_say_when_they_cannot(store: SqliteStore, database: Database) -> None:
    database.close()
    with pytest.raises(Unavailable):
        store.purge(ThreadKey("thread"), 1)
    with pytest.raises(Unavailable):
        store.forget_expired(1)


# --- schemas

ONE = ["CREATE TABLE one (a)"]
TWO = ["CREATE TABLE two (a)", "INSERT INTO one VALUES (2)"]


def test_each_migration_runs_once(tmp_path: Path) -> None:
    path = tmp_path / "some" / "folder" / "data.db"
    for scripts in ([ONE], [ONE], [ONE, TWO], [ONE, TWO]):
        Database(path, [Migrations("part", scripts), Migrations("other", [["CREATE TABLE other (a)"]])]).close()
    database = Database(path, [])
    assert database.read(lambda connection: connection.execute("SELECT a FROM one").fetchall()) == [(2,)]
    versions = database.read(lambda connection: connection.execute("SELECT * FROM migration ORDER BY 1").fetchall())
    assert versions == [("other", 1), ("part", 2)]
    database.close()


def test_a_migration_that_fails_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        Database(path, [Migrations("part", [[*ONE, "INSERT INTO nowhere VALUES (1)"]])])
    database = Database(path, [Migrations("part", [ONE])])
    assert database.read(lambda connection: connection.execute("SELECT * FROM migration").fetchall()) == [("part", 1)]
    database.close()


def test_data_of_a_newer_release_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    Database(path, [Migrations("part", [ONE, TWO])]).close()
    with pytest.raises(
        NewerSchema, match=r"has part schema 2, but this release knows only 1\. Start the newer release"
    ):
        Database(path, [Migrations("part", [ONE])])
    Database(path, [Migrations("part", [ONE, TWO])]).close()


def test_the_log_is_emptied_of_what_was_erased_once_nobody_reads_in_it_and_nobody_waits_for_that(
    database: Database, tmp_path: Path
) -> None:
    log = next(path for path in tmp_path.rglob("*-wal"))
    database.write(lambda c: c.execute("CREATE TABLE word (text TEXT)"))
    database.write(lambda c: c.execute("INSERT INTO word VALUES ('a word to be forgotten')"))

    def erase(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM word")
        database.erased()

    with closing(sqlite3.connect(log.with_name(log.name.removesuffix("-wal")), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM word").fetchall()
        database.write(erase)
        database.write(lambda c: c.execute("INSERT INTO word VALUES ('another')"))  # and is not held up
        assert b"a word to be forgotten" in log.read_bytes()
    poll(log.read_bytes, lambda held: b"a word to be forgotten" not in held, what="the log is emptied")


def test_a_log_is_begun_anew_although_somebody_writes_during_each_checkpoint(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = checkpointer._move

    def write(_: object = None) -> None:
        database.write(lambda connection: connection.execute("INSERT INTO word VALUES ('one')"))

    def move_while_others_write(connection: sqlite3.Connection, mode: str) -> tuple[int, int]:
        moved = move(connection, mode)
        if database._turn.take_now():  # else it is the checkpointer's
            database._turn.give()
            write()
        return moved

    def times_begun() -> int:
        return int.from_bytes(log.read_bytes()[12:16])  # https://www.sqlite.org/fileformat2.html#walformat

    log = database.path.with_name(f"{database.path.name}-wal")
    database.write(lambda connection: connection.execute("CREATE TABLE word (text TEXT)"))
    monkeypatch.setattr(checkpointer, "INTERVAL", 0.01)
    monkeypatch.setattr(checkpointer, "LARGEST_LOG", 0)
    monkeypatch.setattr(checkpointer, "_move", move_while_others_write)
    before = times_begun()
    write()
    poll(times_begun, lambda times: times >= before + 2, what="the log is begun anew")


def test_who_waits_for_the_turn_has_it_next() -> None:
    """Else a loop that takes the connection again at once would leave a checkpoint waiting for ever."""
    turn = lanes.Turn()
    assert turn.take_now()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(turn.take)
        poll(turn._next.locked, bool, what="somebody waits for it")
        turn.give()
        taken = turn.take_now()
        waiting.result()
    assert not taken


class OthersWrote(Watcher):
    """How often another process has written since this began to watch."""

    def __init__(self, database: Database) -> None:
        self.times = 0
        database.write(nothing)  # so that the database has seen the file as it is
        database.watch(self)

    def others_wrote(self) -> None:
        self.times += 1


def empty_log(database: Database) -> None:
    """Say that something was erased, and wait until the log is emptied of it."""
    log = database.path.with_name(f"{database.path.name}-wal")
    database.write(lambda connection: connection.execute("CREATE TABLE word (text TEXT)"))
    database.write(lambda _: database.erased())
    poll(lambda: log.stat().st_size, lambda size: size == 0, what="the log is emptied")


def test_to_empty_the_log_costs_the_writer_nothing_that_it_has_cached(database: Database) -> None:
    """Else the next act of a worker would take longer where the thread that it handed back was erased (leak 22)."""
    watcher = OthersWrote(database)
    empty_log(database)
    database.write(nothing)
    assert watcher.times == 0


def test_what_another_process_wrote_before_the_log_was_emptied_is_noticed(database: Database) -> None:
    watcher = OthersWrote(database)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("INSERT INTO ticket VALUES ('hashed', 1, '')")
        with database._turn:
            assert database._checkpointer._truncate() == (0, 0)
    database.write(nothing)
    assert watcher.times == 1


def test_a_log_that_could_not_be_emptied_is_emptied_later(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    truncate, tries = database._checkpointer._truncate, list[int]()

    def fail_once() -> tuple[int, int]:
        tries.append(1)
        if len(tries) == 1:
            raise sqlite3.OperationalError("disk I/O error")
        return truncate()

    monkeypatch.setattr(checkpointer, "INTERVAL", 0.01)
    monkeypatch.setattr(database._checkpointer, "_truncate", fail_once)
    empty_log(database)
    assert len(tries) >= 2


# --- the background lane


def test_a_background_work_begins_when_no_other_write_is_waiting_and_shares_no_transaction(database: Database) -> None:
    """A job must not stand in front of a party's write: its length would tell what the job found (leak 30)."""
    order: list[str] = []
    with ThreadPoolExecutor(5) as pool, Writer(database) as writer:
        jobs = [pool.submit(database.write_in_background, lambda _: order.append("job")) for _ in range(2)]
        queued(database, 2)
        sends = [pool.submit(database.write, lambda _: order.append("send")) for _ in range(3)]
        writer.release(waiting=5)
        wait([*jobs, *sends])
    assert order == ["send", "send", "send", "job", "job"]
    assert writer.commits() == 3  # the sends in one, each job by itself


def test_a_write_that_comes_while_jobs_wait_is_behind_one_of_them_at_most(database: Database) -> None:
    order: list[str] = []
    started, go_on = threading.Event(), threading.Event()

    def first(_: sqlite3.Connection) -> None:
        order.append("job")
        started.set()
        go_on.wait()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(database.write_in_background, first)]
        started.wait()
        jobs += [pool.submit(database.write_in_background, lambda _: order.append("job")) for _ in range(2)]
        queued(database, 2)
        send = pool.submit(database.write, lambda _: order.append("send"))
        queued(database, 3)
        go_on.set()
        wait([*jobs, send])
    assert order == ["job", "send", "job", "job"]


def test_a_background_work_that_has_waited_too_long_waits_no_longer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BACKGROUND_WAITS", 0.0)
    order: list[str] = []
    with ThreadPoolExecutor(2) as pool, Writer(database) as writer:
        send = pool.submit(database.write, lambda _: order.append("send"))
        job = pool.submit(database.write_in_background, lambda _: order.append("job"))
        writer.release(waiting=2)
        wait([send, job])
    assert order == ["job", "send"]


def test_what_was_accepted_in_both_lanes_is_done_before_the_file_is_closed(database: Database) -> None:
    with ThreadPoolExecutor(3) as pool, Writer(database) as writer:
        works = [pool.submit(database.write, lambda _: 1), pool.submit(database.write_in_background, lambda _: 2)]
        queued(database, 2)
        closing = pool.submit(database.close)
        writer.release(waiting=3)
        closing.result()
    assert [it.result() for it in works] == [1, 2]
    with pytest.raises(Closed):
        database.write_in_background(lambda _: 3)


def test_what_a_sweep_deletes_is_remembered_as_gone(university: SampleUniversity) -> None:
    """To ask for it afterwards costs as much as to ask for what is there (leak 22)."""
    case = university.raised()
    wendys = case.offload()
    thread = case.thread.id
    case.terminate()
    case.delete()
    store = university.home.store
    assert isinstance(store, SqliteStore)
    remembered = len(store._cache.records)
    university.run_jobs()
    assert len(store._cache.records) >= remembered
    assert store._cache.records[ThreadReferenceKey(WENDY, wendys)] is None
    assert store._cache.records[ThreadKey(thread)] is None
    assert university.refusal(send(WENDY, wendys)) == "not_found"


def test_jobs_and_sweeps_leave_what_the_writer_remembers_of_others(
    university: SampleUniversity, database: Database
) -> None:
    """Each forgets what it changed, by its key: else the next act of everybody would read the file anew."""
    store, other = university.home.store, university.raised(BOB, ACADEMY)
    assert isinstance(store, SqliteStore)
    university.run_jobs()  # of this raise
    keys: list[Key[Any]] = [PartyKey(BOB), ThreadKey(other.thread.id), ThreadReferenceKey(BOB, other.id(BOB))]
    remembered = [answer(store.run(finding(key))) for key in keys]
    assert None not in remembered

    def is_remembered() -> bool:
        return [store._cache.records.get(key) for key in keys] == remembered

    case = university.raised()
    thread = case.thread.id
    case.offload()
    university.home.keep(Ticket(hashed="t", party=BOB, expires=1))
    university.run_jobs()
    assert is_remembered()
    case.terminate()
    case.delete()
    university.run_jobs()
    assert is_remembered()
    assert store.purge(ThreadKey(thread), 9)
    assert is_remembered()
    store.background.forget_expired(university.home.time.now)
    assert is_remembered()
    assert answer(store.run(finding(TicketKey("t")))) is None
    university.run(partial(account_closing.close, by=ANN))
    university.run_jobs()
    assert is_remembered()


def test_a_work_that_fails_costs_nobody_else_what_the_writer_remembers(store: SqliteStore) -> None:
    """Whoever can make a work fail could make everybody's next act read the file anew."""
    answer(store.run(keeping(*(user(name) for name in ("ann", "bob", "cid")))))
    statements: list[str] = []
    store._database.write(lambda connection: connection.set_trace_callback(statements.append))

    def fail(context: Context) -> Plan[None]:
        context.load(PartyKey("bob"))
        return Plan(None, puts=(User(id="bob", email="", name="Bobby"), User(id="cid", email="", name="Twice")))

    with pytest.raises(Unavailable):
        store.run(fail)  # cid was not loaded, and is there
    statements.clear()
    assert answer(store.run(lambda context: Plan(context.get(PartyKey("ann"))))) == user("ann")
    assert not [it for it in statements if it.startswith("SELECT")], "she is still remembered"
    assert answer(store.run(lambda context: Plan(context.get(PartyKey("bob"))))) == user("bob")
    assert [it for it in statements if it.startswith("SELECT")], "what the work had changed is not"


def test_which_of_many_parties_have_ended_is_one_query(store: SqliteStore) -> None:
    names = [f"user{number}" for number in range(300)]
    answer(store.run(keeping(*(User(id=it, email="", name=it, ended=it == "user7") for it in names))))
    statements: list[str] = []

    store._database.read(lambda connection: connection.set_trace_callback(statements.append))  # of this thread
    ended = answer(store.ask(partial(account_closing.ended_among, parties=(*names, "erased"))))
    assert ended == {"user7", "erased"}
    assert len([it for it in statements if it.startswith("SELECT")]) == 1


# --- the connection that is lent


def insert(word: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute("INSERT INTO word VALUES (?)", (word,))


def words(database: Database) -> list[str]:
    return database.read(lambda c: [word for (word,) in c.execute("SELECT text FROM word ORDER BY rowid")])


@pytest.fixture
def lending(database: Database) -> Database:
    database.write(lambda c: c.execute("CREATE TABLE word (text TEXT)"))
    return database


def commit(lent: Lent) -> Exception | None:
    """What became of it."""
    done: Future[Exception | None] = Future()
    lent.commit(done.set_result)
    return done.result(60)


def test_what_is_written_on_the_connection_that_is_lent_is_kept_once_it_is_committed(lending: Database) -> None:
    lent = lending.begin_now()
    assert lent is not None
    insert("lent")(lent.connection)
    assert lending.begin_now() is None, "one at a time"
    assert words(lending) == []
    assert commit(lent) is None
    assert words(lending) == ["lent"]


def test_what_was_written_before_an_undo_is_not_there(lending: Database) -> None:
    lent = lending.begin_now()
    assert lent is not None
    insert("lent")(lent.connection)
    lent.undo()
    lending.write(insert("another"))
    assert words(lending) == ["another"]


def test_a_commit_that_fails_is_told_and_undone(lending: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Database) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    lent = lending.begin_now()
    assert lent is not None
    insert("lent")(lent.connection)
    with monkeypatch.context() as broken:
        broken.setattr(Database, "_end", fails)
        assert isinstance(commit(lent), sqlite3.OperationalError)
    lending.write(insert("another"))
    assert words(lending) == ["another"]


def test_who_borrows_waits_its_turn_and_behind_one_job_at_most(lending: Database) -> None:
    order: list[str] = []
    borrowed: Future[Lent | None] = Future()
    with ThreadPoolExecutor(5) as pool, Writer(lending) as writer:
        jobs = [pool.submit(lending.write_in_background, lambda _: order.append("job")) for _ in range(2)]
        before = pool.submit(lending.write, lambda _: order.append("write"))
        queued(lending, 3)
        assert lending.begin_now() is None, "others wait already"
        lending.begin_soon(borrowed.set_result)
        writer.release(waiting=4)
        lent = borrowed.result(60)
        assert lent is not None
        order.append("lent")
        insert("lent")(lent.connection)
        assert commit(lent) is None
        wait([*jobs, before])
    assert order == ["write", "lent", "job", "job"]


def test_nobody_can_borrow_while_another_process_writes_or_from_a_closed_file(
    lending: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 1)
    with closing(sqlite3.connect(lending.path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        assert lending.begin_now() is None
        borrowed: Future[Lent | None] = Future()
        lending.begin_soon(borrowed.set_result)
        lent = borrowed.result(60)
        assert lent is not None
        with pytest.raises(sqlite3.OperationalError):  # it waits for nobody in a thread that serves others
            _ = lent.connection
        lent.undo()
        another.execute("ROLLBACK")
    lending.write(insert("kept"))
    lending.close()
    assert lending.begin_now() is None
    refused: Future[Lent | None] = Future()
    lending.begin_soon(refused.set_result)
    assert refused.result(60) is None


def test_a_file_is_closed_once_who_has_the_connection_or_waits_for_it_is_done(lending: Database) -> None:
    """Once the thread that was to give it back waited for the close, and both for ever."""
    lent = lending.begin_now()
    assert lent is not None
    borrowed: Future[Lent | None] = Future()
    lending.begin_soon(borrowed.set_result)
    job: Future[object] = Future()
    lending._put(lanes.Background(insert("by a job"), job))
    with ThreadPoolExecutor(1) as pool:
        closing_it = pool.submit(lending.close)
        poll(lambda: not lending._open, what="it is being closed")
        insert("lent")(lent.connection)
        assert commit(lent) is None
        assert borrowed.result(60) is None
        job.result(60)
        closing_it.result(60)
    again = Database(lending.path, [])
    assert words(again) == ["lent", "by a job"]
    again.close()
