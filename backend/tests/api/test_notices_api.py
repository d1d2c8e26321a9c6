"""Whether a party gets e-mails about messages is its own to say; the page behind the link in one is for everybody."""

import pytest

from tests.api.caller import Caller
from tests.api.party_factory import PartyFactory

LINKS = ("somebody.secret", "x", f"{'A' * 22}.{'B' * 22}")


@pytest.fixture
def each(parties: PartyFactory) -> tuple[Caller, ...]:
    school = parties.school()
    return school, parties.worker(school), parties.user()


def test_each_party_switches_its_own(each: tuple[Caller, ...]) -> None:
    for party in each:
        assert party.ask("GET /api/notices") == {"by_email": True}
    first, *others = each
    first.ask("PUT /api/notices", {"by_email": False})
    assert first.ask("GET /api/notices") == {"by_email": False}
    assert [it.ask("GET /api/notices") for it in others] == [{"by_email": True}] * 2
    first.ask("PUT /api/notices", {"by_email": True})
    assert first.ask("GET /api/notices") == {"by_email": True}


@pytest.mark.parametrize(
    "body", [{}, {"by_email": None}, {"by_email": "no"}, {"by_email": True, "party": "x"}], ids=str
)
def test_a_setting_that_cannot_be_is_refused(parties: PartyFactory, body: object) -> None:
    user = parties.user()
    assert user.refused("PUT /api/notices", body) == "malformed"
    assert user.ask("GET /api/notices") == {"by_email": True}


def test_the_page_behind_a_link_needs_no_sign_in_and_tells_nobody_whether_there_is_such_a_link(
    parties: PartyFactory,
) -> None:
    for method, title in (("GET", "Stop e-mails about new messages?"), ("POST", "E-mails are off")):
        answers = [parties.http.request(method, f"/api/notices/{link}") for link in LINKS]
        assert {it.status_code for it in answers} == {200}
        assert {it.headers["content-type"] for it in answers} == {"text/html; charset=utf-8"}
        assert len({it.content for it in answers}) == 1
        assert f"<h1>{title}</h1>" in answers[0].text
