"""The function that tells others what a call decided, and does the jobs that are due. It also runs each minute."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from uconnect.application.admin import Admin
from uconnect.application.jobs import JobDependencies, log_failure, run_due_jobs
from uconnect.domain.context import JOBS_WITHIN
from uconnect.domain.usecases import figures, notices, retention
from uconnect.entrypoints.aws_lambda import admin, dependencies
from uconnect.entrypoints.aws_lambda.job_trigger import unpacked

MIN_REMAINING = 30_000  # ms that must be left to begin another turn; the next minute does the rest

log = logging.getLogger("uconnect")


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `make list-jobs`: %s", kind)


STORE = dependencies.store()
DEPENDENCIES = JobDependencies(
    dependencies.gateway().deliver, dependencies.mail(), dependencies.pool(), log_failure, _set_aside
)
ADMIN = Admin(STORE, DEPENDENCIES.deliver)


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """Do what a call left, or answer an operator (`admin.answer`), who waits for nothing else."""
    if "operator" in event:
        return admin.answer(ADMIN, event["operator"])
    deliveries, at = unpacked(event)
    DEPENDENCIES.deliver(deliveries)
    if "tell" not in event:  # it is the schedule's
        STORE.run(figures.begin)
        STORE.run(partial(retention.begin, days=dependencies.kept_days()))
        if dependencies.sends_mail():
            STORE.run(notices.begin)
    _wait_until(at)

    def may_go_on() -> bool:
        return context.get_remaining_time_in_millis() > MIN_REMAINING

    while may_go_on() and run_due_jobs(STORE, DEPENDENCIES, may_go_on=may_go_on):
        pass
    STORE.count_threads(may_go_on)
    return None


def _wait_until(at: int) -> None:
    """Wait for the random moment of a job. A job that is due later than JOBS_WITHIN is found by the schedule."""
    wait = at - time.time_ns() // 1_000_000
    if 0 < wait <= JOBS_WITHIN:
        time.sleep(wait / 1000)
