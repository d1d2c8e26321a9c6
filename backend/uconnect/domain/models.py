"""The records that uconnect keeps. Only the domain and the stores see them: `views/` builds all that leaves.

Times are milliseconds since 1970, UTC, by our own clock. Ids are random and mean nothing.
"""

from msgspec import Struct, field

from uconnect.domain.enums import Kind, MessageKind, Policy, ReplyTime, Side, State
from uconnect.domain.jobs import JobTask

NOBODY = ""  # the party of a participant whose owner's account has ended
PREVIEW_LENGTH = 80  # code points at most of the last message kept in the head, so that it stays under 1 KB


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """Something that a store keeps under one key. `records.py` has an entry for each.

    No record is in a cycle, so the garbage collector need not follow it: of 20,000 in a cache, each full collection
    took 10 ms.
    """


class LoginSubject(Struct, frozen=True, gc=False):
    """The subject of a token, and its issuer."""

    issuer: str
    subject: str


class OfficeHours(Struct, frozen=True, gc=False):
    """When a school's office is open on one day. `day` 1 is Monday (ISO 8601); times are minutes since midnight."""

    day: int
    opens: int
    closes: int


class School(Record, frozen=True, kw_only=True, tag="school"):
    """An institution. `open` are the open threads that it raised, `workers` its workers, invited ones too.

    `hours` are by the clock of `zone`, a name of the IANA time zone database. While it is `closing`, nobody raises to
    it. `reply_time` is its usual one, None if too few are known; it was worked out in the week `reply_week`, of those
    before (see `WeekFigures`).
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
    joined_logins: tuple[LoginSubject, ...] = ()
    closing: bool = False
    ended: bool = False
    reply_time: ReplyTime | None = None
    reply_week: int = 0


class Worker(Record, frozen=True, kw_only=True, tag="worker"):
    """A worker of one school. It is invited first, then it joins, and it stays until the school removes it.

    `available` is set by the worker: whether the school's policy may give it threads. `answered` is set before its
    first message in any thread; until then it may leave by itself.
    """

    id: str
    email: str
    name: str
    school: str
    joined: bool = False
    available: bool = True
    answered: bool = False
    removed: bool = False
    joined_logins: tuple[LoginSubject, ...] = ()


class User(Record, frozen=True, kw_only=True, tag="user"):
    """A customer. `open` are the open threads that it raised; `rev` grows with each change of them.

    `joined_logins` are those of the university's identity provider beside `login`, by which the party came first. A
    school and a worker have them too.
    """

    id: str
    email: str
    name: str
    open: tuple[str, ...] = ()
    rev: int = 1
    login: LoginSubject | None = None
    joined_logins: tuple[LoginSubject, ...] = ()
    ended: bool = False


Party = School | Worker | User
Owner = School | User

KIND_OF: dict[type[Party], Kind] = {School: Kind.SCHOOL, Worker: Kind.WORKER, User: Kind.USER}


def logins(party: Party) -> tuple[LoginSubject, ...]:
    """Every login that a party keeps. A worker does not keep the one that it came by first."""
    first = None if isinstance(party, Worker) else party.login
    return ((first,) if first else ()) + party.joined_logins


class OwnerEnded(Record, frozen=True, kw_only=True):
    """A mark that an owner's account has ended. It is kept until every thread of that owner is detached from it.

    A worker's request reads this mark and not the owner's record. A school's record takes longer to decode than a
    user's, and the worker could tell the two apart by the time (equal work: leak 22).
    """

    party: str


class Address(Record, frozen=True, kw_only=True):
    """An e-mail address: its party, and the invitations of schools to it as a worker (newest last).

    `school_invited` lets it become a school where schools join by the operator's invitation only. `letters` is the
    state of the rate limit of schools' letters to it; see `rate_limit`.
    """

    email: str
    party: str | None = None
    invitations: tuple[str, ...] = ()
    school_invited: bool = False
    letters: int = 0


class Login(Record, frozen=True, kw_only=True):
    """The party of an issuer's subject. Party ids are ours, never the issuer's."""

    issuer: str
    subject: str
    party: str


class Participant(Struct, frozen=True, kw_only=True, gc=False):
    """A party in a thread: the id by which it knows the thread, and the revision of the row that it sees."""

    party: str
    id: str
    rev: int = 1


class Assignee(Participant, frozen=True, kw_only=True):
    """The worker who handles a thread, and the alias that stands for the owner there."""

    alias: str


class Preview(Struct, frozen=True, gc=False):
    """The last message as a list shows it. `text` is cut to PREVIEW_LENGTH code points or fewer."""

    side: Side
    text: str


class OpenThreadCount(Struct, frozen=True, kw_only=True):
    """How many open threads a party has in a mailbox. A store counts them, or keeps the count."""

    party: str
    open: int


class SentCount(Struct, frozen=True, kw_only=True):
    """How many messages an author has sent to a thread under one key: 0 or 1. It is counted when asked for."""

    count: int


class StatusCount(Struct, frozen=True, kw_only=True):
    """How many open threads of a school have one status (see `thread_status`), and since when the oldest waits."""

    thread_status: str
    count: int
    since: int


class InboxCounts(Struct, frozen=True, kw_only=True):
    """How many threads a school has received, by status. A store counts them, or keeps the counts."""

    open: tuple[StatusCount, ...]
    ended: int


class WorkersWaiting(Struct, frozen=True, kw_only=True):
    """How many threads wait for an answer of each of a school's workers, in the order that was asked for."""

    counts: tuple[int, ...]


