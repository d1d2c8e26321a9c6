"""The application service of a server process, with its open sockets and its background jobs."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from uconnect.adapters import clock
from uconnect.adapters.realtime.in_process import Socket, Sockets
from uconnect.adapters.sqlite import Database, Watcher
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.jobs import JobDependencies, JobRunner, log_failure
from uconnect.application.ports import Identity, Mail, Unavailable
from uconnect.application.service import ApplicationService
from uconnect.application.tracing import NO_TRACES, Measured, use_case_part
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, DueJob, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.usecases import account_closing, figures, job_steps, notices, retention, tickets
from uconnect.domain.usecases.tickets import TicketHolder

JOBS_INTERVAL = 1.0  # seconds; most jobs become due at a random moment, and an operator's command leaves some, too
LEASE = 60_000  # ms: this process alone does jobs here, and a job that was cut short need not wait for long
A = TypeVar("A")
InThread = Callable[..., Awaitable[Any]]
EndedAmong = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
log = logging.getLogger("uconnect")


class ServerService(ApplicationService):
    """The store, the sockets and the job runner of this process. `new_context` is the store's clock."""

    store: SqliteStore

    def __init__(
        self, store: SqliteStore, sockets: Sockets, new_context: Callable[[], Context] = clock.new_context
    ) -> None:
        super().__init__(store, sockets)
        self.sockets = sockets
        self.sessions = Sockets()  # the same sockets, by where their parties are signed in
        self._new_context = new_context
        self.traces = NO_TRACES
        self.failed_jobs = 0  # how often one failed since the start
        self._jobs_due = asyncio.Event()
        self._progressed = new_context().now

    async def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        with use_case_part(use_case):
            return await super().run(use_case)

    async def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        with use_case_part(use_case):
            return await super().ask(use_case)

    @property
    def stands_still(self) -> bool:
        """Whether no job has gone on for so long that those that are due wait too long."""
        return self._new_context().now - self._progressed > job_steps.OVERDUE

    def has_progressed(self) -> None:
        """Called when a job, or a step of a long job, is done: the jobs behind it wait for good reason."""
        self._progressed = self._new_context().now

    def job_failed(self, error: Exception) -> None:
        """Called by the job runner: it is tried again."""
        self.failed_jobs += 1
        log_failure(error)

    def now(self) -> float:
        """Unix seconds."""
        return self._new_context().now / 1000

    def note_jobs(self, jobs: tuple[DueJob, ...]) -> None:
        """Wake the job runner if a job is due at once."""
        if any(job.due <= self._new_context().now for job in jobs):
            self._jobs_due.set()

    def part(self, sessions: Iterable[str]) -> None:
        """Close the sockets of sessions, or of places in them, that have ended. A client that is still signed in comes
        back; another cannot."""
        self.sessions.deliver([Delivery(it, protocol.Bye(code="rotate")) for it in sessions])

    async def redeem(self, ticket: str) -> TicketHolder | None:
        """The holder of a ticket, which is used up. An unknown ticket costs a read, and no turn of the writer."""
        kept = await self.ask(partial(tickets.is_kept, ticket=ticket))
        if not isinstance(kept, Plan) or not kept.answer:
            return None
        outcome = await self.run(partial(tickets.redeem, ticket=ticket))
        return outcome.answer if isinstance(outcome, Plan) else None

    def list_socket(self, admitted: TicketHolder, socket: Socket) -> Callable[[], None]:
        """List a socket, until what is returned is called."""
        session, _, grant = admitted.session.partition(".")  # see `verification.Claims.session_scope`
        listed = [(self.sockets, admitted.party)]
        listed += [(self.sessions, it) for it in (session, admitted.session if grant else "") if it]
        for sockets, whose in listed:
            sockets.add(whose, socket)
        return partial(_unlist, listed, socket)

    async def run_jobs(self, mail: Mail, identity: Identity, kept_days: tuple[int, int] = (0, 0)) -> None:
        """Do the jobs that are due, each second, and at once when a job is due at once. Runs until cancelled: then the
        slice that is under way ends first, and long jobs are left to whoever comes next.

        Between two turns of a long job, what has expired is deleted each second too.
        `kept_days` is when silent threads end and when ended ones are deleted, see `retention.begin`.

        A raise, an end or a deletion does not wake this: its job is due at a random moment later (leak 30).
        """
        loop, store = asyncio.get_running_loop(), self.store.background

        def deliver(deliveries: tuple[Delivery, ...]) -> None:
            loop.call_soon_threadsafe(self.sockets.deliver, deliveries)

        def measured(kind: str) -> Measured:
            return self.traces.begin("job", **{"uconnect.job": kind})

        dependencies = JobDependencies(
            deliver, mail, identity, self.job_failed, _set_aside, self.has_progressed, measured=measured
        )
        stopped = threading.Event()
        runner = JobRunner(store, dependencies, LEASE, lambda: not stopped.is_set())
        thread = ThreadPoolExecutor(1, "jobs")
        in_thread = partial(loop.run_in_executor, thread)
        try:
            await self._take_turns(runner, in_thread, kept_days)
        finally:
            stopped.set()
            left = in_thread(runner.let_go)  # behind the slice that is under way
            thread.shutdown(wait=False)
            await left

    async def _take_turns(self, runner: JobRunner, in_thread: InThread, kept_days: tuple[int, int]) -> None:
        loop, store, begun = asyncio.get_running_loop(), self.store.background, False
        while True:
            self._jobs_due.clear()
            until = loop.time() + JOBS_INTERVAL
            try:
                if not begun:
                    for begin in (notices.begin, figures.begin, partial(retention.begin, days=kept_days)):
                        await in_thread(store.run, begin)
                    begun = True
                while await in_thread(runner.take_turns) or runner.has_long_jobs:
                    if loop.time() > until:
                        self._jobs_due.set()
                        break
                await in_thread(store.forget_expired, self._new_context().now)
            except Unavailable:
                log.exception("jobs wait for the store")
            try:
                await asyncio.wait_for(self._jobs_due.wait(), JOBS_INTERVAL)
            except TimeoutError:
                continue

    async def close_ended_sockets(self, database: Database, ended_among: EndedAmong) -> None:
        """Close the sockets of parties and sessions that have ended, whenever another process may have ended them.

        `ended_among` says which sessions of some have ended.
        """
        written = asyncio.Event()
        database.watch(_OthersWrote(asyncio.get_running_loop(), written))
        while True:
            await written.wait()
            written.clear()
            outcome = await self.ask(partial(account_closing.ended_among, parties=self.sockets.parties))
            for party in outcome.answer if isinstance(outcome, Plan) else ():
                self.sockets.deliver((Delivery(party, protocol.Bye(code="ended")),))
            self.part(await ended_among([it for it in self.sessions.parties if "." not in it]))


def _unlist(listed: list[tuple[Sockets, str]], socket: Socket) -> None:
    for sockets, whose in listed:
        sockets.remove(whose, socket)


class _OthersWrote(Watcher):
    """Wakes a task of the event loop when another process has written."""

    def __init__(self, loop: asyncio.AbstractEventLoop, written: asyncio.Event) -> None:
        self._loop = loop
        self._written = written

    def others_wrote(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._written.set)


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `uconnect jobs`: %s", kind)
