"""The frames of the socket in both directions, with the limits of what comes in.

Unknown fields and frames are refused.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from uconnect.domain.errors import Refusal
from uconnect.domain.text import clean_fields, text_type
from uconnect.domain.text_fields import MESSAGE
from uconnect.domain.views import Row, ShownEntry, ShownInternalEntry
from uconnect.domain.views.common import ShownSnooze
from uconnect.domain.views.directory import DirectoryCard
from uconnect.domain.views.school import Person

PROTOCOL = 1  # what `hello` carries: see `is_spoken`
FRAME_BYTES = 32 * 1024  # API Gateway's limit on a frame, kept at home too
PAGE = 50  # rows or entries in one answer, unless fewer are asked for
TYPING_EVERY = 4_000  # ms between two forwarded typing signals of a side
COMPOSING_EVERY = 10_000  # ms between two signs that an answer is still being written
# How long a socket lives. Its client comes back with a new ticket, so a sign-in that has ended elsewhere is noticed by
# then. API Gateway would allow two hours.
SOCKET_SECONDS = 3_600
SOCKETS = 100  # open at once by one party: its tickets alone would allow thousands

END = r"(?![\s\S])"  # the very end: `$` would let a line break pass, and JavaScript has no `\Z`
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}" + END, description="A random id as this viewer knows it.")]
SendKey = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{16,64}" + END, description="A random name for this attempt: a retry repeats it.")
]
Text = Annotated[str, text_type(MESSAGE)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


def is_spoken(protocol: int) -> bool:
    """Whether a server takes this protocol: its own, and the one before, which pages speak that were open while it was
    updated. A page of a later one was loaded before a roll-back."""
    return max(1, PROTOCOL - 1) <= protocol <= PROTOCOL


class Incoming(Struct, frozen=True, forbid_unknown_fields=True, tag_field="t"):
    """What a client may send. Its texts are cleaned."""

    def __post_init__(self) -> None:
        clean_fields(self)


class Hello(Incoming, frozen=True, tag="hello"):
    """The first frame on a socket: which protocol the client speaks."""

    protocol: Count


class Send(Incoming, frozen=True, tag="send"):
    """Post a message to a thread. Answered with `ack` or `refused`, both with the key."""

    key: SendKey
    id: Id
    text: Text


class Typing(Incoming, frozen=True, tag="typing"):
    """Someone on this side is typing. Never answered."""

    id: Id


class Seen(Incoming, frozen=True, tag="seen"):
    """The log was read up to `seq`, and with it `theirs` of the other side's messages. Never answered."""

    id: Id
    seq: Count
    theirs: Count


class Composing(Incoming, frozen=True, tag="composing"):
    """This one on the school's side has an answer in its composer, or none any more. Never answered.

    Said again each COMPOSING_EVERY while it is written.
    """

    id: Id
    open: bool


class Ping(Incoming, frozen=True, tag="ping"):
    """Keeps the socket from idling out; answered with `pong`."""


ClientFrame = Hello | Send | Typing | Seen | Composing | Ping


class Outgoing(Struct, frozen=True, kw_only=True, tag_field="t"):
    """What the server may send."""


class Welcome(Outgoing, frozen=True, kw_only=True, tag="hello"):
    """Answers the client's hello: from now on this party is told of every change. Frames may come before it."""

    protocol: int


class Ack(Outgoing, frozen=True, kw_only=True, tag="ack"):
    """The message sent under `key` is kept for good: it has this place in the log."""

    key: str
    id: str
    entry: ShownEntry
    row: Row


class Event(Outgoing, frozen=True, kw_only=True, tag="event"):
    """A new entry of a log, with the whole row as this party now sees it."""

    id: str
    entry: ShownEntry
    row: Row


class RowChanged(Outgoing, frozen=True, kw_only=True, tag="row"):
    """A row that is new or changed without a new entry."""

    row: Row


