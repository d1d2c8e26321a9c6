"""What one transaction could not hold, done in steps that can be repeated: each ends where a crash would find it."""

from uconnect.core.decide.handling import leave
from uconnect.core.facts import Decision, Moment, Plan
from uconnect.core.keys import DueBy, Shelf, ThreadKey, ThreadsOf, TodoKey
from uconnect.core.model import Todo
from uconnect.core.refusals import Refusal

AT_ONCE = 50


def due(at: Moment) -> Decision[tuple[Todo, ...]]:
    """The todos that may run now, at most AT_ONCE."""
    listing = DueBy(at.now, AT_ONCE)
    facts = yield (listing,)
    return Plan(facts.all(listing))


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
    left = yield from leave(thread)
    return left if isinstance(left, Refusal) else Plan(True, left.puts, deliveries=left.deliveries)


def finish(at: Moment, id: str) -> Decision[None]:
    """Strike a todo off."""
    key = TodoKey(id)
    yield (key,)
    return Plan(None, deletes=(key,))
