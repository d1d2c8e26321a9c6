"""The journal holds what was deleted whatever ends its writer, and says whose it is."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.polling import TIMEOUT
from uconnect.adapters.sqlite import Database, erasures
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.journal import JournalCopy, JournalLine, JournalWriter, OthersBackups
from uconnect.entrypoints.server.container import MIGRATIONS


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "data" / "uconnect.sqlite", MIGRATIONS)
    yield opened
    opened.close()


@pytest.fixture
def path(tmp_path: Path, database: Database) -> Path:
    return tmp_path / "data" / journal.NAME


def delete(database: Database, *ids: str) -> None:
    def erase(id: str) -> None:
        database.write(lambda c: c.execute("INSERT INTO thread (id, body) VALUES (?, '')", (id,)))
        database.write(lambda c: c.execute("DELETE FROM thread WHERE id = ?", (id,)))

    for id in ids:
        erase(id)


def ids(path: Path) -> list[str]:
    return [id for _, id in journal.read(path).erased]


def is_written(database: Database, path: Path, least: int) -> bool:
    """Whether the journal has so many, and the data file has noted that it has them."""
    found = journal.read(path)
    last = database.read(erasures.journaled)
    left = database.read(lambda connection: erasures.after(connection, number=last, most=1))
    return len(found.erased) >= least and bool(found.stores) and not left


async def written(database: Database, path: Path, least: int) -> None:
    """Let a writer write until the journal has so many."""
    task = asyncio.create_task(JournalWriter(database, path).run())
    async with asyncio.timeout(TIMEOUT):
        while not is_written(database, path, least):
            assert not task.done(), task.exception()
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_it_has_what_was_deleted_before_and_while_it_is_written(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "INTERVAL", 0.01)
    delete(database, "a", "b")

    async def story() -> None:
        writing = asyncio.create_task(written(database, path, 4))
        await asyncio.sleep(0.05)
        await asyncio.to_thread(delete, database, "c", "d")
        await writing

    asyncio.run(story())
    assert ids(path) == ["a", "b", "c", "d"]
    assert journal.read(path).stores == {database.read(erasures.store_id)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_start_writes_nothing_twice(database: Database, path: Path) -> None:
    delete(database, "a", "b")
    for number in range(2):
        asyncio.run(written(database, path, 2 + number))
        delete(database, f"c{number}")
    asyncio.run(written(database, path, 4))
    assert len(path.read_text("ascii").splitlines()) == 5


def test_a_line_that_was_cut_short_is_written_again(database: Database, path: Path) -> None:
    """The machine stops while some lines are written: what is whole of them, the next start may write twice."""
    chance = random.Random(7)
    delete(database, "a", "b")
    asyncio.run(written(database, path, 2))
    kept = path.read_bytes()
    delete(database, *(f"thread{number}" for number in range(20)))
    asyncio.run(written(database, path, 22))
    whole = path.read_bytes()
    for _ in range(30):
        path.write_bytes(whole[: chance.randrange(len(kept), len(whole))])
        database.write(lambda c: erasures.set_journaled(c, 2))
        asyncio.run(written(database, path, 22))
        assert sorted(ids(path)) == sorted(["a", "b", *(f"thread{number}" for number in range(20))])


def test_a_journal_that_is_lost_is_written_whole(database: Database, path: Path) -> None:
    delete(database, "a", "b", "c")
    asyncio.run(written(database, path, 3))
    for left in (b"", b"store another 1\n", path.read_bytes()[:20]):
        path.write_bytes(left)
        asyncio.run(written(database, path, 3))
        assert ids(path) == ["a", "b", "c"]
        assert database.read(erasures.store_id) in journal.read(path).stores


def test_a_long_journal_is_written_in_pieces(database: Database, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PIECE", 3)
    delete(database, *map(str, range(10)))
    asyncio.run(written(database, path, 10))
    assert ids(path) == [*map(str, range(10))]


@pytest.mark.parametrize(
    "odd", ["thread", "thread a", "thread a b", "other a 1", "thread  1", "thread a 1 2", "\x00", "ü a 1"]
)
def test_a_line_that_is_none_is_left_out(path: Path, odd: str) -> None:
    path.write_text(f"store s 1\n{odd}\nthread a 1\n", "utf-8")
    assert journal.read(path) == journal.Journal(frozenset({"s"}), {(Erased.THREAD, "a"): 1})


def test_none_is_an_empty_one(tmp_path: Path) -> None:
    assert journal.read(tmp_path / "none") == journal.Journal()


def test_it_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="link"):
        journal.append(tmp_path / "link", [("thread", "a", 1)])
    assert not (tmp_path / "target").exists()


def test_a_copy_follows_it(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    copy = JournalCopy(source, target)
    copy.follow()  # there is none yet
    assert not target.exists()
    journal.append(source, [("store", "s", 1), ("thread", "a", 1)])
    copy.follow()
    with source.open("ab") as file:
        file.write(b"thread b")  # a line that is being written
    copy.follow()
    assert ids(target) == ["a"]
    with source.open("ab") as file:
        file.write(b" 2\n")
    copy.follow()
    copy.follow()
    assert target.read_bytes() == source.read_bytes()
    journal.append(source, [("party", "c", 3)])
    JournalCopy(source, target).follow()
    assert target.read_bytes() == source.read_bytes(), "a restart copies what is missing alone"


def test_a_copy_keeps_what_an_earlier_store_has_left(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    journal.append(target, [("store", "earlier", 1), ("thread", "x", 1), ("store", "s", 1)])
    journal.append(source, [("store", "s", 1), ("thread", "a", 1)])
    JournalCopy(source, target).follow()
    assert journal.read(target).stores == {"earlier", "s"}
    assert ids(target) == ["x", "a"]


@pytest.mark.parametrize("ours", [[], [("store", "s", 1), ("thread", "a", 1)]], ids=["none yet", "another"])
def test_nothing_is_copied_to_the_journal_of_another_uconnect(tmp_path: Path, ours: list[JournalLine]) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    journal.append(target, [("store", "theirs", 1), ("thread", "x", 1)])
    journal.append(source, ours)
    before = target.read_bytes()
    copy = JournalCopy(source, target)
    for _ in range(2):
        with pytest.raises(OthersBackups, match="set BACKUPS to a folder of its own"):
            copy.follow()
    assert target.read_bytes() == before


def test_a_copy_whose_folder_was_away_is_whole_again(tmp_path: Path) -> None:
    """Somebody has put another disk there, or deleted the copy."""
    source, target = tmp_path / "source", tmp_path / "target"
    journal.append(source, [("store", "s", 1), ("thread", "a", 1)])
    copy = JournalCopy(source, target)
    copy.follow()
    for left in (None, b"", b"store s 1\n", b"thread x 1\n"):
        target.unlink()
        if left is not None:
            target.write_bytes(left)
        copy.follow()
        assert "a" in ids(target)
        assert "s" in journal.read(target).stores
    target.unlink()
    journal.append(source, [("thread", "b", 1)])
    copy.follow()
    assert target.read_bytes() == source.read_bytes()


def test_a_copy_follows_a_journal_that_was_put_back_shorter(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    journal.append(source, [("store", "s", 1), ("thread", "a", 1), ("thread", "b", 1)])
    copy = JournalCopy(source, target)
    copy.follow()
    source.unlink()
    journal.append(source, [("store", "s", 1), ("thread", "c", 1)])
    copy.follow()
    assert ids(target) == ["a", "b", "c"]


def test_a_copy_beside_another_beginning_does_not_grow_at_each_start(tmp_path: Path) -> None:
    """After a restore on a new machine the two begin otherwise."""
    source, target = tmp_path / "source", tmp_path / "target"
    journal.append(target, [("store", "s", 1), ("thread", "b", 1), ("thread", "a", 1)])
    journal.append(source, [("store", "s", 2), ("thread", "a", 1), ("thread", "b", 1), ("thread", "c", 1)])
    sizes = set()
    for _ in range(3):
        JournalCopy(source, target).follow()
        sizes.add(target.stat().st_size)
    assert ids(target) == ["b", "a", "c"]
    assert len(sizes) == 1
