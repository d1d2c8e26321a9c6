"""One record of every kind, with what is hard to keep in each: nesting, emptiness, and letters of all the world."""

from tests.kit.homes import fresh
from uconnect.core.model import (
    NOBODY,
    Address,
    AnyRecord,
    Assigned,
    Desk,
    Handle,
    Hours,
    Line,
    Login,
    Message,
    Note,
    OwnerEnded,
    Pace,
    Picture,
    Placement,
    Presence,
    Receipt,
    School,
    Seat,
    Subject,
    Tally,
    Terminated,
    Thread,
    Ticket,
    Todo,
    UnreadableJob,
    User,
    Worker,
)
from uconnect.core.tasks import Assign, Close, Erase, Leave, Left, Return, Shut, Task, Welcome, Write
from uconnect.core.terms import Kind, Policy, Side, State

TASKS: tuple[Task, ...] = (
    Erase("thread"),
    Return("worker"),
    Assign("thread"),
    Close("user"),
    Leave("thread"),
    Left("thread"),
    Shut("school"),
    Write("worker"),
    Welcome("w@x"),
)
HARD = "Ünï 漢字 🦉 \u202e \"'\\ #\0~\u2028 "


def every_kind() -> list[AnyRecord]:
    return [
        School(
            id="school",
            email="s@x",
            name=HARD,
            about=HARD,
            hours=(Hours(day=1, opens=540, closes=720), Hours(day=7, opens=0, closes=1440)),
            zone="Europe/Vienna",
            picture="p",
            policy=Policy.AUTOMATIC,
            open=("a", "b"),
            workers=("w",),
            login=Subject("https://issuer/#", "#subject"),
        ),
        School(id="closing", email="c@x", name="Closing", closing=True),
        School(id="ended", email="", name=HARD, ended=True),
        Worker(id="worker", email="w@x", name=HARD, school="school", joined=True, available=False),
        User(id="user", email="u@x", name="", open=(), login=Subject("https://issuer/#", "")),
        OwnerEnded(party="user"),
        Address(email="s@x", party=None, invitations=("w", "v")),
        Address(email="i@x", school_invited=True),
        Login(issuer="https://issuer/#", subject="#subject", party="user"),
        thread("thread", worker="worker"),
        thread("parted", raiser=NOBODY, school=NOBODY, worker="worker"),
        Handle(viewer="user", id="h", thread="thread", owner="user", read=2**53),
        Placement(thread="thread", worker="worker", id="p", alias=HARD, rev=3),
        Presence(thread="thread", side=Side.SCHOOL, seen=3, typed=4),
        message("thread", 1, text=HARD),
        Terminated(thread="thread", seq=2, at=5),
        Note(thread="thread", seq=1, at=6, author="worker", key="k", text=HARD),
        Assigned(thread="thread", seq=2, at=7, worker=None),
        Assigned(thread="thread", seq=3, at=8, worker="worker"),
        Picture(id="p", school="school", image=bytes(range(256)) * 80),
        Receipt(party="user", key="k", made="m"),
        Pace(party="user", what="raise", due=7),
        Ticket(hashed="0f", party="user", expires=9),
        *(Todo(id=type(task).__name__, due=1, task=task) for task in TASKS),
        UnreadableJob(id="unreadable", due=3, kept='{"id":"unreadable","task":{"type":"of a later release"}}'),
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
        raiser=Seat(party=raiser, id=fresh()),
        school=Seat(party=school, id=fresh(), rev=2),
        worker=Desk(party=worker, id=fresh(), alias="Quiet harbour 42") if worker else None,
        state=state,
        seq=seq,
        last=Line(Side.RAISER, HARD),
        asked=Tally(messages=1, sent=2, due=3),
    )


def message(thread: str, seq: int, *, author: str = "user", key: str | None = None, text: str = "Hello") -> Message:
    return Message(thread=thread, seq=seq, at=seq, side=Side.RAISER, author=author, key=key or fresh(), text=text)
