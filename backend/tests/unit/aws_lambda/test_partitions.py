"""No partition comes near the 10 GB that DynamoDB keeps under one key of a table with a local index."""

import pytest

from tests.contract.sample_records import message, thread
from tests.support.stores import fresh
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import Item
from uconnect.domain import text_fields
from uconnect.domain.jobs import AssignThread
from uconnect.domain.models import Job, School

MOST = 10 * 1024**3  # bytes of an item collection, with the entries of its local index
OVERHEAD = 100  # bytes of an item, and of an entry of the index, beside its attributes
STAMP = "s" * 12


def size(item: Item) -> int:
    """As DynamoDB counts it: names and values; an entry of the index has the keys."""
    sizes = {name: len(name) + sum(len(text.encode()) for text in value.values()) for name, value in item.items()}
    indexed = sum(sizes[name] for name in ("PK", "SK", "i")) + OVERHEAD if "i" in item else 0
    return sum(sizes.values()) + OVERHEAD + indexed


LONG = message(fresh(), 1, author=fresh(), text="\U0001f989" * text_fields.MESSAGE.most)
AT = fresh()
ROWS = [
    it for it in items.rows(thread(fresh(), at=10**13, school=AT, worker=fresh())) if it.item_key.pk == f"party#{AT}"
]
JOB = Job(id=fresh(), due=10**13, task=AssignThread(fresh()))
SCHOOL = School(id=fresh(), email="", name="\U0001f989" * 80)


@pytest.mark.parametrize(
    ("what", "of_each", "enough"),
    [
        ("messages of a thread, each as long as may be", [items.item(LONG, STAMP)], 500_000),
        ("open threads of a school, which the figures go up to a million of", [it.item for it in ROWS], 10_000_000),
        ("jobs that wait at one time", [items.item(JOB, STAMP)], 10_000_000),
        ("schools of the directory", [next(iter(items.rows(SCHOOL))).item], 10_000_000),
    ],
)
def test_a_partition_holds_far_more_than_there_will_be(what: str, of_each: list[Item], enough: int) -> None:
    assert MOST // sum(map(size, of_each)) > enough, what
