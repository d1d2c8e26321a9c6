"""The function that does what transactions left to do: nudged by the call that left it, and each minute."""

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from uconnect.aws import surroundings
from uconnect.aws.operator import Operator
from uconnect.core.work import Outside, run_due

ENOUGH = 30_000  # ms that must be left to begin another round; what is left then, the next minute does

log = logging.getLogger("uconnect")


def _failed(error: Exception) -> None:
    """Its kind alone: its words may hold an address."""
    log.error("a todo could not be done, and is tried again: %s", type(error).__name__)


def _set_aside(kind: str) -> None:
    log.error("a job is set aside, see `make list-jobs`: %s", kind)


STORE = surroundings.store()
OUTSIDE = Outside(surroundings.gateway().deliver, surroundings.post(), surroundings.pool(), _failed, _set_aside)
OPERATOR = Operator(STORE, OUTSIDE.deliver)


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """Do what is due; or what whoever runs uconnect asks (`operator.Operator.answer`), who waits for that alone."""
    if "operator" in event:
        return OPERATOR.answer(event["operator"])
    while context.get_remaining_time_in_millis() > ENOUGH and run_due(STORE, OUTSIDE):
        pass
    return None
