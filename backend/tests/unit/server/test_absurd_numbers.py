"""Numbers of an absurd size or shape, wherever a stranger may write one, are malformed: never an error of ours."""

import json
from functools import partial
from itertools import product
from typing import Any

import httpx
import pytest
from msgspec import structs

from tests.unit.server.server_in_process import URL, ServerInProcess
from uconnect.api import http
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.api.requests import Query
from uconnect.api.websocket import Reply, decode_frame
from uconnect.domain import protocol
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.usecases import notes, queries
from uconnect.entrypoints.server.app import build_app

USE_CASES: dict[str, Any] = {"log": queries, "notes": notes}
DIGITS = "9" * 5_000  # beyond what int() reads
JSON = [
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "-0",
    "-1",
    "0.5",
    "1e2",
    str(10**400),
    DIGITS,
    "true",
    "null",
    '"5"',
    "[]",
]
JSON += [str(2**53), str(2**63), str(2**64), f"-{2**63}", "01", "+1", "1_000", "0x10"]
TEXTS = [
    "",
    " ",
    "1e999",
    "NaN",
    "inf",
    "-0",
    "-1",
    "+5",
    "0.5",
    "1e2",
    DIGITS,
    f"-{DIGITS}",
    "true",
    "\u0665",
    "5 ",
    "5\0",
]
TEXTS += ["0x10", "1_0", str(2**63), "9999-12-31", f"{10**400}", "'; --", "5,5"]


READ = {it.name: it for it in OPERATIONS if it.reads.__struct_fields__}
FIELDS = [(name, field.encode_name) for name, it in READ.items() for field in structs.fields(it.reads)]


def prepared(operation: Operation, query: str, body: bytes) -> Any:
    return http.prepare_use_case(operation, "ann", "A" * 22, query, body)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_in_each_field_of_a_body_or_a_query(name: str, field: str) -> None:
    operation = READ[name]
    for value in TEXTS if issubclass(operation.reads, Query) else JSON:
        if issubclass(operation.reads, Query):
            made = prepared(operation, str(httpx.QueryParams({field: value})), b"")
        else:
            made = prepared(operation, "", f'{{"{field}": {value}}}'.encode())
        assert isinstance(made, Refusal) or callable(made), (name, field, value)


@pytest.mark.parametrize("name", ["log", "notes"])
@pytest.mark.parametrize("limit", ["most", "after"])
def test_a_limit_of_a_list_is_a_whole_number_or_malformed(name: str, limit: str) -> None:
    operation = next(it for it in OPERATIONS if it.use_case is getattr(USE_CASES[name], name))
    for value in TEXTS:
        made = prepared(operation, str(httpx.QueryParams({limit: value})), b"")
        assert not isinstance(made, Refusal) or made.code == "malformed", value


@pytest.mark.parametrize(
    "before", [*TEXTS, f"{DIGITS}.{'A' * 22}", f"-1.{'A' * 22}", f"1e9.{'A' * 22}", f"{2**64}.{'A' * 22}"]
)
def test_a_cursor_is_one_of_ours_or_malformed(before: str, server: ServerInProcess) -> None:
    by = server.party(Kind.USER, "ann@example.org")
    outcome = server.wait(
        server.container.service.ask(partial(queries.threads, by=by, mailbox=Mailbox.RAISED, before=before, most=5))
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == "malformed"


@pytest.mark.parametrize(("kind", "field"), [("hello", "protocol"), ("seen", "seq"), ("seen", "theirs")])
def test_a_number_in_a_frame_is_counted_or_refused_in_words(kind: str, field: str) -> None:
    good = {"t": kind} | ({"protocol": 1} if kind == "hello" else {"id": "A" * 22, "seq": 1, "theirs": 0})
    for value in JSON:
        heard = decode_frame("ann", json.dumps(good | {field: "HERE"}).replace('"HERE"', value))
        if isinstance(heard, Reply):
            assert isinstance(heard.frames[0], (protocol.SendRefused, protocol.Bye, protocol.Welcome)), value


HEADERS = ("Range", "If-Modified-Since", "If-Range", "X-Forwarded-For", "Host", "Cookie", "Authorization")
SHAPES = ("{}", "bytes={}-", "bytes=0-{}", "bytes=-{}", "localhost:{}", "Bearer {}", "Fri, 31 Dec {} 23:59:59 GMT")


def test_in_each_header_and_parameter_of_the_server(server: ServerInProcess) -> None:
    sites = server.container.settings.sites
    (sites / "assets").mkdir()
    (sites / "assets/first.js").write_text("x" * 100)
    app = build_app(server.container)
    client_id = "uconnect-user"

    async def ask() -> int:
        transport, asked = httpx.ASGITransport(app=app, raise_app_exceptions=False), 0
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            for value in (it.encode() for it in ("-1", "1e999", "NaN", DIGITS, str(2**64))):
                for name, shape in product(HEADERS, SHAPES):
                    sent = shape.encode().replace(b"{}", value)
                    for path in ("/assets/first.js", "/api/threads"):
                        answer = await client.get(path, headers={name.encode(): sent})
                        assert answer.status_code < 500, (name, sent[:40])
                        asked += 1
                text = value.decode()
                for name in (
                    "max_age",
                    "code",
                    "state",
                    "nonce",
                    "prompt",
                    "login_hint",
                    "expires_in",
                    "token",
                    "done",
                ):
                    given = {"client_id": client_id, name: text}
                    for path in ("authorize", "sign-in", "code", "account", "sign-out", "letter", "invitation"):
                        assert (await client.get(f"/oauth/{path}", params=given)).status_code < 500, (path, name, text)
                    for path in ("token", "revoke", "sign-out", "code", "sign-in", "forgot"):
                        assert (await client.post(f"/oauth/{path}", data=given)).status_code < 500, (path, name, text)
        return asked

    assert server.wait(ask()) > 400
