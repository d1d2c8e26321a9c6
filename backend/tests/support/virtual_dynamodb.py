"""As much of DynamoDB as the store calls, in memory and in virtual time, with what an emulator of it does not do.

- Two transactions that name the same item at the same time: one is cancelled, with `TransactionConflict`; so is a write
  of an item that a transaction has in its hands (`TransactionConflictException`), also where both only check it. A read
  meets neither (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html, "Transaction
  conflict handling").
- A partition gives 1,000 write units and 3,000 read units a second. A table with a local index never splits what lies
  under one PK, so this is what one PK gives at most. Here it gives no more for a moment either, which AWS mostly does.

Units are counted as AWS does: 1 each KB written, 2 in a transaction, 1 more for an entry of the index that is put or
deleted; 1 each 4 KB read. The SDK's own retry of what is throttled is here, too.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from copy import copy
from math import ceil
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from tests.support.virtual_time import VirtualTime
from uconnect.adapters.dynamodb.items import ItemKey

A = TypeVar("A")
Item = dict[str, dict[str, Any]]

QUICK, SLOW = (0.005, 0.015), (0.010, 0.030)  # s that a read or a write takes, and a transaction
WRITES, READS = 1000, 3000  # units that a partition gives in a second
SDK_TRIES = 3
TRANSACTION = 100  # items
BETWEEN = re.compile(r"PK = :pk AND (SK|i) BETWEEN :low AND :high")
BEGINS = re.compile(r"PK = :pk AND (SK|i) begins_with|PK = :pk AND begins_with\((SK|i), (:\w+)\)")


class Throttled(Exception):
    """A partition gives no more now."""


class Partition:
    """What lies under one PK, in order, and how much of it was asked."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.by: dict[str, list[tuple[str, str]]] = {"SK": [], "i": []}  # (the attribute, SK)
        self.allowed = {"write": 0.0, "read": 0.0}  # when all of its units are there again

    def replace(self, sk: str, item: Item | None) -> None:
        before = self.items.pop(sk, None)
        for name, order in self.by.items():
            if before is not None and name in before:
                order.pop(bisect_left(order, (before[name]["S"], sk)))
            if item is not None and name in item:
                insort(order, (item[name]["S"], sk))
        if item is not None:
            self.items[sk] = item


