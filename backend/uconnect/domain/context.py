"""Defines what a use case gets (a context that loads records) and returns (a plan of what to write and deliver).

A use case is a function of a `Context`. It is pure: the same time, ids and records give the same outcome, so a store
may run it again when a guard failed. A refusal is raised inside (`Refused`) and becomes a value in `decide`, once.
"""

import base64
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, cast

from msgspec import Struct, field

from uconnect.domain.errors import Refusal, Refused
from uconnect.domain.keys import Key, Listing
from uconnect.domain.models import InboxCounts, Job, OpenThreadCount, Record, SentCount, WorkersWaiting

R = TypeVar("R")
B = TypeVar("B")
CountKey = Key[OpenThreadCount] | Key[InboxCounts] | Key[WorkersWaiting] | Key[SentCount]
Wanted = tuple[Key[Record] | CountKey | Listing[Record], ...]
Fetch = Callable[["Context", Wanted], None]

JOBS_WITHIN = 5_000  # ms after a transaction in which a job that it left becomes due


def _no_store(_: "Context", wanted: Wanted) -> None:
    raise LookupError(f"no store to load {wanted} from")


class Context(Struct, eq=False):
    """One attempt at one use case: the time in ms since 1970, new ids, and the records loaded so far.

    Time and ids come from ports, so that a test can replay a world. `jobs_within` is how many ms a job may have to
    wait; tests that need a job at once set it to 0. A store sets `fetch`, which puts what is asked for into the
    `records` and `listings` of the context that it is given.
    """

    now: int
    new_id: Callable[[], str]
    jobs_within: int = JOBS_WITHIN
    fetch: Fetch = _no_store
    records: dict[Key[Any], Any] = field(default_factory=dict)
    listings: dict[Listing[Any], tuple[Any, ...]] = field(default_factory=dict)

    def load(self, *wanted: Key[Any] | Listing[Any]) -> None:
        """Load in one round what is not loaded yet."""
        records, listings = self.records, self.listings
        missing = []
        for each in wanted:
            if each not in records and each not in listings:
                missing.append(each)  # noqa: PERF401 - a comprehension is one more call, at each send
        if missing:
            self.fetch(self, tuple(missing))

    def get(self, key: Key[R]) -> R | None:
        """The record under a key, None if there is none. One round, if it is not loaded yet."""
        if key not in self.records:
            self.fetch(self, cast(Wanted, (key,)))
        found: R | None = self.records[key]
        return found

    def list(self, listing: Listing[R]) -> tuple[R, ...]:
        """The records of a listing, in its order. One round, if it is not loaded yet."""
        if listing not in self.listings:
            self.fetch(self, (cast("Listing[Any]", listing),))
        return cast("tuple[R, ...]", self.listings[listing])

    def soon(self) -> int:
        """The random time at which a job becomes due: never at once, where jobs wait at all.

        A job that ran at once would run beside the next act of the party that left it, and its length would tell that
        party what the job found (leak 30).
        """
        return self.now + min(1, self.jobs_within) + random_below(self.jobs_within, self.new_id())


def random_below(limit: int, random_id: str) -> int:
    """A number from 0 to `limit` - 1, drawn from an id of a Context. 0 if there is no other."""
    return int.from_bytes(base64.urlsafe_b64decode(random_id + "==")) % max(limit, 1)


class DueJob(NamedTuple):
    """What is handed over of a job: its id, and when it becomes due (ms since 1970). The rest stays in the store."""

    id: str
    due: int


class AuditedAct(Struct, frozen=True):
    """An act for the audit log: what was done, and the random id of whom it concerns, empty if nobody.

    `by` is the school that did it, empty for an operator. `school` is the school that sees it in its own view, empty if
    none does.
    """

    what: str
    whom: str = ""
    by: str = ""
    school: str = ""


class Delivery(Struct, frozen=True):
    """A frame for every socket of a party. Without a frame it only looks the party up, so that no path is shorter."""

    to: str
    frame: Struct | None


Deliver = Callable[[tuple[Delivery, ...]], None]

A_co = TypeVar("A_co", covariant=True)


class Plan(Struct, Generic[A_co], frozen=True):
    """What is answered and what must become true at once.

    The store commits only if every record that is written, and every key in `guards`, is still as it was loaded; a
    record that was written and never loaded must not exist yet. Deliveries follow the commit, in order. `then` is what
    must be decided after that, in a transaction of its own, and answers in this plan's place; whoever runs it delivers
    this plan's deliveries first.

    `shared` are records that many plans depend on at once, such as the school that a hundred people raise to. As guards
    they would make these plans fail each other in a store that decides side by side. Such a store compares them right
    after the commit, and if one has changed, the plan of `recheck` takes this one's place; it sees what was committed.

    `acts` become lines of the audit log in the same transaction.

    The puts of a plan that is `separable` may become true one after the other, in their order, and a fault may leave
    out the last ones: a store that is paid by the write asks twice as much for all at once.
    """

    answer: A_co
    puts: tuple[Record, ...] = ()
    deletes: tuple[Key[Record], ...] = ()
    guards: tuple[Key[Record], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    then: "UseCase[A_co] | None" = None
    shared: tuple[Key[Record], ...] = ()
    recheck: "UseCase[Any] | None" = None
    acts: tuple[AuditedAct, ...] = ()
    separable: bool = False

    def answering(self, answer: "B") -> "Plan[B]":
        """The same plan with another answer. Not where `then` answers: the answer would be lost."""
        assert self.then is None
        recheck = self.recheck and _answering(self.recheck, answer)
        return Plan(
            answer,
            self.puts,
            self.deletes,
            self.guards,
            self.deliveries,
            None,
            self.shared,
            recheck,
            self.acts,
            self.separable,
        )

    @property
    def writes(self) -> bool:
        return bool(self.puts or self.deletes or self.acts)

    @property
    def jobs(self) -> tuple[DueJob, ...]:
        """The jobs that it writes."""
        return tuple(DueJob(record.id, record.due) for record in self.puts if isinstance(record, Job))


A = TypeVar("A")
UseCase = Callable[[Context], Plan[A]]


def _answering(use_case: UseCase[Any], answer: Any) -> UseCase[Any]:
    return lambda context: use_case(context).answering(answer)


def decide(use_case: UseCase[A], context: Context) -> Plan[A] | Refusal:
    """Run a use case. The one place where a raised refusal becomes a value."""
    try:
        return use_case(context)
    except Refused as refused:
        return refused.refusal
