"""Runs use cases: follows a plan to its end, refuses as `busy` what cannot be kept now, and tells the others.

It is written once, as coroutines. The server awaits them. Where nothing else waits, on Lambda and in the thread that
does jobs, `Blocking` is the store, and `complete` runs them without an event loop.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from uconnect.application.ports import AsyncStore, Deliveries, Store, Unavailable
from uconnect.domain.context import DueJob, Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode

A = TypeVar("A")
log = logging.getLogger("uconnect")


class Blocking:
    """Implements `ports.AsyncStore` on a Store that blocks. No call suspends."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._store.run(use_case)

    async def ask_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._store.ask(use_case)


def complete(coroutine: Coroutine[Any, Any, A]) -> A:
    """The result of a coroutine that never suspends. RuntimeError if it does: one of its ports waits for a loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: A = done.value
        return result
    coroutine.close()
    raise RuntimeError("a coroutine has suspended, and there is no event loop")


async def run_to_end(store: AsyncStore, use_case: UseCase[A], between: Callable[[Plan[A]], None]) -> Plan[A] | Refusal:
    """Run a use case, and what must be decided after it (`Plan.then`). The last plan answers. Raises Unavailable.

    `between` gets every plan but the last, each before the next is decided.
    """
    outcome = await store.run_soon(use_case)
    while isinstance(outcome, Plan) and outcome.then is not None:
        between(outcome)
        outcome = await store.run_soon(outcome.then)
    return outcome


class ApplicationService:
    """Use cases on a store, and the deliveries of their plans. The same for the server and for Lambda."""

    def __init__(self, store: AsyncStore, deliveries: Deliveries) -> None:
        self.store = store
        self.deliveries = deliveries

    async def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Run a use case that may write. Refusals: its own; busy. `tell` delivers the plan, after the answer."""
        try:
            outcome = await run_to_end(self.store, use_case, self.between)
        except Unavailable as error:
            return self.busy("the store could not commit", error)
        if isinstance(outcome, Plan):
            self.note_jobs(outcome.jobs)
        return outcome

    async def run_and_tell(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """`run`, then `tell`. For all but the frames of a socket, whose answer leaves in between.

        A fault in a later plan keeps nobody from hearing what an earlier one has committed.
        """
        outcome: Plan[A] | Refusal = RefusalCode.BUSY.refusal
        try:
            outcome = await self.run(use_case)
        finally:
            self.tell(outcome)
        return outcome

    async def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Run a use case that only reads. Refusals: its own; busy."""
        try:
            return await self.store.ask_soon(use_case)
        except Unavailable as error:
            return self.busy("the store could not be read", error)

    def tell(self, outcome: Plan[Any] | Refusal, exclude: Any = None) -> None:
        """Deliver what a plan has for others. Callers do so right after its answer is queued.

        `exclude` is the socket that asked.
        """
        if isinstance(outcome, Plan):
            self.deliveries.deliver(outcome.deliveries, exclude)

    def note_jobs(self, jobs: tuple[DueJob, ...]) -> None:
        """Called for each plan that was committed, with the jobs that it wrote. The schedule finds them later, if a
        home does nothing here."""

    def between(self, plan: Plan[Any]) -> None:
        self.note_jobs(plan.jobs)
        self.deliveries.deliver(plan.deliveries)

    def busy(self, what: str, error: Unavailable) -> Refusal:
        """What is answered when the store could not do `what`, which is logged. Every home prints an error without its
        words (`log_lines`)."""
        kind = type(error.__cause__ or error).__name__
        log.error("%s: %s", what, kind, exc_info=error)
        return RefusalCode.BUSY.refusal


def ask(store: Store, use_case: UseCase[A]) -> A | None:
    """The answer to a question, None if it is refused."""
    outcome = store.ask(use_case)
    return outcome.answer if isinstance(outcome, Plan) else None
