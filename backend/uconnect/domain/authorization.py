"""Finds out who is calling, and the caller's membership of the thread that it names.

Every use case of a party starts here. A party whose account has ended is refused from the next call on. An id is looked
up among the caller's own references, so another party's id and an id that never existed get the same refusal.
"""

from msgspec import Struct

from uconnect.domain import rules
from uconnect.domain.context import Context
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import OwnerEndedKey, PartyKey, SentCountKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import NOBODY, Party, School, Thread, ThreadReference
from uconnect.domain.notifications import without_owner
from uconnect.domain.rules import RAISER, SCHOOL, Role


class Membership(Struct, frozen=True):
    """A caller at a thread it may read now."""

    party: Party
    reference: ThreadReference
    thread: Thread
    role: Role


def require_active(party: Party | None) -> Party:
    """The caller's own record, if its account has not ended."""
    if party is None or not rules.may_act(party):
        raise Refused(RefusalCode.ACCOUNT_ENDED)
    return party


def load_caller(context: Context, by: str) -> Party:
    return require_active(context.get(PartyKey(by)))


def load_calling_school(context: Context, by: str) -> School:
    """The caller if it is a school; to others the operation is not there."""
    party = load_caller(context, by)
    if isinstance(party, School):
        return party
    raise Refused(RefusalCode.NOT_FOUND)


def load_membership(context: Context, by: str, id: str, send_key: str | None = None) -> Membership:
    """The caller's membership of the thread it knows as `id`. Refusals: account_ended, not_found.

    With `send_key`, the same round counts the caller's messages under that key.
    """
    party_key, reference_key = PartyKey(by), ThreadReferenceKey(by, id)
    context.load(party_key, reference_key)
    party, reference = require_active(context.get(party_key)), context.get(reference_key)
    # equal work: leak 22. Loads a thread even when the id is unknown, so that an unknown id and a revoked one take the
    # same time: else a worker's clock would tell it that a thread it lost was deleted. The thread loaded then is
    # NOBODY's: a store that caches finds it as quickly as a thread in use. The owner's end is loaded whoever calls.
    known = reference or ThreadReference(viewer=by, id=id, thread=NOBODY, owner=NOBODY)
    thread_key, owner_key = ThreadKey(known.thread), OwnerEndedKey(known.owner)
    if send_key is None:
        context.load(thread_key, owner_key)
    else:
        # equal work: leak 22. A count reads as much whatever it finds, so that a worker who sends a key once more to a
        # thread that it has lost does not learn, by the time, whether that thread was deleted. The message itself is
        # loaded for members alone.
        context.load(thread_key, owner_key, SentCountKey(known.thread, by, send_key))
    thread, owner_ended = context.get(thread_key), context.get(owner_key)
    role = rules.role_of(thread, by) if thread else None
    # A worker's reference outlives its assignment: a worker taken off the thread gets a stranger's refusal.
    if reference is None or reference.gone or thread is None or role is None:
        raise Refused(RefusalCode.NOT_FOUND)
    # When an owner's account ends, the school loses its threads at once, before they are detached one by one.
    if role is SCHOOL and owner_ended is not None:
        raise Refused(RefusalCode.NOT_FOUND)
    return Membership(party, reference, thread, role)


def load_membership_inside(context: Context, by: str, id: str) -> Membership:
    """The membership of a caller on the school's side: what is inside is not there for whoever raised it (rule 6)."""
    membership = load_membership(context, by, id)
    if membership.role is RAISER:
        raise Refused(RefusalCode.NOT_FOUND)
    return membership


def visible_to_others(context: Context, thread: Thread) -> Thread:
    """The thread as others are shown it: once its owner's account has ended, the school is not told of it any more.

    A worker may still write there until it is detached. `load_membership` has loaded these keys, so nothing is read.
    """
    # equal work: leak 22. With no raiser left the thread is looked up again: to load nobody would take a worker one
    # read more, and tell it that the owner has gone.
    empty = thread.raiser.party == NOBODY
    found = context.get(ThreadKey(thread.id) if empty else OwnerEndedKey(thread.raiser.party))
    return without_owner(thread) if empty or found is not None else thread
