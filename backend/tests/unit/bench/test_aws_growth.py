"""`bench/aws_growth.py` asks what a real table would answer, and notices a list or a count that reads all threads."""

import pytest
from bench import aws_growth
from bench.aws_growth import RuledTable, ask, asked_of

from tests.support.memory_store import MemoryStore
from tests.support.stores import keeping
from uconnect.adapters.dynamodb import uncounted
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.domain.context import Context, Plan
from uconnect.domain.models import Record


def memory_of(table: RuledTable) -> MemoryStore:
    store = MemoryStore(lambda: Context(aws_growth.NOW, lambda: aws_growth.AN_ID))
    records: list[Record] = [*table.parties(), *table.threads(), *table.references()]
    assert isinstance(store.run(keeping(*records)), Plan)
    return store


@pytest.mark.parametrize("oldest_with_them", [False, True])
def test_a_table_by_a_rule_answers_as_one_that_holds_all_of_it(oldest_with_them: bool) -> None:
    """It has more threads of a status than are read at once, so the ways of a large table are taken."""
    table = RuledTable(1300, oldest_with_them=oldest_with_them)
    store = memory_of(table)
    for name, use_case in asked_of(table):
        answer, units, _ = ask(table, use_case)
        expected = store.ask(use_case)
        assert isinstance(expected, Plan)
        assert answer == expected.answer, name
        assert units


def test_nothing_grows_from_ten_thousand_open_threads_to_a_million() -> None:
    found = aws_growth.grown((10_000, 1_000_000))
    assert found["flat"]
    assert max(it["units"] for each in found["units"].values() for it in each.values()) < 500


@pytest.mark.planted(22)
def test_a_count_that_reads_a_row_of_each_thread_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DynamoStore, "_lists", lambda _: uncounted)
    name, overview = next(asked_of(RuledTable(1)))
    assert name == "overview"
    few, many = (ask(RuledTable(it), overview)[1] for it in (100, 1_000))
    assert many > 5 * few
