"""The Containerfile keeps to what it promises. No image is built here: that needs a registry."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.nginx import PACKAGING
from tests.support.ports import free_port
from tests.support.server_process import serving

ROOT = PACKAGING.parent
FILE = PACKAGING / "Containerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its arguments, in one line."""
    joined = re.sub(r"\\\n\s*", "", FILE.read_text("utf-8"))
    return [(it.split(" ", 1)[0], it.split(" ", 1)[1]) for it in joined.splitlines() if it and not it.startswith("#")]


def runtime_instructions() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(at for at, (name, _) in enumerate(found) if name == "FROM") :]


@pytest.mark.skipif(sys.platform != "linux", reason="hadolint is not installed here")
def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    def lint(file: Path) -> str:
        return subprocess.run([HADOLINT, "--no-color", file], capture_output=True, text=True, check=False).stdout

    assert lint(FILE) == ""
    (tmp_path / "Containerfile").write_text("FROM python\nRUN cd /srv\n")
    assert "DL3006" in lint(tmp_path / "Containerfile")


def test_what_runs_is_no_root_and_has_neither_node_nor_a_compiler() -> None:
    stages = [arguments for name, arguments in instructions() if name == "FROM"]
    assert len(stages) == 3
    given = dict(runtime_instructions())
    assert int(given["USER"]) > 0
    assert "node" not in stages[-1]
    assert "slim" in stages[-1]
    assert [it for name, it in runtime_instructions() if name == "COPY"] == [
        "--from=installed /opt/uconnect/ /opt/uconnect/"
    ]


def test_the_stages_have_what_the_product_asks_for() -> None:
    images = " ".join(arguments for name, arguments in instructions() if name == "FROM")
    node, python = re.search(r"node:(\d+)", images), re.findall(r"python:([\d.]+)", images)
    assert node
    assert int(node[1]) >= 20
    assert len(set(python)) == 1, "an environment works with the Python that made it"
    assert tuple(map(int, python[0].split("."))) >= (3, 11)


def test_all_that_is_copied_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    open = [line[1:] for line in ignored if line.startswith("!")]
    copied = [it.split()[:-1] for name, it in instructions() if name == "COPY" and not it.startswith("--from")]
    sources = [source.rstrip("/") for each in copied for source in each]
    assert len(sources) > 5
    assert [it for it in sources if not (ROOT / it).exists()] == []
    assert [it for it in sources if not any(it == each or it.startswith(f"{each}/") for each in open)] == []
    assert not [it for it in open if it not in {source.split("/")[0] for source in sources} | {*sources}]


def test_the_health_check_tells_a_server_that_serves_from_one_that_does_not(tmp_path: Path) -> None:
    (check,) = (arguments.partition("CMD ")[2] for name, arguments in runtime_instructions() if name == "HEALTHCHECK")
    program = json.loads(check)
    assert program[0] == "python"

    def is_well(port: int) -> bool:
        code = program[2].replace(":8000/", f":{port}/")
        return subprocess.run([sys.executable, program[1], code], capture_output=True, check=False).returncode == 0

    with serving(tmp_path) as server:
        assert is_well(int(server.url.rpartition(":")[2]))
    assert not is_well(free_port())
