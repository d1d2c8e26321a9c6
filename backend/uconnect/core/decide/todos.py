"""What one transaction could not hold, done in steps that can be repeated: each ends where a crash would find it."""

from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from uconnect.core import pace, rules
from uconnect.core.aliases import alias
from uconnect.core.decide.access import Looking
from uconnect.core.decide.handling import erasing, give, leave
from uconnect.core.facts import Decision, Delivery, Facts, Moment, Plan
from uconnect.core.keys import (
    AddressKey,
    AsidesOf,
    DueBy,
    LoadOf,
    OwnerEndedKey,
    PaceKey,
    PartyKey,
    PlacementKey,
    Shelf,
    ThreadKey,
    ThreadsOf,
    TodoKey,
)
from uconnect.core.model import NOBODY, Address, Assigned, Handle, Job, Pace, Placement, School, Thread, Todo, Worker
from uconnect.core.refusals import Refusal
from uconnect.core.tasks import Write
from uconnect.core.terms import Policy
from uconnect.core.views import operator
from uconnect.core.views.letters import Invited

AT_ONCE = 50
BEFORE_ALL = 0  # the place beside a log that no list shows: the first that is shown is 1
LATER, LATEST = 60_000, 3_600_000  # ms until a job that failed is tried again; doubled each time
TRIES = 10  # failures after which a job is set aside: some four hours
CUT_SHORT = 40  # tries of which none came to an end, good or bad, after which it is: it may end its own process
LEASE = 360_000  # ms that who takes a job has it alone: longer than a function on AWS may run
OVERDUE = 180_000  # ms that a job may wait for its turn before health says so
SET_ASIDE = 9 * 10**14  # the `due` of a job that is set aside, in ms: the year 30,000
COUNTED = 100  # jobs set aside that are counted or shown


def due(at: Moment) -> Decision[tuple[Job, ...]]:
    """The jobs that may run now, at most AT_ONCE."""
    listing = DueBy(at.now, AT_ONCE)
    facts = yield (listing,)
    return Plan(facts.all(listing))


def finish(at: Moment, id: str) -> Decision[None]:
    """Strike a todo off."""
    key = TodoKey(id)
    yield (key,)
    return Plan(None, deletes=(key,))


def is_poison(job: Job) -> bool:
    """Whether a job is not to be begun at all: nobody can read it, or it was begun often and never came to an end."""
    return not isinstance(job, Todo) or job.tries - job.failures >= CUT_SHORT


def claim(at: Moment, job: Job, lease: int) -> Decision[bool]:
    """Take a job for `lease` ms, so that two runners do not both do it; False if another has taken it since.

    Who is cut short leaves it to whoever comes when the lease has run out.
    """
    key = TodoKey(job.id)
    facts = yield (key,)
    found = facts.one(key)
    if not isinstance(found, Todo) or found.due != job.due:
        return Plan(False)
    return Plan(True, puts=(replace(found, due=at.now + lease, tries=found.tries + 1),))


def runs_out(at: Moment, id: str, lease: int) -> Decision[bool]:
    """Whether half of the lease of a job is over, so that it is to be renewed."""
    key = TodoKey(id)
    facts = yield (key,)
    return Plan(_runs_out(facts.one(key), at, lease))


def renew(at: Moment, id: str, lease: int) -> Decision[None]:
    """Keep a job that is being done for another `lease` ms from now, if half of its lease is over."""
    key = TodoKey(id)
    facts = yield (key,)
    found = facts.one(key)
    if found is None or not _runs_out(found, at, lease):
        return Plan(None)
    return Plan(None, puts=(replace(found, due=at.now + lease),))


def _runs_out(found: Job | None, at: Moment, lease: int) -> bool:
    return found is not None and found.due - at.now <= lease // 2


def put_off(at: Moment, id: str) -> Decision[bool]:
    """Try a job again later, and later each time: were it to stay the oldest, a few that cannot be done would keep all
    others waiting. True if it has failed TRIES times, and is set aside."""
    key = TodoKey(id)
    facts = yield (key,)
    found = facts.one(key)
    if not isinstance(found, Todo):
        return Plan(False)
    failures = found.failures + 1
    if failures >= TRIES:
        return Plan(True, puts=(replace(found, due=SET_ASIDE, failures=failures),))
    pause = min(LATER * 2 ** (failures - 1), LATEST)
    return Plan(False, puts=(replace(found, due=at.now + pause, failures=failures),))


def set_aside(at: Moment, job: Job) -> Decision[bool]:
    """Keep a job for the operator to look at, and try it no more; False if somebody has moved it since."""
    key = TodoKey(job.id)
    facts = yield (key,)
    found = facts.one(key)
    if found is None or found.due != job.due:
        return Plan(False)
    return Plan(True, puts=(replace(found, due=SET_ASIDE),))


