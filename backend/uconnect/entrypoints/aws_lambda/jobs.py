"""The function that tells others what a call decided, and does jobs. It also runs each minute."""

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from uconnect.application.admin import Admin
from uconnect.application.jobs import JobDependencies, log_failure
from uconnect.domain.context import UseCase
from uconnect.domain.usecases import figures, notices, retention
from uconnect.entrypoints.aws_lambda import admin, dependencies
from uconnect.entrypoints.aws_lambda.entry_point import emit_metrics, entry_point
from uconnect.entrypoints.aws_lambda.job_function import JobFunction
from uconnect.entrypoints.aws_lambda.job_queue import received
from uconnect.entrypoints.aws_lambda.job_trigger import unpacked

MIN_REMAINING = 30_000  # ms that must be left to begin another turn; another run does the rest

log = logging.getLogger("uconnect")


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `make list-jobs`: %s", kind)


STORE = dependencies.store(patient=True)
DEPENDENCIES = JobDependencies(
    dependencies.gateway().deliver, dependencies.mail(), dependencies.pool(), log_failure, _set_aside
)
FUNCTION = JobFunction(STORE, DEPENDENCIES, dependencies.job_queue())
ADMIN = Admin(STORE, DEPENDENCIES.deliver, FUNCTION.leave)


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


@entry_point
def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """Do what a call left, or what the queue hands over, or what is due; or answer an operator (`admin.answer`)."""

    def may_go_on() -> bool:
        return context.get_remaining_time_in_millis() > MIN_REMAINING

    if "operator" in event:
        return admin.answer(ADMIN, event["operator"])
    if "Records" in event:
        FUNCTION.do(received(event), may_go_on)
    elif "tell" in event:
        FUNCTION.take_over(unpacked(event))
    else:
        _report_jobs()
        FUNCTION.do_late([*_begin()], may_go_on)
    return None


def _report_jobs() -> None:
    """What alarms look at. It is also the schedule's heartbeat: an alarm asks for it each few minutes."""
    jobs = FUNCTION.backlog()
    if jobs is not None:
        emit_metrics(dependencies.metrics_of(), OldestJobWaits=jobs.oldest / 1000, JobsSetAside=jobs.set_aside)


def _begin() -> Iterator[UseCase[None]]:
    yield figures.begin
    yield partial(retention.begin, days=dependencies.kept_days())
    if dependencies.sends_mail():
        yield notices.begin
