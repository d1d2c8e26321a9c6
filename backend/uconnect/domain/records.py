"""Every stored record once: its table, its key, what it is erased with, what it is listed by, how it is encoded.

The stores read this registry, so a new record is its class (`models.py`), its key (`keys.py`) and one entry here, with
the schema version that it comes with. A column that a later version adds to a record is a migration of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter, ne, or_
from typing import Any

import msgspec
from msgspec.structs import astuple, replace

from uconnect.domain import keys, models
from uconnect.domain.enums import State
from uconnect.domain.keys import Key
from uconnect.domain.rules import takes_threads
from uconnect.domain.school_search import search_texts
from uconnect.domain.thread_status import thread_status, turn_since

NEVER = 10**15 - 1  # ms: when a snooze ends that has no time
HOUR = 3_600_000  # ms; mailboxes are kept by the hour of the last activity, and sorted by the time when they are read


class Column(msgspec.Struct, frozen=True):
    """What lists and look-ups find a record by. `kind` is SQLite's: TEXT or INT. `value` takes it from the record.

    Whenever this column changes, those that `written_with` names are written too, changed or not.
    """

    name: str
    kind: str
    value: Callable[[Any], Any]
    written_with: tuple[str, ...] = ()


class Index(msgspec.Struct, frozen=True):
    """An index of SQLite. Where `present` is set, records without that column are left out.

    A `local` index is kept by DynamoDB too, among the records of one partition.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    present: str = ""
    local: bool = False


