"""An account ends: at once for the party itself, and step by step for what hangs on it, so that no worker can tell.

The record that flips is what everyone reads; `Close` does the rest, each step where a crash would find it. A thread a
worker has stays with it until its own random moment within six hours, and looks as it did: threads that vanish together
would tell that they share an owner (leaks.md, 26).
"""

from functools import partial

from msgspec.structs import replace

from uconnect.core import rules, wire
from uconnect.core.decide.access import Looking, calling, standing
from uconnect.core.decide.fanout import without_owner
from uconnect.core.decide.handling import erasing, leave
from uconnect.core.decide.operating import owning
from uconnect.core.decide.threads import end
from uconnect.core.decide.workers import dismissed, freed
from uconnect.core.decide.workers import leave as leave_school
from uconnect.core.facts import Decision, Delivery, Moment, Plan, random_below
from uconnect.core.keys import (
    AddressKey,
    HandleKey,
    LoadOf,
    LoginKey,
    OwnerEndedKey,
    PartyKey,
    PictureKey,
    Shelf,
    ThreadKey,
    ThreadsOf,
)
from uconnect.core.model import Address, Owner, OwnerEnded, School, Subject, Thread, Todo, User, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.tasks import Close, Leave, Shut, Task
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done

UNNOTICED = 6 * 3_600_000  # ms in which a worker loses a thread whose owner's account has ended
AT_ONCE = 50  # threads looked at in a step
LATEST = (10**15, "")  # where a list begins: after every time


def close(at: Moment, by: str) -> Decision[Done]:
    """End the caller's account. A worker's is its school's to end (rule 5), unless it joined by mistake: see `leave`.

    Refusals: account_ended, not_found (to a worker that has answered), still_asked (to a school that has open threads
    raised to it).
    """
    party = yield from calling(by)
    match party:
        case Refusal():
            return party
        case Worker():
            return (yield from leave_school(at, party))
        case School():
            # Nobody can raise to it from here on, so what is counted next is all there is.
            work = Todo(id=at.fresh(), due=at.soon(), task=Close(party.id))
            return Plan(Done(), (replace(party, closing=True), work), then=partial(settle, school=party.id))
        case User():
            return (yield from _ended(at, party, at.soon(), Close(party.id)))


def settle(at: Moment, school: str) -> Decision[Done]:
    """A closing school closes, or goes on if threads raised to it are open: rule 11 forbids it to end them."""
    count = LoadOf(school, Shelf.RECEIVED)
    facts = yield (PartyKey(school), count)
    party, asked = facts.one(PartyKey(school)), facts.one(count)
    if not isinstance(party, School) or party.ended:
        return Plan(Done())
    if asked is not None and asked.open:
        return Plan(Done(), (replace(party, closing=False),), then=partial(_still_asked, open=asked.open))
    if not party.closing:
        return Refused.STILL_ASKED.refusal  # it was so when this was decided elsewhere, a moment ago
    return (yield from _ended(at, party, at.soon()))


def _still_asked(at: Moment, open: int) -> Decision[Done]:
    yield ()
    refusal = Refused.STILL_ASKED.refusal
    return Refusal(refusal.code, f"{refusal.sentence} Open now: {open}.")


def close_by_operator(at: Moment, email: str, kind: Kind) -> Decision[str]:
    """End the account of a user or a school whatever it has open: the platform speaks, not a party. Its party's id.

    Refusals: not_found.
    """
    party = yield from owning(email, kind)
    if isinstance(party, Refusal):
        return party
    shut = (Shut(party.id),) if isinstance(party, School) else ()
    return (yield from _ended(at, party, at.now, *shut, Close(party.id))).answering(party.id)


def goes_on(at: Moment, party: str) -> Decision[bool]:
    """Whether an account has not ended: its school was still asked, and so goes on."""
    facts = yield (PartyKey(party),)
    return Plan(not isinstance(standing(facts.one(PartyKey(party))), Refusal))


def part_one(at: Moment, party: str) -> Decision[bool]:
    """Part one thread of an owner whose account has ended from it and from its school; True if there was one."""
    listing = ThreadsOf(party, Shelf.RAISED, None, 1)
    facts = yield (listing,)
    found = facts.all(listing)
    if not found:
        return Plan(False)
    key = ThreadKey(found[0].id)
    facts = yield (key,)
    thread = facts.one(key)
    if thread is None or thread.raiser.party != party:
        return Plan(True)  # it has gone since the list was read
    return _parted(at, thread)


def depart(at: Moment, thread: str) -> Decision[None]:
    """The worker's random moment has come: it loses the thread as by a take-back."""
    key = ThreadKey(thread)
    facts = yield (key,)
    found = facts.one(key)
    if found is None:
        return Plan(None)
    left = yield from leave(at, found)
    return left if isinstance(left, Refusal) else left.answering(None)


