"""Keeps background tasks running: a task that ends is logged, waits, and is started again.

Without it an unforeseen exception ends a task for good, and nobody notices until letters or jobs have stood for days.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

BackgroundTask = Callable[[], Coroutine[Any, Any, None]]
PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a task is started again; doubled each time
STEADY = 30.0  # seconds that a task must run before it counts as well again
log = logging.getLogger("uconnect")


class Supervisor:
    """Runs each work, by its name, until it is stopped. None of them is meant to end."""

    def __init__(self, background_tasks: Mapping[str, BackgroundTask]) -> None:
        self._background_tasks = background_tasks
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, float] = {}  # when each was last started again; later than any time while it waits

    def start(self) -> None:
        self._tasks = {
            name: asyncio.create_task(self._keep(name, background_task))
            for name, background_task in self._background_tasks.items()
        }

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    @property
    def failing(self) -> list[str]:
        """The names of the works that do not run, or were started again within the last STEADY seconds."""
        late = time.monotonic() - STEADY
        waiting = {name for name, at in self._failed.items() if at > late}
        return sorted(waiting | {name for name, task in self._tasks.items() if task.done()})

    async def _keep(self, name: str, background_task: BackgroundTask) -> None:
        pause = PAUSE
        while True:
            began = time.monotonic()
            await self._run(name, background_task)
            pause = PAUSE if time.monotonic() - began > LONGEST_PAUSE else pause
            await asyncio.sleep(pause)
            self._failed[name] = time.monotonic()
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run(self, name: str, background_task: BackgroundTask) -> None:
        """Run a work in a task of its own: whoever cancels that is no reason for us to end."""
        task = asyncio.create_task(background_task(), name=name)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        self._failed[name] = math.inf
        log.error("the background task %s has ended and is started again: %s", name, _kind(task))


def _kind(task: asyncio.Task[None]) -> str:
    """What ended it, without the words of an error: they may hold an address."""
    if task.cancelled():
        return "CancelledError"
    error = task.exception()
    return type(error).__name__ if error else "it returned"
