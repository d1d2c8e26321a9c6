"""Sends a message."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.authorization import Membership, load_membership, load_membership_inside, visible_to_others
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import MessageKind, Side
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.hidden_from_worker import load_hidden
from uconnect.domain.hidden_words import without_masks
from uconnect.domain.jobs import CountThread, Milestone
from uconnect.domain.keys import SentCountKey, SentMessageKey, ThreadKey
from uconnect.domain.models import PREVIEW_LENGTH, EndAsked, Job, Message, Party, Preview, SideCounters, Thread, Worker
from uconnect.domain.notifications import (
    EntryEvents,
    bump_assignee_revision,
    bump_revision,
    entry_events,
    notify_changed,
    notify_entry,
)
from uconnect.domain.request_bodies import SendMessage
from uconnect.domain.rules import RAISER
from uconnect.domain.text import cut
from uconnect.domain.thread_status import turn_since
from uconnect.domain.views.pages import Done

A = TypeVar("A")

# The text of these messages for whoever does not know their kind. The sites show their own.
ASK_TO_END, NOT_YET = "Is this settled?", "Not yet"


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
    again = partial(send, by=by, command=command)
    return _post(context, membership, command.key, command.text, MessageKind.TEXT, partial(_ack, membership), again)


def ask_to_end(context: Context, by: str, id: str) -> Plan[Done]:
    """Ask the raiser whether the thread is settled: a message of the school's side, the same whoever asks.

    Asked again before the raiser has answered, it is answered as the first time. Refusals: account_ended, not_found (no
    such thread, or the caller raised it), thread_terminated, asked_lately, too_fast.
    """
    membership = load_membership_inside(context, by, id)
    thread = membership.thread
    if rules.is_asked_to_end(thread):
        return Plan(Done(), guards=(ThreadKey(thread.id),))
    if rules.is_open(thread) and not rules.may_ask_to_end(thread, context.now):
        raise Refused(RefusalCode.ASKED_LATELY)
    again = partial(ask_to_end, by=by, id=id)
    key = f"ask.{context.new_id()}"  # a kind of act that no send can name
    return _post(context, membership, key, ASK_TO_END, MessageKind.ASK_TO_END, lambda *_: Done(), again)


def answer_not_yet(context: Context, by: str, id: str) -> Plan[Done]:
    """The raiser says that the thread is not settled. Where nobody asks, nothing is said.

    Refusals: account_ended, not_found (no such thread, or the caller did not raise it), thread_terminated, too_fast.
    """
    membership = load_membership(context, by, id)
    thread = membership.thread
    if membership.role is not RAISER:
        raise Refused(RefusalCode.NOT_FOUND)
    if rules.is_open(thread) and not rules.is_asked_to_end(thread):
        return Plan(Done(), guards=(ThreadKey(thread.id),))
    again = partial(answer_not_yet, by=by, id=id)
    key = f"not_yet.{context.new_id()}"
    return _post(context, membership, key, NOT_YET, MessageKind.NOT_YET, lambda *_: Done(), again)


def _post(
    context: Context,
    membership: Membership,
    key: str,
    text: str,
    kind: MessageKind,
    answer: Callable[[EntryEvents, str], A],
    again: UseCase[A],
) -> Plan[A]:
    """One more message of any kind, with the same work for each."""
    if not rules.is_open(membership.thread):
        raise Refused(RefusalCode.THREAD_TERMINATED)
    by, side = membership.party.id, rules.SIDE_OF[membership.role]
    is_first_answer = side is Side.SCHOOL and not membership.thread.answered.messages
    if side is Side.SCHOOL:
        text = without_masks(text)
    posted = append_message(membership.thread, side, by, key, text, context.now)
    if posted is None:
        raise Refused(RefusalCode.TOO_FAST)
    thread, message = posted
    hidden = load_hidden(context, membership, message)
    if kind is not MessageKind.TEXT:
        message = replace(message, kind=kind)
    if kind is MessageKind.ASK_TO_END:
        thread = replace(thread, end_asked=EndAsked(message.seq, message.at, thread.asked.messages))
    shown = visible_to_others(context, thread)
    events = entry_events(shown, message, hidden)
    answered = answer(events, key)
    if isinstance(membership.party, Worker) and not membership.party.answered:
        # equal work: leak 22. A worker's first answer is recorded in a transaction before the one that sends the
        # message. The second one then does the same work for every worker, so the raiser can time no difference.
        marked = replace(membership.party, answered=True)
        told = notify_changed(by, what=protocol.ChangedSubject.ME)
        return Plan(answered, puts=(marked,), deliveries=told, then=again)
    counting = (_count_first_answer(context, membership.party, message, thread.since),) if is_first_answer else ()
    return Plan(answered, puts=(thread, message, *counting), deliveries=notify_entry(shown, events))


def _count_first_answer(context: Context, by: Party, message: Message, raised: int) -> Job:
    """What a school's figures count is the same whoever answers: the school is the author's own (leak 37)."""
    school = by.school if isinstance(by, Worker) else by.id
    task = CountThread(school, Milestone.REPLY, message.at, message.at - raised)
    return Job(id=context.new_id(), due=context.soon(), task=task)


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
    events = entry_events(shown, before, load_hidden(context, membership, before if before.seq == thread.seq else None))
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
        thread=thread.id,
        seq=thread.seq + 1,
        at=max(now, thread.at),
        side=side,
        author=by,
        key=key,
        text=text,
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
