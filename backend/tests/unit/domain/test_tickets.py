"""A ticket opens one socket, once, within half a minute, for a party that still is; what is kept of it opens none."""

from functools import partial

import pytest

from tests.support.sample_university import ANN, BOB, SCHOOL, WENDY, SampleUniversity
from tests.support.stores import Interrupted, Time, answer, fresh
from uconnect.domain import rate_limit
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.keys import TicketKey
from uconnect.domain.models import RateLimitState, Ticket
from uconnect.domain.usecases import tickets, workers
from uconnect.domain.usecases.tickets import TicketHolder
from uconnect.domain.views.pages import TicketShown


def issue(by: str = ANN) -> UseCase[TicketShown]:
    return partial(tickets.issue, by=by)


def redeem(ticket: str) -> UseCase[str | None]:
    """Use a ticket: whose it was."""

    def use_case(context: Context) -> Plan[str | None]:
        plan = tickets.redeem(context, ticket)
        assert isinstance(plan, Plan)
        whose = plan.answer.party if plan.answer else None
        return Plan(whose, plan.puts, plan.deletes)

    return use_case


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_a_ticket_is_for_whom_it_was_issued_to_once(university: SampleUniversity, by: str) -> None:
    ticket = university.run(issue(by)).ticket
    assert [university.run(redeem(ticket)) for _ in range(3)] == [by, None, None]


def test_whether_there_is_a_ticket_can_be_asked_without_using_it(university: SampleUniversity) -> None:
    ticket = university.run(issue(ANN)).ticket
    asked = [university.run(partial(tickets.is_kept, ticket=it)) for it in (ticket, ticket, "none of ours")]
    assert asked == [True, True, False]
    university.run(redeem(ticket))
    assert not university.run(partial(tickets.is_kept, ticket=ticket))


def test_a_ticket_is_kept_hashed_and_for_thirty_seconds(university: SampleUniversity, time: Time) -> None:
    plan = university.plan(issue())
    shown = plan.answer
    hashed = tickets.hash_ticket(shown.ticket)
    assert shown == TicketShown(ticket=shown.ticket, seconds=30)
    assert plan.puts == (
        RateLimitState(party=ANN, what="ticket", due=time.now + rate_limit.TICKET.every, at=time.now),
        Ticket(hashed=hashed, party=ANN, expires=time.now + 30_000),
    )
    assert plan.separable, "it is counted before it is kept"
    assert shown.ticket not in repr(plan.puts)
    assert university.run(redeem(hashed)) is None  # whoever reads the store opens nothing with it


def test_a_ticket_says_in_which_session_it_was_fetched(university: SampleUniversity) -> None:
    ticket = university.run(partial(tickets.issue, by=ANN, session="at the library")).ticket
    assert university.run(partial(tickets.redeem, ticket=ticket)) == TicketHolder(ANN, "at the library")


def test_a_hash_is_of_sha256() -> None:
    assert tickets.hash_ticket("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_ticket_holds_256_random_bits_and_no_two_are_alike(university: SampleUniversity) -> None:
    issued = {university.run(issue()).ticket for _ in range(20)}
    assert {len(ticket) for ticket in issued} == {44}
    assert len({half for ticket in issued for half in (ticket[:22], ticket[22:])}) == 40


@pytest.mark.parametrize(("after", "by"), [(29_999, ANN), (30_000, None), (10**9, None)])
def test_a_ticket_is_late_after_thirty_seconds(
    university: SampleUniversity, time: Time, after: int, by: str | None
) -> None:
    ticket = university.run(issue()).ticket
    time.now += after
    assert university.run(redeem(ticket)) == by
    assert university.home.one(TicketKey(tickets.hash_ticket(ticket))) is None  # read, it is deleted in time or late


def test_what_was_never_a_ticket_opens_nothing_and_writes_nothing(university: SampleUniversity) -> None:
    for ticket in (fresh(), "", "🦉", university.run(issue()).ticket[:-1]):
        assert university.plan(redeem(ticket)) == Plan(None)


def test_a_ticket_of_an_ended_account_opens_nothing(university: SampleUniversity) -> None:
    ticket = university.run(issue(WENDY)).ticket
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert university.run(redeem(ticket)) is None
    assert university.home.one(TicketKey(tickets.hash_ticket(ticket))) is None


def test_a_ticket_redeemed_twice_at_once_opens_one_socket(university: SampleUniversity) -> None:
    ticket = university.run(issue()).ticket
    twin: list[str | None] = []
    outcome = Interrupted(university.home, redeem(ticket), lambda: twin.append(university.run(redeem(ticket)))).run()
    assert [answer(outcome), *twin] == [None, ANN]


def test_sixty_tickets_can_be_issued_at_once_then_one_a_second(university: SampleUniversity, time: Time) -> None:
    for _ in range(60):
        university.run(issue())
    assert university.refusal(issue()) == "too_fast"
    university.run(issue(BOB))  # whose pace is his own
    time.now += rate_limit.TICKET.every
    university.run(issue())
    assert university.refusal(issue()) == "too_fast"
