"""Raises, terminates and deletes threads."""

from functools import partial

from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit, rules, views
from uconnect.domain.authorization import load_membership, require_active, visible_to_others
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Side, State
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.jobs import AssignThread, CountThread, Milestone
from uconnect.domain.keys import IdempotencyKey, PartyKey, RateLimitKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import (
    KIND_OF,
    IdempotencyRecord,
    Job,
    Owner,
    Participant,
    Party,
    RateLimitState,
    School,
    Terminated,
    Thread,
    ThreadReference,
    Worker,
)
from uconnect.domain.notifications import (
    bump_all_revisions,
    entry_events,
    notify_entry,
    notify_participants,
    notify_thread_limit,
)
from uconnect.domain.request_bodies import Raise
from uconnect.domain.rules import Role
from uconnect.domain.usecases.assignment import purge_job
from uconnect.domain.usecases.messages import append_message
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views import Listed
from uconnect.domain.views.pages import Done


def raise_(context: Context, by: str, command: Raise) -> Plan[Listed]:
    """Raise a thread to a school, with its first message. A key used before is answered with the same thread.

    Refusals: account_ended, not_found (the target cannot be raised to, or is not there), five_threads, too_fast.
    """
    receipt, pacing = IdempotencyKey(by, command.key), RateLimitKey(by, "raise")
    context.load(PartyKey(by), PartyKey(command.school), receipt, pacing)
    owner = require_active(context.get(PartyKey(by)))
    made = context.get(receipt)
    if made is not None:
        return _answer_repeat(context, by, made.made)
    target = context.get(PartyKey(command.school))
    if isinstance(owner, Worker) or target is None or not _may_raise(owner, target):
        raise Refused(RefusalCode.NOT_FOUND)
    assert isinstance(target, School)
    if not rules.takes_threads(target):
        raise Refused(RefusalCode.NOT_FOUND)
    if not rules.may_open_another(owner):
        raise Refused(RefusalCode.FIVE_THREADS)
    used = consume(context, pacing, rate_limit.RAISE)
    return _create(context, owner, target, command, used)


def _may_raise(owner: Owner, target: Party) -> bool:
    return rules.may_raise(KIND_OF[type(owner)], owner.id, KIND_OF[type(target)], target.id)


def _create(context: Context, owner: Owner, target: School, command: Raise, used: RateLimitState) -> Plan[Listed]:
    head = Thread(
        id=context.new_id(),
        key=command.key,
        kind=KIND_OF[type(owner)],
        subject=command.subject,
        since=context.now,
        at=context.now,
        raiser=Participant(party=owner.id, id=context.new_id(), rev=0),
        school=Participant(party=target.id, id=context.new_id(), rev=0),
    )
    # Under a key that no send can name: a key belongs to one kind of act.
    posted = append_message(head, Side.RAISER, owner.id, f"raise.{command.key}", command.text, context.now)
    assert posted is not None  # a new thread's pace is whole
    thread, message = posted
    mine = ThreadReference(viewer=owner.id, id=thread.raiser.id, thread=thread.id, owner=owner.id)
    theirs = ThreadReference(viewer=target.id, id=thread.school.id, thread=thread.id, owner=owner.id)
    # Left by every raise, whatever the policy and whoever is available: so a raise tells nothing of either.
    work = Job(id=context.new_id(), due=context.soon(), task=AssignThread(thread.id))
    owner = replace(owner, open=(*owner.open, thread.id), rev=owner.rev + 1)
    shown, events = views.listed(thread, Role.RAISER, mine), entry_events(thread, message)
    news = (notify_thread_limit(owner), *notify_entry(thread, events))
    return Plan(
        shown,
        puts=(
            owner,
            used,
            IdempotencyRecord(party=owner.id, key=command.key, made=mine.id),
            thread,
            message,
            mine,
            theirs,
            work,
        ),
        deliveries=news,
        shared=(PartyKey(target.id),),  # a school that has closed meanwhile gets no thread
        recheck=partial(_recheck_raise, by=owner.id, thread=thread.id, school=target.id, shown=shown, news=news),
    )


def _recheck_raise(
    context: Context, by: str, thread: str, school: str, shown: Listed, news: tuple[Delivery, ...]
) -> Plan[Listed]:
    """Tell of a raise, unless its school closed while it was made: then the raise is undone and refused.

    A school that is just closing has counted its open threads, or will: it goes on, for this one is open.
    """
    keys = PartyKey(school), PartyKey(by), ThreadKey(thread)
    context.load(*keys)
    target, owner, head = context.get(keys[0]), context.get(keys[1]), context.get(keys[2])
    if isinstance(target, School) and not target.ended:
        return Plan(shown, puts=(replace(target, closing=False),) if target.closing else (), deliveries=news)
    if head is None or not isinstance(owner, Owner):
        raise Refused(RefusalCode.NOT_FOUND)  # its raiser has deleted it, or has ended, since
    return _undo_raise(context, owner, head)


