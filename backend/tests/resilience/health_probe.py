"""What a monitor and an operator see of a server that is ill: its health, and what it has printed."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

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
    late = time.monotonic() + SEEN
    while (found := health(server)).status != status or not set(reasons) <= set(found.reasons):
        assert time.monotonic() < late, f"health says {found}"
        time.sleep(0.1)
    return found


def printed(server: Server, begin: str) -> None:
    """Wait for a line that begins so; each illness must be seen within a minute."""
    late = time.monotonic() + SEEN
    while not any(line.startswith(begin) for line in server.complaints()):
        assert time.monotonic() < late, server.complaints()
        time.sleep(0.1)
