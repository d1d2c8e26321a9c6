"""The steps of background jobs. Each can be repeated, and a crash loses none."""

from functools import partial
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import rate_limit, rules
from uconnect.domain.context import Context, Delivery, DueJob, Plan, random_below
from uconnect.domain.enums import Policy
from uconnect.domain.jobs import MailWorkerInvitation
from uconnect.domain.keys import (
    AddressKey,
    AssignmentKey,
    DueJobs,
    HiddenWordsKey,
    InternalEntriesOf,
    JobKey,
    Mailbox,
    OpenThreadCountKey,
    OwnerEndedKey,
    PartyKey,
    RateLimitKey,
    ThreadKey,
    ThreadsOf,
)
from uconnect.domain.models import (
    NOBODY,
    Address,
    Assignment,
    AssignmentChange,
    Job,
    RateLimitState,
    School,
    StoredJob,
    Thread,
    ThreadReference,
    Worker,
)
from uconnect.domain.pseudonyms import make_alias
from uconnect.domain.usecases.addresses import let_go
from uconnect.domain.usecases.assignment import assign, purge_job, recheck_assignment, unassign
from uconnect.domain.views import admin
from uconnect.domain.views.mail import WorkerInvitation
from uconnect.domain.views.pages import Done

BATCH = 50  # jobs that are asked for at once
LATE = 10_000  # ms after which a job that is handed to a runner by its id is anybody's
RECENT = 10_000  # ms since a job became due, in which it does not wait behind all that are older
BEFORE_ALL = 0  # the place beside a log that no list shows: the first that is shown is 1
RETRY_DELAY, LATEST = 60_000, 3_600_000  # ms until a job that failed is tried again at the latest; doubled each time
TRIES = 10  # failures after which a job is set aside: some four hours
CUT_SHORT = 40  # tries of which none came to an end, good or bad, after which it is: it may end its own process
LEASE = 360_000  # ms that who takes a job has it alone: longer than a function on AWS may run
OVERDUE = 180_000  # ms that a job may wait for its turn before health says so
SET_ASIDE = 9 * 10**14  # the `due` of a job that is set aside, in ms: the year 30,000
MOST_COUNTED = 100  # jobs set aside that are counted or shown


def due_jobs(context: Context) -> Plan[tuple[StoredJob, ...]]:
    """The jobs that may run now: the oldest BATCH. Where more wait, as many that became due a moment ago come first:
    what a server finds after a day off, or thousands of one kind, keeps no new one waiting."""
    oldest = context.list(DueJobs(context.now, BATCH))
    if len(oldest) < BATCH:
        return Plan(oldest)
    newest = context.list(DueJobs(context.now, BATCH, since=context.now - RECENT))
    first = {it.id for it in newest}
    return Plan((*newest, *(it for it in oldest if it.id not in first)))


def late_jobs(context: Context, recurring: tuple[JobKey, ...]) -> Plan[tuple[StoredJob, ...]]:
    """The same, where jobs are handed to runners by their ids: those that nobody has done in LATE ms, and the
    `recurring` ones, which are handed to nobody.

    Each who asks gets them from another one on: of two runners that began alike, the second would find each job taken.
    """
    listing = DueJobs(context.now - LATE, BATCH)
    context.load(listing, *recurring)
    due = [it for key in recurring if (it := context.get(key)) is not None and it.due <= context.now]
    late = [it for it in context.list(listing) if JobKey(it.id) not in recurring]
    first = random_below(len(late), context.new_id())
    return Plan((*due, *late[first:], *late[:first]))


def handed_jobs(context: Context, handed: tuple[DueJob, ...]) -> Plan[tuple[StoredJob, ...]]:
    """Of jobs that are handed to a runner, each by its id and when it becomes due, those that nobody has taken."""
    context.load(*(JobKey(id) for id, _ in handed))
    found = ((context.get(JobKey(id)), due) for id, due in dict.fromkeys(handed))
    return Plan(tuple(it for it, due in found if it is not None and it.due == due))


def finish_job(context: Context, id: str) -> Plan[None]:
    """Strike a job off."""
    key = JobKey(id)
    context.load(key)
    return Plan(None, deletes=(key,))


def is_poison(job: StoredJob) -> bool:
    """Whether a job is not to be begun at all: nobody can read it, or it was begun often and never came to an end."""
    return not isinstance(job, Job) or job.tries - job.failures >= CUT_SHORT


