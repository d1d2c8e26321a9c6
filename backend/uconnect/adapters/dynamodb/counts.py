"""How many threads each school has received, by status, and how many open ones each worker has: numbers that are kept.

A commit that changes a thread adds to them in the same transaction, so they are never wrong. A number is the sum of
SHARDS items, and a thread is always counted in the same one: two commits seldom touch one item. Where they do, DynamoDB
cancels one of them, and it is decided again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from uconnect.adapters.dynamodb.items import CHILD, POLICY_APPLIED, Item, ItemKey, Turn, item_key_of, turn_in
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import models, thread_status

SHARDS = 64
COUNT = "count#"
COUNTS_END = "count#~"
RECEIVED, HANDLED, UNHANDLED = "received", "handled", "unhandled"
ENDED, OPEN, APPLIED = "ended", "open", "policy_applied"
Counts = Mapping[ItemKey, Mapping[str, int]]


class _Share(NamedTuple):
    """What is counted of a thread."""

    id: str
    school: str
    status: str | None
    worker: str
    policy_applied: bool


def counts(thread: models.Thread | None) -> Counts:
    """What a thread adds to each count."""
    if thread is None:
        return {}
    worker = thread.worker.party if thread.worker else ""
    status = thread_status.thread_status(thread)
    return _counts(_Share(thread.id, thread.school.party, status, worker, thread.policy_applied))


def counts_of_turn(row: Item) -> Counts:
    """What the thread of such a row has added to each count."""
    turn: Turn = turn_in(row)
    school = row["PK"]["S"].partition("#")[2]
    return _counts(_Share(turn.thread, school, turn.status, turn.worker, bool(turn.policy)))


def _counts(it: _Share) -> Counts:
    # equal work: leak 30. The job of a raise writes as many counts whether or not it gives the thread to a worker: in
    # each case the school's, the one that the thread was in, and the one that it is in. So does an end.
    received = {it.status or ENDED: 1, APPLIED: int(it.policy_applied)}
    found = {_item_key(it.school, RECEIVED, it.id): received}
    if it.status is None:
        return found
    if it.worker:
        return found | {_item_key(it.worker, HANDLED, it.id): {OPEN: 1}}
    return found | {places_of_unhandled(it.id)[it.policy_applied]: {OPEN: 0}}


def places_of_unhandled(thread: str) -> tuple[ItemKey, ItemKey]:
    """Where a thread that no worker has is counted, before its school's policy is applied and after.

    They lie with the thread, and are erased with it: with the school, they would use up what a PK can take.
    """
    before, after = (ItemKey(f"thread#{thread}", f"{CHILD}{COUNT}{UNHANDLED}{end}") for end in ("", POLICY_APPLIED))
    return before, after


def _item_key(party: str, what: str, thread: str) -> ItemKey:
    return ItemKey(f"party#{party}", f"{COUNT}{what}#{crc32(thread.encode()) % SHARDS:02}")


def changes(pairs: Iterable[tuple[Counts, Counts]]) -> dict[ItemKey, Counter[str]]:
    """What is added to each count when threads change, given what each added before and adds now. It may be 0."""
    found: dict[ItemKey, Counter[str]] = {}
    for before, after in pairs:
        for place in {**before, **after}:
            had, has = before.get(place), after.get(place)
            if had != has:
                added = found.setdefault(place, Counter())
                added.update(has or {})
                added.subtract(had or {})
    return found


def item_of(place: ItemKey, numbers: Mapping[str, int]) -> Item:
    """The item that such numbers are kept in."""
    return place.item | {name: {"N": str(number)} for name, number in numbers.items()}


def read_counts(table: Table, party: str, what: str) -> Counter[str]:
    """The kept numbers of a party: one query, of SHARDS items at most."""
    prefix, found = f"{COUNT}{what}#", Counter[str]()
    for item in table.query(f"party#{party}", "SK", prefix, prefix + "~", SHARDS + 1):
        found.update({name: int(value["N"]) for name, value in item.items() if "N" in value})
    return found


def forget_zeros(table: Table, party: str) -> None:
    """Delete the numbers of a party that has gone, if they are 0. Others count threads that are still there."""
    for item in table.query(f"party#{party}", "SK", COUNT, COUNTS_END, SHARDS + 1):
        numbers = {name: value for name, value in item.items() if "N" in value}
        if all(it["N"] == "0" for it in numbers.values()):
            table.erase_as_read(item_key_of(item), numbers)
