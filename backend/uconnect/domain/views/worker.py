"""What the handling worker is shown: a requester under an alias, and nothing that tells who or what it is (rule 7).

No field here is derived from `thread.raiser`, `thread.kind` or another viewer's id or revision.
"""

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain.enums import MessageKind, Side, State
from uconnect.domain.hidden_words import MASK, NOTHING_HIDDEN, Hidden, mask
from uconnect.domain.models import PREVIEW_LENGTH, Assignee, Entry, Message, Note, Thread
from uconnect.domain.text import cut
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


def row(thread: Thread, hidden: Hidden = NOTHING_HIDDEN) -> WorkerRow:
    """The thread's row as its worker sees it. It raises if no worker has the thread, or if its hidden words were not
    looked up: that is a bug of the caller.
    """
    assignee = thread.worker
    assert isinstance(assignee, Assignee)
    assert hidden.is_known or not thread.hides
    return WorkerRow(
        id=assignee.id,
        rev=assignee.rev,
        alias=assignee.alias,
        subject=mask(thread.subject, hidden.forms),
        state=thread.state,
        since=thread.since,
        at=thread.at,
        seq=thread.seq,
        theirs=thread.asked.messages,
        turn_since=turn_since(thread),
        last=_last(thread, assignee, hidden),
        asked_to_end=asked_seq(thread),
        asked_at=asked_at(thread),
    )


def _last(thread: Thread, assignee: Assignee, hidden: Hidden) -> Last | None:
    """The preview of the masked message, not of its first characters: a word that the cut divides would be shown."""
    shown = last(thread.last)
    if shown is None or not thread.hides:
        return shown
    text = cut(_text(hidden.last, assignee.party, hidden), PREVIEW_LENGTH) if hidden.last else MASK
    return Last(side=shown.side, text=text)


def _text(written: Message | Note, viewer: str, hidden: Hidden) -> str:
    """What a worker wrote is shown to it as it wrote it: a mask in it would confirm what the worker guesses."""
    return written.text if written.author == viewer else mask(written.text, hidden.forms)


def entry(entry: Entry, viewer: str, hidden: Hidden) -> WorkerEntry:
    if isinstance(entry, Message):
        return WorkerMessage(
            seq=entry.seq,
            at=entry.at,
            side=entry.side,
            mine=entry.author == viewer,
            text=_text(entry, viewer, hidden),
            key=own_key(entry, viewer),
            kind=kind_shown(entry),
        )
    return Ended(seq=entry.seq, at=entry.at)


def note(note: Note, viewer: str, hidden: Hidden) -> WorkerNote:
    text = _text(note, viewer, hidden)
    return WorkerNote(seq=note.seq, at=note.at, mine=note.author == viewer, text=text, key=own_key(note, viewer))