def claim(context: Context, job: StoredJob, lease: int) -> Plan[bool]:
    """Take a job for `lease` ms, so that two runners do not both do it; False if another has taken it since.

    Who is cut short leaves it to whoever comes when the lease has run out.
    """
    key = JobKey(job.id)
    found = context.get(key)
    if not isinstance(found, Job) or found.due != job.due:
        return Plan(False)
    return Plan(True, puts=(replace(found, due=context.now + lease, tries=found.tries + 1),))


def runs_out(context: Context, id: str, lease: int) -> Plan[bool]:
    """Whether half of the lease of a job is over, so that it is to be renewed."""
    return Plan(_runs_out(context.get(JobKey(id)), context, lease))


def renew(context: Context, id: str, lease: int) -> Plan[None]:
    """Keep a job that is being done for another `lease` ms from now, if half of its lease is over."""
    key = JobKey(id)
    found = context.get(key)
    if found is None or not _runs_out(found, context, lease):
        return Plan(None)
    return Plan(None, puts=(replace(found, due=context.now + lease),))


def release(context: Context, id: str) -> Plan[None]:
    """Leave a long job, of which some is done, to whoever comes next. It was not cut short."""
    key = JobKey(id)
    found = context.get(key)
    if not isinstance(found, Job):
        return Plan(None)
    return Plan(None, puts=(replace(found, due=context.now, tries=found.tries - 1),))


def _runs_out(found: StoredJob | None, context: Context, lease: int) -> bool:
    return found is not None and found.due - context.now <= lease // 2


