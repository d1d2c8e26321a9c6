"""What the API's own description allows, and what it forbids, made up by the thousand: always one of its answers."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.access_matrix import DONE, ROWS
from tests.api.caller import fresh
from tests.api.party_factory import PartyFactory
from tests.api.scenario import THINGS, Scenario
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.mutated_frames import mutant
from uconnect.api.openapi import document
from uconnect.api.operations import OPERATIONS
from uconnect.api.requests import Query

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    negative_data_rejection,
]
ID = re.compile(r"[A-Za-z0-9_-]{22}")
BODIED = [it for it in OPERATIONS if it.reads.__struct_fields__ and not issubclass(it.reads, Query)]


def described() -> dict[str, Any]:
    """The document, but for the token: `test_tokens` has what comes without one, and this would try little else."""
    return {name: part for name, part in document("http://home.example").items() if name != "security"}


schema = schemathesis.openapi.from_dict(described())
schema.config.checks.negative_data_rejection.expected_statuses.append("413")  # too long a picture is too large a body


def test_the_home_serves_the_document_that_is_tried_here(parties: PartyFactory) -> None:
    assert parties.http.get("/api/openapi.json").json() == document(parties.home.url)


@schema.parametrize()
@settings(
    max_examples=sizes.REQUESTS,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_answers_all_that_it_is_asked_as_it_is_described(
    case: schemathesis.Case[Any], scene: Scenario, requested: list[str]
) -> None:
    if len(requested) >= scene.parties.home.at_most:
        return
    row = next(row for row in ROWS if row.name == case.operation.definition.raw["operationId"])
    kind, standing = next(
        (kind, standing)
        for kind in sorted(row.operation.by)
        for standing in THINGS[row.thing][kind]
        if row.expected(kind, standing) == DONE
    )
    if ID.fullmatch(str(case.path_parameters.get("id", ""))):  # where any would do, one that is there
        case.path_parameters["id"] = row.prepare(scene) if row.prepare else scene.id(row.thing, kind, standing)
    token = scene.caller(kind).party.token
    requested.append("bare" if isinstance(case.body, NotSet) else "with a body")
    answer = case.call(base_url=scene.parties.home.url, headers={"authorization": f"Bearer {token}"})
    case.validate_response(answer, checks=CHECKS)


@pytest.fixture
def scene(parties: PartyFactory) -> Scenario:
    return Scenario(parties)


def test_every_operation_is_tried_with_its_body() -> None:
    """Each operation collected here is one test above, and `requested` fails it if no request of it was sent."""
    found = [it.ok() for it in schema.get_all_operations() if isinstance(it, Ok)]
    tried = {it.label: bool(it.body) for it in found}
    assert len(tried) == len(OPERATIONS)
    assert tried == {f"{it.method} {it.path}": it in BODIED for it in OPERATIONS}
    assert all(it in BODIED for it in OPERATIONS if it.method == "PUT")


@pytest.fixture
def requested(request: pytest.FixtureRequest, evidence: Evidence) -> Iterator[list[str]]:
    """What was sent of one operation: at least one request, and if it takes a body, one with a body."""
    requested: list[str] = []
    yield requested
    evidence(13, "requests to a running server", len(requested))
    bodied = any(f"[{it.method} {it.path}]" in request.node.name for it in BODIED)
    assert "with a body" in requested if bodied else requested


# --- frames

A_LOT = 250  # frames, after which we listen


def test_a_mutated_frame_is_accepted_or_refused_in_words_and_the_socket_goes_on(
    parties: PartyFactory, evidence: Evidence
) -> None:
    chance, codes = Random(1), set[str]()
    tried = 0
    for many in sizes.batches(min(sizes.FRAMES, parties.home.at_most), 0.4, at_once=A_LOT):
        tried += many
        topic = parties.thread()
        line = topic.raiser.open()
        said = (
            {"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Is it?"},
            {"t": "typing", "id": topic.raisers_id},
            {"t": "composing", "id": topic.raisers_id, "open": True},
            {"t": "seen", "id": topic.raisers_id, "seq": 1, "theirs": 0},
            {"t": "ping"},
        )
        frames = [json.dumps(frame).encode() for frame in said]
        for _ in range(many):
            line.say(mutant(chance, frames))
        line.say({"t": "send", "key": "the-last-of-them-all", "id": topic.raisers_id, "text": "It goes on."})
        heard = line.hear_until(key="the-last-of-them-all")
        codes |= {frame["code"] for frame in heard if frame["t"] == "refused"}
        assert {frame["t"] for frame in heard} <= {"ack", "refused", "pong", "read"}
    assert {"malformed"} <= codes <= {"malformed", "not_found", "too_fast"}
    evidence(13, "mutated frames at a live socket", tried)
