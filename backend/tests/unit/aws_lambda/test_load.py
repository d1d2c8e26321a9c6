"""Many raises a second: none is refused, and what the function of the jobs runs and asks stays bounded (`raise_load`).

`python -m bench.aws_load` does the same for longer.
"""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.raise_load import FUNCTION, Measured, RaiseLoad, measured
from tests.support.virtual_time import BEGINNING
from uconnect.domain.context import Context, Plan
from uconnect.domain.keys import PartyKey
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import job_steps, threads
from uconnect.entrypoints.aws_lambda.job_function import JobFunction

SECONDS, JOB_RUNS = 4, 20
MOST_TRIES = 1.1  # of a raise: at 100 a second to one school, one of 20 meets another commit in a shard of its counts
TELLING_RUNS = 12  # runs at once that only tell others, at 100 raises a second


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "uconnect")


@pytest.mark.parametrize("schools", [1, 300])
@pytest.mark.parametrize("rate", [5, 20, 100])
def test_no_raise_is_refused_and_its_job_is_done_in_seconds(
    rate: int, schools: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(rate, schools, SECONDS, JOB_RUNS)
    with capsys.disabled():
        print(f"\n{Measured.HEAD}\n{found}")  # noqa: T201 - a table
    assert (found.refused, found.undone, found.failures) == (0, 0, 0)
    assert found.tries <= MOST_TRIES
    assert found.calls <= 35
    assert found.runs <= JOB_RUNS + TELLING_RUNS
    assert found.p99 < 15
    assert found.heat < 1000, "what one PK takes in a second"


def test_where_few_runs_are_allowed_jobs_wait_and_no_raise_does() -> None:
    found = measured(100, 300, SECONDS, job_runs=5)
    assert (found.refused, found.undone, found.failures) == (0, 0, 0)
    assert found.runs <= 5 + TELLING_RUNS
    assert found.median > measured(100, 300, SECONDS, JOB_RUNS).median


def test_the_same_seed_gives_the_same_numbers() -> None:
    assert measured(5, 1, SECONDS) == measured(5, 1, SECONDS)


def test_a_shared_record_in_the_transaction_of_a_raise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was once: the school's record was checked in each raise, and some were refused."""
    decide = threads.raise_

    def guarding(context: Context, by: str, command: Raise) -> Plan[Any]:
        return replace(decide(context, by, command), guards=(PartyKey(command.school),))

    monkeypatch.setattr(threads, "raise_", guarding)
    found = measured(100, 1, SECONDS)
    assert found.refused > found.raises / 100
    assert found.tries > 1.5


def test_what_a_run_does_that_dies_is_taken_up_by_the_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(JobFunction, "do", dies)
    found = measured(5, 1, SECONDS)
    assert (found.refused, found.undone) == (0, 0)
    assert found.failures > 0
    assert found.median > 10
    assert found.p99 < 120


def test_many_runs_of_the_schedule_share_what_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes out of the queue, and eight runs begin at the same moment: they do each job once."""
    load = RaiseLoad(50, 1, SECONDS, JOB_RUNS, seed=1)
    monkeypatch.setattr(load._queue, "_arrive", lambda body: None)
    at = BEGINNING + SECONDS + job_steps.LATE / 1000 + 6
    for _ in range(8):
        load._time.start(partial(load._lambda.start, FUNCTION, {}), at)
    found = load.run()
    assert (found.undone, found.failures) == (0, 0)
    assert found.calls < 60
    assert found.p99 < 60, "the first schedule's run found nothing left to do"
