"""The real server as an operator starts it: a process of its own, on a free port, with a data folder of its own."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port
from uconnect.domain.enums import Kind
from uconnect.oidc_provider import accounts, sessions
from uconnect.oidc_provider.sessions import Session

T = TypeVar("T")
LOGGED = re.compile(r"^\S+Z \w+ [\w.]+: ")  # how a line of the log begins: see `log_output`
PATIENCE = 180.0  # seconds that a start may take on a busy machine

# What one connection may send is bounded as for one person; a test that is a hundred people on one connection lifts it.
UNBOUNDED = """
from uconnect.entrypoints.server import limits
for each in ("FRAMES", "FRAME_BYTES", "REQUESTS", "ADDRESS_REQUESTS"):
    setattr(limits, each, limits.rate(per_second=10**9, burst=10**9))
"""


@dataclass(frozen=True)
class Server:
    """A server that answers. What it prints beyond its greeting is a complaint."""

    url: str
    data: Path
    printed: Path
    pid: int = 0
    now: Callable[[], float] = time.time  # its clock, in seconds since 1970

    def letters(self, to: str, least: int = 0) -> list[str]:
        """The texts that an address was written, oldest first, once there are so many in the outbox."""
        return poll(lambda: self._written(to), lambda texts: len(texts) >= least, what=f"{to} has {least} letters")

    def code(self, to: str) -> str:
        """The code in the last letter to an address."""
        return self._last(to, r"Your code is (\d{8})$")

    def link(self, to: str) -> str:
        """The link in the last letter to an address."""
        return self._last(to, r"^(http\S+)$")

    def _last(self, to: str, wanted: str) -> str:
        letter = self.letters(to, least=1)[-1]
        found = re.search(wanted, letter, re.MULTILINE)
        assert found, letter
        return found[1]

    def _written(self, to: str) -> list[str]:
        file = f"{(self.data / 'uconnect.sqlite').as_uri()}?mode=ro"
        with closing(sqlite3.connect(file, timeout=TIMEOUT, uri=True)) as connection:
            found = connection.execute("SELECT text FROM letter WHERE recipient = ? ORDER BY number", (to,))
            return [text for (text,) in found]

    def sign_in(self, kind: Kind, email: str, name: str, ago: int = 0) -> tuple[Session, str]:
        """A session and its cookie for an account, made if there is none, as of `ago` seconds: without Argon2."""
        at = self.now() - ago
        return self.write(partial(_signed_in, client=f"uconnect-{kind.value}", email=email, name=name, at=at))

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in the data folder, as another process may."""
        file = self.data / "uconnect.sqlite"
        with closing(sqlite3.connect(file, timeout=TIMEOUT, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            done = work(connection)
            connection.execute("COMMIT")
            return done

    def complaints(self) -> list[str]:
        """What the server has logged: each line without its time, level and logger."""
        lines = (LOGGED.sub("", line) for line in self.printed.read_text("utf-8").splitlines())
        return [line for line in lines if not line.startswith("uconnect ")]


@contextmanager
def serving(folder: Path, how: str = "serve", prelude: str = "", port: int = 0, **settings: str) -> Iterator[Server]:
    """A server with its data in `folder`, until the block ends; `how` is the command that starts it.

    `prelude` is run in its process first: a fault that is planted, or a clock that can be turned. `settings` are what
    an operator sets. `port` is one that others know already; a free one, if it is 0.
    """
    port = port or free_port()
    server = Server(f"http://localhost:{port}", folder / "data", folder / "printed")
    environment = {name: value for name, value in os.environ.items() if name not in ("URL", "HOST")}
    environment |= {"PORT": str(port), "DATA": str(server.data)} | settings
    command = [sys.executable, "-c", f"{prelude}\nfrom uconnect.entrypoints.cli.main import main\nmain([{how!r}])"]
    with server.printed.open("w") as printed:
        process = subprocess.Popen(command, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        server = replace(server, pid=process.pid)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _signed_in(connection: sqlite3.Connection, client: str, email: str, name: str, at: float) -> tuple[Session, str]:
    subject = accounts.of_email(connection, email) or accounts.add(connection, email, "", verified=True, name=name)
    assert subject is not None
    return sessions.begin(connection, client, subject, at)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, f"The server did not start:\n{server.printed.read_text('utf-8')}"
        return is_up(f"{server.url}/api/health")

    poll(answers, what="the server answers", timeout=PATIENCE)


def is_up(url: str) -> bool:
    try:
        with urlopen(url):
            return True
    except HTTPError:  # it serves, and says itself that it is ill
        return True
    except (URLError, ConnectionError):  # not listening yet, or full
        return False
