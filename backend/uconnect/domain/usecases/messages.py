"""Sends a message."""

from functools import partial

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import Membership, load_membership, visible_to_others
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Side
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import SentCountKey, SentMessageKey, ThreadKey
from uconnect.domain.models import PREVIEW_LENGTH, Message, Preview, SideCounters, Thread, Worker
from uconnect.domain.notifications import (
    EntryEvents,
    bump_assignee_revision,
    bump_revision,
    entry_events,
    notify_changed,
    notify_entry,
)
from uconnect.domain.request_bodies import SendMessage
from uconnect.domain.text import cut
from uconnect.domain.thread_status import turn_since


def send(context: Context, by: str, command: protocol.Send) -> Plan[protocol.Ack]:
    """Append a message. A key used before is answered as the first time, whatever the text, also after the end.

    Refusals: account_ended, not_found, thread_terminated, too_fast.
    """
    membership = load_membership(context, by, command.id, command.key)
    thread = membership.thread
    # The key is counted in the round of the thread, and a store counts after it has loaded the records of a round: a
    # twin that commits in between is found, or has changed the thread that this plan guards.
    count = context.get(SentCountKey(thread.id, by, command.key))
    if count is not None and count.count:
        return _answer_repeat(context, membership, command)
    if not rules.is_open(thread):
        raise Refused(RefusalCode.THREAD_TERMINATED)
    posted = append_message(thread, rules.SIDE_OF[membership.role], by, command.key, command.text, context.now)
    if posted is None:
        raise Refused(RefusalCode.TOO_FAST)
    thread, message = posted
    shown = visible_to_others(context, thread)
    events = entry_events(shown, message)
    ack = _ack(membership, events, command.key)
    if isinstance(membership.party, Worker) and not membership.party.answered:
        # equal work: leak 22. A worker's first answer is recorded in a transaction before the one that sends the
        # message. The second one then does the same work for every worker, so the raiser can time no difference.
        marked = replace(membership.party, answered=True)
        again = partial(send, by=by, command=command)
        return Plan(ack, puts=(marked,), deliveries=notify_changed(by, what=protocol.ChangedSubject.ME), then=again)
    return Plan(ack, puts=(thread, message), deliveries=notify_entry(shown, events))


def send_by_http(context: Context, by: str, id: str, command: SendMessage) -> Plan[protocol.Ack]:
    """The same `send`, for a network that lets no WebSocket through: with its key, its pace and its refusals."""
    return send(context, by, protocol.Send(key=command.key, id=id, text=command.text))


def _answer_repeat(context: Context, membership: Membership, command: protocol.Send) -> Plan[protocol.Ack]:
    """The answer of then, told again to today's recipients: the first run may have died before it told them.

    At a pace of its own: else one message sent without end would be a flood to the others, which no pace of sending
    stops.
    """
    thread, side = membership.thread, rules.SIDE_OF[membership.role]
    before = context.get(SentMessageKey(thread.id, membership.party.id, command.key))
    assert before is not None  # it was counted
    counters = thread.asked if side is Side.RAISER else thread.answered
    shown = visible_to_others(context, thread)
    events = entry_events(shown, before)
    ack = _ack(membership, events, command.key)
    due = rate_limit.admit(rate_limit.AGAIN, counters.again, context.now)
    if due is None:
        return Plan(ack, guards=(ThreadKey(thread.id),))
    counters = replace(counters, again=due)
    head = replace(thread, asked=counters) if side is Side.RAISER else replace(thread, answered=counters)
    return Plan(ack, puts=(head,), deliveries=notify_entry(shown, events))


def append_message(thread: Thread, side: Side, by: str, key: str, text: str, now: int) -> tuple[Thread, Message] | None:
    """The head and the message after one more message; None if the side writes faster than its pace allows."""
    counters = thread.asked if side is Side.RAISER else thread.answered
    due = rate_limit.admit(rate_limit.SEND, counters.due, now)
    if due is None:
        return None
    message = Message(
        thread=thread.id, seq=thread.seq + 1, at=max(now, thread.at), side=side, author=by, key=key, text=text
    )
    flips = thread.last is None or thread.last.side is not side
    counted = SideCounters(messages=counters.messages + 1, sent=now, due=due, again=counters.again)
    thread = replace(
        thread,
        raiser=bump_revision(thread.raiser),
        school=bump_revision(thread.school),
        worker=bump_assignee_revision(thread.worker),
        seq=message.seq,
        at=message.at,
        last=Preview(side, cut(text, PREVIEW_LENGTH)),
        asked=counted if side is Side.RAISER else thread.asked,
        answered=counted if side is Side.SCHOOL else thread.answered,
        turn_since=message.at if flips else turn_since(thread),
        settled=thread.settled if side is Side.RAISER else thread.asked.messages,
    )
    return thread, message


def _ack(membership: Membership, events: EntryEvents, key: str) -> protocol.Ack:
    """The author's answer has the views that its other devices are told."""
    own = events.of(membership.role)
    return protocol.Ack(key=key, id=own.id, entry=own.entry, row=own.row)
