"""What lists and counts read of DynamoDB at a school with 10 to a million open threads, and as many that have ended.

The use cases and the store are the real ones. The table is not: a million threads are a rule that says what each of
them is, and each item is made when it is asked for. So it takes seconds. Units are counted as DynamoDB counts them
(consistent: 1 for each 4 KB of an item, or of a query). `python -m bench.aws_growth` prints them.
"""

import json
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from math import ceil
from typing import Any, NamedTuple

from uconnect.adapters.dynamodb import counts, items
from uconnect.adapters.dynamodb.items import Item, ItemKey, Row
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import Kind, Side, State, ThreadFilter, ThreadSort
from uconnect.domain.keys import Mailbox, OpenThreadCountKey
from uconnect.domain.models import (
    Assignee,
    Participant,
    Preview,
    Record,
    School,
    SideCounters,
    Thread,
    ThreadReference,
    User,
    Worker,
)
from uconnect.domain.usecases import queries, workers

SIZES = (10, 1_000, 10_000, 100_000, 1_000_000)
PAGE = 50
NOW, MINUTE = 1_800_000_000_000, 60_000
SCHOOL, USER = "school".ljust(22, "-"), "user".ljust(22, "-")
WORKERS = tuple(f"worker{n}".ljust(22, "-") for n in range(5))
TURNS = ((0, Side.RAISER), (1, Side.RAISER), (1, Side.SCHOOL))  # answers, and who wrote last: new, us, them
MIX = len(TURNS) * 2
UNIT = 4096  # bytes
FULL = 10_000  # open threads from which on every list reads as much as it ever does
AN_ID = "A" * 22


class Numbers:
    """Numbers below `end` that lie at these offsets of each `step`, in their order."""

    def __init__(self, end: int, offsets: Sequence[int] = (0,), step: int = 1, begin: int = 0) -> None:
        self._offsets, self._step, self._begin = offsets, step, begin
        whole, rest = divmod(end - begin, step)
        self._many = whole * len(offsets) + sum(it < rest for it in offsets)

    def __len__(self) -> int:
        return self._many

    def __getitem__(self, place: int) -> int:
        step, offset = divmod(place, len(self._offsets))
        return self._begin + step * self._step + self._offsets[offset]


class Segment(NamedTuple):
    """Rows that follow each other under one PK, by SK or by i: of the records with these numbers, the row with this
    prefix."""

    prefix: str
    numbers: Numbers
    record: Callable[[int], Record]
    by_index: bool = False

    def row(self, pk: str, number: int) -> Row:
        return next(it for it in items.rows(self.record(number)) if it.item_key.pk == pk and self.is_at(it))

    def is_at(self, row: Row) -> bool:
        return self.key(row).startswith(self.prefix)

    def key(self, row: Row) -> str:
        return (row.order or "") if self.by_index else row.item_key.sk

    def between(self, pk: str, low: str, high: str, *, forward: bool) -> Iterator[Item]:
        """Those from low to high."""
        first = bisect_left(self.numbers, low, key=lambda it: self.key(self.row(pk, it)))
        last = bisect_right(self.numbers, high, key=lambda it: self.key(self.row(pk, it)))
        for place in range(first, last) if forward else range(last - 1, first - 1, -1):
            yield self.row(pk, self.numbers[place]).item


