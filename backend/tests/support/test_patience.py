"""Tests wait long for an answer over a network: that a machine stands still for a moment is no fault of the product's.

By themselves httpx and picows wait 5 seconds and websockets 10, which is too short on a machine that is busy with other
tests.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
BY_HAND = TESTS / "aws_live"  # run against an account
HTTP = {f"httpx.{name}" for name in ("Client", "AsyncClient", "delete", "get", "head", "post", "put", "request")}
SOCKETS = {"connect", "unix_connect", "ws_connect"}
ENOUGH = {"timeout", "open_timeout", "websocket_handshake_timeout"}


def impatient(text: str) -> Iterator[int]:
    """Lines of a module in which a client is made that is not told how long to wait."""
    module = ast.parse(text)
    imported = {
        it.asname or it.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("websockets.", "picows"))
        for it in node.names
    }
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in HTTP | (SOCKETS & imported):
            given = {it.arg: ast.unparse(it.value) for it in call.keywords}
            in_process = "transport" in given and "HTTPTransport" not in given["transport"]
            if not (ENOUGH & given.keys() or in_process):
                yield call.lineno


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("httpx.get(url)", [1]),
        ("httpx.get(url, timeout=60)", []),
        ("httpx.Client(transport=httpx.ASGITransport(app))", []),
        ("httpx.Client(transport=httpx.HTTPTransport(uds=file))", [1]),
        ("connect(answer)", []),
        ("from websockets.sync.client import connect\nconnect(url)", [2]),
        ("from websockets.sync.client import connect\nconnect(url, open_timeout=60)", []),
        ("from picows import ws_connect\nws_connect(Phone, url)", [2]),
        ("from picows import ws_connect\nws_connect(Phone, url, websocket_handshake_timeout=60)", []),
    ],
)
def test_who_waits_for_too_short_is_found(text: str, lines: list[int]) -> None:
    assert [*impatient(text)] == lines


def test_all_tests_say_how_long_they_wait() -> None:
    files = {it: it.read_text("utf-8") for it in TESTS.rglob("*.py") if BY_HAND not in it.parents}
    found = [f"{it.relative_to(TESTS)}:{line}" for it, text in files.items() for line in impatient(text)]
    assert found == []
