"""Looks again and again at what AWS is at work on, soon at first, then every few seconds."""

import time
from collections.abc import Iterator

FIRST, LONGEST = 0.2, 3.0  # s between two looks


def looks() -> Iterator[None]:
    """Once at once, then after a wait each, for ever."""
    wait = FIRST
    while True:
        yield
        time.sleep(wait)
        wait = min(LONGEST, wait * 1.5)
