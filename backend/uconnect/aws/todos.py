"""The function that does what transactions left to do: nudged by the call that left it, and each minute."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from uconnect.aws import surroundings
from uconnect.core.decide import accounts
from uconnect.core.refusals import Refusal
from uconnect.core.work import Outside, run_due

ENOUGH = 30_000  # ms that must be left to begin another round; what is left then, the next minute does

log = logging.getLogger("uconnect")


def _failed(error: Exception) -> None:
    """Its kind alone: its words may hold an address."""
    log.error("a todo could not be done, and is tried again: %s", type(error).__name__)


STORE = surroundings.store()
OUTSIDE = Outside(surroundings.gateway().deliver, surroundings.post(), surroundings.pool(), _failed)


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> str:
    """Do what is due. The operator, and nobody else, may ask for more: `{"invite_school": "an e-mail address"}`."""
    said = _invite(event["invite_school"]) if "invite_school" in event else ""
    while context.get_remaining_time_in_millis() > ENOUGH and run_due(STORE, OUTSIDE):
        pass
    return said


def _invite(email: str) -> str:
    """Lets an address become a school, and writes to it; why not, if it may not."""
    outcome = STORE.run(partial(accounts.invite_school, email=email))
    return outcome.sentence if isinstance(outcome, Refusal) else f"{email} is invited."
