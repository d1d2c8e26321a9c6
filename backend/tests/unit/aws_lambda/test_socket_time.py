"""A socket lives an hour: the authorizer says until when, and the function of frames closes it, as the server does."""

import importlib
from typing import Any

import pytest

from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.realtime.api_gateway import Connection
from uconnect.domain import protocol
from uconnect.domain.context import Plan
from uconnect.domain.usecases import tickets
from uconnect.domain.usecases.tickets import TicketHolder
from uconnect.entrypoints.server import socket_session

NOW = 1_000_000


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


class Posts:
    """The gateway: what it was told, in order."""

    def __init__(self) -> None:
        self.notified: list[tuple[Any, ...]] = []

    def send(self, connection: Connection, frames: Any) -> None:
        self.notified.append(("send", connection.connection, *frames))

    answer_ping = send

    def register(self, connection: Connection, until: int) -> None:
        self.notified.append(("register", connection.connection, until))


def event(said: str, **admitted: str) -> dict[str, Any]:
    about = {"eventType": "MESSAGE", "connectionId": "c", "authorizer": {"party": "ann"} | admitted}
    return {"requestContext": about, "body": said}


@pytest.fixture
def posts(environment: pytest.MonkeyPatch) -> Posts:
    module: Any = importlib.import_module("uconnect.entrypoints.aws_lambda.websocket")
    posts = Posts()
    environment.setattr(module, "GATEWAY", posts)
    environment.setattr(module.time, "time", lambda: NOW)
    return posts


def serve(said: str, **admitted: str) -> None:
    module: Any = importlib.import_module("uconnect.entrypoints.aws_lambda.websocket")
    assert module.handler(event(said, **admitted), None) == {"statusCode": 200}


HELLO = f'{{"t": "hello", "protocol": {protocol.PROTOCOL}}}'


@pytest.mark.parametrize("said", [HELLO, '{"t": "ping"}', '{"t": "send"}', "?", "x" * (protocol.FRAME_BYTES + 1)])
@pytest.mark.parametrize("admitted", [{"until": str(NOW)}, {}], ids=["late", "opened before a socket had an end"])
def test_a_socket_that_has_lived_its_time_is_told_to_come_back_whatever_it_says(
    said: str, admitted: dict[str, str], posts: Posts
) -> None:
    serve(said, **admitted)
    assert posts.notified == [("send", "c", protocol.Bye(code="rotate"))]


def test_until_then_it_is_served_and_listed_for_no_longer(posts: Posts) -> None:
    until = NOW + protocol.SOCKET_SECONDS - tickets.HELLO_WITHIN
    serve('{"t": "ping"}', until=str(NOW + 1))
    serve(HELLO, until=str(until))
    assert posts.notified == [
        ("send", "c", protocol.Pong()),
        ("register", "c", until),
        ("send", "c", protocol.Welcome(protocol=protocol.PROTOCOL)),
    ]


def test_one_that_says_hello_late_may_have_missed_a_sign_out_and_comes_back(posts: Posts) -> None:
    """It was not listed meanwhile, so nobody could close it."""
    serve(HELLO, until=str(NOW + protocol.SOCKET_SECONDS - tickets.HELLO_WITHIN - 1))
    assert posts.notified == [("send", "c", protocol.Bye(code="rotate"))]


def test_a_frame_says_by_when_its_socket_has_to_have_said_hello(posts: Posts, environment: pytest.MonkeyPatch) -> None:
    asked: list[Connection] = []
    environment.setattr(posts, "answer_ping", lambda connection, frames: asked.append(connection))
    environment.setattr(importlib.import_module("uconnect.entrypoints.aws_lambda.websocket"), "GATEWAY", posts)
    serve('{"t": "ping"}', until=str(NOW + protocol.SOCKET_SECONDS))
    assert [it.hello_by for it in asked] == [NOW + tickets.HELLO_WITHIN]


def test_a_socket_that_cannot_stay_is_told_so_in_place_of_a_welcome(
    posts: Posts, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr(posts, "register", lambda connection, until: protocol.Bye(code="ended"))
    serve(HELLO, until=str(NOW + protocol.SOCKET_SECONDS))
    assert posts.notified == [("send", "c", protocol.Bye(code="ended"))]


def test_a_ticket_opens_a_socket_for_as_long_as_on_the_server(environment: pytest.MonkeyPatch) -> None:
    module: Any = importlib.import_module("uconnect.entrypoints.aws_lambda.authorizer")
    environment.setattr(module.time, "time", lambda: NOW)
    environment.setattr(module.STORE, "run", lambda _: Plan(TicketHolder("ann", "")))
    asked = {"headers": {"Origin": "https://user.example"}, "queryStringParameters": {"ticket": "t"}, "methodArn": "a"}
    answer = module.handler(asked, None)
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    assert answer["context"] == {"party": "ann", "until": str(NOW + protocol.SOCKET_SECONDS)}
    assert socket_session.MAX_LIFETIME == protocol.SOCKET_SECONDS < 2 * 3600, "the gateway cuts after two hours"
