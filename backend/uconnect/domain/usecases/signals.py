"""Signals at a thread: who types, how far a side has read, and whose composer is open on the school's side.

None is answered, and none is an entry of the log.
"""

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import load_membership, load_membership_inside, visible_to_others
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Side
from uconnect.domain.keys import RateLimitKey, SideActivityKey, ThreadKey
from uconnect.domain.models import SideActivity, Thread
from uconnect.domain.notifications import notify_side
from uconnect.domain.rules import SCHOOL
from uconnect.domain.usecases.rate_limits import consume

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
    return Plan(
        None,
        puts=(replace(activity, typed=context.now),),
        guards=(ThreadKey(thread.id),),  # a worker taken off meanwhile must not hear it
        deliveries=notify_side(visible_to_others(context, thread), OTHER_SIDE[side], protocol.TypingNow),
    )


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
    mine = (Delivery(by, protocol.Read(id=reference.id, read=read) if moves else None),)
    others = (
        notify_side(visible_to_others(context, thread), OTHER_SIDE[side], protocol.SeenBy, seq=seq) if shows else ()
    )
    return Plan(
        None,
        puts=(replace(reference, read=max(read, reference.read)), *((replace(activity, seen=seq),) if shows else ())),
        guards=(ThreadKey(thread.id),),  # (the same)
        deliveries=mine + others if side is Side.RAISER else others + mine,  # the raiser first, whoever has the thread
    )


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
