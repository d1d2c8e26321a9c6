"""What the school of a thread is shown: everything, with its owner, its handler and each author."""

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain.enums import Kind, MessageKind, Side, State
from uconnect.domain.models import KIND_OF, AssignmentChange, Entry, InternalEntry, Message, Owner, Thread
from uconnect.domain.thread_status import turn_since
from uconnect.domain.views.common import Ended, Last, asked_at, asked_seq, kind_shown, last, own_key


class SchoolRow(Struct, frozen=True, kw_only=True, tag_field="as", tag="school"):
    """A thread in a school's inbox. `theirs` counts the raiser's messages; `worker` is None while it is with us.

    `settled` is how many of theirs there were when our side last answered: those are not unread, whoever answered.
    `turn_since` is the time of the first message that the other side has not answered. `asked_to_end` is the entry that
    asks whether it is settled, while that waits for an answer, else 0; `asked_at` is when our side last asked, or 0.
    `hides`: words of it are hidden from whoever works on it.
    """

    id: str
    rev: int
    owner: str
    kind: Kind
    worker: str | None
    subject: str
    state: State
    since: int
    at: int
    seq: int
    theirs: int
    settled: int
    turn_since: int
    last: Last | None
    asked_to_end: int
    asked_at: int
    hides: bool


class SchoolMessage(Struct, frozen=True, kw_only=True, tag_field="as", tag="school"):
    """A message as the school reads it: `author` is the party whose hands wrote it."""

    seq: int
    at: int
    side: Side
    author: str
    text: str
    key: str | None
    kind: MessageKind | UnsetType = UNSET


class Person(Struct, frozen=True):
    """Whoever raised a thread to this school."""

    id: str
    kind: Kind
    name: str
    email: str


class SchoolNote(Struct, frozen=True, kw_only=True, tag_field="as", tag="school_note"):
    """An internal note as the school reads it: `author` is the party who wrote it."""

    seq: int
    at: int
    author: str
    text: str
    key: str | None


class SchoolAssignment(Struct, frozen=True, kw_only=True, tag_field="as", tag="assigned"):
    """Whose hands the thread came into: a worker's, or with None the school's own."""

    seq: int
    at: int
    worker: str | None


SchoolEntry = SchoolMessage | Ended
SchoolInternalEntry = SchoolNote | SchoolAssignment


def row(thread: Thread) -> SchoolRow:
    return SchoolRow(
        id=thread.school.id,
        rev=thread.school.rev,
        owner=thread.raiser.party,
        kind=thread.kind,
        worker=thread.worker.party if thread.worker else None,
        subject=thread.subject,
        state=thread.state,
        since=thread.since,
        at=thread.at,
        seq=thread.seq,
        theirs=thread.asked.messages,
        settled=thread.settled,
        turn_since=turn_since(thread),
        last=last(thread.last),
        asked_to_end=asked_seq(thread),
        asked_at=asked_at(thread),
        hides=bool(thread.hides),
    )


def entry(entry: Entry, viewer: str) -> SchoolEntry:
    if isinstance(entry, Message):
        return SchoolMessage(
            seq=entry.seq,
            at=entry.at,
            side=entry.side,
            author=entry.author,
            text=entry.text,
            key=own_key(entry, viewer),
            kind=kind_shown(entry),
        )
    return Ended(seq=entry.seq, at=entry.at)


def person(owner: Owner) -> Person:
    return Person(id=owner.id, kind=KIND_OF[type(owner)], name=owner.name, email=owner.email)


def internal_entry(entry: InternalEntry, viewer: str) -> SchoolInternalEntry:
    if isinstance(entry, AssignmentChange):
        return SchoolAssignment(seq=entry.seq, at=entry.at, worker=entry.worker)
    return SchoolNote(seq=entry.seq, at=entry.at, author=entry.author, text=entry.text, key=own_key(entry, viewer))
