"""The model of DynamoDB does what AWS documents and an emulator does not: conflicts, throttles, units."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.virtual_dynamodb import WRITES, VirtualDynamoDB
from tests.support.virtual_time import VirtualTime


def item(sk: str, **texts: str) -> dict[str, Any]:
    return {name: {"S": text} for name, text in ({"PK": "p", "SK": sk} | texts).items()}


def put(sk: str, condition: str = "", **texts: str) -> dict[str, Any]:
    return {"TableName": "t", "Item": item(sk, **texts)} | ({"ConditionExpression": condition} if condition else {})


def check(sk: str) -> dict[str, Any]:
    return {"ConditionCheck": {"TableName": "t", "Key": item(sk), "ConditionExpression": "attribute_not_exists(PK)"}}


def at_once(*calls: Callable[[VirtualDynamoDB], Any]) -> list[str]:
    """How each of these ended that begin together: a code, and the reasons of a transaction."""
    time = VirtualTime()
    dynamodb, ends = VirtualDynamoDB(time), [""] * len(calls)

    def process(number: int) -> None:
        try:
            calls[number](dynamodb)
        except ClientError as error:
            answer: Any = error.response
            reasons = [it["Code"] for it in answer.get("CancellationReasons", ())]
            ends[number] = " ".join([answer["Error"]["Code"], *reasons])

    for number in range(len(calls)):
        time.start(lambda number=number: process(number))  # type: ignore[misc] # it is bound
    time.run()
    return ends


CANCELLED = "TransactionCanceledException"


def test_of_two_transactions_that_name_one_item_one_is_cancelled_also_if_both_only_check_it() -> None:
    for sides in (("a", "b"), ("c", "d")):
        first, second = ([check("shared"), {"Put": put(its)}] for its in sides)
        ends = at_once(
            lambda db, it=first: db.transact_write_items(TransactItems=it),  # type: ignore[misc] # it is bound
            lambda db, it=second: db.transact_write_items(TransactItems=it),  # type: ignore[misc] # it is bound
        )
        assert ends == ["", f"{CANCELLED} TransactionConflict None"]


def test_a_write_of_an_item_that_a_transaction_has_in_its_hands_is_refused_and_a_read_is_not() -> None:
    def transaction(dynamodb: VirtualDynamoDB) -> None:
        dynamodb.transact_write_items(TransactItems=[{"Put": put("a")}, {"Put": put("b")}])

    def read(dynamodb: VirtualDynamoDB) -> None:
        dynamodb.batch_get_item(RequestItems={"t": {"Keys": [item("a")]}})

    ends = at_once(transaction, lambda db: db.put_item(**put("a")), read)
    assert ends[0] == ends[2] == ""
    assert ends[1] in {"", "TransactionConflictException"}
    refused = [at_once(transaction, *[lambda db: db.put_item(**put("a"))] * 3) for _ in range(1)]
    assert any("TransactionConflictException" in end for end in refused[0])


def test_a_condition_that_does_not_hold_keeps_all_of_a_transaction_out() -> None:
    def twice(dynamodb: VirtualDynamoDB) -> None:
        dynamodb.put_item(**put("a", v="1"))
        dynamodb.transact_write_items(TransactItems=[{"Put": put("b")}, check("a")])

    def then(dynamodb: VirtualDynamoDB) -> None:
        dynamodb._time.sleep(1)
        found = dynamodb.query(
            TableName="t",
            KeyConditionExpression="PK = :pk AND SK BETWEEN :low AND :high",
            ExpressionAttributeValues={":pk": {"S": "p"}, ":low": {"S": ""}, ":high": {"S": "z"}},
        )
        assert [it["SK"]["S"] for it in found["Items"]] == ["a"]

    assert at_once(twice, then) == [f"{CANCELLED} None ConditionalCheckFailed", ""]


def test_one_partition_gives_a_thousand_units_a_second_and_what_is_more_is_throttled() -> None:
    time = VirtualTime()
    dynamodb = VirtualDynamoDB(time)
    codes: list[str] = []

    def write(number: int) -> None:
        try:
            dynamodb.put_item(**put(f"{number}"))
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])

    for number in range(4 * WRITES):
        time.start(lambda number=number: write(number))  # type: ignore[misc] # it is bound
    time.run()
    assert set(codes) == {"ProvisionedThroughputExceededException"}
    assert dynamodb.cancelled["throttled"] > WRITES


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, {"i": "1"}, 2 + 1),  # the index's entry is not doubled
        ({"i": "1"}, {"i": "1", "b": "x"}, 2),
        ({"i": "1"}, {"i": "2"}, 2 + 2),
        (None, {"b": "x" * 1100}, 4),
    ],
)
def test_units_are_counted_as_aws_does(before: dict[str, str] | None, after: dict[str, str], units: int) -> None:
    time = VirtualTime()
    dynamodb = VirtualDynamoDB(time)
    dynamodb.fill([item("a", **before)] if before else [])
    time.start(lambda: dynamodb.transact_write_items(TransactItems=[{"Put": put("a", **after)}]))
    time.run()
    assert dynamodb.written.total() == units


def test_a_list_comes_in_pages_in_both_orders() -> None:
    time = VirtualTime()
    dynamodb = VirtualDynamoDB(time)
    dynamodb.fill([item(f"{number}", i=f"{9 - number}") for number in range(5)])
    found: dict[bool, list[str]] = {}

    def read(forward: bool) -> None:
        asked: dict[str, Any] = {
            "TableName": "t",
            "KeyConditionExpression": "PK = :pk AND i BETWEEN :low AND :high",
            "ExpressionAttributeValues": {":pk": {"S": "p"}, ":low": {"S": ""}, ":high": {"S": "~"}},
            "IndexName": "ordered",
            "ScanIndexForward": forward,
            "Limit": 2,
        }
        pages: list[str] = []
        while True:
            page = dynamodb.query(**asked)
            pages += [it["SK"]["S"] for it in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        found[forward] = pages

    for forward in (True, False):
        time.start(lambda forward=forward: read(forward))  # type: ignore[misc] # it is bound
    time.run()
    assert found == {True: [*"43210"], False: [*"01234"]}
