"""Whatever is sent over HTTP is accepted or refused in words: never an error of ours, and never half done."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from msgspec import structs

from tests.api.access_matrix import DONE, ROWS, Row
from tests.api.caller import ABSENT, Caller, code, fresh
from tests.api.home import Home
from tests.api.party_factory import party_factory
from tests.api.scenario import THINGS, Scenario
from uconnect.api.requests import Query
from uconnect.domain.enums import Kind

LARGEST = 32 * 1024  # bytes of a body


@pytest.fixture(scope="module")
def scene(home: Home) -> Iterator[Scenario]:
    with party_factory(home) as parties:
        yield Scenario(parties)


def row_id(row: Row) -> tuple[Kind, str]:
    """A kind of caller and a standing at which an operation is done."""
    found = (
        (kind, standing)
        for kind in sorted(row.operation.by)
        for standing in THINGS[row.thing][kind]
        if row.expected(kind, standing) == DONE
    )
    return next(found)


def sent(row: Row, scene: Scenario, content: bytes = b"", query: str = "") -> httpx.Response:
    """A call that would be done, with another body and query than it takes."""
    kind, standing = row_id(row)
    id = row.prepare(scene) if row.prepare else scene.id(row.thing, kind, standing)
    path = row.operation.path.replace("{id}", id)
    return scene.caller(kind).call(f"{row.operation.method} {path}{query}", content=content)


def good(row: Row, scene: Scenario) -> dict[str, Any]:
    """A body that it takes."""
    kind, standing = row_id(row)
    body = row.sends(scene, scene.id(row.thing, kind, standing))
    return body if isinstance(body, dict) else {}


FIRST = {row.name: row for row in reversed(ROWS)}.values()
BODIED = [row for row in FIRST if row.operation.reads.__struct_fields__ and not issubclass(row.operation.reads, Query)]
QUERIED = [row for row in FIRST if issubclass(row.operation.reads, Query)]
BARE = [row for row in FIRST if not row.operation.reads.__struct_fields__]
FIELDS = [(row, field.encode_name) for row in BODIED for field in structs.fields(row.operation.reads)]
MAY_BE_LEFT_OUT = {
    (row.name, field.encode_name)
    for row in BODIED
    for field in structs.fields(row.operation.reads)
    if not field.required
}


def named(it: object) -> str | None:
    return it.name if isinstance(it, Row) else None


NOT_A_BODY = {
    "nothing": b"",
    "spaces": b"  \n",
    "no JSON": b"{key: 1}",
    "cut off": b'{"key": "',
    "null": b"null",
    "a list": b"[]",
    "a number": b"1e999",
    "a text": b'"text"',
    "an empty object": b"{}",
    "two objects": b"{}{}",
    "another charset": '{"key": "é"}'.encode("latin-1"),
    "another encoding": '{"key": "x"}'.encode("utf-16"),
    "half a character": b'{"key": "\xf0\x9f\x98"}',
    "half of a pair": b'{"key": "\\ud83d"}',
    "a number too long": b'{"key": ' + b"9" * 10_000 + b"}",
    "a tower of lists": b"[" * 30_000,
    "a tower of objects": b'{"key":' * 4_500,
    "a tower in a field that is not known": b'{"other":' + b"[" * 15_000 + b"]" * 15_000 + b"}",
    "a NUL": b'{"key": "\x00"}',
}


@pytest.mark.parametrize("body", NOT_A_BODY.values(), ids=NOT_A_BODY.keys())
@pytest.mark.parametrize("row", BODIED, ids=named)
def test_what_is_no_body_is_refused_as_not_understood(row: Row, body: bytes, scene: Scenario) -> None:
    answer = sent(row, scene, body)
    if body in {b"", b"{}"} and all((row.name, it) in MAY_BE_LEFT_OUT for it in row.operation.reads.__struct_fields__):
        # It says nothing, which is understood. What was handed back before is not there to be handed back.
        assert answer.status_code == 200 or (row.name == "handBackThread" and code(answer) == "not_found")
    else:
        assert code(answer) == "malformed"


@pytest.mark.parametrize("row", BODIED, ids=named)
def test_a_field_that_is_not_known_is_refused(row: Row, scene: Scenario) -> None:
    answer = sent(row, scene, json.dumps(good(row, scene) | {"owner": "me"}).encode())
    assert code(answer) == "malformed"
    assert "owner" in answer.json()["sentence"], "it says which"


@pytest.mark.parametrize(("row", "field"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.name)
def test_a_field_that_is_missing_or_of_another_type_is_refused(row: Row, field: str, scene: Scenario) -> None:
    body = good(row, scene)
    assert field in body, "the matrix shows a whole body"
    without = {name: value for name, value in body.items() if name != field}
    if (row.name, field) not in MAY_BE_LEFT_OUT:
        assert code(sent(row, scene, json.dumps(without).encode())) == "malformed"
    others: list[Any] = [None, 1.5, {}, {"x": 1}, [[]], *(it for it in (1, True) if type(it) is not type(body[field]))]
    for value in others:
        answer = sent(row, scene, json.dumps(body | {field: value}).encode())
        assert code(answer) == "malformed", value


@pytest.mark.parametrize("row", FIRST, ids=named)
def test_what_is_too_large_is_refused_before_it_is_read(row: Row, scene: Scenario) -> None:
    answer = sent(row, scene, b'"' + b"x" * LARGEST)
    assert code(answer) == "too_large"
    assert answer.json()["sentence"].startswith("This is too large.")


@pytest.mark.parametrize("row", BODIED, ids=named)
def test_what_is_just_not_too_large_is_read(row: Row, scene: Scenario) -> None:
    assert code(sent(row, scene, b" " * LARGEST)) == "malformed"


@pytest.mark.parametrize("row", [*BARE, *QUERIED], ids=named)
def test_an_operation_that_takes_no_body_refuses_one(row: Row, scene: Scenario) -> None:
    assert code(sent(row, scene, b'{"owner": "me"}', row.query)) == "malformed"


@pytest.mark.parametrize("row", [*BARE, *BODIED], ids=named)
def test_an_operation_that_takes_no_query_refuses_one(row: Row, scene: Scenario) -> None:
    body = json.dumps(good(row, scene)).encode() if row in BODIED else b""
    assert code(sent(row, scene, body, "?most=1")) == "malformed"


BAD_QUERIES = [
    "&owner=me",
    "&most=0",
    "&most=51",
    "&most=-1",
    "&most=ten",
    "&most=1.5",
    "&most=",
    "&most=1&most=2",
    "&most",
    "&most=%ff",
    "&most=%zz",
    "&most=%00",
    "&" + "&".join(f"a{n}=1" for n in range(9)),
    "&a=" + "x" * 5_000,
    "&=",
    "&&",
    "&before=&after=",
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=lambda it: it[:20])
@pytest.mark.parametrize("row", QUERIED, ids=named)
def test_a_query_that_is_not_one_is_refused(row: Row, query: str, scene: Scenario) -> None:
    query = row.query + query if row.query else "?" + query.removeprefix("&")
    assert code(sent(row, scene, b"", query)) == "malformed"


@pytest.mark.parametrize("shelf", ["", "all", "RAISED", "raised ", "%00"])
def test_a_mailbox_that_is_none_is_refused(shelf: str, scene: Scenario) -> None:
    assert scene.user.refused(f"GET /api/threads?shelf={shelf}") == "malformed"


def test_a_list_needs_its_mailbox(scene: Scenario) -> None:
    assert scene.user.refused("GET /api/threads") == "malformed"


CURSORS = ["", ".", "x", f"1.{ABSENT}x", f"-1.{ABSENT}", f"1e3.{ABSENT}", f"٣.{ABSENT}", "9" * 40, "x" * 201, "a.b.c"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_of_a_list_that_was_not_given_out_is_refused(cursor: str, scene: Scenario) -> None:
    answer = scene.user.call("GET /api/threads", params={"shelf": "raised", "before": cursor})
    assert code(answer) == "malformed"


@pytest.mark.parametrize("cursor", ["", "x", "x" * 201])
def test_a_cursor_of_the_directory_that_was_not_given_out_is_refused(cursor: str, scene: Scenario) -> None:
    assert code(scene.user.call("GET /api/schools", params={"after": cursor})) == "malformed"


@pytest.mark.parametrize("after", ["-1", "9007199254740992", "9" * 400, "x", "", "1.5", "0x1", "1_0", " 1", "٣"])
def test_a_place_in_a_log_that_cannot_be_is_refused(after: str, scene: Scenario) -> None:
    for path in (f"/api/threads/{scene.open_topic.theirs}/log", f"/api/threads/{scene.open_topic.theirs}/notes"):
        assert code(scene.school.call(f"GET {path}", params={"after": after})) == "malformed"


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 15, "x" * 65, "x" * 16 + "\n", "x" * 16 + " ", "ключ" * 5, "x" * 15 + "/"]
)
def test_a_key_of_another_form_is_refused(key: str, scene: Scenario) -> None:
    for row in BODIED:
        if "key" in row.operation.reads.__struct_fields__:
            body = good(row, scene) | {"key": key}
            assert code(sent(row, scene, json.dumps(body).encode())) == "malformed"


@pytest.mark.parametrize("subject", ["", " ", "\t", "x" * 121, "two\nlines", "two\rlines", "ends\n", "\u2028 \u00a0\n"])
def test_a_subject_is_one_line_with_something_on_it(subject: str, scene: Scenario) -> None:
    row = next(row for row in BODIED if row.name == "raiseThread")
    body = good(row, scene) | {"subject": subject}
    assert code(sent(row, scene, json.dumps(body).encode())) == "malformed"


@pytest.mark.parametrize(
    "email", ["", "nobody", "@", "a@", "@b", "a b@example.org", "a@b\n", "a@b\r\nBcc: c@d", "a" * 252 + "@b.c", "a@@b"]
)
def test_an_address_that_is_none_is_not_invited(email: str, scene: Scenario) -> None:
    body = {"key": fresh(), "email": email, "name": "Wanda"}
    assert scene.school.refused("POST /api/workers", body) == "malformed"


# --- where there is no operation


NOWHERE = [
    "GET /api/",
    "GET /api/mes",
    "GET /api/me/",
    "GET /api//me",
    "GET /api/ME",
    "PATCH /api/me",
    "POST /api/me",
    "PUT /api/threads",
    f"PUT /api/threads/{ABSENT}",
    f"GET /api/threads/{ABSENT}/",
    f"GET /api/threads/{ABSENT}/terminate",
    f"POST /api/threads/{ABSENT}/log",
    f"POST /api/threads/{ABSENT}/offload/now",
    "GET /api/threads/%2e%2e/me",
    "GET /api/workers/x/y/z",
    "GET /api/a%0Aline",
]


@pytest.mark.parametrize("route", NOWHERE)
@pytest.mark.parametrize("signed_in", [True, False])
def test_where_there_is_no_operation_nobody_looks_at_the_token(route: str, signed_in: bool, scene: Scenario) -> None:
    method, path = route.split(" ")
    caller: Caller = scene.user
    headers = {"authorization": f"Bearer {caller.party.token}"} if signed_in else {}
    answer = caller.http.request(method, path, headers=headers)
    assert (answer.status_code, answer.content) == (404, b'{"message":"Not Found"}')
    assert answer.headers["content-type"] == "application/json"
