"""One record of every kind, with what is hard to keep in each: nesting, emptiness, and letters of all the world."""

from tests.kit.homes import fresh
from uconnect.core.model import (
    Address,
    AnyRecord,
    Desk,
    Handle,
    Line,
    Login,
    Message,
    Pace,
    Placement,
    Presence,
    Receipt,
    School,
    Seat,
    Tally,
    Terminated,
    Thread,
    Ticket,
    Todo,
    User,
    Worker,
)
from uconnect.core.tasks import Erase, Return
from uconnect.core.terms import Kind, Side, State

HARD = "Ünï 漢字 🦉 \u202e \"'\\ #\0~\u2028 "


def every_kind() -> list[AnyRecord]:
    return [
        School(id="school", email="s@x", name=HARD, open=("a", "b"), workers=("w",)),
        Worker(id="worker", email="w@x", name=HARD, school="school", joined=True),
        User(id="user", email="u@x", name="", open=()),
        Address(email="s@x", party=None, invitations=("w", "v")),
        Login(issuer="https://issuer/#", subject="#subject", party="user"),
        thread("thread", worker="worker"),
        Handle(viewer="user", id="h", thread="thread", owner="user", read=2**53),
        Placement(thread="thread", worker="worker", id="p", alias=HARD, rev=3),
        Presence(thread="thread", side=Side.SCHOOL, seen=3, typed=4),
        message("thread", 1, text=HARD),
        Terminated(thread="thread", seq=2, at=5),
        Receipt(party="user", key="k", made="m"),
        Pace(party="user", what="raise", due=7),
        Ticket(hashed="0f", party="user", expires=9),
        Todo(id="erase", due=1, task=Erase("thread")),
        Todo(id="return", due=1, task=Return("worker")),
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
