"""The bodies of the HTTP operations, with their limits."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from uconnect.domain.enums import Policy, State
from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import END, Count, Id, SendKey, Text
from uconnect.domain.text import clean_fields, text_type
from uconnect.domain.text_fields import ABOUT, EMAIL, FOLDER, HIDDEN_WORD, NAME, NOTE, REPLY, SEARCH, SUBJECT, TITLE

Email = Annotated[
    str,
    Meta(
        max_length=EMAIL.most,
        pattern=r"^[^@\uff20\s]+[@\uff20][^@\uff20\s]+" + END,  # the second @ is the full-width one
        description="An e-mail address, however it is written.",
    ),
]


Subject = Annotated[str, text_type(SUBJECT)]
NoteText = Annotated[str, text_type(NOTE)]
PartyName = Annotated[str, text_type(NAME)]
About = Annotated[str, text_type(ABOUT, "A few lines for the directory:")]
Folder = Annotated[str, text_type(FOLDER, "What it is shown under; none if empty:")]
Title = Annotated[str, text_type(TITLE)]
ReplyText = Annotated[str, text_type(REPLY)]
HiddenWord = Annotated[str, text_type(HIDDEN_WORD)]
MOST_HIDDEN = 30  # of one thread
Searched = Annotated[str, text_type(SEARCH, "Words that a message, a note, or a thread's subject and name have:")]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]
TimeZone = Annotated[
    str,
    Meta(max_length=64, pattern=r"^[A-Za-z0-9_+/-]*" + END, description="A name of the IANA time zone database."),
]
Minute = Annotated[int, Meta(ge=0, le=24 * 60, description="Minutes since midnight.")]
IMAGE_BYTES = 20 * 1024  # of a picture that is sent; as base64 it must fit into a body


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The JSON body of an operation. Unknown fields are refused. Texts are cleaned."""

    def __post_init__(self) -> None:
        clean_fields(self)


class Raise(Body, frozen=True, kw_only=True):
    """Raise a thread to a school, with what it is about and the first message."""

    key: SendKey
    school: Id
    subject: Subject
    text: Text


class SendMessage(Body, frozen=True, kw_only=True):
    """Write a message in a thread, where a network lets no WebSocket through."""

    key: SendKey
    text: Text


class Offload(Body, frozen=True, kw_only=True):
    """Give a thread to one of the school's own workers."""

    worker: Id


class HandBack(Body, frozen=True, kw_only=True):
    """Hand a thread back to one's school. A reason becomes an internal note, which the school reads."""

    reason: NoteText | UnsetType = UNSET


class HideWords(Body, frozen=True, kw_only=True):
    """Texts of a thread to hide from whoever works on it, or to show again. It is a body so that they are in no log."""

    words: Annotated[tuple[HiddenWord, ...], Meta(min_length=1, max_length=MOST_HIDDEN)]


class SnoozeThread(Body, frozen=True, kw_only=True):
    """Put a thread off until a time in ms since 1970, or with 0 until the other side writes."""

    until: Count


class Invite(Body, frozen=True, kw_only=True):
    """Invite someone to be a worker of this school."""

    key: SendKey
    email: Email
    name: PartyName


class WriteNote(Body, frozen=True, kw_only=True):
    """Note something beside a thread, for the school and its worker."""

    key: SendKey
    text: NoteText


class NameUpdate(Body, frozen=True, kw_only=True):
    """What this party is called."""

    name: PartyName


class OpeningHours(Body, frozen=True, kw_only=True):
    """When an office is there on one day of the week: `day` 1 is Monday."""

    day: Annotated[int, Meta(ge=1, le=7)]
    opens: Minute
    closes: Minute

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("an office opens before it closes")


class ProfileUpdate(Body, frozen=True, kw_only=True):
    """What a school shows of itself. What is left out stays as it is, so that two pages that change different fields do
    not undo each other. `hours` are by the clock of `zone`, with up to three spans a day."""

    name: PartyName | UnsetType = UNSET
    about: About | UnsetType = UNSET
    hours: Annotated[tuple[OpeningHours, ...], Meta(max_length=21)] | UnsetType = UNSET
    zone: TimeZone | UnsetType = UNSET


class PolicyUpdate(Body, frozen=True, kw_only=True):
    """What a school does with new threads."""

    policy: Policy


class PictureUpload(Body, frozen=True, kw_only=True):
    """A picture as base64: PNG, JPEG or WebP of at most 20 KB. Empty takes the picture away."""

    image: Annotated[bytes, Meta(max_length=IMAGE_BYTES)]


class AvailabilityUpdate(Body, frozen=True, kw_only=True):
    """Whether the school's policy may give this worker threads."""

    available: bool


class AddSavedReply(Body, frozen=True, kw_only=True):
    """Save a text, to insert it in messages later."""

    key: SendKey
    folder: Folder
    title: Title
    text: ReplyText


class SavedReplyUpdate(Body, frozen=True, kw_only=True):
    """What to change of a saved reply. What is left out stays as it is, so that who moves it does not undo an edit."""

    folder: Folder | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    text: ReplyText | UnsetType = UNSET


class NoticeUpdate(Body, frozen=True, kw_only=True):
    """Whether this party is written to when a message waits."""

    by_email: bool


class ShownSchool(Body, frozen=True, kw_only=True):
    """A school by the name that the caller is shown."""

    id: Id
    name: PartyName


class SearchThreads(Body, frozen=True, kw_only=True, rename={"mailbox": "shelf"}):  # the wire keeps its first word
    """Look for words in the caller's own threads. It is a body so that the words are in no address, and so in no log.

    Without `before` it is the first page. Only threads in `state`, if that is given, and with activity from `since` on
    (ms since 1970). `schools` are some that the caller has asked: its threads are found by these names, too. They are
    not looked up here, for a school's record takes longer to decode if it has workers (leak 31).
    """

    mailbox: Mailbox
    words: Searched
    schools: Annotated[tuple[ShownSchool, ...], Meta(max_length=100)] | UnsetType = UNSET
    before: Cursor | UnsetType = UNSET
    state: State | UnsetType = UNSET
    since: Count | UnsetType = UNSET


class EmptyBody(Body, frozen=True, kw_only=True):
    """An empty body: `{}` or none at all."""
