"""Counts the threads that an earlier release has written, while people use them. It is done once.

A thread is counted, and gets its rows, when it is written. So each is written once more as it is. Functions of the
earlier release may go on for some minutes: so the table is looked at again, until nothing is found. How far a look has
come is an item of its own. A process that looks holds this item for LEASE, so that only one looks at a time.
"""

import json
from collections.abc import Callable
from typing import Any

from uconnect.adapters.dynamodb.items import ALL_COUNTED, Item, ItemKey
from uconnect.adapters.dynamodb.table import Contended, Table

COUNTING = ItemKey("counting", "counting")
LEASE = 360_000  # ms: longer than a function on AWS may run
SETTLED = 900_000  # ms after the first look in which a function of the earlier release may still write
UNCOUNTED: dict[str, Any] = {
    "FilterExpression": "SK = :head AND attribute_not_exists(c)",
    "ExpressionAttributeValues": {":head": {"S": "thread"}},
}


class Look:
    """A look at the whole table: where it goes on, when the first one began, and what it found."""

    def __init__(self, now: int, item: Item | None) -> None:
        self.start: Item | None = json.loads(item["start"]["S"]) if item else None
        self.begun = int(item["begun"]["N"]) if item else now
        self.found = bool(item and "found" in item)  # since its begin
        self.ever = bool(item and "ever" in item)  # since the first look began
        self.held = int(item["until"]["N"]) if item else 0

    def put(self, table: Table, until: int) -> None:
        """Keep it, held until then. Raises Contended if somebody else has kept it since it was read."""
        numbers = {"begun": {"N": str(self.begun)}, "until": {"N": str(until)}}
        flags = {name: {"S": name} for name in ("found", "ever") if getattr(self, name)}
        item = COUNTING.item | {"start": {"S": json.dumps(self.start)}} | numbers | flags
        same = {":held": {"N": str(self.held)}}
        condition = {"ConditionExpression": "attribute_not_exists(PK) OR #until = :held"}
        named = {"ExpressionAttributeNames": {"#until": "until"}, "ExpressionAttributeValues": same}
        table.commit([{"Put": {"TableName": table.name, "Item": item} | condition | named}])
        self.held = until


def count_all(table: Table, count: Callable[[str], object], now: int, may_go_on: Callable[[], bool]) -> None:
    """Go on with the look, as long as it may. `count` writes the thread with this id as it is."""
    look = Look(now, table.get([COUNTING]).get(COUNTING))
    if look.held > now or (look.ever and look.start is None and now < look.begun + SETTLED):
        return
    try:
        look.put(table, now + LEASE)
        for places, following in table.matching(UNCOUNTED, look.start):
            look.start = following
            for place in places:
                count(place.pk.partition("#")[2])
            look.found, look.ever = look.found or bool(places), look.ever or bool(places)
            if look.start is None or not may_go_on():
                break
        if look.start is None and not look.found:
            table.put_all([ALL_COUNTED.item])
            table.erase([COUNTING])
            return
        look.found = look.found and look.start is not None
        look.put(table, 0)
    except Contended:
        return  # somebody else does it, or the table is busy: the next run goes on
