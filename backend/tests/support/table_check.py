"""Whether the rows and counts of a table are those that its threads have: none is missing, and none is left over."""

from collections import Counter
from typing import Any

from uconnect.adapters.dynamodb import counts, items
from uconnect.adapters.dynamodb.counts import COUNT
from uconnect.adapters.dynamodb.items import Item, ItemKey
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain.keys import ThreadKey
from uconnect.domain.models import Thread

ROWS = ("mailbox#", f"{items.TURN}#")


def wrong_rows(client: Any, name: str) -> list[str]:
    """What is wrong, in words. Threads that an earlier release wrote are left out."""
    found: list[Item] = [*Table(client, name).scan()]
    threads: list[Thread] = [items.record(ThreadKey, it) for it in found if it["SK"]["S"] == "thread" and "c" in it]
    had = sorted(str(it) for it in found if it["SK"]["S"].startswith(ROWS))
    has = sorted(str(row.item) for it in threads for row in items.rows(it))
    return [*_differences(Counter(had), Counter(has)), *_wrong_counts(found, threads)]


def _wrong_counts(found: list[Item], threads: list[Thread]) -> list[str]:
    kept = {items.item_key_of(it): _numbers(it) for it in found if it["SK"]["S"].startswith(COUNT)}
    right = {place: +numbers for place, numbers in counts.changes(({}, counts.counts(it)) for it in threads).items()}
    return [*_differences(_lines(kept), _lines(right))]


def _numbers(item: Item) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if "N" in value}


def _lines(numbers: "dict[ItemKey, Any]") -> "Counter[str]":
    return Counter(f"{place} {name}: {many}" for place, it in numbers.items() for name, many in it.items() if many)


def _differences(had: "Counter[str]", has: "Counter[str]") -> list[str]:
    return [*(f"left over: {it}" for it in had - has), *(f"missing: {it}" for it in has - had)]
