"""The store of the server. It loads, decides and writes in the one writer's transaction, so every guard holds."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec

from uconnect.adapters.sqlite import Database, Lent, Watcher, audit_log, schema
from uconnect.adapters.sqlite.schema import find, list_records, table_of
from uconnect.application.audit import Act
from uconnect.application.ports import Unavailable
from uconnect.domain import records
from uconnect.domain.context import Context, Plan, UseCase, Wanted, decide
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Key, Listing, PartyKey, ThreadKey
from uconnect.domain.models import Message
from uconnect.domain.records import Stored

MIGRATIONS = (schema.MIGRATIONS, audit_log.MIGRATIONS)  # what a store needs of a Database
A = TypeVar("A")
CACHED = 20_000  # records the writer remembers, about 20 MB at the most
ACTS = 500  # of the audit log, read at once
FORGOTTEN = 200  # records that have expired and are deleted in one transaction: others wait for its end
UNKNOWN = object()  # not remembered; None is remembered as absent


class SqliteStore:
    """Implements `application.ports.AuditedStore` and `application.ports.AsyncStore` on a Database."""

    def __init__(self, database: Database, new_context: Callable[[], Context]) -> None:
        self._database = database
        self._new_context = new_context
        self._cache = RecordCache()
        database.watch(self._cache)

    @property
    def background(self) -> "BackgroundStore":
        """The same store for jobs: every other write goes first."""
        return BackgroundStore(self)

    def run(self, use_case: UseCase[A], *, in_background: bool = False) -> Plan[A] | Refusal:
        write = self._database.write_in_background if in_background else self._database.write
        with _available():
            return write(lambda connection: self._run(connection, use_case))

    def run_all(self, use_cases: Sequence[UseCase[A]], *, in_background: bool = False) -> list[Plan[A] | Refusal]:
        """In one transaction: so the disk is waited for once."""
        write = self._database.write_in_background if in_background else self._database.write
        with _available():
            return write(lambda connection: [self._run(connection, it) for it in use_cases])

    def acts(self) -> Iterator[Act]:
        after = 0
        while page := self._page_of_acts(after):
            yield from page
            after = page[-1].number

    def _page_of_acts(self, after: int) -> list[Act]:
        with _available():
            return self._database.read(lambda connection: audit_log.page(connection, after, ACTS))

    def run_within(self, connection: sqlite3.Connection, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """`run` in a write transaction of the database that changes other tables too. It ends with that."""
        return self._run(connection, use_case)

    async def run_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        with _available():
            return await self._database.write_soon(lambda connection: self._run(connection, use_case))

    async def run_all_soon(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal | BaseException]:
        """`run_soon` for several, in their order. One that fails has its error as its result, such as Unavailable."""
        outcomes = await self._database.write_all_soon(
            [partial(self._run, use_case=use_case) for use_case in use_cases]
        )
        return [_unavailable(it) if isinstance(it, sqlite3.Error) else it for it in outcomes]

    def begin_now(self) -> "LentStore | None":
        """The store in a new transaction of the calling thread, if nobody else writes just now: see `Database`."""
        lent = self._database.begin_now()
        return LentStore(lent, self._run) if lent else None

    def begin_soon(self, borrow: "Callable[[LentStore | None], None]") -> None:
        """`begin_now` in turn with all who write. `borrow` is called in another thread."""
        self._database.begin_soon(lambda lent: borrow(LentStore(lent, self._run) if lent else None))

    def ask(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        with _available():
            return self._database.read(lambda connection: self._ask(connection, use_case))

    async def ask_soon(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        with _available():
            return await self._database.read_soon(lambda connection: self._ask(connection, use_case))

    def purge(self, what: ThreadKey | PartyKey, most: int) -> bool:
        def transaction(connection: sqlite3.Connection) -> bool:
            left = most
            for stored, column in records.children(type(what)):
                gone = table_of(stored.key).purge(connection, column, what.id, left)
                self._cache.erased(stored.key(*it) for it in gone)
                left -= len(gone)
            self._database.erased()
            return left > 0

        with _available():
            return self._database.write_in_background(transaction)

    def forget_expired(self, now: int) -> None:
        for stored in records.BY_KEY.values():
            while stored.expires and self._forget_some(stored, now) == FORGOTTEN:
                continue

    def _forget_some(self, stored: Stored, now: int) -> int:
        def transaction(connection: sqlite3.Connection) -> int:
            gone = table_of(stored.key).purge_expired(connection, stored.expires, now, FORGOTTEN)
            self._cache.erased(stored.key(*it) for it in gone)
            return len(gone)

        with _available():
            return self._database.write_in_background(transaction)

    def _run(self, connection: sqlite3.Connection, use_case: UseCase[A]) -> Plan[A] | Refusal:
        context = self._new_context()
        context.fetch = partial(self._load, connection)
        outcome = decide(use_case, context)
        if isinstance(outcome, Plan):
            self._write(connection, outcome, context)
        return outcome

    def _ask(self, connection: sqlite3.Connection, use_case: UseCase[A]) -> Plan[A] | Refusal:
        context = self._new_context()
        context.fetch = partial(_load_uncached, connection)
        outcome = decide(use_case, context)
        assert isinstance(outcome, Refusal) or not outcome.writes
        return outcome

    def _load(self, connection: sqlite3.Connection, context: Context, wanted: tuple[Any, ...]) -> None:
        for each in wanted:
            if type(each) in records.BY_KEY:
                context.records[each] = self._cache.found(connection, each)
            elif isinstance(each, Listing):
                context.listings[each] = list_records(connection, each)
            else:
                context.records[each] = find(connection, each)

    def _write(self, connection: sqlite3.Connection, plan: Plan[Any], context: Context) -> None:
        known = context.records
        if plan.guards or plan.shared:  # they hold by themselves here, but not in every store
            assert known.keys() >= {*plan.guards, *plan.shared}
        for record in plan.puts:
            key = records.key_of(record)
            table_of(type(key)).put(connection, key, record, known.get(key))
            self._cache.written(key, record)
        for act in plan.acts:
            audit_log.add(connection, context.now // 1000, act)
        for key in plan.deletes:
            connection.execute(table_of(type(key)).delete, msgspec.structs.astuple(key))
            self._cache.deleted(key)


class LentStore:
    """A transaction of a SqliteStore in the thread that began it."""

    def __init__(self, lent: Lent, run: Callable[[sqlite3.Connection, UseCase[Any]], Plan[Any] | Refusal]) -> None:
        self._lent = lent
        self._run = run
        self.commit = lent.commit
        self.undo = lent.undo

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        """Decide and write. What it raises leaves the transaction to be undone."""
        return self._run(self._lent.connection, use_case)


class RecordCache(Watcher):
    """The records that the writer remembers. Only its thread changes records or touches this, so they are as kept."""

    def __init__(self) -> None:
        self.records: dict[Key[Any], Any] = {}  # None for what is absent; the least recently used comes first
        self._uncommitted: set[Key[Any]] = set()

    def found(self, connection: sqlite3.Connection, key: Key[Any]) -> Any:
        """The record under a key, from here or from the file."""
        # Taken out, and in again below: so the least recently used comes first.
        record = self.records.pop(key, UNKNOWN)
        if record is UNKNOWN:
            record = find(connection, key)
        self._remember(key, record)
        return record

    def written(self, key: Key[Any], record: Any) -> None:
        """A message is not worth its room: but neither is it absent any more."""
        self._uncommitted.add(key)
        self.records.pop(key, None)
        if not isinstance(record, Message):
            self._remember(key, record)

    def deleted(self, key: Key[Any]) -> None:
        self._uncommitted.add(key)
        self.records.pop(key, None)
        self._remember(key, None)

    def erased(self, gone: Iterable[Key[Any]]) -> None:
        """Remember deleted records as absent. If the cache dropped them, the next look-up of one would take longer than
        that of a record which is there (equal work: leak 22)."""
        for key in gone:
            if key in self.records:
                self._uncommitted.add(key)
                self.records[key] = None

    def committed(self) -> None:
        self._uncommitted.clear()

    def undone(self) -> None:
        for key in self._uncommitted:
            self.records.pop(key, None)
        self._uncommitted.clear()

    def others_wrote(self) -> None:
        self.records.clear()

    def _remember(self, key: Key[Any], record: Any) -> None:
        """Remember what is not in the dictionary, as the most recently used."""
        self.records[key] = record
        if len(self.records) > CACHED:
            del self.records[next(iter(self.records))]


class BackgroundStore:
    """Implements `application.ports.Store` for jobs."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.ask = store.ask
        self.purge = store.purge
        self.forget_expired = store.forget_expired

    def run(self, use_case: UseCase[A]) -> Plan[A] | Refusal:
        return self._store.run(use_case, in_background=True)

    def run_all(self, use_cases: Sequence[UseCase[A]]) -> list[Plan[A] | Refusal]:
        return self._store.run_all(use_cases, in_background=True)


def _unavailable(error: sqlite3.Error) -> Unavailable:
    raised = Unavailable()
    raised.__cause__ = error
    return raised


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable from error


def _load_uncached(connection: sqlite3.Connection, context: Context, wanted: Wanted) -> None:
    for each in wanted:
        if isinstance(each, Listing):
            context.listings[each] = list_records(connection, each)
        else:
            context.records[each] = find(connection, each)
