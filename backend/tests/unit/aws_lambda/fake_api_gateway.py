"""As much of API Gateway as deliveries meet: it takes posts, on the loopback, with faults as they are asked for."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from urllib.parse import unquote

from tests.support.loopback_http import QuietHandler, running


class Posts(ThreadingHTTPServer):
    """What each connection was posted and asked; `faults` are answered first, in order, each a status and a code."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.posted: dict[str, list[bytes]] = defaultdict(list)
        self.requests: list[tuple[str, str]] = []  # method, connection
        self.faults: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Call(QuietHandler):
    protocol_version = "HTTP/1.1"
    server: Posts

    def do_POST(self) -> None:  # noqa: N802 - the name of http.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("POST", body)

    def do_DELETE(self) -> None:  # noqa: N802 - the name of http.server
        self._answer("DELETE", None)

    def _answer(self, method: str, body: bytes | None) -> None:
        connection = unquote(self.path.rpartition("/")[2])
        with self.server.lock:
            self.server.requests.append((method, connection))
            faults = self.server.faults[connection]
            status, code = faults.pop(0) if faults and method == "POST" else (200 if body is not None else 204, "")
            if body is not None and not code:
                self.server.posted[connection].append(body)
        self.send_response(status)
        if code:
            self.send_header("x-amzn-ErrorType", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def posts() -> Iterator[Posts]:
    with running(Posts()) as server:
        yield server
