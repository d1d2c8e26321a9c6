"""Reads have a pace: generous for people, too slow for whoever samples our clock."""

from uconnect.application.read_rate_limit import SUBJECTS, ReadRateLimiter
from uconnect.domain import rate_limit


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_site_that_starts_and_a_person_who_scrolls_are_never_refused() -> None:
    clock = Clock()
    reads = ReadRateLimiter(clock)
    assert all(reads.admits("ann") for _ in range(rate_limit.READ.burst))
    for _ in range(1_000):
        clock.now += rate_limit.READ.every / 1000
        assert reads.admits("ann")


def test_whoever_samples_gets_a_tenth_of_ten_thousand_answers_a_minute() -> None:
    clock = Clock()
    reads, admitted = ReadRateLimiter(clock), 0
    for _ in range(10_000):
        clock.now += 60 / 10_000
        admitted += reads.admits("ann")
    assert admitted <= 60_000 / rate_limit.READ.every + rate_limit.READ.burst


def test_the_pace_of_one_is_no_others() -> None:
    reads = ReadRateLimiter(Clock())
    while reads.admits("ann"):
        pass
    assert reads.admits("bob")
    assert not reads.admits("ann")


def test_only_so_many_are_remembered_and_those_who_read_last_are() -> None:
    reads = ReadRateLimiter(Clock())
    while reads.admits("ann"):
        pass
    for number in range(SUBJECTS - 1):
        reads.admits(f"{number}")
    assert not reads.admits("ann")
    reads.admits("one more")
    assert len(reads._dues) == SUBJECTS
