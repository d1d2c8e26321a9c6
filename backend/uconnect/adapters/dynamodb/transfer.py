"""Reads all records of a table, and writes records into an empty one, past the use cases. For an operator who moves.

A table cannot be read at one moment. So it is read twice: if no record's stamp differs, all that was read was true at
the moment between. A table that is being filled says so by an item of its own, until it is full.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from uconnect.adapters.dynamodb import counts, items
from uconnect.adapters.dynamodb.counting import COUNTING
from uconnect.adapters.dynamodb.items import Item, ItemKey
from uconnect.adapters.dynamodb.table import Contended, Table
from uconnect.application.audit import Act, PlacedAct
from uconnect.application.ports import Unavailable
from uconnect.domain import records
from uconnect.domain.keys import JobKey, TicketKey
from uconnect.domain.models import Record, Thread
from uconnect.domain.records import Stored

AT_ONCE = 8  # calls that write at the same time
PATIENCE = range(5, 13)  # tries to write the same items, each with twice the wait of the one before, up to a minute
GROUP = 200  # records written before the next look at how far it is
MARK = ItemKey("import", "import")
_BY_TABLE = {it.table: it for it in records.RECORDS if it.key is not TicketKey}


class Changed(Exception):
    """Something was written while the table was read."""


class Mark(NamedTuple):
    """How far a table is filled: with the archive that has this digest, and so many of its records, then letters."""

    archive: str
    records: int = 0
    letters: int = 0


def read(table: Table) -> Iterator[Record | Act]:
    """All records and acts, in no order, but for tickets. At the end it raises Changed if they are of two moments."""
    before = _Digest()
    for item in table.scan():
        found = _record(item)
        if found is not None:
            before.add(item)
            yield found
    after = _Digest()
    for item in table.scan("PK", "SK", "v", "hash"):
        if _stored(item) is not None or _is_act(item):
            after.add(item)
    if before.sum != after.sum:
        raise Changed


class _Digest:
    """A number that tells of any change of a set of items, in whatever order they come."""

    def __init__(self) -> None:
        self.sum = 0

    def add(self, item: Item) -> None:
        key, stamp = items.item_key_of(item), item.get("v", item.get("hash", {})).get("S", "")
        found = hashlib.sha256("\0".join((*key, stamp)).encode("utf-8", "surrogatepass")).digest()
        self.sum = (self.sum + int.from_bytes(found, "big")) % (1 << 256)


def _is_act(item: Item) -> bool:
    return item["PK"]["S"] == items.AUDIT_LOG


def _stored(item: Item) -> Stored | None:
    """The type of a record. None for a row of a list, and for what is no record, such as a socket."""
    key = items.item_key_of(item)
    if "v" not in item and not items.is_job(key):
        return None
    return _BY_TABLE.get(key.sk.removeprefix(items.CHILD).partition("#")[0])


def _record(item: Item) -> Record | Act | None:
    if _is_act(item):
        return items.act_in(item)
    stored = _stored(item)
    found: Record | None = items.record(stored.key, item) if stored else None
    return found


def is_empty(table: Table) -> bool:
    """Whether nobody has used the table: there may be the two jobs that come back again and again."""
    left = {MARK, items.ALL_COUNTED, COUNTING}
    found = (it for it in table.scan("PK", "SK", "v") if items.item_key_of(it) not in left)
    return all(_stored(it) is records.BY_KEY[JobKey] for it in found)


def mark_of(table: Table) -> Mark | None:
    """How far the table is filled, None if nobody fills it."""
    item = table.get([MARK]).get(MARK)
    return Mark(item["archive"]["S"], int(item["records"]["N"]), int(item["letters"]["N"])) if item else None


def set_mark(table: Table, mark: Mark) -> None:
    """Say how far the table is filled."""
    numbers = {"records": {"N": str(mark.records)}, "letters": {"N": str(mark.letters)}}
    table.put_all([MARK.item | {"archive": {"S": mark.archive}} | numbers])


def count(table: Table, given: Iterable[Record | PlacedAct]) -> None:
    """Write the counts of all threads that there are. To write them again changes nothing."""
    every = counts.changes(({}, counts.counts(it)) for it in given if isinstance(it, Thread))
    _put(table, [counts.item_of(*it) for it in every.items()])
    table.put_all([items.ALL_COUNTED.item])


def remove_mark(table: Table) -> None:
    """Say that the table is full."""
    table.erase([MARK])


def write(table: Table, given: Iterable[Record | PlacedAct]) -> Iterator[int]:
    """Write records and acts, and the rows that follow from them. Yields, after each group, how many there are so far:
    so many come first in `given` and need not be written again. To write one again changes nothing."""
    stamp, done, left = secrets.token_urlsafe(9), 0, iter(given)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while group := list(islice(left, GROUP)):
            written = [it for each in group for it in _items(each, stamp)]
            size = -(-len(written) // AT_ONCE)
            parts = [written[start : start + size] for start in range(0, len(written), size)]
            for _ in threads.map(partial(_put, table), parts):
                continue
            done += len(group)
            yield done


def _put(table: Table, part: list[Item]) -> None:
    """Write items, however busy the table is: a new one takes a while until it takes much."""
    for attempt in PATIENCE:
        try:
            table.put_all(part)
        except Contended:
            table.pause(attempt)
        else:
            return
    raise Unavailable


def _items(given: Record | PlacedAct, stamp: str) -> list[dict[str, Any]]:
    if isinstance(given, PlacedAct):
        seen = [items.school_act(given.school, given.position, given.act)] if given.school else []
        return [items.audited_act(given.act), *seen]
    return [items.item(given, stamp), *(row.item for row in items.rows(given))]
