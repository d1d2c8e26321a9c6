"""How fast a party may read: counted in this process's memory, so that a read never writes to the store."""

import time
from collections.abc import Callable

from uconnect.core import pace

PARTIES = 10_000  # that are remembered; of more, those who read longest ago are forgotten, and have their pace whole


class ReadPace:
    """Admits reads of each party at `pace.READ`. One object for each process. For one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._dues: dict[str, int] = {}  # who read last comes last

    def admits(self, party: str) -> bool:
        """Whether one more read of this party is allowed now; if so, it counts."""
        due = pace.admit(pace.READ, self._dues.get(party, 0), round(self._now() * 1000))
        if due is None:
            return False
        self._dues.pop(party, None)
        self._dues[party] = due
        if len(self._dues) > PARTIES:
            del self._dues[next(iter(self._dues))]
        return True