class SideCounters(Struct, frozen=True, kw_only=True, gc=False):
    """What one side has sent: how many messages, and when the last one.

    `due` is the state of the rate limit of new messages, `again` that of messages which are sent once more.
    """

    messages: int = 0
    sent: int = 0
    due: int = 0
    again: int = 0


class EndAsked(Struct, frozen=True, gc=False):
    """The last time that the school's side asked whether the thread is settled: the entry, and when.

    It waits for an answer while the raiser has sent no more than these `messages`.
    """

    seq: int
    at: int
    messages: int


class Thread(Record, frozen=True, kw_only=True):
    """A thread without its messages: all that a row about it shows. `worker` is None while the school handles it.

    When its owner's account has ended, `raiser` and `school` have the party NOBODY until the worker leaves the thread
    too: the worker must not notice. `seq` is the number of the last entry, `internal_seq` that of the last internal
    entry. The job of the raise sets `policy_applied`, whatever the policy says.

    `turn_since` is the time of the first message that the other side has not answered (0 in threads of earlier
    releases). `settled` is how many of the raiser's messages there were when the school's side last answered.

    `hides` is the revision of the school's row at which its `HiddenWords` changed last, 0 if it has none. A raiser's
    send reads this number and never the words (equal work: leak 36).
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
    internal_seq: int = field(default=0, name="asides")  # stored under its earlier name
    policy_applied: bool = False
    turn_since: int = 0
    settled: int = 0
    end_asked: EndAsked | None = None
    hides: int = 0


class Snooze(Struct, frozen=True, kw_only=True, gc=False):
    """A viewer has put a thread off until a time, or until the other side writes if `until` is 0. None: no longer.

    It ends sooner when the other side has more messages than these `messages`. `rev` grows with each change.
    """

    rev: int
    until: int | None
    messages: int


class KnownHiddenWords(Struct, frozen=True, kw_only=True, gc=False):
    """A worker's copy of what is hidden from it, as of one `Thread.hides`."""

    rev: int
    words: tuple[str, ...]


class ThreadReference(Record, frozen=True, kw_only=True):
    """The thread that a viewer means by an id, its owner, and how many messages of the other side the viewer has read.

    `snooze` is the viewer's own. It is not in the thread's head, which every send writes: a send that ends a snooze
    would do more than another one, and the raiser could time it (leak 34). `hidden` is a worker's: its own messages
    read as many records as its school's.

    A raiser's reference outlives the thread that the raiser deleted: `thread` is emptied and `gone` is set, so that a
    repeated deletion gets the same answer.
    """

    viewer: str
    id: str
    thread: str
    owner: str
    read: int = 0
    gone: int = 0
    snooze: Snooze | None = None
    hidden: KnownHiddenWords | None = None


class Assignment(Record, frozen=True, kw_only=True):
    """The id and the alias that a worker knows a thread by.

    They are kept when the thread is taken away: it returns under the same alias.
    """

    thread: str
    worker: str
    id: str
    alias: str
    rev: int = 0


class SideActivity(Record, frozen=True, kw_only=True):
    """What the other side may know of one side of a thread: the highest seq that it saw, and when it typed last."""

    thread: str
    side: Side
    seen: int = 0
    typed: int = 0


class Message(Record, frozen=True, kw_only=True, tag="message", omit_defaults=True):
    """A message in the log. `key` is the random name that its author gave it."""

    thread: str
    seq: int
    at: int
    side: Side
    author: str
    key: str
    text: str
    kind: MessageKind = MessageKind.TEXT


