"""The pages that queries answer with: rows, entries, schools and workers."""

from msgspec import Struct

from uconnect.domain.views import Listed, Opened, ShownEntry, ShownInternalEntry
from uconnect.domain.views.directory import DirectoryCard, Invitation, WorkerCard
from uconnect.domain.views.school import Person


class ThreadPage(Struct, frozen=True):
    """Threads in the order that was asked for. `people` are their owners, for the school they were raised to, else
    empty.
    """

    threads: tuple[Listed, ...]
    people: tuple[Person, ...]
    next: str | None


class ThreadShown(Struct, frozen=True):
    """One thread; `people` is its owner, for the school it was raised to, else empty."""

    thread: Opened
    people: tuple[Person, ...]


class LogPage(Struct, frozen=True):
    """Entries by seq, without a gap; `more` follow the last one."""

    entries: tuple[ShownEntry, ...]
    more: bool


class InternalEntryPage(Struct, frozen=True):
    """What stands beside a log, by seq; numbers that are missing are not for this reader. More follows after `next`."""

    entries: tuple[ShownInternalEntry, ...]
    next: int | None


class HiddenWordsShown(Struct, frozen=True):
    """The words of a thread that its school hides from whoever works on it, in the order in which they were hidden; at
    most `most`. `rev` is that of the school's row.
    """

    rev: int
    words: tuple[str, ...]
    most: int


class NoteShown(Struct, frozen=True):
    """The note that was written."""

    entry: ShownInternalEntry


class SchoolPage(Struct, frozen=True):
    """The directory, by name."""

    schools: tuple[DirectoryCard, ...]
    next: str | None


class WorkerList(Struct, frozen=True):
    """A school's workers in the order they were invited; at most five."""

    workers: tuple[WorkerCard, ...]
    most: int


class InvitationList(Struct, frozen=True):
    """The invitations that wait for the caller's answer, oldest first."""

    invitations: tuple[Invitation, ...]


class Overview(Struct, frozen=True):
    """How many threads a school has received, counted now.

    `open` is the sum of `new`, `with_us`, `with_workers` and `with_them`. `waiting` wait for an answer of the school's
    side, whoever handles them: the first of them since `waiting_since` (None if there is none). `snoozed` are open too,
    and are not in any of these.
    """

    open: int
    new: int
    with_us: int
    with_workers: int
    with_them: int
    snoozed: int
    ended: int
    waiting: int
    waiting_since: int | None


class TicketShown(Struct, frozen=True):
    """A ticket opens one socket, once, within `seconds`."""

    ticket: str
    seconds: int


class NoticeSetting(Struct, frozen=True):
    """Whether the caller gets an e-mail when a message waits."""

    by_email: bool


class Done(Struct, frozen=True):
    """It is so now, whether this call or an earlier one made it so."""
