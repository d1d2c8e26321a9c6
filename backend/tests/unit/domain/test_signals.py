"""Typing and seen: signals of a side, never of a person, that go to the other side only. And an answer that is being
written, which only the school's side hears of."""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ANN,
    BOB,
    SCHOOL,
    WENDY,
    Case,
    SampleUniversity,
    composing,
    on_thread,
    seen,
    send,
    typing,
)
from tests.support.stores import Interrupted, Time, refused
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Side
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import SideActivityKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import NOBODY, OwnerEnded, RateLimitState, SideActivity
from uconnect.domain.rate_limit import COMPOSING
from uconnect.domain.usecases import assignment, threads


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    """A thread that Wendy has."""
    case = university.raised()
    case.offload()
    return case


def written(university: SampleUniversity, use_case: UseCase[None]) -> Plan[None]:
    """Its plan, without what is done if the thread changed meanwhile."""
    plan = university.plan(use_case)
    assert plan.recheck is not None
    return replace(plan, recheck=None)


def activity_of(case: Case, side: Side) -> SideActivity | None:
    return case.university.home.one(SideActivityKey(case.thread.id, side))


def read(case: Case, by: str) -> int:
    handle = case.university.home.one(ThreadReferenceKey(by, case.id(by)))
    assert handle is not None
    return handle.read


def test_the_raisers_typing_is_told_to_each_hand_of_the_school(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    assert written(university, typing(ANN, case.id(ANN))) == Plan(
        None,
        puts=(SideActivity(thread=case.thread.id, side=Side.RAISER, typed=time.now),),
        shared=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, None),
            Delivery(WENDY, protocol.TypingNow(id=case.id(WENDY))),
            Delivery(SCHOOL, protocol.TypingNow(id=case.id(SCHOOL))),
        ),
    )


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_typing_by_any_hand_of_the_school_is_told_to_the_raiser_alike(
    university: SampleUniversity, case: Case, time: Time, by: str
) -> None:
    assert written(university, typing(by, case.id(by))) == Plan(
        None,
        puts=(SideActivity(thread=case.thread.id, side=Side.SCHOOL, typed=time.now),),
        shared=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, protocol.TypingNow(id=case.id(ANN))),
            Delivery(WENDY, None),
            Delivery(SCHOOL, None),
        ),
    )


def test_without_a_worker_a_signal_makes_as_many_look_ups(university: SampleUniversity) -> None:
    case = university.raised()
    asked, answered = protocol.TypingNow(id=case.id(SCHOOL)), protocol.TypingNow(id=case.id(ANN))
    nobody = case.thread.id
    told = (Delivery(ANN, None), Delivery(nobody, None), Delivery(SCHOOL, asked))
    assert university.plan(typing(ANN, case.id(ANN))).deliveries == told
    told = (Delivery(ANN, answered), Delivery(nobody, None), Delivery(SCHOOL, None))
    assert university.plan(typing(SCHOOL, case.id(SCHOOL))).deliveries == told


def test_two_hands_that_type_at_once_are_one_signal(university: SampleUniversity, case: Case, time: Time) -> None:
    assert university.plan(typing(WENDY, case.id(WENDY))).deliveries
    for wait in (0, 3_999):
        time.now += wait
        for by in (SCHOOL, WENDY):
            assert university.plan(typing(by, case.id(by))) == Plan(None)
    time.now += 1
    assert university.plan(typing(SCHOOL, case.id(SCHOOL))).deliveries


def test_the_two_sides_type_apart(university: SampleUniversity, case: Case) -> None:
    assert university.plan(typing(ANN, case.id(ANN))).deliveries
    assert university.plan(typing(WENDY, case.id(WENDY))).deliveries


@pytest.mark.parametrize("after", [0, 1])
def test_a_send_by_any_hand_clears_the_wait_of_its_side(
    university: SampleUniversity, case: Case, time: Time, after: int
) -> None:
    time.now += 1
    university.run(typing(WENDY, case.id(WENDY)))
    university.run(typing(ANN, case.id(ANN)))
    time.now += after
    university.run(send(SCHOOL, case.id(SCHOOL)))
    assert university.plan(typing(ANN, case.id(ANN))) == Plan(None)
    assert university.plan(typing(WENDY, case.id(WENDY))).deliveries


