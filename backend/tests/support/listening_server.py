"""The real server where an operator lets it listen: in a file, or on a socket that systemd passes to it."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.polling import TIMEOUT, poll

SERVE = "\nfrom uconnect.entrypoints.cli.main import main; main(['serve'])"
# What systemd does: the socket has the number 3, and the variables name the process that replaces this shell.
AS_SYSTEMD = ("sh", "-c", 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&0 </dev/null', "sh")


@contextmanager
def started(
    folder: Path, is_ready: Callable[[], bool], passed: socket.socket | None = None, prelude: str = "", **more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """The server, once it is ready; systemd has `passed` it a socket. `prelude` is run in its process first.

    Its data is in `folder`/data; what it prints, in `folder`/printed.
    """
    under, given = (AS_SYSTEMD, passed.fileno()) if passed else ((), None)
    environment = {**os.environ, "DATA": str(folder / "data"), **more}
    command = [*under, sys.executable, "-c", prelude + SERVE]
    with (folder / "printed").open("w") as printed:
        process = subprocess.Popen(command, env=environment, stdin=given, stdout=printed, stderr=printed)

    def answers() -> bool:
        assert process.poll() is None, (folder / "printed").read_text("utf-8")
        return is_ready()

    try:
        poll(answers, what="the server answers")
        yield process
    finally:
        process.terminate()
        process.wait(60)


def asking(file: Path) -> httpx.Client:
    """A server in front that speaks to us by a file, for people who came to it by our name."""
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=str(file)), base_url="http://ask.uni.example", timeout=TIMEOUT
    )


def is_up_in(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as tried:  # httpx leaves a socket open that cannot connect
        try:
            tried.connect(str(file))
        except OSError:
            return False
    with asking(file) as http:
        return http.get("/api/health", headers={"Host": "any"}).status_code == 200
