"""Closes an account: at once for its owner, and step by step for its threads, so that no worker notices.

The first commit marks the account as ended, and everyone reads that record. The job `FinishClosing` does the rest in
steps; after a crash it goes on. A thread that a worker has stays with the worker until a random moment of its own
within six hours, and looks as before: threads that vanish together would tell that they share an owner (leak 26).
"""

from functools import partial

from msgspec.structs import replace

from uconnect.domain import protocol, rules
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context, Delivery, Plan, random_below
from uconnect.domain.enums import ActKind, Kind, ThreadFilter
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.jobs import FinishClosing, JobTask, TerminateReceived, UnassignThread
from uconnect.domain.keys import (
    AddressKey,
    LoginKey,
    Mailbox,
    OpenThreadCountKey,
    OpenThreadsOf,
    OwnerEndedKey,
    PartiesOf,
    PartyKey,
    PictureKey,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import Address, Job, LoginSubject, Owner, OwnerEnded, School, Thread, User, Worker, logins
from uconnect.domain.notifications import without_owner
from uconnect.domain.thread_status import OF_FILTER
from uconnect.domain.usecases import retention
from uconnect.domain.usecases.addresses import free_address, let_go
from uconnect.domain.usecases.admin import find_owner
from uconnect.domain.usecases.assignment import purge_job, unassign
from uconnect.domain.usecases.notices import tell_worker_of_detached
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.usecases.threads import end
from uconnect.domain.usecases.workers import dismiss
from uconnect.domain.usecases.workers import leave as leave_school
from uconnect.domain.views.pages import Done

DETACH_WINDOW = 6 * 3_600_000  # ms in which a worker loses a thread whose owner's account has ended
BATCH = 50  # threads listed at once


def close(context: Context, by: str) -> Plan[Done]:
    """End the caller's account. A worker's is its school's to end (rule 5), unless it joined by mistake: see `leave`.

    Refusals: account_ended, not_found (to a worker that has answered), still_asked (to a school that has open threads
    raised to it).
    """
    party = load_caller(context, by)
    match party:
        case Worker():
            return leave_school(context, party)
        case School():
            # Nobody can raise to it from here on, so what is counted next is all there is.
            work = Job(id=context.new_id(), due=context.soon(), task=FinishClosing(party.id))
            return Plan(Done(), (replace(party, closing=True), work), then=partial(finish_closing, school=party.id))
        case User():
            return _end_account(context, party, context.soon(), FinishClosing(party.id))


def finish_closing(context: Context, school: str) -> Plan[Done]:
    """A closing school closes, or goes on if threads raised to it are open: rule 11 forbids it to end them."""
    count = OpenThreadCountKey(school, Mailbox.RECEIVED)
    context.load(PartyKey(school), count)
    party, asked = context.get(PartyKey(school)), context.get(count)
    if not isinstance(party, School) or party.ended:
        return Plan(Done())
    if asked is not None and asked.open:
        return Plan(Done(), (replace(party, closing=False),), then=partial(_refuse_still_asked, open=asked.open))
    if not party.closing:
        raise Refused(RefusalCode.STILL_ASKED)  # it was so when this was decided elsewhere, a moment ago
    return replace(_end_account(context, party, context.soon()), acts=by_school(party.id, ActKind.CLOSED))


def _refuse_still_asked(context: Context, open: int) -> Plan[Done]:
    refusal = RefusalCode.STILL_ASKED.refusal
    raise Refused(Refusal(refusal.code, f"{refusal.sentence} Open now: {open}."))


def close_by_admin(context: Context, email: str, kind: Kind) -> Plan[str]:
    """End the account of a user or a school whatever it has open: the platform speaks, not a party. Its party's id.

    Refusals: not_found.
    """
    party = find_owner(context, email, kind)
    return end_anyway(context, party).answering(party.id)


def end_anyway(context: Context, party: Owner) -> Plan[Done]:
    """End an account whatever it has open. What is raised to a school is ended by a job."""
    shut = (TerminateReceived(party.id),) if isinstance(party, School) else ()
    return _end_account(context, party, context.now, *shut, FinishClosing(party.id))


def is_active(context: Context, party: str) -> Plan[bool]:
    """Whether an account has not ended: its school was still asked, and so goes on."""
    found = context.get(PartyKey(party))
    return Plan(found is not None and rules.may_act(found))


def ended_among(context: Context, parties: tuple[str, ...]) -> Plan[frozenset[str]]:
    """Those of these parties whose accounts have ended, or are erased already."""
    going_on = {it.id for it in context.list(PartiesOf(parties)) if rules.may_act(it)}
    return Plan(frozenset(parties) - going_on)


def detach_next(context: Context, party: str) -> Plan[bool]:
    """Part one thread of an owner whose account has ended from it and from its school; True if there was one."""
    listing = ThreadsOf(party, Mailbox.RAISED, None, 1)
    found = context.list(listing)
    if not found:
        return Plan(False)
    key = ThreadKey(found[0].id)
    thread = context.get(key)
    if thread is None or thread.raiser.party != party:
        return Plan(True)  # it has gone since the list was read
    return _detach(context, thread)


def unassign_detached(context: Context, thread: str) -> Plan[None]:
    """The worker's random moment has come: it loses the thread as by a take-back."""
    key = ThreadKey(thread)
    found = context.get(key)
    if found is None:
        return Plan(None)
    left = unassign(context, found)
    return left.answering(None)


def open_received(context: Context, school: str) -> Plan[tuple[str, ...] | None]:
    """Some of the open threads raised to a school; None once no thread is open. One that was raised a moment ago may be
    counted before it is listed."""
    listing = OpenThreadsOf(school, Mailbox.RECEIVED, OF_FILTER[ThreadFilter.OPEN], None, BATCH)
    count = OpenThreadCountKey(school, Mailbox.RECEIVED)
    context.load(listing, count)
    left = context.get(count)
    return Plan(tuple(it.id for it in context.list(listing)) if left is not None and left.open else None)


def terminate_received(context: Context, school: str, thread: str) -> Plan[Done]:
    """End an open thread raised to a school that the operator closed."""
    head = context.get(ThreadKey(thread))
    if head is None or not rules.is_open(head) or head.school.party != school:
        return Plan(Done())  # it has ended, or gone, since it was listed
    owner = context.get(PartyKey(head.raiser.party))
    assert isinstance(owner, Owner)  # an owner's own record goes last
    return end(context, owner, head)


def logins_of(context: Context, party: str) -> Plan[tuple[LoginSubject, ...]]:
    """Whom the issuer has to forget; nobody once it has."""
    found = context.get(PartyKey(party))
    return Plan(() if found is None or isinstance(found, Worker) else logins(found))


def purge_party(context: Context, party: str) -> Plan[None]:
    """Strike off what is left of the party itself. Of a school its name stays, for those who raised threads to it."""
    found = context.get(PartyKey(party))
    if found is None or isinstance(found, Worker):
        return Plan(None)
    mark = OwnerEndedKey(party)  # all its threads are parted
    forgotten = [LoginKey(it.issuer, it.subject) for it in logins(found)]
    if isinstance(found, School):
        picture = (PictureKey(found.picture),) if found.picture else ()
        name_alone = School(id=found.id, email="", name=found.name, ended=True)
        looking = retention.job_of_closed(context, found.id)
        return Plan(None, (name_alone, *looking), (*forgotten, *picture, mark))
    return Plan(None, deletes=(PartyKey(party), *forgotten, mark))


def _end_account(context: Context, party: Owner, due: int, *tasks: JobTask) -> Plan[Done]:
    """The flip itself: nobody from now on, its address free; a school's workers are workers no more.

    `due` is when the rest is done. An operator waits for it, and has it done at once.
    """
    workers = party.workers if isinstance(party, School) else ()
    context.load(*(PartyKey(id) for id in workers))
    dismissing = [it for id in workers if isinstance(it := context.get(PartyKey(id)), Worker)]
    # Each once: a school may have invited its own address, and a worker have moved to one that was invited too.
    emails = dict.fromkeys((party.email, *(worker.email for worker in dismissing)))
    context.load(*map(AddressKey, emails))
    freed = [free_address(context.get(AddressKey(it)) or Address(email=it), party.id, *workers) for it in emails]
    left = [let_go(context, it) for it in freed]
    return Plan(
        Done(),
        puts=(
            _mark_ended(party),
            OwnerEnded(party=party.id),
            *(record for puts, _ in left for record in puts),
            *(Job(id=context.new_id(), due=due, task=task) for task in tasks),
            *(it for worker in dismissing for it in dismiss(context, worker, due)),
        ),
        deletes=tuple(key for _, keys in left for key in keys),
        deliveries=tuple(Delivery(id, protocol.Bye(code="ended")) for id in (party.id, *workers)),
    )


def _mark_ended(party: Owner) -> Owner:
    if isinstance(party, School):
        return replace(party, ended=True, closing=False, open=(), workers=())
    return replace(party, ended=True, open=())


def _detach(context: Context, thread: Thread) -> Plan[bool]:
    """The thread without its owner and its school: erased now, or when the worker who has it has left."""
    gone = Delivery(thread.school.party, protocol.Gone(id=thread.school.id, rev=thread.school.rev + 1))
    handles = (
        ThreadReferenceKey(thread.raiser.party, thread.raiser.id),
        ThreadReferenceKey(thread.school.party, thread.school.id),
    )
    if thread.worker is None:
        return Plan(True, (purge_job(context, thread.id),), (ThreadKey(thread.id), *handles), deliveries=(gone,))
    leaving = Job(
        id=context.new_id(), due=context.now + _random_delay(context.new_id()), task=UnassignThread(thread.id)
    )
    left = (*tell_worker_of_detached(context, thread), *retention.jobs_of_detached(context, thread, leaving.due))
    return Plan(True, (without_owner(thread), leaving, *left), handles, deliveries=(gone,))


def _random_delay(random_id: str) -> int:
    return random_below(DETACH_WINDOW, random_id)
