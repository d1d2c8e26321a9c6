"""What a monitor and an operator see of a server that is ill: its health, and what it has printed."""

import json
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.support.polling import poll
from tests.support.server_process import Server

SEEN = 60.0  # seconds within which every illness must be seen (promise 22)
QUICK = """
from uconnect.entrypoints.server import health, supervisor
health.FRESH, health.EVERY = 0.2, 0.5
supervisor.PAUSE, supervisor.STEADY = 0.2, 1.0
"""


@dataclass(frozen=True)
class Health:
    status: int
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def reasons(self) -> list[str]:
        return list(self.report.get("reasons", []))


def health(server: Server) -> Health:
    try:
        with urlopen(f"{server.url}/api/health") as answer:
            return Health(answer.status, json.loads(answer.read()))
    except HTTPError as refused:
        return Health(refused.code, json.loads(refused.read()))


def until(server: Server, status: int, *reasons: str) -> Health:
    """What health says once it says so; each illness must be seen within a minute."""

    def says_so(found: Health) -> bool:
        return found.status == status and set(reasons) <= set(found.reasons)

    return poll(partial(health, server), says_so, what=f"health says {status} {reasons}", timeout=SEEN, pause=0.1)


def printed(server: Server, begin: str) -> None:
    """Wait for a line that begins so; each illness must be seen within a minute."""

    def says_so(lines: list[str]) -> bool:
        return any(line.startswith(begin) for line in lines)

    poll(server.complaints, says_so, what=f"it prints {begin!r}", timeout=SEEN)