@dataclass(frozen=True, eq=False)
class Stored:
    """One type of record, or several under one type of key.

    `parents` are what it is erased with: a thread or a party, and the field that has the id of this parent.
    `also_by` is another key that finds it by its columns. `listing` is the class of lists of it by its number in a
    thread. `expires` names the column with the time in ms after which a store may drop it. `reads` are the columns
    that `decoder` takes before the body; without a decoder, the body alone is decoded. `since` is the schema version
    that it comes with; 0 if a migration written by hand makes its table.
    """

    table: str
    key: type[Key[Any]]
    record: Any
    parents: Mapping[type[Key[Any]], str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    also_by: type[Key[Any]] | None = None
    listing: type[keys.NumberedListing[Any]] | None = None
    expires: str = ""
    reads: tuple[str, ...] = ()
    decoder: Callable[..., Any] | None = None
    since: int = 0

    @cached_property
    def decode(self) -> Callable[..., Any]:
        """Makes a record of `reads` and its body."""
        return self.decoder or msgspec.json.Decoder(self.record).decode

    @cached_property
    def local_index(self) -> Index | None:
        return next((it for it in self.indexes if it.local), None)

    @cached_property
    def partition(self) -> type[Key[Any]] | None:
        """The parent whose id the key begins with: DynamoDB keeps a record beside it."""
        return next((it for it, name in self.parents.items() if name == self.key.__struct_fields__[0]), None)

    @cached_property
    def key_of(self) -> Callable[[Any], Key[Any]]:
        """Makes the key of a record."""
        key, names = self.key, self.key.__struct_fields__
        found = attrgetter(*names)
        return (lambda it: key(found(it))) if len(names) == 1 else (lambda it: key(*found(it)))

    def values(self, record: Any) -> tuple[Any, ...]:
        """The values of the columns, in their order."""
        return tuple([value(record) for value in self._values])

    @cached_property
    def _values(self) -> tuple[Callable[[Any], Any], ...]:
        return tuple(column.value for column in self.columns)

    def changes(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[bool, ...]:
        """Which columns are to be written when their values become others."""
        changed = tuple(map(ne, before, after))
        for place, also in self._written_together:
            if changed[place]:
                changed = tuple(map(or_, changed, also))
        return changed

    @cached_property
    def _written_together(self) -> tuple[tuple[int, tuple[bool, ...]], ...]:
        """The place of each column that has others written with it, and which these are."""
        return tuple(
            (place, tuple(other.name in column.written_with for other in self.columns))
            for place, column in enumerate(self.columns)
            if column.written_with
        )


def column(name: str, kind: str = "TEXT") -> Column:
    """A column that is a field of the record."""
    return Column(name, kind, attrgetter(name))


def nobody_on(thread: models.Thread) -> str:
    """The party that a thread is listed for while no worker has it: nobody looks there.

    It changes when the policy is applied, so that the job of a raise moves an entry of that list whether or not it
    gives the thread to a worker (equal work: leak 30).
    """
    return f"{thread.id}." if thread.policy_applied else thread.id


def directory_name(party: models.Party) -> str | None:
    """What a school is sorted by in the directory. None for one that takes no threads, and for other parties."""
    return party.name.lower() if isinstance(party, models.School) and takes_threads(party) else None


def searched_name(party: models.Party) -> str | None:
    """What a school is found by in the directory: a JSON list of texts. None for all that the directory leaves out."""
    if not isinstance(party, models.School) or not takes_threads(party):
        return None
    return msgspec.json.encode(search_texts(party.name, party.about)).decode()


def snoozed_until(reference: models.ThreadReference) -> int | None:
    """When the snooze of a reference ends at the latest; None if there is none."""
    snooze = reference.snooze
    return None if snooze is None or snooze.until is None else snooze.until or NEVER


def handling_party(thread: models.Thread) -> str:
    """The party that has a thread among those it handles."""
    return thread.worker.party if thread.worker else nobody_on(thread)


def read_job(id: str, due: int, kept: str) -> models.StoredJob:
    """A job by its text. One unknown kind must not stop all others, so a text that cannot be read is a record too."""
    try:
        return replace(_job.decode(kept), id=id, due=due)
    except msgspec.DecodeError:  # also ValidationError: it is no JSON, or no job that this release knows
        return models.UnreadableJob(id=id, due=due, body=kept)


_job = msgspec.json.Decoder(models.Job)
OF_THREAD: dict[type[Key[Any]], str] = {keys.ThreadKey: "thread"}
OF_PARTY: dict[type[Key[Any]], str] = {keys.PartyKey: "party"}

# equal work: leak 30. The job of a raise changes the worker's column in any case (`nobody_on`), and the status only if
# it gives the thread to a worker.
WITH_WORKER = ("thread_status",)

RECORDS: tuple[Stored, ...] = (
    Stored(
        "party",
        keys.PartyKey,
        models.Party,
        columns=(Column("school_name", "TEXT", directory_name), Column("name_endings", "TEXT", searched_name)),
        indexes=(Index("school_by_name", ("school_name", "id"), present="school_name"),),
    ),
    Stored("owner_ended", keys.OwnerEndedKey, models.OwnerEnded),
    Stored("address", keys.AddressKey, models.Address),
    Stored("login", keys.LoginKey, models.Login),
    Stored(
        "thread",
        keys.ThreadKey,
        models.Thread,
        columns=(
            Column("raiser", "TEXT", attrgetter("raiser.party")),
            Column("school", "TEXT", attrgetter("school.party")),
            Column("worker", "TEXT", handling_party, written_with=WITH_WORKER),
            column("at", "INT"),
            column("since", "INT"),
            Column("active_hour", "INT", lambda it: it.at // HOUR),
            Column("thread_status", "TEXT", thread_status),
            Column("turn_since", "INT", turn_since),
            Column("ended_at", "INT", lambda it: None if it.state is State.OPEN else it.at),
        ),
        indexes=(
            # By the hour of the last activity: within it, a message moves no entry of them, if it changes no turn.
            Index("thread_raised", ("raiser", "active_hour")),
            Index("thread_received", ("school", "thread_status", "active_hour")),
            Index("thread_handled", ("worker", "thread_status", "active_hour")),
            Index("thread_raised_newest", ("raiser", "since", "id")),
            Index("thread_received_newest", ("school", "thread_status", "since", "id"), present="thread_status"),
            Index("thread_handled_newest", ("worker", "thread_status", "since", "id"), present="thread_status"),
            Index("thread_received_open", ("school", "thread_status", "turn_since", "id"), present="thread_status"),
            Index("thread_handled_open", ("worker", "thread_status", "turn_since", "id"), present="thread_status"),
        ),
    ),
    Stored(
        "entry",
        keys.EntryKey,
        models.Entry,
        parents=OF_THREAD,
        columns=(
            Column("author", "TEXT", lambda it: getattr(it, "author", None)),
            Column("key", "TEXT", lambda it: getattr(it, "key", None)),
        ),
        indexes=(Index("entry_sent", ("thread", "author", "key"), unique=True, present="key", local=True),),
        also_by=keys.SentMessageKey,
        listing=keys.EntriesOf,
    ),
    Stored(
        "internal_entry",
        keys.InternalEntryKey,
        models.InternalEntry,
        parents=OF_THREAD,
        listing=keys.InternalEntriesOf,
    ),
    Stored("hidden_words", keys.HiddenWordsKey, models.HiddenWords, parents=OF_THREAD, since=17),
    Stored("assignment", keys.AssignmentKey, models.Assignment, parents=OF_THREAD),
    Stored("side_activity", keys.SideActivityKey, models.SideActivity, parents=OF_THREAD),
    Stored(
        "thread_reference",
        keys.ThreadReferenceKey,
        models.ThreadReference,
        parents={keys.PartyKey: "viewer"} | OF_THREAD,
        columns=(column("thread"), Column("snoozed_until", "INT", snoozed_until)),
        indexes=(
            Index("thread_reference_of_thread", ("thread",)),
            # equal work: leak 34. It has an entry for each reference, snoozed or not: a raiser who deletes a thread
            # must not time whether its school has snoozed it.
            Index("thread_reference_snoozed", ("viewer", "snoozed_until"), local=True),
        ),
    ),
    Stored("picture", keys.PictureKey, models.Picture),
    Stored("saved_reply", keys.SavedReplyKey, models.SavedReply, parents=OF_PARTY, since=11),
    Stored("saved_reply_order", keys.SavedReplyOrderKey, models.SavedReplyOrder, parents=OF_PARTY, since=11),
    Stored("week_figures", keys.WeekFiguresKey, models.WeekFigures, parents=OF_PARTY, since=15),
    Stored("idempotency_record", keys.IdempotencyKey, models.IdempotencyRecord, parents=OF_PARTY),
    Stored("rate_limit_state", keys.RateLimitKey, models.RateLimitState, parents=OF_PARTY),
    Stored("notice_state", keys.NoticeStateKey, models.NoticeState, parents=OF_PARTY, since=12),
    Stored(
        "ticket",
        keys.TicketKey,
        models.Ticket,
        columns=(column("expires", "INT"),),
        indexes=(Index("ticket_expires", ("expires",)),),
        expires="expires",
    ),
    Stored(
        "job",
        keys.JobKey,
        models.StoredJob,
        columns=(column("due", "INT"),),
        indexes=(Index("job_due", ("due", "id"), local=True),),
        reads=("id", "due"),
        decoder=read_job,
    ),
)

BY_KEY: dict[type[Key[Any]], Stored] = {}
BY_LISTING: dict[type[keys.Listing[Any]], Stored] = {}
_BY_RECORD: dict[type[models.Record], Stored] = {}


def register(stored: Stored) -> None:
    """Let the stores know of a type of record."""
    BY_KEY[stored.key] = stored
    _BY_RECORD.update(dict.fromkeys(classes(stored), stored))
    if stored.listing:
        BY_LISTING[stored.listing] = stored


def classes(stored: Stored) -> tuple[type[models.Record], ...]:
    """The classes of the records that are kept under one type of key."""
    return getattr(stored.record, "__args__", None) or (stored.record,)


for _each in RECORDS:
    register(_each)

ALSO_BY = {it.also_by: it for it in RECORDS if it.also_by}
LOOKED_UP: tuple[type[Key[Any]], ...] = (
    keys.OpenThreadCountKey,
    keys.InboxCountsKey,
    keys.WorkersWaitingKey,
    keys.SentCountKey,
    *ALSO_BY,
)
"""Keys that no record is kept under: the store looks up each time what they name."""


def of(record: models.Record) -> Stored:
    """The entry of a record."""
    return _BY_RECORD[type(record)]


def key_of(record: models.Record) -> Key[models.Record]:
    """The key a record is kept under."""
    return _BY_RECORD[type(record)].key_of(record)


def named(stored: Stored, key: Key[Any], record: models.Record) -> dict[str, Any]:
    """The values of a record's key and columns, by name."""
    names = (*stored.key.__struct_fields__, *(it.name for it in stored.columns))
    return dict(zip(names, (*astuple(key), *stored.values(record)), strict=True))


def children(parent: type[Key[Any]]) -> list[tuple[Stored, str]]:
    """What is erased with a thread or a party: each type of record, and the field that has the parent's id."""
    return [(it, it.parents[parent]) for it in BY_KEY.values() if parent in it.parents]


def encode(record: models.Record) -> str:
    """The text that every store keeps of a record. A job that this release cannot read stays as it was written."""
    return record.body if isinstance(record, models.UnreadableJob) else _encode(record).decode()


_encode = msgspec.json.Encoder().encode
