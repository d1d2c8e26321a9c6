"""What one transaction could not hold, done in steps that can be repeated: each ends where a crash would find it."""

from msgspec.structs import replace

from uconnect.core import pace, rules
from uconnect.core.decide.access import Looking, standing
from uconnect.core.decide.handling import give, leave
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import AddressKey, AsidesOf, DueBy, LoadOf, PartyKey, Shelf, ThreadKey, ThreadsOf, TodoKey
from uconnect.core.model import Address, Assigned, School, Thread, Todo, Worker
from uconnect.core.refusals import Refusal
from uconnect.core.terms import Policy
from uconnect.core.views.letters import Invited

AT_ONCE = 50
LATER = 60_000  # ms until a todo that could not be done is tried again


def due(at: Moment) -> Decision[tuple[Todo, ...]]:
    """The todos that may run now, at most AT_ONCE."""
    listing = DueBy(at.now, AT_ONCE)
    facts = yield (listing,)
    return Plan(facts.all(listing))


def finish(at: Moment, id: str) -> Decision[None]:
    """Strike a todo off."""
    key = TodoKey(id)
    yield (key,)
    return Plan(None, deletes=(key,))


def put_off(at: Moment, id: str) -> Decision[None]:
    """Try a todo again later: were it to stay the oldest, a few that cannot be done would keep all others waiting."""
    key = TodoKey(id)
    facts = yield (key,)
    found = facts.one(key)
    return Plan(None, puts=(replace(found, due=at.now + LATER),) if found else ())


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


def assign(at: Moment, thread: str) -> Decision[None]:
    """Do with a new thread what its school's policy says: leave it there, or give it to the least loaded worker.

    Only workers who are available count; of equals the one invited first. What has been in somebody's hands since it
    was raised, even if it came back, is the school's own to give. The head is written whatever comes of it: whoever
    writes to the thread just then meets the same rival, and does not learn of it which policy the school has.
    """
    key = ThreadKey(thread)
    facts = yield (key,)
    head = facts.one(key)
    if head is None:
        return Plan(None)
    worker = yield from _next_hand(head)
    if worker is None:
        return Plan(None, puts=(head,))
    given = yield from give(at, head, worker.id)
    return given if isinstance(given, Refusal) else given.answering(None)


def _next_hand(head: Thread) -> Looking[Worker | None]:
    """Whom the policy gives a thread to; None if it stays where it is."""
    if head.worker is not None or not rules.is_open(head):
        return None
    asides, owner_key = AsidesOf(head.id, 0, AT_ONCE), PartyKey(head.raiser.party)
    facts = yield (PartyKey(head.school.party), owner_key, asides)
    school = facts.one(PartyKey(head.school.party))
    if not isinstance(school, School) or school.policy is not Policy.AUTOMATIC:
        return None
    if any(isinstance(it, Assigned) for it in facts.all(asides)) or isinstance(standing(facts.one(owner_key)), Refusal):
        return None
    facts = yield tuple(key for id in school.workers for key in (PartyKey(id), LoadOf(id, Shelf.HANDLED)))
    able = [it for id in school.workers if isinstance(it := facts.one(PartyKey(id)), Worker) and rules.may_take(it)]
    loads = {worker.id: load.open if (load := facts.one(LoadOf(worker.id, Shelf.HANDLED))) else 0 for worker in able}
    return min(able, key=lambda worker: loads[worker.id], default=None)


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


def invitation_letter(at: Moment, worker: str) -> Decision[Invited | None]:
    """The same; None also if schools have written to this address too often.

    No school is told: it would learn that others invite the same address (leak 39).
    """
    found = yield from invited(at, worker)
    if isinstance(found, Refusal) or found.answer is None:
        return found
    key = AddressKey(found.answer.email)
    address = (yield (key,)).one(key)
    used = address.letters if address else 0
    return Plan(found.answer if pace.wait(pace.INVITATION_LETTERS, used, at.now) == 0 else None)


def letter_written(at: Moment, email: str) -> Decision[None]:
    """Count a school's letter to this address, after it was written: one that could not be is tried again."""
    key = AddressKey(email)
    address = (yield (key,)).one(key) or Address(email=email)
    due = pace.admit(pace.INVITATION_LETTERS, address.letters, at.now)
    return Plan(None, puts=() if due is None else (replace(address, letters=due),))
