"""Where a request comes from, as far as limits care: one customer's addresses count as one network."""

import ipaddress
import logging

ENOUGH = 100  # tries from one network alone, until an operator is told

log = logging.getLogger("uconnect")
ALONE = (
    "the first %d people who tried to sign in or up all came from one address. If a server stands in front of uconnect,"
    " let it send X-Forwarded-For and name its address in PROXIES: limits by address hold for all people together else"
)


def network(address: str) -> str:
    """The network of an address: an IPv6 customer has a whole /64 to guess from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Crowd:
    """Warns once in the log if everybody seems to come from one address: the server in front hides who they are."""

    def __init__(self) -> None:
        self._first = ""
        self._seen = 0

    def saw(self, address: str) -> None:
        """Somebody tried something from this address."""
        if self._seen >= ENOUGH:
            return
        self._first = self._first or network(address)
        if network(address) != self._first:
            self._seen = ENOUGH  # there are several: nothing is hidden
            return
        self._seen += 1
        if self._seen == ENOUGH:
            log.warning(ALONE, ENOUGH)
