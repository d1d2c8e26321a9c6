"""A university's own sign-in on the loopback, as far as a stack meets it. What it answers, each test says."""

import json
from http.server import ThreadingHTTPServer
from typing import Any

from tests.support.loopback_http import QuietHandler


class UniversityServer(ThreadingHTTPServer):
    """Serves the pages of a subclass, at `url`."""

    def __init__(self, page: type["JsonPage"]) -> None:
        super().__init__(("127.0.0.1", 0), page)
        self.url = f"http://127.0.0.1:{self.server_port}"


class JsonPage(QuietHandler):
    """A page that answers with JSON."""

    def answer(self, said: Any) -> None:
        self.answer_with(200, json.dumps(said).encode())
