"""The OpenAPI document is true: it holds each body, each refusal and an example of both, and each example is one."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from uconnect.api import http, openapi
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.api.requests import Query
from uconnect.domain.errors import Refusal, RefusalCode

DOCUMENT = openapi.document("http://localhost:8000")
BODIED = [it for it in OPERATIONS if it.reads.__struct_fields__ and not issubclass(it.reads, Query)]
BARE = [it for it in OPERATIONS if it not in BODIED]
ID = "x" * 22


def name(operation: Operation) -> str:
    return operation.name


def described(operation: Operation) -> Any:
    """What the document says of an operation."""
    return DOCUMENT["paths"][operation.path][operation.method.lower()]


def followed(it: Any) -> Any:
    """The part of the document that a reference names; anything else is itself."""
    if "$ref" not in it:
        return it
    part = DOCUMENT
    for key in it["$ref"].removeprefix("#/").split("/"):
        part = part[key]
    return part


def responses(operation: Operation) -> dict[int, Any]:
    return {int(status): followed(it) for status, it in described(operation)["responses"].items()}


def media(described: Any) -> Any:
    return described["content"]["application/json"]


def fits(value: Any, schema: Any) -> bool:
    return bool(OAS31Validator({**schema, "components": DOCUMENT["components"]}).is_valid(value))


def examples(it: Any) -> Iterator[tuple[Any, Any]]:
    """Each example anywhere in the document, with the schema that stands beside it."""
    if isinstance(it, list):
        for each in it:
            yield from examples(each)
    if isinstance(it, dict):
        if "schema" in it:
            yield from [(it["example"], it["schema"])] if "example" in it else []
            yield from ((one["value"], it["schema"]) for one in it.get("examples", {}).values())
        for each in it.values():
            yield from examples(each)


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_each_operation_is_described_once() -> None:
    found = [(it["operationId"], path, method) for path, at in DOCUMENT["paths"].items() for method, it in at.items()]
    assert sorted(found) == sorted((it.name, it.path, it.method.lower()) for it in OPERATIONS)


@pytest.mark.parametrize("operation", BODIED, ids=name)
def test_an_operation_with_a_body_describes_it_with_an_example(operation: Operation) -> None:
    body = described(operation)["requestBody"]
    assert media(body)["schema"] == {"$ref": f"#/components/schemas/{operation.reads.__name__}"}
    assert fits(media(body)["example"], media(body)["schema"])
    assert body["required"] == (not fits({}, media(body)["schema"])), "a body may be left out where {} is one"


def test_every_put_has_a_body() -> None:
    assert [it.name for it in OPERATIONS if it.method == "PUT" and it not in BODIED] == []


@pytest.mark.parametrize("operation", BARE, ids=name)
def test_an_operation_without_a_body_describes_none(operation: Operation) -> None:
    assert "requestBody" not in described(operation)


@pytest.mark.parametrize("operation", BODIED, ids=name)
def test_the_example_of_a_body_is_accepted(operation: Operation) -> None:
    example = json.dumps(media(described(operation)["requestBody"])["example"]).encode()
    assert not isinstance(http.prepare_use_case(operation, ID, ID, "", example), Refusal)


def test_every_example_fits_its_schema() -> None:
    found = list(examples(DOCUMENT))
    assert len(found) > len(OPERATIONS)
    assert [value for value, schema in found if not fits(value, schema)] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_each_refusal_is_described_with_its_status_and_an_example(operation: Operation) -> None:
    refused = {status: media(it) for status, it in responses(operation).items() if status not in {200, 401}}
    shown = {(status, code): one["value"] for status, it in refused.items() for code, one in it["examples"].items()}
    assert shown == {
        (int(it.status), it.refusal.code): {"t": "refused", "code": it.refusal.code, "sentence": it.refusal.sentence}
        for it in operation.refusals
    }
    for (status, _), value in shown.items():
        assert fits(value | {"sentence": "Another sentence."}, refused[status]["schema"])
        assert not fits(value | {"code": "another"}, refused[status]["schema"]), "the schema holds the codes"


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_every_answer_is_described_and_none_is_left_to_a_default(operation: Operation) -> None:
    assert "default" not in described(operation)["responses"]
    assert media(responses(operation)[200])["schema"] == {"$ref": f"#/components/schemas/{operation.answers.__name__}"}
    assert fits({"message": "Unauthorized"}, media(responses(operation)[401])["schema"])


def test_every_refusal_is_some_operations() -> None:
    assert {it for operation in OPERATIONS for it in operation.refusals} == set(RefusalCode)


VERB = (
    "Accept|Ask|Change|Choose|Close|Count|Delete|Find|Get|Give|Hand|Hide|Invite|List|Raise|Read|Remove|Say|Send|Show|Snooze|Take"
    "|Sign|Terminate|Wake|Write"
)
PRIVATE = {"aside", "beside", "desk", "door", "face", "hand", "hands", "meter", "place", "policied", "portrait"}
PRIVATE |= {"shelf", "standing", "told"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_a_summary_says_in_plain_words_what_to_do(operation: Operation) -> None:
    """It begins with the verb, is one short line, and uses no word that only the code knows."""
    summary = described(operation)["summary"]
    words = re.findall(r"[a-z]+", summary.lower())
    assert re.match(rf"({VERB}) ", summary)
    assert summary.endswith(".")
    assert len(summary) <= 90
    assert PRIVATE & set(words[1:]) == set()


def test_no_two_operations_have_one_summary() -> None:
    assert len({it.summary for it in OPERATIONS}) == len(OPERATIONS)


def test_no_schema_is_described_that_nothing_uses() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT)))
    assert set(DOCUMENT["components"]["schemas"]) == used
