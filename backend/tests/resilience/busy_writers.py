"""Writers who keep a real server busy and remember what it acknowledged, so that it can be looked up after a fault."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from tests.api.socket_client import greet
from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port
from tests.support.server_process import UNBOUNDED, is_up
from tests.support.stores import answer, fresh, keeping
from uconnect.adapters.clock import new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.domain.enums import Kind
from uconnect.domain.models import Ticket
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import registration, threads, tickets

IN_FLIGHT = 16  # messages of one writer on their way at a time
PATIENCE = 180.0  # seconds for a start on a busy machine

# Paces are counted as ever, but allow what no person does: else the pace would be what is measured.
UNPACED = """
from uconnect.domain import rate_limit
rate_limit.SEND = rate_limit.RateLimit(every=0, burst=1)
"""
SERVE = """
from uconnect.entrypoints.cli.main import main
main(["serve"])
"""


@dataclass
class Writer:
    """A user who writes into one thread.

    `acked`: the seq that each key was answered with; `unsure`: no answer came; `again`: how many were said again.
    """

    party: str
    thread: str
    acked: dict[str, int] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    again: int = 0


@contextmanager
def open_store(data: Path) -> Iterator[SqliteStore]:
    """The store of a data folder, while no server runs on it."""
    database = Database(data / "uconnect.sqlite", MIGRATIONS)
    try:
        yield SqliteStore(database, new_context)
    finally:
        database.close()


def gather(data: Path, many: int) -> list[Writer]:
    """So many users, each with a thread raised to one school."""

    def register(kind: Kind, name: str) -> str:
        command = registration.Registration(site=kind, issuer="test", subject=name, email=f"{name}@x", name=name)
        party: str = answer(store.run(partial(registration.register, command=command)))
        return party

    with open_store(data) as store:
        school = register(Kind.SCHOOL, "school")
        writers = []
        for number in range(many):
            user = register(Kind.USER, f"user{number}")
            raised = Raise(key=fresh(), school=school, subject="A question", text="Hello")
            listed = answer(store.run(partial(threads.raise_, by=user, command=raised)))
            writers.append(Writer(user, listed.row.id))
        return writers


def let_in(store: SqliteStore, writers: Sequence[Writer]) -> list[str]:
    """A ticket for each, however many it had: nobody's pace is what is tried."""
    passes = [fresh() for _ in writers]
    until = new_context().now + 60_000
    rows = [
        Ticket(hashed=tickets.hash_ticket(ticket), party=writer.party, expires=until)
        for ticket, writer in zip(passes, writers, strict=True)
    ]
    answer(store.run(keeping(*rows)))
    return passes


@contextmanager
def running(
    data: Path, prelude: str = "", under: tuple[str, ...] = (), *, bounded: bool = False
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The real command on a free port, changed by `prelude` and run `under` another command; killed at the end.

    `bounded`: a connection may send as much as a person would; else as much as a test does.
    """
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DATA": str(data)}
    limited = "" if bounded else UNBOUNDED
    command = [*under, sys.executable, "-c", limited + UNPACED + prelude + SERVE]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(f"http://localhost:{port}/api/health", process)
        yield f"localhost:{port}", process
    finally:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)  # its group: what runs under another command would outlive that
        process.wait(PATIENCE)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        assert process.poll() is None, "the server did not start"
        return is_up(url)

    poll(answers, what="the server answers", timeout=PATIENCE)


def socket_of(host: str, ticket: str) -> connect:
    """A socket that a page of the server's own would open."""
    origin, url = Origin(f"http://{host}"), f"ws://{host}/api/socket?ticket={ticket}"
    return connect(url, origin=origin, proxy=None, open_timeout=TIMEOUT)


async def write(host: str, writers: list[Writer], passes: list[str]) -> None:
    """All write until their sockets break. First each says again what it got no answer to, in other words."""
    await asyncio.gather(*(_write(host, *each) for each in zip(writers, passes, strict=True)))


async def _write(host: str, writer: Writer, ticket: str) -> None:
    again, writer.unsure = writer.unsure, []
    writer.again += len(again)
    waiting: set[str] = set()
    try:
        async with socket_of(host, ticket) as socket:
            await greet(socket)
            for key in [*again, *(fresh() for _ in range(IN_FLIGHT))]:
                await _say(socket, writer, key, waiting)
            while True:
                _heard(writer, json.loads(await socket.recv()), waiting)
                while len(waiting) < IN_FLIGHT:
                    await _say(socket, writer, fresh(), waiting)
    except (WebSocketException, OSError):
        writer.unsure = [*waiting]


async def _say(socket: ClientConnection, writer: Writer, key: str, waiting: set[str]) -> None:
    waiting.add(key)
    await socket.send(json.dumps({"t": "send", "key": key, "id": writer.thread, "text": f"Again and again {fresh()}"}))


def _heard(writer: Writer, frame: dict[str, Any], waiting: set[str]) -> None:
    assert frame["t"] != "refused", frame
    if frame["t"] == "ack":
        waiting.discard(frame["key"])
        seq = frame["entry"]["seq"]
        assert writer.acked.setdefault(frame["key"], seq) == seq, "a key was answered with two places"
