"""Says who is told of a change: raiser, worker, school, in this order, and with equal work if there is no worker.

Three parties are looked up whoever handles the thread. Without a worker, one look-up is at an address where nobody is,
and its frame is built all the same. So the number of reads, the order, and the work before the raiser is told do not
depend on the worker (leak 27).
"""

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import protocol, rules, views
from uconnect.domain.context import Context, Delivery
from uconnect.domain.enums import Side
from uconnect.domain.hidden_words import NOTHING_HIDDEN, Hidden
from uconnect.domain.keys import Mailbox, ThreadsOf
from uconnect.domain.models import (
    NOBODY,
    Assignee,
    Entry,
    InternalEntry,
    Note,
    Owner,
    Participant,
    Party,
    School,
    Thread,
    Worker,
)
from uconnect.domain.rules import RAISER, SCHOOL, WORKER, Role
from uconnect.domain.views.directory import directory_card
from uconnect.domain.views.school import person

NOTIFIED_THREADS = 20  # the latest on each side, whose other parties hear of a new profile at once


def bump_revision(participant: Participant) -> Participant:
    return replace(participant, rev=participant.rev + 1)


def bump_assignee_revision(assignee: Assignee | None) -> Assignee | None:
    return replace(assignee, rev=assignee.rev + 1) if assignee else None


def bump_all_revisions(thread: Thread) -> Thread:
    """The head with every viewer's revision one higher."""
    return replace(
        thread,
        raiser=bump_revision(thread.raiser),
        school=bump_revision(thread.school),
        worker=bump_assignee_revision(thread.worker),
    )


def without_owner(thread: Thread) -> Thread:
    """The head once its owner's account has ended: it is nobody's any more but the worker's who has it."""
    return replace(thread, raiser=replace(thread.raiser, party=NOBODY), school=replace(thread.school, party=NOBODY))


def notify_participants(
    thread: Thread, raiser: Struct | None, worker: Struct | None, school: Struct | None
) -> tuple[Delivery, ...]:
    """The three deliveries, in their order. When no worker has the thread, nobody hears what `worker` is."""
    assignee = thread.worker
    # equal work: leak 27. Always three deliveries; without a worker the second goes to an address where nobody is.
    return (
        Delivery(thread.raiser.party, raiser),
        Delivery(assignee.party if assignee else thread.id, worker),
        Delivery(thread.school.party, school),
    )


class EntryEvents(Struct, frozen=True):
    """What is told of one entry of a log: a frame for each role, each view in it built once.

    `reload` is the worker's frame in place of `worker` where words are hidden, unless it wrote the entry.
    """

    raiser: protocol.Event
    worker: protocol.Event
    school: protocol.Event
    reload: protocol.Reload | None = None

    def of(self, role: Role) -> protocol.Event:
        if role is RAISER:
            return self.raiser
        return self.worker if role is WORKER else self.school


def entry_events(thread: Thread, entry: Entry, hidden: Hidden = NOTHING_HIDDEN) -> EntryEvents:
    """The frames of an entry. `hidden` is known where the worker itself wrote the entry.

    Who else writes does not read the hidden words: a raiser would take longer (equal work: leak 36). So the worker is
    told to ask for what is new.
    """
    assignee, asks = thread.worker, thread.hides > 0 and not hidden.is_known
    # equal work: leak 27. Without a worker, the school's frame is built a second time; also where the worker must ask.
    role, participant = (WORKER, assignee) if assignee and not asks else (SCHOOL, thread.school)
    return EntryEvents(
        entry_event(thread, entry, RAISER, thread.raiser),
        entry_event(thread, entry, role, participant, hidden),
        entry_event(thread, entry, SCHOOL, thread.school),
        reload_frame(assignee) if assignee and asks else None,
    )


def entry_event(
    thread: Thread, entry: Entry, role: Role, participant: Participant, hidden: Hidden = NOTHING_HIDDEN
) -> protocol.Event:
    return protocol.Event(
        id=participant.id,
        entry=views.entry(entry, role, participant.party, hidden),
        row=views.row(thread, role, hidden),
    )


def reload_frame(assignee: Assignee, *, texts: bool = False) -> protocol.Reload:
    """Tells a worker to ask for a thread of which words are hidden. No text is in it."""
    return protocol.Reload(id=assignee.id, rev=assignee.rev, texts=texts)