def postpone_job(context: Context, id: str) -> Plan[bool]:
    """Try a job again later, and later each time, at a random moment: were it to stay the oldest, a few that cannot be
    done would keep all others waiting. True if it has failed TRIES times, and is set aside."""
    key = JobKey(id)
    found = context.get(key)
    if not isinstance(found, Job):
        return Plan(False)
    failures = found.failures + 1
    if failures >= TRIES:
        return Plan(True, puts=(replace(found, due=SET_ASIDE, failures=failures),))
    pause = min(RETRY_DELAY * 2 ** (failures - 1), LATEST)
    pause -= random_below(pause // 2, context.new_id())  # what failed together is not tried again together
    return Plan(False, puts=(replace(found, due=context.now + pause, failures=failures),))


def set_aside(context: Context, job: StoredJob) -> Plan[bool]:
    """Keep a job for the operator to look at, and try it no more; False if somebody has moved it since."""
    key = JobKey(job.id)
    found = context.get(key)
    if found is None or found.due != job.due:
        return Plan(False)
    return Plan(True, puts=(replace(found, due=SET_ASIDE),))


def wake(found: StoredJob, now: int, every: int) -> tuple[StoredJob, ...]:
    """The job of a look that comes again each `every` ms, due now: a clock that was ahead left it further off. Nothing
    if it is near, or set aside."""
    return (replace(found, due=now),) if now + max(every, LATEST) < found.due < SET_ASIDE else ()


def jobs_set_aside(context: Context) -> Plan[tuple[admin.JobSetAside, ...]]:
    """The jobs that are set aside; at most MOST_COUNTED."""
    listing = DueJobs(SET_ASIDE, MOST_COUNTED, since=SET_ASIDE)
    return Plan(tuple(map(admin.job, context.list(listing))))


def retry(context: Context, id: str) -> Plan[bool]:
    """Let a job that is set aside run again, as if it had never been tried; False if it is not set aside."""
    key = JobKey(id)
    found = context.get(key)
    if found is None or found.due != SET_ASIDE:
        return Plan(False)
    again = replace(found, due=context.now)
    if isinstance(again, Job):
        again = replace(again, tries=0, failures=0)
    return Plan(True, puts=(again,))


def backlog(context: Context) -> Plan[admin.JobBacklog]:
    """How far the jobs are behind."""
    due, set_aside_jobs = DueJobs(context.now, 1), DueJobs(SET_ASIDE, MOST_COUNTED, since=SET_ASIDE)
    context.load(due, set_aside_jobs)
    waited = max((context.now - it.due for it in context.list(due)), default=0)
    return Plan(admin.JobBacklog(waited, len(context.list(set_aside_jobs))))


def health(context: Context) -> Plan[admin.JobHealth]:
    """How the jobs are."""
    late, set_aside_jobs = DueJobs(context.now - OVERDUE, 1), DueJobs(SET_ASIDE, MOST_COUNTED, since=SET_ASIDE)
    context.load(late, set_aside_jobs)
    return Plan(admin.JobHealth(bool(context.list(late)), len(context.list(set_aside_jobs))))


def return_next(context: Context, worker: str) -> Plan[bool]:
    """Return one of a removed worker's threads to its school; True if there was one."""
    listing = ThreadsOf(worker, Mailbox.HANDLED, None, 1)
    found = context.list(listing)
    if not found:
        return Plan(False)
    key = ThreadKey(found[0].id)
    thread = context.get(key)
    if thread is None or thread.worker is None or thread.worker.party != worker:
        return Plan(True)  # someone else moved it since the list was read
    left = unassign(context, thread)
    return left.answering(True)


def erase_removed_worker(context: Context, worker: str) -> Plan[None]:
    """Forget the name and the address of a removed worker. Its id stays: what it wrote stands under it."""
    found = context.get(PartyKey(worker))
    if not isinstance(found, Worker) or not found.removed:
        return Plan(None)
    return Plan(None, puts=(replace(found, name="", email=""),))


def settle_left(context: Context, thread: str) -> Plan[None]:
    """Erases a thread that a worker has left, if its owner's account has ended and nobody has it any more."""
    key = ThreadKey(thread)
    head = context.get(key)
    if head is None:
        return Plan(None)
    if head.school.party == NOBODY and head.worker is None:
        return Plan(None, (purge_job(context, head.id),), (key,))
    # equal work: leak 30. The head is written when it is not deleted, so that both take one write.
    return Plan(None, puts=(head,))


class Raised(Struct, frozen=True):
    """What is counted of a new thread: the school that it was raised to, the zone of its clock, and when."""

    school: str
    zone: str
    at: int


def assign_by_policy(context: Context, thread: str) -> Plan[Raised | None]:
    """Do with a new thread what its school's policy says: leave it there, or give it to the least loaded worker.
    Answers what is to be counted then; None if the thread or the school has gone.

    Only workers who are available count; of equals the one invited first. What has been in somebody's hands since it
    was raised, even if it came back, is the school's own to give.
    """
    key = ThreadKey(thread)
    head = context.get(key)
    if head is None:
        return Plan(None)
    worker, slots = _choose_worker(context, head)
    school = context.get(PartyKey(head.school.party))
    raised = Raised(school.id, school.zone, head.since) if isinstance(school, School) and not school.ended else None
    head = replace(head, policy_applied=True)
    if worker is None:
        return _keep_at_school(context, head, slots[0]).answering(raised)
    given = assign(context, head, worker.id)
    return given.answering(raised)


def _choose_worker(context: Context, head: Thread) -> tuple[Worker | None, tuple[str, ...]]:
    """The worker that the policy gives a thread to, None if it stays at the school; and the worker ids it loaded."""
    school_key, owner_key = PartyKey(head.school.party), OwnerEndedKey(head.raiser.party)
    listing = InternalEntriesOf(head.id, 0, BATCH)
    # equal work: leak 30. What the school hides is loaded whether or not a worker gets the thread.
    context.load(school_key, owner_key, listing, HiddenWordsKey(head.id))
    school = context.get(school_key)
    workers = school.workers if isinstance(school, School) else ()
    slots = (*workers, *(f"{head.school.party}.{free}" for free in range(rules.FIVE)))[: rules.FIVE]
    moved = head.worker is not None or any(isinstance(it, AssignmentChange) for it in context.list(listing))
    ended = not rules.is_open(head) or head.raiser.party == NOBODY or context.get(owner_key) is not None
    gives = isinstance(school, School) and school.policy is Policy.AUTOMATIC and not moved and not ended
    # equal work: leak 30. The same number of keys is loaded whatever the policy is and however many workers there are:
    # a raiser must not learn by its clock that its school gives threads to workers.
    context.load(*(key for id in slots for key in (PartyKey(id), OpenThreadCountKey(id, Mailbox.HANDLED))))
    return _least_loaded(context, slots) if gives else None, slots


def _least_loaded(context: Context, slots: tuple[str, ...]) -> Worker | None:
    able = [it for id in slots if isinstance(it := context.get(PartyKey(id)), Worker) and rules.may_take(it)]
    loads = {
        worker.id: load.open if (load := context.get(OpenThreadCountKey(worker.id, Mailbox.HANDLED))) else 0
        for worker in able
    }
    return min(able, key=lambda worker: loads[worker.id], default=None)


def _keep_at_school(context: Context, head: Thread, watched: str) -> Plan[Done]:
    """The school keeps the thread.

    The records written here are never shown: they lie under the thread's own id, and before the first internal entry.
    They are erased with the thread.
    """
    # equal work: leak 30. Loads, writes and looks up as much as if a worker got the thread.
    key = AssignmentKey(head.id, head.id)
    context.load(key)
    placed = Assignment(thread=head.id, worker=head.id, id=head.id, alias=make_alias(context.new_id()), rev=1)
    reference = ThreadReference(viewer=head.id, id=head.id, thread=head.id, owner=head.raiser.party)
    assigned = AssignmentChange(thread=head.id, seq=BEFORE_ALL, at=context.now, worker=None)
    again = context.get(key) is not None  # the job was cut short, and is done again
    news = tuple(Delivery(to, None) for to in (head.raiser.party, head.id, *[head.school.party] * 2))
    return Plan(
        Done(),
        puts=(head, placed) if again else (head, assigned, placed, reference),
        deliveries=news,
        shared=(PartyKey(watched),),
        recheck=partial(recheck_assignment, thread=head.id, worker=watched, news=news),
    )


def invitation_mail(context: Context, worker: str) -> Plan[WorkerInvitation | None]:
    """Whom to write to about an invitation, None if it was taken up or back meanwhile."""
    found = context.get(PartyKey(worker))
    if not isinstance(found, Worker) or not rules.is_invited(found):
        return Plan(None)
    context.load(PartyKey(found.school), AddressKey(found.email))
    school, address = context.get(PartyKey(found.school)), context.get(AddressKey(found.email))
    taken = address is not None and address.party is not None
    letter = (
        WorkerInvitation(found.email, found.name, school.name, worker, taken) if isinstance(school, School) else None
    )
    return Plan(letter)


class Letter(Struct, frozen=True):
    """What is to be written to who is invited, once `wait` ms are over."""

    invited: WorkerInvitation
    wait: int


def invitation_letter(context: Context, worker: str) -> Plan[Letter | None]:
    """The same, and how long it must wait because schools, or this school, have written to this address too often.

    No school is told: it would learn that others invite the same address (leak 39).
    """
    found = invitation_mail(context, worker)
    who = context.get(PartyKey(worker))
    if found.answer is None or not isinstance(who, Worker):
        return Plan(None)
    address, school = _letters_of(context, who)
    waits = (
        rate_limit.wait(rate_limit.INVITATION_LETTERS, address.letters, context.now),
        rate_limit.wait(rate_limit.SCHOOLS_LETTERS, school.due, context.now),
    )
    return Plan(Letter(found.answer, max(waits)))


def wait_for_letters(context: Context, id: str, wait: int) -> Plan[None]:
    """Keep a letter for later. Of all that are asked for about one invitation meanwhile, one waits."""
    key = JobKey(id)
    found = context.get(key)
    if not isinstance(found, Job) or not isinstance(found.task, MailWorkerInvitation):
        return Plan(None)
    waiting = JobKey(f"letter.{found.task.worker}")
    if context.get(waiting) is not None and waiting != key:
        return Plan(None, deletes=(key,))
    later = Job(id=waiting.id, due=context.now + wait, task=found.task)
    return Plan(None, puts=(later,), deletes=() if waiting == key else (key,))


def letter_written(context: Context, worker: str) -> Plan[None]:
    """Count a school's letter to an invited address, after it was written: one that could not be is tried again.

    The worker may have been removed while it was written, and its address have gone. It goes again then.
    """
    who = context.get(PartyKey(worker))
    if not isinstance(who, Worker) or not who.email:
        return Plan(None)
    address, school = _letters_of(context, who)
    letters = _one_more(rate_limit.INVITATION_LETTERS, address.letters, context.now)
    due = _one_more(rate_limit.SCHOOLS_LETTERS, school.due, context.now)
    puts, deletes = let_go(context, replace(address, letters=letters))
    return Plan(None, puts=(*puts, replace(school, due=due)), deletes=deletes)


def letters_to(email: str) -> str:
    """What a school's pace of letters to an address is kept under: not the address, which it may have removed."""
    return f"letter.{sha256(email.encode()).hexdigest()}"


def _letters_of(context: Context, who: Worker) -> tuple[Address, RateLimitState]:
    """How far the letters to an invited address are used up: all schools', and this school's."""
    all_of_them, own = AddressKey(who.email), RateLimitKey(who.school, letters_to(who.email))
    context.load(all_of_them, own)
    used = context.get(own) or RateLimitState(party=own.party, what=own.what, due=0)
    return context.get(all_of_them) or Address(email=who.email), used


def _one_more(allowance: rate_limit.RateLimit, used: int, now: int) -> int:
    due = rate_limit.admit(allowance, used, now)
    return used if due is None else due
