"""A first call makes a party, by the letter's link that its owner accepted; and others are told what it has decided."""

from functools import partial

import pytest

from tests.embedded.kit import Line, Place
from tests.kit.homes import fresh
from uconnect.core.commands import Invite
from uconnect.core.decide import workers
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.refusals import Refused
from uconnect.core.terms import Kind
from uconnect.core.wire import Changed, What
from uconnect.identities.builtin import accounts

WANDA = "wanda@example.org"


def invited(place: Place, school: str) -> str:
    """Wanda's place at a school that invites her."""
    command = Invite(key=fresh(), email=WANDA, name="Wanda")
    place.run(partial(workers.invite, by=school, command=command))
    return place.run(partial(workers.workers, by=school)).workers[-1].id


def says_yes(place: Place, subject: str, invitation: str) -> None:
    """What the issuer's page does behind a letter's link."""
    place.parts.database.write(lambda connection: accounts.accept(connection, subject, invitation))


@pytest.mark.parametrize("accepted", ["honest", "later"])
def test_the_link_that_was_accepted_decides_whose_worker_one_is(place: Place, accepted: str) -> None:
    law, mallory = place.party(Kind.SCHOOL, "law@example.org"), place.party(Kind.SCHOOL, "mallory@example.org")
    invitations = {"honest": invited(place, law), "later": invited(place, mallory)}
    subject = place.account(WANDA)
    assert place.enter(Kind.WORKER, subject) == Refused.INVITED.refusal
    says_yes(place, subject, invitations[accepted])
    assert place.enter(Kind.WORKER, subject) == invitations[accepted]


def test_a_link_that_was_accepted_and_withdrawn_since_makes_nobody_a_worker(place: Place) -> None:
    law = place.party(Kind.SCHOOL, "law@example.org")
    invitation, subject = invited(place, law), place.account(WANDA)
    says_yes(place, subject, invitation)
    place.run(partial(workers.remove, by=law, worker_id=invitation))
    assert place.enter(Kind.WORKER, subject) == Refused.NOT_INVITED.refusal
    again = invited(place, law)
    assert place.enter(Kind.WORKER, subject) == Refused.INVITED.refusal, "that one was not accepted"
    says_yes(place, subject, again)
    assert place.enter(Kind.WORKER, subject) == again


def test_a_link_that_a_worker_of_another_school_accepted_does_nothing_later(place: Place) -> None:
    law, arts = place.party(Kind.SCHOOL, "law@example.org"), place.party(Kind.SCHOOL, "arts@example.org")
    subject, first = place.account(WANDA), invited(place, law)
    says_yes(place, subject, first)
    assert place.enter(Kind.WORKER, subject) == first
    second = invited(place, arts)
    says_yes(place, subject, second)
    assert place.enter(Kind.WORKER, subject) == first, "who works for one school works for no other"
    place.run(partial(workers.remove, by=law, worker_id=first))
    assert place.enter(Kind.WORKER, subject) == Refused.INVITED.refusal, "weeks later, they are asked"
    says_yes(place, subject, second)
    assert place.enter(Kind.WORKER, subject) == second


def test_a_school_is_told_at_once_that_its_worker_has_joined(place: Place) -> None:
    law, subject = place.party(Kind.SCHOOL, "law@example.org"), place.account(WANDA)
    says_yes(place, subject, invited(place, law))
    line = Line()
    place.parts.desk.sockets.add(law, line)
    place.enter(Kind.WORKER, subject)
    assert line.frames == [{"t": "changed", "what": "workers"}]


def test_what_was_decided_first_is_told_before_what_follows_is_decided(place: Place) -> None:
    def second(at: Moment) -> Decision[None]:
        yield ()
        assert line.frames == [{"t": "changed", "what": "me"}]
        return Refused.TOO_FAST.refusal

    def first(at: Moment) -> Decision[None]:
        yield ()
        return Plan(None, deliveries=(Delivery(ada, Changed(what=What.ME)),), then=second)

    ada, line = place.party(Kind.USER, "ada@example.org"), Line()
    place.parts.desk.sockets.add(ada, line)
    assert place.wait(place.parts.desk.run(first)) == Refused.TOO_FAST.refusal
