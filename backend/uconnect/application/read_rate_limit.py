"""Limits how fast a signed-in person may read, or try to become a party.

The counts are kept in the memory of this process, so a read never writes to the store. They are counted by the token's
subject, before anything is looked up: the limit holds for a person who is no party too.
"""

import time
from collections.abc import Callable

from uconnect.domain import rate_limit
from uconnect.domain.rate_limit import RateLimit

SUBJECTS = 10_000  # remembered at once; beyond it the subject that read longest ago is forgotten, and begins anew


class ReadRateLimiter:
    """Admits reads of each subject at `rate_limit.READ`, or by another allowance, which is counted apart. One object
    for each process. For one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._dues: dict[tuple[RateLimit, str], int] = {}  # of the subject that read last at the end

    def admits(self, subject: str, allowance: RateLimit | None = None) -> bool:
        """Whether one more read of this subject is allowed now. If it is, it counts."""
        allowance = allowance or rate_limit.READ
        counted = allowance, subject
        due = rate_limit.admit(allowance, self._dues.get(counted, 0), round(self._now() * 1000))
        if due is None:
            return False
        self._dues.pop(counted, None)
        self._dues[counted] = due
        if len(self._dues) > SUBJECTS:
            del self._dues[next(iter(self._dues))]
        return True
