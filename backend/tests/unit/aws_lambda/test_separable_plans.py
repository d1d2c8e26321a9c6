"""On DynamoDB, what a plan may write apart is written apart: at once it would be paid twice."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sample_university import ANN
from tests.support.stores import Time
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import RateLimitKey
from uconnect.domain.models import RateLimitState

WHAT = ["one", "other"]
TWO = tuple(RateLimitState(party=ANN, what=it, due=1) for it in WHAT)


class Table:
    """A DynamoDB in which nothing is, that refuses as many puts as it is told after the first."""

    def __init__(self, refuses: int = 0) -> None:
        self.requests: list[tuple[str, list[str]]] = []
        self._refuses = refuses

    def batch_get_item(self, **_: Any) -> Any:
        return {"Responses": {}}

    def put_item(self, Item: Any, **_: Any) -> None:  # noqa: N803 - as the SDK spells it
        self.requests.append(("put", [Item["SK"]["S"]]))
        if len(self.requests) > 1 and self._refuses:
            self._refuses -= 1
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")

    def transact_write_items(self, TransactItems: Any) -> None:  # noqa: N803 - (the same)
        self.requests.append(("transaction", [it["Put"]["Item"]["SK"]["S"] for it in TransactItems]))


def ran(table: Table, *, separable: bool) -> list[tuple[str, list[str]]]:
    def use_case(context: Context) -> Plan[None]:
        context.load(*(RateLimitKey(it.party, it.what) for it in TWO))
        return Plan(None, puts=TWO, separable=separable)

    client: Any = table
    DynamoStore(client, "table", Time().new_context, sleep=lambda _: None).run(use_case)
    return table.requests


@pytest.mark.parametrize(("separable", "kinds"), [(True, ["put", "put"]), (False, ["transaction"])])
def test_only_a_separable_plan_is_written_apart(separable: bool, kinds: list[str]) -> None:
    requests = ran(Table(), separable=separable)
    assert [kind for kind, _ in requests] == kinds
    assert len({place for _, items in requests for place in items}) == len(TWO)


def test_what_another_disturbs_in_between_is_decided_again_as_a_whole() -> None:
    assert [kind for kind, _ in ran(Table(refuses=1), separable=True)] == ["put"] * 4