def test_a_clock_that_is_set_back_neither_holds_typing_up_nor_lets_it_flood(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    university.run(send(ANN, case.id(ANN)))
    university.run(typing(ANN, case.id(ANN)))
    time.now -= 3_600_000
    assert university.plan(typing(ANN, case.id(ANN))).deliveries
    assert university.plan(typing(ANN, case.id(ANN))) == Plan(None)
    time.now += protocol.TYPING_EVERY
    assert university.plan(typing(ANN, case.id(ANN))).deliveries


def test_nobody_types_in_a_thread_that_has_ended(university: SampleUniversity, case: Case) -> None:
    case.terminate()
    for by in (ANN, SCHOOL, WENDY):
        assert university.plan(typing(by, case.id(by))) == Plan(None)


def test_what_the_raiser_has_seen_is_told_to_each_hand_of_the_school(university: SampleUniversity, case: Case) -> None:
    university.run(send(WENDY, case.id(WENDY)))
    handle = case.reference
    assert written(university, seen(ANN, case.id(ANN), seq=2, theirs=1)) == Plan(
        None,
        puts=(replace(handle, read=1), SideActivity(thread=case.thread.id, side=Side.RAISER, seen=2)),
        shared=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, protocol.Read(id=case.id(ANN), read=1)),  # her other devices, before however many there are
            Delivery(ANN, None),
            Delivery(WENDY, protocol.SeenBy(id=case.id(WENDY), seq=2)),
            Delivery(SCHOOL, protocol.SeenBy(id=case.id(SCHOOL), seq=2)),
        ),
    )


@pytest.mark.parametrize(("first", "second"), [(SCHOOL, WENDY), (WENDY, SCHOOL)])
def test_a_second_reader_of_a_side_is_noticed_by_itself_alone(
    university: SampleUniversity, case: Case, first: str, second: str
) -> None:
    told = university.plan(seen(first, case.id(first), seq=1, theirs=1)).deliveries
    assert told == (
        Delivery(ANN, protocol.SeenBy(id=case.id(ANN), seq=1)),
        Delivery(WENDY, None),
        Delivery(SCHOOL, None),
        Delivery(first, protocol.Read(id=case.id(first), read=1)),
    )
    again = university.plan(seen(second, case.id(second), seq=1, theirs=1))
    assert again.deliveries == (Delivery(second, protocol.Read(id=case.id(second), read=1)),)
    assert (read(case, first), read(case, second)) == (1, 1)


def test_to_see_what_ones_own_side_wrote_is_told_to_the_other_side_alone(
    university: SampleUniversity, case: Case
) -> None:
    university.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    university.run(send(SCHOOL, case.id(SCHOOL)))
    mark = university.home.one(ThreadReferenceKey(WENDY, case.id(WENDY)))
    plan = university.plan(seen(WENDY, case.id(WENDY), seq=2, theirs=1))
    # With as much written and looked up as by a hand that had not read it: the raiser's clock counts it.
    assert plan.puts == (mark, SideActivity(thread=case.thread.id, side=Side.SCHOOL, seen=2))
    assert plan.shared == (ThreadKey(case.thread.id),)
    told = [(ANN, True), (WENDY, False), (SCHOOL, False), (WENDY, False)]
    assert [(it.to, it.frame is not None) for it in plan.deliveries] == told


def test_seen_twice_changes_nothing(university: SampleUniversity, case: Case) -> None:
    university.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    assert university.plan(seen(WENDY, case.id(WENDY), seq=1, theirs=1)) == Plan(None)


def test_neither_mark_ever_falls(university: SampleUniversity, case: Case) -> None:
    university.run(send(ANN, case.id(ANN)))
    university.run(seen(WENDY, case.id(WENDY), seq=2, theirs=2))
    assert university.plan(seen(WENDY, case.id(WENDY), seq=1, theirs=1)) == Plan(None)
    assert activity_of(case, Side.SCHOOL) == SideActivity(thread=case.thread.id, side=Side.SCHOOL, seen=2)
    assert read(case, WENDY) == 2


@pytest.mark.parametrize(("by", "theirs"), [(ANN, 2), (SCHOOL, 1), (WENDY, 1)])
def test_nobody_has_read_more_than_there_is(university: SampleUniversity, case: Case, by: str, theirs: int) -> None:
    for _ in range(2):
        university.run(send(SCHOOL, case.id(SCHOOL)))
    university.run(seen(by, case.id(by), seq=2**53 - 1, theirs=2**53 - 1))
    side = Side.RAISER if by == ANN else Side.SCHOOL
    assert activity_of(case, side) == SideActivity(thread=case.thread.id, side=side, seen=3)
    assert read(case, by) == theirs


def test_a_sides_typing_and_seeing_are_kept_together(university: SampleUniversity, case: Case, time: Time) -> None:
    university.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    university.run(typing(WENDY, case.id(WENDY)))
    assert activity_of(case, Side.SCHOOL) == SideActivity(
        thread=case.thread.id, side=Side.SCHOOL, seen=1, typed=time.now
    )


def test_the_end_is_seen_too(university: SampleUniversity, case: Case) -> None:
    case.terminate()
    told = university.plan(seen(SCHOOL, case.id(SCHOOL), seq=2, theirs=1)).deliveries
    assert told[0] == Delivery(ANN, protocol.SeenBy(id=case.id(ANN), seq=2))


