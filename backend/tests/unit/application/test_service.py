"""The application service follows a plan to its end, and what drives it without an event loop never waits."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

from uconnect.application import log_lines
from uconnect.application.ports import Unavailable
from uconnect.application.service import ApplicationService, Blocking, complete
from uconnect.domain.context import Context, Delivery, DueJob, Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.models import Job

ADDRESS = "ada@example.org"
A = TypeVar("A")


class Journal:
    """A store and deliveries that note what is asked of them, in order."""

    def __init__(self, *, fails: int = 0) -> None:
        self.lines: list[object] = []
        self._fails = fails  # the run, from 1, that cannot be kept

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        self.lines.append("run")
        if self.lines.count("run") == self._fails:
            raise Unavailable from OSError(ADDRESS)
        return use_case(Context(now=0, new_id=lambda: ""))

    ask = run

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        raise NotImplementedError

    def purge(self, *_: Any) -> bool:
        raise NotImplementedError

    def forget_expired(self, now: int) -> None:
        raise NotImplementedError

    def deliver(self, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
        self.lines.append([it.to for it in deliveries])


class Noting(ApplicationService):
    def __init__(self, journal: Journal) -> None:
        super().__init__(Blocking(journal), journal)
        self.dues: list[tuple[int, ...]] = []

    def note_jobs(self, jobs: tuple[DueJob, ...]) -> None:
        self.dues.append(tuple(it.due for it in jobs))


def job(due: int) -> Job:
    return Job(id=f"{due}", due=due, task=PurgeThread("t"))


def first(_: Context) -> Plan[str]:
    return Plan("first", puts=(job(1),), deliveries=(Delivery("ann", None),), then=last)


def last(_: Context) -> Plan[str]:
    return Plan("last", puts=(job(2),), deliveries=(Delivery("law", None),))


def test_what_a_plan_has_for_others_is_delivered_before_the_next_is_decided_and_the_last_answers() -> None:
    journal = Journal()
    service = Noting(journal)
    outcome = complete(service.run(first))
    assert isinstance(outcome, Plan)
    assert outcome.answer == "last"
    assert journal.lines == ["run", ["ann"], "run"], "the last plan is delivered after the answer"
    service.tell(outcome)
    assert journal.lines[-1] == ["law"]
    assert service.dues == [(1,), (2,)]


@pytest.mark.parametrize(("fails", "dues"), [(1, []), (2, [(1,)])])
def test_what_cannot_be_kept_is_refused_as_busy_and_no_committed_job_is_lost(
    fails: int, dues: list[tuple[int, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    service = Noting(Journal(fails=fails))
    outcome = complete(service.run(first))
    assert outcome == RefusalCode.BUSY.refusal
    assert service.dues == dues
    service.tell(outcome)
    assert caplog.record_tuples == [("uconnect", logging.ERROR, "the store could not commit: OSError")]


def test_a_read_that_fails_is_refused_as_busy_and_its_words_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert complete(Noting(Journal(fails=1)).ask(last)) == RefusalCode.BUSY.refusal
    assert caplog.messages == ["the store could not be read: OSError"]
    trace = log_lines.trace(caplog.records[0])
    assert "Unavailable" in trace, "a home prints its kinds and places"
    assert ADDRESS not in trace


def test_a_coroutine_that_waits_for_an_event_loop_is_not_completed() -> None:
    with pytest.raises(RuntimeError, match="no event loop"):
        complete(asyncio.sleep(0))
