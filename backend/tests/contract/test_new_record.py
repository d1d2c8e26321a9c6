"""A new type of record is one entry in the registry: every store keeps, lists and erases it, and old folders open."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.sample_records import message
from tests.support.stores import Home, answer, finding
from uconnect.adapters.sqlite import Database, schema
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.domain import records
from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import Key, NumberedListing, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Record, User

VERSION = len(schema.MIGRATIONS.scripts) + 1


class Reaction(Record, frozen=True, kw_only=True):
    """What a party says of a message with one sign."""

    thread: str
    seq: int
    author: str
    sign: str


class ReactionKey(Key[Reaction], frozen=True):
    thread: str
    seq: int


class ReactionsOf(NumberedListing[Reaction], frozen=True):
    """A thread's reactions."""


REACTION = records.Stored(
    "reaction",
    ReactionKey,
    Reaction,
    parents=records.OF_THREAD,
    columns=(records.column("author"),),
    indexes=(records.Index("reaction_by_author", ("author", "seq")),),
    listing=ReactionsOf,
    since=VERSION,
)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    """The one entry. Afterwards the registry is as it was, and what the stores made of the entry is gone."""
    tables: tuple[dict[Any, Any], ...] = (
        records.BY_KEY,
        records.BY_LISTING,
        records._BY_RECORD,
    )
    before = [dict(table) for table in tables]
    records.register(REACTION)
    yield
    for table, entries in zip(tables, before, strict=True):
        table.clear()
        table.update(entries)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A data folder that an earlier release made, opened by the release with the new record."""
    Database(tmp_path / "uconnect.db", [schema.MIGRATIONS]).close()
    opened = Database(tmp_path / "uconnect.db", [schema.migrations(records.BY_KEY.values())])
    yield opened
    opened.close()


def reaction(seq: int, thread: str = "t") -> Reaction:
    return Reaction(thread=thread, seq=seq, author="user", sign="\U0001f989")


def test_it_is_kept_and_found_again_and_replaced(home: Home) -> None:
    first = reaction(1)
    assert home.one(ReactionKey("t", 1)) is None
    home.keep(first)
    assert home.one(ReactionKey("t", 1)) == first
    assert answer(home.store.run(finding(ReactionKey("t", 1)))) == first
    second = Reaction(thread="t", seq=1, author="user", sign="!")
    home.change(second)
    assert home.one(ReactionKey("t", 1)) == second


def test_it_is_deleted_by_a_plan(home: Home) -> None:
    home.keep(reaction(1), reaction(2))

    def use_case(context: Context) -> Plan[None]:
        return Plan(None, deletes=(ReactionKey("t", 1),))

    answer(home.store.run(use_case))
    assert home.all(ReactionsOf("t", 0, 9)) == (reaction(2),)


def test_it_is_listed_by_its_number_and_by_no_other_thread(home: Home) -> None:
    kept = [reaction(seq) for seq in range(1, 13)]
    home.keep(*reversed(kept), reaction(1, "tt"), message("t", 1), message("t", 2))
    assert home.all(ReactionsOf("t", 0, 99)) == tuple(kept)
    assert home.all(ReactionsOf("t", 3, 5)) == tuple(kept[3:8])
    assert home.all(ReactionsOf("tt", 0, 99)) == (reaction(1, "tt"),)


def test_it_is_erased_with_its_thread_and_with_nothing_else(home: Home) -> None:
    home.keep(reaction(1), reaction(2), reaction(1, "tt"), User(id="t", email="t@x", name="T"))
    assert home.store.purge(PartyKey("t"), 99)
    assert home.all(ReactionsOf("t", 0, 9)) == (reaction(1), reaction(2))
    while not home.store.purge(ThreadKey("t"), 1):
        pass
    assert home.all(ReactionsOf("t", 0, 9)) == ()
    assert home.one(ReactionKey("t", 1)) is None
    assert home.all(ReactionsOf("tt", 0, 9)) == (reaction(1, "tt"),)


def test_a_release_without_it_refuses_a_folder_that_has_it(database: Database, tmp_path: Path) -> None:
    """It would leave these records behind when it erases a thread."""
    database.close()
    with pytest.raises(NewerSchema, match=f"has uconnect schema {VERSION}"):
        Database(tmp_path / "uconnect.db", [schema.MIGRATIONS])


def test_its_table_has_the_columns_and_the_index_of_the_entry(database: Database) -> None:
    def look(connection: sqlite3.Connection) -> list[Any]:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(reaction)")]
        return [columns, [name for _, _, name in connection.execute("PRAGMA index_info(reaction_by_author)")]]

    assert database.read(look) == [["thread", "seq", "author", "body"], ["author", "seq"]]


def test_every_record_that_dynamodb_does_not_keep_beside_its_parent_is_found_by_its_assignment() -> None:
    """A worker's reference to a thread lies with the worker, so `DynamoStore` finds it through the assignment."""
    apart = {(it.key, parent) for it in records.RECORDS for parent in it.parents if it.partition is not parent}
    assert apart == {(ThreadReferenceKey, ThreadKey)}