def test_signals_of_strangers_are_refused(university: SampleUniversity, case: Case) -> None:
    for signal in (typing(BOB, case.id(ANN)), seen(BOB, case.id(ANN), 1, 1)):
        assert university.refusal(signal) == "not_found"


def test_a_worker_taken_off_meanwhile_hears_not_even_of_its_own_reading(
    university: SampleUniversity, case: Case
) -> None:
    university.run(seen(SCHOOL, case.id(SCHOOL), seq=1, theirs=1))  # so that Wendy's reading is told to her alone
    wendys = case.id(WENDY)

    take_back = partial(university.run, on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert refused(Interrupted(university.home, seen(WENDY, wendys, seq=1, theirs=1), take_back).run()) == "not_found"


# --- an answer that is being written


@pytest.mark.parametrize(("by", "to"), [(SCHOOL, WENDY), (WENDY, SCHOOL)])
@pytest.mark.parametrize("has_text", [True, False])
def test_an_answer_in_the_composer_is_told_to_the_other_one_of_the_school_alone(
    university: SampleUniversity, case: Case, time: Time, by: str, to: str, has_text: bool
) -> None:
    assert university.plan(composing(by, case.id(by), has_text)) == Plan(
        None,
        puts=(RateLimitState(party=by, what="composing", due=time.now + COMPOSING.every),),
        guards=(ThreadKey(case.thread.id),),
        deliveries=(Delivery(to, protocol.ComposingNow(id=case.id(to), open=has_text)),),
    )


def test_whoever_raised_the_thread_has_no_such_signal(university: SampleUniversity, case: Case) -> None:
    assert university.home.store.run(composing(ANN, case.id(ANN))) == RefusalCode.NOT_FOUND.refusal


def test_alone_at_a_thread_there_is_nobody_to_tell(university: SampleUniversity) -> None:
    case = university.raised()
    assert university.plan(composing(SCHOOL, case.id(SCHOOL))) == Plan(None)


def test_nobody_hears_of_an_answer_to_a_thread_that_has_ended(university: SampleUniversity, case: Case) -> None:
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert university.plan(composing(WENDY, case.id(WENDY))) == Plan(None)


def test_a_school_that_lost_the_thread_with_its_owner_hears_no_more_of_it(
    university: SampleUniversity, case: Case
) -> None:
    university.home.keep(OwnerEnded(party=ANN))
    plan = university.plan(composing(WENDY, case.id(WENDY)))
    assert [it.to for it in plan.deliveries] == [NOBODY]


def test_more_signs_than_the_pace_allows_are_told_to_nobody(university: SampleUniversity, case: Case) -> None:
    for _ in range(COMPOSING.burst):
        university.run(composing(WENDY, case.id(WENDY)))
    assert university.home.store.run(composing(WENDY, case.id(WENDY))) == RefusalCode.TOO_FAST.refusal
    assert university.plan(composing(SCHOOL, case.id(SCHOOL))).deliveries  # each party has a pace of its own


def test_an_answer_in_the_composer_changes_nothing_of_typing(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    time.now += 1
    university.run(composing(WENDY, case.id(WENDY)))
    assert activity_of(case, Side.SCHOOL) is None
    assert university.plan(typing(SCHOOL, case.id(SCHOOL))).deliveries


SIGNALS = pytest.mark.parametrize("signal", [typing, partial(seen, seq=1, theirs=1)], ids=["typing", "seen"])


@SIGNALS
def test_a_worker_taken_off_while_a_signal_is_kept_does_not_hear_it(
    university: SampleUniversity, case: Case, signal: Callable[[str, str], UseCase[None]]
) -> None:
    if signal is not typing:
        university.run(send(WENDY, case.id(WENDY)))
    plan = university.plan(signal(ANN, case.id(ANN)))
    frames = {it.to: it.frame for it in plan.deliveries if it.frame}
    assert WENDY in frames
    university.run(partial(assignment.take_back, by=SCHOOL, id=case.id(SCHOOL)))
    assert plan.recheck is not None
    again = university.plan(plan.recheck)
    assert (again.writes, again.guards) == (False, (ThreadKey(case.thread.id),))
    assert {it.to: it.frame for it in again.deliveries if it.frame} == {
        to: frame for to, frame in frames.items() if to != WENDY
    }


@SIGNALS
def test_a_signal_to_a_thread_that_is_deleted_meanwhile_leaves_nothing(
    university: SampleUniversity, case: Case, signal: Callable[[str, str], UseCase[None]]
) -> None:
    university.run(send(WENDY, case.id(WENDY)))
    plan, thread = university.plan(signal(ANN, case.id(ANN))), case.thread.id
    university.run(partial(threads.terminate, by=ANN, id=case.id(ANN)))
    university.run(partial(threads.delete, by=ANN, id=case.id(ANN)))
    assert plan.recheck is not None
    assert university.plan(plan.recheck) == Plan(None, deletes=(SideActivityKey(thread, Side.RAISER),))
