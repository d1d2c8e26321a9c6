"""Who is told of a change, and in which order: the raiser first, then the worker, then the school.

Three look-ups are made whoever handles the thread; without a worker one is at an address where nobody is, and what
would be shown there is built and written all the same. So neither the number of reads, nor the place in the queue, nor
the work before the raiser is told says whether there is a worker.
"""

from msgspec import Struct
from msgspec.structs import replace

from uconnect.core import rules, views, wire
from uconnect.core.facts import Delivery
from uconnect.core.model import NOBODY, Aside, Desk, Entry, Owner, Seat, Thread
from uconnect.core.rules import Role
from uconnect.core.terms import Side


def turned(seat: Seat) -> Seat:
    return replace(seat, rev=seat.rev + 1)


def turned_desk(desk: Desk | None) -> Desk | None:
    return replace(desk, rev=desk.rev + 1) if desk else None


def changed_for_all(thread: Thread) -> Thread:
    """The head with every viewer's revision one higher."""
    return replace(
        thread, raiser=turned(thread.raiser), school=turned(thread.school), worker=turned_desk(thread.worker)
    )


def without_owner(thread: Thread) -> Thread:
    """The head once its owner's account has ended: it is nobody's any more but the worker's who has it."""
    return replace(thread, raiser=replace(thread.raiser, party=NOBODY), school=replace(thread.school, party=NOBODY))


def three(thread: Thread, raiser: Struct | None, worker: Struct | None, school: Struct | None) -> tuple[Delivery, ...]:
    """The three deliveries, in their order. When no worker has the thread, nobody hears what `worker` is."""
    desk = thread.worker
    return (
        Delivery(thread.raiser.party, raiser),
        Delivery(desk.party if desk else thread.id, worker),
        Delivery(thread.school.party, school),
    )


def event(thread: Thread, entry: Entry, role: Role, seat: Seat) -> wire.Event:
    return wire.Event(id=seat.id, entry=views.entry(entry, role, seat.party), row=views.row(thread, role))


def events(thread: Thread, entry: Entry) -> tuple[Delivery, ...]:
    """An entry of the log, told to everyone at the thread."""
    role, seat = (Role.WORKER, thread.worker) if thread.worker else (Role.SCHOOL, thread.school)
    return three(
        thread,
        event(thread, entry, Role.RAISER, thread.raiser),
        event(thread, entry, role, seat),
        event(thread, entry, Role.SCHOOL, thread.school),
    )


def to_side(
    thread: Thread, side: Side, make: type[wire.TypingNow] | type[wire.SeenBy], **said: int
) -> tuple[Delivery, ...]:
    """A signal told to one side only, each hand under the id it knows; the other side is looked up and told nothing."""
    desk = thread.worker
    frames = [
        make(id=seat.id, **said) if seat and rules.SIDE_OF[role] is side else None
        for role, seat in ((Role.RAISER, thread.raiser), (Role.WORKER, desk), (Role.SCHOOL, thread.school))
    ]
    return three(thread, *frames)


def noted(thread: Thread, aside: Aside) -> tuple[Delivery, ...]:
    """What stands beside the log, told to the worker if it is for it, and to the school; never to the raiser."""
    seats = ((Role.WORKER, thread.worker), (Role.SCHOOL, thread.school))
    shown = ((seat, views.aside(aside, role, seat.party)) for role, seat in seats if seat)
    return tuple(Delivery(seat.party, wire.Noted(id=seat.id, entry=entry)) for seat, entry in shown if entry)


def changed(*parties: str, what: wire.What) -> tuple[Delivery, ...]:
    """Each of these is told to ask again for what it shows of itself."""
    return tuple(Delivery(party, wire.Changed(what=what)) for party in parties)


def meter(owner: Owner) -> Delivery:
    """The raiser's own count of open threads."""
    return Delivery(owner.id, wire.Meter(rev=owner.rev, open=len(owner.open), most=rules.FIVE))
