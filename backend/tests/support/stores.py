"""The three stores, each with a world around it: a clock the test turns, ids, and parties to act."""

import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from tests.support.polling import poll
from uconnect.application.ports import Store, Unavailable
from uconnect.domain.context import Context, Plan, UseCase, Wanted
from uconnect.domain.errors import Refusal
from uconnect.domain.jobs import FindSilentOf
from uconnect.domain.keys import DueJobs, Key, Listing
from uconnect.domain.models import Job, Record
from uconnect.domain.records import key_of
from uconnect.domain.usecases import job_steps

A = TypeVar("A")
R = TypeVar("R")


def fresh() -> str:
    return secrets.token_urlsafe(16)


@dataclass
class Time:
    """The stores' clock. It stands still until the test, or `step`, moves it."""

    now: int = 1_800_000_000_000
    step: int = 0  # ms it moves by each time it is asked
    jobs_within: int = 0  # ms; 0: a job may run as soon as it is left
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_context(self) -> Context:
        with self._lock:
            self.now += self.step
            return Context(self.now, fresh, self.jobs_within)


@dataclass(frozen=True)
class Home:
    """A store under test. A `serial` one decides inside its only writer, so nothing can come between."""

    store: Store
    time: Time
    serial: bool = False

    def keep(self, *records: Record) -> None:
        """Put records that are not there yet."""
        assert isinstance(self.store.run(keeping(*records)), Plan)

    def change(self, *records: Record) -> None:
        """Put records in the place of what is there."""
        assert isinstance(self.store.run(changing(*records)), Plan)

    def one(self, key: Key[R]) -> R | None:
        """The record under a key, as a question finds it."""
        return answer(self.store.ask(finding(key)))

    def all(self, listing: Listing[R]) -> tuple[R, ...]:
        return answer(self.store.ask(listing_(listing)))

    def jobs(self, most: int = 99) -> tuple[Job, ...]:
        """All jobs that can be read, the one that is due first at the start; those that are set aside at the end."""
        return tuple(it for it in self.all(DueJobs(job_steps.SET_ASIDE, most)) if isinstance(it, Job))

    def work_left(self) -> list[Job]:
        """The jobs that are done once: not the look at a closed school's threads, which comes again."""
        return [it for it in self.jobs() if not isinstance(it.task, FindSilentOf)]


def keeping(*records: Record) -> UseCase[None]:
    def use_case(context: Context) -> Plan[None]:
        return Plan(None, puts=records)

    return use_case


def changing(*records: Record) -> UseCase[None]:
    def use_case(context: Context) -> Plan[None]:
        context.load(*map(key_of, records))
        return Plan(None, puts=records)

    return use_case


def finding(key: Key[R]) -> UseCase[R | None]:
    def use_case(context: Context) -> Plan[R | None]:
        wanted: Any = key
        context.load(wanted)
        return Plan(context.get(key))

    return use_case


def listing_(listing: Listing[R]) -> UseCase[tuple[R, ...]]:
    def use_case(context: Context) -> Plan[tuple[R, ...]]:
        wanted: Any = listing
        context.load(wanted)
        return Plan(context.list(listing))

    return use_case


def answer(outcome: Plan[A] | Refusal) -> A:
    assert isinstance(outcome, Plan), outcome
    return outcome.answer


def refused(outcome: Plan[Any] | Refusal) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def insist(home: Home, use_case: UseCase[A]) -> Plan[A] | Refusal:
    """Run it as a client does: again, as long as the store is too busy."""
    outcome = list[Plan[A] | Refusal]()

    def run() -> bool:
        with suppress(Unavailable):
            outcome.append(home.store.run(use_case))
        return bool(outcome)

    poll(run, what="the store is not too busy", pause=0.001)
    return outcome[0]


def race(home: Home, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
    """Run all of them at once, a thread each, and return their outcomes in the order given."""
    return together([partial(insist, home, use_case) for use_case in use_cases])


def together(works: Sequence[Callable[[], R]]) -> list[R]:
    """The results of works that begin at the same moment in a thread each; raises what any of them raised."""
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = works[number]()
        except BaseException as error:  # noqa: BLE001 - it is raised below, in the test's own thread
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


class Interrupted(Generic[A]):
    """A use case that something else is done beside, once: after so many rounds of loading, or when it has decided.

    Over a serial store the other has to wait for it; over the others it is done before this one goes on.
    """

    def __init__(self, home: Home, use_case: UseCase[A], meanwhile: Callable[[], Any], rounds: int = 0) -> None:
        self._home = home
        self._use_case = use_case
        self._thread = threading.Thread(target=meanwhile)
        self._rounds = rounds
        self._begun = False
        self.decided = 0

    def __call__(self, context: Context) -> Plan[A]:
        rounds, fetch = 0, context.fetch

        def count_reads(context: Context, wanted: Wanted) -> None:
            nonlocal rounds
            fetch(context, wanted)
            rounds += 1
            if rounds == self._rounds:
                self._interrupt()

        context.fetch = count_reads
        try:
            return self._use_case(context)
        finally:
            self.decided += 1
            if not self._rounds:
                self._interrupt()

    def _interrupt(self) -> None:
        if not self._begun:
            self._begun = True
            self._thread.start()
            self._thread.join(0.05 if self._home.serial else None)

    def run(self) -> Plan[A] | Refusal:
        outcome = self._home.store.run(self)
        self._thread.join()
        return outcome
