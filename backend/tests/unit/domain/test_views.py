"""What each party is shown of a thread: these facts, to the byte, and no other."""

from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from uconnect.domain import views
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.hidden_words import NOTHING_HIDDEN
from uconnect.domain.models import (
    Assignee,
    AssignmentChange,
    EndAsked,
    Message,
    Note,
    Participant,
    Preview,
    School,
    SideActivity,
    SideCounters,
    Snooze,
    Terminated,
    Thread,
    ThreadReference,
    User,
)
from uconnect.domain.rules import Role
from uconnect.domain.views.common import Ended
from uconnect.domain.views.school import person

HEAD = Thread(
    id="the thread's own id",
    key="the raiser's key",
    kind=Kind.USER,
    subject="A question",
    since=100,
    at=300,
    raiser=Participant(party="owner", id="raiser's id", rev=11),
    school=Participant(party="school", id="school's id", rev=22),
    worker=Assignee(party="worker", id="worker's id", rev=33, alias="Quiet harbour 42"),
    seq=7,
    last=Preview(Side.SCHOOL, "Hello"),
    asked=SideCounters(messages=4, sent=200, due=201),
    answered=SideCounters(messages=3, sent=300, due=301),
    turn_since=250,
    settled=4,
    end_asked=EndAsked(seq=5, at=150, messages=4),
)
QUESTION = Message(thread=HEAD.id, seq=6, at=200, side=Side.RAISER, author="owner", key="owner's key", text="Hi")
ANSWERED = Message(thread=HEAD.id, seq=7, at=300, side=Side.SCHOOL, author="worker", key="worker's key", text="Hello")

COMMON = {
    "subject": "A question",
    "state": "open",
    "since": 100,
    "at": 300,
    "seq": 7,
    "last": {"side": "school", "text": "Hello"},
    "asked_to_end": 5,
}
ROWS: dict[Role, dict[str, Any]] = {
    Role.RAISER: {"as": "raiser", "id": "raiser's id", "rev": 11, "school": "school", "theirs": 3},
    Role.SCHOOL: {
        "as": "school",
        "id": "school's id",
        "rev": 22,
        "owner": "owner",
        "kind": "user",
        "worker": "worker",
        "theirs": 4,
        "settled": 4,
        "turn_since": 250,
        "asked_at": 150,
        "hides": False,
    },
    Role.WORKER: {
        "as": "worker",
        "id": "worker's id",
        "rev": 33,
        "alias": "Quiet harbour 42",
        "theirs": 4,
        "turn_since": 250,
        "asked_at": 150,
    },
}


@pytest.mark.parametrize("role", Role)
def test_a_row_shows_each_role_what_it_may_know(role: Role) -> None:
    assert to_builtins(views.row(HEAD, role)) == ROWS[role] | COMMON


@pytest.mark.parametrize("role", Role)
def test_a_row_of_a_terminated_thread_says_so(role: Role) -> None:
    ended = replace(HEAD, state=State.TERMINATED)
    assert to_builtins(views.row(ended, role)) == ROWS[role] | COMMON | {"state": "terminated", "asked_to_end": 0}


def test_a_row_before_the_first_message_has_no_last_one() -> None:
    assert views.row(replace(HEAD, last=None), Role.RAISER).last is None


def test_the_school_is_shown_that_it_has_a_thread_itself() -> None:
    assert to_builtins(views.row(replace(HEAD, worker=None), Role.SCHOOL)) == ROWS[Role.SCHOOL] | COMMON | {
        "worker": None
    }


def test_a_row_for_a_worker_that_is_not_there_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        views.row(replace(HEAD, worker=None), Role.WORKER)


@pytest.mark.parametrize("worker", [None, Assignee(party="other", id="other", rev=9, alias="Still yew 10")])
def test_whoever_handles_the_raisers_row_is_the_same(worker: Assignee | None) -> None:
    moved = replace(HEAD, worker=worker, school=replace(HEAD.school, rev=99))
    assert views.row(moved, Role.RAISER) == views.row(HEAD, Role.RAISER)


def test_whoever_owns_the_workers_row_is_the_same() -> None:
    academys = replace(HEAD, key="k", kind=Kind.SCHOOL, raiser=Participant(party="academy", id="academy's id", rev=99))
    assert views.row(academys, Role.WORKER) == views.row(HEAD, Role.WORKER)


@pytest.mark.parametrize(
    ("message", "role", "viewer", "shown"),
    [
        (QUESTION, Role.RAISER, "owner", {"as": "raiser", "key": "owner's key"}),
        (QUESTION, Role.SCHOOL, "school", {"as": "school", "author": "owner", "key": None}),
        (QUESTION, Role.WORKER, "worker", {"as": "worker", "mine": False, "key": None}),
        (ANSWERED, Role.RAISER, "owner", {"as": "raiser", "key": None}),
        (ANSWERED, Role.SCHOOL, "school", {"as": "school", "author": "worker", "key": None}),
        (ANSWERED, Role.WORKER, "worker", {"as": "worker", "mine": True, "key": "worker's key"}),
        (ANSWERED, Role.WORKER, "colleague", {"as": "worker", "mine": False, "key": None}),
        (
            replace(ANSWERED, author="school"),
            Role.SCHOOL,
            "school",
            {"as": "school", "author": "school", "key": "worker's key"},
        ),
    ],
)
def test_a_message_shows_each_role_what_it_may_know(
    message: Message, role: Role, viewer: str, shown: dict[str, Any]
) -> None:
    common = {"seq": message.seq, "at": message.at, "side": message.side, "text": message.text}
    assert to_builtins(views.entry(message, role, viewer, NOTHING_HIDDEN)) == common | shown


