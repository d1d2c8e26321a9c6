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


def invited(server: ServerInProcess, school: str) -> str:
    """Wanda's place at a school that invites her."""
    command = Invite(key=fresh(), email=WANDA, name="Wanda")
    server.run(partial(workers.invite, by=school, command=command))
    return server.run(partial(workers.workers, by=school)).workers[-1].id


def says_yes(server: ServerInProcess, subject: str, invitation: str) -> None:
    """What the issuer's page does behind a letter's link."""
    server.container.database.write(lambda connection: accounts.accept(connection, subject, invitation))


@pytest.mark.parametrize("accepted", ["honest", "later"])
def test_the_link_that_was_accepted_decides_whose_worker_one_is(server: ServerInProcess, accepted: str) -> None:
    law, mallory = server.party(Kind.SCHOOL, "law@example.org"), server.party(Kind.SCHOOL, "mallory@example.org")
    invitations = {"honest": invited(server, law), "later": invited(server, mallory)}
    subject = server.account(WANDA)
    assert server.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal
    says_yes(server, subject, invitations[accepted])
    assert server.enter(Kind.WORKER, subject) == invitations[accepted]


def test_a_link_that_was_accepted_and_withdrawn_since_makes_nobody_a_worker(server: ServerInProcess) -> None:
    law = server.party(Kind.SCHOOL, "law@example.org")
    invitation, subject = invited(server, law), server.account(WANDA)
    says_yes(server, subject, invitation)
    server.run(partial(workers.remove, by=law, worker_id=invitation))
    assert server.enter(Kind.WORKER, subject) == RefusalCode.NOT_INVITED.refusal
    again = invited(server, law)
    assert server.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal, "that one was not accepted"
    says_yes(server, subject, again)
    assert server.enter(Kind.WORKER, subject) == again


def test_a_link_that_a_worker_of_another_school_accepted_does_nothing_later(server: ServerInProcess) -> None:
    law, arts = server.party(Kind.SCHOOL, "law@example.org"), server.party(Kind.SCHOOL, "arts@example.org")
    subject, first = server.account(WANDA), invited(server, law)
    says_yes(server, subject, first)
    assert server.enter(Kind.WORKER, subject) == first
    second = invited(server, arts)
    says_yes(server, subject, second)
    assert server.enter(Kind.WORKER, subject) == first, "who works for one school works for no other"
    server.run(partial(workers.remove, by=law, worker_id=first))
    assert server.enter(Kind.WORKER, subject) == RefusalCode.INVITED.refusal, "weeks later, they are asked"
    says_yes(server, subject, second)
    assert server.enter(Kind.WORKER, subject) == second


def test_a_school_is_told_at_once_that_its_worker_has_joined(server: ServerInProcess) -> None:
    law, subject = server.party(Kind.SCHOOL, "law@example.org"), server.account(WANDA)
    says_yes(server, subject, invited(server, law))
    line = SocketClient()
    server.container.service.sockets.add(law, line)
    server.enter(Kind.WORKER, subject)
    assert line.frames == [{"t": "changed", "what": "workers"}]


def test_what_was_decided_first_is_told_before_what_follows_is_decided(server: ServerInProcess) -> None:
    def second(context: Context) -> Plan[None]:
        assert line.frames == [{"t": "changed", "what": "me"}]
        raise Refused(RefusalCode.TOO_FAST)

    def first(context: Context) -> Plan[None]:
        return Plan(None, deliveries=(Delivery(ada, Changed(what=ChangedSubject.ME)),), then=second)

    ada, line = server.party(Kind.USER, "ada@example.org"), SocketClient()
    server.container.service.sockets.add(ada, line)
    assert server.wait(server.container.service.run(first)) == RefusalCode.TOO_FAST.refusal
