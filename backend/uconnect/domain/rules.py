"""The eleven rules in the customer's order, each written once.

The other modules ask here. Rules 6 and 7 are held by the types of the views, as said below.
"""

from enum import StrEnum

from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.models import Owner, Party, School, Thread, Worker

FIVE = 5


class Role(StrEnum):
    """What a party is to one thread."""

    RAISER = "raiser"
    SCHOOL = "school"
    WORKER = "worker"


RAISER, SCHOOL, WORKER = Role.RAISER, Role.SCHOOL, Role.WORKER  # a look-up less at each send
OPEN = State.OPEN


def may_act(party: Party) -> bool:
    """Whether a party is one of us now: not after its account ended, and a worker only once it has joined."""
    return party.joined and not party.removed if isinstance(party, Worker) else not party.ended


# Rule 1. Schools are institutions: threads are raised to them, and to nothing else.
INSTITUTIONS = frozenset({Kind.SCHOOL})


# Rule 2. Workers are workers to an institution, which can offload the threads coming to it to them.
def may_offload(thread: Thread, school: School, worker: Party | None) -> bool:
    """Only the school a thread was raised to, and only to a worker of its own who is at work."""
    return (
        thread.school.party == school.id
        and isinstance(worker, Worker)
        and worker.school == school.id
        and may_act(worker)
    )


def may_take(worker: Worker) -> bool:
    """Whether a school's policy may give threads to this worker of its."""
    return may_act(worker) and worker.available


# Rule 3. Users are the customers: a user is nobody's hands, so it only ever stands on the raiser's side.
SIDE_OF = {Role.RAISER: Side.RAISER, Role.SCHOOL: Side.SCHOOL, Role.WORKER: Side.SCHOOL}


# Rules 4, 8 and 9. Who may raise to whom. Two users cannot talk, nor two workers; nobody raises to either.
MAY_RAISE_TO: dict[Kind, frozenset[Kind]] = {
    Kind.SCHOOL: INSTITUTIONS,
    Kind.USER: INSTITUTIONS,
    Kind.WORKER: frozenset(),
}


def may_raise(raiser: Kind, raiser_id: str, target: Kind, target_id: str) -> bool:
    """Whether one party may raise a thread to another; never to itself."""
    return target in MAY_RAISE_TO[raiser] and raiser_id != target_id


def takes_threads(school: School) -> bool:
    """Whether a school is to be raised to: not one whose account has ended or is about to."""
    return not school.ended and not school.closing


# Rule 5. Workers are created and deleted by their own school, and by no one else.
def may_remove(school: School, worker: Party | None) -> bool:
    return isinstance(worker, Worker) and worker.school == school.id


def is_invited(worker: Party | None) -> bool:
    """Whether a school's invitation stands: nobody has accepted it, and the school has not withdrawn it."""
    return isinstance(worker, Worker) and not worker.joined and not worker.removed


def may_leave(worker: Worker) -> bool:
    """Whether a worker may undo its joining: only before its first answer, so that no work is left behind."""
    return not worker.answered


# Rule 6. Whoever raised a thread is not told whether the school or a worker handles it.
# The types in `views/raiser.py` hold it: none has a field that depends on the handler.
SEES_HANDLER = {Role.RAISER: False, Role.SCHOOL: True, Role.WORKER: True}

# Rule 7. A worker is not told who owns a thread.
# The types in `views/worker.py` hold it: none has a field that depends on the owner.
SEES_OWNER = {Role.RAISER: True, Role.SCHOOL: True, Role.WORKER: False}


# Rule 10. At most five open threads raised by one owner, and five workers of one school, invited ones too.
def may_open_another(owner: Owner) -> bool:
    return len(owner.open) < FIVE


def may_invite_another(school: School) -> bool:
    return len(school.workers) < FIVE


# Rule 11. Only who raised a thread can terminate it, or delete it once terminated.
def may_terminate(role: Role) -> bool:
    return role is Role.RAISER


def may_delete(role: Role) -> bool:
    return role is Role.RAISER


def is_open(thread: Thread) -> bool:
    """Whether anybody may still post."""
    return thread.state is OPEN


def role_of(thread: Thread, party: str) -> Role | None:
    """What a party is to a thread now; None for everyone else, a worker it was taken from among them."""
    if party == thread.raiser.party:
        return RAISER
    if party == thread.school.party:
        return SCHOOL
    if thread.worker is not None and party == thread.worker.party:
        return WORKER
    return None


# The school's side may only ask for the end that rule 11 leaves to the raiser.
ASK_TO_END_EVERY = 7 * 24 * 3_600_000  # ms in each thread, whichever hand asks


def may_ask_to_end(thread: Thread, now: int) -> bool:
    return thread.end_asked is None or now >= thread.end_asked.at + ASK_TO_END_EVERY


def is_asked_to_end(thread: Thread) -> bool:
    """Whether the raiser has been asked, and has not answered since."""
    asked = thread.end_asked
    return asked is not None and is_open(thread) and thread.asked.messages == asked.messages
