"""One record of every kind, with what is hard to keep in each: nesting, emptiness, and letters of all the world."""

from msgspec.structs import replace

from tests.support.stores import fresh
from uconnect.domain.enums import Kind, MessageKind, Policy, Side, State
from uconnect.domain.jobs import (
    AssignThread,
    FindUnread,
    FinishClosing,
    JobTask,
    MailNotice,
    MailSchoolInvitation,
    MailWorkerInvitation,
    PurgeLeftThread,
    PurgeThread,
    ReturnThreads,
    TellUnread,
    TerminateReceived,
    UnassignThread,
)
from uconnect.domain.models import (
    NOBODY,
    Address,
    Assignee,
    Assignment,
    AssignmentChange,
    EndAsked,
    IdempotencyRecord,
    Job,
    Login,
    LoginSubject,
    Message,
    Note,
    NoticeState,
    OfficeHours,
    OwnerEnded,
    Participant,
    Picture,
    Preview,
    RateLimitState,
    Record,
    SavedReply,
    SavedReplyOrder,
    School,
    SideActivity,
    SideCounters,
    Snooze,
    Terminated,
    Thread,
    ThreadReference,
    Ticket,
    UnreadableJob,
    User,
    Worker,
)

JOB_TASKS: tuple[JobTask, ...] = (
    PurgeThread("thread"),
    ReturnThreads("worker"),
    AssignThread("thread"),
    FinishClosing("user"),
    UnassignThread("thread"),
    PurgeLeftThread("thread"),
    TerminateReceived("school"),
    MailWorkerInvitation("worker"),
    MailSchoolInvitation("w@x"),
    FindUnread(5),
    TellUnread("thread", "party"),
    MailNotice("party"),
)
HARD = "Ünï 漢字 🦉 \u202e \"'\\ #\0~\u2028 "


def every_kind() -> list[Record]:
    return [
        School(
            id="school",
            email="s@x",
            name=HARD,
            about=HARD,
            hours=(OfficeHours(day=1, opens=540, closes=720), OfficeHours(day=7, opens=0, closes=1440)),
            zone="Europe/Vienna",
            picture="p",
            policy=Policy.AUTOMATIC,
            open=("a", "b"),
            workers=("w",),
            login=LoginSubject("https://issuer/#", "#subject"),
        ),
        School(id="closing", email="c@x", name="Closing", closing=True),
        School(id="ended", email="", name=HARD, ended=True),
        Worker(id="worker", email="w@x", name=HARD, school="school", joined=True, available=False),
        User(id="user", email="u@x", name="", open=(), login=LoginSubject("https://issuer/#", "")),
        OwnerEnded(party="user"),
        Address(email="s@x", party=None, invitations=("w", "v")),
        Address(email="i@x", school_invited=True),
        Login(issuer="https://issuer/#", subject="#subject", party="user"),
        thread("thread", worker="worker"),
        thread("parted", raiser=NOBODY, school=NOBODY, worker="worker"),
        ThreadReference(viewer="user", id="h", thread="thread", owner="user", read=2**53),
        ThreadReference(
            viewer="school", id="h", thread="thread", owner="user", snooze=Snooze(rev=2, until=0, messages=7)
        ),
        Assignment(thread="thread", worker="worker", id="p", alias=HARD, rev=3),
        SideActivity(thread="thread", side=Side.SCHOOL, seen=3, typed=4),
        message("thread", 1, text=HARD),
        replace(message("thread", 3), kind=MessageKind.ASK_TO_END),
        replace(thread("settled"), end_asked=EndAsked(seq=3, at=4, messages=5)),
        Terminated(thread="thread", seq=2, at=5),
        Note(thread="thread", seq=1, at=6, author="worker", key="k", text=HARD),
        AssignmentChange(thread="thread", seq=2, at=7, worker=None),
        AssignmentChange(thread="thread", seq=3, at=8, worker="worker"),
        Picture(id="p", school="school", image=bytes(range(256)) * 80),
        SavedReply(party="school", id="r", folder="", title=HARD, text=HARD),
        SavedReply(party="school", id="r2", folder=HARD, title="T", text="Hello\n{school}"),
        SavedReplyOrder(party="school", replies=("r", "r2")),
        SavedReplyOrder(party="empty"),
        IdempotencyRecord(party="user", key="k", made="m"),
        RateLimitState(party="user", what="raise", due=7),
        NoticeState(party="user", stop="s", off=True, sent=9, thread="thread", reference="a", messages=3),
        Ticket(hashed="0f", party="user", expires=9),
        *(Job(id=type(task).__name__, due=1, task=task) for task in JOB_TASKS),
        UnreadableJob(id="unreadable", due=3, body='{"id":"unreadable","task":{"type":"of a later release"}}'),
    ]


def thread(
    id: str,
    at: int = 1,
    *,
    raiser: str = "user",
    school: str = "school",
    worker: str | None = None,
    state: State = State.OPEN,
    seq: int = 1,
) -> Thread:
    return Thread(
        id=id,
        key=fresh(),
        kind=Kind.USER,
        subject=HARD,
        since=1,
        at=at,
        raiser=Participant(party=raiser, id=fresh()),
        school=Participant(party=school, id=fresh(), rev=2),
        worker=Assignee(party=worker, id=fresh(), alias="Quiet harbour 42") if worker else None,
        state=state,
        seq=seq,
        last=Preview(Side.RAISER, HARD),
        asked=SideCounters(messages=1, sent=2, due=3),
    )


def message(thread: str, seq: int, *, author: str = "user", key: str | None = None, text: str = "Hello") -> Message:
    return Message(thread=thread, seq=seq, at=seq, side=Side.RAISER, author=author, key=key or fresh(), text=text)
