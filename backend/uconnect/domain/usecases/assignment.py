"""Assigns threads to workers: offload, take back, hand back.

None of them writes an entry of the log or touches what the raiser is shown: not its row, its revision or its id.
"""

from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import protocol, rules, views
from uconnect.domain.authorization import Membership, load_membership, visible_to_others
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.jobs import PurgeLeftThread, PurgeThread
from uconnect.domain.keys import AssignmentKey, HiddenWordsKey, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import (
    Assignee,
    Assignment,
    AssignmentChange,
    Job,
    KnownHiddenWords,
    Note,
    School,
    Thread,
    ThreadReference,
    Worker,
)
from uconnect.domain.notifications import bump_revision, notify_internal_entry, notify_participants, reload_frame
from uconnect.domain.pseudonyms import make_alias
from uconnect.domain.request_bodies import HandBack, Offload
from uconnect.domain.rules import Role
from uconnect.domain.usecases import snoozes
from uconnect.domain.views.pages import Done

NO_REASON = HandBack()


def offload(context: Context, by: str, id: str, command: Offload) -> Plan[Done]:
    """Give a thread to a worker, also straight from another.

    Refusals: account_ended, not_found (no such thread or worker of this school), thread_terminated.
    """
    membership = load_received(context, by, id)
    worker, thread = context.get(PartyKey(command.worker)), membership.thread
    assert isinstance(membership.party, School)
    if worker is None or not rules.may_offload(thread, membership.party, worker):
        raise Refused(RefusalCode.NOT_FOUND)
    if thread.worker is not None and thread.worker.party == worker.id:
        return Plan(Done())  # said again, it is answered as the first time, also after the end
    if not rules.is_open(thread):
        raise Refused(RefusalCode.THREAD_TERMINATED)
    return assign(context, thread, worker.id)


def assign(context: Context, thread: Thread, worker: str) -> Plan[Done]:
    """Put an open thread into a worker's hands. The same thread returns to the same worker under the same alias."""
    key = AssignmentKey(thread.id, worker)
    known = context.get(key)
    parked = _archive_assignment(context, thread)
    placed = known or Assignment(
        thread=thread.id, worker=worker, id=context.new_id(), alias=make_alias(context.new_id())
    )
    reference = _reference(context, thread, placed, is_new=known is None)
    assignee = Assignee(party=worker, id=placed.id, alias=placed.alias, rev=placed.rev + 1)
    moved, assigned = _reassign(context, thread, assignee)
    news = (*_notify_gone(parked), *_notify_rows(moved, assigned))
    return Plan(
        Done(),
        puts=(moved, assigned, placed, *((reference,) if reference else ()), *parked, *_end_snooze(context, thread)),
        deliveries=news,
        shared=(PartyKey(worker),),  # removed meanwhile, it must not keep the thread
        recheck=partial(recheck_assignment, thread=thread.id, worker=worker, news=news),
    )


def _reference(context: Context, thread: Thread, placed: Assignment, *, is_new: bool) -> ThreadReference | None:
    """The reference of the worker who gets a thread, with what is hidden from it. None: it stays as it is."""
    made = ThreadReference(viewer=placed.worker, id=placed.id, thread=thread.id, owner=thread.raiser.party)
    if not thread.hides:
        return made if is_new else None
    keys = HiddenWordsKey(thread.id), ThreadReferenceKey(placed.worker, placed.id)
    context.load(*keys)
    found = context.get(keys[0])
    copy = KnownHiddenWords(rev=thread.hides, words=found.words if found else ())
    return replace(context.get(keys[1]) or made, hidden=copy)


def recheck_assignment(context: Context, thread: str, worker: str, news: tuple[Delivery, ...]) -> Plan[Done]:
    """Tell of an assignment, unless the worker was removed while it was made: then the thread returns to its school."""
    context.load(ThreadKey(thread), PartyKey(worker))
    head, removed = context.get(ThreadKey(thread)), context.get(PartyKey(worker))
    if head is None or head.worker is None or head.worker.party != worker:
        return Plan(Done(), deliveries=news)  # somebody has moved it since
    if isinstance(removed, Worker) and rules.may_act(removed):
        return Plan(Done(), deliveries=news)  # another change of its record
    return unassign(context, head)


def take_back(context: Context, by: str, id: str) -> Plan[Done]:
    """Take a thread back from its worker, open or terminated. Refusals: account_ended, not_found."""
    membership = load_received(context, by, id)
    if membership.thread.worker is None:
        return Plan(Done())
    return unassign(context, membership.thread)


