"""The store on AWS. The write itself compares what a use case loaded and guards, so it holds in every process.

A plan is one transaction, or one conditional write if it is one item; a `separable` one is a write for each record. A
condition says "still as loaded" or "not there yet", and never a rule. Each commit writes a new random stamp, so that a
record which was deleted and made again is not taken for the old one.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from uconnect.adapters.dynamodb import counting, counts, items, queries, thread_lists, uncounted
from uconnect.adapters.dynamodb.counts import Counts
from uconnect.adapters.dynamodb.items import Item, ItemKey, Row
from uconnect.adapters.dynamodb.moved_jobs import move_jobs
from uconnect.adapters.dynamodb.queries import ThreadLists
from uconnect.adapters.dynamodb.table import PATIENT_TRIES, TRIES, Contended, Table
from uconnect.application.audit import Act, following
from uconnect.application.ports import Unavailable
from uconnect.domain import models, records
from uconnect.domain.context import AuditedAct, Context, Plan, UseCase, Wanted, decide
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import (
    ActsOf,
    AssignmentKey,
    InboxCountsKey,
    Key,
    Listing,
    OpenThreadCountKey,
    PartyKey,
    SentCountKey,
    SentMessageKey,
    ThreadKey,
    ThreadReferenceKey,
    WorkersWaitingKey,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

A = TypeVar("A")
T = TypeVar("T")
ACTS = 100  # of the audit log, read at once
Rows = frozenset[Row]
Stamps = dict[Key[Any], str | None]  # None if there was no record
Derived = tuple[Rows, Counts]  # of a thread: its rows, and what it adds to the counts
Operation = dict[str, Any]  # as TransactWriteItems spells it: {"Put": {...}}


class ActContended(Contended):
    """A plan with acts was disturbed: maybe by an act of someone else, as all acts share the audit log."""


class Attempt:
    """What one attempt has loaded, and each record's stamp: None if there was no record. Of threads that an earlier
    release wrote, the keys are in `uncounted`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.records = context.records
        self.stamps: Stamps = {}
        self.uncounted: set[Key[Any]] = set()

    def note(self, key: Key[Any], item: Item | None) -> None:
        """Keep what was found under a key."""
        self.records[key] = items.found(type(key), item)
        self.stamps[key] = _stamp(item)
        self.uncounted.discard(key)
        if item is not None and isinstance(key, ThreadKey) and "c" not in item:
            self.uncounted.add(key)


