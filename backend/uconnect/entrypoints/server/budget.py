"""How long a sender must not be read from, for its rate to hold. Knows no clock and no transport.

Times are seconds of a clock that never goes back. What has arrived is counted, allowed or not: the wait pays for it.
"""

from uconnect.domain import rate_limit
from uconnect.domain.rate_limit import RateLimit

SECOND = 10**9  # ns: the unit of time of these limits


def rate(per_second: float, burst: int) -> RateLimit:
    """`burst` units at once, then `per_second` for ever."""
    return RateLimit(every=round(SECOND / per_second), burst=burst)


class Budget:
    """One rate of one sender."""

    __slots__ = ("_due", "_rate")

    def __init__(self, allowance: RateLimit) -> None:
        self._rate = allowance
        self._due = 0

    def spend(self, units: int, now: float) -> float:
        """Count what was sent already. Returns the seconds to wait before more may be read; 0 within the rate."""
        self._due = rate_limit.spend(self._rate, self._due, round(now * SECOND), units)
        return self.wait(0, now)

    def wait(self, units: int, now: float) -> float:
        """The seconds until `units` are within the rate; 0 if they are now. Counts nothing."""
        return rate_limit.excess(self._rate, self._due, round(now * SECOND), units) / SECOND

    def is_free(self, share: float, now: float) -> bool:
        """Whether that share of a burst could be sent at once."""
        return self.wait(round(self._rate.burst * share), now) == 0


class Budgets:
    """Several budgets of one sender, such as frames and bytes, and since when it has not kept within them."""

    __slots__ = ("_budgets", "_over_since")

    def __init__(self, *rates: RateLimit) -> None:
        self._budgets = [Budget(it) for it in rates]
        self._over_since: float | None = None

    def spend(self, *units: int, now: float) -> float:
        """`Budget.spend` for each: the longest wait."""
        wait = max(budget.spend(each, now) for budget, each in zip(self._budgets, units, strict=True))
        if wait > 0 and self._over_since is None:
            self._over_since = now
        elif all(budget.is_free(0.5, now) for budget in self._budgets):
            self._over_since = None
        return wait

    def seconds_over(self, now: float) -> float:
        """For how long the sender has used up each second of its rate and wanted more."""
        return 0.0 if self._over_since is None else now - self._over_since