def jobs_set_aside(at: Moment) -> Decision[tuple[operator.JobSetAside, ...]]:
    """The jobs that are set aside; of more than COUNTED, as many."""
    listing = DueBy(SET_ASIDE, COUNTED, since=SET_ASIDE)
    facts = yield (listing,)
    return Plan(tuple(map(operator.job, facts.all(listing))))


def retry(at: Moment, id: str) -> Decision[bool]:
    """Let a job that is set aside run again, as if it had never been tried; False if it is not set aside."""
    key = TodoKey(id)
    facts = yield (key,)
    found = facts.one(key)
    if found is None or found.due != SET_ASIDE:
        return Plan(False)
    again = replace(found, due=at.now)
    if isinstance(again, Todo):
        again = replace(again, tries=0, failures=0)
    return Plan(True, puts=(again,))


def health(at: Moment) -> Decision[operator.JobHealth]:
    """How the jobs are."""
    late, aside = DueBy(at.now - OVERDUE, 1), DueBy(SET_ASIDE, COUNTED, since=SET_ASIDE)
    facts = yield (late, aside)
    return Plan(operator.JobHealth(bool(facts.all(late)), len(facts.all(aside))))


def return_one(at: Moment, worker: str) -> Decision[bool]:
    """Return one of a removed worker's threads to its school; True if there was one."""
    listing = ThreadsOf(worker, Shelf.HANDLED, None, 1)
    facts = yield (listing,)
    found = facts.all(listing)
    if not found:
        return Plan(False)
    key = ThreadKey(found[0].id)
    facts = yield (key,)
    thread = facts.one(key)
    if thread is None or thread.worker is None or thread.worker.party != worker:
        return Plan(True)  # someone else moved it since the list was read
    left = yield from leave(at, thread)
    return left if isinstance(left, Refusal) else left.answering(True)


def settle_left(at: Moment, thread: str) -> Decision[None]:
    """Erase a thread that a worker has left if nobody has it any more: its owner's account has ended.

    The head is written or deleted in each case (equal work: leak 30).
    """
    key = ThreadKey(thread)
    facts = yield (key,)
    head = facts.one(key)
    if head is None:
        return Plan(None)
    if head.school.party == NOBODY and head.worker is None:
        return Plan(None, (erasing(at, head.id),), (key,))
    return Plan(None, puts=(head,))


def assign(at: Moment, thread: str) -> Decision[None]:
    """Do with a new thread what its school's policy says: leave it there, or give it to the least loaded worker.

    Only workers who are available count; of equals the one invited first. What has been in somebody's hands since it
    was raised, even if it came back, is the school's own to give.
    """
    key = ThreadKey(thread)
    facts = yield (key,)
    head = facts.one(key)
    if head is None:
        return Plan(None)
    worker, slots = yield from _next_hand(head)
    head = replace(head, policy_applied=True)
    if worker is None:
        return (yield from _kept(at, head, slots[0]))
    given = yield from give(at, head, worker.id)
    return given if isinstance(given, Refusal) else given.answering(None)


def _next_hand(head: Thread) -> Looking[tuple[Worker | None, tuple[str, ...]]]:
    """Whom the policy gives a thread to, None if it stays where it is; and the ids of the workers that were loaded.

    Loads the same number of keys whatever the policy is and however many workers there are (equal work: leak 30): a
    raiser must not tell by its clock that its school gives threads to workers.
    """
    school_key, owner_key = PartyKey(head.school.party), OwnerEndedKey(head.raiser.party)
    listing = AsidesOf(head.id, 0, AT_ONCE)
    facts = yield (school_key, owner_key, listing)
    school = facts.one(school_key)
    workers = school.workers if isinstance(school, School) else ()
    slots = (*workers, *(f"{head.school.party}.{free}" for free in range(rules.FIVE)))[: rules.FIVE]
    moved = head.worker is not None or any(isinstance(it, Assigned) for it in facts.all(listing))
    ended = not rules.is_open(head) or head.raiser.party == NOBODY or facts.one(owner_key) is not None
    gives = isinstance(school, School) and school.policy is Policy.AUTOMATIC and not moved and not ended
    facts = yield tuple(key for id in slots for key in (PartyKey(id), LoadOf(id, Shelf.HANDLED)))
    return _least_loaded(facts, slots) if gives else None, slots


def _least_loaded(facts: Facts, slots: tuple[str, ...]) -> Worker | None:
    able = [it for id in slots if isinstance(it := facts.one(PartyKey(id)), Worker) and rules.may_take(it)]
    loads = {worker.id: load.open if (load := facts.one(LoadOf(worker.id, Shelf.HANDLED))) else 0 for worker in able}
    return min(able, key=lambda worker: loads[worker.id], default=None)