class DynamoStore:
    """Implements `application.ports.AuditedStore`. It keeps nothing between calls: any number of processes may run one.

    An attempt that another one disturbed is repeated, `tries` times in all; one with acts PATIENT_TRIES, so that of
    eight acts at once none is given up. When an answer is lost, the SDK asks again. If that answer is lost too,
    Unavailable is raised although the write may be kept: a repeated command finds it.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        new_context: Callable[[], Context],
        sleep: Callable[[float], None] = time.sleep,
        tries: int = TRIES,
    ) -> None:
        self._table = Table(client, table, sleep)
        self._new_context = new_context
        self._tries = tries
        self._all_counted = False

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._again(lambda: self._run(use_case))

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        """A transaction for each: one of DynamoDB holds a hundred items at most, and a plan has some ten."""
        return [self.run(it) for it in use_cases]

    def acts(self) -> Iterator[Act]:
        return self._acts(ACTS)

    def _acts(self, most: int, *, latest_first: bool = False) -> Iterator[Act]:
        found = self._table.query(items.AUDIT_LOG, "SK", *items.NUMBERS, most, latest_first=latest_first)
        return map(items.act_in, found)

    def _of_acts(self, acts: Sequence[AuditedAct]) -> Iterator[Operation]:
        """Lines of the audit log, and those of the views of the schools.

        Of two acts at once one finds its number taken, and is decided again: so each follows the one before.
        """
        last, places = next(self._acts(1, latest_first=True), None), Counter[str]()
        for done in acts:
            number = last.number + 1 if last else 1
            last = following(last, number, self._now() // 1000, done)
            lines = [items.audited_act(last)]
            if done.school:
                places[done.school] += 1
                lines.append(items.school_act(done.school, self._last_place(done.school) + places[done.school], last))
            yield from ({"Put": self._put(it) | {"ConditionExpression": "attribute_not_exists(PK)"}} for it in lines)

    def _last_place(self, school: str) -> int:
        return next((it.number for it in self._list(ActsOf(school, None, 1))), 0)

    def _run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        plan, seen = self._decide(use_case)
        if isinstance(plan, Plan):
            self._commit(plan, seen)
            if plan.recheck is not None and self._is_changed(plan.shared, seen):
                return self.run(plan.recheck)
        return plan

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        plan, _ = self._again(lambda: self._decide(use_case))
        assert isinstance(plan, Refusal) or not plan.writes
        return plan

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        return self._again(lambda: self._purge(what, most))

    def move_jobs(self) -> bool:
        """Put some of the jobs that an earlier release left where jobs lie now; False if there was none. To be called
        again and again for as long as functions of that release may run."""
        return move_jobs(self._table)

    def forget_expired(self, now: int) -> None:
        """The table's own time to live does this, some days late."""

    def count_threads(self, may_go_on: Callable[[], bool]) -> None:
        """Count the threads that an earlier release has written; a part of them, if it may not go on."""
        if self._lists() is uncounted:
            counting.count_all(self._table, lambda id: self.run(partial(_as_it_is, id=id)), self._now(), may_go_on)

    def _now(self) -> int:
        return self._new_context().now

    def _again(self, attempt: Callable[[], T]) -> T:
        count = 0
        while True:
            try:
                return attempt()
            except Contended as error:
                count += 1
                if count >= (PATIENT_TRIES if isinstance(error, ActContended) else self._tries):
                    raise Unavailable from error
                self._table.pause(count)

    def _decide(self, use_case: UseCase[A]) -> tuple[Plan[A] | Refusal, Attempt]:
        """The outcome of a use case, and what it loaded.

        Rounds are loaded at different moments, so a use case may see half of another's change. A refusal or an error
        counts only if all that was loaded was true at one moment.
        """
        seen = Attempt(self._new_context())
        seen.context.fetch = partial(self._load, seen)
        try:
            outcome = decide(use_case, seen.context)
        except (Contended, Unavailable):
            raise
        except Exception:
            self._compare(seen, seen.stamps)
            raise
        if isinstance(outcome, Refusal):
            self._compare(seen, seen.stamps)
        return outcome, seen

    def _compare(self, seen: Attempt, keys: Collection[Key[Any]]) -> None:
        """Raise Contended if any of these records is no longer as it was loaded."""
        if self._is_changed(keys, seen):
            raise Contended

    def _is_changed(self, keys: Collection[Key[Any]], seen: Attempt) -> bool:
        now = self._table.get(map(items.item_key, keys))
        return any(_stamp(now.get(items.item_key(key))) != seen.stamps[key] for key in keys)

    def _load(self, seen: Attempt, context: Context, wanted: Wanted) -> None:
        """Load records before counts and look-ups: these must not be older than the records that guard them (see
        `usecases.messages.send`)."""
        kept: list[Key[Any]] = [
            each for each in wanted if isinstance(each, Key) and not isinstance(each, records.LOOKED_UP)
        ]
        found = self._table.get(map(items.item_key, kept))
        for key in kept:
            seen.note(key, found.get(items.item_key(key)))
        if seen.uncounted and self._all_counted:
            # After a rollback an earlier release has written again.
            self._all_counted = False
            self._table.commit([{"Delete": self._at(items.ALL_COUNTED)}])
        for each in wanted:
            match each:
                case Listing():
                    context.listings[each] = self._list(each)
                case OpenThreadCountKey():
                    context.records[each] = self._lists().count_open(self._table, each)
                case InboxCountsKey():
                    context.records[each] = self._lists().inbox_counts(self._table, each)
                case WorkersWaitingKey():
                    context.records[each] = self._lists().workers_waiting(self._table, each)
                case SentCountKey():
                    context.records[each] = queries.count_sent(self._table, each)
                case SentMessageKey():
                    context.records[each] = queries.find_sent(self._table, each)

    def _list(self, listing: Listing[Any]) -> tuple[Any, ...]:
        return queries.list_records(self._table, self._lists, listing)

    def _lists(self) -> ThreadLists:
        """How threads are listed and counted: by rows and counts that each of them has, once all have them."""
        self._all_counted = self._all_counted or items.ALL_COUNTED in self._table.get([items.ALL_COUNTED])
        return thread_lists if self._all_counted else uncounted

    def _commit(self, plan: Plan[Any], seen: Attempt) -> None:
        written = {records.key_of(record) for record in plan.puts} | set(plan.deletes)
        guards = [key for key in dict.fromkeys(plan.guards) if key not in written]
        assert seen.stamps.keys() >= set(guards)
        if not plan.writes:
            self._compare(seen, guards)
            return
        checks = [{"ConditionCheck": self._at(items.item_key(key)) | _as_loaded(key, seen)} for key in guards]
        acts = self._of_acts(plan.acts) if plan.acts else ()
        operations = [*self._writes(plan, seen), *acts, *checks]
        if plan.separable:
            assert len(operations) == len(plan.puts)
            for each in operations:
                self._table.commit([each])
        else:
            try:
                self._table.commit(operations)
            except Contended as error:
                if plan.acts:
                    raise ActContended from error
                raise

    def _writes(self, plan: Plan[Any], seen: Attempt) -> Iterator[Operation]:
        stamp = secrets.token_urlsafe(9)
        counted: list[tuple[Counts, Counts]] = []
        for record in plan.puts:
            key = records.key_of(record)
            (had, before), (has, after) = self._had(key, seen), _derived(record)
            yield {"Put": self._put(items.item(record, stamp)) | _as_loaded(key, seen)}
            yield from self._rows(had, has)
            counted.append((before, after))
        for key in plan.deletes:
            had, before = self._had(key, seen)
            held = _as_loaded(key, seen) if key in seen.stamps else {}
            yield {"Delete": self._at(items.item_key(key)) | held}
            yield from self._rows(had, frozenset())
            counted.append((before, {}))
        yield from (self._add(*it) for it in counts.changes(counted).items())

    def _had(self, key: Key[Any], seen: Attempt) -> Derived:
        """The rows of a record as it was loaded, and what it has added to the counts."""
        record: Any = seen.records.get(key)
        if key not in seen.uncounted:
            return _derived(record)
        # An earlier release has written this thread last. If this release had counted it before, its row says so. All
        # rows are written again, whatever they say.
        place = items.turn_key(record)
        turn = self._table.get([place]).get(place)
        rows = items.earlier_rows(record) | (items.rows_of_turn(record, turn) if turn else frozenset())
        return frozenset(Row(it.item_key) for it in rows), counts.counts_of_turn(turn) if turn else {}

    def _rows(self, had: Rows, has: Rows) -> Iterator[Operation]:
        """The changes of rows. They need no condition: the same transaction compares the record they follow from."""
        kept = {row.item_key for row in has}
        gone = {row.item_key for row in had} - kept
        yield from ({"Delete": self._at(it)} for it in gone)
        yield from ({"Put": self._put(row.item)} for row in has - had)

    def _add(self, place: ItemKey, numbers: Counter[str]) -> Operation:
        """Add to kept numbers. It needs no condition either."""
        names = {f"#{n}": name for n, name in enumerate(numbers)}
        values = {f":{n}": {"N": str(it)} for n, it in enumerate(numbers.values())}
        added = ", ".join(f"#{n} :{n}" for n in range(len(numbers)))
        expression = {"UpdateExpression": f"ADD {added}", "ExpressionAttributeNames": names}
        return {"Update": self._at(place) | expression | {"ExpressionAttributeValues": values}}

    def _put(self, item: Item) -> Operation:
        return {"TableName": self._table.name, "Item": item}

    def _at(self, item_key: ItemKey) -> Operation:
        return {"TableName": self._table.name, "Key": item_key.item}

    def _purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        """A worker's reference to a thread is found through its assignment, so it is erased first: if this is cut
        short, both can be found again."""
        found = self._table.query(items.item_key(what).pk, "SK", items.CHILD, items.CHILDREN_END, most)
        children = list(islice(found, most))
        if isinstance(what, ThreadKey):
            assignments = [items.record(AssignmentKey, it) for it in children if items.is_of(AssignmentKey, it)]
            self._table.erase([items.item_key(ThreadReferenceKey(it.worker, it.id)) for it in assignments])
        is_last = len(children) < most
        # equal work: leak 30. Erases as many items whether or not a worker had the thread at any time.
        always = counts.places_of_unhandled(what.id) if is_last and isinstance(what, ThreadKey) else ()
        self._table.erase([*dict.fromkeys((*map(items.item_key_of, children), *always))])
        if not is_last:
            return False
        if isinstance(what, PartyKey):
            counts.forget_zeros(self._table, what.id)
        return True


def _as_it_is(context: Context, id: str) -> Plan[None]:
    """Write a thread as it is: its rows and counts follow."""
    head = context.get(ThreadKey(id))
    return Plan(None, puts=(head,) if head else ())


def _derived(record: models.Record | None) -> Derived:
    return items.rows(record), counts.counts(record) if isinstance(record, models.Thread) else {}


def _stamp(item: Item | None) -> str | None:
    return item["v"]["S"] if item else None


def _as_loaded(key: Key[Any], seen: Attempt) -> Operation:
    """The condition that a record is still as it was loaded. What was never loaded must not be there."""
    stamp = seen.stamps.get(key)
    if stamp is None:
        return {"ConditionExpression": "attribute_not_exists(PK)"}
    return {"ConditionExpression": "v = :v", "ExpressionAttributeValues": {":v": {"S": stamp}}}
