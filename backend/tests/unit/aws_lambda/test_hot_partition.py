"""Two partitions of a school are the hottest: what a raise and a message ask of them, as docs/aws.md says.

DynamoDB gives one partition key of a table with a local index 1,000 write and 3,000 read units a second, whatever the
table's size: such a collection of items is never split ("Best practices for designing and using partition keys" and
"Local secondary indexes", Amazon DynamoDB Developer Guide).
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import pytest
from deploy.package import ROOT

from tests.support import dynamodb_emulator
from tests.support.sample_university import ANN, SCHOOL, SampleUniversity
from tests.support.stores import Home, Time
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.store import DynamoStore

WRITES = 1_000  # units a second of one partition key
OF_SCHOOL = (f"party#{SCHOOL}", f"turn#{SCHOOL}")
PAGE = (ROOT / "docs/aws.md").read_text("utf-8")


def kilobytes(item: dict[str, Any]) -> int:
    """Write units of an item of up to 1 KB each."""
    return max(1, ceil(sum(len(name) + len(str(value)) for name, value in item.items()) / 1024))


class WriteUnits:
    """Write units by partition key. A transaction takes 2 for each KB, an entry of the index 1 outside of it."""

    def __init__(self) -> None:
        self.writes: Counter[str] = Counter()

    def take(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        match model.name:
            case "TransactWriteItems":
                for each in params["TransactItems"]:
                    ((how, what),) = each.items()
                    self._add(what.get("Item", what.get("Key")), 2, indexed=how == "Put")
            case "PutItem":
                self._add(params["Item"], 1, indexed=True)
            case "DeleteItem":
                self._add(params["Key"], 1, indexed=False)

    def _add(self, item: dict[str, Any], units: int, *, indexed: bool) -> None:
        entry = 1 if indexed and "i" in item else 0
        self.writes[item["PK"]["S"]] += units * kilobytes(item) + entry


@contextmanager
def metered(client: Any) -> Iterator[WriteUnits]:
    asked = WriteUnits()

    def take(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.take(model, params)

    client.meta.events.register("provide-client-params.dynamodb.*", take)
    try:
        yield asked
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.*", take)


@pytest.fixture(scope="module")
def university() -> SampleUniversity:
    time = Time()
    store = DynamoStore(dynamodb_emulator.dynamodb(), dynamodb_emulator.table(), time.new_context)
    return SampleUniversity(Home(store, time)).create()


def stated(what: str) -> int:
    """What docs/aws.md says of a school's partition: `N WRU` in the row of the table that begins so, and how many that
    is a second."""
    found = re.search(rf"^\| {what}[^|]*\| (\d+) WRU \| ([\d,]+) ", PAGE, re.MULTILINE)
    assert found, what
    assert int(found[2].replace(",", "")) == WRITES // int(found[1])
    return int(found[1])


def test_a_raise_asks_of_a_schools_partitions_what_the_page_says(university: SampleUniversity) -> None:
    with metered(dynamodb_emulator.dynamodb()) as asked:
        university.raised()
        university.run_jobs()
    found = [asked.writes[pk] for pk in OF_SCHOOL]
    assert found == [stated("a raise"), stated("the same, of its turns")]


def test_a_raise_asks_of_the_keys_of_jobs_what_the_page_says(university: SampleUniversity) -> None:
    with metered(dynamodb_emulator.dynamodb()) as asked:
        university.raised()
        university.run_jobs()
    taken = sum(asked.writes[pk] for pk in items.JOB_SHARDS)
    raises = len(items.JOB_SHARDS) * WRITES // taken // 100 * 100
    said = re.findall(r"takes (\d+) WRU of one of the\s+eight\s+keys of jobs", PAGE)
    assert said == [str(taken)]
    assert len(re.findall(rf"about\s+{raises:,}\s+raises\s+a\s+second", PAGE)) == 2, "in both places"


def test_a_message_asks_nothing_of_it_but_the_rows_that_an_hour_moves(university: SampleUniversity) -> None:
    case = university.raised()
    university.run_jobs()
    case.send(SCHOOL)
    case.send(ANN)
    with metered(dynamodb_emulator.dynamodb()) as asked:
        case.send(ANN)
    assert [asked.writes[pk] for pk in OF_SCHOOL] == [0, 0]
    with metered(dynamodb_emulator.dynamodb()) as asked:
        case.send(SCHOOL)
    assert max(asked.writes[pk] for pk in OF_SCHOOL) == stated("the first message after the other side's")
