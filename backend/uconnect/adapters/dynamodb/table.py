"""Calls DynamoDB: consistent reads, atomic writes, and the errors they can end in."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import uniform
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from uconnect.adapters.dynamodb.items import ALL_COUNTED, INDEX, Item, ItemKey, item_key_of, schema
from uconnect.application.ports import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

READ_AT_ONCE = 100  # items in one BatchGetItem
ERASED_AT_ONCE = 25  # items in one BatchWriteItem
TRIES = 5  # attempts at one thing before it is given up
PATIENT_TRIES = 8  # the same for acts, and where nobody waits for an answer: 5 s of pauses at the most
FIRST_WAIT = 0.02  # s, doubled with each attempt; the wait is any part of it, so that rivals do not meet again

AGAIN = {
    "ConditionalCheckFailedException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}
AGAIN_IN_TRANSACTION = {
    "None",
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}


class Contended(Exception):
    """Something that was loaded is no longer so, or the table is busy: load again, and decide again."""


def client(
    session: Any = None, *, validates: bool = True, read_timeout: float = 3, **settings: Any
) -> "DynamoDBClient":
    """A client that gives up in seconds, not in its minutes. It may be used by several threads at once.

    It waits `read_timeout` seconds for an answer, and asks again twice: a write that was kept may then be done again.

    `session` is the SDK's, if there is one already. A client that `validates` compares each request with the SDK's
    model of the service first, which takes a seventh of its time: it is for tests, for the service does the same.
    """
    from botocore.config import Config  # noqa: PLC0415 - loading the SDK is half a cold start; who only reads items need not
    from botocore.session import get_session  # noqa: PLC0415 - (the same)

    patience = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 3},
        parameter_validation=validates,
    )
    return cast("DynamoDBClient", (session or get_session()).create_client("dynamodb", config=patience, **settings))


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Make the table as the AWS template does. All threads in it are counted: there is none."""
    client.create_table(**schema(name))
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    Table(client, name).put_all([ALL_COUNTED.item])


