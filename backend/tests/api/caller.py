"""A party as it calls: every answer must be one that the operation declares, to the byte, or a refusal in words."""

import json
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.api.home import Home, Party
from tests.api.socket_client import SocketClient
from tests.support.polling import TIMEOUT
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.errors import Refusal

OURS = "ours"  # the origin of the party's own site
GATEWAYS_OWN = ("connectionId", "requestId")  # what API Gateway adds to a word of its own: both, or neither
ABSENT = "A" * 22  # an id of the right form that nobody was ever given


def fresh() -> str:
    """A key that was never used, and as good a name for anything."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Caller:
    """A party with its access token, and the sockets it opens."""

    home: Home
    party: Party
    http: httpx.Client
    sockets: ExitStack

    # --- over HTTP

    def call(self, route: str, body: Any = None, **options: Any) -> httpx.Response:
        """A call: `route` is the method and what follows the home's address, as in "GET /api/me"."""
        method, path = route.split(" ", 1)
        headers = {"authorization": f"Bearer {self.party.token}"} | options.pop("headers", {})
        if body is not None:
            options["content"] = json.dumps(body).encode()
        answer = self.http.request(method, path, headers=headers, **options)
        declared(method, path, answer)
        return answer

    def ask(self, route: str, body: Any = None) -> Any:
        """What a call is answered with; fails if it is refused."""
        answer = self.call(route, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, route: str, body: Any = None) -> str:
        """Why a call is refused; fails if it is not."""
        return code(self.call(route, body))

    @property
    def me(self) -> Any:
        return self.ask("GET /api/me")

    @cached_property
    def id(self) -> str:
        return str(self.me["id"])

    def threads(self, shelf: str, query: str = "") -> Any:
        return self.ask(f"GET /api/threads?shelf={shelf}{query}")["threads"]

    def row(self, thread: str) -> Any:
        """A thread's row, as a fresh page loads it."""
        return self.ask(f"GET /api/threads/{thread}")["thread"]["row"]

    def log(self, thread: str, query: str = "") -> Any:
        return self.ask(f"GET /api/threads/{thread}/log{query}")["entries"]

    # --- over sockets

    def ticket(self) -> str:
        return str(self.ask("POST /api/tickets")["ticket"])

    def open(self) -> SocketClient:
        """A socket that has said hello. It hears nothing of what was answered before it was opened."""
        self.home.wait_until_told()
        line = self.dial(f"?ticket={self.ticket()}")
        assert line.hello()["t"] == "hello"
        return line

    def dial(self, query: str, origin: str | None = OURS) -> SocketClient:
        """A socket opened by a page of some origin; raises InvalidStatus if it is not let in."""
        dialled = connect(
            self.home.socket + query,
            origin=self.party.origin if origin == OURS else origin,  # type: ignore[arg-type] # it has a name for a str
            proxy=None,
            open_timeout=TIMEOUT,
            max_size=None,
            max_queue=None,
            ping_interval=None,
        )
        return SocketClient(self.sockets.enter_context(dialled), self.home.wait_until_told)

    def denied(self, query: str, origin: str | None = OURS) -> int:
        """The status with which a socket is not let in; fails if it is, or if why is told in more than that."""
        with pytest.raises(InvalidStatus) as denied:
            self.dial(query, origin)
        answer = denied.value.response
        said = json.loads(answer.body)
        opaque = [said.pop(name) for name in GATEWAYS_OWN if name in said]
        assert said == {"message": self.home.denials[answer.status_code]}, answer.body
        assert answer.headers["content-type"] == "application/json"
        assert not opaque or len(opaque) == len(GATEWAYS_OWN)
        return answer.status_code


def code(answer: httpx.Response) -> str:
    """Why a call was refused; fails if it was not."""
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])


def declared(method: str, path: str, answer: httpx.Response) -> None:
    """Fails unless an answer is of a form that its operation declares: the view, or one of its own refusals."""
    assert answer.headers["content-type"] == "application/json", answer.headers
    operation = _operation(method, path.partition("?")[0])
    if answer.status_code == 200:
        _same(answer.content, operation.answers)
    elif "message" not in answer.json():  # else API Gateway has spoken, or its like
        refusal = _same(answer.content, Refusal)
        declared = {(it.refusal.code, it.status) for it in operation.refusals}
        assert (refusal.code, answer.status_code) in declared, f"{operation.name}: {refusal.code}"
        assert refusal.sentence.endswith("."), refusal


def _operation(method: str, path: str) -> Operation:
    parts = path.split("/")
    (found,) = [it for it in OPERATIONS if it.method == method and _fits(it.path.split("/"), parts)]
    return found


def _fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(a in ("{id}", b) for a, b in zip(template, parts, strict=True))


def _same(body: bytes, kind: Any) -> Any:
    held = msgspec.json.decode(body, type=kind)
    assert msgspec.json.encode(held) == body, "it holds what its type declares, and nothing else"
    return held
