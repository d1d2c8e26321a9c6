from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.stores import fresh
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.domain.enums import Kind
from uconnect.domain.request_bodies import Invite, Raise
from uconnect.domain.usecases import threads, workers
from uconnect.entrypoints.cli.main import main

ADA, LAW, WANDA = "ada@example.org", "law@example.org", "wanda@example.org"
Say = Callable[..., Result]


class University:
    """A small data folder: Ada, the school of law with its worker Wanda, and two threads."""

    def __init__(self, server: ServerInProcess) -> None:
        self.server = server
        self.ada, self.law = server.party(Kind.USER, ADA, "Ada"), server.party(Kind.SCHOOL, LAW, "Law")
        server.run(partial(workers.invite, by=self.law, command=Invite(key=fresh(), email=WANDA, name="Wanda")))
        self.wanda = server.party(Kind.WORKER, WANDA)
        self.threads = [self.raised("The first secret"), self.raised("The second secret")]

    def raised(self, text: str) -> str:
        """A new thread of Ada's, with the id she knows it by."""
        command = Raise(key=fresh(), school=self.law, subject="A question", text=text)
        return self.server.run(partial(threads.raise_, by=self.ada, command=command)).row.id

    def delete(self, id: str) -> None:
        self.server.run(partial(threads.terminate, by=self.ada, id=id))
        self.server.run(partial(threads.delete, by=self.ada, id=id))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[ServerInProcess]:
    opened = ServerInProcess(data)
    data.chmod(0o700)
    yield opened
    opened.close()


@pytest.fixture
def university(server: ServerInProcess) -> University:
    return University(server)


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Runs the command on the test's data folder, or on another."""

    def run(*words: object, answer: str = "", **environment: str) -> Result:
        usual = {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites"), "PORT": "8000"}
        return CliRunner().invoke(main, [*map(str, words)], input=answer, env=usual | environment)

    return run
