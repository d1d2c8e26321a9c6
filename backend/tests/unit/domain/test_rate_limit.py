"""The pace: a burst at once, then one each while, and never more in any stretch of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uconnect.domain import rate_limit
from uconnect.domain.rate_limit import RateLimit, admit

BURST_OF_THREE = RateLimit(every=100, burst=3)
NOON = 1_000_000


def admitted(allowance: RateLimit, times: list[int]) -> list[int]:
    due, done = 0, list[int]()
    for now in times:
        after = admit(allowance, due, now)
        if after is not None:
            due = after
            done.append(now)
    return done


def test_a_burst_is_admitted_at_once_and_no_more() -> None:
    assert admitted(BURST_OF_THREE, [NOON] * 9) == [NOON] * 3


def test_each_while_frees_one_more_to_the_millisecond() -> None:
    assert admitted(BURST_OF_THREE, [NOON] * 3 + [NOON + 99, NOON + 100, NOON + 100, NOON + 200]) == [
        *[NOON] * 3,
        NOON + 100,
        NOON + 200,
    ]


def test_who_keeps_the_pace_is_never_stopped() -> None:
    steady = [NOON + number * BURST_OF_THREE.every for number in range(1000)]
    assert admitted(BURST_OF_THREE, steady) == steady


def test_a_long_silence_saves_up_a_burst_and_no_more() -> None:
    assert admitted(BURST_OF_THREE, [NOON] * 3 + [2 * NOON] * 9) == [NOON] * 3 + [2 * NOON] * 3


def test_a_refusal_uses_nothing_up() -> None:
    assert admitted(BURST_OF_THREE, [NOON] * 100 + [NOON + 100]) == [NOON] * 3 + [NOON + 100]


def test_what_is_used_up_is_told_as_a_time() -> None:
    assert admit(BURST_OF_THREE, 0, NOON) == NOON + 100
    assert admit(BURST_OF_THREE, NOON + 100, NOON) == NOON + 200
    assert admit(BURST_OF_THREE, NOON + 200, NOON) == NOON + 300
    assert admit(BURST_OF_THREE, NOON + 201, NOON) is None


@given(
    st.builds(RateLimit, every=st.integers(1, 50), burst=st.integers(1, 5)),
    st.lists(st.integers(0, 400), max_size=60).map(sorted),
)
def test_in_no_stretch_of_time_is_more_than_a_burst_and_one_each_while(allowance: RateLimit, times: list[int]) -> None:
    done = admitted(allowance, times)
    for first in range(len(done)):
        for last in range(first, len(done)):
            assert last - first + 1 <= allowance.burst + (done[last] - done[first]) / allowance.every


@pytest.mark.parametrize(
    ("allowance", "at_once", "an_hour"),
    [
        (rate_limit.SEND, 40, 14_400),
        (rate_limit.RAISE, 20, 600),
        (rate_limit.INVITE, 20, 60),
        (rate_limit.TICKET, 60, 3_600),
    ],
)
def test_the_allowances_of_the_product(allowance: RateLimit, at_once: int, an_hour: int) -> None:
    assert len(admitted(allowance, [NOON] * 1000)) == at_once
    assert 3_600_000 / allowance.every == an_hour


def test_the_wait_is_told_to_the_millisecond_and_is_then_over() -> None:
    due = 0
    for _ in range(BURST_OF_THREE.burst):
        assert rate_limit.wait(BURST_OF_THREE, due, NOON) == 0
        due = admit(BURST_OF_THREE, due, NOON) or 0
    assert rate_limit.wait(BURST_OF_THREE, due, NOON) == 100
    assert rate_limit.wait(BURST_OF_THREE, due, NOON + 99) == 1
    assert rate_limit.wait(BURST_OF_THREE, due, NOON + 100) == 0


@given(st.builds(RateLimit, every=st.integers(0, 9), burst=st.integers(1, 5)), st.integers(0, 99), st.integers(0, 99))
def test_what_is_admitted_is_what_need_not_wait_and_is_spent(allowance: RateLimit, due: int, now: int) -> None:
    counted = now if due > now + allowance.every * allowance.burst else due
    spent = rate_limit.spend(allowance, counted, now)
    assert admit(allowance, due, now) == (None if rate_limit.wait(allowance, due, now) else spent)


def test_a_clock_that_is_set_back_makes_nobody_wait() -> None:
    due = NOON + BURST_OF_THREE.every * BURST_OF_THREE.burst
    assert rate_limit.wait(BURST_OF_THREE, due, NOON) > 0
    assert rate_limit.wait(BURST_OF_THREE, due, NOON - 1) == 0
    assert admit(BURST_OF_THREE, due, NOON - 1) == NOON - 1 + 100


def test_what_is_given_back_allows_one_more_and_saves_nothing_up() -> None:
    due = 0
    for _ in range(BURST_OF_THREE.burst):
        due = admit(BURST_OF_THREE, due, NOON) or 0
    due = rate_limit.give_back(BURST_OF_THREE, due)
    assert rate_limit.wait(BURST_OF_THREE, due, NOON) == 0
    assert rate_limit.wait(BURST_OF_THREE, admit(BURST_OF_THREE, due, NOON) or 0, NOON) == 100
    assert admitted(BURST_OF_THREE, [NOON] * 9) == [NOON] * BURST_OF_THREE.burst
    assert admit(BURST_OF_THREE, rate_limit.give_back(BURST_OF_THREE, 0), NOON) == NOON + 100
