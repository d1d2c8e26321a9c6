"""A store in memory, for tests. It is optimistic like DynamoDB, so a missing guard shows here first."""

import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context, Plan, UseCase, Wanted, decide
from uconnect.domain.enums import State
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import (
    AssignmentKey,
    DueJobs,
    EntriesOf,
    EntryKey,
    IdempotencyKey,
    InternalEntriesOf,
    InternalEntryKey,
    Key,
    Listing,
    Mailbox,
    OpenThreadCountKey,
    PartyKey,
    RateLimitKey,
    SchoolsOf,
    SentMessageKey,
    SideActivityKey,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
    TicketKey,
    key_of,
)
from uconnect.domain.models import Job, Message, OpenThreadCount, School, StoredJob, Thread, UnreadableJob
from uconnect.domain.rules import takes_threads

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
        self._sent: dict[SentMessageKey, Message] = {}
        self._versions: dict[Key[Any], int] = {}

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._again(use_case, self._commit)

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        plan = self._again(use_case, lambda *_: True)
        assert isinstance(plan, Refusal) or not plan.writes
        return plan

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        with self._lock:
            hanging = [key for key, record in self._records.items() if _hangs_on(key, record, what)]
            for key in hanging[:most]:
                self._put(key, None)
            return len(hanging) <= most

    def forget_expired(self, now: int) -> None:
        with self._lock:
            late = [key for key, it in self._records.items() if isinstance(key, TicketKey) and it.expires < now]
            for key in late:
                self._put(key, None)

    def _again(self, use_case: UseCase[A], commit: Callable[[Plan[A], Versions], bool]) -> Plan[A] | Refusal:
        """Decide until what was decided stands.

        Rounds are loaded at different moments, and what a decision makes of half of another's change counts for
        nothing: a refusal, and a bug too, must come of what was so at one moment.
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
        match key:
            case SentMessageKey():
                return self._sent.get(key)
            case OpenThreadCountKey(party, mailbox):
                held = [it for it in self._of(Thread) if _in_mailbox(it, party, mailbox)]
                return OpenThreadCount(party=party, open=sum(it.state is State.OPEN for it in held))
        return None

    def _of(self, kind: type[A]) -> list[A]:
        return list(self._kinds[kind].values())

    def _list(self, listing: Listing[Any]) -> tuple[Any, ...]:
        match listing:
            case EntriesOf(thread, after, most):
                log = (self._records.get(EntryKey(thread, seq)) for seq in range(after + 1, after + most + 1))
                return tuple(entry for entry in log if entry is not None)
            case InternalEntriesOf(thread, after, most):
                entries = (
                    self._records.get(InternalEntryKey(thread, seq)) for seq in range(after + 1, after + most + 1)
                )
                return tuple(internal_entry for internal_entry in entries if internal_entry is not None)
            case ThreadsOf(party, mailbox, before, most):
                rows = [it for it in self._of(Thread) if _in_mailbox(it, party, mailbox)]
                rows = [it for it in rows if before is None or (it.at, it.id) < before]
                return tuple(sorted(rows, key=lambda it: (it.at, it.id), reverse=True)[:most])
            case SchoolsOf(place, most):
                listed = (it for it in self._of(School) if takes_threads(it))
                schools = sorted(listed, key=lambda it: (it.name.lower(), it.id))
                return tuple(it for it in schools if place is None or (it.name.lower(), it.id) > place)[:most]
            case DueJobs(now, most, since):
                jobs: list[StoredJob] = [*self._of(Job), *self._of(UnreadableJob)]
                due = sorted((it for it in jobs if since <= it.due <= now), key=lambda it: (it.due, it.id))
                return tuple(due[:most])
        raise TypeError(listing)

    def _commit(self, plan: Plan[Any], versions: Versions) -> bool:
        puts = {key_of(record): record for record in plan.puts}
        assert all(key in versions for key in plan.guards)
        with self._lock:
            for key in (*puts, *plan.deletes, *plan.guards):
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
            return True

    def _put(self, key: Key[Any], record: Any) -> None:
        """Keep a record, or none: a deleted key keeps its version, so that a record made anew is not the old one."""
        self._versions[key] = self._versions.get(key, 0) + 1
        before = self._records.pop(key, None)
        if before is not None:
            del self._kinds[type(before)][key]
            if isinstance(before, Message):
                del self._sent[_sent(before)]
        if record is not None:
            self._records[key] = self._kinds[type(record)][key] = record
            if isinstance(record, Message):
                self._sent[_sent(record)] = record


def _sent(message: Message) -> SentMessageKey:
    return SentMessageKey(message.thread, message.author, message.key)


OF_THREADS = (EntryKey, InternalEntryKey, AssignmentKey, SideActivityKey, ThreadReferenceKey)


def _hangs_on(key: Key[Any], record: Any, what: ThreadKey | PartyKey) -> bool:
    match what:
        case ThreadKey(thread):
            return isinstance(key, OF_THREADS) and record.thread == thread
        case PartyKey(party):
            return (isinstance(key, ThreadReferenceKey) and key.viewer == party) or (
                isinstance(key, IdempotencyKey | RateLimitKey) and key.party == party
            )


def _in_mailbox(thread: Thread, party: str, mailbox: Mailbox) -> bool:
    match mailbox:
        case Mailbox.RAISED:
            return thread.raiser.party == party
        case Mailbox.RECEIVED:
            return thread.school.party == party
        case Mailbox.HANDLED:
            return thread.worker is not None and thread.worker.party == party
