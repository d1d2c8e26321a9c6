"""How a decision talks to a store: it asks for keys in a few rounds and ends in a plan or a refusal.

A use case is a generator: each `yield` names what it must know next and gets the facts so far; its return value is the
outcome. It is pure: the same answers give the same outcome, so a store may run it again when a guard failed.
"""

import base64
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Key, Listing
from uconnect.domain.models import AnyRecord, Job, OpenThreadCount

R = TypeVar("R")
B = TypeVar("B")
Wanted = tuple[Key[AnyRecord] | Key[OpenThreadCount] | Listing[AnyRecord], ...]


class Facts(Protocol):
    """What has been loaded so far. To ask for what was not is a bug, and raises KeyError."""

    def one(self, key: Key[R]) -> R | None: ...

    def all(self, listing: Listing[R]) -> tuple[R, ...]: ...


JOBS_WITHIN = 5_000  # ms after a transaction in which a job that it left becomes due


@dataclass(frozen=True, slots=True)
class Context:
    """When a decision is made, ms since 1970, and the ids it may give: both from ports, so worlds can be replayed.

    `jobs_within` is how many ms a job may have to wait. Tests that need a job at once set it to 0.
    """

    now: int
    new_id: Callable[[], str]
    jobs_within: int = JOBS_WITHIN

    def soon(self) -> int:
        """The random moment at which a job becomes due.

        A job that ran at once would run beside the next act of the party that left it, and its length would tell that
        party what the job found (leak 30).
        """
        return self.now + random_below(self.jobs_within, self.new_id())


def random_below(limit: int, random_id: str) -> int:
    """A number from 0 to `limit` - 1, drawn from an id of a Moment. 0 if there is no other."""
    return int.from_bytes(base64.urlsafe_b64decode(random_id + "==")) % max(limit, 1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A frame for every socket of a party. Without a frame it is a look-up only, so that no path is shorter."""

    to: str
    frame: Struct | None


Deliver = Callable[[tuple[Delivery, ...]], None]

A_co = TypeVar("A_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Plan(Generic[A_co]):
    """What is answered and what must become true at once.

    The store commits only if every record that is written, and every key in `guards`, is still as it was loaded; a
    record that was written and never loaded must not exist yet. Deliveries follow the commit, in order. `then` is what
    must be decided after that, in a transaction of its own, and answers in this plan's place; whoever runs it delivers
    this plan's deliveries first.
    """

    answer: A_co
    puts: tuple[AnyRecord, ...] = ()
    deletes: tuple[Key[AnyRecord], ...] = ()
    guards: tuple[Key[AnyRecord], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    then: "UseCase[A_co] | None" = None

    def answering(self, answer: "B") -> "Plan[B]":
        """The same, with another answer. Not where `then` answers: it would be lost."""
        assert self.then is None
        return Plan(answer, self.puts, self.deletes, self.guards, self.deliveries)

    @property
    def writes(self) -> bool:
        return bool(self.puts or self.deletes)

    @property
    def dues(self) -> tuple[int, ...]:
        """When the todos that it writes become due."""
        return tuple(record.due for record in self.puts if isinstance(record, Job))


A = TypeVar("A")
Decision = Generator[Wanted, Facts, Plan[A] | Refusal]
UseCase = Callable[[Context], Decision[A]]


def drive(decision: Decision[A], facts: Facts, load: Callable[[Wanted], None]) -> Plan[A] | Refusal:
    """Run a decision to its end, calling `load` for each round of what it wants."""
    try:
        wanted = next(decision)
        while True:
            load(wanted)
            wanted = decision.send(facts)
    except StopIteration as end:
        outcome: Plan[A] | Refusal = end.value
        return outcome
