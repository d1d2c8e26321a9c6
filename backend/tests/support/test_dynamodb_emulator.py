"""The tests' DynamoDB: a machine that stands still for seconds makes no test fail."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support import dynamodb_emulator

LONGER_THAN_THE_PRODUCT_WAITS = 3.3  # s


class Slow(ThreadingHTTPServer):
    """A DynamoDB that thinks before it says that it has done what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Slow)
        self.requests = 0


class _Slow(BaseHTTPRequestHandler):
    server: Slow

    def do_POST(self) -> None:
        self.server.requests += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(LONGER_THAN_THE_PRODUCT_WAITS)
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def slow() -> Iterator[Slow]:
    with Slow() as slow:
        thread = threading.Thread(target=slow.serve_forever)
        thread.start()
        yield slow
        slow.shutdown()
        thread.join()


def test_what_is_answered_late_is_asked_once(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked twice, a write would be done twice: the second finds the first in its way, and a job stays claimed."""
    monkeypatch.setenv(dynamodb_emulator.OTHER, f"http://127.0.0.1:{slow.server_port}")
    dynamodb_emulator.dynamodb.__wrapped__().put_item(TableName="table", Item={"PK": {"S": "party#ann"}})
    assert slow.requests == 1
