"""Without a token that is good now there is nothing, and the answer is the one that API Gateway gives."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.access_matrix import NAMED
from tests.api.caller import ABSENT, Caller, code
from tests.api.home import Home
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.scenario import Scenario
from uconnect.api.operations import Operation
from uconnect.domain.enums import Kind

NONE = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."  # {"alg":"none"}
RECENT = 600  # seconds in which a sign-in is recent


@pytest.fixture(scope="module")
def scene(home: Home) -> Iterator[Scenario]:
    with party_factory(home) as parties:
        yield Scenario(parties)


def route(operation: Operation) -> tuple[str, str]:
    return operation.method, operation.path.replace("{id}", ABSENT)


def unauthorized(answer: httpx.Response) -> bool:
    assert answer.headers["content-type"] == "application/json"
    return (answer.status_code, answer.content) == (401, b'{"message":"Unauthorized"}')


@pytest.mark.parametrize("operation", NAMED.values(), ids=lambda it: it.name)
def test_no_operation_is_done_without_a_token(operation: Operation, scene: Scenario) -> None:
    assert unauthorized(scene.parties.http.request(*route(operation)))


@pytest.mark.parametrize("operation", NAMED.values(), ids=lambda it: it.name)
def test_no_operation_is_done_with_a_token_that_has_ended(operation: Operation, scene: Scenario) -> None:
    headers = {"authorization": f"Bearer {scene.user.party.late}"}
    assert unauthorized(scene.parties.http.request(*route(operation), headers=headers))


FORGED = {
    "no scheme": "{token}",
    "another scheme": "Basic {token}",
    "only a scheme": "Bearer",
    "two": "Bearer {token} {token}",
    "none": "Bearer null",
    "garbage": "Bearer ....",
    "not ASCII": "Bearer tök.en.é",
    "unsigned": f"Bearer {NONE}",
    "cut off": "Bearer {token:.100}",
    "another's claims": "Bearer {head}.eyJzdWIiOiJ4In0.{signature}",
    "another signature": "Bearer {head}.{claims}." + "A" * 86,
    "no signature": "Bearer {head}.{claims}.",
    "more at its end": "Bearer {token}A",
    "very long": "Bearer {token}" + "A" * 9_000,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_is_no_token_of_ours_is_no_token(forged: str, scene: Scenario) -> None:
    token = scene.user.party.token
    head, claims, signature = token.split(".")
    header = forged.format(token=token, head=head, claims=claims, signature=signature)
    answer = scene.parties.http.get("/api/me", headers=[(b"authorization", header.encode())])
    assert unauthorized(answer)


def test_the_scheme_is_known_however_it_is_written(scene: Scenario) -> None:
    answer = scene.parties.http.get("/api/me", headers={"authorization": f"bEARER {scene.user.party.token}"})
    assert answer.status_code == 200


def test_a_token_in_the_address_is_no_token(scene: Scenario) -> None:
    answer = scene.parties.http.get("/api/me", params={"access_token": scene.user.party.token})
    assert unauthorized(answer)


@pytest.fixture(scope="module")
def dismissed(scene: Scenario) -> Caller:
    """A worker who was removed, and has still the token it had."""
    worker = scene.parties.worker(scene.school)
    scene.school.ask(f"DELETE /api/workers/{worker.id}")
    return worker


@pytest.mark.parametrize("operation", [it for it in NAMED.values() if not it.newcomers], ids=lambda it: it.name)
def test_a_removed_worker_is_told_the_same_whatever_it_asks_for(operation: Operation, dismissed: Caller) -> None:
    answer, first = dismissed.call(" ".join(route(operation))), dismissed.call("GET /api/me")
    assert (answer.status_code, answer.content) == (first.status_code, first.content)
    assert code(answer) == "not_invited"


@pytest.mark.parametrize("operation", [it for it in NAMED.values() if it.recent], ids=lambda it: it.name)
def test_what_needs_a_recent_sign_in_asks_for_another_when_it_was_long_ago(
    operation: Operation, parties: PartyFactory
) -> None:
    before = parties.user()
    stale = parties.before_sign_in(Kind.USER, before.party.email, ago=RECENT + 1)
    answer = stale.call(" ".join(route(operation)))
    assert code(answer) == "sign_in_again"
    assert stale.id == before.id, "and nothing was done"
