"""Sending, typing and having seen: what happens inside a thread."""

from functools import partial

from msgspec.structs import replace

from uconnect.core import pace, rules, views, wire
from uconnect.core.decide.access import Looking, Place, at_thread, told
from uconnect.core.decide.fanout import changed, changed_for_all, events, to_side
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.keys import PresenceKey, SentKey, ThreadKey
from uconnect.core.model import PREVIEW, Line, Message, Presence, Thread, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.terms import Side

OTHER = {Side.RAISER: Side.SCHOOL, Side.SCHOOL: Side.RAISER}


def send(at: Moment, by: str, command: wire.Send) -> Decision[wire.Ack]:
    """Append a message. A key used before is answered as the first time, whatever the text, also after the end.

    Refusals: account_ended, not_found, thread_terminated, too_fast.
    """
    place = yield from at_thread(by, command.id)
    if isinstance(place, Refusal):
        return place
    # Asked after the head: a twin that committed in between is either found here or has moved the head we guard.
    sent = SentKey(place.thread.id, by, command.key)
    facts = yield (sent,)
    before = facts.one(sent)
    if before is not None:
        return (yield from _again(at, place, before))
    if not rules.is_open(place.thread):
        return Refused.THREAD_TERMINATED.refusal
    posted = post(place.thread, rules.SIDE_OF[place.role], by, command.key, command.text, at.now)
    if posted is None:
        return Refused.TOO_FAST.refusal
    thread, message = posted
    ack = _ack(place, thread, message)
    if isinstance(place.party, Worker) and not place.party.answered:
        # Its first answer. It is marked in a transaction before the one that answers: that one then does for a new
        # worker what it does for every hand, and nothing that the raiser can time differs (leak 22).
        marked = replace(place.party, answered=True)
        again = partial(send, by=by, command=command)
        return Plan(ack, puts=(marked,), deliveries=changed(by, what=wire.What.ME), then=again)
    news = events((yield from told(thread)), message)
    return Plan(ack, puts=(thread, message), deliveries=news)


def _again(at: Moment, place: Place, before: Message) -> Looking[Plan[wire.Ack]]:
    """The answer of then, told again to today's recipients: the first run may have died before it told them.

    At a pace of its own: else one message sent without end would be a flood to the others, which no pace of sending
    stops.
    """
    thread, side = place.thread, rules.SIDE_OF[place.role]
    tally = thread.asked if side is Side.RAISER else thread.answered
    news = events((yield from told(thread)), before)
    due = pace.admit(pace.AGAIN, tally.again, at.now)
    if due is None:
        return Plan(_ack(place, thread, before), guards=(ThreadKey(thread.id),))
    tally = replace(tally, again=due)
    head = replace(thread, asked=tally) if side is Side.RAISER else replace(thread, answered=tally)
    return Plan(_ack(place, thread, before), puts=(head,), deliveries=news)


def post(thread: Thread, side: Side, by: str, key: str, text: str, now: int) -> tuple[Thread, Message] | None:
    """The head and the message after one more message; None if the side writes faster than its pace allows."""
    tally = thread.asked if side is Side.RAISER else thread.answered
    due = pace.admit(pace.SEND, tally.due, now)
    if due is None:
        return None
    message = Message(
        thread=thread.id, seq=thread.seq + 1, at=max(now, thread.at), side=side, author=by, key=key, text=text
    )
    counted = replace(tally, messages=tally.messages + 1, sent=now, due=due)
    thread = replace(
        changed_for_all(thread),
        seq=message.seq,
        at=message.at,
        last=Line(side, text[:PREVIEW]),
        asked=counted if side is Side.RAISER else thread.asked,
        answered=counted if side is Side.SCHOOL else thread.answered,
    )
    return thread, message


def typing(at: Moment, by: str, command: wire.Typing) -> Decision[None]:
    """Tell the other side that someone types, at most each 4 s a side; a send by any hand clears the wait.

    Never says more than "this side": two hands that type at once are one signal. Refusals: account_ended, not_found.
    """
    place = yield from at_thread(by, command.id)
    if isinstance(place, Refusal):
        return place
    thread, side = place.thread, rules.SIDE_OF[place.role]
    presence = yield from _presence(thread, side)
    tally = thread.asked if side is Side.RAISER else thread.answered
    cleared = presence.typed <= tally.sent <= at.now  # a send of later was before the clock was set back
    waiting = not cleared and 0 <= at.now - presence.typed < wire.TYPING_EVERY
    if waiting or not rules.is_open(thread):
        return Plan(None)
    return Plan(
        None,
        puts=(replace(presence, typed=at.now),),
        guards=(ThreadKey(thread.id),),  # a worker taken off meanwhile must not hear it
        deliveries=to_side((yield from told(thread)), OTHER[side], wire.TypingNow),
    )


def seen(at: Moment, by: str, command: wire.Seen) -> Decision[None]:
    """Move this viewer's read mark, and its side's seen mark, forward. Neither ever falls.

    A second reader on the same side moves nothing that the other side could notice. Refusals: account_ended, not_found.
    """
    place = yield from at_thread(by, command.id)
    if isinstance(place, Refusal):
        return place
    thread, side, handle = place.thread, rules.SIDE_OF[place.role], place.handle
    presence = yield from _presence(thread, side)
    theirs = thread.answered if side is Side.RAISER else thread.asked
    read, seq = min(command.theirs, theirs.messages), min(command.seq, thread.seq)
    moves, shows = read > handle.read, seq > presence.seen
    if not (moves or shows):
        return Plan(None)
    # The mark is written and its viewer looked up also where it stays: else the other side could time whether the hand
    # that has seen this had read it before, and so whether it is another hand.
    mine = (Delivery(by, wire.Read(id=handle.id, read=read) if moves else None),)
    others = to_side((yield from told(thread)), OTHER[side], wire.SeenBy, seq=seq) if shows else ()
    return Plan(
        None,
        puts=(replace(handle, read=max(read, handle.read)), *((replace(presence, seen=seq),) if shows else ())),
        guards=(ThreadKey(thread.id),),  # (the same)
        deliveries=mine + others if side is Side.RAISER else others + mine,  # the raiser first, whoever has the thread
    )


def _presence(thread: Thread, side: Side) -> Looking[Presence]:
    key = PresenceKey(thread.id, side)
    facts = yield (key,)
    return facts.one(key) or Presence(thread=thread.id, side=side)


def _ack(place: Place, thread: Thread, message: Message) -> wire.Ack:
    return wire.Ack(
        key=message.key,
        id=place.handle.id,
        entry=views.entry(message, place.role, place.party.id),
        row=views.row(thread, place.role),
    )
