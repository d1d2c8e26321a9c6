"""The function that delivers to the other parties and runs due jobs. It also runs each minute."""

import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol

from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain.context import JOBS_WITHIN
from uconnect.entrypoints.aws_lambda import dependencies
from uconnect.entrypoints.aws_lambda.admin import Admin
from uconnect.entrypoints.aws_lambda.job_trigger import unpacked

MIN_REMAINING = 30_000  # ms that must be left to begin another round; what is left then, the next minute does

log = logging.getLogger("uconnect")


def _failed(error: Exception) -> None:
    """Its kind alone: its words may hold an address."""
    log.error("a todo could not be done, and is tried again: %s", type(error).__name__)


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `make list-jobs`: %s", kind)


STORE = dependencies.store()
DEPENDENCIES = JobDependencies(
    dependencies.gateway().deliver, dependencies.mail(), dependencies.pool(), _failed, _set_aside
)
ADMIN = Admin(STORE, DEPENDENCIES.deliver)


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """Do what a call left, or what an operator asks (`operator.Operator.answer`), who waits for that alone."""
    if "operator" in event:
        return ADMIN.answer(event["operator"])
    deliveries, at = unpacked(event)
    DEPENDENCIES.deliver(deliveries)
    _wait_until(at)
    while context.get_remaining_time_in_millis() > MIN_REMAINING and run_due_jobs(STORE, DEPENDENCIES):
        pass
    return None


def _wait_until(at: int) -> None:
    """Wait for the random moment of a job. What is due later than jobs are left for, the schedule finds."""
    wait = at - time.time_ns() // 1_000_000
    if 0 < wait <= JOBS_WITHIN:
        time.sleep(wait / 1000)
