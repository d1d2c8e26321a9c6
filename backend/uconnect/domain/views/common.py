"""The views that are the same for every party who may read a thread."""

from msgspec import UNSET, Struct, UnsetType

from uconnect.domain.enums import MessageKind, Side
from uconnect.domain.models import Message, Note, Preview, Thread
from uconnect.domain.rules import is_asked_to_end


class Last(Struct, frozen=True):
    """The last message of the log: whose side it is from, and its first 80 characters."""

    side: Side
    text: str


class ShownSnooze(Struct, frozen=True):
    """The viewer has put the thread off until a time, or until the other side writes if that is 0. None: no longer.

    It is over when the row's `theirs` is more than this `theirs`. The highest `rev` is the latest.
    """

    rev: int
    until: int | None
    theirs: int


class Ended(Struct, frozen=True, tag_field="as", tag="ended"):
    """The entry that ends a log. It has no author: whoever reads it knows no more than that it is over."""

    seq: int
    at: int


def kind_shown(message: Message) -> MessageKind | UnsetType:
    return UNSET if message.kind is MessageKind.TEXT else message.kind


def asked_seq(thread: Thread) -> int:
    """The entry that asks the raiser whether the thread is settled, while it waits for an answer; else 0."""
    return thread.end_asked.seq if thread.end_asked and is_asked_to_end(thread) else 0


def asked_at(thread: Thread) -> int:
    """When the school's side last asked for the end; 0 if never."""
    return thread.end_asked.at if thread.end_asked else 0


def last(line: Preview | None) -> Last | None:
    return Last(side=line.side, text=line.text) if line else None


def own_key(written: Message | Note, viewer: str) -> str | None:
    """The key of what was written goes back to its author only: it is the author's device that chose it.

    Before a dot lies the kind of act, which the device did not choose.
    """
    return written.key.rpartition(".")[2] if written.author == viewer else None