def _undo_raise(context: Context, owner: Owner, head: Thread) -> Plan[Listed]:
    owner = replace(owner, open=tuple(open for open in owner.open if open != head.id), rev=owner.rev + 1)
    raised = ThreadReferenceKey(head.raiser.party, head.raiser.id)
    received = ThreadReferenceKey(head.school.party, head.school.id)
    return Plan(
        views.listed(head, Role.RAISER, ThreadReference(viewer=owner.id, id=raised.id, thread=head.id, owner=owner.id)),
        puts=(owner, purge_job(context, head.id)),
        deletes=(ThreadKey(head.id), raised, received, IdempotencyKey(owner.id, head.key)),
        deliveries=(notify_thread_limit(owner),),
        then=_refuse_raise,
    )


def _refuse_raise(_: Context) -> Plan[Listed]:
    raise Refused(RefusalCode.NOT_FOUND)


def _answer_repeat(context: Context, by: str, id: str) -> Plan[Listed]:
    membership = load_membership(context, by, id)
    return Plan(views.listed(membership.thread, membership.role, membership.reference))


def terminate(context: Context, by: str, id: str) -> Plan[Done]:
    """End a thread: nobody posts any more, all who could read still can. It frees one of the raiser's five.

    Refusals: account_ended, not_found (there is no such thread, or the caller did not raise it).
    """
    membership = load_membership(context, by, id)
    owner, thread = membership.party, membership.thread
    if not rules.may_terminate(membership.role) or isinstance(owner, Worker):
        raise Refused(RefusalCode.NOT_FOUND)
    return end(context, owner, thread) if rules.is_open(thread) else Plan(Done())


def end(context: Context, owner: Owner | None, thread: Thread) -> Plan[Done]:
    """The end of an open thread, in its log and its owner's count. A worker may have it whose owner has gone."""
    entry = Terminated(thread=thread.id, seq=thread.seq + 1, at=max(context.now, thread.at))
    thread = replace(bump_all_revisions(thread), state=State.TERMINATED, seq=entry.seq, at=entry.at)
    shown = visible_to_others(context, thread)
    told = notify_entry(shown, entry_events(shown, entry))
    task = CountThread(shown.school.party, Milestone.END, entry.at, entry.at - thread.since)
    counting = Job(id=context.new_id(), due=context.soon(), task=task)
    if owner is None:
        return Plan(Done(), puts=(thread, entry, counting), deliveries=told)
    owner = replace(owner, open=tuple(open for open in owner.open if open != thread.id), rev=owner.rev + 1)
    return Plan(Done(), puts=(owner, thread, entry, counting), deliveries=(notify_thread_limit(owner), *told))


def delete(context: Context, by: str, id: str) -> Plan[Done]:
    """Delete a terminated thread, for everyone and for ever. The flip is at once; its messages are erased after it.

    Refusals: account_ended, not_found (as for terminate), thread_open.
    """
    context.load(PartyKey(by), ThreadReferenceKey(by, id))
    require_active(context.get(PartyKey(by)))
    before = context.get(ThreadReferenceKey(by, id))
    if before is not None and before.gone:
        return Plan(Done())
    membership = load_membership(context, by, id)
    thread = membership.thread
    if not rules.may_delete(membership.role):
        raise Refused(RefusalCode.NOT_FOUND)
    if rules.is_open(thread):
        raise Refused(RefusalCode.THREAD_OPEN)
    gone = bump_all_revisions(thread)
    assignee = gone.worker
    return Plan(
        Done(),
        puts=(
            replace(membership.reference, thread="", gone=gone.raiser.rev),
            purge_job(context, thread.id),
        ),
        deletes=(
            ThreadKey(thread.id),
            ThreadReferenceKey(thread.school.party, thread.school.id),
            IdempotencyKey(by, thread.key),
        ),
        deliveries=notify_participants(
            gone,
            protocol.Gone(id=gone.raiser.id, rev=gone.raiser.rev),
            protocol.Gone(id=assignee.id, rev=assignee.rev) if assignee else None,
            protocol.Gone(id=gone.school.id, rev=gone.school.rev),
        ),
    )
