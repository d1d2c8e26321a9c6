"""A read has its pace before anything is looked up or written for it; and the refusal says when to try again."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.application.ports import Principal
from uconnect.domain import rate_limit
from uconnect.domain.enums import Kind
from uconnect.domain.usecases import registration
from uconnect.entrypoints.server.authentication import ISSUER, TokenAuthentication
from uconnect.entrypoints.server.http import HttpHandlers

Send = Callable[[str, Kind, str], Response]
FEW = rate_limit.RateLimit(every=60_000, burst=5)
FEWER = rate_limit.RateLimit(every=60_000, burst=3)


@pytest.fixture
def send(server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends a call as somebody who is signed in on the site of a kind. A few reads are allowed."""
    monkeypatch.setattr(rate_limit, "READ", FEW)
    monkeypatch.setattr(rate_limit, "SEARCH", FEWER)

    async def principal(_: TokenAuthentication, authorization: str) -> Principal:
        kind, subject = authorization.split()
        return Principal(ISSUER, subject, Kind(kind), 4e9)

    monkeypatch.setattr(TokenAuthentication, "principal", principal)
    calls = HttpHandlers(server.container.service, server.container.authentication)

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request"}

    def call(route: str, kind: Kind, subject: str) -> Response:
        method, path = route.split()
        headers = [(b"authorization", f"{kind.value} {subject}".encode())]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        return server.wait(calls.call(Request(scope, nothing)))

    return call


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was tried to be made a party, in the writer."""
    subjects: list[str] = []
    enter = registration.register

    def counted(at: Any, command: registration.Registration) -> Any:
        subjects.append(command.subject)
        return enter(at, command)

    monkeypatch.setattr(registration, "register", counted)
    return subjects


@pytest.mark.parametrize("route", ["GET /api/me", "POST /api/tickets"])
def test_who_is_no_party_takes_the_writer_no_more_often_than_a_party_may_read(
    server: ServerInProcess, send: Send, entered: list[str], route: str
) -> None:
    subject = server.account("nobody@example.org")
    answers = [send(route, Kind.WORKER, subject).status_code for _ in range(FEW.burst + 3)]
    assert answers == [403] * FEW.burst + [429] * 3
    assert entered == [subject] * FEW.burst


def test_who_accepts_invitations_that_are_none_is_paced(server: ServerInProcess, send: Send) -> None:
    subject = server.account("nobody@example.org")
    answers = [send(f"POST /api/invitations/{'x' * 22}", Kind.WORKER, subject).status_code for _ in range(8)]
    assert answers == [404] * FEW.burst + [429] * 3


def test_the_pace_of_one_who_is_no_party_is_nobody_elses(server: ServerInProcess, send: Send) -> None:
    for _ in range(FEW.burst + 1):
        send("GET /api/me", Kind.WORKER, "nobody")
    assert send("GET /api/me", Kind.WORKER, "nobody").status_code == 429
    assert send("GET /api/me", Kind.USER, server.account("ada@example.org")).status_code == 200


def test_a_read_that_is_too_fast_is_told_when_to_try_again_in_the_same_bytes_for_all(
    server: ServerInProcess, send: Send
) -> None:
    people = [(kind, server.account(f"{kind.value}@example.org")) for kind in (Kind.USER, Kind.SCHOOL)]
    people.append((Kind.WORKER, server.account("nobody@example.org")))  # whom no school has invited
    for kind, subject in people:
        for _ in range(FEW.burst):
            send("GET /api/me", kind, subject)
    told = [send("GET /api/me", kind, subject) for kind, subject in people]
    assert len({(it.status_code, bytes(it.body), tuple(it.raw_headers)) for it in told}) == 1
    assert told[0].status_code == 429
    assert told[0].headers["retry-after"] == "1"
    assert b'"code":"too_fast"' in bytes(told[0].body)


def test_searches_are_paced_apart_from_other_reads(server: ServerInProcess, send: Send) -> None:
    """Somebody who searches far can still read, and who has read much can still search. These have no words."""
    subject = server.account("ada@example.org")
    searches = [send("POST /api/search", Kind.USER, subject).status_code for _ in range(FEWER.burst + 2)]
    assert searches == [400] * FEWER.burst + [429] * 2
    reads = [send("GET /api/me", Kind.USER, subject).status_code for _ in range(FEW.burst + 1)]
    assert reads == [200] * FEW.burst + [429]
