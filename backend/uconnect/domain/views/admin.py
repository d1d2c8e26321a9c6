"""What the operator is shown: an account's name, address and counts, never messages; a job's kind, never whom it
concerns.
"""

from enum import StrEnum

from msgspec import Struct

from uconnect.domain.models import Job, OpenThreadCount, Owner, Party, School, StoredJob, Worker


class Account(Struct, frozen=True):
    """A user or a school. `asked` and `raised` are the open threads raised to it and by it; a user has no workers."""

    id: str
    name: str
    email: str
    workers: int
    asked: int
    raised: int


def account(owner: Owner, asked: OpenThreadCount | None) -> Account:
    workers = len(owner.workers) if isinstance(owner, School) else 0
    return Account(owner.id, owner.name, owner.email, workers, asked.open if asked else 0, len(owner.open))


class PartyState(StrEnum):
    """What an account is here."""

    USER = "user"
    SCHOOL = "school"
    WORKER = "worker"
    REMOVED = "removed worker"
    ENDED = "closing"  # its data is being deleted
    NONE = "has opened no site"


class AccountHolder(Struct, frozen=True):
    """The party of an account, as it is called now. Both texts are empty if there is none, or if they are erased."""

    id: str
    name: str
    email: str
    state: PartyState


def account_holder(party: Party | None) -> AccountHolder:
    match party:
        case None:
            return AccountHolder("", "", "", PartyState.NONE)
        case Worker(removed=True):
            state = PartyState.REMOVED
        case Worker():
            state = PartyState.WORKER
        case owner if owner.ended:
            state = PartyState.ENDED
        case School():
            state = PartyState.SCHOOL
        case _:
            state = PartyState.USER
    return AccountHolder(party.id, party.name, party.email, state)


UNREADABLE_JOB = "unreadable"


class JobSetAside(Struct, frozen=True):
    """A job that is tried no more until the operator says so. `kind` names its task, `tries` is how often it began."""

    id: str
    kind: str
    tries: int


class JobHealth(Struct, frozen=True):
    """Whether a job has waited for its turn too long, and how many are set aside (of many, some)."""

    overdue: bool
    set_aside: int


class JobBacklog(Struct, frozen=True):
    """For how many ms the oldest job has waited for its turn, 0 if none does, and how many are set aside (of many,
    some)."""

    oldest: int
    set_aside: int


def job(found: StoredJob) -> JobSetAside:
    return JobSetAside(found.id, kind_of(found), found.tries if isinstance(found, Job) else 0)


def kind_of(found: StoredJob) -> str:
    """The name of a job's task, which says nothing of whom it concerns."""
    return type(found.task).__name__ if isinstance(found, Job) else UNREADABLE_JOB
