"""A caller of the conformance suite takes no answer that its operation does not declare."""

import httpx
import msgspec
import pytest

from tests.api.caller import ABSENT, declared
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.errors import RefusalCode

EACH = [(operation, refused) for operation in OPERATIONS for refused in RefusalCode]
DECLARED = [(operation, refused) for operation, refused in EACH if refused in operation.refusals]
UNDECLARED = [(operation, refused) for operation, refused in EACH if refused not in operation.refusals]


def answered(operation: Operation, status: int, refused: RefusalCode) -> None:
    answer = httpx.Response(
        status, content=msgspec.json.encode(refused.refusal), headers={"content-type": "application/json"}
    )
    declared(operation.method, operation.path.replace("{id}", ABSENT), answer)


def named(it: object) -> str:
    return it.name if isinstance(it, Operation | RefusalCode) else ""


@pytest.mark.parametrize(("operation", "refused"), DECLARED, ids=named)
def test_a_refusal_that_the_operation_declares_is_taken(operation: Operation, refused: RefusalCode) -> None:
    answered(operation, refused.status, refused)


@pytest.mark.parametrize(("operation", "refused"), UNDECLARED, ids=named)
def test_a_refusal_that_the_operation_does_not_declare_fails(operation: Operation, refused: RefusalCode) -> None:
    with pytest.raises(AssertionError, match=refused.refusal.code):
        answered(operation, refused.status, refused)


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_a_declared_refusal_with_another_status_fails(operation: Operation) -> None:
    with pytest.raises(AssertionError, match="malformed"):
        answered(operation, 422, RefusalCode.MALFORMED)
