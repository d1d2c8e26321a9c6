"""A store in memory, for tests. It is optimistic, as DynamoDB is, so a missing guard shows here first."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

from uconnect.application.ports import Unavailable
from uconnect.domain import records
from uconnect.domain.context import AuditedAct, Context, Plan, UseCase, Wanted, decide
from uconnect.domain.enums import State, ThreadSort
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import (
    MOST_WAITING,
    ActsOf,
    DueJobs,
    InboxCountsKey,
    Key,
    Listing,
    Mailbox,
    NewestRaisedOf,
    NumberedListing,
    OpenThreadCountKey,
    OpenThreadsOf,
    PartiesOf,
    PartyKey,
    SchoolsFound,
    SchoolsOf,
    SentCountKey,
    SentMessageKey,
    SnoozedOf,
    ThreadKey,
    ThreadsOf,
    WorkersWaitingKey,
)
from uconnect.domain.models import (
    InboxCounts,
    Job,
    OpenThreadCount,
    Record,
    School,
    SchoolAct,
    SentCount,
    StatusCount,
    StoredJob,
    Thread,
    ThreadReference,
    UnreadableJob,
    WorkersWaiting,
)
from uconnect.domain.rules import takes_threads
from uconnect.domain.school_search import search_texts
from uconnect.domain.thread_status import ORDERS, WAITING_FOR_WORKER, thread_status, turn_since

A = TypeVar("A")
Versions = dict[Key[Any], int]
TRIES = 1000  # more than any race of the tests needs: a plan that can never be kept is told from one that waits


class MemoryStore:
    """Implements `application.ports.Store`. Decisions of several threads interleave; only the commit holds the lock."""

    def __init__(self, new_context: Callable[[], Context]) -> None:
        self._new_context = new_context
        self._lock = threading.Lock()
        self._records: dict[Key[Any], Any] = {}
        self._kinds: dict[type, dict[Key[Any], Any]] = defaultdict(dict)  # the same, by the type of the record
        self._also: dict[Key[Any], Record] = {}  # by the keys that find a record by its columns
        self._versions: dict[Key[Any], int] = {}
        self.acts: list[tuple[int, AuditedAct]] = []  # with their times in ms

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._again(use_case, self._commit)

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        return [self.run(it) for it in use_cases]

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        plan = self._again(use_case, lambda *_: True)
        assert isinstance(plan, Refusal) or not plan.writes
        return plan

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        with self._lock:
            held = [key for key, record in self._records.items() if _is_child(key, record, what)]
            for key in held[:most]:
                self._put(key, None)
            return len(held) <= most

    def forget_expired(self, now: int) -> None:
        with self._lock:
            late = [key for key, it in self._records.items() if _expires(it) < now]
            for key in late:
                self._put(key, None)

    def _again(self, use_case: UseCase[A], commit: Callable[[Plan[A], Versions], bool]) -> Plan[A] | Refusal:
        """Decide again until nothing that was loaded has changed meanwhile.

        Rounds are loaded at different moments. A refusal or an error counts only if all that was loaded was true at
        one moment.
        """
        for _ in range(TRIES):
            context, versions = self._new_context(), Versions()
            context.fetch = partial(self._load, versions)
            try:
                outcome = decide(use_case, context)
            except Exception:
                if self._unchanged(versions):
                    raise
                continue
            if self._unchanged(versions) if isinstance(outcome, Refusal) else commit(outcome, versions):
                return outcome
        raise Unavailable

    def _unchanged(self, versions: Versions) -> bool:
        with self._lock:
            return all(self._versions.get(key, 0) == version for key, version in versions.items())

    def _load(self, versions: Versions, context: Context, wanted: Wanted) -> None:
        found, records, known = context.records, self._records, self._versions
        with self._lock:
            for each in wanted:
                if isinstance(each, Listing):
                    context.listings[each] = self._list(each)
                else:
                    record = records.get(each)
                    found[each] = self._find(each) if record is None else record
                    versions[each] = known.get(each, 0)

    def _find(self, key: Key[Any]) -> Any:
        if isinstance(key, SentCountKey):
            return SentCount(count=int(SentMessageKey(key.thread, key.author, key.key) in self._also))
        if isinstance(key, OpenThreadCountKey):
            held = [it for it in self._of(Thread) if _is_in_mailbox(it, key.party, key.mailbox)]
            return OpenThreadCount(party=key.party, open=sum(it.state is State.OPEN for it in held))
        if isinstance(key, InboxCountsKey):
            received = [it for it in self._of(Thread) if it.school.party == key.party and it.id not in key.without]
            since: dict[str, list[int]] = defaultdict(list)
            for it in received:
                if name := thread_status(it):
                    since[name].append(turn_since(it))
            return InboxCounts(
                open=tuple(
                    StatusCount(thread_status=name, count=len(found), since=min(found))
                    for name, found in sorted(since.items())
                ),
                ended=sum(it.state is not State.OPEN for it in received),
            )
        if isinstance(key, WorkersWaitingKey):
            received = [it for it in self._of(Thread) if it.school.party == key.party and it.worker]
            waiting = [it.worker.party for it in received if it.worker and thread_status(it) in WAITING_FOR_WORKER]
            return WorkersWaiting(counts=tuple(min(waiting.count(it), MOST_WAITING) for it in key.workers))
        return self._also.get(key)

    def _of(self, kind: type[A]) -> list[A]:
        return list(self._kinds[kind].values())

    def _list(self, listing: Listing[Any]) -> tuple[Any, ...]:
        match listing:
            case NumberedListing(thread, after, most):
                key = records.BY_LISTING[type(listing)].key
                numbered = (self._records.get(key(thread, seq)) for seq in range(after + 1, after + most + 1))
                return tuple(it for it in numbered if it is not None)
            case SnoozedOf(viewer, now, most):
                times = ((records.snoozed_until(it), it) for it in self._of(ThreadReference) if it.viewer == viewer)
                snoozed = sorted(((until, it) for until, it in times if until and until > now), key=itemgetter(0))
                return tuple(it for _, it in snoozed[:most])
            case NewestRaisedOf(party, before, most, ended):
                rows = [it for it in self._of(Thread) if _is_in_mailbox(it, party, Mailbox.RAISED)]
                rows = [it for it in rows if not ended or it.state is not State.OPEN]
                rows = [it for it in rows if before is None or (it.since, it.id) < before]
                return tuple(sorted(rows, key=lambda it: (it.since, it.id), reverse=True)[:most])
            case OpenThreadsOf(party, shelf, statuses, after, most, without, sort):
                rows = [
                    it for it in self._of(Thread) if _is_in_mailbox(it, party, shelf) and thread_status(it) in statuses
                ]
                rows = [it for it in rows if it.id not in without]
                place, is_down = ORDERS[sort], sort is not ThreadSort.WAITING
                rows = [it for it in rows if after is None or (place(it) < after if is_down else place(it) > after)]
                return tuple(sorted(rows, key=place, reverse=is_down)[:most])
            case ThreadsOf(party, shelf, before, most, ended):
                rows = [it for it in self._of(Thread) if _is_in_mailbox(it, party, shelf) and it.at >= listing.since]
                rows = [it for it in rows if not ended or it.state is not State.OPEN]
                rows = [it for it in rows if before is None or (it.at, it.id) < before]
                return tuple(sorted(rows, key=lambda it: (it.at, it.id), reverse=True)[:most])
            case SchoolsOf(place, most):
                listed = (it for it in self._of(School) if takes_threads(it))
                schools = sorted(listed, key=lambda it: (it.name.lower(), it.id))
                return tuple(it for it in schools if place is None or (it.name.lower(), it.id) > place)[:most]
            case SchoolsFound(text, place, most):
                listed = (it for it in self._of(School) if takes_threads(it))
                texts = ((found_by, it) for it in listed for found_by in search_texts(it.name, it.about))
                places = sorted(((found_by, it.id), it) for found_by, it in texts if found_by.startswith(text))
                return tuple(it for here, it in places if here > place)[:most]
            case ActsOf(school, before, most):
                seen = [it for it in self.acts if it[1].school == school]
                listed_acts = [
                    SchoolAct(number, at, it.what, it.whom, it.by)
                    for number, (at, it) in enumerate(seen, 1)
                    if before is None or number < before
                ]
                return tuple(listed_acts[::-1][:most])
            case PartiesOf(ids):
                return tuple(it for id in ids if (it := self._records.get(PartyKey(id))) is not None)
            case DueJobs(now, most, since):
                jobs: list[StoredJob] = [*self._of(Job), *self._of(UnreadableJob)]
                due = sorted((it for it in jobs if since <= it.due <= now), key=lambda it: (it.due, it.id))
                return tuple(due[:most])
        raise TypeError(listing)

    def _commit(self, plan: Plan[Any], versions: Versions) -> bool:
        puts = {records.key_of(record): record for record in plan.puts}
        guards = (*plan.guards, *plan.shared)
        assert all(key in versions for key in guards)
        with self._lock:
            for key in (*puts, *plan.deletes, *guards):
                loaded = versions.get(key)
                if loaded is None:
                    if key in puts and key in self._records:
                        return False
                elif self._versions.get(key, 0) != loaded:
                    return False
            for key, record in puts.items():
                self._put(key, record)
            for key in plan.deletes:
                self._put(key, None)
            now = self._new_context().now // 1000 * 1000 if plan.acts else 0
            self.acts += [(now, it) for it in plan.acts]
            return True

    def _put(self, key: Key[Any], record: Any) -> None:
        """Keep a record, or none. A deleted key keeps its version: a record made anew is not the old one."""
        self._versions[key] = self._versions.get(key, 0) + 1
        before = self._records.pop(key, None)
        if before is not None:
            del self._kinds[type(before)][key]
            if also := also_key_of(before):
                del self._also[also]
        if record is not None:
            self._records[key] = self._kinds[type(record)][key] = record
            if also := also_key_of(record):
                self._also[also] = record


def also_key_of(record: Record) -> Key[Any] | None:
    """The other key that finds a record; None if there is none."""
    stored = records.of(record)
    if stored.also_by is None:
        return None
    found = records.named(stored, records.key_of(record), record)
    values = [found[name] for name in stored.also_by.__struct_fields__]
    return None if None in values else stored.also_by(*values)


def _is_child(key: Key[Any], record: Any, what: ThreadKey | PartyKey) -> bool:
    parents = records.BY_KEY[type(key)].parents
    return type(what) in parents and getattr(record, parents[type(what)]) == what.id


def _expires(record: Record) -> float:
    stored = records.of(record)
    return getattr(record, stored.expires) if stored.expires else float("inf")


def _is_in_mailbox(thread: Thread, party: str, mailbox: Mailbox) -> bool:
    match mailbox:
        case Mailbox.RAISED:
            return thread.raiser.party == party
        case Mailbox.RECEIVED:
            return thread.school.party == party
        case Mailbox.HANDLED:
            return thread.worker is not None and thread.worker.party == party