def notify_entry(thread: Thread, events: EntryEvents) -> tuple[Delivery, ...]:
    """An entry of the log, told to everyone at the thread."""
    return notify_participants(thread, events.raiser, events.reload or events.worker, events.school)


def notify_side(
    thread: Thread, side: Side, make: type[protocol.TypingNow] | type[protocol.SeenBy], **said: int
) -> tuple[Delivery, ...]:
    """A signal told to one side only, each hand under the id it knows; the other side is looked up and told nothing."""
    assignee = thread.worker
    frames = [
        make(id=participant.id, **said) if participant and rules.SIDE_OF[role] is side else None
        for role, participant in ((Role.RAISER, thread.raiser), (Role.WORKER, assignee), (Role.SCHOOL, thread.school))
    ]
    return notify_participants(thread, *frames)


def notify_internal_entry(thread: Thread, internal_entry: InternalEntry) -> tuple[Delivery, ...]:
    """What stands beside the log, told to the worker if it is for it, and to the school; never to the raiser."""
    assignee = thread.worker
    if assignee and thread.hides and isinstance(internal_entry, Note) and internal_entry.author != assignee.party:
        told: tuple[Delivery, ...] = (Delivery(assignee.party, reload_frame(assignee)),)
    else:
        told = _notify_internal_entry(internal_entry, WORKER, assignee) if assignee else ()
    return (*told, *_notify_internal_entry(internal_entry, SCHOOL, thread.school))


def _notify_internal_entry(entry: InternalEntry, role: Role, participant: Participant) -> tuple[Delivery, ...]:
    """To a worker only what it wrote itself, or where nothing is hidden."""
    shown = views.internal_entry(entry, role, participant.party, NOTHING_HIDDEN)
    frame = protocol.InternalEntryAdded(id=participant.id, entry=shown) if shown else None
    return (Delivery(participant.party, frame),) if frame else ()


def notify_profile(context: Context, party: Party) -> tuple[Delivery, ...]:
    """Another name, address or profile of a party, told to those who are shown it.

    These are the party itself, a worker's school, a school's workers, and the other side of the latest threads that it
    raised or that were raised to it, raisers first (leak 27). Whoever has only older threads with it loads the profile
    later.
    """
    mine = notify_changed(party.id, what=protocol.ChangedSubject.ME)
    match party:
        case Worker():
            return (*mine, *notify_changed(party.school, what=protocol.ChangedSubject.WORKERS))
        case School():
            workers = notify_changed(*party.workers, what=protocol.ChangedSubject.ME)
            received = _latest_threads(context, party, Mailbox.RECEIVED)
            card = protocol.SchoolChanged(school=directory_card(party))
            raisers = _notify_each_once(party, [it.raiser.party for it in received], card)
            return (*raisers, *mine, *workers, *_notify_asked_schools(context, party))
        case _:
            return (*mine, *_notify_asked_schools(context, party))


def _notify_asked_schools(context: Context, owner: Owner) -> tuple[Delivery, ...]:
    """The schools of the latest threads that this owner raised: they see its name."""
    raised = _latest_threads(context, owner, Mailbox.RAISED)
    return _notify_each_once(owner, [it.school.party for it in raised], protocol.OwnerChanged(owner=person(owner)))


def _latest_threads(context: Context, party: Owner, mailbox: Mailbox) -> tuple[Thread, ...]:
    # equal work: leak 24. A worker who is told after this must not feel how many threads there are.
    return context.list(ThreadsOf(party.id, mailbox, None, NOTIFIED_THREADS, padded=True))


def _notify_each_once(party: Party, others: list[str], frame: Struct) -> tuple[Delivery, ...]:
    once = [*dict.fromkeys(others)]
    # equal work: leak 24. Always so many look-ups: a worker who is told too must not feel how many owners there are.
    return (*(Delivery(it, frame) for it in once), *[Delivery(party.id, None)] * (NOTIFIED_THREADS - len(once)))


def notify_changed(*parties: str, what: protocol.ChangedSubject) -> tuple[Delivery, ...]:
    """Each of these is told to ask again for what it shows of itself."""
    return tuple(Delivery(party, protocol.Changed(what=what)) for party in parties)


def notify_thread_limit(owner: Owner) -> Delivery:
    """The raiser's own count of open threads."""
    return Delivery(owner.id, protocol.Meter(rev=owner.rev, open=len(owner.open), most=rules.FIVE))
