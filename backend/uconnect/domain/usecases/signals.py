"""Signals at a thread: who types, how far a side has read, and whose composer is open on the school's side.

None is answered, and none is an entry of the log.
"""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import Membership, load_membership, load_membership_inside, visible_to_others
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Side
from uconnect.domain.keys import RateLimitKey, SideActivityKey, ThreadKey
from uconnect.domain.models import Record, SideActivity, Thread
from uconnect.domain.notifications import notify_side
from uconnect.domain.rules import SCHOOL
from uconnect.domain.usecases.rate_limits import consume

Tell = Callable[[Context, Membership], tuple[Delivery, ...]]
OTHER_SIDE = {Side.RAISER: Side.SCHOOL, Side.SCHOOL: Side.RAISER}


def typing(context: Context, by: str, command: protocol.Typing) -> Plan[None]:
    """Tell the other side that someone types, at most each 4 s a side; a send by any hand clears the wait.

    Never says more than "this side": two hands that type at once are one signal. Refusals: account_ended, not_found.
    """
    membership = load_membership(context, by, command.id)
    thread, side = membership.thread, rules.SIDE_OF[membership.role]
    activity = _load_activity(context, thread, side)
    counters = thread.asked if side is Side.RAISER else thread.answered
    cleared = activity.typed <= counters.sent <= context.now  # a send of later was before the clock was set back
    waiting = not cleared and 0 <= context.now - activity.typed < protocol.TYPING_EVERY
    if waiting or not rules.is_open(thread):
        return Plan(None)
    return _signal(context, membership, (replace(activity, typed=context.now),), _typing_deliveries)


def _typing_deliveries(context: Context, membership: Membership) -> tuple[Delivery, ...]:
    shown = visible_to_others(context, membership.thread)
    others = OTHER_SIDE[rules.SIDE_OF[membership.role]]
    return notify_side(shown, others, protocol.TypingNow) if rules.is_open(shown) else ()


def seen(context: Context, by: str, command: protocol.Seen) -> Plan[None]:
    """Move this viewer's read mark, and its side's seen mark, forward. Neither ever falls.

    A second reader on the same side moves nothing that the other side could notice. Refusals: account_ended, not_found.
    """
    membership = load_membership(context, by, command.id)
    thread, side, reference = membership.thread, rules.SIDE_OF[membership.role], membership.reference
    activity = _load_activity(context, thread, side)
    theirs = thread.answered if side is Side.RAISER else thread.asked
    read, seq = min(command.theirs, theirs.messages), min(command.seq, thread.seq)
    moves, shows = read > reference.read, seq > activity.seen
    if not (moves or shows):
        return Plan(None)
    # The mark is written and its viewer looked up also where it stays: else the other side could time whether the hand
    # that has seen this had read it before, and so whether it is another hand.
    marks = (replace(reference, read=max(read, reference.read)), *((replace(activity, seen=seq),) if shows else ()))
    tell = partial(_seen_deliveries, read=read if moves else None, seq=seq if shows else None)
    return _signal(context, membership, marks, tell)


def _seen_deliveries(
    context: Context, membership: Membership, read: int | None, seq: int | None
) -> tuple[Delivery, ...]:
    """Tells the viewer's own devices what it has `read`, and the other side how far this side has seen, if anything."""
    side, reference = rules.SIDE_OF[membership.role], membership.reference
    shown = visible_to_others(context, membership.thread)
    mine = (Delivery(reference.viewer, None if read is None else protocol.Read(id=reference.id, read=read)),)
    others = () if seq is None else notify_side(shown, OTHER_SIDE[side], protocol.SeenBy, seq=seq)
    return mine + others if side is Side.RAISER else others + mine  # the raiser first, whoever has the thread


def _signal(context: Context, membership: Membership, puts: tuple[Record, ...], tell: Tell) -> Plan[None]:
    """Write what a signal leaves, and tell it to those who are at the thread after that.

    A worker taken off meanwhile must not hear it. To guard the thread in the write would cost a store that counts its
    writes twice as much: it compares the thread after the write, and where that has changed, it looks who is there.
    """
    return Plan(
        None,
        puts=puts,
        shared=(ThreadKey(membership.thread.id),),
        recheck=partial(_tell_again, membership=membership, tell=tell),
        deliveries=tell(context, membership),
    )


def _tell_again(context: Context, membership: Membership, tell: Tell) -> Plan[None]:
    """The same signal to whoever is at the thread now. Of a thread that was deleted meanwhile nothing may stay."""
    key, side = ThreadKey(membership.thread.id), rules.SIDE_OF[membership.role]
    if context.get(key) is None:
        return Plan(None, deletes=(SideActivityKey(key.id, side),))
    now = load_membership(context, membership.party.id, membership.reference.id)
    return Plan(None, guards=(key,), deliveries=tell(context, now))


def composing(context: Context, by: str, command: protocol.Composing) -> Plan[None]:
    """Tell the other one on the school's side that this one writes an answer, so that not both do.

    It is a sign, not a lock: both may send. The raiser is not looked up, and nothing is read or written that a message,
    typing or seen depends on. Refusals: account_ended, not_found (no such thread, or the caller raised it), too_fast.
    """
    membership = load_membership_inside(context, by, command.id)
    shown = visible_to_others(context, membership.thread)
    if not rules.is_open(shown):
        return Plan(None)
    other = shown.worker if membership.role is SCHOOL else shown.school
    if other is None:
        return Plan(None)
    frame = protocol.ComposingNow(id=other.id, open=command.open)
    return Plan(
        None,
        puts=(consume(context, RateLimitKey(by, "composing"), rate_limit.COMPOSING),),
        guards=(ThreadKey(shown.id),),  # a worker taken off meanwhile must not hear it
        deliveries=(Delivery(other.party, frame),),
    )


def _load_activity(context: Context, thread: Thread, side: Side) -> SideActivity:
    key = SideActivityKey(thread.id, side)
    return context.get(key) or SideActivity(thread=thread.id, side=side)
