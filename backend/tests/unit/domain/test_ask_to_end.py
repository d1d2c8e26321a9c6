"""Ask to end: a message of the school's side that the raiser answers, the same whoever asks, once a week at most."""

from functools import partial

import pytest
from msgspec import UNSET

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    SampleUniversity,
    log,
    on_thread,
    send,
)
from tests.support.stores import Interrupted, Time
from uconnect.domain import protocol, rate_limit, rules
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import MessageKind, Side, ThreadFilter
from uconnect.domain.keys import Mailbox, PartyKey, ThreadKey
from uconnect.domain.models import EndAsked, Message, Worker
from uconnect.domain.usecases import assignment, messages, queries, threads
from uconnect.domain.views.pages import Done
from uconnect.domain.views.raiser import RaiserMessage

WEEK = 7 * 24 * 3_600_000


def ask(by: str, id: str) -> UseCase[Done]:
    return on_thread(messages.ask_to_end, by, id)


def not_yet(by: str, id: str) -> UseCase[Done]:
    return on_thread(messages.answer_not_yet, by, id)


def pending(university: SampleUniversity, by: str, id: str) -> int:
    """The entry that the viewer's row shows as asking."""
    seq: int = university.ask(on_thread(queries.thread, by, id)).thread.row.asked_to_end
    return seq


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_the_question_is_a_message_of_the_schools_side(university: SampleUniversity, time: Time, by: str) -> None:
    case = university.raised()
    case.offload(WENDY)
    plan = university.plan(ask(by, case.id(by)))
    entry = case.log()[-1]
    assert isinstance(entry, Message)
    assert (entry.seq, entry.at, entry.side, entry.author) == (2, time.now, Side.SCHOOL, by)
    assert (entry.text, entry.kind) == ("Is this settled?", MessageKind.ASK_TO_END)
    assert case.thread.end_asked == EndAsked(seq=2, at=time.now, messages=1)
    assert plan.answer == Done()
    assert [it.to for it in plan.deliveries] == [ANN, WENDY, SCHOOL]
    for viewer in (ANN, WENDY, SCHOOL):
        assert pending(university, viewer, case.id(viewer)) == 2


def test_the_raiser_is_told_the_same_whoever_asks(university: SampleUniversity) -> None:
    frames = []
    for by in (SCHOOL, WENDY):
        case = university.raised()
        case.offload(WENDY)
        (frame,) = (it.frame for it in university.plan(ask(by, case.id(by))).deliveries if it.to == ANN)
        assert isinstance(frame, protocol.Event)
        assert isinstance(frame.entry, RaiserMessage)
        assert frame.entry.key is None
        frames.append((frame.entry, frame.row.rev, frame.row.last))
    assert frames[0] == frames[1]


def test_a_message_without_a_kind_is_shown_without_one(university: SampleUniversity) -> None:
    case = university.raised()
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    for by in (ANN, SCHOOL):
        kinds = [it.kind for it in university.ask(log(by, case.id(by))).entries]
        assert kinds == [UNSET, MessageKind.ASK_TO_END]


def test_it_waits_until_the_raiser_answers_or_writes(university: SampleUniversity, time: Time) -> None:
    for answer in (not_yet, send):
        case = university.raised()
        university.run(ask(SCHOOL, case.id(SCHOOL)))
        case.send(SCHOOL)
        assert pending(university, ANN, case.id(ANN)) == 2
        university.run(answer(ANN, case.id(ANN)))
        for by in (ANN, SCHOOL):
            assert pending(university, by, case.id(by)) == 0
        assert case.thread.end_asked == EndAsked(seq=2, at=time.now, messages=1)


