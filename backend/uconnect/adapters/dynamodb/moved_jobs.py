"""Moves the jobs that an earlier release kept under one PK to the shards where jobs lie now."""

from contextlib import suppress
from itertools import islice
from typing import Any

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import JOB, Item
from uconnect.adapters.dynamodb.table import Contended, Table

AT_ONCE = 100  # jobs in one go; the next does more


def move_jobs(table: Table) -> None:
    """Move some. A job that another process has changed meanwhile is left for the next time."""
    found = list(islice(table.query(JOB, "SK", f"{JOB}#", f"{JOB}#~", AT_ONCE), AT_ONCE))
    for item in found:
        with suppress(Contended):
            _move(table, item)


def _move(table: Table, item: Item) -> None:
    moved = item | {"PK": {"S": items.job_shard(items.job_in(item))}}
    unchanged: dict[str, Any] = {"ConditionExpression": "attribute_exists(PK)"}
    if "v" in item:
        unchanged = {"ConditionExpression": "v = :v", "ExpressionAttributeValues": {":v": item["v"]}}
    delete = {"Delete": {"TableName": table.name, "Key": items.item_key_of(item).item} | unchanged}
    if table.get([items.item_key_of(moved)]):
        table.commit([delete])  # it is there already: of some jobs there is only one
        return
    put = {"Put": {"TableName": table.name, "Item": moved, "ConditionExpression": "attribute_not_exists(PK)"}}
    table.commit([delete, put])
