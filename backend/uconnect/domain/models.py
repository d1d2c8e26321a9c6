"""The records that uconnect stores. They never leave the domain and the stores: views are built from them.

Times are milliseconds since 1970, UTC, of our own clock. Ids are random and say nothing.
"""

from msgspec import Struct, field

from uconnect.domain.enums import Kind, Policy, Side, State
from uconnect.domain.jobs import JobTask

NOBODY = ""  # the party of a participant that its owner's end has emptied
PREVIEW_LENGTH = 80  # code points of the last message kept in the head, so that it stays under 1 KB


class Record(Struct, frozen=True, kw_only=True):
    """Something a store keeps under one key."""


class LoginSubject(Struct, frozen=True):
    """Whom an issuer knows as `subject`."""

    issuer: str
    subject: str


class OfficeHours(Struct, frozen=True):
    """When an office is open on one day: `day` 1 is Monday (ISO 8601), the times are minutes since midnight."""

    day: int
    opens: int
    closes: int


class School(Record, frozen=True, kw_only=True, tag="school"):
    """An institution. `open` are the threads it raised that are open, `workers` its workers, invited ones too.

    `hours` are by the clock of `zone`, a name of the IANA time zone database. While `closing` nobody raises to it.
    """

    id: str
    email: str
    name: str
    about: str = ""
    hours: tuple[OfficeHours, ...] = ()
    zone: str = ""
    picture: str = ""
    policy: Policy = Policy.BY_HAND
    open: tuple[str, ...] = ()
    rev: int = 1
    workers: tuple[str, ...] = ()
    login: LoginSubject | None = None
    closing: bool = False
    ended: bool = False


class Worker(Record, frozen=True, kw_only=True, tag="worker"):
    """A worker of one school: invited until it joins, then at work until the school removes it.

    `available` is its own switch: whether the school's policy may give it threads. `answered` is set before its first
    message in any thread; until then it may leave by itself.
    """

    id: str
    email: str
    name: str
    school: str
    joined: bool = False
    available: bool = True
    answered: bool = False
    removed: bool = False


class User(Record, frozen=True, kw_only=True, tag="user"):
    """A customer. `open` are the threads it raised that are open; `rev` grows with each change of them."""

    id: str
    email: str
    name: str
    open: tuple[str, ...] = ()
    rev: int = 1
    login: LoginSubject | None = None
    ended: bool = False


Party = School | Worker | User
Owner = School | User

KIND_OF: dict[type[Party], Kind] = {School: Kind.SCHOOL, Worker: Kind.WORKER, User: Kind.USER}


class OwnerEnded(Record, frozen=True, kw_only=True):
    """A mark that an owner's account has ended. It is kept until all threads of that owner are parted.

    A worker's request needs no more of the owner than this. The owner's own record would take longer to decode for a
    school than for a user, and the worker could tell the two apart by the time (leak 22).
    """

    party: str


class Address(Record, frozen=True, kw_only=True):
    """An e-mail address: the one party it is, and the workers' places that it was invited to (newest last).

    `school_invited` lets it become a school where schools join by the operator's invitation only. `letters` says how
    far the schools' letters to it are used up; see `rate_limit.admit`.
    """

    email: str
    party: str | None = None
    invitations: tuple[str, ...] = ()
    school_invited: bool = False
    letters: int = 0


class Login(Record, frozen=True, kw_only=True):
    """Who an issuer's subject is here. Party ids are ours, never the issuer's."""

    issuer: str
    subject: str
    party: str


class Participant(Struct, frozen=True, kw_only=True):
    """A viewer's place at a thread: the id it knows the thread by, and the revision of the row it sees."""

    party: str
    id: str
    rev: int = 1


class Assignee(Participant, frozen=True, kw_only=True):
    """The handling worker's place, with the name the requester has there."""

    alias: str


class Preview(Struct, frozen=True):
    """The last message as a list shows it; `text` is cut to PREVIEW code points."""

    side: Side
    text: str


class OpenThreadCount(Record, frozen=True, kw_only=True):
    """How many open threads a party has in a mailbox: counted when asked, never kept."""

    party: str
    open: int


class SideCounters(Struct, frozen=True, kw_only=True):
    """What one side has sent: how many messages, when last, and until when its pace is used up; `again` is the pace of
    what it sent before and sends once more."""

    messages: int = 0
    sent: int = 0
    due: int = 0
    again: int = 0


