"""Runs use cases on the server, and delivers what they have for others."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from uconnect.adapters import clock
from uconnect.adapters.realtime.in_process import Socket, Sockets
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.application.ports import Identity, Mail, Unavailable
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import account_closing, job_steps, tickets
from uconnect.domain.usecases.tickets import TicketHolder

A = TypeVar("A")
JOBS_INTERVAL = 1.0  # seconds; most jobs become due at a random moment, and an operator's command leaves some, too
LEASE = 60_000  # ms: this process alone does jobs here, and one that was cut short need not wait for long
log = logging.getLogger("uconnect")


class ApplicationService:
    """The store and the sockets of this process, and the jobs between them; `new_context` is the store's clock."""

    def __init__(
        self, store: SqliteStore, sockets: Sockets, new_context: Callable[[], Context] = clock.new_context
    ) -> None:
        self.store = store
        self.sockets = sockets
        self.sessions = Sockets()  # the same sockets, by where their parties are signed in
        self._new_context = new_context
        self._jobs_due = asyncio.Event()
        self._progressed = new_context().now

    @property
    def stands_still(self) -> bool:
        """Whether nothing was done of any job for so long that those that are due wait too long."""
        return self._new_context().now - self._progressed > job_steps.OVERDUE

    def has_progressed(self) -> None:
        """A job, or a step of a long one, is done: those behind it wait for good reason."""
        self._progressed = self._new_context().now

    def now(self) -> float:
        """Unix seconds."""
        return self._new_context().now / 1000

    async def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Run a use case that may write; refused as `busy` if the store cannot keep anything now."""
        try:
            outcome = await self.store.run_soon(use_case)
        except Unavailable:
            log.exception("the store could not commit")
            return RefusalCode.BUSY.refusal
        if isinstance(outcome, Plan) and any(due <= self._new_context().now for due in outcome.dues):
            self._jobs_due.set()
        if isinstance(outcome, Plan) and outcome.then is not None:
            self.tell(outcome)
            return await self.run(outcome.then)
        return outcome

    async def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Run a use case that only reads."""
        try:
            return await self.store.ask_soon(use_case)
        except Unavailable:
            log.exception("the store could not be read")
            return RefusalCode.BUSY.refusal

    def tell(self, outcome: Plan[Any] | Refusal, exclude: Socket | None = None) -> None:
        """Deliver what a plan has for others. To be called right after its answer is queued."""
        if isinstance(outcome, Plan):
            self.sockets.deliver(outcome.deliveries, exclude)

    def part(self, sessions: Iterable[str]) -> None:
        """Let go of the sockets of sessions, or of places in them, that have ended. Who is still signed in comes back,
        who is not cannot."""
        self.sessions.deliver([Delivery(it, protocol.Bye(code="rotate")) for it in sessions])

    async def redeem(self, ticket: str) -> TicketHolder | None:
        """Whom a ticket opens a socket for. A ticket that is none costs a reader's look, and no turn of the writer."""
        kept = await self.ask(partial(tickets.is_kept, ticket=ticket))
        if not isinstance(kept, Plan) or not kept.answer:
            return None
        outcome = await self.run(partial(tickets.redeem, ticket=ticket))
        return outcome.answer if isinstance(outcome, Plan) else None

    @contextmanager
    def listing(self, admitted: TicketHolder, socket: Socket) -> Iterator[None]:
        """List a socket while the block lasts."""
        listed = [(self.sockets, admitted.party)]
        session, _, grant = admitted.session.partition(".")  # see `tokens.Claims.session_scope`
        listed += [(self.sessions, it) for it in (session, admitted.session if grant else "") if it]
        for sockets, whose in listed:
            sockets.add(whose, socket)
        try:
            yield
        finally:
            for sockets, whose in listed:
                sockets.remove(whose, socket)

    async def run_jobs(self, mail: Mail, identity: Identity) -> None:
        """Do what is due, each second and at once when something is due at once, until cancelled.

        A raise, an end or a deletion does not wake this: its job is due at a random moment later (leak 30).
        """
        loop, store = asyncio.get_running_loop(), self.store.background

        def deliver(deliveries: tuple[Delivery, ...]) -> None:
            loop.call_soon_threadsafe(self.sockets.deliver, deliveries)

        dependencies = JobDependencies(deliver, mail, identity, _failed, _set_aside, self.has_progressed)
        while True:
            self._jobs_due.clear()
            try:
                while await asyncio.to_thread(run_due_jobs, store, dependencies, LEASE):
                    pass
                await asyncio.to_thread(store.forget_expired, self._new_context().now)
            except Unavailable:
                log.exception("todos wait for the store")
            try:
                await asyncio.wait_for(self._jobs_due.wait(), JOBS_INTERVAL)
            except TimeoutError:
                continue

    async def close_ended_sockets(self, database: Database) -> None:
        """Let go of the sockets of parties that have ended, when another process may have ended them."""
        loop, written = asyncio.get_running_loop(), asyncio.Event()

        def others_wrote() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(written.set)

        database.on_forget(others_wrote)
        while True:
            await written.wait()
            written.clear()
            for party in self.sockets.parties:
                outcome = await self.ask(partial(account_closing.is_active, party=party))
                if isinstance(outcome, Plan) and not outcome.answer:
                    self.sockets.deliver((Delivery(party, protocol.Bye(code="ended")),))


def _failed(error: Exception) -> None:
    """Its kind alone: its words may hold an address."""
    log.error("a todo could not be done, and is tried again: %s", type(error).__name__)


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `uconnect jobs`: %s", kind)