class RuledTable:
    """A DynamoDB that can be read. Of `size` open threads, every sixth has the same status, and a fifth of those that
    workers have are one worker's. With `oldest_with_them`, the oldest sixth waits for the other side, and all others
    are new. There are as many schools as threads."""

    def __init__(self, size: int, *, oldest_with_them: bool = False) -> None:
        self.size = size
        self.units = self.requests = 0
        self._oldest_with_them = oldest_with_them
        self._parties: dict[str, Record] = {
            SCHOOL: School(id=SCHOOL, email="", name="School of many", workers=WORKERS),
            USER: User(id=USER, email="u@uni.example", name="Uma"),
            **{it: Worker(id=it, email="", name="W", school=SCHOOL, joined=True) for it in WORKERS},
        }

    # --- what is there

    def thread(self, number: int) -> Thread:
        """The open threads come first, the last raised at the end; then those that have ended."""
        ended, number = divmod(number, self.size)
        turn, held = divmod(number % MIX, 2)
        if self._oldest_with_them:
            turn, held = (2 if number < self.size // MIX else 0), 0
        answered, side = TURNS[turn]
        id = f"{'e' if ended else 'o'}{number}".ljust(22, "-")
        worker = WORKERS[number // MIX % len(WORKERS)] if held and not ended else None
        at = NOW - (self.size - number) * MINUTE
        return Thread(
            id=id,
            key=id,
            kind=Kind.USER,
            subject="A question about the enrolment of next term",
            since=at,
            at=at,
            raiser=Participant(party=USER, id=f"u{id}"[:22]),
            school=Participant(party=SCHOOL, id=f"s{id}"[:22]),
            worker=Assignee(party=worker, id=f"w{id}"[:22], alias="Quiet harbour 42") if worker else None,
            state=State.TERMINATED if ended else State.OPEN,
            seq=1,
            last=Preview(side, "x" * 80),
            answered=SideCounters(messages=answered),
            turn_since=at,
            policy_applied=True,
        )

    def threads(self) -> Iterator[Thread]:
        return map(self.thread, range(2 * self.size))

    def school(self, number: int) -> School:
        return School(id=f"d{number}".ljust(22, "-"), email="", name=f"Faculty {number:07}")

    def parties(self) -> list[Record]:
        return [*self._parties.values(), *map(self.school, range(self.size))]

    def references(self) -> Iterator[ThreadReference]:
        for it in self.threads():
            for seat in (it.raiser, it.school, it.worker):
                if seat:
                    yield ThreadReference(viewer=seat.party, id=seat.id, thread=it.id, owner=USER)

    def _number(self, id: str) -> int:
        return int(id[1:].rstrip("-")) + self.size * (id[0] == "e")

    def _record(self, key: ItemKey) -> Record | None:
        kind, _, id = key.pk.partition("#")
        if kind == "thread" and id[:1] in {"o", "e"} and key.sk == "thread":
            return self.thread(self._number(id))
        if kind == "party" and key.sk == "party":
            return self._parties.get(id) or (self.school(int(id[1:].rstrip("-"))) if id[0] == "d" else None)
        if key.sk.startswith("child#thread_reference#"):
            seat = key.sk.rpartition("#")[2]
            if seat == AN_ID:
                return None
            return ThreadReference(viewer=id, id=seat, thread=f"{seat[1:]}-", owner=USER)
        return None

    # --- as the SDK's client

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - as the SDK spells it
        self.requests += 1
        ((table, asked),) = RequestItems.items()
        keys = [items.item_key_of(it) for it in asked["Keys"]]
        found = [items.ALL_COUNTED.item for it in keys if it == items.ALL_COUNTED]
        found += [items.item(it, "stamp") for key in keys if (it := self._record(key))]
        self.units += sum(ceil(_size(it) / UNIT) for it in found)
        return {"Responses": {table: found}}

    def query(self, **asked: Any) -> Any:
        self.requests += 1
        values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
        by_index = "IndexName" in asked
        found = self._between(
            values[":pk"], values[":low"], values[":high"], by_index=by_index, forward=asked["ScanIndexForward"]
        )
        start = asked.get("ExclusiveStartKey", {}).get("place", 0)
        page = [*islice(found, start, start + asked["Limit"] + 1)]
        here = page[: asked["Limit"]]
        self.units += max(1, ceil(sum(map(_size, here)) / UNIT))
        return {"Items": here} | ({"LastEvaluatedKey": {"place": start + len(here)}} if len(page) > len(here) else {})

    def _between(self, pk: str, low: str, high: str, *, by_index: bool, forward: bool) -> Iterator[Item]:
        if not by_index and low.startswith(counts.COUNT):
            yield from (it for it in self._counts(pk) if low <= it["SK"]["S"] <= high)
            return
        found = [it for it in self._segments(pk) if it.by_index == by_index]
        for segment in sorted(found, key=lambda it: it.prefix, reverse=not forward):
            yield from segment.between(pk, low, high, forward=forward)

    def _segments(self, pk: str) -> list[Segment]:
        open, ended = Numbers(self.size), Numbers(2 * self.size, begin=self.size)
        if pk == items.DIRECTORY:
            return [Segment("", open, self.school)]
        if pk == items.DIRECTORY_SEARCH:
            return [Segment(it, open, self.school) for it in ("0", "faculty")]
        if pk == f"party#{SCHOOL}":
            return self._mailbox("received", open, ended)
        if pk == items.turns_of(SCHOOL):
            return [Segment("turn#", open, self.thread), *self._turns()]
        if pk == f"party#{USER}":
            return self._mailbox("raised", open, ended)
        handled = {f"party#{it}": self._held(n, (1, 3, 5)) for n, it in enumerate(WORKERS)}
        return self._mailbox("handled", handled[pk], Numbers(0)) if pk in handled else []

    def _mailbox(self, name: str, open: Numbers, ended: Numbers) -> list[Segment]:
        return [
            Segment(f"mailbox#{name}#open#", open, self.thread),
            Segment(f"mailbox#{name}#terminated#", ended, self.thread),
            Segment(f"{name}#", open, self.thread, by_index=True),
            Segment(f"{name}.ended#", ended, self.thread, by_index=True),
        ]

    def _held(self, worker: int, offsets: Sequence[int]) -> Numbers:
        none = self._oldest_with_them
        return Numbers(0 if none else self.size, [worker * MIX + it for it in offsets], MIX * len(WORKERS))

    def _turns(self) -> list[Segment]:
        turns = {f"{it}.school##": Numbers(self.size, [2 * n], MIX) for n, it in enumerate(("new", "us", "them"))}
        if self._oldest_with_them:
            old = self.size // MIX
            turns = {"them.school##": Numbers(old), "new.school##": Numbers(self.size, begin=old)}
        for n, turn in enumerate(("new", "us", "them")):
            for worker, id in enumerate(WORKERS):
                turns[f"{turn}.worker#{id}#"] = self._held(worker, [2 * n + 1])
        return [Segment(f"turn#{it}", numbers, self.thread, by_index=True) for it, numbers in turns.items()]

    def _counts(self, pk: str) -> list[Item]:
        """The kept numbers, in even shards: what is counted in which does not matter."""
        party = pk.partition("#")[2]
        numbers: Counter[str] = Counter()
        for it in self._turns():
            _, status, worker, _ = it.prefix.split("#")
            if party == SCHOOL:
                numbers[status] += len(it.numbers)
            elif party == worker:
                numbers[counts.OPEN] += len(it.numbers)
        what = counts.RECEIVED if party == SCHOOL else counts.HANDLED
        if party == SCHOOL:
            numbers |= {counts.ENDED: self.size}
        return [
            counts.item_of(ItemKey(pk, f"{counts.COUNT}{what}#{shard:02}"), _share(numbers, shard))
            for shard in range(counts.SHARDS if numbers else 0)
        ]


def _share(numbers: Mapping[str, int], shard: int) -> dict[str, int]:
    return {name: (it + counts.SHARDS - 1 - shard) // counts.SHARDS for name, it in numbers.items()}


def _size(item: Item) -> int:
    return sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())


def asked_of(table: RuledTable) -> Iterator[tuple[str, UseCase[Any]]]:
    """What sites ask, and what jobs ask before they decide."""
    yield "overview", partial(queries.overview, by=SCHOOL)
    yield "workers, with their loads", partial(workers.workers, by=SCHOOL)
    yield "may a school close", _open_count
    for mailbox, by in ((Mailbox.RECEIVED, SCHOOL), (Mailbox.HANDLED, WORKERS[0]), (Mailbox.RAISED, USER)):
        for show in (None, *sorted(queries.FILTERS_OF[mailbox] - {ThreadFilter.SNOOZED})):
            for sort in (
                queries.sorts_of(mailbox, show) if (mailbox, show) != (Mailbox.RAISED, ThreadFilter.OPEN) else ()
            ):
                yield f"{mailbox}, {show or 'all'}, {sort}", partial(_page, by, mailbox, show, sort, None)
                middle = f"{table.size // 2}"
                if show is ThreadFilter.OPEN and mailbox is Mailbox.RECEIVED and sort is not ThreadSort.WAITING:
                    at = table.thread(int(middle)).at
                    yield (
                        f"{mailbox}, open, {sort}, a page in the middle",
                        partial(_page, by, mailbox, show, sort, f"{at}.{AN_ID}"),
                    )
    yield "the directory", partial(queries.schools, by=USER, after=None, most=PAGE)
    yield "the directory, searched", partial(queries.schools, by=USER, after=None, most=PAGE, find="fac")


def _page(
    by: str, mailbox: Mailbox, show: ThreadFilter | None, sort: ThreadSort, before: str | None, context: Context
) -> Plan[Any]:
    return queries.threads(context, by, mailbox, before, PAGE, show, sort=sort)


def _open_count(context: Context) -> Plan[Any]:
    return Plan(context.get(OpenThreadCountKey(SCHOOL, Mailbox.RECEIVED)))


def ask(table: RuledTable, use_case: UseCase[Any]) -> tuple[Any, int, int]:
    """The answer, and how many units and requests it took."""
    store = DynamoStore(table, "table", lambda: Context(NOW, lambda: AN_ID))  # type: ignore[arg-type] # it can be read
    store._lists()  # noqa: SLF001 - asked once a process: whether all threads are counted
    table.units = table.requests = 0
    outcome = store.ask(use_case)
    assert isinstance(outcome, Plan), outcome
    return outcome.answer, table.units, table.requests


def measure(size: int, *, oldest_with_them: bool = False) -> dict[str, dict[str, int]]:
    """The units and requests of each question."""
    table = RuledTable(size, oldest_with_them=oldest_with_them)
    found = {}
    for name, use_case in asked_of(table):
        _, units, requests = ask(table, use_case)
        found[name] = {"units": units, "requests": requests}
    return found


def grown(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """The units of each question at each size, and whether none grows once a page is full."""
    each = {size: measure(size) for size in sizes}
    full = [each[it] for it in sizes if it >= FULL]
    flat = all(it[name]["units"] <= full[0][name]["units"] * 1.1 + 2 for it in full for name in it)
    return {"units": {str(size): it for size, it in each.items()}, "flat": flat}


def main() -> None:
    found = grown()
    sizes = [*found["units"]]
    print(f"{'consistent read units, at so many open threads':50}", *(f"{int(it):>10,}" for it in sizes))
    for name in found["units"][sizes[0]]:
        print(f"{name:50}", *(f"{found['units'][it][name]['units']:>10,}" for it in sizes))
    print("The worst: the oldest sixth is with the other side, and asked for latest first.")
    worst = {size: measure(size, oldest_with_them=True) for size in SIZES if size <= FULL}
    for name in worst[FULL]:
        if ", them," in name:
            print(f"{name:50}", *(f"{it[name]['units']:>10,}" for it in worst.values()))
    print(json.dumps({"flat": found["flat"]}))
    sys.exit(not found["flat"])


if __name__ == "__main__":
    main()
