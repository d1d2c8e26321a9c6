"""What the API's own description allows, and what it forbids, made up by the thousand: always one of its answers."""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conformance.cast import Cast
from tests.conformance.matrix import DONE, ROWS
from tests.conformance.scene import THINGS, Scene
from tests.kit import sizes
from uconnect.api.openapi import document

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    negative_data_rejection,
]
ID = re.compile(r"[A-Za-z0-9_-]{22}")


def described() -> dict[str, Any]:
    """The document, but for the token: `test_tokens` has what comes without one, and this would try little else."""
    return {name: part for name, part in document("http://home.example").items() if name != "security"}


schema = schemathesis.openapi.from_dict(described())


def test_the_home_serves_the_document_that_is_tried_here(cast: Cast) -> None:
    assert cast.http.get("/api/openapi.json").json() == document(cast.home.url)


@schema.parametrize()
@settings(
    max_examples=sizes.REQUESTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_answers_all_that_it_is_asked_as_it_is_described(
    case: schemathesis.Case[Any], scene: Scene
) -> None:
    row = next(row for row in ROWS if row.name == case.operation.definition.raw["operationId"])
    kind, standing = next(
        (kind, standing)
        for kind in sorted(row.operation.by)
        for standing in THINGS[row.thing][kind]
        if row.expected(kind, standing) == DONE
    )
    if ID.fullmatch(str(case.path_parameters.get("id", ""))):  # where any would do, one that is there
        case.path_parameters["id"] = row.beside(scene) if row.beside else scene.id(row.thing, kind, standing)
    token = scene.caller(kind).party.token
    answer = case.call(base_url=scene.cast.home.url, headers={"authorization": f"Bearer {token}"})
    case.validate_response(answer, checks=CHECKS)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(cast)
