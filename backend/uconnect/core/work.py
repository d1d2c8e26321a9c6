"""Doing what transactions left to do: each todo in steps that may be repeated, struck off only when all are done."""

from collections.abc import Callable
from functools import partial

from uconnect.core.decide import todos
from uconnect.core.facts import Delivery, Plan
from uconnect.core.model import Erase, Todo
from uconnect.core.ports import Store

SWEPT = 200  # rows a step erases: short enough to let others write in between

Deliver = Callable[[tuple[Delivery, ...]], None]


def run_due(store: Store, deliver: Deliver) -> int:
    """Do what is due now and return how many todos were finished. Blocks; may be cut short and run again."""
    outcome = store.ask(todos.due)
    due = outcome.answer if isinstance(outcome, Plan) else ()
    for todo in due:
        _do(store, deliver, todo)
        store.run(partial(todos.finish, id=todo.id))
    return len(due)


def _do(store: Store, deliver: Deliver, todo: Todo) -> None:
    if isinstance(todo.task, Erase):
        while not store.sweep(todo.task.thread, SWEPT):
            pass
        return
    while True:
        outcome = store.run(partial(todos.return_one, worker=todo.task.worker))
        if not isinstance(outcome, Plan) or not outcome.answer:
            return
        deliver(outcome.deliveries)