class Reload(Outgoing, frozen=True, kw_only=True, tag="reload"):
    """Something is new in a thread of which its school hides words: this worker asks for it again.

    `texts`: what it was shown before is shown otherwise now. Rows of a lower `rev` that arrive late are to be ignored.
    """

    id: str
    rev: int
    texts: bool


class HiddenWordsChanged(Outgoing, frozen=True, kw_only=True, tag="hidden"):
    """The words that this school hides from whoever works on a thread; the highest `rev` is the latest."""

    id: str
    rev: int
    words: tuple[str, ...]


class Gone(Outgoing, frozen=True, kw_only=True, tag="gone"):
    """The thread is not this party's any more; rows of a lower `rev` that arrive late are to be ignored."""

    id: str
    rev: int


class Meter(Outgoing, frozen=True, kw_only=True, tag="meter"):
    """How many of its `most` threads this party has open; the highest `rev` is the latest."""

    rev: int
    open: int
    most: int


class TypingNow(Outgoing, frozen=True, kw_only=True, tag="typing"):
    """Someone on the other side is typing. Fades after TYPING_EVERY and a little, or with their next message."""

    id: str


class ComposingNow(Outgoing, frozen=True, kw_only=True, tag="composing"):
    """The other one on the school's side writes an answer, or not any more.

    Fades after COMPOSING_EVERY and a little, or with their next message. Never sent to a raiser.
    """

    id: str
    open: bool


class SeenBy(Outgoing, frozen=True, kw_only=True, tag="seen"):
    """The other side has seen the log up to `seq`."""

    id: str
    seq: int


class Read(Outgoing, frozen=True, kw_only=True, tag="read"):
    """This party itself, on another device, has read `read` of the other side's messages."""

    id: str
    read: int


class SnoozeChanged(Outgoing, frozen=True, kw_only=True, tag="snoozed"):
    """This party itself, on this or another device, has put a thread off, or brought it back."""

    id: str
    snooze: ShownSnooze


class SendRefused(Outgoing, frozen=True, kw_only=True, tag="refused"):
    """A frame was refused; `key` names the send, or is None where no key could be read."""

    key: str | None
    code: str
    sentence: str


class InternalEntryAdded(Outgoing, frozen=True, kw_only=True, tag="noted"):
    """Something was noted beside a thread's log; its school is also told whose hands it came into."""

    id: str
    entry: ShownInternalEntry


class ChangedSubject(StrEnum):
    """What a party can be told to ask for again."""

    ME = "me"
    WORKERS = "workers"
    SAVED_REPLIES = "saved_replies"


class Changed(Outgoing, frozen=True, kw_only=True, tag="changed"):
    """The party's own profile, its list of workers or its school's saved replies are others now: ask for them again."""

    what: ChangedSubject


class OwnerChanged(Outgoing, frozen=True, kw_only=True, tag="owner"):
    """Whoever raised a thread to this school has another name or address."""

    owner: Person


class SchoolChanged(Outgoing, frozen=True, kw_only=True, tag="school"):
    """A school that this party raised a thread to shows another profile."""

    school: DirectoryCard


class Pong(Outgoing, frozen=True, kw_only=True, tag="pong"):
    """Answers ping."""


class Bye(Outgoing, frozen=True, kw_only=True, tag="bye"):
    """The last frame before the server closes the socket: `reload`, `ended`, `rotate`, `slow`, `flood` or `restart`."""

    code: str


ServerFrame = (
    Welcome
    | Ack
    | Event
    | RowChanged
    | Reload
    | HiddenWordsChanged
    | Gone
    | Meter
    | TypingNow
    | ComposingNow
    | SeenBy
    | Read
    | SnoozeChanged
    | InternalEntryAdded
    | Changed
    | OwnerChanged
    | SchoolChanged
    | SendRefused
    | Pong
    | Bye
)


def refused(refusal: Refusal, key: str | None = None) -> SendRefused:
    return SendRefused(key=key, code=refusal.code, sentence=refusal.sentence)
