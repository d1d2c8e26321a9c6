"""Settings come from the command line, then from a file; what cannot be meant is refused."""

import tomllib
from pathlib import Path

import pytest
from deploy import settings
from deploy.__main__ import SET
from deploy.lifecycle import CAPABILITIES
from deploy.package import ROOT
from deploy.stack import Failed

from tests.support.stub_aws import StubAws
from tests.unit.deploy.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "production.env"
    path.write_text("# The university's\n\nSTACK=ask\nSCHOOLS=invited\nTAGS=team=it cost=42\n", encoding="utf-8")
    return path


def test_a_file_of_settings_is_as_if_they_were_named(file: Path, aws: StubAws, run: Run) -> None:
    run("up", SETTINGS=str(file))
    stack = aws.stack("ask")
    assert stack
    assert stack.parameters["Schools"] == "invited"
    assert [it["Value"] for it in stack.tags] == ["it", "42"]


def test_the_command_line_comes_before_the_file(file: Path, aws: StubAws, run: Run) -> None:
    run("up", SETTINGS=str(file), STACK="try", SCHOOLS="open")
    stack = aws.stack("try")
    assert stack
    assert stack.parameters["Schools"] == "open"


@pytest.mark.parametrize("line", ["SCHOLS=invited", "SCHOOLS", "PATH=/tmp", "AWS_SECRET_ACCESS_KEY=x", "SURE=yes"])
def test_a_line_that_is_no_setting_is_refused(line: str, file: Path, aws: StubAws, run: Run) -> None:
    file.write_text(f"STACK=ask\n{line}\n", encoding="utf-8")
    assert f"line 2: '{line}' is no setting" in run("up", SETTINGS=str(file))
    assert not aws.calls


def test_a_file_that_is_not_there_is_told(run: Run) -> None:
    assert "SETTINGS=nowhere.env cannot be read" in run("check", SETTINGS="nowhere.env")


def test_the_example_is_a_file_of_settings(run: Run, aws: StubAws) -> None:
    aws.identities["help@uni.example"] = True
    assert "FAILED" not in run("check", SETTINGS=str(ROOT / "deploy/environments/example.env"))
    text = (ROOT / "deploy/environments/example.env").read_text(encoding="utf-8")
    for name in SET.values():
        assert name in text, "each setting is shown there"


@pytest.mark.parametrize("text", ["team", "=it", "aws:x=1", "team it=1", "a b=c"])
def test_what_is_no_tag_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGS", text)
    with pytest.raises(Failed, match="is no tag"):
        settings.tags()


def test_there_are_no_more_tags_than_a_stack_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGS", " ".join(f"a{number}=1" for number in range(51)))
    with pytest.raises(Failed, match="at most 50"):
        settings.tags()


def test_the_sam_cli_is_told_what_make_deploy_does() -> None:
    found = tomllib.loads((ROOT / "deploy/samconfig.toml").read_text("utf-8"))["default"]
    assert (ROOT / "deploy" / found["deploy"]["parameters"]["template_file"]).exists()
    assert tuple(found["deploy"]["parameters"]["capabilities"]) == CAPABILITIES
    assert found["deploy"]["parameters"]["on_failure"] == "DELETE"
