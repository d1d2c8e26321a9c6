"""Moves the jobs that an earlier release kept under one PK to the shards where jobs lie now."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import JOB, Item, ItemKey
from uconnect.adapters.dynamodb.table import Contended, Table

AT_ONCE = 1000  # jobs in one go, in some seconds
TOGETHER = 50  # jobs in one transaction, each of which is a delete and a put: DynamoDB takes 100 items


def move_jobs(table: Table) -> bool:
    """Move some; False if there was none that could be moved. A job that another process has changed meanwhile is left
    for the next time."""
    found = list(islice(table.query(JOB, "SK", f"{JOB}#", f"{JOB}#~", AT_ONCE), AT_ONCE))
    parts = [found[start : start + TOGETHER] for start in range(0, len(found), TOGETHER)]
    return sum(_move(table, it) or _move_each(table, it) for it in parts) > 0


def _move_each(table: Table, found: Sequence[Item]) -> int:
    """How many were moved, each by itself: one of them has changed, or the partition gives no more for a moment."""
    return sum(_move(table, [it]) for it in found)


def _move(table: Table, found: Sequence[Item]) -> int:
    """How many were moved: all, or none."""
    there = table.get(map(_key_now, found))
    try:
        table.commit([operation for it in found for operation in _operations(table, it, there)])
    except Contended:
        return 0
    return len(found)


def _operations(table: Table, item: Item, there: dict[ItemKey, Item]) -> Iterator[dict[str, Any]]:
    unchanged: dict[str, Any] = {"ConditionExpression": "attribute_exists(PK)"}
    if "v" in item:
        unchanged = {"ConditionExpression": "v = :v", "ExpressionAttributeValues": {":v": item["v"]}}
    yield {"Delete": {"TableName": table.name, "Key": items.item_key_of(item).item} | unchanged}
    if _key_now(item) not in there:  # of some jobs there is only one
        moved = item | {"PK": {"S": _key_now(item).pk}}
        yield {"Put": {"TableName": table.name, "Item": moved, "ConditionExpression": "attribute_not_exists(PK)"}}


def _key_now(item: Item) -> ItemKey:
    """The key under which a job lies now."""
    return ItemKey(items.job_shard(items.job_in(item)), item["SK"]["S"])
