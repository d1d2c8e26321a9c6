"""What the handling worker is shown: a requester under an alias, and nothing that tells who or what it is (rule 7).

No field here is derived from `thread.raiser`, `thread.kind` or another viewer's id or revision.
"""

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain.enums import MessageKind, Side, State
from uconnect.domain.models import Assignee, Entry, Message, Note, Thread
from uconnect.domain.thread_status import turn_since
from uconnect.domain.views.common import Ended, Last, asked_at, asked_seq, kind_shown, last, own_key


class WorkerRow(Struct, frozen=True, kw_only=True, tag_field="as", tag="worker"):
    """A thread in a worker's list. `theirs` counts the requester's messages.

    `turn_since` is the time of the first message that the other side has not answered. `asked_to_end` is the entry that
    asks whether it is settled, while that waits for an answer, else 0; `asked_at` is when our side last asked, or 0.
    """

    id: str
    rev: int
    alias: str
    subject: str
    state: State
    since: int
    at: int
    seq: int
    theirs: int
    turn_since: int
    last: Last | None
    asked_to_end: int
    asked_at: int


class WorkerMessage(Struct, frozen=True, kw_only=True, tag_field="as", tag="worker"):
    """A message as a worker reads it: from the requester or the school, and whether its own hands wrote it."""

    seq: int
    at: int
    side: Side
    mine: bool
    text: str
    key: str | None
    kind: MessageKind | UnsetType = UNSET


class WorkerNote(Struct, frozen=True, kw_only=True, tag_field="as", tag="worker_note"):
    """An internal note as the handling worker reads it: whether its own hands wrote it, and no colleague's name."""

    seq: int
    at: int
    mine: bool
    text: str
    key: str | None


WorkerEntry = WorkerMessage | Ended


def row(thread: Thread) -> WorkerRow:
    """The thread's row as its worker sees it. It raises if no worker has the thread: that is a bug of the caller."""
    assignee = thread.worker
    assert isinstance(assignee, Assignee)
    return WorkerRow(
        id=assignee.id,
        rev=assignee.rev,
        alias=assignee.alias,
        subject=thread.subject,
        state=thread.state,
        since=thread.since,
        at=thread.at,
        seq=thread.seq,
        theirs=thread.asked.messages,
        turn_since=turn_since(thread),
        last=last(thread.last),
        asked_to_end=asked_seq(thread),
        asked_at=asked_at(thread),
    )


def entry(entry: Entry, viewer: str) -> WorkerEntry:
    if isinstance(entry, Message):
        return WorkerMessage(
            seq=entry.seq,
            at=entry.at,
            side=entry.side,
            mine=entry.author == viewer,
            text=entry.text,
            key=own_key(entry, viewer),
            kind=kind_shown(entry),
        )
    return Ended(seq=entry.seq, at=entry.at)


def note(note: Note, viewer: str) -> WorkerNote:
    return WorkerNote(seq=note.seq, at=note.at, mine=note.author == viewer, text=note.text, key=own_key(note, viewer))
