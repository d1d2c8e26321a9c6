"""The function that runs the operator's commands on AWS.

IAM says who may invoke it; each action is kept in the audit log.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec

from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.usecases import account_closing, admin, job_steps, registration
from uconnect.domain.views.admin import Account, JobSetAside

A = TypeVar("A")
A_PAGE = 100  # schools asked for at once


class AdminRefused(Exception):
    """It was not done. The message says why."""


class Admin:
    """Acts as the embedded home's operator does (`entrypoints/cli/admin_service.py`), and keeps the same book of it."""

    def __init__(self, store: DynamoStore, deliver: Callable[[tuple[Delivery, ...]], None]) -> None:
        self._store = store
        self._deliver = deliver

    def answer(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What an `{"act": …, "kind": …, "email": …}` comes to: `accounts`, or why it was `refused`.

        Acts: `invite` and `list` (schools), `show` and `close` (schools and users), `jobs` and `retry` (the jobs that
        are set aside, which is answered with `jobs`).
        """
        kind = Kind(asked.get("kind", Kind.SCHOOL))
        try:
            email = normal(asked["email"]) if "email" in asked else ""
            match asked["act"]:
                case "invite":
                    self._act("invite a school", partial(registration.invite_school, email=email), lambda _: "")
                case "close":
                    self._act(f"close a {kind}", partial(account_closing.close_by_admin, email=email, kind=kind), str)
                case "show":
                    return _shown(self._ask(partial(admin.account, email=email, kind=kind)))
                case "list":
                    return _shown(*self._schools())
                case "jobs":
                    return {"jobs": msgspec.to_builtins(self._ask(job_steps.jobs_set_aside))}
                case "retry":
                    return {"jobs": msgspec.to_builtins(self._retry())}
                case other:
                    return {"refused": f"There is no act {other!r}."}
        except (AdminRefused, NotAnAddress) as refused:
            return {"refused": str(refused)}
        return _shown()

    def _schools(self) -> Iterator[Account]:
        last: Account | None = None
        while page := self._ask(partial(admin.schools, after=last, most=A_PAGE)):
            yield from page
            last = page[-1]

    def _retry(self) -> tuple[JobSetAside, ...]:
        """Let the jobs that are set aside run again, in the next minute; these are they."""
        found = self._ask(job_steps.jobs_set_aside)
        for job in found:
            _answer(self._store.run(partial(job_steps.retry, id=job.id)))
        return found

    def _act(self, what: str, use_case: UseCase[A], concerns: Callable[[A], str]) -> None:
        outcome = self._store.run_audited(use_case, lambda plan: (what, concerns(plan.answer)))
        _answer(outcome)
        if isinstance(outcome, Plan):
            self._deliver(outcome.deliveries)

    def _ask(self, use_case: UseCase[A]) -> A:
        return _answer(self._store.ask(use_case))


def _shown(*accounts: Account) -> dict[str, Any]:
    return {"accounts": [*msgspec.to_builtins(accounts)]}


def _answer(outcome: Plan[A] | Refusal) -> A:
    if isinstance(outcome, Refusal):
        raise AdminRefused(outcome.sentence)
    return outcome.answer
