"""Typing and seen: signals of a side, never of a person, that go to the other side only."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.kit.cast import ANN, BOB, SCHOOL, WENDY, Case, Cast, calling, seen, send, typing
from tests.kit.homes import Interrupted, Time, refused
from uconnect.core import wire
from uconnect.core.decide import handling
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import HandleKey, PresenceKey, ThreadKey
from uconnect.core.model import Presence
from uconnect.core.terms import Side


@pytest.fixture
def case(cast: Cast) -> Case:
    """A thread that Wendy has."""
    case = cast.raised()
    case.offload()
    return case


def presence(case: Case, side: Side) -> Presence | None:
    return case.cast.home.one(PresenceKey(case.thread.id, side))


def read(case: Case, by: str) -> int:
    handle = case.cast.home.one(HandleKey(by, case.id(by)))
    assert handle is not None
    return handle.read


def test_the_raisers_typing_is_told_to_each_hand_of_the_school(cast: Cast, case: Case, time: Time) -> None:
    assert cast.plan(typing(ANN, case.id(ANN))) == Plan(
        None,
        puts=(Presence(thread=case.thread.id, side=Side.RAISER, typed=time.now),),
        guards=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, None),
            Delivery(WENDY, wire.TypingNow(id=case.id(WENDY))),
            Delivery(SCHOOL, wire.TypingNow(id=case.id(SCHOOL))),
        ),
    )


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_typing_by_any_hand_of_the_school_is_told_to_the_raiser_alike(
    cast: Cast, case: Case, time: Time, by: str
) -> None:
    assert cast.plan(typing(by, case.id(by))) == Plan(
        None,
        puts=(Presence(thread=case.thread.id, side=Side.SCHOOL, typed=time.now),),
        guards=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, wire.TypingNow(id=case.id(ANN))),
            Delivery(WENDY, None),
            Delivery(SCHOOL, None),
        ),
    )


def test_without_a_worker_a_signal_makes_as_many_look_ups(cast: Cast) -> None:
    case = cast.raised()
    asked, answered = wire.TypingNow(id=case.id(SCHOOL)), wire.TypingNow(id=case.id(ANN))
    nobody = case.thread.id
    told = (Delivery(ANN, None), Delivery(nobody, None), Delivery(SCHOOL, asked))
    assert cast.plan(typing(ANN, case.id(ANN))).deliveries == told
    told = (Delivery(ANN, answered), Delivery(nobody, None), Delivery(SCHOOL, None))
    assert cast.plan(typing(SCHOOL, case.id(SCHOOL))).deliveries == told


def test_two_hands_that_type_at_once_are_one_signal(cast: Cast, case: Case, time: Time) -> None:
    assert cast.plan(typing(WENDY, case.id(WENDY))).deliveries
    for wait in (0, 3_999):
        time.now += wait
        for by in (SCHOOL, WENDY):
            assert cast.plan(typing(by, case.id(by))) == Plan(None)
    time.now += 1
    assert cast.plan(typing(SCHOOL, case.id(SCHOOL))).deliveries


def test_the_two_sides_type_apart(cast: Cast, case: Case) -> None:
    assert cast.plan(typing(ANN, case.id(ANN))).deliveries
    assert cast.plan(typing(WENDY, case.id(WENDY))).deliveries


@pytest.mark.parametrize("after", [0, 1])
def test_a_send_by_any_hand_clears_the_wait_of_its_side(cast: Cast, case: Case, time: Time, after: int) -> None:
    time.now += 1
    cast.run(typing(WENDY, case.id(WENDY)))
    cast.run(typing(ANN, case.id(ANN)))
    time.now += after
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    assert cast.plan(typing(ANN, case.id(ANN))) == Plan(None)
    assert cast.plan(typing(WENDY, case.id(WENDY))).deliveries


def test_a_clock_that_is_set_back_neither_holds_typing_up_nor_lets_it_flood(cast: Cast, case: Case, time: Time) -> None:
    cast.run(send(ANN, case.id(ANN)))
    cast.run(typing(ANN, case.id(ANN)))
    time.now -= 3_600_000
    assert cast.plan(typing(ANN, case.id(ANN))).deliveries
    assert cast.plan(typing(ANN, case.id(ANN))) == Plan(None)
    time.now += wire.TYPING_EVERY
    assert cast.plan(typing(ANN, case.id(ANN))).deliveries


def test_nobody_types_in_a_thread_that_has_ended(cast: Cast, case: Case) -> None:
    case.terminate()
    for by in (ANN, SCHOOL, WENDY):
        assert cast.plan(typing(by, case.id(by))) == Plan(None)


def test_what_the_raiser_has_seen_is_told_to_each_hand_of_the_school(cast: Cast, case: Case) -> None:
    cast.run(send(WENDY, case.id(WENDY)))
    handle = case.handle
    assert cast.plan(seen(ANN, case.id(ANN), seq=2, theirs=1)) == Plan(
        None,
        puts=(replace(handle, read=1), Presence(thread=case.thread.id, side=Side.RAISER, seen=2)),
        guards=(ThreadKey(case.thread.id),),
        deliveries=(
            Delivery(ANN, wire.Read(id=case.id(ANN), read=1)),  # her other devices, before however many there are
            Delivery(ANN, None),
            Delivery(WENDY, wire.SeenBy(id=case.id(WENDY), seq=2)),
            Delivery(SCHOOL, wire.SeenBy(id=case.id(SCHOOL), seq=2)),
        ),
    )


@pytest.mark.parametrize(("first", "second"), [(SCHOOL, WENDY), (WENDY, SCHOOL)])
def test_a_second_reader_of_a_side_is_noticed_by_itself_alone(cast: Cast, case: Case, first: str, second: str) -> None:
    told = cast.plan(seen(first, case.id(first), seq=1, theirs=1)).deliveries
    assert told == (
        Delivery(ANN, wire.SeenBy(id=case.id(ANN), seq=1)),
        Delivery(WENDY, None),
        Delivery(SCHOOL, None),
        Delivery(first, wire.Read(id=case.id(first), read=1)),
    )
    again = cast.plan(seen(second, case.id(second), seq=1, theirs=1))
    assert again.deliveries == (Delivery(second, wire.Read(id=case.id(second), read=1)),)
    assert (read(case, first), read(case, second)) == (1, 1)


def test_to_see_what_ones_own_side_wrote_is_told_to_the_other_side_alone(cast: Cast, case: Case) -> None:
    cast.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    mark = cast.home.one(HandleKey(WENDY, case.id(WENDY)))
    plan = cast.plan(seen(WENDY, case.id(WENDY), seq=2, theirs=1))
    # With as much written and looked up as by a hand that had not read it: the raiser's clock counts it.
    assert plan.puts == (mark, Presence(thread=case.thread.id, side=Side.SCHOOL, seen=2))
    assert plan.guards == (ThreadKey(case.thread.id),)
    told = [(ANN, True), (WENDY, False), (SCHOOL, False), (WENDY, False)]
    assert [(it.to, it.frame is not None) for it in plan.deliveries] == told


def test_seen_twice_changes_nothing(cast: Cast, case: Case) -> None:
    cast.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    assert cast.plan(seen(WENDY, case.id(WENDY), seq=1, theirs=1)) == Plan(None)


def test_neither_mark_ever_falls(cast: Cast, case: Case) -> None:
    cast.run(send(ANN, case.id(ANN)))
    cast.run(seen(WENDY, case.id(WENDY), seq=2, theirs=2))
    assert cast.plan(seen(WENDY, case.id(WENDY), seq=1, theirs=1)) == Plan(None)
    assert presence(case, Side.SCHOOL) == Presence(thread=case.thread.id, side=Side.SCHOOL, seen=2)
    assert read(case, WENDY) == 2


@pytest.mark.parametrize(("by", "theirs"), [(ANN, 2), (SCHOOL, 1), (WENDY, 1)])
def test_nobody_has_read_more_than_there_is(cast: Cast, case: Case, by: str, theirs: int) -> None:
    for _ in range(2):
        cast.run(send(SCHOOL, case.id(SCHOOL)))
    cast.run(seen(by, case.id(by), seq=2**53 - 1, theirs=2**53 - 1))
    side = Side.RAISER if by == ANN else Side.SCHOOL
    assert presence(case, side) == Presence(thread=case.thread.id, side=side, seen=3)
    assert read(case, by) == theirs


def test_a_sides_typing_and_seeing_are_kept_together(cast: Cast, case: Case, time: Time) -> None:
    cast.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    cast.run(typing(WENDY, case.id(WENDY)))
    assert presence(case, Side.SCHOOL) == Presence(thread=case.thread.id, side=Side.SCHOOL, seen=1, typed=time.now)


def test_the_end_is_seen_too(cast: Cast, case: Case) -> None:
    case.terminate()
    told = cast.plan(seen(SCHOOL, case.id(SCHOOL), seq=2, theirs=1)).deliveries
    assert told[0] == Delivery(ANN, wire.SeenBy(id=case.id(ANN), seq=2))


def test_signals_of_strangers_are_refused(cast: Cast, case: Case) -> None:
    for signal in (typing(BOB, case.id(ANN)), seen(BOB, case.id(ANN), 1, 1)):
        assert cast.refusal(signal) == "not_found"


def test_a_worker_taken_off_meanwhile_hears_not_even_of_its_own_reading(cast: Cast, case: Case) -> None:
    cast.run(seen(SCHOOL, case.id(SCHOOL), seq=1, theirs=1))  # so that Wendy's reading is told to her alone
    wendys = case.id(WENDY)

    take_back = partial(cast.run, calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    assert refused(Interrupted(cast.home, seen(WENDY, wendys, seq=1, theirs=1), take_back).run()) == "not_found"
