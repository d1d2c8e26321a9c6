"""A budget lets a burst through at once and its rate for ever, and says since when somebody wants more."""

import pytest

from uconnect.entrypoints.server.budget import Budget, Budgets, rate
from uconnect.entrypoints.server.connections import SILENCE, Connections

TEN = rate(per_second=10, burst=5)


def test_a_burst_passes_at_once_and_what_follows_waits() -> None:
    budget = Budget(TEN)
    assert [budget.spend(1, now=100.0) for _ in range(5)] == [0.0] * 5
    assert round(budget.spend(1, now=100.0), 6) == 0.1
    assert round(budget.spend(10, now=100.0), 6) == 1.1


def test_the_rate_passes_for_ever() -> None:
    budget = Budget(TEN)
    assert all(budget.spend(1, now=second / 10) == 0 for second in range(1_000))


def test_what_was_spent_is_paid_back_and_no_more_than_a_burst_is_saved() -> None:
    budget = Budget(TEN)
    budget.spend(5, now=0.0)
    assert budget.spend(5, now=1_000.0) == 0
    assert budget.spend(5, now=1_000.0) > 0


def test_who_wants_more_than_the_rate_is_over_it_until_half_a_burst_is_free() -> None:
    budgets = Budgets(TEN, rate(per_second=1_000, burst=1_000))
    assert budgets.spend(5, 10, now=0.0) == 0
    assert budgets.seconds_over(0.0) == 0
    for second in range(1, 5):
        assert budgets.spend(15, 10, now=float(second)) > 0
    assert budgets.seconds_over(5.0) == 4.0
    budgets.spend(1, 1, now=100.0)
    assert budgets.seconds_over(100.0) == 0


def test_each_of_several_budgets_holds() -> None:
    budgets = Budgets(TEN, rate(per_second=100, burst=100))
    assert budgets.spend(1, 200, now=0.0) == 1.0


def test_connections_are_counted_in_all_and_by_address_and_a_proxy_has_no_limit_of_its_own() -> None:
    connections = Connections(["10.0.0.4"], most=4, most_per_address=2)
    assert [connections.admit("198.18.0.1") for _ in range(3)] == [True, True, False]
    connections.release("198.18.0.1")
    assert connections.admit("10.0.0.4")
    assert connections.admit("10.0.0.4")
    assert not connections.admit("10.0.0.4"), "the fifth in all"
    connections.release("10.0.0.4")
    connections.release("198.18.0.1")
    assert connections.admit("198.18.0.2")


def test_an_address_has_a_budget_of_requests_and_no_more_are_remembered_than_may_be() -> None:
    connections = Connections(now=lambda: 0.0)
    for _ in range(3_999):
        assert connections.request("198.18.0.1") == 0
    assert max(connections.request("198.18.0.1") for _ in range(2)) > 0
    for number in range(20_000):
        assert connections.request(f"2001:db8:0:{number:x}::1") == 0
    assert len(connections._budgets) <= 10_000


def test_the_addresses_of_one_ipv6_customer_share_their_connections_and_requests() -> None:
    connections = Connections(most_per_address=2, now=lambda: 0.0)
    assert [connections.admit(f"2001:db8::{number}") for number in range(3)] == [True, True, False]
    assert connections.admit("2001:db8:0:1::1"), "another customer"
    for number in range(3):
        connections.release(f"2001:db8::{number}")
    assert connections.admit("2001:db8::3")
    for number in range(3_999):
        assert connections.request(f"2001:db8::{number:x}") == 0
    assert max(connections.request(f"2001:db8::ffff:{number}") for number in range(2)) > 0


@pytest.mark.parametrize("patience", [0.0, 5.0])
def test_what_an_address_is_refused_is_not_counted_so_others_there_are_served_when_an_abuser_stops(
    patience: float,
) -> None:
    clock = [0.0]
    connections = Connections(now=lambda: clock[0])
    admitted = 0
    for tick in range(60_000):  # 2,000 requests a second for half a minute
        clock[0] = tick / 2_000
        admitted += connections.request("198.18.0.1", patience) <= patience
    assert admitted <= 4_000 + (30 + patience) * 400
    clock[0] += patience + 0.5
    assert [connections.request("198.18.0.1", patience) for _ in range(100)] == [0.0] * 100


def test_all_of_a_lecture_hall_come_in_after_a_restart() -> None:
    """2,000 people behind one address send 12 requests each, and repeat what is refused each second."""
    clock, left = [0.0], 2_000 * 12
    connections = Connections(now=lambda: clock[0])
    while left and clock[0] < 100:
        left -= sum(connections.request("198.18.0.1") == 0 for _ in range(min(left, 2_000)))
        clock[0] += 1.0
    assert left == 0


def test_refusals_are_printed_once_a_minute_and_name_nobody(caplog: pytest.LogCaptureFixture) -> None:
    clock = [0.0]
    connections = Connections(now=lambda: clock[0])
    for second in range(int(SILENCE) + 1):
        clock[0] = float(second)
        connections.refused("too long")
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "requests refused: too long (1 since the last such line)",
        "requests refused: too long (60 since the last such line)",
    ]