class Thread(Record, frozen=True, kw_only=True):
    """A thread's head: everything that a row in a list shows. `worker` is None while the school handles it itself.

    When the owner's account has ended, raiser and school are NOBODY until the worker, who must not notice, loses the
    thread too. `internal_count` counts the internal entries (stored as "asides"). The job that every raise leaves sets
    `policy_applied`, whatever the school's policy is.
    """

    id: str
    key: str
    kind: Kind
    subject: str
    since: int
    at: int
    raiser: Participant
    school: Participant
    worker: Assignee | None = None
    state: State = State.OPEN
    seq: int = 0
    last: Preview | None = None
    asked: SideCounters = SideCounters()
    answered: SideCounters = SideCounters()
    internal_count: int = field(default=0, name="asides")
    policy_applied: bool = False


class ThreadReference(Record, frozen=True, kw_only=True):
    """Which thread a viewer means by an id, who owns it, and how many of the other side's messages the viewer has read.

    A raiser's handle outlives the thread it deleted, `thread` emptied and `gone` set, to answer a repetition.
    """

    viewer: str
    id: str
    thread: str
    owner: str
    read: int = 0
    gone: int = 0


class Assignment(Record, frozen=True, kw_only=True):
    """What a worker knows a thread by, kept when it is taken away: the same thread returns under the same alias."""

    thread: str
    worker: str
    id: str
    alias: str
    rev: int = 0


class SideActivity(Record, frozen=True, kw_only=True):
    """What one side of a thread lets the other notice: the highest seq any hand saw, and when one last typed."""

    thread: str
    side: Side
    seen: int = 0
    typed: int = 0


class Message(Record, frozen=True, kw_only=True, tag="message"):
    """A message in the log; `key` is the random name its author gave it."""

    thread: str
    seq: int
    at: int
    side: Side
    author: str
    key: str
    text: str


class Terminated(Record, frozen=True, kw_only=True, tag="terminated"):
    """The end of a thread, in the log. There is no author: only the raiser can end it (rule 11)."""

    thread: str
    seq: int
    at: int


Entry = Message | Terminated


class Note(Record, frozen=True, kw_only=True, tag="note"):
    """What a school and its workers say among themselves about a thread, in a stream that is not the log."""

    thread: str
    seq: int
    at: int
    author: str
    key: str
    text: str


class AssignmentChange(Record, frozen=True, kw_only=True, tag="assigned"):
    """Whose hands a thread came into: a worker's, or with None the school's own. In the stream of the notes."""

    thread: str
    seq: int
    at: int
    worker: str | None


InternalEntry = Note | AssignmentChange


class IdempotencyRecord(Record, frozen=True, kw_only=True):
    """What a party's key has already made (a thread, an invitation), to answer the same again."""

    party: str
    key: str
    made: str


class RateLimitState(Record, frozen=True, kw_only=True):
    """How far a party has used up what it may do of one thing; see `rate_limit.admit`."""

    party: str
    what: str
    due: int


class Ticket(Record, frozen=True, kw_only=True):
    """A right to open one socket, under the hash of the ticket and never the ticket itself.

    `session` is where its party was signed in, as far as the token said: its sockets end with that.
    """

    hashed: str
    party: str
    expires: int
    session: str = ""


class Picture(Record, frozen=True, kw_only=True):
    """A school's picture, made anew from what it sent: WebP of a few kilobytes, and nothing else in the file."""

    id: str
    school: str
    image: bytes


class Job(Record, frozen=True, kw_only=True):
    """Work that one transaction could not hold; `due` is when it may run.

    `tries` is how often it has been begun, `failures` how often it has failed: a try that was cut short is no failure.
    """

    id: str
    due: int
    task: JobTask
    tries: int = 0
    failures: int = 0


class UnreadableJob(Record, frozen=True, kw_only=True):
    """A job that this release cannot read: its kind is unknown, or its text is broken. `kept` is that text, untouched,
    so that a release which knows the kind can still do the job."""

    id: str
    due: int
    body: str


StoredJob = Job | UnreadableJob


AnyRecord = (
    Party
    | OwnerEnded
    | Address
    | Login
    | Thread
    | ThreadReference
    | Assignment
    | SideActivity
    | Entry
    | InternalEntry
    | Picture
    | IdempotencyRecord
    | RateLimitState
    | Ticket
    | Job
    | UnreadableJob
)
