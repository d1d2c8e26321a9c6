"""The access log is off; when it is on, it tells what was asked for and never by whom."""

import logging
from collections.abc import Callable

import pytest

from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_metrics import Site
from uconnect.entrypoints.server.log_output import ACCESS, FORMATS

PATH = "/api/threads/AAAAAAAAAAAAAAAAAAAAAA?words=secret"
PLANTED = {
    "Authorization": "Bearer secret-token",
    "Cookie": "session=secret-cookie",
    "User_Agent": "secret-browser",
    "Referer": "http://localhost:8000/secret-page",
    "X_Forwarded_For": "198.51.100.9",
}


def lines(server: ServerInProcess, caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    with caplog.at_level(logging.DEBUG):
        Site(server).ask(path=PATH, peer="198.51.100.7", **PLANTED)
        Site(server).ask(method="ada@example.org", path="/ada@example.org", peer="198.51.100.7", **PLANTED)
    return [it for it in caplog.records if it.name == ACCESS]


def test_nothing_is_logged_of_a_request(server: ServerInProcess, caplog: pytest.LogCaptureFixture) -> None:
    assert lines(server, caplog) == []


def test_a_line_has_method_template_status_and_time_and_nothing_else(
    open_server: Callable[..., ServerInProcess], caplog: pytest.LogCaptureFixture
) -> None:
    found = lines(open_server(ACCESS_LOG="on"), caplog)
    assert [it.fields.keys() for it in found] == [{"method", "route", "status", "ms"}] * 2  # type: ignore[attr-defined]
    assert [it.getMessage().rpartition(" ms")[0].rpartition(" ")[0] for it in found] == [
        "GET /api/threads/{id} 401",
        "other /{file} 404",
    ]
    for form in FORMATS.values():
        printed = "\n".join(map(form.format, found))
        assert "/api/threads/{id}" in printed
        for planted in ("AAAA", "secret", "198.51.100", "ada@"):
            assert planted not in printed, printed
