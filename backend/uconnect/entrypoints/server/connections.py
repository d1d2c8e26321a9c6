"""Counts the connections and requests of each address, and logs one line a minute about those that were refused."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection

from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.budget import Budget
from uconnect.entrypoints.server.trusted_proxies import TrustedProxies
from uconnect.oidc_provider.throttle import network

SILENCE = 60.0  # seconds between two lines about the same thing, however often it happens
log = logging.getLogger("uconnect")


class Connections:
    """A trusted proxy's address has no limit of its own: everyone comes from there.

    All addresses of one IPv6 customer (a /64) count as one, as for wrong passwords.
    """

    def __init__(
        self,
        proxies: Collection[str] = (),
        most: int = limits.CONNECTIONS,
        most_per_address: int = limits.CONNECTIONS_PER_ADDRESS,
        now: Callable[[], float] = time.monotonic,
        requests: RateLimit | None = None,
    ) -> None:
        self.proxies = TrustedProxies(proxies)
        self._most = most
        self._most_per_address = most_per_address
        self._now = now
        self._requests = requests
        self._by_network = Counter[str]()
        self._budgets: dict[str, Budget] = {}
        self._total = 0
        self._refused = Counter[str]()
        self._logged: dict[str, float] = {}

    def admit(self, address: str) -> bool:
        """Count one more. Returns whether there was room. The caller calls `release` in either case."""
        here = network(address)
        self._total += 1
        self._by_network[here] += 1
        alone = address not in self.proxies
        return self._total <= self._most and not (alone and self._by_network[here] > self._most_per_address)

    def release(self, address: str) -> None:
        here = network(address)
        self._total -= 1
        self._by_network[here] -= 1
        if not self._by_network[here]:
            del self._by_network[here]

    def request(self, address: str, patience: float = 0.0) -> float:
        """Returns the seconds until it is a request's turn. If they are more than `patience`, it is to be refused.

        A refused request is not counted: else a client that sends without end would keep all others of its address
        out for long after it stopped.
        """
        budget, now = self._budget(network(address)), self._now()
        wait = budget.wait(1, now)
        if wait <= patience:
            budget.spend(1, now)
        return wait

    def _budget(self, network: str) -> Budget:
        found = self._budgets.get(network)
        if found is None:
            self._forget_idle()
            found = self._budgets[network] = Budget(self._requests or limits.ADDRESS_REQUESTS)
        return found

    def _forget_idle(self) -> None:
        """Called for each new address: at ADDRESSES of them, keep the newest half of those that are not idle."""
        if len(self._budgets) >= limits.ADDRESSES:
            now = self._now()
            busy = {address: budget for address, budget in self._budgets.items() if not budget.is_free(1, now)}
            self._budgets = dict(list(busy.items())[-limits.ADDRESSES // 2 :])

    def refused(self, why: str) -> None:
        """Log that a connection was refused, unless it was logged a moment ago. No address: it is a person's."""
        self._refused[why] += 1
        now = self._now()
        if now - self._logged.get(why, -SILENCE) >= SILENCE:
            self._logged[why] = now
            log.warning("requests refused: %s (%d since the last such line)", why, self._refused.pop(why))
