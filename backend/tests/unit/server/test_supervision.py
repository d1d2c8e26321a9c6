"""A background task that ends, however it ends, is started again, and whoever asks is told which."""

import asyncio
import logging
import selectors
from collections.abc import Callable, Coroutine
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.polling import TIMEOUT, poll_async
from uconnect.entrypoints.server import supervisor
from uconnect.entrypoints.server.supervisor import Supervisor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("PAUSE", 0.01), ("LONGEST_PAUSE", 0.05), ("STEADY", 0.2)):
        monkeypatch.setattr(supervisor, name, seconds)


class Task:
    """A work that ends as often as it is told to, then goes on."""

    def __init__(self, *ends: Callable[[], None]) -> None:
        self.ends = list(ends)
        self.began = 0
        self.steady = asyncio.Event()

    async def __call__(self) -> None:
        self.began += 1
        if self.ends:
            self.ends.pop(0)()
            return
        self.steady.set()
        await asyncio.Event().wait()


def fail() -> None:
    raise KeyError("ada@example.org")


def killed() -> None:
    raise asyncio.CancelledError


def returned() -> None:
    """It comes to its end."""


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, TIMEOUT))


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock goes on only when nothing else is to be done, and then at once: no machine is too slow for it."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(Jump(self))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds


class Jump(selectors.SelectSelector):
    """Lets the time pass that it should wait."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.jump(timeout or 0.0)
        return super().select(0)


def test_a_task_goes_on_after_an_error_a_kill_and_an_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STEADY", 60.0)  # longer than this takes on any machine

    async def story() -> None:
        task, other = Task(fail, killed, returned), Task()
        supervised = Supervisor({"letters": task, "jobs": other})
        supervised.start()
        await task.steady.wait()
        assert (task.began, other.began) == (4, 1)
        assert supervised.failing == ["letters"], "it has not run for long"
        monkeypatch.setattr(supervisor, "STEADY", 0.2)
        await poll_async(lambda: supervised.failing == [], what="it has run for long")
        await supervised.stop()

    run(story())
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [it.rpartition(": ")[2] for it in told] == ["KeyError", "CancelledError", "it returned"]
    assert "ada" not in "".join(told)


def test_it_waits_longer_each_time_and_counts_as_failing_all_the_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 0.04)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.3)

    async def story() -> list[float]:
        now, times = asyncio.get_running_loop().time, list[float]()
        monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=now))

        async def background_task() -> None:
            times.append(now())
            raise RuntimeError

        supervised = Supervisor({"jobs": background_task})
        supervised.start()
        while len(times) < 7:
            await asyncio.sleep(0.005)
            assert not times or supervised.failing == ["jobs"]
        await supervised.stop()
        return [late - soon for soon, late in pairwise(times)]

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        waits = runner.run(asyncio.wait_for(story(), TIMEOUT))
    assert waits == pytest.approx([0.04, 0.08, 0.16, 0.3, 0.3, 0.3])


def test_a_task_that_is_cancelled_from_outside_is_started_again() -> None:
    async def story() -> None:
        task = Task()
        supervisor = Supervisor({"jobs": task})
        supervisor.start()
        for times in range(1, 4):
            await task.steady.wait()
            assert task.began == times
            task.steady.clear()
            (its,) = [it for it in asyncio.all_tasks() if it.get_name() == "jobs"]
            its.cancel()
        await task.steady.wait()
        await supervisor.stop()

    run(story())


def test_when_it_is_stopped_every_task_ends_and_none_is_started_again() -> None:
    async def story() -> None:
        ended = list[str]()

        async def background_task() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.05)
                ended.append("work")

        supervisor = Supervisor({"a": background_task, "b": background_task})
        supervisor.start()
        await asyncio.sleep(0.01)
        await supervisor.stop()
        assert ended == ["work", "work"]
        assert not {"a", "b"} & {it.get_name() for it in asyncio.all_tasks()}

    run(story())


def test_a_supervision_that_ends_itself_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        task = Task()
        supervisor = Supervisor({"jobs": task})
        supervisor.start()
        await task.steady.wait()
        assert supervisor.failing == []
        supervisor._tasks["jobs"].cancel()
        await poll_async(lambda: supervisor.failing == ["jobs"], what="it is told")
        await supervisor.stop()

    run(story())