class Table:
    """One table through one client. Raises Contended where trying again may help, and Unavailable where it will not."""

    def __init__(self, client: "DynamoDBClient", name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._client = client
        self._sleep = sleep

    def pause(self, attempt: int) -> None:
        self._sleep(uniform(0, FIRST_WAIT * 2**attempt))  # noqa: S311 - a wait, not a secret

    def get(self, places: Iterable[ItemKey]) -> dict[ItemKey, Item]:
        """The items at these places. Each is read after everything that was committed before this call."""
        wanted = list(dict.fromkeys(places))
        found: dict[ItemKey, Item] = {}
        for start in range(0, len(wanted), READ_AT_ONCE):
            asked = {"Keys": [it.item for it in wanted[start : start + READ_AT_ONCE]], "ConsistentRead": True}
            for answer in self._until_done(self._client.batch_get_item, asked, "UnprocessedKeys"):
                found |= {item_key_of(item): item for item in answer["Responses"].get(self.name, ())}
        return found

    def erase(self, places: Sequence[ItemKey]) -> None:
        """Delete these items, in no order; cut short, some are left."""
        for start in range(0, len(places), ERASED_AT_ONCE):
            asked = [{"DeleteRequest": {"Key": it.item}} for it in places[start : start + ERASED_AT_ONCE]]
            for _ in self._until_done(self._client.batch_write_item, asked, "UnprocessedItems"):
                pass

    def erase_as_read(self, place: ItemKey, attributes: Item) -> None:
        """Delete an item, unless one of these attributes has changed since it was read."""
        names = {f"#{n}": name for n, name in enumerate(attributes)}
        values = {f":{n}": value for n, value in enumerate(attributes.values())}
        same = " AND ".join(f"#{n} = :{n}" for n in range(len(attributes)))
        named = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        with suppress(Contended):
            self.commit([{"Delete": {"TableName": self.name, "Key": place.item, "ConditionExpression": same} | named}])

    def put_all(self, items: Sequence[Item]) -> None:
        """Write these items, no two of one place, in no order and whatever is there; cut short, some are missing."""
        for start in range(0, len(items), ERASED_AT_ONCE):
            asked = [{"PutRequest": {"Item": it}} for it in items[start : start + ERASED_AT_ONCE]]
            for _ in self._until_done(self._client.batch_write_item, asked, "UnprocessedItems"):
                pass

    def scan(self, *attributes: str) -> Iterator[Item]:
        """Every item of the table; of `attributes` alone, if some are named. For an operator: no use case may."""
        asked: Any = {"TableName": self.name, "ConsistentRead": True}
        if attributes:
            names = {f"#{number}": name for number, name in enumerate(attributes)}
            asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        while True:
            with _failing():
                page: Any = self._client.scan(**asked)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def matching(self, condition: dict[str, Any], start: Item | None) -> Iterator[tuple[list[ItemKey], Item | None]]:
        """The places of all items that match a filter, page by page of the whole table, and where the next page begins:
        None after the last. For a job that is done once."""
        asked: Any = {"TableName": self.name, "ConsistentRead": True, "ProjectionExpression": "PK, SK"} | condition
        while True:
            with _failing():
                page: Any = self._client.scan(**asked | ({"ExclusiveStartKey": start} if start else {}))
            start = page.get("LastEvaluatedKey")
            yield [item_key_of(it) for it in page["Items"]], start
            if start is None:
                return

    def query(self, pk: str, by: str, low: str, high: str, most: int, *, latest_first: bool = False) -> Iterator[Item]:
        """The items under PK whose `by`, SK or i, lies between low and high or is one of them, in its order.

        They are asked for `most` at a time, as they are taken; of those found by `i` only the places are known.
        """
        asked: Any = {
            "TableName": self.name,
            "KeyConditionExpression": f"PK = :pk AND {by} BETWEEN :low AND :high",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":low": {"S": low}, ":high": {"S": high}},
            "ConsistentRead": True,
            "ScanIndexForward": not latest_first,
            "Limit": most,
        }
        if by == "i":
            asked["IndexName"] = INDEX
        while low <= high:  # the other way round is an empty list to us, and an error to DynamoDB
            with _failing():
                page: Any = self._client.query(**asked)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def commit(self, operations: Sequence[dict[str, Any]]) -> None:
        """Carry out puts, deletes and checks, each as TransactWriteItems spells it: all of them, or none."""
        with _failing():
            match operations:
                case [{"Put": put}]:
                    self._client.put_item(**put)
                case [{"Delete": delete}]:
                    self._client.delete_item(**delete)
                case _:
                    # The SDK adds a token, so that its own retry of an answer that was lost does nothing twice.
                    self._client.transact_write_items(TransactItems=cast(Any, operations))

    def _until_done(self, call: Callable[..., Any], asked: Any, undone: str) -> Iterator[Any]:
        """The answers to a batch, asked again for what the table was too busy to do."""
        for attempt in range(TRIES):
            with _failing():
                answer = call(RequestItems={self.name: asked})
            yield answer
            asked = answer.get(undone, {}).get(self.name)
            if not asked:
                return
            self.pause(attempt)
        raise Contended


@contextmanager
def _failing() -> Iterator[None]:
    """Say in our words what the SDK raises."""
    try:
        yield
    except ClientError as error:
        raise (Contended if _may_help(error) else Unavailable) from error
    except BotoCoreError as error:
        raise Unavailable from error


def _may_help(error: ClientError) -> bool:
    """Whether the same again may end otherwise."""
    answer: Any = error.response
    code = answer["Error"]["Code"]
    if code == "TransactionCanceledException":
        return {reason.get("Code", "None") for reason in answer["CancellationReasons"]} <= AGAIN_IN_TRANSACTION
    return code in AGAIN
