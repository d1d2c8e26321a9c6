"""The function behind the HTTP API paces reads as the server does: before anything is looked up or written."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.unit.aws_lambda.template_reader import of_type
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.tokens import cognito
from uconnect.api.http_calls import HttpCalls
from uconnect.application.ports import Principal
from uconnect.application.service import ApplicationService
from uconnect.domain import rate_limit
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.entrypoints.aws_lambda.authentication import ClaimsAuthentication

FEW = rate_limit.RateLimit(every=60_000, burst=5)
Send = Callable[[str, Kind, str], dict[str, Any]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the store and of the issuer, neither of which is there."""
    requests: list[str] = []

    def refused(what: str) -> Callable[..., Any]:
        async def ask(*_: Any) -> Any:
            requests.append(what)
            return RefusalCode.BUSY.refusal

        return ask

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(rate_limit, "READ", FEW)
    monkeypatch.setattr(ApplicationService, "ask", refused("store"))
    monkeypatch.setattr(ApplicationService, "run", refused("writer"))
    return requests


@pytest.fixture
def send(requests: list[str], monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends a call as somebody who is signed in on the site of a kind."""
    http = import_module("uconnect.entrypoints.aws_lambda.http")
    authentication = ClaimsAuthentication(http.SERVICE, {}, "", schools_invited_only=False)
    monkeypatch.setattr(http, "AUTHENTICATION", authentication)
    monkeypatch.setattr(http, "CALLS", HttpCalls(http.SERVICE, authentication, lambda: 4e9))

    def principal(claims: Any, *_: Any) -> Principal:
        return Principal("issuer", claims["sub"], Kind(claims["kind"]), 4e9)

    monkeypatch.setattr(cognito, "principal", principal)

    def call(route: str, kind: Kind, subject: str) -> dict[str, Any]:
        claims = {"authorizer": {"jwt": {"claims": {"sub": subject, "kind": kind.value}}}}
        answer: dict[str, Any] = http.handler(
            {"routeKey": route, "headers": {"authorization": "Bearer x"}, "requestContext": claims}, None
        )
        return answer

    return call


def test_what_is_too_fast_asks_neither_store_nor_issuer(send: Send, requests: list[str]) -> None:
    answers = [send("GET /api/me", Kind.WORKER, "nobody")["statusCode"] for _ in range(FEW.burst + 3)]
    assert answers == [503] * FEW.burst + [429] * 3
    assert len(requests) == FEW.burst


def test_who_is_no_party_and_writes_is_paced_too(
    send: Send, requests: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown(*_: Any) -> Plan[None]:
        return Plan(None)  # no party is known

    monkeypatch.setattr(ApplicationService, "ask", unknown)

    def profile(*_: str, trusted: bool) -> None:
        requests.append("issuer")

    monkeypatch.setattr(cognito, "profile", profile)
    answers = [send("POST /api/tickets", Kind.WORKER, "someone")["statusCode"] for _ in range(FEW.burst + 3)]
    assert answers == [403] * FEW.burst + [429] * 3
    assert requests == ["issuer"] * FEW.burst


def test_a_read_that_is_too_fast_is_told_when_to_try_again_in_the_same_bytes_for_all(send: Send) -> None:
    for kind in Kind:
        for _ in range(FEW.burst):
            send("GET /api/me", kind, kind.value)
    told = [send("GET /api/me", kind, kind.value) for kind in Kind]
    assert told[0]["statusCode"] == 429
    assert told[0]["headers"]["Retry-After"] == "1"
    assert '"code":"too_fast"' in told[0]["body"]
    assert all(it == told[0] for it in told)


def test_a_site_of_another_origin_may_read_when_to_try_again() -> None:
    (api,) = [it for it in of_type("AWS::ApiGatewayV2::Api").values() if it["ProtocolType"] == "HTTP"]
    assert "retry-after" in api["CorsConfiguration"]["ExposeHeaders"]
