"""Whose hands a thread is in: offload, take back, hand back.

None of them writes an entry of the log or touches what the raiser is shown: not its row, its revision or its id.
"""

from msgspec.structs import replace

from uconnect.core import rules, views, wire
from uconnect.core.aliases import alias
from uconnect.core.commands import Offload
from uconnect.core.decide.access import Looking, Place, at_thread, told
from uconnect.core.decide.fanout import noted, three, turned
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.keys import PartyKey, PlacementKey
from uconnect.core.model import Assigned, Desk, Handle, Placement, School, Thread, Todo
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role
from uconnect.core.tasks import Erase, Left
from uconnect.core.views.pages import Done


def offload(at: Moment, by: str, id: str, command: Offload) -> Decision[Done]:
    """Give a thread to a worker, also straight from another.

    Refusals: account_ended, not_found (no such thread or worker of this school), thread_terminated.
    """
    place = yield from at_received(by, id)
    if isinstance(place, Refusal):
        return place
    facts = yield (PartyKey(command.worker),)
    worker, thread = facts.one(PartyKey(command.worker)), place.thread
    assert isinstance(place.party, School)
    if worker is None or not rules.may_offload(thread, place.party, worker):
        return Refused.NOT_FOUND.refusal
    if thread.worker is not None and thread.worker.party == worker.id:
        return Plan(Done())  # said again, it is answered as the first time, also after the end
    if not rules.is_open(thread):
        return Refused.THREAD_TERMINATED.refusal
    return (yield from give(at, thread, worker.id))


def give(at: Moment, thread: Thread, worker: str) -> Decision[Done]:
    """Put an open thread into a worker's hands. The same thread returns to the same worker under the same alias."""
    key = PlacementKey(thread.id, worker)
    facts = yield (key,)
    known = facts.one(key)
    parked = yield from _park(thread)
    placed = known or Placement(thread=thread.id, worker=worker, id=at.fresh(), alias=alias(at.fresh()))
    handle = Handle(viewer=worker, id=placed.id, thread=thread.id, owner=thread.raiser.party)
    desk = Desk(party=worker, id=placed.id, alias=placed.alias, rev=placed.rev + 1)
    moved, assigned = _moved(at, thread, desk)
    return Plan(
        Done(),
        puts=(moved, assigned, placed, *(() if known else (handle,)), *parked),
        guards=(PartyKey(worker),),  # removed meanwhile, it must not get the thread
        deliveries=(*_left(parked), *_rows(moved, assigned)),
    )


def take_back(at: Moment, by: str, id: str) -> Decision[Done]:
    """Take a thread back from its worker, open or terminated. Refusals: account_ended, not_found."""
    place = yield from at_received(by, id)
    if isinstance(place, Refusal):
        return place
    if place.thread.worker is None:
        return Plan(Done())
    return (yield from leave(at, place.thread))


def hand_back(at: Moment, by: str, id: str) -> Decision[Done]:
    """A worker gives a thread back to its school. Refusals: account_ended, not_found (it is not in its hands).

    Also when it was a moment ago. Whether it was handed back then, taken or deleted is the same to the worker: else it
    would learn of two threads which it has no more that they were deleted, as when an account ends that raised both.
    """
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    if place.role is not Role.WORKER:
        return Refused.NOT_FOUND.refusal
    return (yield from leave(at, place.thread))


def leave(at: Moment, thread: Thread) -> Decision[Done]:
    """The worker leaves the thread, which stays with the school; it hears nothing that is committed after this.

    Where the owner's account has ended, the worker was the last to have it: then the job erases it. The job is left
    in each case, so that a worker who hands back a thread cannot tell the two apart (equal work: leak 30).
    """
    parked = yield from _park(thread)
    home, assigned = _moved(at, thread, None)
    # As many reads and look-ups whoever is left to be told: a worker must not find a thread that is nobody's quicker.
    news = (*_left(parked), *_rows((yield from told(home)), assigned))
    work = Todo(id=at.fresh(), due=at.soon(), task=Left(thread.id))
    return Plan(Done(), puts=(home, assigned, *parked, work), deliveries=news)


def erasing(at: Moment, thread: str) -> Todo:
    """What remains to be done when a thread's head is deleted."""
    return Todo(id=at.fresh(), due=at.soon(), task=Erase(thread))


def at_received(by: str, id: str) -> Looking[Place | Refusal]:
    """The school's place at a thread raised to it; one that it raised itself is not its to hand out (rule 2)."""
    place = yield from at_thread(by, id)
    if isinstance(place, Place) and place.role is not Role.SCHOOL:
        return Refused.NOT_FOUND.refusal
    return place


def _park(thread: Thread) -> Looking[tuple[Placement, ...]]:
    """The placement that the present worker leaves behind, with the revision at which the thread was gone for it."""
    desk = thread.worker
    if desk is None:
        return ()
    key = PlacementKey(thread.id, desk.party)
    facts = yield (key,)
    placed = facts.one(key)
    assert placed is not None  # written when the worker got the thread
    return (replace(placed, rev=desk.rev + 1),)


def _moved(at: Moment, thread: Thread, desk: Desk | None) -> tuple[Thread, Assigned]:
    """The head in other hands, and the line that tells the school so."""
    head = replace(thread, worker=desk, school=turned(thread.school), asides=thread.asides + 1)
    return head, Assigned(thread=thread.id, seq=head.asides, at=at.now, worker=desk.party if desk else None)


def _left(parked: tuple[Placement, ...]) -> tuple[Delivery, ...]:
    return tuple(Delivery(placed.worker, wire.Gone(id=placed.id, rev=placed.rev)) for placed in parked)


def _rows(thread: Thread, assigned: Assigned) -> tuple[Delivery, ...]:
    return (
        *three(
            thread,
            None,
            wire.RowChanged(row=views.row(thread, Role.WORKER)) if thread.worker else None,
            wire.RowChanged(row=views.row(thread, Role.SCHOOL)),
        ),
        *noted(thread, assigned),
    )
