"""Internal notes: for the school and whoever of its workers has the thread, and beside a log that they never touch."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.kit.cast import ACADEMY, ANN, SCHOOL, WALT, WENDY, Case, Cast, beside, calling, note
from tests.kit.homes import Interrupted, Time, answer, fresh
from uconnect.core import pace, views, wire
from uconnect.core.decide import handling, threads
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import AsidesOf
from uconnect.core.model import Aside, Note, Pace, Receipt
from uconnect.core.rules import Role
from uconnect.core.views.pages import AsidePage, AsideShown
from uconnect.core.views.school import SchoolAssigned, SchoolNote
from uconnect.core.views.worker import WorkerNote


@pytest.fixture
def case(cast: Cast) -> Case:
    return cast.raised()


def asides(case: Case) -> tuple[Aside, ...]:
    return case.cast.home.all(AsidesOf(case.thread.id, 0, 99))


def test_a_note_is_kept_beside_the_log_and_answered_as_it_stands_there(cast: Cast, case: Case, time: Time) -> None:
    before, key = case.thread, fresh()
    plan = cast.plan(note(SCHOOL, case.id(SCHOOL), "She asked twice.", key))
    written = Note(thread=before.id, seq=1, at=time.now, author=SCHOOL, key=key, text="She asked twice.")
    assert plan.puts == (
        replace(before, asides=1),
        written,
        Receipt(party=SCHOOL, key=f"{before.id}.{key}", made="1"),
        Pace(party=SCHOOL, what="note", due=time.now + pace.NOTE.every),
    )
    assert plan.answer == AsideShown(SchoolNote(seq=1, at=time.now, author=SCHOOL, text="She asked twice.", key=key))


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_note_is_told_to_the_worker_and_the_school_and_to_nobody_else(
    cast: Cast, case: Case, time: Time, by: str
) -> None:
    wendys, key = case.offload(), fresh()
    plan = cast.plan(note(by, case.id(by), "Hm", key))
    mine, theirs = (key, None) if by == WENDY else (None, key)
    at_desk = WorkerNote(seq=2, at=time.now, mine=by == WENDY, text="Hm", key=mine)
    in_office = SchoolNote(seq=2, at=time.now, author=by, text="Hm", key=theirs)
    assert plan.deliveries == (
        Delivery(WENDY, wire.Noted(id=wendys, entry=at_desk)),
        Delivery(SCHOOL, wire.Noted(id=case.id(SCHOOL), entry=in_office)),
    )
    assert plan.answer == AsideShown(at_desk if by == WENDY else in_office)


def test_while_the_school_has_a_thread_itself_it_alone_is_told(cast: Cast, case: Case) -> None:
    assert [it.to for it in cast.plan(note(SCHOOL, case.id(SCHOOL))).deliveries] == [SCHOOL]


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_to_whoever_raised_a_thread_there_are_no_notes(cast: Cast, by: str) -> None:
    case = cast.raised(by)
    cast.run(note(SCHOOL, case.id(SCHOOL)))
    assert cast.refusal(note(by, case.id(by))) == "not_found"
    assert cast.refusal(beside(by, case.id(by))) == "not_found"
    assert len(asides(case)) == 1


def test_a_note_changes_no_row_and_no_log(cast: Cast, case: Case, time: Time) -> None:
    case.offload()
    before = [views.row(case.thread, role) for role in Role], case.log(), case.handle
    time.now += 1000
    for by in (SCHOOL, WENDY):
        cast.run(note(by, case.id(by)))
    assert ([views.row(case.thread, role) for role in Role], case.log(), case.handle) == before


def test_a_thread_that_has_ended_is_still_noted_on(cast: Cast, case: Case) -> None:
    case.offload()
    case.terminate()
    for by in (SCHOOL, WENDY):
        cast.run(note(by, case.id(by)))
    assert [it.seq for it in asides(case)] == [1, 2, 3]


def test_of_a_thread_deleted_no_note_is_left_to_read(cast: Cast, case: Case) -> None:
    id = case.id(SCHOOL)
    cast.run(note(SCHOOL, id))
    case.terminate()
    cast.run(calling(threads.delete, ANN, case.raiser_id))
    assert cast.refusal(beside(SCHOOL, id)) == "not_found"


def test_a_key_used_before_is_answered_with_its_note_whatever_the_text_and_writes_nothing(
    cast: Cast, case: Case
) -> None:
    key, id = fresh(), case.id(SCHOOL)
    first = cast.run(note(SCHOOL, id, "First", key))
    assert cast.plan(note(SCHOOL, id, "Second", key)) == Plan(first)
    case.terminate()
    assert cast.plan(note(SCHOOL, id, "Second", key)) == Plan(first)


def test_a_key_is_its_authors_and_its_threads_own(cast: Cast, case: Case) -> None:
    key, other = fresh(), cast.raised()
    case.offload()
    places = [(SCHOOL, case.id(SCHOOL)), (WENDY, case.id(WENDY)), (SCHOOL, other.id(SCHOOL))]
    assert [cast.run(note(by, id, key=key)).entry.seq for by, id in places] == [2, 3, 1]


def test_two_notes_at_once_stand_one_after_the_other(cast: Cast, case: Case) -> None:
    case.offload()
    twin: list[Any] = []
    meanwhile = partial(note, WENDY, case.id(WENDY), "Mine")
    outcome = Interrupted(cast.home, note(SCHOOL, case.id(SCHOOL)), lambda: twin.append(cast.run(meanwhile()))).run()
    assert (twin[0].entry.seq, answer(outcome).entry.seq) == (2, 3)
    assert [it.seq for it in asides(case)] == [1, 2, 3]


def test_one_key_twice_at_once_is_one_note(cast: Cast, case: Case) -> None:
    use_case = note(SCHOOL, case.id(SCHOOL), key=fresh())
    twin: list[Any] = []
    outcome = Interrupted(cast.home, use_case, lambda: twin.append(cast.run(use_case))).run()
    assert outcome == Plan(twin[0])
    assert len(asides(case)) == 1


def test_a_worker_taken_off_meanwhile_writes_no_note(cast: Cast, case: Case) -> None:
    use_case = note(WENDY, case.offload())
    back = partial(cast.run, calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    outcome = Interrupted(cast.home, use_case, back).run()
    assert not isinstance(outcome, Plan)
    assert outcome.code == "not_found"
    assert not any(isinstance(it, Note) for it in asides(case))


def test_a_worker_taken_off_while_it_reads_notes_reads_none_written_after(cast: Cast, case: Case) -> None:
    cast.run(note(WENDY, wendys := case.offload()))

    def lose() -> None:
        cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
        cast.run(note(SCHOOL, case.id(SCHOOL), "Let us not tell Wendy."))

    page = answer(Interrupted(cast.home, beside(WENDY, wendys), lose, rounds=2).run())
    assert [it.seq for it in page.entries] == [2]


def test_forty_notes_can_be_written_at_once_then_one_a_second(cast: Cast, case: Case, time: Time) -> None:
    case.offload()
    for _ in range(40):
        cast.run(note(SCHOOL, case.id(SCHOOL)))
    assert cast.refusal(note(SCHOOL, case.id(SCHOOL))) == "too_fast"
    cast.run(note(WENDY, case.id(WENDY)))  # whose pace is her own
    time.now += pace.NOTE.every
    cast.run(note(SCHOOL, case.id(SCHOOL)))
    assert cast.refusal(note(SCHOOL, case.id(SCHOOL))) == "too_fast"


def test_the_school_reads_notes_and_hands_in_their_order_and_the_worker_the_notes_alone(
    cast: Cast, case: Case, time: Time
) -> None:
    wendys, first, second = case.offload(), fresh(), fresh()
    cast.run(note(WENDY, wendys, "I know her.", first))
    case.offload(WALT)
    cast.run(note(SCHOOL, case.id(SCHOOL), "Then you.", second))
    at = time.now
    assert cast.ask(beside(SCHOOL, case.id(SCHOOL))) == AsidePage(
        entries=(
            SchoolAssigned(seq=1, at=at, worker=WENDY),
            SchoolNote(seq=2, at=at, author=WENDY, text="I know her.", key=None),
            SchoolAssigned(seq=3, at=at, worker=WALT),
            SchoolNote(seq=4, at=at, author=SCHOOL, text="Then you.", key=second),
        ),
        next=None,
    )
    assert cast.ask(beside(WALT, case.id(WALT))) == AsidePage(
        entries=(
            WorkerNote(seq=2, at=at, mine=False, text="I know her.", key=None),
            WorkerNote(seq=4, at=at, mine=False, text="Then you.", key=None),
        ),
        next=None,
    )
    assert cast.refusal(beside(WENDY, wendys)) == "not_found"


@pytest.mark.parametrize(
    ("by", "after", "most", "seqs", "following"),
    [
        (SCHOOL, 0, 2, [1, 2], 2),
        (SCHOOL, 2, 2, [3, 4], None),
        (SCHOOL, 0, 4, [1, 2, 3, 4], None),
        (SCHOOL, 4, 4, [], None),
        (WALT, 0, 1, [], 1),  # it goes on after what is not for this reader
        (WALT, 1, 1, [2], 2),
        (WALT, 2, 2, [4], None),
    ],
)
def test_asides_are_read_in_pages(
    cast: Cast, case: Case, by: str, after: int, most: int, seqs: list[int], following: int | None
) -> None:
    cast.run(note(WENDY, case.offload()))
    case.offload(WALT)
    cast.run(note(SCHOOL, case.id(SCHOOL)))
    page = cast.ask(beside(by, case.id(by), after, most))
    assert ([it.seq for it in page.entries], page.next) == (seqs, following)
