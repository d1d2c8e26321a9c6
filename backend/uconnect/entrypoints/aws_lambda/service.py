"""Runs use cases on the store for handlers. A store that cannot write now gives a refusal, never an exception."""

import logging
from typing import TypeVar

from uconnect.application.ports import Store, Unavailable
from uconnect.domain.context import Deliver, Plan, UseCase
from uconnect.domain.errors import Refusal, RefusalCode

A = TypeVar("A")
log = logging.getLogger("uconnect")


def run(store: Store, use_case: UseCase[A], deliver: Deliver) -> tuple[Plan[A] | Refusal, tuple[int, ...]]:
    """What a use case that may write comes to, with what must be decided after it; and when its jobs become due.

    `deliver` gets the deliveries of every plan but the last, which the caller delivers after its answer.
    """
    dues: tuple[int, ...] = ()
    try:
        outcome = store.run(use_case)
        while isinstance(outcome, Plan) and outcome.then is not None:
            dues += outcome.dues
            deliver(outcome.deliveries)
            outcome = store.run(outcome.then)
    except Unavailable as error:
        return _busy(error), dues
    return outcome, dues + (outcome.dues if isinstance(outcome, Plan) else ())


def ask(store: Store, use_case: UseCase[A]) -> Plan[A] | Refusal:
    """What a use case that only reads comes to."""
    try:
        return store.ask(use_case)
    except Unavailable as error:
        return _busy(error)


def _busy(error: Exception) -> Refusal:
    log.error("the store could not be reached: %s", type(error.__cause__ or error).__name__)
    return RefusalCode.BUSY.refusal