def shut_one(at: Moment, school: str, before: tuple[int, str] = LATEST) -> Decision[tuple[int, str] | None]:
    """End the next open thread raised to a school that the operator closed; where to go on, None once none is open."""
    listing, count = ThreadsOf(school, Shelf.RECEIVED, before, AT_ONCE), LoadOf(school, Shelf.RECEIVED)
    facts = yield (listing,)
    found = facts.all(listing)
    for thread in found:
        if not rules.is_open(thread):
            continue
        key, owner_key = ThreadKey(thread.id), PartyKey(thread.raiser.party)
        facts = yield (key, owner_key)
        head, owner = facts.one(key), facts.one(owner_key)
        if head is None or not rules.is_open(head) or head.school.party != school:
            continue  # it has ended, or gone, since the list was read
        assert isinstance(owner, Owner)  # an owner's own record goes last
        ended = end(at, owner, head)
        return Plan((thread.at, thread.id), ended.puts, deliveries=ended.deliveries)
    if len(found) == AT_ONCE:
        return Plan((found[-1].at, found[-1].id))
    # One that was written to meanwhile has moved to the front of the list, past us.
    facts = yield (count,)
    left = facts.one(count)
    return Plan(LATEST if left is not None and left.open else None)


def login_of(at: Moment, party: str) -> Decision[Subject | None]:
    """Whom the issuer has to forget, None once it has."""
    facts = yield (PartyKey(party),)
    found = facts.one(PartyKey(party))
    return Plan(None if found is None or isinstance(found, Worker) else found.login)


def strike(at: Moment, party: str) -> Decision[None]:
    """Strike off what is left of the party itself. Of a school its name stays, for those who raised threads to it."""
    facts = yield (PartyKey(party),)
    found = facts.one(PartyKey(party))
    if found is None or isinstance(found, Worker):
        return Plan(None)
    mark = OwnerEndedKey(party)  # all its threads are parted
    logins = (LoginKey(found.login.issuer, found.login.subject),) if found.login else ()
    if isinstance(found, School):
        picture = (PictureKey(found.picture),) if found.picture else ()
        return Plan(None, (School(id=found.id, email="", name=found.name, ended=True),), (*logins, *picture, mark))
    return Plan(None, deletes=(PartyKey(party), *logins, mark))


def _ended(at: Moment, party: Owner, due: int, *tasks: Task) -> Looking[Plan[Done]]:
    """The flip itself: nobody from now on, its address free; a school's workers are workers no more.

    `due` is when the rest is done. An operator waits for it, and has it done at once.
    """
    workers = party.workers if isinstance(party, School) else ()
    facts = yield tuple(PartyKey(id) for id in workers)
    dismissing = [it for id in workers if isinstance(it := facts.one(PartyKey(id)), Worker)]
    # Each once: a school may have invited its own address, and a worker have moved to one that was invited too.
    emails = dict.fromkeys((party.email, *(worker.email for worker in dismissing)))
    facts = yield tuple(map(AddressKey, emails))
    left = [freed(facts.one(AddressKey(it)) or Address(email=it), party.id, *workers) for it in emails]
    return Plan(
        Done(),
        puts=(
            _flipped(party),
            OwnerEnded(party=party.id),
            *(address for address in left if address != Address(email=address.email)),
            *(Todo(id=at.fresh(), due=due, task=task) for task in tasks),
            *(it for worker in dismissing for it in dismissed(at, worker, due)),
        ),
        deletes=tuple(AddressKey(address.email) for address in left if address == Address(email=address.email)),
        deliveries=tuple(Delivery(id, wire.Bye(code="ended")) for id in (party.id, *workers)),
    )


def _flipped(party: Owner) -> Owner:
    if isinstance(party, School):
        return replace(party, ended=True, closing=False, open=(), workers=())
    return replace(party, ended=True, open=())


def _parted(at: Moment, thread: Thread) -> Plan[bool]:
    """The thread without its owner and its school: erased now, or when the worker who has it has left."""
    gone = Delivery(thread.school.party, wire.Gone(id=thread.school.id, rev=thread.school.rev + 1))
    handles = (HandleKey(thread.raiser.party, thread.raiser.id), HandleKey(thread.school.party, thread.school.id))
    if thread.worker is None:
        return Plan(True, (erasing(at, thread.id),), (ThreadKey(thread.id), *handles), deliveries=(gone,))
    leaving = Todo(id=at.fresh(), due=at.now + _unnoticed(at.fresh()), task=Leave(thread.id))
    return Plan(True, (without_owner(thread), leaving), handles, deliveries=(gone,))


def _unnoticed(random_id: str) -> int:
    return random_below(UNNOTICED, random_id)
