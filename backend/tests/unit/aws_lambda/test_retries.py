"""What DynamoDB says when it is busy or others were faster: tried again with jitter, and given up in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from botocore.validate import ParamValidationDecorator

from tests.support.stores import Time
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.dynamodb.items import item
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import FIRST_WAIT, PATIENT_TRIES, TRIES, client
from uconnect.application.ports import Unavailable
from uconnect.domain.context import AuditedAct, Context, Plan
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.keys import PartyKey, ThreadKey
from uconnect.domain.models import User
from uconnect.entrypoints.aws_lambda import dependencies

ANN = User(id="ann", email="ann@uni.example", name="Ann")
BOB = User(id="bob", email="bob@uni.example", name="Bob")
FOUND = {"Responses": {"table": [item(ANN, "1")]}}
NONE: dict[str, Any] = {"Responses": {}}


def two(context: Context) -> Plan[str]:
    """Reads one party and writes two, which is a transaction."""
    context.load(PartyKey("ann"), PartyKey("bob"))
    return Plan("kept", puts=(ANN, BOB))


def one(context: Context) -> Plan[str]:
    context.load(PartyKey("ann"))
    return Plan("kept", puts=(ANN,))


class Table:
    """A store whose table says what it is told to say, and the waits it made."""

    def __init__(self) -> None:
        made: Any = client(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.stub = Stubber(made)
        self.waits: list[float] = []
        self.store = DynamoStore(made, "table", Time().new_context, self.waits.append)

    def reads(self, *answers: dict[str, Any]) -> None:
        for answer in answers:
            self.stub.add_response("batch_get_item", answer, {"RequestItems": ANY})

    def cancels(self, *reasons: str) -> None:
        said = [{"Code": reason} for reason in reasons]
        self.stub.add_client_error(
            "transact_write_items", "TransactionCanceledException", modeled_fields={"CancellationReasons": said}
        )

    def writes(self) -> None:
        self.stub.add_response("transact_write_items", {}, {"TransactItems": ANY})


@pytest.fixture
def table() -> Iterator[Table]:
    table = Table()
    with table.stub:
        yield table
        table.stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    "reasons",
    [
        ("None", "ConditionalCheckFailed"),
        ("TransactionConflict", "None"),
        ("None", "ThrottlingError"),
        ("ProvisionedThroughputExceeded", "TransactionConflict"),
    ],
    ids=str,
)
def test_a_transaction_that_was_cancelled_for_others_sake_is_decided_anew(
    reasons: tuple[str, ...], table: Table
) -> None:
    table.reads(FOUND)
    table.cancels(*reasons)
    table.reads(FOUND)
    table.writes()
    assert table.store.run(two) == Plan("kept", puts=(ANN, BOB))
    assert len(table.waits) == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "RequestLimitExceeded", "TransactionInProgressException"])
def test_a_busy_table_is_asked_again(code: str, table: Table) -> None:
    table.stub.add_client_error("batch_get_item", code)
    table.reads(NONE)
    table.stub.add_client_error("put_item", code)
    table.reads(NONE)
    table.stub.add_response("put_item", {})
    assert isinstance(table.store.run(one), Plan)
    assert len(table.waits) == 2


def test_what_was_left_of_a_batch_is_asked_for_again_and_no_more(table: Table) -> None:
    rest = {"table": {"Keys": [{"PK": {"S": "party#bob"}, "SK": {"S": "party"}}], "ConsistentRead": True}}
    table.stub.add_response("batch_get_item", FOUND | {"UnprocessedKeys": rest})
    table.stub.add_response("batch_get_item", {"Responses": {"table": [item(BOB, "1")]}}, {"RequestItems": rest})
    table.writes()
    assert isinstance(table.store.run(two), Plan)


def test_what_was_left_of_a_sweep_is_erased_too(table: Table) -> None:
    rows = [
        {"PK": {"S": "thread#t"}, "SK": {"S": f"child#entry#{n:012d}"}, "b": {"S": ""}, "v": {"S": "1"}} for n in (1, 2)
    ]
    rest = {"table": [{"DeleteRequest": {"Key": {"PK": {"S": "thread#t"}, "SK": {"S": "child#entry#000000000002"}}}}]}
    table.stub.add_response("query", {"Items": rows})
    table.stub.add_response("batch_write_item", {"UnprocessedItems": rest}, {"RequestItems": ANY})
    table.stub.add_response("batch_write_item", {}, {"RequestItems": rest})
    assert table.store.purge(ThreadKey("t"), 10)


def test_waits_grow_and_are_never_two_alike_so_that_rivals_part(table: Table) -> None:
    for _ in range(TRIES):
        table.reads(FOUND)
        table.cancels("TransactionConflict", "None")
    with pytest.raises(Unavailable):
        table.store.run(two)
    assert len(table.waits) == TRIES - 1
    assert len(set(table.waits)) == len(table.waits)
    assert all(0 <= wait <= FIRST_WAIT * 2**n for n, wait in enumerate(table.waits, 1))


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "InternalServerError"])
def test_what_will_not_help_is_not_tried_again(code: str, table: Table) -> None:
    table.stub.add_client_error("batch_get_item", code)
    with pytest.raises(Unavailable):
        table.store.run(one)
    assert table.waits == []


def test_a_transaction_that_could_never_be_is_not_tried_again(table: Table) -> None:
    table.reads(FOUND)
    table.cancels("None", "ItemCollectionSizeLimitExceeded")
    with pytest.raises(Unavailable):
        table.store.run(two)
    assert table.waits == []


def test_a_refusal_that_was_read_while_others_wrote_is_thought_over(table: Table) -> None:
    def refuse(context: Context) -> Plan[str]:
        context.load(PartyKey("ann"))
        raise Refused(RefusalCode.NOT_FOUND)

    table.reads(FOUND, {"Responses": {"table": [item(ANN, "2")]}})
    table.reads(FOUND, FOUND)
    assert isinstance(table.store.run(refuse), Refusal)
    assert len(table.waits) == 1


def test_where_nobody_waits_for_an_answer_it_is_tried_longer(table: Table) -> None:
    made: Any = table.stub.client
    patient = DynamoStore(made, "table", Time().new_context, table.waits.append, tries=PATIENT_TRIES)
    for _ in range(PATIENT_TRIES - 1):
        table.reads(FOUND)
        table.cancels("TransactionConflict", "None")
    table.reads(FOUND)
    table.writes()
    assert isinstance(patient.run(two), Plan)
    assert len(table.waits) == PATIENT_TRIES - 1
    assert all(0 <= it <= FIRST_WAIT * 2**number for number, it in enumerate(table.waits, 1))
    assert sum(FIRST_WAIT * 2**number for number in range(1, PATIENT_TRIES)) < 6, "s, far below a function's time"


def test_an_act_that_others_go_before_is_tried_longer_as_all_acts_share_one_log(table: Table) -> None:
    """Of eight acts at once the last is disturbed seven times at the most: each time another one was kept."""

    def act(context: Context) -> Plan[str]:
        context.load(PartyKey("ann"))
        return Plan("kept", puts=(ANN,), acts=(AuditedAct("keep", "ann"),))

    def decides() -> None:
        table.reads(FOUND)
        table.stub.add_response("query", {"Items": []})

    for _ in range(PATIENT_TRIES - 1):
        decides()
        table.cancels("None", "ConditionalCheckFailed")
    decides()
    table.writes()
    assert isinstance(table.store.run(act), Plan)
    assert len(table.waits) == PATIENT_TRIES - 1


def test_functions_leave_it_to_the_service_to_check_what_they_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a seventh of the SDK's time. The tests' own clients check it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    made: list[Any] = [dependencies._dynamodb(), dependencies.client_of("sqs", region_name="us-east-1"), Table().store]
    made[2] = made[2]._table._client
    assert [isinstance(it._serializer, ParamValidationDecorator) for it in made] == [False, False, True]
