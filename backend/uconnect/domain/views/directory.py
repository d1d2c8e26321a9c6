"""What parties are shown of each other: a school's profile to everyone, its workers to itself, each party itself."""

from msgspec import Struct

from uconnect.domain import rules
from uconnect.domain.enums import Kind, Policy, ReplyTime
from uconnect.domain.models import KIND_OF, OfficeHours, OpenThreadCount, Party, School, Worker
from uconnect.domain.views.retention import RetentionShown


class OpenHours(Struct, frozen=True):
    """When a school is there on one day: `day` 1 is Monday, the times are minutes since midnight in its zone."""

    day: int
    opens: int
    closes: int


class SchoolCard(Struct, frozen=True):
    """A school's public face. `takes`: it can be raised to. `picture` is an id, empty if there is none."""

    id: str
    name: str
    about: str
    hours: tuple[OpenHours, ...]
    zone: str
    picture: str
    takes: bool


class DirectoryCard(SchoolCard, frozen=True):
    """A school as those are shown it who may raise to it. `reply_time` is how soon it usually answers a new thread,
    null if that is not known. It is the school's, never a person's, and changes once a week at most (leak 37).

    A worker is not shown it: it is worked out of other people's threads.
    """

    reply_time: ReplyTime | None


class WorkerCard(Struct, frozen=True):
    """A worker as its own school sees it, with the open threads it handles, and how many of these wait for its answer;
    invited until it has joined.
    """

    id: str
    name: str
    email: str
    joined: bool
    available: bool
    load: int
    waiting: int


class Invitation(Struct, frozen=True):
    """An invitation as the invited person sees it: the school's name, and the id to accept it by."""

    id: str
    school: str


class Me(Struct, frozen=True):
    """A party as it sees itself. `open` of `most` threads that it raised are open; a worker raises none.

    `card` is the school's own public face, or that of the school a worker works for; `policy` is a school's,
    `available` and `may_leave` are a worker's: whether it may still end its account by itself. `retention` is how long
    threads are kept, null for ever: the same to everyone.
    """

    id: str
    kind: Kind
    name: str
    email: str
    rev: int
    open: int
    most: int
    card: SchoolCard | None
    policy: Policy | None
    available: bool | None
    may_leave: bool | None
    retention: RetentionShown | None


def school_card(school: School) -> SchoolCard:
    return SchoolCard(
        id=school.id,
        name=school.name,
        about=school.about,
        hours=tuple(map(_open, school.hours)),
        zone=school.zone,
        picture=school.picture,
        takes=rules.takes_threads(school),
    )


def directory_card(school: School) -> DirectoryCard:
    card = school_card(school)
    return DirectoryCard(
        id=card.id,
        name=card.name,
        about=card.about,
        hours=card.hours,
        zone=card.zone,
        picture=card.picture,
        takes=card.takes,
        reply_time=school.reply_time if card.takes else None,
    )


def _open(hours: OfficeHours) -> OpenHours:
    return OpenHours(day=hours.day, opens=hours.opens, closes=hours.closes)


def worker_card(worker: Worker, load: OpenThreadCount | None, waiting: int) -> WorkerCard:
    return WorkerCard(
        id=worker.id,
        name=worker.name,
        email=worker.email,
        joined=worker.joined,
        available=worker.available,
        load=load.open if load else 0,
        waiting=waiting,
    )


def me(party: Party, school: School | None, retention: RetentionShown | None) -> Me:
    """`school` is the party itself, or the school of a worker."""
    rev, opened, most = (1, 0, 0) if isinstance(party, Worker) else (party.rev, len(party.open), rules.FIVE)
    return Me(
        id=party.id,
        kind=KIND_OF[type(party)],
        name=party.name,
        email=party.email,
        rev=rev,
        open=opened,
        most=most,
        card=school_card(school) if school else None,
        policy=party.policy if isinstance(party, School) else None,
        available=party.available if isinstance(party, Worker) else None,
        may_leave=rules.may_leave(party) if isinstance(party, Worker) else None,
        retention=retention,
    )


def invitation(worker: Worker, school: School) -> Invitation:
    return Invitation(id=worker.id, school=school.name)
