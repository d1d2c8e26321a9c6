"""The tests' DynamoDB: a machine that stands still for seconds makes no test fail."""

import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.support import dynamodb_emulator
from tests.support.loopback_http import QuietHandler, running

LONGER_THAN_THE_PRODUCT_WAITS = 3.3  # s


class Slow(ThreadingHTTPServer):
    """A DynamoDB that thinks before it says that it has done what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Slow)
        self.requests = 0


class _Slow(QuietHandler):
    server: Slow

    def do_POST(self) -> None:  # noqa: N802 - the name of http.server
        self.server.requests += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(LONGER_THAN_THE_PRODUCT_WAITS)
        self.answer_with(200, b"{}")


@pytest.fixture
def slow() -> Iterator[Slow]:
    with running(Slow()) as slow:
        yield slow


def test_what_is_answered_late_is_asked_once(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked twice, a write would be done twice: the second finds the first in its way, and a job stays claimed."""
    monkeypatch.setenv(dynamodb_emulator.OTHER, f"http://127.0.0.1:{slow.server_port}")
    dynamodb_emulator.dynamodb.__wrapped__().put_item(TableName="table", Item={"PK": {"S": "party#ann"}})
    assert slow.requests == 1
