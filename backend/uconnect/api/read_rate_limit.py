"""Limits how fast a signed-in subject may read or register.

The counts live in this process, so a read never writes to the store.
"""

import time
from collections.abc import Callable

from uconnect.domain import rate_limit

SUBJECTS = 10_000  # that are remembered; of more, those who read longest ago are forgotten, and have their pace whole


class ReadPace:
    """Admits reads of each subject at `pace.READ`. One object for each process. For one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._dues: dict[str, int] = {}  # who read last comes last

    def admits(self, subject: str) -> bool:
        """Whether one more read of this subject is allowed now; if so, it counts."""
        due = rate_limit.admit(rate_limit.READ, self._dues.get(subject, 0), round(self._now() * 1000))
        if due is None:
            return False
        self._dues.pop(subject, None)
        self._dues[subject] = due
        if len(self._dues) > SUBJECTS:
            del self._dues[next(iter(self._dues))]
        return True