class Terminated(Record, frozen=True, kw_only=True, tag="terminated"):
    """The end of a thread, in the log. It has no author: only the raiser can end a thread (rule 11)."""

    thread: str
    seq: int
    at: int


Entry = Message | Terminated


class HiddenWords(Record, frozen=True, kw_only=True):
    """The texts that a school hides from whoever works on a thread. It is erased with the thread."""

    thread: str
    words: tuple[str, ...]


class Note(Record, frozen=True, kw_only=True, tag="note"):
    """What a school and its workers write to each other about a thread. It is not in the log."""

    thread: str
    seq: int
    at: int
    author: str
    key: str
    text: str


class AssignmentChange(Record, frozen=True, kw_only=True, tag="assigned"):
    """The thread was given to a worker, or with None to the school itself. It stands among the notes."""

    thread: str
    seq: int
    at: int
    worker: str | None


InternalEntry = Note | AssignmentChange


class SavedReply(Record, frozen=True, kw_only=True):
    """A text that a school wrote to insert it in its messages. `party` is the school. Nothing here tells of its use."""

    party: str
    id: str
    folder: str
    title: str
    text: str


class SavedReplyOrder(Record, frozen=True, kw_only=True):
    """The ids of a school's saved replies, the oldest first.

    It is apart from the school's own record, which whoever raises a thread waits for: a longer one would take longer to
    decode (leak 31).
    """

    party: str
    replies: tuple[str, ...] = ()


class Times(Struct, frozen=True, gc=False):
    """How often something came, by the hour of the day (24, from 0:00) and by the day of the week (7, from Monday)."""

    hours: tuple[int, ...] = (0,) * 24
    days: tuple[int, ...] = (0,) * 7


class SchoolAct(Struct, frozen=True):
    """An act of the audit log that a school sees: its own, or an operator's on its account.

    It is no record: the audit log has it, see `application.audit`. `number` counts the acts that this school sees, `at`
    is in ms, and `whom` is the id of whom it concerns: the school, or a worker. `by` is the school, if it did it.
    """

    number: int
    at: int
    what: str
    whom: str
    by: str


class WeekFigures(Record, frozen=True, kw_only=True):
    """What is counted of the threads that a school received, in one week by the clock of its hours. `party` is the
    school. There are counts alone: nothing here names a thread or a person, so it stays when a thread is deleted.

    Weeks begin on Monday; `week` is their number since the one that begins on the first day of the year 1. `replies`
    counts the first answers of this week, and `settled` the ends, by how long they took: see `figures.LONGEST`.
    """

    party: str
    week: int
    raised: Times = Times()
    ended: Times = Times()
    replies: tuple[int, ...] = ()
    settled: tuple[int, ...] = ()


class IdempotencyRecord(Record, frozen=True, kw_only=True):
    """What a request with this key has made (a thread, an invitation), so that a repetition gets the same answer."""

    party: str
    key: str
    made: str


class RateLimitState(Record, frozen=True, kw_only=True):
    """The state of one rate limit of a party; see `rate_limit`. Of tickets, `at` is when the last one was taken."""

    party: str
    what: str
    due: int
    at: int = 0


class NoticeState(Record, frozen=True, kw_only=True):
    """What a party is told by e-mail. `stop` is the secret in the link that switches it off.

    `sent` is when it was last told that a message waits, 0 if never. The message was in `thread`, which the party knows
    as `reference`: the other side had written `messages` there.
    """

    party: str
    stop: str
    off: bool = False
    sent: int = 0
    thread: str = ""
    reference: str = ""
    messages: int = 0


class Ticket(Record, frozen=True, kw_only=True):
    """A right to open one socket. It is kept under the ticket's hash, and the ticket itself is kept nowhere.

    `session` is the session that the token named, if it did: the socket is closed when that session ends.
    """

    hashed: str
    party: str
    expires: int
    session: str = ""


class Picture(Record, frozen=True, kw_only=True):
    """A school's picture, drawn anew from the file it sent: WebP of a few kilobytes, and nothing else in the file."""

    id: str
    school: str
    image: bytes


class Job(Record, frozen=True, kw_only=True):
    """Work that one transaction could not hold. `due` is when it may run.

    `tries` is how often it was begun, `failures` how often it failed. A try that was cut short is no failure.
    """

    id: str
    due: int
    task: JobTask
    tries: int = 0
    failures: int = 0


class UnreadableJob(Record, frozen=True, kw_only=True):
    """A job that this release cannot read: its kind is unknown, or its text is broken.

    `body` is that text, unchanged, so that a release which knows the kind can still do the job.
    """

    id: str
    due: int
    body: str


StoredJob = Job | UnreadableJob
