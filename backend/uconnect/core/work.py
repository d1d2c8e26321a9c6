"""Doing what transactions left to do: each todo in steps that may be repeated, struck off only when all are done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from uconnect.core.decide import closing, todos
from uconnect.core.facts import Deliver, Plan, UseCase
from uconnect.core.keys import PartyKey, ThreadKey
from uconnect.core.model import Job, Todo
from uconnect.core.ports import Identity, Mail, Store
from uconnect.core.refusals import Refusal
from uconnect.core.tasks import Assign, Close, Erase, Leave, Left, Return, Shut, Task, Welcome, Write
from uconnect.core.views import operator

A = TypeVar("A")
SWEPT = 200  # rows a step erases: short enough to let others write in between


def carry_out(store: Store, use_case: UseCase[A], deliver: Deliver) -> Plan[A] | Refusal:
    """Run a use case, and what must be decided after it; the last answers. For homes that may block.

    `deliver` gets the deliveries of every plan but the last, each before the next is decided. The caller delivers the
    last plan's after its answer.
    """
    outcome = store.run(use_case)
    while isinstance(outcome, Plan) and outcome.then is not None:
        deliver(outcome.deliveries)
        outcome = store.run(outcome.then)
    return outcome


@dataclass(frozen=True, slots=True)
class Outside:
    """What todos reach beyond the store. `failed` hears of a job that is to be tried again, `set_aside` the kind of one
    that is tried no more."""

    deliver: Deliver
    mail: Mail
    identity: Identity
    failed: Callable[[Exception], None]
    set_aside: Callable[[str], None] = lambda _: None


def run_due(store: Store, outside: Outside, lease: int = todos.LEASE) -> int:
    """Do what is due now and return how many jobs were finished. Blocks; may be cut short and run again.

    Each job is claimed for `lease` ms before it is done, so any number of runners may run at once.
    """
    return sum(_finished(store, outside, job, lease) for job in _asked(store, todos.due) or ())


def _finished(store: Store, outside: Outside, job: Job, lease: int) -> bool:
    """Do one job, unless another runner has it; True if it is done. One that cannot be done keeps no other waiting."""
    if not isinstance(job, Todo) or todos.is_poison(job):
        if _changed(store, partial(todos.set_aside, job=job)):
            outside.set_aside(operator.kind_of(job))
        return False
    if not _changed(store, partial(todos.claim, job=job, lease=lease)):
        return False
    try:
        _do(store, outside, job.task)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        outside.failed(error)
        if _changed(store, partial(todos.put_off, id=job.id)):
            outside.set_aside(operator.kind_of(job))
        return False
    store.run(partial(todos.finish, id=job.id))
    return True


def _changed(store: Store, use_case: UseCase[bool]) -> bool:
    outcome = store.run(use_case)
    return isinstance(outcome, Plan) and outcome.answer


def _do(store: Store, outside: Outside, task: Task) -> None:
    step = partial(_step, store, outside)
    match task:
        case Erase(thread):
            _sweep(store, ThreadKey(thread))
        case Return(worker):
            while step(partial(todos.return_one, worker=worker)):
                pass
        case Assign(thread):
            step(partial(todos.assign, thread=thread))
        case Leave(thread):
            step(partial(closing.depart, thread=thread))
        case Left(thread):
            step(partial(todos.settle_left, thread=thread))
        case Shut(school):
            place = step(partial(closing.shut_one, school=school))
            while place is not None:
                place = step(partial(closing.shut_one, school=school, before=place))
        case Close(party):
            _close(store, outside, party)
        case Write(worker):
            invited = _asked(store, partial(todos.invitation_letter, worker=worker))
            if invited is not None:
                outside.mail.invite_worker(invited)
                step(partial(todos.letter_written, email=invited.email))
        case Welcome(email):
            outside.mail.invite_school(email)


def _close(store: Store, outside: Outside, party: str) -> None:
    _step(store, outside, partial(closing.settle, school=party))
    if _asked(store, partial(closing.goes_on, party=party)):
        return
    while _step(store, outside, partial(closing.part_one, party=party)):
        pass
    login = _asked(store, partial(closing.login_of, party=party))
    if login is not None:
        outside.identity.forget(login.issuer, login.subject)
    store.run(partial(closing.strike, party=party))
    _sweep(store, PartyKey(party))


def _sweep(store: Store, what: ThreadKey | PartyKey) -> None:
    while not store.sweep(what, SWEPT):
        pass


def _step(store: Store, outside: Outside, use_case: UseCase[A]) -> A | None:
    """One transaction, and what it has for others; its answer."""
    outcome = carry_out(store, use_case, outside.deliver)
    if isinstance(outcome, Refusal):
        return None
    outside.deliver(outcome.deliveries)
    return outcome.answer


def _asked(store: Store, use_case: UseCase[A]) -> A | None:
    outcome = store.ask(use_case)
    return outcome.answer if isinstance(outcome, Plan) else None
