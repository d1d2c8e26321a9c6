"""The pages that queries answer with: rows, entries, schools and workers."""

from msgspec import Struct

from uconnect.domain.views import Listed, Opened, ShownEntry, ShownInternalEntry
from uconnect.domain.views.directory import Invitation, SchoolCard, WorkerCard
from uconnect.domain.views.school import Person


class ThreadPage(Struct, frozen=True):
    """Threads, latest activity first. `people` are their owners, for the school they were raised to, else empty."""

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


class NoteShown(Struct, frozen=True):
    """The note that was written."""

    entry: ShownInternalEntry


class SchoolPage(Struct, frozen=True):
    """The directory, by name."""

    schools: tuple[SchoolCard, ...]
    next: str | None


class WorkerList(Struct, frozen=True):
    """A school's workers in the order they were invited; at most five."""

    workers: tuple[WorkerCard, ...]
    most: int


class InvitationList(Struct, frozen=True):
    """The invitations that wait for the caller's answer, oldest first."""

    invitations: tuple[Invitation, ...]


class Overview(Struct, frozen=True):
    """A school's open threads now: how many were raised to it, and how many of those its workers have."""

    open: int
    with_workers: int


class TicketShown(Struct, frozen=True):
    """A ticket opens one socket, once, within `seconds`."""

    ticket: str
    seconds: int


class Done(Struct, frozen=True):
    """It is so now, whether this call or an earlier one made it so."""
