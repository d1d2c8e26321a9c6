"""On AWS the schedule lets the rule of the stack's settings hold."""

import types
from typing import Any

import pytest

from tests.support.stores import Home, Time
from uconnect.domain.jobs import FindSilent, Retention
from uconnect.domain.models import Job
from uconnect.domain.usecases.retention import FIND_SILENT


@pytest.mark.parametrize(("end", "delete"), [("180", "0"), ("0", "365"), ("180", "365"), ("0", "0")])
def test_the_schedule_lets_the_rule_hold(jobs: Any, monkeypatch: pytest.MonkeyPatch, end: str, delete: str) -> None:
    monkeypatch.setenv("END_THREADS_AFTER", end)
    monkeypatch.setenv("DELETE_THREADS_AFTER", delete)
    time = Time()
    for _ in range(2):
        jobs.handler({"source": "aws.events"}, types.SimpleNamespace(get_remaining_time_in_millis=lambda: 0))
    found = Home(jobs.STORE, time).one(FIND_SILENT)
    if (end, delete) == ("0", "0"):
        assert found is None
    else:
        assert isinstance(found, Job)
        assert found.task == FindSilent(Retention(int(end), int(delete), time.now), looked=time.now)
