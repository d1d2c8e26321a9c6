"""Every operation, for every kind of caller, at a thing that stands to it in every way: allowed, or not there."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.access_matrix import CASES, DONE, HIDDEN, ROWS, Case
from tests.api.caller import ABSENT, code
from tests.api.home import Home
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.scenario import THINGS, Scenario
from uconnect.api.operations import OPERATIONS
from uconnect.domain.enums import Kind

OPAQUE = {"date", "apigw-requestid"}  # what time it is, and which of all calls it was: of one length, and random
Bytes = tuple[int, list[tuple[str, str]], bytes]


def seen(answer: httpx.Response) -> Bytes:
    """All that a caller can see of an answer; of what is opaque, its length."""
    headers = sorted((name, f"{len(it)}" if name in OPAQUE else it) for name, it in answer.headers.items())
    return answer.status_code, headers, answer.content


def world(scene: Scenario) -> list[Any]:
    """What everybody in a scene is shown; a ticket or a name changes none of it."""
    lists = [it.threads(shelf) for it in (scene.user, scene.school, scene.law) for shelf in ("raised", "received")]
    workers = [it.threads("handled") for it in (scene.worker, scene.idle, scene.lawyer)]
    return [*lists, *workers, scene.school.ask("GET /api/workers"), scene.user.me, scene.school.me]


@pytest.fixture(scope="module")
def scene(home: Home) -> Iterator[Scenario]:
    """One scene for all that must change nothing, with everything in it that can be named."""
    with party_factory(home) as parties:
        scene = Scenario(parties)
        for thing, kinds in THINGS.items():
            for kind, standings in kinds.items():
                for requirement in standings:
                    scene.id(thing, kind, requirement)
        before = world(scene)
        yield scene
        assert world(scene) == before, "what was refused has changed something"


@pytest.fixture(scope="module")
def nothing_here(scene: Scenario) -> Bytes:
    return seen(scene.user.call(f"GET /api/threads/{ABSENT}"))


@pytest.mark.parametrize("case", [case for case in CASES if case.expected == HIDDEN], ids=str)
def test_not_yours_is_not_there_to_the_byte(case: Case, scene: Scenario, nothing_here: Bytes) -> None:
    assert seen(case.call(scene)) == nothing_here


@pytest.mark.parametrize("case", [case for case in CASES if case.expected != HIDDEN], ids=str)
def test_what_is_yours_is_there(case: Case, parties: PartyFactory) -> None:
    answer = case.call(Scenario(parties))
    assert case.expected == (DONE if answer.status_code == 200 else code(answer))


def test_every_operation_is_in_the_matrix() -> None:
    assert {row.name for row in ROWS} == {operation.name for operation in OPERATIONS}


def test_the_home_describes_the_operations_of_the_matrix_and_no_others(scene: Scenario) -> None:
    described = scene.parties.http.get("/api/openapi.json").json()["paths"]
    found = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert found == {(operation.method, operation.path) for operation in OPERATIONS}


@pytest.mark.parametrize("kind", Kind)
def test_an_id_of_another_form_is_as_absent_as_one_never_given_out(
    kind: Kind, scene: Scenario, nothing_here: Bytes
) -> None:
    for id in ("A", "A" * 23, "%2e%2e", "ü" * 22, "%00" * 22, "A" * 21 + "!", "A" * 5_000):
        assert seen(scene.caller(kind).call(f"GET /api/threads/{id}")) == nothing_here
