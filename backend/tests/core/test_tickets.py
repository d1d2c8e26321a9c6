"""A ticket opens one socket, once, within half a minute, for a party that still is; what is kept of it opens none."""

from functools import partial

import pytest

from tests.kit.cast import ANN, BOB, SCHOOL, WENDY, Cast
from tests.kit.homes import Interrupted, Time, answer, fresh
from uconnect.core import pace
from uconnect.core.decide import tickets, workers
from uconnect.core.decide.tickets import Admitted
from uconnect.core.facts import Decision, Moment, Plan, UseCase
from uconnect.core.keys import TicketKey
from uconnect.core.model import Pace, Ticket
from uconnect.core.views.pages import TicketShown


def issue(by: str = ANN) -> UseCase[TicketShown]:
    return partial(tickets.issue, by=by)


def redeem(ticket: str) -> UseCase[str | None]:
    """Use a ticket: whose it was."""

    def use_case(at: Moment) -> Decision[str | None]:
        plan = yield from tickets.redeem(at, ticket)
        assert isinstance(plan, Plan)
        whose = plan.answer.party if plan.answer else None
        return Plan(whose, plan.puts, plan.deletes)

    return use_case


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_a_ticket_is_for_whom_it_was_issued_to_once(cast: Cast, by: str) -> None:
    ticket = cast.run(issue(by)).ticket
    assert [cast.run(redeem(ticket)) for _ in range(3)] == [by, None, None]


def test_whether_there_is_a_ticket_can_be_asked_without_using_it(cast: Cast) -> None:
    ticket = cast.run(issue(ANN)).ticket
    asked = [cast.run(partial(tickets.is_kept, ticket=it)) for it in (ticket, ticket, "none of ours")]
    assert asked == [True, True, False]
    cast.run(redeem(ticket))
    assert not cast.run(partial(tickets.is_kept, ticket=ticket))


def test_a_ticket_is_kept_hashed_and_for_thirty_seconds(cast: Cast, time: Time) -> None:
    plan = cast.plan(issue())
    shown = plan.answer
    hashed = tickets.hashed(shown.ticket)
    assert shown == TicketShown(ticket=shown.ticket, seconds=30)
    assert plan.puts == (
        Ticket(hashed=hashed, party=ANN, expires=time.now + 30_000),
        Pace(party=ANN, what="ticket", due=time.now + pace.TICKET.every),
    )
    assert shown.ticket not in repr(plan.puts)
    assert cast.run(redeem(hashed)) is None  # whoever reads the store opens nothing with it


def test_a_ticket_says_in_which_session_it_was_fetched(cast: Cast) -> None:
    ticket = cast.run(partial(tickets.issue, by=ANN, session="at the library")).ticket
    assert cast.run(partial(tickets.redeem, ticket=ticket)) == Admitted(ANN, "at the library")


def test_a_hash_is_of_sha256() -> None:
    assert tickets.hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_ticket_holds_256_random_bits_and_no_two_are_alike(cast: Cast) -> None:
    issued = {cast.run(issue()).ticket for _ in range(20)}
    assert {len(ticket) for ticket in issued} == {44}
    assert len({half for ticket in issued for half in (ticket[:22], ticket[22:])}) == 40


@pytest.mark.parametrize(("after", "by"), [(29_999, ANN), (30_000, None), (10**9, None)])
def test_a_ticket_is_late_after_thirty_seconds(cast: Cast, time: Time, after: int, by: str | None) -> None:
    ticket = cast.run(issue()).ticket
    time.now += after
    assert cast.run(redeem(ticket)) == by
    assert cast.home.one(TicketKey(tickets.hashed(ticket))) is None  # read, it is deleted in time or late


def test_what_was_never_a_ticket_opens_nothing_and_writes_nothing(cast: Cast) -> None:
    for ticket in (fresh(), "", "🦉", cast.run(issue()).ticket[:-1]):
        assert cast.plan(redeem(ticket)) == Plan(None)


def test_a_ticket_of_an_ended_account_opens_nothing(cast: Cast) -> None:
    ticket = cast.run(issue(WENDY)).ticket
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert cast.run(redeem(ticket)) is None
    assert cast.home.one(TicketKey(tickets.hashed(ticket))) is None


def test_a_ticket_redeemed_twice_at_once_opens_one_socket(cast: Cast) -> None:
    ticket = cast.run(issue()).ticket
    twin: list[str | None] = []
    outcome = Interrupted(cast.home, redeem(ticket), lambda: twin.append(cast.run(redeem(ticket)))).run()
    assert [answer(outcome), *twin] == [None, ANN]


def test_sixty_tickets_can_be_issued_at_once_then_one_a_second(cast: Cast, time: Time) -> None:
    for _ in range(60):
        cast.run(issue())
    assert cast.refusal(issue()) == "too_fast"
    cast.run(issue(BOB))  # whose pace is his own
    time.now += pace.TICKET.every
    cast.run(issue())
    assert cast.refusal(issue()) == "too_fast"


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_who_has_opened_a_socket_arrives_while_it_is_a_party(cast: Cast, by: str) -> None:
    assert isinstance(cast.plan(partial(tickets.arrive, by=by)), Plan)


def test_a_worker_removed_between_its_ticket_and_its_socket_does_not_arrive(cast: Cast) -> None:
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert cast.refusal(partial(tickets.arrive, by=WENDY)) == "account_ended"
