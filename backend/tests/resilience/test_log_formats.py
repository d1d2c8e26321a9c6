"""A real server prints each line of its log as JSON if it is asked to, its libraries' and its access log's too."""

import json
import os
import signal
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.polling import poll
from tests.support.server_process import Server, serving

FAULT = """
from uconnect.entrypoints.server import http
def fail(*of):
    raise ValueError("ada@example.org", of)
http.http.find_operation = fail
"""


def get(server: Server, path: str) -> int:
    request = Request(f"{server.url}{path}", headers={"Authorization": "Bearer secret-token", "Cookie": "a=secret"})
    try:
        with urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_every_line_is_json_and_tells_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sites").mkdir()
    for name, value in {"LOG_FORMAT": "json", "LOG_LEVEL": "info", "ACCESS_LOG": "on"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SITES", str(tmp_path / "sites"))
    with serving(tmp_path, prelude=FAULT) as server:
        assert get(server, "/api/health?words=secret") == 200
        assert get(server, "/api/threads/AAAAAAAAAAAAAAAAAAAAAA?words=secret") == 500
        assert get(server, "/metrics") == 200
        os.kill(server.pid, signal.SIGHUP)
        poll(partial(server.printed.read_text, "utf-8"), lambda text: "keeps running" in text, what="it says so")
        printed = server.printed.read_text("utf-8")
    lines = [json.loads(line) for line in printed.splitlines() if not line.startswith("uconnect ")]
    asked = [(it["route"], it["status"]) for it in lines if it["logger"] == "uconnect.access"]
    assert ("/api/health", 200) in asked
    assert ("other", 500) in asked
    assert ("/metrics", 200) in asked
    (failed,) = (it for it in lines if "trace" in it)
    assert failed["message"] == "Exception in ASGI application"
    assert "ValueError" in failed["trace"]
    for secret in ("ada@", "secret", "AAAA", "127.0.0.1"):
        assert secret not in "\n".join(map(json.dumps, lines))
