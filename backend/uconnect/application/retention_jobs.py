"""Does the jobs of retention: each a slice that is bounded, and that leaves the rest for its next turn."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from uconnect.application.ports import Store
from uconnect.application.service import ask
from uconnect.domain.context import UseCase
from uconnect.domain.jobs import FindSilentOf
from uconnect.domain.usecases import retention

A = TypeVar("A")
Step = Callable[[UseCase[None]], None]  # does one transaction of the job


def find_silent(store: Store, step: Step) -> bool:
    """Look at a page of all threads. It is never done: it comes again.

    A page is read by a question, not in a step: nobody's write waits for a list.
    """
    found = ask(store, retention.look)
    if found is not None:
        _leave(step, found)
        step(partial(retention.go_on, position=found.position))
    return False


def find_silent_of(store: Store, step: Step, id: str, task: FindSilentOf) -> bool:
    """The same for a school that has closed; `id` is the job's. It is done once there is nothing left."""
    found = ask(store, partial(retention.look_at, task=task))
    if found is None:
        return False
    if found.left:
        _leave(step, found)
        step(partial(retention.go_on_at, id=id, task=task, position=found.position))
    return not found.left


def _leave(step: Step, found: retention.Silent) -> None:
    if found.due:
        step(partial(retention.leave, due=found.due))
