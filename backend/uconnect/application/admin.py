"""What an operator does to a uconnect. Each act that changes an account leaves a line in the audit log."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from uconnect.application.audit import Act
from uconnect.application.email_addresses import NotAnAddress, normal, spellings
from uconnect.application.ports import AuditedStore
from uconnect.domain.context import AuditedAct, Context, Deliver, DueJob, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import account_closing, admin, job_steps, registration, worker_closing
from uconnect.domain.views.admin import Account, AccountHolder, JobSetAside

A = TypeVar("A")
PAGE = 100  # schools asked for at once


class AdminRefused(Exception):
    """It was not done. The message says why."""


class Admin:
    """Operator commands. They do not go through authorization: no HTTP operation exposes them.

    All raise AdminRefused. `deliver` tells the parties whom an act concerns. `left` is called with the jobs that an act
    leaves.
    """

    def __init__(
        self, store: AuditedStore, deliver: Deliver, left: Callable[[tuple[DueJob, ...]], None] = lambda _: None
    ) -> None:
        self._store = store
        self._deliver = deliver
        self._left = left

    def schools(self) -> Iterator[Account]:
        """All schools, by name."""
        last: Account | None = None
        while page := self._ask(partial(admin.schools, after=last, most=PAGE)):
            yield from page
            last = page[-1]

    def account(self, email: str, kind: Kind) -> Account:
        """The user or school of an address, in any spelling."""
        found = (self._store.ask(partial(admin.account, email=it, kind=kind)) for it in spellings(email))
        return _answer(next((it for it in found if isinstance(it, Plan)), RefusalCode.NOT_FOUND.refusal))

    def account_spelled(self, spelling: str, kind: Kind) -> Account:
        """The user or school that has an address in exactly this spelling."""
        return self._ask(partial(admin.account, email=spelling, kind=kind))

    def invite_school(self, email: str) -> None:
        """Let an address become a school. A job writes the letter."""
        try:
            self._act("invite a school", partial(registration.invite_school, email=normal(email)), lambda _: "")
        except NotAnAddress as error:
            raise AdminRefused(str(error)) from error

    def close(self, email: str, kind: Kind) -> None:
        """End an account, whatever it has open. Jobs end what hangs on it."""
        kept = self.account(email, kind).email
        self._act(f"close a {kind.value}", partial(account_closing.close_by_admin, email=kept, kind=kind), str)

    def workers_at(self, email: str) -> tuple[str, ...]:
        """The ids of the worker that an address is, and of those that it is invited to become, in any spelling."""
        found = (self._ask(partial(worker_closing.workers_at, email=it)) for it in spellings(email))
        return tuple(dict.fromkeys(id for ids in found for id in ids))

    def close_workers(self, email: str) -> int:
        """End them all, as their schools could. How many there were. Jobs erase the names and the address."""
        found = self.workers_at(email)
        for id in found:
            self._act("close a worker", partial(worker_closing.close_worker, worker=id), str)
        return len(found)

    def jobs(self) -> tuple[JobSetAside, ...]:
        """The jobs that are set aside."""
        return self._ask(job_steps.jobs_set_aside)

    def retry(self) -> tuple[JobSetAside, ...]:
        """Let the jobs that are set aside run again. Returns them."""
        return tuple(it for it in self.jobs() if _answer(self._store.run(partial(job_steps.retry, id=it.id))))

    def acts(self) -> Iterator[Act]:
        """The audit log, the first act first."""
        return self._store.acts()

    def parties(self, ids: Sequence[str]) -> tuple[AccountHolder, ...]:
        """What is left of the parties with these ids, in their order."""
        return self._ask(partial(admin.parties, ids=tuple(ids)))

    def _act(self, what: str, use_case: UseCase[A], concerns: Callable[[A], str]) -> None:
        def audited(context: Context) -> Plan[A]:
            plan = use_case(context)
            return replace(plan, acts=(AuditedAct(what, concerns(plan.answer)),))

        outcome = self._store.run(audited)
        _answer(outcome)
        if isinstance(outcome, Plan):
            self._deliver(outcome.deliveries)
            self._left(outcome.jobs)

    def _ask(self, use_case: UseCase[A]) -> A:
        return _answer(self._store.ask(use_case))


def _answer(outcome: Plan[A] | Refusal) -> A:
    if isinstance(outcome, Refusal):
        raise AdminRefused(outcome.sentence)
    return outcome.answer
