"""A thread's beginning and end: raise, terminate, delete."""

from msgspec.structs import replace

from uconnect.core import pace, rules, views, wire
from uconnect.core.commands import Raise
from uconnect.core.decide.access import at_thread, standing
from uconnect.core.decide.fanout import changed_for_all, events, meter, three
from uconnect.core.decide.handling import erasing
from uconnect.core.decide.messages import post
from uconnect.core.decide.pacing import one_more
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import HandleKey, PaceKey, PartyKey, ReceiptKey, ThreadKey
from uconnect.core.model import (
    KIND_OF,
    Handle,
    Owner,
    Pace,
    Party,
    Receipt,
    School,
    Seat,
    Terminated,
    Thread,
    Todo,
    Worker,
)
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role
from uconnect.core.tasks import Assign
from uconnect.core.terms import Side, State
from uconnect.core.views import Listed
from uconnect.core.views.pages import Done


def raise_(at: Moment, by: str, command: Raise) -> Decision[Listed]:
    """Raise a thread to a school, with its first message. A key used before is answered with the same thread.

    Refusals: account_ended, not_found (the target cannot be raised to, or is not there), five_threads, too_fast.
    """
    receipt, pacing = ReceiptKey(by, command.key), PaceKey(by, "raise")
    facts = yield (PartyKey(by), PartyKey(command.school), receipt, pacing)
    owner = standing(facts.one(PartyKey(by)))
    if isinstance(owner, Refusal):
        return owner
    made = facts.one(receipt)
    if made is not None:
        return (yield from _raised_before(by, made.made))
    target = facts.one(PartyKey(command.school))
    if isinstance(owner, Worker) or target is None or not _may_raise(owner, target):
        return Refused.NOT_FOUND.refusal
    assert isinstance(target, School)
    if not rules.takes_threads(target):
        return Refused.NOT_FOUND.refusal
    if not rules.may_open_another(owner):
        return Refused.FIVE_THREADS.refusal
    used = one_more(at, facts, pacing, pace.RAISE)
    if used is None:
        return Refused.TOO_FAST.refusal
    return _begin(at, owner, target, command, used)


def _may_raise(owner: Owner, target: Party) -> bool:
    return rules.may_raise(KIND_OF[type(owner)], owner.id, KIND_OF[type(target)], target.id)


def _begin(at: Moment, owner: Owner, target: School, command: Raise, used: Pace) -> Plan[Listed]:
    head = Thread(
        id=at.fresh(),
        key=command.key,
        kind=KIND_OF[type(owner)],
        subject=command.subject,
        since=at.now,
        at=at.now,
        raiser=Seat(party=owner.id, id=at.fresh(), rev=0),
        school=Seat(party=target.id, id=at.fresh(), rev=0),
    )
    posted = post(head, Side.RAISER, owner.id, command.key, command.text, at.now)
    assert posted is not None  # a new thread's pace is whole
    thread, message = posted
    mine = Handle(viewer=owner.id, id=thread.raiser.id, thread=thread.id, owner=owner.id)
    theirs = Handle(viewer=target.id, id=thread.school.id, thread=thread.id, owner=owner.id)
    # Left by every raise, whatever the policy and whoever is available: so a raise tells nothing of either.
    work = Todo(id=at.fresh(), due=at.soon(), task=Assign(thread.id))
    owner = replace(owner, open=(*owner.open, thread.id), rev=owner.rev + 1)
    return Plan(
        views.listed(thread, Role.RAISER, mine),
        puts=(owner, used, Receipt(party=owner.id, key=command.key, made=mine.id), thread, message, mine, theirs, work),
        guards=(PartyKey(target.id),),
        deliveries=(meter(owner), *events(thread, message)),
    )


def _raised_before(by: str, id: str) -> Decision[Listed]:
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    return Plan(views.listed(place.thread, place.role, place.handle))


def terminate(at: Moment, by: str, id: str) -> Decision[Done]:
    """End a thread: nobody posts any more, all who could read still can. It frees one of the raiser's five.

    Refusals: account_ended, not_found (there is no such thread, or the caller did not raise it).
    """
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    owner, thread = place.party, place.thread
    if not rules.may_terminate(place.role) or isinstance(owner, Worker):
        return Refused.NOT_FOUND.refusal
    return end(at, owner, thread) if rules.is_open(thread) else Plan(Done())


def end(at: Moment, owner: Owner, thread: Thread) -> Plan[Done]:
    """The end of an open thread, in its log and its owner's count."""
    entry = Terminated(thread=thread.id, seq=thread.seq + 1, at=max(at.now, thread.at))
    thread = replace(changed_for_all(thread), state=State.TERMINATED, seq=entry.seq, at=entry.at)
    owner = replace(owner, open=tuple(open for open in owner.open if open != thread.id), rev=owner.rev + 1)
    return Plan(Done(), puts=(owner, thread, entry), deliveries=(meter(owner), *events(thread, entry)))


def delete(at: Moment, by: str, id: str) -> Decision[Done]:
    """Delete a terminated thread, for everyone and for ever. The flip is at once; its messages are erased after it.

    Refusals: account_ended, not_found (as for terminate), thread_open.
    """
    facts = yield (PartyKey(by), HandleKey(by, id))
    before = facts.one(HandleKey(by, id))
    if standing(facts.one(PartyKey(by))) is facts.one(PartyKey(by)) and before is not None and before.gone:
        return Plan(Done())
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    thread = place.thread
    if not rules.may_delete(place.role):
        return Refused.NOT_FOUND.refusal
    if rules.is_open(thread):
        return Refused.THREAD_OPEN.refusal
    gone = changed_for_all(thread)
    desk = gone.worker
    return Plan(
        Done(),
        puts=(
            replace(place.handle, thread="", gone=gone.raiser.rev),
            erasing(at, thread.id),
        ),
        deletes=(ThreadKey(thread.id), HandleKey(thread.school.party, thread.school.id), ReceiptKey(by, thread.key)),
        deliveries=three(
            gone,
            wire.Gone(id=gone.raiser.id, rev=gone.raiser.rev),
            wire.Gone(id=desk.id, rev=desk.rev) if desk else None,
            wire.Gone(id=gone.school.id, rev=gone.school.rev),
        ),
    )
