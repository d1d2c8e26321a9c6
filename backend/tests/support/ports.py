"""Ports for servers that are told their port before they listen on it.

They are below the range from which the system takes the ports of outgoing connections: no connection of another test
can take one between the moment it is chosen and the moment its server listens. Two processes of one test run choose
from different parts of the range.
"""

import os
import socket
from itertools import cycle

FIRST, LAST = 12_000, 32_000
WORKERS = 8


def _part() -> range:
    """The ports of this process: a worker of pytest-xdist has a name, "gw0" and so on."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", f"gw{WORKERS - 1}").removeprefix("gw")) % WORKERS
    return range(FIRST + worker, LAST, WORKERS)


# Another process of the same name, in another checkout, begins elsewhere.
_ports = cycle(_part())
for _ in range(os.getpid() % len(_part())):
    next(_ports)


def free_port() -> int:
    """A port that nothing listens on."""
    for _ in _part():
        port = next(_ports)
        if _is_free(port):
            return port
    raise AssertionError(f"no port from {FIRST} to {LAST} is free")


def _is_free(port: int) -> bool:
    with socket.socket() as it:
        it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: what has ended is free
        try:
            it.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
