"""What anybody may call costs little, and cannot be called past the operator's web ACL where there is one."""

import importlib
import json
from typing import Any

import pytest

from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.api.health import Reason

SECRET = "x" * 48


@pytest.fixture
def http(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the function. Its health is asked anew."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module("uconnect.entrypoints.aws_lambda.http")
    monkeypatch.setattr(module, "HEALTH", module.Health())
    return module


@pytest.fixture
def looks(http: Any, monkeypatch: pytest.MonkeyPatch) -> list[Reason]:
    """Grows by each look at the table."""
    looks: list[Reason] = []

    def look() -> tuple[Reason, ...]:
        looks.append(Reason.JOBS_SET_ASIDE)
        return (Reason.JOBS_SET_ASIDE,)

    monkeypatch.setattr(http, "_reasons", look)
    return looks


def health(http: Any, **headers: str) -> dict[str, Any]:
    event = {"routeKey": "GET /api/health", "requestContext": {}, "headers": headers}
    answer: dict[str, Any] = http.handler(event, None)
    return answer


def test_a_flood_that_asks_for_the_health_looks_at_the_table_once_in_seconds(
    http: Any, looks: list[Reason], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(http, "HEALTH", http.Health(lambda: now))
    answers = [health(http) for _ in range(1000)]
    assert all(it == answers[0] for it in answers)
    assert json.loads(answers[0]["body"])["reasons"] == ["jobs_set_aside"]
    assert len(looks) == 1
    now += http.FRESH
    health(http)
    assert len(looks) == 2


@pytest.mark.parametrize("headers", [{}, {"x-front-secret": ""}, {"x-front-secret": "y" * 48}])
def test_who_does_not_come_by_the_front_is_answered_before_anything_is_looked_up(
    headers: dict[str, str], http: Any, looks: list[Reason], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "FRONT", SECRET)
    answer = health(http, **headers)
    assert (answer["statusCode"], answer["body"]) == (403, '{"message":"Forbidden"}')
    assert looks == []


def test_who_comes_by_the_front_is_answered(http: Any, looks: list[Reason], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FRONT", SECRET)
    assert health(http, **{"x-front-secret": SECRET})["statusCode"] == 200


def test_where_there_is_no_front_nothing_is_to_be_shown(http: Any, looks: list[Reason]) -> None:
    assert http.FRONT == ""
    assert health(http)["statusCode"] == 200
