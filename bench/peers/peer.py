"""What the benchmark knows of a server: how it is installed and started, and how the load generator talks to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# For each socket of the load generator: its path (XMPP: its user's name), and what its messages are addressed to.
Sockets = list[tuple[str, str]]


@dataclass(frozen=True)
class Dialect:
    """How the load generator speaks to a server: its options, which bench/load/options.c explains."""

    protocol: str
    template: str
    hello: str = ""
    acknowledges: bool = True

    def options(self) -> list[str]:
        hello = ["--hello", self.hello] if self.hello else []
        no_ack = [] if self.acknowledges else ["--no-ack"]
        return ["--protocol", self.protocol, "--template", self.template, *hello, *no_ack]


@dataclass(frozen=True)
class Launch:
    """One start of a server. `sockets` is asked for anew before each load; `health` is a path that answers 200."""

    command: list[str]
    sockets: Callable[[], Sockets]
    environment: dict[str, str] = field(default_factory=dict)
    health: str = ""


@dataclass(frozen=True)
class Peer:
    """A server to measure. `install` does nothing when all is there; `prepare` fills an empty folder for some pairs."""

    name: str
    title: str
    dialect: Dialect
    install: Callable[[], None]
    prepare: Callable[[Path, int, int], Launch]  # the folder, the port, how many pairs


def numbered_sockets(pairs: int, path: str, address: str) -> Callable[[], Sockets]:
    """Sockets whose paths and addresses are formats of `socket` and `thread` alone."""
    sockets = [(path.format(socket=n), address.format(thread=n // 2, other=n ^ 1)) for n in range(2 * pairs)]
    return lambda: sockets
