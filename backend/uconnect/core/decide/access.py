"""The guarded door: who is calling, and what they are to the thread they name.

Every use case comes through here. A party whose account ended is nobody from the next call on; an id is looked up as
this caller's own, so an id that is another's, or was never given out, is the same to us: there is nothing there.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from uconnect.core import rules
from uconnect.core.decide.fanout import without_owner
from uconnect.core.facts import Facts, Wanted
from uconnect.core.keys import HandleKey, OwnerEndedKey, PartyKey, ThreadKey
from uconnect.core.model import NOBODY, Handle, Party, School, Thread
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role

T = TypeVar("T")
Looking = Generator[Wanted, Facts, T]


@dataclass(frozen=True, slots=True)
class Place:
    """A caller at a thread it may read now."""

    party: Party
    handle: Handle
    thread: Thread
    role: Role


def standing(party: Party | None) -> Party | Refusal:
    """The caller's own record, if its account has not ended."""
    if party is None or not rules.may_act(party):
        return Refused.ACCOUNT_ENDED.refusal
    return party


def calling(by: str) -> Looking[Party | Refusal]:
    facts = yield (PartyKey(by),)
    return standing(facts.one(PartyKey(by)))


def calling_school(by: str) -> Looking[School | Refusal]:
    """The caller if it is a school; to others the operation is not there."""
    party = yield from calling(by)
    if isinstance(party, Refusal | School):
        return party
    return Refused.NOT_FOUND.refusal


def at_thread(by: str, id: str) -> Looking[Place | Refusal]:
    """The caller's place at the thread it knows as `id`. Refusals: account_ended, not_found."""
    facts = yield (PartyKey(by), HandleKey(by, id))
    party, handle = standing(facts.one(PartyKey(by))), facts.one(HandleKey(by, id))
    if isinstance(party, Refusal):
        return party
    # equal work: leak 22. An id that was never given is looked for like one that was taken away: else a worker's clock
    # would tell it that a thread it has no more was deleted. What is looked for is nobody's each time: a store that
    # remembers what it has read finds it as quickly as a thread in use. The owner's mark is loaded whoever calls.
    known = handle or Handle(viewer=by, id=id, thread=NOBODY, owner=NOBODY)
    facts = yield (ThreadKey(known.thread), OwnerEndedKey(known.owner))
    thread, owner_ended = facts.one(ThreadKey(known.thread)), facts.one(OwnerEndedKey(known.owner))
    role = rules.role_of(thread, by) if thread else None
    # A worker's handle outlives its place: taken off the thread, it is told the same as a stranger.
    if handle is None or handle.gone or thread is None or role is None:
        return Refused.NOT_FOUND.refusal
    # An owner's end takes its threads from the school at once, before they are parted one by one.
    if role is Role.SCHOOL and owner_ended is not None:
        return Refused.NOT_FOUND.refusal
    return Place(party, handle, thread, role)


def told(thread: Thread) -> Looking[Thread]:
    """The thread as others are told of it: from its owner's end on the school hears nothing more, though a worker still
    writes there and its seat is emptied a little later.

    Whoever came by the door is known by now, with the owner and the thread, so this asks a store for nothing. Of a seat
    that is empty the thread is asked for again: to ask for nobody would take a worker a read more, which tells it that
    the owner has gone.
    """
    empty = thread.raiser.party == NOBODY
    owner_key = OwnerEndedKey(thread.raiser.party)
    facts = yield (ThreadKey(thread.id) if empty else owner_key,)
    gone = empty or facts.one(owner_key) is not None
    return without_owner(thread) if gone else thread
