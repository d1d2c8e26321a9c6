"""What a use case may ask a store for: one record by its key, or a short listing."""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from uconnect.domain import models
from uconnect.domain.enums import Side, ThreadSort

R_co = TypeVar("R_co", covariant=True)


MOST_WAITING = 100  # threads of one worker that are counted as waiting: however many there are, a count reads no more


class Key(Struct, Generic[R_co], frozen=True, cache_hash=True, gc=False):
    """Names at most one record of its type."""


class Mailbox(StrEnum):
    """The three lists of threads a party can have."""

    RAISED = "raised"
    RECEIVED = "received"
    HANDLED = "handled"


class PartyKey(Key[models.Party], frozen=True):
    id: str


class OwnerEndedKey(Key[models.OwnerEnded], frozen=True):
    party: str


class AddressKey(Key[models.Address], frozen=True):
    email: str


class LoginKey(Key[models.Login], frozen=True):
    issuer: str
    subject: str


class ThreadKey(Key[models.Thread], frozen=True):
    id: str


class ThreadReferenceKey(Key[models.ThreadReference], frozen=True):
    viewer: str
    id: str


class OpenThreadCountKey(Key[models.OpenThreadCount], frozen=True):
    """A count of the open threads that a party received or handles. It is no record: it can be asked for, and never
    written. Not for what a party has raised: it has those ids itself.
    """

    party: str
    mailbox: Mailbox


class InboxCountsKey(Key[models.InboxCounts], frozen=True):
    """The counts of a school's inbox. They are no record: they can be asked for, and never written.

    The threads `without` are not counted.
    """

    party: str
    without: tuple[str, ...] = ()


class WorkersWaitingKey(Key[models.WorkersWaiting], frozen=True):
    """For each of these workers of a school, how many threads that the school received wait for an answer of it; at
    most MOST_WAITING are counted. It is no record: it can be asked for, and never written.
    """

    party: str
    workers: tuple[str, ...]


class AssignmentKey(Key[models.Assignment], frozen=True):
    thread: str
    worker: str


class SideActivityKey(Key[models.SideActivity], frozen=True):
    thread: str
    side: Side


class EntryKey(Key[models.Entry], frozen=True):
    thread: str
    seq: int


class InternalEntryKey(Key[models.InternalEntry], frozen=True):
    thread: str
    seq: int


class HiddenWordsKey(Key[models.HiddenWords], frozen=True):
    thread: str


class PictureKey(Key[models.Picture], frozen=True):
    id: str


class SentMessageKey(Key[models.Message], frozen=True):
    """The message that an author has sent under a key. See `usecases.messages` for when it may be looked up."""

    thread: str
    author: str
    key: str


class SentCountKey(Key[models.SentCount], frozen=True):
    """How many messages an author has sent under a key. It is no record: it can be asked for, and never written."""

    thread: str
    author: str
    key: str


class SavedReplyKey(Key[models.SavedReply], frozen=True):
    party: str
    id: str


class SavedReplyOrderKey(Key[models.SavedReplyOrder], frozen=True):
    party: str


class WeekFiguresKey(Key[models.WeekFigures], frozen=True):
    party: str
    week: int


class IdempotencyKey(Key[models.IdempotencyRecord], frozen=True):
    party: str
    key: str


class RateLimitKey(Key[models.RateLimitState], frozen=True):
    party: str
    what: str


class NoticeStateKey(Key[models.NoticeState], frozen=True):
    party: str


class TicketKey(Key[models.Ticket], frozen=True):
    hashed: str


class JobKey(Key[models.StoredJob], frozen=True):
    id: str


class Listing(Struct, Generic[R_co], frozen=True):
    """Names several records, in the order that its own docstring says. A `most` is the most that are returned."""


class NumberedListing(Listing[R_co], Generic[R_co], frozen=True):
    """What a thread has of one type of record after the number `after`, by `seq`."""

    thread: str
    after: int
    most: int


class EntriesOf(NumberedListing[models.Entry], frozen=True):
    """A thread's log."""


class InternalEntriesOf(NumberedListing[models.InternalEntry], frozen=True):
    """What was noted and assigned beside a thread's log."""


class ThreadsOf(Listing[models.Thread], frozen=True):
    """The threads in a mailbox of a party, latest activity first, then the highest id; after `before` (at, id).

    With `since`, only those with activity from then on. With `ended`, only those that have ended. With `padded`, a
    store does the work of `most` threads, however few there are.
    """

    party: str
    mailbox: Mailbox
    before: tuple[int, str] | None
    most: int
    ended: bool = False
    padded: bool = False
    since: int = 0


class NewestRaisedOf(Listing[models.Thread], frozen=True):
    """The threads that a party has raised, the last raised first, then the highest id; after `before` (since, id).

    With `ended`, only those that have ended.
    """

    party: str
    before: tuple[int, str] | None
    most: int
    ended: bool = False


class OpenThreadsOf(Listing[models.Thread], frozen=True):
    """The open threads in a mailbox of a party that have one of these statuses, in the order of a sort
    (`thread_status.ORDERS`): by who has waited longest, or from the last place to the first.

    After the place `after` in it, and not those `without`. Not for what a party has raised: it has those ids itself.
    """

    party: str
    mailbox: Mailbox
    statuses: tuple[str, ...]
    after: tuple[bool, int, str] | None
    most: int
    without: tuple[str, ...] = ()
    sort: ThreadSort = ThreadSort.WAITING


class SnoozedOf(Listing[models.ThreadReference], frozen=True):
    """The references of a viewer with a snooze whose time is after `now`, the first to end first."""

    viewer: str
    now: int
    most: int


class SchoolsOf(Listing[models.School], frozen=True):
    """The schools that anybody may raise to, by (name in small letters, id), after the place `after`."""

    after: tuple[str, str] | None
    most: int


class SchoolsFound(Listing[models.School], frozen=True):
    """The schools that anybody may raise to and that are found by a text that begins with `text` (`school_search`), by
    (that text, id), after the place `after`, which is (`text`, "") at the start. A school comes once for each such
    text.
    """

    text: str
    after: tuple[str, str]
    most: int


class ActsOf(Listing[models.SchoolAct], frozen=True):
    """The acts of the audit log that a school sees, the last first; before the number `before`."""

    school: str
    before: int | None
    most: int


class PartiesOf(Listing[models.Party], frozen=True):
    """The parties with these ids that there are, in no order."""

    ids: tuple[str, ...]


class DueJobs(Listing[models.StoredJob], frozen=True):
    """The jobs due at `now`, the oldest first; with `since`, those that are due from then on."""

    now: int
    most: int
    since: int = 0
