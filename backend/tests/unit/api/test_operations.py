"""The table of operations holds: every use case in it has the one signature, and every refusal follows from the row."""

import inspect
from typing import Any, get_args, get_type_hints

import pytest

from uconnect.api.operations import ALL, OPERATIONS, Operation
from uconnect.api.requests import Query
from uconnect.domain.context import Context
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import LoginKey
from uconnect.domain.usecases.registration import Registration


def parts(hint: Any) -> list[Any]:
    """A type and all that stands in its brackets."""
    return [hint, *(each for arg in get_args(hint) for each in parts(arg))]


def given(operation: Operation) -> list[Any]:
    """The types of what a use case is called with, in their order: the signature that all of them share."""
    reads = operation.reads
    queried = issubclass(reads, Query)
    return [
        Context,
        Registration if operation.newcomers else str,
        *([str] if "{id}" in operation.path else []),
        *([str] if operation.session else []),
        *([LoginKey] if operation.login else []),
        *([reads] if reads.__struct_fields__ and not queried else []),
        *(get_type_hints(reads).values() if queried else []),
    ]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.name)
def test_every_use_case_has_the_one_signature(operation: Operation) -> None:
    hints = get_type_hints(operation.use_case)
    names = list(inspect.signature(operation.use_case).parameters)
    assert [hints[name] for name in names] == given(operation)
    assert operation.answers in parts(hints["return"]), "it answers what the row says"
    if issubclass(operation.reads, Query):
        assert names[-len(operation.reads.__struct_fields__) :] == list(operation.reads.__struct_fields__)


def test_no_operation_is_named_or_routed_twice() -> None:
    assert len({it.name for it in OPERATIONS}) == len({(it.method, it.path) for it in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.name)
def test_what_is_refused_follows_from_what_is_asked(operation: Operation) -> None:
    hidden = "{id}" in operation.path or operation.by != ALL
    assert RefusalCode.NOT_FOUND in operation.refusals or not hidden
    assert (RefusalCode.SIGN_IN_AGAIN in operation.refusals) == operation.recent
    assert list(operation.refusals) == [it for it in RefusalCode if it in operation.refusals], (
        "in the table's order, once"
    )


def test_nobody_but_a_worker_is_asked_before_it_is_a_party() -> None:
    assert {it.by for it in OPERATIONS if it.newcomers} == {frozenset({Kind.WORKER})}


def test_what_ends_an_account_asks_for_a_fresh_sign_in_and_what_deletes_less_does_not() -> None:
    """Whoever adds an operation that deletes says here on which side it is."""
    deleting = {it.name for it in OPERATIONS if it.method == "DELETE"}
    assert {it.name for it in OPERATIONS if it.recent} == {"closeAccount"}
    assert deleting == {
        "closeAccount",
        "deleteThread",  # one thread, which its raiser has ended before
        "deleteSavedReply",
        "wakeThread",
        "removeWorker",  # threads return to the school, and taking access away has to be quick
    }
