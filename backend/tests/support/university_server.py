"""A university's own sign-in on the loopback, as far as a stack meets it. What it answers, each test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar


class UniversityServer(ThreadingHTTPServer):
    """Serves the pages of a subclass, at `url`."""

    def __init__(self, page: type["JsonPage"]) -> None:
        super().__init__(("127.0.0.1", 0), page)
        self.url = f"http://127.0.0.1:{self.server_port}"


S = TypeVar("S", bound=UniversityServer)


class JsonPage(BaseHTTPRequestHandler):
    """A page that answers with JSON, and says nothing to the terminal."""

    def answer(self, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def serving(university: S) -> Iterator[S]:
    """The server, while it serves."""
    with university:
        thread = threading.Thread(target=university.serve_forever)
        thread.start()
        try:
            yield university
        finally:
            university.shutdown()
            thread.join()