def _kept(at: Moment, head: Thread, guarded: str) -> Decision[None]:
    """The school keeps the thread. Loads, writes and looks up as much as if a worker got it (equal work: leak 30).

    What is written for that stands where nobody looks: under the thread's own id, and beside its log before the first
    place. It is erased with the thread.
    """
    key = PlacementKey(head.id, head.id)
    facts = yield (key,)
    placed = Placement(thread=head.id, worker=head.id, id=head.id, alias=alias(at.fresh()), rev=1)
    handle = Handle(viewer=head.id, id=head.id, thread=head.id, owner=head.raiser.party)
    assigned = Assigned(thread=head.id, seq=BEFORE_ALL, at=at.now, worker=None)
    again = facts.one(key) is not None  # the job was cut short, and is done again
    return Plan(
        None,
        puts=(head, placed) if again else (head, assigned, placed, handle),
        guards=(PartyKey(guarded),),
        deliveries=tuple(Delivery(to, None) for to in (head.raiser.party, head.id, *[head.school.party] * 2)),
    )


def invited(at: Moment, worker: str) -> Decision[Invited | None]:
    """Whom to write to about an invitation, None if it was taken up or back meanwhile."""
    facts = yield (PartyKey(worker),)
    found = facts.one(PartyKey(worker))
    if not isinstance(found, Worker) or not rules.is_invited(found):
        return Plan(None)
    facts = yield (PartyKey(found.school), AddressKey(found.email))
    school, address = facts.one(PartyKey(found.school)), facts.one(AddressKey(found.email))
    taken = address is not None and address.party is not None
    letter = Invited(found.email, found.name, school.name, worker, taken) if isinstance(school, School) else None
    return Plan(letter)


class Letter(Struct, frozen=True):
    """What is to be written to who is invited, once `wait` ms are over."""

    invited: Invited
    wait: int


def invitation_letter(at: Moment, worker: str) -> Decision[Letter | None]:
    """The same, and how long it must wait because schools, or this school, have written to this address too often.

    No school is told: it would learn that others invite the same address (leak 39).
    """
    found = yield from invited(at, worker)
    who = (yield (PartyKey(worker),)).one(PartyKey(worker))
    if isinstance(found, Refusal) or found.answer is None or not isinstance(who, Worker):
        return Plan(None)
    address, school = yield from _letters_of(who)
    waits = (
        pace.wait(pace.INVITATION_LETTERS, address.letters, at.now),
        pace.wait(pace.SCHOOLS_LETTERS, school.due, at.now),
    )
    return Plan(Letter(found.answer, max(waits)))


def wait_for_letters(at: Moment, id: str, wait: int) -> Decision[None]:
    """Keep a letter for later. Of all that are asked for about one invitation meanwhile, one waits."""
    key = TodoKey(id)
    found = (yield (key,)).one(key)
    if not isinstance(found, Todo) or not isinstance(found.task, Write):
        return Plan(None)
    waiting = TodoKey(f"letter.{found.task.worker}")
    if (yield (waiting,)).one(waiting) is not None and waiting != key:
        return Plan(None, deletes=(key,))
    later = Todo(id=waiting.id, due=at.now + wait, task=found.task)
    return Plan(None, puts=(later,), deletes=() if waiting == key else (key,))


def letter_written(at: Moment, worker: str) -> Decision[None]:
    """Count a school's letter to an invited address, after it was written: one that could not be is tried again."""
    who = (yield (PartyKey(worker),)).one(PartyKey(worker))
    if not isinstance(who, Worker):
        return Plan(None)
    address, school = yield from _letters_of(who)
    letters = _one_more(pace.INVITATION_LETTERS, address.letters, at.now)
    due = _one_more(pace.SCHOOLS_LETTERS, school.due, at.now)
    return Plan(None, puts=(replace(address, letters=letters), replace(school, due=due)))


def letters_to(email: str) -> str:
    """What a school's pace of letters to an address is kept under: not the address, which it may have removed."""
    return f"letter.{sha256(email.encode()).hexdigest()}"


def _letters_of(who: Worker) -> Looking[tuple[Address, Pace]]:
    """How far the letters to an invited address are used up: all schools', and this school's."""
    all_of_them, own = AddressKey(who.email), PaceKey(who.school, letters_to(who.email))
    facts = yield (all_of_them, own)
    used = facts.one(own) or Pace(party=own.party, what=own.what, due=0)
    return facts.one(all_of_them) or Address(email=who.email), used


def _one_more(allowance: pace.Allowance, used: int, now: int) -> int:
    due = pace.admit(allowance, used, now)
    return used if due is None else due
