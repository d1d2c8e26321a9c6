"""Waits for what tells nobody when it happens: it is looked for again after a short pause, until a time limit."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import httpx

T = TypeVar("T")
TIMEOUT = 60.0  # seconds, on a machine that is busy with other tests
PAUSE = 0.02  # seconds
TOO_FAST = 429


def poll(
    look: Callable[[], T],
    met: Callable[[T], object] = bool,
    *,
    what: str,
    timeout: float = TIMEOUT,
    pause: float = PAUSE,
) -> T:
    """Returns what `look` finds once it is `met`. Fails after `timeout` seconds, with what was found last."""
    late = time.monotonic() + timeout
    while not met(found := look()):
        assert time.monotonic() < late, f"{what}: not within {timeout:.0f} s, but {found!r}"
        time.sleep(pause)
    return found


async def poll_async(look: Callable[[], object], *, what: str) -> None:
    """`poll` in an event loop, which goes on meanwhile."""
    late = time.monotonic() + TIMEOUT
    while not (found := look()):
        assert time.monotonic() < late, f"{what}: not within {TIMEOUT:.0f} s, but {found!r}"
        await asyncio.sleep(0.002)


def poll_answer(
    call: Callable[[], httpx.Response], *not_yet: int, what: str, timeout: float = TIMEOUT, pause: float = 0.1
) -> httpx.Response:
    """Returns the first answer with status 200. The statuses in `not_yet`, and 429 (too many calls), mean that it is
    asked again; any other status fails at once."""

    def met(answer: httpx.Response) -> bool:
        assert answer.status_code in (200, TOO_FAST, *not_yet), f"{what}: {answer.status_code} {answer.text}"
        return answer.status_code == 200

    return poll(call, met, what=what, timeout=timeout, pause=pause)