@pytest.mark.parametrize("author", ["school", "worker", "another worker"])
def test_whoever_wrote_the_raiser_reads_the_same(author: str) -> None:
    written = replace(ANSWERED, author=author, key=author)
    assert views.entry(written, Role.RAISER, "owner", NOTHING_HIDDEN) == views.entry(
        ANSWERED, Role.RAISER, "owner", NOTHING_HIDDEN
    )


NOTE = Note(thread=HEAD.id, seq=2, at=500, author="worker", key="worker's key", text="I know her.")


@pytest.mark.parametrize(
    ("note", "role", "viewer", "shown"),
    [
        (NOTE, Role.SCHOOL, "school", {"as": "school_note", "author": "worker", "key": None}),
        (NOTE, Role.WORKER, "worker", {"as": "worker_note", "mine": True, "key": "worker's key"}),
        (NOTE, Role.WORKER, "colleague", {"as": "worker_note", "mine": False, "key": None}),
        (
            replace(NOTE, author="school"),
            Role.SCHOOL,
            "school",
            {"as": "school_note", "author": "school", "key": "worker's key"},
        ),
        (replace(NOTE, author="school"), Role.WORKER, "worker", {"as": "worker_note", "mine": False, "key": None}),
    ],
)
def test_a_note_shows_each_role_what_it_may_know(note: Note, role: Role, viewer: str, shown: dict[str, Any]) -> None:
    assert (
        to_builtins(views.internal_entry(note, role, viewer, NOTHING_HIDDEN))
        == {"seq": 2, "at": 500, "text": "I know her."} | shown
    )


@pytest.mark.parametrize("worker", ["worker", None])
def test_whose_hands_a_thread_came_into_is_shown_to_the_school_alone(worker: str | None) -> None:
    assigned = AssignmentChange(thread=HEAD.id, seq=1, at=400, worker=worker)
    shown = to_builtins(views.internal_entry(assigned, Role.SCHOOL, "school", NOTHING_HIDDEN))
    assert shown == {"as": "assigned", "seq": 1, "at": 400, "worker": worker}
    assert views.internal_entry(assigned, Role.WORKER, "worker", NOTHING_HIDDEN) is None


@pytest.mark.parametrize(
    "internal_entry", [NOTE, replace(NOTE, author="owner"), AssignmentChange(thread="t", seq=1, at=4, worker="w")]
)
def test_a_raiser_is_shown_nothing_of_what_stands_beside_the_log(internal_entry: Note | AssignmentChange) -> None:
    assert views.internal_entry(internal_entry, Role.RAISER, "owner", NOTHING_HIDDEN) is None


@pytest.mark.parametrize("role", Role)
def test_the_end_is_shown_alike_to_all(role: Role) -> None:
    assert views.entry(Terminated(thread=HEAD.id, seq=8, at=400), role, "owner", NOTHING_HIDDEN) == Ended(seq=8, at=400)


@pytest.mark.parametrize("role", Role)
def test_in_a_list_a_row_has_its_viewers_read_mark(role: Role) -> None:
    handle = ThreadReference(viewer="v", id="i", thread=HEAD.id, owner="user", read=2)
    listed = {"row": ROWS[role] | COMMON, "read": 2, "snooze": None}
    assert to_builtins(views.listed(HEAD, role, handle)) == listed
    snoozed = replace(handle, snooze=Snooze(rev=2, until=5, messages=3))
    assert to_builtins(views.listed(HEAD, role, snoozed)) == listed | {"snooze": {"rev": 2, "until": 5, "theirs": 3}}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("other", "seen"), [(None, 0), (SideActivity(thread=HEAD.id, side=Side.SCHOOL, seen=6), 6)])
def test_opened_a_thread_tells_what_the_other_side_has_seen(role: Role, other: SideActivity | None, seen: int) -> None:
    handle = ThreadReference(viewer="v", id="i", thread=HEAD.id, owner="user", read=2)
    opened = to_builtins(views.opened(HEAD, role, handle, other))
    assert opened == {"row": ROWS[role] | COMMON, "read": 2, "snooze": None, "seen": seen}


@pytest.mark.parametrize(
    ("owner", "kind"),
    [
        (User(id="o", email="o@x", name="Ann", open=("t",), rev=9), "user"),
        (School(id="o", email="o@x", name="Ann", workers=("w",), about="About"), "school"),
    ],
)
def test_the_school_is_shown_who_raised_a_thread_to_it(owner: User | School, kind: str) -> None:
    assert to_builtins(person(owner)) == {"id": "o", "kind": kind, "name": "Ann", "email": "o@x"}
