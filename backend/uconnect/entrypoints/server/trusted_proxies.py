"""The proxies in front of the server that may say who sent a request."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network

REMEMBERED = 4_096  # addresses that were looked up
UNIX = (
    "unix socket"  # the address of a server in front that comes by a socket in a file: its mode lets others in or not
)


class TrustedProxies:
    """The addresses and networks of the setting PROXIES. `address in proxies` tells whether a server may be trusted."""

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        self._networks = [ip_network(it) for it in proxies]
        self._contains = lru_cache(REMEMBERED)(self._look_up)

    def __contains__(self, address: str) -> bool:
        return self._contains(address)

    def _look_up(self, address: str) -> bool:
        if address == UNIX:
            return True
        try:
            parsed = ip_address(address)
        except ValueError:  # a name, or nothing: no proxy has one
            return False
        return any(parsed in network for network in self._networks)
