"""The function of the jobs over a table that is busy: what can be done is done, and no run ends for the rest."""

from functools import partial
from typing import Any

import pytest

from tests.support.stores import answer
from uconnect.adapters.dynamodb.table import PATIENT_TRIES
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context, DueJob, Plan
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.keys import JobKey
from uconnect.domain.models import Job
from uconnect.domain.usecases import job_steps


def keep(context: Context, job: Job) -> Plan[None]:
    return Plan(None, puts=(job,))


def test_a_job_that_cannot_be_claimed_is_left_and_the_others_are_done(
    jobs: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    claim = job_steps.claim

    def unless_first(context: Context, job: Any, lease: int) -> Plan[bool]:
        if job.id == "o0":
            raise Unavailable
        return claim(context, job, lease)

    monkeypatch.setattr(job_steps, "claim", unless_first)
    handed = [DueJob(f"o{number}", 1) for number in range(3)]
    for id, due in handed:
        jobs.STORE.run(partial(keep, job=Job(id=id, due=due, task=ReturnThreads("nobody"))))
    jobs.FUNCTION.do(handed, lambda: True)

    def left(context: Context) -> Plan[list[int | None]]:
        return Plan([found.due if (found := context.get(JobKey(it.id))) else None for it in handed])

    assert answer(jobs.STORE.ask(left)) == [1, None, None], "the first is free, for the schedule to find"
    assert "a job could not be done, and is tried again: Unavailable" in caplog.text


def test_the_function_is_patient(jobs: Any) -> None:
    from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - it reads settings, which `jobs` has set

    assert dependencies.store(patient=True)._tries == PATIENT_TRIES
    assert dependencies.store()._tries < PATIENT_TRIES
