"""A first call makes a party, by the letter's link that its owner accepted; and others are told what it has decided."""

from functools import partial

import pytest

from tests.support.stores import fresh
from tests.unit.server.server_in_process import ServerInProcess, SocketClient
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.protocol import Changed, ChangedSubject
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import workers
from uconnect.oidc_provider import accounts

WANDA = "wanda@example.org"


def invited(place: ServerInProcess, school: str) -> str:
    """Wanda's place at a school that invites her."""
    command = Invite(key=fresh(), email=WANDA, name="Wanda")
    place.run(partial(workers.invite, by=school, command=command))
    return place.run(partial(workers.workers, by=school)).workers[-1].id


def says_yes(place: ServerInProcess, subject: str, invitation: str) -> None:
    """What the issuer's page does behind a letter's link."""
    place.parts.database.write(lambda connection: accounts.accept(connection, subject, invitation))


@pytest.mark.parametrize("accepted", ["honest", "later"])
def test_the_link_that_was_accepted_decides_whose_worker_one_is(place: ServerInProcess, accepted: str) -> None:
    law, mallory = place.party(Kind.SCHOOL, "law@example.org"), place.party(Kind.SCHOOL, "mallory@example.org")
    invitations = {"honest": invited(place, law), "later": invited(place, mallory)}
    subject = place.account(WANDA)
    assert place.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal
    says_yes(place, subject, invitations[accepted])
    assert place.enter(Kind.WORKER, subject) == invitations[accepted]


def test_a_link_that_was_accepted_and_withdrawn_since_makes_nobody_a_worker(place: ServerInProcess) -> None:
    law = place.party(Kind.SCHOOL, "law@example.org")
    invitation, subject = invited(place, law), place.account(WANDA)
    says_yes(place, subject, invitation)
    place.run(partial(workers.remove, by=law, worker_id=invitation))
    assert place.enter(Kind.WORKER, subject) == RefusalCode.NOT_INVITED.refusal
    again = invited(place, law)
    assert place.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal, "that one was not accepted"
    says_yes(place, subject, again)
    assert place.enter(Kind.WORKER, subject) == again


def test_a_link_that_a_worker_of_another_school_accepted_does_nothing_later(place: ServerInProcess) -> None:
    law, arts = place.party(Kind.SCHOOL, "law@example.org"), place.party(Kind.SCHOOL, "arts@example.org")
    subject, first = place.account(WANDA), invited(place, law)
    says_yes(place, subject, first)
    assert place.enter(Kind.WORKER, subject) == first
    second = invited(place, arts)
    says_yes(place, subject, second)
    assert place.enter(Kind.WORKER, subject) == first, "who works for one school works for no other"
    place.run(partial(workers.remove, by=law, worker_id=first))
    assert place.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal, "weeks later, they are asked"
    says_yes(place, subject, second)
    assert place.enter(Kind.WORKER, subject) == second


def test_a_school_is_told_at_once_that_its_worker_has_joined(place: ServerInProcess) -> None:
    law, subject = place.party(Kind.SCHOOL, "law@example.org"), place.account(WANDA)
    says_yes(place, subject, invited(place, law))
    line = SocketClient()
    place.parts.service.sockets.add(law, line)
    place.enter(Kind.WORKER, subject)
    assert line.frames == [{"t": "changed", "what": "workers"}]


def test_what_was_decided_first_is_told_before_what_follows_is_decided(place: ServerInProcess) -> None:
    def second(context: Context) -> Plan[None]:
        assert line.frames == [{"t": "changed", "what": "me"}]
        raise Refused(RefusalCode.TOO_FAST)

    def first(context: Context) -> Plan[None]:
        return Plan(None, deliveries=(Delivery(ada, Changed(what=ChangedSubject.ME)),), then=second)

    ada, line = place.party(Kind.USER, "ada@example.org"), SocketClient()
    place.parts.service.sockets.add(ada, line)
    assert place.wait(place.parts.service.run(first)) == RefusalCode.TOO_FAST.refusal
