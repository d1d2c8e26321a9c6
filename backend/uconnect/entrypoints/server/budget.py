"""A token bucket: how long a sender must wait for its rate to hold. It knows no clock and no transport."""

from uconnect.entrypoints.server.limits import Rate


class Budget:
    """The generic cell rate algorithm (ITU-T I.371): one number says when all that was spent is paid back."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._due = float("-inf")

    def spend(self, units: float, now: float) -> float:
        """Count what was sent already. Returns the seconds to wait before more may be read; 0 within the rate."""
        self._due = max(self._due, now) + units / self._rate.per_second
        return max(0.0, self.debt(now) - self._rate.burst / self._rate.per_second)

    def wait(self, units: float, now: float) -> float:
        """The seconds until `units` are within the rate; 0 if they are now. Counts nothing."""
        return max(0.0, self.debt(now) + (units - self._rate.burst) / self._rate.per_second)

    def debt(self, now: float) -> float:
        """Seconds until all that was spent is paid back."""
        return max(0.0, self._due - now)

    def is_half_free(self, now: float) -> bool:
        """Whether half a burst could be sent at once."""
        return self.debt(now) <= self._rate.burst / self._rate.per_second / 2


class Budgets:
    """Several budgets of one sender, such as frames and bytes, and since when it has not kept within them."""

    def __init__(self, *rates: Rate) -> None:
        self._budgets = [Budget(rate) for rate in rates]
        self._over_since: float | None = None

    def spend(self, *units: float, now: float) -> float:
        """`Budget.spend` for each: the longest wait."""
        wait = max(budget.spend(each, now) for budget, each in zip(self._budgets, units, strict=True))
        if wait > 0 and self._over_since is None:
            self._over_since = now
        elif all(budget.is_half_free(now) for budget in self._budgets):
            self._over_since = None
        return wait

    def seconds_over(self, now: float) -> float:
        """For how long the sender has used up each second of its rate and wanted more."""
        return 0.0 if self._over_since is None else now - self._over_since
