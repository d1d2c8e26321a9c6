"""Works that an event loop decides: together with others, in turn with who else writes, none lost and none twice."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from uconnect.adapters.sqlite import Database, Watcher, lanes
from uconnect.adapters.sqlite.engine import Closed


class Commits(Watcher):
    def __init__(self, database: Database) -> None:
        self.times = 0
        database.watch(self)

    def committed(self) -> None:
        self.times += 1


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "file.sqlite", [])
    made.write(lambda connection: connection.execute("CREATE TABLE word (text TEXT)"))
    yield made
    made.close()


def insert(word: str, threads: set[str] | None = None) -> Callable[[sqlite3.Connection], str]:
    def transaction(connection: sqlite3.Connection) -> str:
        if threads is not None:
            threads.add(threading.current_thread().name)
        connection.execute("INSERT INTO word VALUES (?)", (word,))
        return word

    return transaction


def fail(_: sqlite3.Connection) -> None:
    raise ValueError


def words(database: Database) -> list[str]:
    return database.read(lambda it: [str(word) for (word,) in it.execute("SELECT text FROM word ORDER BY rowid")])


def in_loop(database: Database, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        database.decide_in(asyncio.get_running_loop())
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(run())


def test_works_that_are_awaited_at_once_are_decided_in_the_loop_in_one_transaction(database: Database) -> None:
    threads, commits = set[str](), Commits(database)

    async def work() -> list[str]:
        return await asyncio.gather(*(database.write_soon(insert(str(it), threads)) for it in range(16)))

    assert in_loop(database, work) == words(database) == [str(it) for it in range(16)]
    assert threads == {threading.main_thread().name}
    assert commits.times == 1


def test_who_comes_while_a_group_is_committed_is_in_the_next(database: Database) -> None:
    commits = Commits(database)

    async def work() -> None:
        await asyncio.gather(*(database.write_soon(insert(str(it))) for it in range(40)))

    in_loop(database, work)
    assert len(words(database)) == 40
    assert commits.times == 3  # of at most 16


def test_one_that_fails_costs_the_others_of_its_group_nothing(database: Database) -> None:
    async def work() -> list[Any]:
        works = (insert("before"), fail, insert("after"))
        return await asyncio.gather(*map(database.write_soon, works), return_exceptions=True)

    before, error, after = in_loop(database, work)
    assert (before, after, words(database)) == ("before", "after", ["before", "after"])
    assert isinstance(error, ValueError)


def test_works_that_are_awaited_wait_for_who_has_the_connection(database: Database) -> None:
    async def work() -> None:
        lent = database.begin_now()
        assert lent is not None
        waiting = asyncio.create_task(database.write_soon(insert("second")))
        await asyncio.sleep(0.01)
        insert("first")(lent.connection)
        lent.commit(lambda _: None)
        await waiting

    in_loop(database, work)
    assert words(database) == ["first", "second"]


def test_a_background_work_is_decided_in_the_loop_when_nobody_else_has_the_connection(database: Database) -> None:
    threads = set[str]()

    async def work() -> None:
        lent = database.begin_now()
        assert lent is not None
        job = asyncio.create_task(asyncio.to_thread(database.write_in_background, insert("job", threads)))
        await asyncio.sleep(0.05)
        assert not job.done()
        insert("first")(lent.connection)
        lent.commit(lambda _: None)
        assert await job == "job"

    in_loop(database, work)
    assert words(database) == ["first", "job"]
    assert threads == {threading.main_thread().name}


def test_a_background_work_that_has_waited_for_long_has_its_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BACKGROUND_WAITS", 0.02)
    busy = True

    async def write_on() -> None:
        while busy:
            lent = database.begin_now()
            if lent is not None:
                lent.commit(lambda _: None)
            await asyncio.sleep(0)

    async def work() -> None:
        nonlocal busy
        writing = asyncio.create_task(write_on())
        assert await asyncio.to_thread(database.write_in_background, insert("job")) == "job"
        busy = False
        await writing

    in_loop(database, work)
    assert words(database) == ["job"]


def test_a_background_work_that_fails_tells_its_caller(database: Database) -> None:
    async def work() -> None:
        await asyncio.to_thread(database.write_in_background, fail)

    with pytest.raises(ValueError, match=r"^$"):
        in_loop(database, work)


def test_a_closed_file_takes_no_work_and_one_whose_loop_has_ended_takes_them_elsewhere(database: Database) -> None:
    async def work() -> None:
        await asyncio.to_thread(database.close)
        with pytest.raises(Closed):
            await database.write_soon(insert("late"))
        with pytest.raises(Closed):
            await asyncio.to_thread(database.write_in_background, insert("late"))

    async def nothing() -> None:
        """A loop that ends."""

    in_loop(database, nothing)
    assert database.write_in_background(insert("after the loop")) == "after the loop"
    assert words(database) == ["after the loop"]
    in_loop(database, work)
