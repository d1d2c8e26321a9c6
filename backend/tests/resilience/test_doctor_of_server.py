"""`uconnect doctor` beside a real server: all is well, and what the server says of itself is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.resilience.health_probe import QUICK, until
from tests.support.polling import TIMEOUT
from tests.support.server_process import Server, serving
from uconnect.entrypoints.cli.checks import service
from uconnect.entrypoints.cli.main import main

ILL = """
from uconnect.entrypoints.server.service import ServerService
async def fails(*_):
    raise ValueError("ada@example.org")
ServerService.close_ended_sockets = fails
"""


@pytest.fixture(autouse=True)
def _sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sites").mkdir()
    monkeypatch.setenv("SITES", str(tmp_path / "sites"))
    monkeypatch.setattr(service, "WAIT", TIMEOUT)  # for an answer; what is looked at is what it says


def doctor(server: Server) -> tuple[int, dict[str, dict[str, str]]]:
    environment = {"DATA": str(server.data), "URL": server.url}
    result = CliRunner().invoke(main, ["doctor", "--json"], env=environment)
    return result.exit_code, {it["check"]: it for it in json.loads(result.output)["checks"]}


def test_beside_a_server_that_is_well_all_is_well(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        status, found = doctor(server)
    assert {check: it["says"] for check, it in found.items() if it["status"] != "ok"} == {}
    assert status == 0
    assert "sign_in" in found


def test_a_server_that_is_ill_says_why(tmp_path: Path) -> None:
    with serving(tmp_path, prelude=QUICK + ILL) as server:
        until(server, 503, "task_failing")
        status, found = doctor(server)
    assert status == 2
    assert found["server"]["status"] == "failed"
    assert "task_failing" in found["server"]["says"]
