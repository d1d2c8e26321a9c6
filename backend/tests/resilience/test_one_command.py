"""Promise 19: on a machine with nothing but Python, Node, make and git, one command leads to the first message."""

import os
import signal
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
