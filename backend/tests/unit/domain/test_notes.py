"""Internal notes: for the school and whoever of its workers has the thread, and beside a log that they never touch."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    internal_entries,
    note,
    on_thread,
)
from tests.support.stores import Interrupted, Time, answer, fresh
from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.context import Delivery, Plan
from uconnect.domain.keys import InternalEntriesOf
from uconnect.domain.models import IdempotencyRecord, InternalEntry, Note, RateLimitState
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, threads
from uconnect.domain.views.pages import InternalEntryPage, NoteShown
from uconnect.domain.views.school import SchoolAssignment, SchoolNote
from uconnect.domain.views.worker import WorkerNote


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    return university.raised()


def entries_of(case: Case) -> tuple[InternalEntry, ...]:
    return case.university.home.all(InternalEntriesOf(case.thread.id, 0, 99))


def test_a_note_is_kept_beside_the_log_and_answered_as_it_stands_there(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    before, key = case.thread, fresh()
    plan = university.plan(note(SCHOOL, case.id(SCHOOL), "She asked twice.", key))
    written = Note(thread=before.id, seq=1, at=time.now, author=SCHOOL, key=key, text="She asked twice.")
    assert plan.puts == (
        replace(before, internal_seq=1),
        written,
        IdempotencyRecord(party=SCHOOL, key=f"{before.id}.{key}", made="1"),
        RateLimitState(party=SCHOOL, what="note", due=time.now + rate_limit.NOTE.every),
    )
    assert plan.answer == NoteShown(SchoolNote(seq=1, at=time.now, author=SCHOOL, text="She asked twice.", key=key))


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_a_note_is_told_to_the_worker_and_the_school_and_to_nobody_else(
    university: SampleUniversity, case: Case, time: Time, by: str
) -> None:
    wendys, key = case.offload(), fresh()
    plan = university.plan(note(by, case.id(by), "Hm", key))
    mine, theirs = (key, None) if by == WENDY else (None, key)
    at_desk = WorkerNote(seq=2, at=time.now, mine=by == WENDY, text="Hm", key=mine)
    in_office = SchoolNote(seq=2, at=time.now, author=by, text="Hm", key=theirs)
    assert plan.deliveries == (
        Delivery(WENDY, protocol.InternalEntryAdded(id=wendys, entry=at_desk)),
        Delivery(SCHOOL, protocol.InternalEntryAdded(id=case.id(SCHOOL), entry=in_office)),
    )
    assert plan.answer == NoteShown(at_desk if by == WENDY else in_office)


def test_while_the_school_has_a_thread_itself_it_alone_is_told(university: SampleUniversity, case: Case) -> None:
    assert [it.to for it in university.plan(note(SCHOOL, case.id(SCHOOL))).deliveries] == [SCHOOL]


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_to_whoever_raised_a_thread_there_are_no_notes(university: SampleUniversity, by: str) -> None:
    case = university.raised(by)
    university.run(note(SCHOOL, case.id(SCHOOL)))
    assert university.refusal(note(by, case.id(by))) == "not_found"
    assert university.refusal(internal_entries(by, case.id(by))) == "not_found"
    assert len(entries_of(case)) == 1


def test_a_note_changes_no_row_and_no_log(university: SampleUniversity, case: Case, time: Time) -> None:
    case.offload()
    before = [views.row(case.thread, role) for role in Role], case.log(), case.reference
    time.now += 1000
    for by in (SCHOOL, WENDY):
        university.run(note(by, case.id(by)))
    assert ([views.row(case.thread, role) for role in Role], case.log(), case.reference) == before


def test_a_thread_that_has_ended_is_still_noted_on(university: SampleUniversity, case: Case) -> None:
    case.offload()
    case.terminate()
    for by in (SCHOOL, WENDY):
        university.run(note(by, case.id(by)))
    assert [it.seq for it in entries_of(case)] == [1, 2, 3]


def test_of_a_thread_deleted_no_note_is_left_to_read(university: SampleUniversity, case: Case) -> None:
    id = case.id(SCHOOL)
    university.run(note(SCHOOL, id))
    case.terminate()
    university.run(on_thread(threads.delete, ANN, case.raiser_id))
    assert university.refusal(internal_entries(SCHOOL, id)) == "not_found"


def test_a_key_used_before_is_answered_with_its_note_whatever_the_text_and_writes_nothing(
    university: SampleUniversity, case: Case
) -> None:
    key, id = fresh(), case.id(SCHOOL)
    first = university.run(note(SCHOOL, id, "First", key))
    assert university.plan(note(SCHOOL, id, "Second", key)) == Plan(first)
    case.terminate()
    assert university.plan(note(SCHOOL, id, "Second", key)) == Plan(first)


def test_a_key_is_its_authors_and_its_threads_own(university: SampleUniversity, case: Case) -> None:
    key, other = fresh(), university.raised()
    case.offload()
    places = [(SCHOOL, case.id(SCHOOL)), (WENDY, case.id(WENDY)), (SCHOOL, other.id(SCHOOL))]
    assert [university.run(note(by, id, key=key)).entry.seq for by, id in places] == [2, 3, 1]


def test_two_notes_at_once_stand_one_after_the_other(university: SampleUniversity, case: Case) -> None:
    case.offload()
    twin: list[Any] = []
    meanwhile = partial(note, WENDY, case.id(WENDY), "Mine")
    outcome = Interrupted(
        university.home, note(SCHOOL, case.id(SCHOOL)), lambda: twin.append(university.run(meanwhile()))
    ).run()
    assert (twin[0].entry.seq, answer(outcome).entry.seq) == (2, 3)
    assert [it.seq for it in entries_of(case)] == [1, 2, 3]


def test_one_key_twice_at_once_is_one_note(university: SampleUniversity, case: Case) -> None:
    use_case = note(SCHOOL, case.id(SCHOOL), key=fresh())
    twin: list[Any] = []
    outcome = Interrupted(university.home, use_case, lambda: twin.append(university.run(use_case))).run()
    assert outcome == Plan(twin[0])
    assert len(entries_of(case)) == 1


def test_a_worker_taken_off_meanwhile_writes_no_note(university: SampleUniversity, case: Case) -> None:
    use_case = note(WENDY, case.offload())
    back = partial(university.run, on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    outcome = Interrupted(university.home, use_case, back).run()
    assert not isinstance(outcome, Plan)
    assert outcome.code == "not_found"
    assert not any(isinstance(it, Note) for it in entries_of(case))


def test_a_worker_taken_off_while_it_reads_notes_reads_none_written_after(
    university: SampleUniversity, case: Case
) -> None:
    university.run(note(WENDY, wendys := case.offload()))

    def lose() -> None:
        university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
        university.run(note(SCHOOL, case.id(SCHOOL), "Let us not tell Wendy."))

    page = answer(Interrupted(university.home, internal_entries(WENDY, wendys), lose, rounds=2).run())
    assert [it.seq for it in page.entries] == [2]


def test_forty_notes_can_be_written_at_once_then_one_a_second(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    case.offload()
    for _ in range(40):
        university.run(note(SCHOOL, case.id(SCHOOL)))
    assert university.refusal(note(SCHOOL, case.id(SCHOOL))) == "too_fast"
    university.run(note(WENDY, case.id(WENDY)))  # whose pace is her own
    time.now += rate_limit.NOTE.every
    university.run(note(SCHOOL, case.id(SCHOOL)))
    assert university.refusal(note(SCHOOL, case.id(SCHOOL))) == "too_fast"


def test_the_school_reads_notes_and_hands_in_their_order_and_the_worker_the_notes_alone(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    wendys, first, second = case.offload(), fresh(), fresh()
    university.run(note(WENDY, wendys, "I know her.", first))
    case.offload(WALT)
    university.run(note(SCHOOL, case.id(SCHOOL), "Then you.", second))
    at = time.now
    assert university.ask(internal_entries(SCHOOL, case.id(SCHOOL))) == InternalEntryPage(
        entries=(
            SchoolAssignment(seq=1, at=at, worker=WENDY),
            SchoolNote(seq=2, at=at, author=WENDY, text="I know her.", key=None),
            SchoolAssignment(seq=3, at=at, worker=WALT),
            SchoolNote(seq=4, at=at, author=SCHOOL, text="Then you.", key=second),
        ),
        next=None,
    )
    assert university.ask(internal_entries(WALT, case.id(WALT))) == InternalEntryPage(
        entries=(
            WorkerNote(seq=2, at=at, mine=False, text="I know her.", key=None),
            WorkerNote(seq=4, at=at, mine=False, text="Then you.", key=None),
        ),
        next=None,
    )
    assert university.refusal(internal_entries(WENDY, wendys)) == "not_found"


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
def test_internal_entries_are_read_in_pages(
    university: SampleUniversity, case: Case, by: str, after: int, most: int, seqs: list[int], following: int | None
) -> None:
    university.run(note(WENDY, case.offload()))
    case.offload(WALT)
    university.run(note(SCHOOL, case.id(SCHOOL)))
    page = university.ask(internal_entries(by, case.id(by), after, most))
    assert ([it.seq for it in page.entries], page.next) == (seqs, following)
