"""The commands of `deploy`, run on an AWS that answers in AWS's words."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from deploy import __main__ as commands
from deploy import account, sites, waiting
from deploy.package import Packed

from tests.support.stub_aws import StubAws, packed

Run = Callable[..., str]
SETTINGS = (*commands.SET.values(), "STACK", "SURE", "TAGS", "SETTINGS", "AWS_PROFILE")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> StubAws:
    monkeypatch.setattr(waiting, "FIRST", 0.0)
    return StubAws()


@pytest.fixture
def run(aws: StubAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as make does: what it prints, and says at its end if it fails. The zips hold `code`."""
    monkeypatch.setattr(account, "session", lambda: aws)
    monkeypatch.setattr(sites, "publish", lambda _, kind, __: f"https://{kind}.example")

    def run(command: str, code: str = "1", **settings: str) -> str:
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["deploy", command])
        for name in ("functions", "pillow"):
            path = packed(tmp_path, f"{name}.zip", f"{name} {code}".encode())
            monkeypatch.setattr(commands, name, lambda *_, path=path: Packed(path))
        try:
            commands.main()
        except SystemExit as ended:
            return f"{capsys.readouterr().out}FAILED: {ended.code}"
        return capsys.readouterr().out

    return run
