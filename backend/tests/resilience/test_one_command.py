"""Promise 19: on a machine with nothing but Python, Node, make and git, one command leads to the first message."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.caller import fresh
from tests.api.party_factory import party_factory
from tests.api.server_home import ServerHome
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.server_process import Server, is_up

ROOT = Path(__file__).parents[3]
LONGEST = 600.0  # seconds that packages may take to come
NEEDED_TO_BUILD = ("package.json", "package-lock.json", ".npmrc")


@contextmanager
def made(folder: Path) -> Iterator[Server]:
    """`make run` in a fresh clone, by somebody whose home is empty."""
    clone, home, port = folder / "clone", folder / "home", free_port()
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], check=True)
    known = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "XDG_", "VIRTUAL_"))}
    environment = known | {"HOME": str(home), "PORT": str(port), "DATA": str(folder / "data")}
    server = Server(f"http://localhost:{port}", folder / "data", folder / "printed")
    with server.printed.open("w") as printed:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=printed, stderr=printed, start_new_session=True
        )
    try:

        def answers() -> bool:
            assert process.poll() is None, server.printed.read_text("utf-8")
            return is_up(f"{server.url}/api/health")

        poll(answers, what="`make run` serves", timeout=LONGEST, pause=0.1)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


if sizes.FULL:  # it asks the package registries for everything there is to build with

    @pytest.mark.timeout(0)
    def test_one_command_leads_to_the_first_message(tmp_path: Path, evidence: Evidence) -> None:
        began = time.monotonic()
        with made(tmp_path) as server:
            up = time.monotonic() - began
            with party_factory(ServerHome(server)) as parties:
                topic = parties.thread()
                assert topic.raiser.open().send(topic.raisers_id, "The first", fresh())["t"] == "ack"
        evidence(19, f"clone to first message in {time.monotonic() - began:.0f} s, {up:.0f} of them `make run`", 1)


@pytest.mark.parametrize("target", ["run", "test", "quick", "check", "deploy"])
@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"python3": 0, "npm": 0}, "uconnect builds its sites with Node 20.19 or newer: install it"),
        ({"python3": 0, "node": 1, "npm": 0}, "uconnect builds its sites with Node 20.19 or newer: install it"),
        ({"python3": 0, "node": 0}, "uconnect builds its sites with npm"),
        ({"node": 0, "npm": 0}, "uconnect needs Python 3.11 or newer: install it"),
        ({"python3": 1, "node": 0, "npm": 0}, "uconnect needs Python 3.11 or newer: install it"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_fetched(
    tmp_path: Path, target: str, there: dict[str, int], told: str
) -> None:
    """`there` is what the machine has, and whether that says of itself that it is too old."""
    clone, tools = tmp_path / "clone", tmp_path / "tools"
    for folder in (clone / "sites", clone / "requirements", tools):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", clone)
    for name in ("sh", "make", "find", "mkdir", "cat", "touch", "id"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for name, status in there.items():
        (tools / name).write_text(f"#!/bin/sh\nexit {status}\n", "utf-8")
        (tools / name).chmod(0o755)
    before = sorted(clone.rglob("*"))
    done = subprocess.run(
        ["make", target],
        cwd=clone,
        env={"PATH": str(tools)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(told), done.stderr
    assert done.stdout == ""
    assert sorted(clone.rglob("*")) == before, "nothing was begun"


def test_what_the_checks_write_does_not_make_the_sites_old(tmp_path: Path) -> None:
    """Else `make run` builds them again, while another test may be serving them."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    api, modules = tmp_path / "sites" / "src" / "api", tmp_path / "sites" / "node_modules"
    for folder in (api, modules, tmp_path / "sites" / "dist" / "user"):
        folder.mkdir(parents=True)
    source, built = api / "caller.ts", modules / ".built"
    for number, path in enumerate(
        (source, *(tmp_path / "sites" / name for name in NEEDED_TO_BUILD), modules / ".stamp", built)
    ):
        path.touch()
        os.utime(path, (1_000 + number, 1_000 + number))
    (api / "http.ts").touch()  # `npm run types`, which makes the folder newer than what was built
    question = ["make", "--question", "sites"]
    assert subprocess.run(question, cwd=tmp_path, check=False).returncode == 0
    source.touch()
    assert subprocess.run(question, cwd=tmp_path, check=False).returncode == 1


@pytest.mark.xdist_group("make")  # one at a time: `make` builds first what has changed
@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"DATA": "{taken}/x"}, "uconnect cannot keep its data there: Not a directory."),
        ({"DATA": "{taken}"}, "is a file, but DATA must be a folder."),
        ({"PORT": "{port}"}, "Address already in use. If another uconnect runs"),
        ({"PORT": "http"}, "PORT is 'http'. Set it to a number from 1 to 65535, such as 8000."),
    ],
)
def test_make_run_that_cannot_serve_says_why(tmp_path: Path, given: dict[str, str], told: str) -> None:
    """Also when it is run twice: the port is taken."""
    taken = tmp_path / "file"
    taken.write_text("", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as other:
        known = {"taken": str(taken), "port": str(other.getsockname()[1])}
        usual = {"PORT": str(free_port()), "DATA": str(tmp_path / "data")}
        environment = os.environ | usual | {name: value.format(**known) for name, value in given.items()}
        environment = {name: value for name, value in environment.items() if not name.startswith("MAKE")}
        done = subprocess.run(
            ["make", "--no-print-directory", "run"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