def test_not_yet_is_a_message_of_the_raiser_and_waits_for_the_school(university: SampleUniversity) -> None:
    case = university.raised()
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    plan = university.plan(not_yet(ANN, case.id(ANN)))
    entry = case.log()[-1]
    assert (entry.side, entry.text, entry.kind) == (Side.RAISER, "Not yet", MessageKind.NOT_YET)
    assert [it.to for it in plan.deliveries] == [ANN, case.thread.id, SCHOOL]
    question = partial(
        queries.threads, by=SCHOOL, mailbox=Mailbox.RECEIVED, before=None, most=5, show=ThreadFilter.WAITING
    )
    assert [it.row.id for it in university.ask(question).threads] == [case.id(SCHOOL)]


def test_the_end_takes_the_question_away(university: SampleUniversity) -> None:
    case = university.raised()
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    case.terminate()
    for by in (ANN, SCHOOL):
        assert pending(university, by, case.id(by)) == 0
    assert university.refusal(not_yet(ANN, case.id(ANN))) == "thread_terminated"
    assert university.refusal(ask(SCHOOL, case.id(SCHOOL))) == "thread_terminated"


def test_asked_again_before_the_answer_it_is_asked_once(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    assert university.plan(ask(WENDY, case.id(WENDY))) == Plan(Done(), guards=(ThreadKey(case.thread.id),))
    assert len(case.log()) == 2


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_after_an_answer_it_is_not_asked_for_a_week_by_any_hand(
    university: SampleUniversity, time: Time, by: str
) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    university.run(not_yet(ANN, case.id(ANN)))
    time.now += WEEK - 1
    assert university.refusal(ask(by, case.id(by))) == "asked_lately"
    time.now += 1
    university.run(ask(by, case.id(by)))
    assert rules.is_asked_to_end(case.thread)
    row = university.ask(on_thread(queries.thread, by, case.id(by))).thread.row
    assert row.asked_at == time.now


def test_where_nobody_asks_not_yet_says_nothing(university: SampleUniversity) -> None:
    case = university.raised()
    assert university.plan(not_yet(ANN, case.id(ANN))) == Plan(Done(), guards=(ThreadKey(case.thread.id),))
    assert len(case.log()) == 1


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_who_raised_a_thread_does_not_ask_and_the_school_does_not_answer(university: SampleUniversity, by: str) -> None:
    case = university.raised(by)
    assert university.refusal(ask(by, case.id(by))) == "not_found"
    university.run(ask(SCHOOL, case.id(SCHOOL)))
    assert university.refusal(not_yet(SCHOOL, case.id(SCHOOL))) == "not_found"


def test_nobody_else_asks_or_answers(university: SampleUniversity) -> None:
    case = university.raised()
    id = case.offload(WENDY)
    for by in (WALT, ACADEMY, BOB):
        assert university.refusal(ask(by, id)) == "not_found"
        assert university.refusal(not_yet(by, case.id(ANN))) == "not_found"
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert university.refusal(ask(WENDY, id)) == "not_found"


def test_a_question_is_within_the_pace_of_messages(university: SampleUniversity) -> None:
    case = university.raised()
    for _ in range(rate_limit.SEND.burst):
        case.send(SCHOOL)
    assert university.refusal(ask(SCHOOL, case.id(SCHOOL))) == "too_fast"


def test_a_workers_first_word_may_be_the_question(university: SampleUniversity) -> None:
    worker = university.home.one(PartyKey(WENDY))
    assert isinstance(worker, Worker)
    university.home.change(Worker(id=WENDY, email="wendy@x", name="Wendy", school=SCHOOL, joined=True))
    case = university.raised()
    case.offload(WENDY)
    plan = university.plan(ask(WENDY, case.id(WENDY)))
    assert plan.then is not None
    university.run(plan.then)
    assert university.home.one(PartyKey(WENDY)) == worker
    assert rules.is_asked_to_end(case.thread)


def test_a_question_and_the_end_at_the_same_moment_leave_an_ended_thread(university: SampleUniversity) -> None:
    case = university.raised()
    end = on_thread(threads.terminate, ANN, case.id(ANN))
    outcome = Interrupted(university.home, ask(SCHOOL, case.id(SCHOOL)), lambda: university.run(end)).run()
    assert not isinstance(outcome, Plan)
    assert outcome.code == "thread_terminated"
