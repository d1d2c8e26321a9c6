"""Who signs out everywhere is signed out on the other browser too: its socket closes, and it gets no other."""

import pytest

from tests.api.caller import Caller
from tests.api.home import Party
from tests.api.party_factory import PartyFactory, address
from tests.support.polling import poll
from uconnect.domain.enums import Kind

ROTATE = {"t": "bye", "code": "rotate"}


def as_caller(parties: PartyFactory, party: Party) -> Caller:
    return Caller(parties.home, party, parties.http, parties.sockets)


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_signing_out_everywhere_reaches_the_sockets_of_other_browsers(parties: PartyFactory, kind: Kind) -> None:
    here = as_caller(parties, parties.home.party_by_pages(kind, address(), "Ann"))
    there = as_caller(parties, parties.home.another_browser(here.party))
    assert there.me == here.me
    sockets = [here.open(), there.open()]
    assert here.ask("POST /api/sign-out") == {}
    assert [it.last_words()[-1] for it in sockets] == [ROTATE, ROTATE]
    refused = [it.call("POST /api/tickets") for it in (here, there)]
    assert [(it.status_code, it.json()) for it in refused] == [(401, {"message": "Unauthorized"})] * 2


def test_signing_in_again_opens_a_socket(parties: PartyFactory) -> None:
    here = as_caller(parties, parties.home.party_by_pages(Kind.USER, address(), "Ann"))
    here.ask("POST /api/sign-out")
    poll(lambda: here.call("POST /api/tickets").status_code, lambda status: status == 401, what="it is signed out")
    again = as_caller(parties, parties.home.another_browser(here.party))
    assert again.open().exchange({"t": "ping"}) == {"t": "pong"}


def test_nobody_else_is_signed_out(parties: PartyFactory) -> None:
    school, user = parties.school(), parties.user()
    line = school.open()
    user.ask("POST /api/sign-out")
    assert line.heard() == []
    assert school.ticket()
