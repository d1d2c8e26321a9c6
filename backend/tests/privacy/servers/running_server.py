"""A real server in this process, on a loop of its own: HTTP, sockets and SMTP by loopback; its clock is a script's.

It is made as `uconnect serve` makes it. A test reads its store from the side, and waits until its jobs are done.
"""

import asyncio
import logging
import socket
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import pytest
import uvloop
from aiosmtpd.smtp import SMTP

from tests.privacy.servers.letter_recorder import LetterRecorder
from tests.support.stores import Home, Time, answer
from tests.unit.oidc_provider.provider_kit import CHEAP
from uconnect.adapters.mail import SmtpSender
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.usecases import job_steps
from uconnect.entrypoints.cli.main import Server, _config
from uconnect.entrypoints.server import limits, log_redaction, settings
from uconnect.entrypoints.server.budget import rate
from uconnect.entrypoints.server.container import Container, build
from uconnect.oidc_provider import signing_keys
from uconnect.oidc_provider.sessions import UpstreamProof
from uconnect.oidc_provider.token_store import Signer

T = TypeVar("T")
URL = "http://localhost:8000"  # of both servers, whatever port they are reached at: so no byte differs by it
SENDER = "uconnect@uni.example"
PATIENCE = 60.0  # seconds
DAY = 24 * 3600 * 1000  # ms
UNBOUNDED = rate(per_second=10**9, burst=10**9)  # a script is faster than a person
KEPT = ("migration", "issuer_key", "operator_act")  # tables that are the server's own; the log lets nothing be deleted


class Announcing(SqliteStore):
    """Says when a round of jobs is over, and whether some were `left`: none is being done at that moment.

    While `broken` it fails as a full disk does: nothing is kept.
    """

    def __init__(self, database: Database, new_context: Callable[[], Context]) -> None:
        super().__init__(database, new_context)
        self.turn = threading.Condition(threading.RLock())
        self.is_woken: Callable[[], bool] = lambda: False  # whether another round follows at once
        self.left = False
        self.broken = False

    def forget_expired(self, now: int) -> None:
        super().forget_expired(now)
        with self.turn:
            self.left = self.is_woken() or bool(answer(self.ask(job_steps.due_jobs)))
            self.turn.notify_all()

    def _write(self, connection: sqlite3.Connection, plan: Plan[Any], loaded: Any) -> None:
        super()._write(connection, plan, loaded)
        if self.broken:
            raise sqlite3.OperationalError("database or disk is full")


class Running:
    """A server that runs, seen from within."""

    def __init__(self, container: Container, store: Announcing, time: Time, port: int, post: LetterRecorder) -> None:
        self.container, self.store, self.time, self.port, self.post = container, store, time, port, post
        assert container.mail_sender is not None
        self.mail_sender = container.mail_sender
        self.home = Home(store, time, serial=True)
        self.loop = asyncio.get_running_loop()
        self.proof: UpstreamProof | None = None  # of another provider, by which others than the blind party sign in
        self.signer = Signer(URL, container.database.write(lambda connection: signing_keys.make_first(connection, 0)))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def decide(self, use_case: UseCase[Any]) -> None:
        """Run a use case as a call does, and deliver."""

        async def run() -> None:
            self.container.service.tell(await self.container.service.run(use_case))

        self.do(run())

    def run_all_jobs(self) -> None:
        """Wait until the jobs that are due are done, or tried. A round may end now that had looked for them before."""
        with self.store.turn:
            self.run_jobs()
            while self.store.left:
                self.run_jobs()

    def run_jobs(self) -> None:
        """Wait until a round of jobs is over."""
        with self.store.turn:
            if not self.store.is_woken():  # else that would wake one round after the other
                self.loop.call_soon_threadsafe(self.container.service._jobs_due.set)
            assert self.store.turn.wait(PATIENCE), "jobs are not done"

    def carry(self) -> None:
        """Let what is written to people leave."""
        while self.container.database.read(lambda connection: self.container.outbox.due(connection, 1)):
            self.do(self.mail_sender.carry())

    def begin(self) -> None:
        """Forget all that was, as if another process had cleared the file; a day passes."""
        self.store.broken = False
        with closing(sqlite3.connect(self.container.settings.database, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                if table not in KEPT and not table.startswith("sqlite_"):
                    connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM sqlite_sequence WHERE name <> 'operator_act'")
            connection.execute("COMMIT")
        self.post.forget()
        self.time.now += DAY - self.time.now % DAY


@contextmanager
def loggers_restored() -> Iterator[None]:
    """Take out of this process's loggers, at the end, what a server sets up in them: other tests read them too."""
    loggers = [logging.getLogger(name) for name in ("", *log_redaction.LOGGERS, "uvicorn", "uvicorn.access")]
    before = [(it, it.filters[:], it.handlers[:], it.level, it.propagate) for it in loggers]
    try:
        yield
    finally:
        for logger, filters, handlers, level, propagate in before:
            logger.filters[:], logger.handlers[:], logger.propagate = filters, handlers, propagate
            logger.setLevel(level)


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """A server with its data in `folder`, until the block ends. It leaves no thread, process or log filter behind."""
    with loggers_restored():
        yield from _serving(folder)


def _serving(folder: Path) -> Iterator[Running]:
    ready: Future[tuple[Running, Callable[[], None]]] = Future()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(folder, ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("uconnect.oidc_provider.passwords.PasswordHasher", lambda: CHEAP)
        patch.setattr(limits, "FRAMES", UNBOUNDED)
        patch.setattr(limits, "REQUESTS", UNBOUNDED)
        patch.setattr(limits, "ADDRESS_REQUESTS", UNBOUNDED)
        patch.setattr(SmtpSender, "run", _waits)  # letters leave when a script looks for them
        thread.start()
        running, stop = ready.result(PATIENCE)
        with urlopen(f"http://127.0.0.1:{running.port}/api/health"):  # it has started
            pass
    try:
        yield running
    finally:
        stop()
        thread.join(PATIENCE)


async def _waits(_: SmtpSender) -> None:
    await asyncio.Event().wait()


async def _serve(folder: Path, ready: "Future[tuple[Running, Callable[[], None]]]") -> None:
    loop, time, postmaster = asyncio.get_running_loop(), Time(), LetterRecorder()
    mail = await loop.create_server(lambda: SMTP(postmaster, loop=loop, hostname="localhost"), "127.0.0.1", 0)
    listening = socket.create_server(("127.0.0.1", 0))
    container = build(_settings(folder, mail.sockets[0].getsockname()[1]), time.new_context)
    container.database._writer.execute("PRAGMA synchronous=OFF")  # no power is cut here
    store = container.service.store = Announcing(container.database, time.new_context)
    store.is_woken = container.service._jobs_due.is_set
    log_redaction.redact_logs()
    server = Server(_config(container, with_demo=False), container.service)
    running = Running(container, store, time, listening.getsockname()[1], postmaster)
    ready.set_result((running, lambda: setattr(server, "should_exit", True)))
    await server.serve([listening])
    container.close()
    mail.close()
    await mail.wait_closed()


def _settings(folder: Path, mail: int) -> settings.Settings:
    given = {"DATA": str(folder / "data"), "URL": URL, "SMTP": f"smtp://127.0.0.1:{mail}", "MAIL_FROM": SENDER}
    return settings.read(given)
