"""A server that is stopped ends the slice of the job that is under way, and leaves a long job to whoever comes next."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.polling import TIMEOUT
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.domain.context import Plan
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.keys import JobKey
from uconnect.domain.models import Job

ID = "under way"


class Gate:
    """What a job waits at in its slice."""

    def __init__(self) -> None:
        self.arrived, self.opened = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.arrived.set()
        assert self.opened.wait(TIMEOUT)


@pytest.fixture
def gate(server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A job of two slices is due, and waits in its first."""
    gate = Gate()

    def slices(*_: Any) -> Iterator[None]:
        gate.wait()
        yield
        raise AssertionError("it is stopped by now")

    monkeypatch.setattr("uconnect.application.jobs.do", slices)
    server.run(lambda _: Plan(None, puts=(Job(id=ID, due=0, task=ReturnThreads("wendy@example.org")),)))
    return gate


def test_the_slice_that_is_under_way_is_waited_for(server: ServerInProcess, gate: Gate) -> None:
    async def story() -> bool:
        running = asyncio.create_task(server.run_jobs())
        await asyncio.to_thread(gate.arrived.wait, TIMEOUT)
        running.cancel()
        await asyncio.wait({running}, timeout=0.1)
        was_waiting = not running.done()
        gate.opened.set()
        await asyncio.wait({running})
        return was_waiting

    assert server.wait(story()), "else it would write into a file that is closed"
    assert server.container.service.failed_jobs == 0


def test_a_long_job_is_due_again_at_once_and_does_not_count_as_cut_short(server: ServerInProcess, gate: Gate) -> None:
    async def story() -> None:
        running = asyncio.create_task(server.run_jobs())
        await asyncio.to_thread(gate.arrived.wait, TIMEOUT)
        running.cancel()
        gate.opened.set()
        await asyncio.wait({running})

    server.wait(story())
    left = server.run(lambda context: Plan(context.get(JobKey(ID))))
    assert isinstance(left, Job)
    assert left.tries == 0
    assert left.due <= server.container.service.now() * 1000
