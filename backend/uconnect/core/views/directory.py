"""What parties are shown of each other: a school's public face to everyone, its workers to itself, itself to each."""

from msgspec import Struct

from uconnect.core import rules
from uconnect.core.model import KIND_OF, Load, Party, School, Worker
from uconnect.core.terms import Kind


class SchoolCard(Struct, frozen=True):
    """A school in the directory."""

    id: str
    name: str
    about: str


class WorkerCard(Struct, frozen=True):
    """A worker as its own school sees it, with the open threads it handles; invited until it has joined."""

    id: str
    name: str
    email: str
    joined: bool
    load: int


class Me(Struct, frozen=True):
    """A party as it sees itself. `open` of `most` threads that it raised are open; a worker raises none."""

    id: str
    kind: Kind
    name: str
    email: str
    rev: int
    open: int
    most: int


def school_card(school: School) -> SchoolCard:
    return SchoolCard(id=school.id, name=school.name, about=school.about)


def worker_card(worker: Worker, load: Load | None) -> WorkerCard:
    return WorkerCard(
        id=worker.id, name=worker.name, email=worker.email, joined=worker.joined, load=load.open if load else 0
    )


def me(party: Party) -> Me:
    rev, opened, most = (1, 0, 0) if isinstance(party, Worker) else (party.rev, len(party.open), rules.FIVE)
    return Me(
        id=party.id, kind=KIND_OF[type(party)], name=party.name, email=party.email, rev=rev, open=opened, most=most
    )
