"""Keeps the traces that have ended until they are sent. They are few, and whoever records one waits for nothing.

The SDK of OpenTelemetry is imported for the first of them alone. Its own processor of batches waits half a minute for a
receiver that hangs when it is told to stop.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

from uconnect.application.tracing import Span

MOST = 1_000  # traces that wait; the oldest is dropped for one more
EVERY = 30.0  # seconds between two passes
STOP = 0.5  # seconds that a stop waits for the last pass
QUIET = 600.0  # seconds between two lines of the log
EXPORTER = "uconnect.entrypoints.server.trace_export"
NEEDED = "opentelemetry.exporter.otlp.proto.http"
Send = Callable[[Sequence["Ended"]], bool]
Ended = tuple[float, Sequence[Span]]  # when a trace ended (Unix seconds), and its spans
log = logging.getLogger("uconnect")


def can_send() -> bool:
    """Whether what sends traces is installed."""
    try:
        return find_spec(NEEDED) is not None
    except ModuleNotFoundError:
        return False


class TraceSender:
    """Sends by a thread of its own, which no stop waits for longer than a moment. `send` says whether it was done."""

    def __init__(self, send: Send, every: float = EVERY) -> None:
        self._send = send
        self._every = every
        self._waiting: deque[Ended] = deque(maxlen=MOST)  # may be used by several threads
        self._stopped = threading.Event()
        self._logged = -QUIET
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)

    def keep(self, spans: Sequence[Span]) -> None:
        """Take a trace."""
        self._waiting.append((time.time(), spans))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send what is left, if that is quick."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(STOP)

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self._pass()
        self._pass()

    def _pass(self) -> None:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not taken:
            return
        try:
            sent, why = self._send(taken), "the receiver did not take them"
        except Exception as error:  # noqa: BLE001 - traces are not needed to serve anyone
            sent, why = False, type(error).__name__
        now = time.monotonic()
        if not sent and now - self._logged >= QUIET:
            self._logged = now
            log.warning("traces could not be sent, and are dropped: %s", why)


def exporter(endpoint: str, routes: frozenset[str]) -> Send:
    """What sends to an endpoint. It takes a tenth of a second to import, and is not imported without TRACES."""
    send: Send = import_module(EXPORTER).Exporter(endpoint, routes).send
    return send