class VirtualDynamoDB:
    """Stands in for the SDK's client. `calls` counts what was asked, `written` the write units of each PK and second,
    `cancelled` why transactions and writes were refused."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._partitions: dict[str, Partition] = defaultdict(Partition)
        self._in_hands: Counter[ItemKey] = Counter()  # of transactions
        self.calls: Counter[str] = Counter()
        self.written: Counter[tuple[str, int]] = Counter()
        self.cancelled: Counter[str] = Counter()
        self.watch: Callable[[str, ItemKey], None] = lambda kind, item_key: None  # called when an item has changed

    def client(self) -> "VirtualDynamoDB":
        """Another client of the same table, with its own `calls` and `cancelled`."""
        other = copy(self)
        other.calls, other.cancelled = Counter(), Counter()
        return other

    def fill(self, items: Iterable[Item]) -> None:
        """Put items at once, which nobody waits for."""
        for it in items:
            self._change({"Put": {"Item": it}})

    # --- reads

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - as the SDK spells it
        ((table, asked),) = RequestItems.items()

        def read() -> Any:
            places = [_key_of(key) for key in asked["Keys"]]
            assert len(set(places)) == len(places) <= TRANSACTION
            for pk, sk in places:
                self._use(pk, "read", _reads(self._at(pk, sk)))
            self._time.take(*QUICK)
            return {"Responses": {table: [dict(item) for it in places if (item := self._at(*it)) is not None]}}

        return self._with_retries("BatchGetItem", read)

    def query(
        self,
        TableName: str,  # noqa: N803 - (the same)
        KeyConditionExpression: str,  # noqa: N803 - (the same)
        ExpressionAttributeValues: Any,  # noqa: N803 - (the same)
        ConsistentRead: bool = False,  # noqa: N803 - (the same)
        ScanIndexForward: bool = True,  # noqa: N803 - (the same)
        Limit: int = 10**9,  # noqa: N803 - (the same)
        ExclusiveStartKey: Any = None,  # noqa: N803 - (the same)
        IndexName: str = "",  # noqa: N803 - (the same)
        Select: str = "",  # noqa: N803 - (the same)
        **_: Any,
    ) -> Any:
        values = {name: value["S"] for name, value in ExpressionAttributeValues.items() if "S" in value}
        partition = self._partitions[values[":pk"]]
        if found := BETWEEN.fullmatch(KeyConditionExpression):
            by, low, high = found[1], values[":low"], values[":high"]
        else:
            begins = BEGINS.fullmatch(KeyConditionExpression)
            assert begins, KeyConditionExpression
            by, low = begins[2], values[begins[3]]
            high = low + "\U0010ffff"
        assert (by == "i") == bool(IndexName)

        def read() -> Any:
            self._time.take(*QUICK)
            order = partition.by[by]
            first, last = bisect_left(order, (low, "")), bisect_right(order, (high, "\U0010ffff"))
            if ExclusiveStartKey is not None:
                at = ExclusiveStartKey[by]["S"], ExclusiveStartKey["SK"]["S"]
                if ScanIndexForward:
                    first = max(first, bisect_right(order, at))
                else:
                    last = min(last, bisect_left(order, at))
            step = 1 if ScanIndexForward else -1
            taken = order[first:last][::step][:Limit]
            items = [partition.items[sk] for _, sk in taken]
            if IndexName:
                items = [{name: it[name] for name in ("PK", "SK", "i")} for it in items]
            self._use(values[":pk"], "read", max(1, ceil(sum(map(_size, items)) / 4096)))
            more = (
                {"LastEvaluatedKey": {name: items[-1][name] for name in {"PK", "SK", by}}}
                if len(taken) == Limit
                else {}
            )
            shown = {} if Select == "COUNT" else {"Items": [dict(it) for it in items]}
            return {"Count": len(items)} | shown | more

        return self._with_retries("Query", read)

    # --- writes

    def put_item(self, **put: Any) -> Any:
        return self._with_retries("PutItem", lambda: self._write({"Put": put}))

    def delete_item(self, **delete: Any) -> Any:
        return self._with_retries("DeleteItem", lambda: self._write({"Delete": delete}))

    def batch_write_item(self, RequestItems: Any) -> Any:  # noqa: N803 - (the same)
        ((table, asked),) = RequestItems.items()

        def write() -> Any:
            self._time.take(*QUICK)
            for it in asked:
                ((kind, body),) = it.items()
                self._apply({kind.removesuffix("Request"): body | {"TableName": table}}, 1)
            return {}

        return self._with_retries("BatchWriteItem", write)

    def transact_write_items(self, TransactItems: list[Any]) -> Any:  # noqa: N803 - (the same)
        return self._with_retries("TransactWriteItems", lambda: self._transact(TransactItems))

    def _write(self, operation: Any) -> Any:
        self._time.take(*QUICK)
        place = _item_key(operation)
        if self._in_hands[place]:
            raise self._refusal("TransactionConflictException")
        if not self._holds(operation):
            raise self._refusal("ConditionalCheckFailedException")
        self._apply(operation, 1)
        return {}

    def _transact(self, operations: list[Any]) -> Any:
        places = [_item_key(it) for it in operations]
        assert len(set(places)) == len(places) <= TRANSACTION
        reasons = ["TransactionConflict" if self._in_hands[it] else "None" for it in places]
        if set(reasons) == {"None"}:
            reasons = ["None" if self._holds(it) else "ConditionalCheckFailed" for it in operations]
        if set(reasons) == {"None"}:
            try:
                for it in operations:
                    self._use(_item_key(it)[0], "write", self._writes(it, 2))
            except Throttled:
                reasons[0] = "ThrottlingError"
        if set(reasons) != {"None"}:
            self._time.take(*QUICK)
            raise self._refusal("TransactionCanceledException", reasons)
        self._in_hands.update(places)
        try:
            self._time.take(*SLOW)
            for it in operations:
                self._change(it)
        finally:
            self._in_hands.subtract(places)
        return {}

    def _refusal(self, code: str, reasons: list[str] | None = None) -> ClientError:
        self.cancelled.update({*(reasons or [code])} - {"None"})
        said: Any = {"Error": {"Code": code, "Message": code}}
        if reasons is not None:
            said["CancellationReasons"] = [{"Code": it} for it in reasons]
        return ClientError(said, "Write")

    def _with_retries(self, name: str, call: Callable[[], A]) -> A:
        """Do a call as the SDK does: what is throttled again, after a while."""
        for attempt in range(SDK_TRIES):
            self.calls[name] += 1
            try:
                return call()
            except Throttled:
                self.cancelled["throttled"] += 1
                self._time.sleep(self._time.random.random() * 2**attempt)
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, name)

    # --- items

    def _at(self, pk: str, sk: str) -> Item | None:
        return self._partitions[pk].items.get(sk)

    def _holds(self, operation: Any) -> bool:
        ((_, body),) = operation.items()
        found = self._at(*_item_key(operation))
        match body.get("ConditionExpression"):
            case None:
                return True
            case "attribute_not_exists(PK)":
                return found is None
            case "attribute_exists(PK)":
                return found is not None
            case "v = :v":
                return found is not None and found.get("v") == body["ExpressionAttributeValues"][":v"]
            case other:
                raise AssertionError(other)

    def _apply(self, operation: Any, factor: int) -> None:
        self._use(_item_key(operation)[0], "write", self._writes(operation, factor))
        self._change(operation)

    def _change(self, operation: Any) -> None:
        ((kind, _),) = operation.items()
        pk, sk = _item_key(operation)
        if kind != "ConditionCheck":
            self._partitions[pk].replace(sk, self._becomes(operation))
            self.watch(kind, ItemKey(pk, sk))

    def _becomes(self, operation: Any) -> Item | None:
        """The item after a write."""
        ((kind, body),) = operation.items()
        match kind:
            case "Put":
                return dict(body["Item"])
            case "Update":
                return self._updated(body)
        return None

    def _updated(self, body: Any) -> Item:
        """Numbers that are added to: `ADD name :value, …`."""
        item: Item = dict(self._at(*_key_of(body["Key"])) or body["Key"])
        expression = body["UpdateExpression"]
        assert expression.startswith("ADD "), expression
        for part in expression.removeprefix("ADD ").split(","):
            name, value = part.split()
            name = body.get("ExpressionAttributeNames", {}).get(name, name)
            more = int(body["ExpressionAttributeValues"][value]["N"])
            item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + more)}
        return item

    def _writes(self, operation: Any, factor: int) -> int:
        """Write units."""
        before = self._at(*_item_key(operation))
        if "ConditionCheck" in operation:
            return factor * max(1, ceil(_size(before or {}) / 1024))
        after = self._becomes(operation)
        orders = [it.get("i") if it else None for it in (before, after)]
        index = 0 if orders[0] == orders[1] else sum(it is not None for it in orders)
        return factor * max(1, ceil(max(_size(it or {}) for it in (before, after)) / 1024)) + index

    def _use(self, pk: str, what: str, units: int) -> None:
        """Count units. Raises Throttled if the partition has none left in this second."""
        partition, gives = self._partitions[pk], WRITES if what == "write" else READS
        if partition.allowed[what] > self._time.now + 1:
            raise Throttled
        partition.allowed[what] = max(partition.allowed[what], self._time.now) + units / gives
        if what == "write":
            self.written[pk, int(self._time.now)] += units


def _reads(item: Item | None) -> int:
    return max(1, ceil(_size(item or {}) / 4096))


def _key_of(key: Any) -> ItemKey:
    return ItemKey(key["PK"]["S"], key["SK"]["S"])


def _item_key(operation: Any) -> ItemKey:
    ((_, body),) = operation.items()
    return _key_of(body.get("Key") or body["Item"])


def _size(item: Item) -> int:
    return sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