def hand_back(context: Context, by: str, id: str, command: HandBack = NO_REASON) -> Plan[Done]:
    """A worker gives a thread back to its school. Refusals: account_ended, not_found (it is not in its hands).

    A reason is noted beside the thread, before the line that says that the school has it again.

    Also when it was a moment ago. Whether it was handed back then, taken or deleted is the same to the worker: else it
    would learn of two threads which it has no more that they were deleted, as when an account ends that raised both.
    """
    membership = load_membership(context, by, id)
    thread, text = membership.thread, command.reason
    if membership.role is not Role.WORKER:
        raise Refused(RefusalCode.NOT_FOUND)
    if not text:  # UNSET is false too
        return unassign(context, thread)
    noted = replace(thread, internal_seq=thread.internal_seq + 1)
    key = context.new_id()
    note = Note(thread=thread.id, seq=noted.internal_seq, at=context.now, author=by, key=key, text=text)
    plan = unassign(context, noted)
    told = notify_internal_entry(visible_to_others(context, replace(noted, worker=None)), note)
    return replace(plan, puts=(*plan.puts, note), deliveries=(*plan.deliveries, *told))


def unassign(context: Context, thread: Thread) -> Plan[Done]:
    """Takes the worker off the thread, which stays with the school. The worker hears nothing committed after this.

    Where the owner's account has ended, the worker was the last to have the thread, and the job erases it.
    """
    parked = _archive_assignment(context, thread)
    home, assigned = _reassign(context, thread, None)
    # equal work: leak 27. As many reads and look-ups whoever is left to be told: a worker must not get a faster answer
    # for a thread that nobody else has.
    news = (*_notify_gone(parked), *_notify_rows(visible_to_others(context, home), assigned))
    # equal work: leak 30. The job is left in each case, so that a worker who hands back a thread cannot tell whether it
    # is erased.
    work = Job(id=context.new_id(), due=context.soon(), task=PurgeLeftThread(thread.id))
    return Plan(Done(), puts=(home, assigned, *parked, *_end_snooze(context, thread), work), deliveries=news)


def purge_job(context: Context, thread: str) -> Job:
    """What remains to be done when a thread's head is deleted."""
    return Job(id=context.new_id(), due=context.soon(), task=PurgeThread(thread))


def load_received(context: Context, by: str, id: str) -> Membership:
    """The school's place at a thread raised to it; one that it raised itself is not its to hand out (rule 2)."""
    membership = load_membership(context, by, id)
    if membership.role is not Role.SCHOOL:
        raise Refused(RefusalCode.NOT_FOUND)
    return membership


def _archive_assignment(context: Context, thread: Thread) -> tuple[Assignment, ...]:
    """The assignment that the present worker leaves behind, with the revision at which the thread was gone for it."""
    assignee = thread.worker
    if assignee is None:
        return ()
    key = AssignmentKey(thread.id, assignee.party)
    placed = context.get(key)
    assert placed is not None  # written when the worker got the thread
    return (replace(placed, rev=assignee.rev + 1),)


def _end_snooze(context: Context, thread: Thread) -> tuple[ThreadReference, ...]:
    """The reference of the worker who loses a thread, if it had snoozed it."""
    assignee = thread.worker
    reference = context.get(ThreadReferenceKey(assignee.party, assignee.id)) if assignee else None
    return (snoozes.changed(reference, None),) if reference and reference.snooze else ()


def _reassign(context: Context, thread: Thread, assignee: Assignee | None) -> tuple[Thread, AssignmentChange]:
    """The head in other hands, and the line that tells the school so."""
    head = replace(thread, worker=assignee, school=bump_revision(thread.school), internal_seq=thread.internal_seq + 1)
    return head, AssignmentChange(
        thread=thread.id, seq=head.internal_seq, at=context.now, worker=assignee.party if assignee else None
    )


def _notify_gone(parked: tuple[Assignment, ...]) -> tuple[Delivery, ...]:
    return tuple(Delivery(placed.worker, protocol.Gone(id=placed.id, rev=placed.rev)) for placed in parked)


def _notify_rows(thread: Thread, assigned: AssignmentChange) -> tuple[Delivery, ...]:
    row = protocol.RowChanged(row=views.row(thread, Role.SCHOOL))
    return (
        *notify_participants(thread, None, _workers_row(thread, thread.worker) if thread.worker else None, row),
        *notify_internal_entry(thread, assigned),
    )


def _workers_row(thread: Thread, assignee: Assignee) -> Struct:
    """The row for the worker who gets a thread. Where words are hidden, the worker asks for it."""
    if thread.hides:
        return reload_frame(assignee, texts=True)
    return protocol.RowChanged(row=views.row(thread, Role.WORKER))
