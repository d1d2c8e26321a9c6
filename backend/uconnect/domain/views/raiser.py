"""What the raiser of a thread is shown: the school and nothing behind it (rule 6).

A raising school is shown the same as a user. No field here is derived from `thread.worker`, `thread.school.rev` or the
author of a message from the school's side.
"""

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain.enums import MessageKind, Side, State
from uconnect.domain.models import Entry, Message, Thread
from uconnect.domain.views.common import Ended, Last, asked_seq, kind_shown, last, own_key


class RaiserRow(Struct, frozen=True, kw_only=True, tag_field="as", tag="raiser"):
    """A thread in the list of its raiser. `theirs` counts the school's messages.

    `asked_to_end` is the entry that asks whether it is settled, while that waits for an answer; else 0.
    """

    id: str
    rev: int
    school: str
    subject: str
    state: State
    since: int
    at: int
    seq: int
    theirs: int
    last: Last | None
    asked_to_end: int


class RaiserMessage(Struct, frozen=True, kw_only=True, tag_field="as", tag="raiser"):
    """A message as the raiser reads it; `key` is set on its own."""

    seq: int
    at: int
    side: Side
    text: str
    key: str | None
    kind: MessageKind | UnsetType = UNSET


RaiserEntry = RaiserMessage | Ended


def row(thread: Thread) -> RaiserRow:
    return RaiserRow(
        id=thread.raiser.id,
        rev=thread.raiser.rev,
        school=thread.school.party,
        subject=thread.subject,
        state=thread.state,
        since=thread.since,
        at=thread.at,
        seq=thread.seq,
        theirs=thread.answered.messages,
        last=last(thread.last),
        asked_to_end=asked_seq(thread),
    )


def entry(entry: Entry, viewer: str) -> RaiserEntry:
    if isinstance(entry, Message):
        return RaiserMessage(
            seq=entry.seq,
            at=entry.at,
            side=entry.side,
            text=entry.text,
            key=own_key(entry, viewer),
            kind=kind_shown(entry),
        )
    return Ended(seq=entry.seq, at=entry.at)
