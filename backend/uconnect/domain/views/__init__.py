"""The only exit: builds what each party is shown of a thread, field by field, with one frozen type a fact.

Nothing here copies a record and removes fields from it: a field that no view names cannot leave.
"""

from msgspec import Struct

from uconnect.domain.hidden_words import NOTHING_HIDDEN, Hidden
from uconnect.domain.models import AssignmentChange, Entry, InternalEntry, SideActivity, Thread, ThreadReference
from uconnect.domain.rules import RAISER, SCHOOL, Role
from uconnect.domain.views import raiser, school, worker
from uconnect.domain.views.common import ShownSnooze

Row = raiser.RaiserRow | school.SchoolRow | worker.WorkerRow
ShownEntry = raiser.RaiserEntry | school.SchoolEntry | worker.WorkerEntry
ShownInternalEntry = school.SchoolInternalEntry | worker.WorkerNote


class Listed(Struct, frozen=True):
    """A row in a list. Unread is the row's `theirs` less `read`. `snooze` is the viewer's own; a raiser has none."""

    row: Row
    read: int
    snooze: ShownSnooze | None


class Opened(Struct, frozen=True):
    """One thread asked for by its id; `seen` is the highest seq that the other side has seen."""

    row: Row
    read: int
    snooze: ShownSnooze | None
    seen: int


def row(thread: Thread, role: Role, hidden: Hidden = NOTHING_HIDDEN) -> Row:
    """The thread's row as the party in that role sees it. `hidden` is what a worker must not read."""
    if role is RAISER:
        return raiser.row(thread)
    return school.row(thread) if role is SCHOOL else worker.row(thread, hidden)


def entry(entry: Entry, role: Role, viewer: str, hidden: Hidden) -> ShownEntry:
    """An entry of the log as a viewer in that role sees it. `hidden` is what a worker must not read."""
    if role is RAISER:
        return raiser.entry(entry, viewer)
    return school.entry(entry, viewer) if role is SCHOOL else worker.entry(entry, viewer, hidden)


def internal_entry(entry: InternalEntry, role: Role, viewer: str, hidden: Hidden) -> ShownInternalEntry | None:
    """What was noted or assigned beside the log as a viewer in that role sees it; None where it is not for them."""
    match role:
        case Role.RAISER:
            return None
        case Role.SCHOOL:
            return school.internal_entry(entry, viewer)
        case Role.WORKER:
            return None if isinstance(entry, AssignmentChange) else worker.note(entry, viewer, hidden)


def snooze_shown(reference: ThreadReference) -> ShownSnooze | None:
    found = reference.snooze
    return ShownSnooze(rev=found.rev, until=found.until, theirs=found.messages) if found else None


def listed(thread: Thread, role: Role, reference: ThreadReference, hidden: Hidden = NOTHING_HIDDEN) -> Listed:
    return Listed(row=row(thread, role, hidden), read=reference.read, snooze=snooze_shown(reference))


def opened(
    thread: Thread,
    role: Role,
    reference: ThreadReference,
    other: SideActivity | None,
    hidden: Hidden = NOTHING_HIDDEN,
) -> Opened:
    return Opened(
        row=row(thread, role, hidden),
        read=reference.read,
        snooze=snooze_shown(reference),
        seen=other.seen if other else 0,
    )
