"""SQLite notes what is deleted for good in the transaction that deletes it, by its id alone (leak 29)."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WALT, WENDY, SampleUniversity
from tests.support.stores import Home, Time
from uconnect.adapters.sqlite import Database, erasures
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ThreadKey
from uconnect.domain.usecases import account_closing, workers
from uconnect.oidc_provider import MIGRATIONS as PROVIDER


@pytest.fixture
def university(database: Database, time: Time) -> SampleUniversity:
    home = Home(SqliteStore(database, time.new_context), time, serial=True)
    return SampleUniversity(home).create().signed_in(ANN, SCHOOL, ACADEMY)


def erasures_of(database: Database, after: int = 0) -> list[tuple[Erased, str]]:
    return [(it.kind, it.id) for it in database.read(partial(erasures.after, number=after))]


def test_a_deleted_thread_is_noted_once_and_at_once(university: SampleUniversity, database: Database) -> None:
    case, other = university.raised(), university.raised()
    id = case.thread.id
    case.terminate()
    other.terminate()
    assert erasures_of(database) == []
    case.delete()
    assert erasures_of(database) == [(Erased.THREAD, id)]
    university.run_jobs()
    assert erasures_of(database) == [(Erased.THREAD, id)]


def test_a_closed_account_is_noted_before_its_threads_go(university: SampleUniversity, database: Database) -> None:
    case = university.raised()
    id = case.thread.id
    university.run(partial(account_closing.close, by=ANN))
    assert erasures_of(database) == [(Erased.PARTY, ANN)]
    university.run_jobs()
    assert erasures_of(database, after=1) == [(Erased.THREAD, id)]


def test_a_school_that_is_closed_is_noted_with_its_workers(university: SampleUniversity, database: Database) -> None:
    university.run(partial(account_closing.close_by_admin, email=f"{SCHOOL}@x", kind=Kind.SCHOOL))
    assert set(erasures_of(database)) == {(Erased.PARTY, SCHOOL), (Erased.WORKER, WENDY), (Erased.WORKER, WALT)}


def test_a_removed_worker_is_noted(university: SampleUniversity, database: Database) -> None:
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert erasures_of(database) == [(Erased.WORKER, WENDY)]


def test_what_is_undone_is_not_noted(university: SampleUniversity, database: Database) -> None:
    case = university.raised()

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM thread")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(fails)
    assert erasures_of(database) == []
    assert university.home.one(ThreadKey(case.thread.id)) is not None


def test_an_account_of_the_identity_provider_is_noted(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database.path)) as connection:
        for component in (PROVIDER, erasures.LOGIN_MIGRATIONS):
            component.apply(connection)
        connection.execute("INSERT INTO issuer_account (subject, email, verified, password) VALUES ('s', 'a@x', 1, '')")
        connection.execute("UPDATE issuer_account SET email = 'b@x'")
        connection.commit()
        assert erasures_of(database) == []
        connection.execute("DELETE FROM issuer_account")
        connection.commit()
    assert erasures_of(database) == [(Erased.LOGIN, "s")]
    with closing(sqlite3.connect(database.path)) as connection:
        (columns,) = connection.execute("SELECT kind || id || at FROM erasure").fetchone()
    assert "@" not in columns, "an address is not kept"


def test_the_time_is_in_unix_seconds(university: SampleUniversity, database: Database) -> None:
    case = university.raised()
    case.terminate()
    case.delete()
    (found,) = database.read(partial(erasures.after, number=0))
    with closing(sqlite3.connect(":memory:")) as clock:
        (now,) = clock.execute("SELECT CAST(strftime('%s', 'now') AS INT)").fetchone()
    assert now - 60 <= found.at <= now
