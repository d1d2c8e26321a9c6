"""Several schools may invite one person: what the person accepts decides, and what was a mistake can be undone."""

import httpx
import pytest

from tests.api.caller import ABSENT, Caller, fresh
from tests.api.party_factory import PartyFactory, address, invite
from uconnect.domain.enums import Kind


@pytest.fixture
def honest(parties: PartyFactory) -> Caller:
    return parties.school()


@pytest.fixture
def later(parties: PartyFactory) -> Caller:
    return parties.school()


def invitation_of(school: Caller, email: str) -> str:
    """The place of an address at a school that has invited it."""
    return next(str(it["id"]) for it in school.ask("GET /api/workers")["workers"] if it["email"] == email)


def invited(*schools: Caller) -> tuple[str, list[str]]:
    """An address that each of the schools has invited, in this order, and its places there."""
    email = address()
    for school in schools:
        invite(school, email)
    return email, [invitation_of(school, email) for school in schools]


def pending_invitations(person: Caller) -> list[tuple[str, str]]:
    return [(it["id"], it["school"]) for it in person.ask("GET /api/invitations")["invitations"]]


def listed(school: Caller) -> list[tuple[str, bool]]:
    return [(it["id"], it["joined"]) for it in school.ask("GET /api/workers")["workers"]]


def shown(parties: PartyFactory, id: str) -> httpx.Response:
    """What anybody is told who opens the link to a place."""
    return parties.http.get(f"/api/invitations/{id}")


def test_the_accepted_invitation_counts_whichever_was_written_last(
    parties: PartyFactory, honest: Caller, later: Caller
) -> None:
    email, (first, second) = invited(honest, later)
    person = parties.before_sign_in(Kind.WORKER, email)
    person.ask(f"POST /api/invitations/{first}")
    assert person.me["card"]["name"] == honest.me["name"]
    assert (listed(honest), listed(later)) == ([(first, True)], [(second, False)])


def test_nobody_becomes_a_worker_without_having_read_whose(
    parties: PartyFactory, honest: Caller, later: Caller
) -> None:
    email, (first,) = invited(honest)
    person = parties.before_sign_in(Kind.WORKER, email)
    for route in ("GET /api/me", "POST /api/tickets", "GET /api/threads?shelf=handled"):
        assert person.refused(route) == "invited"
    assert pending_invitations(person) == [(first, honest.me["name"])]
    invite(later, email)
    assert pending_invitations(person) == [(first, honest.me["name"]), (invitation_of(later, email), later.me["name"])]
    assert (listed(honest), listed(later)) == ([(first, False)], [(invitation_of(later, email), False)])


def test_an_answer_that_was_lost_may_be_given_again(parties: PartyFactory, honest: Caller, later: Caller) -> None:
    email, (first, second) = invited(honest, later)
    person = parties.before_sign_in(Kind.WORKER, email)
    for _ in range(2):
        person.ask(f"POST /api/invitations/{first}")
    assert person.refused(f"POST /api/invitations/{second}") == "not_found"
    assert pending_invitations(person) == []


@pytest.mark.parametrize("guest", [True, False])
def test_what_cannot_be_accepted_is_one_answer_to_the_byte(parties: PartyFactory, honest: Caller, guest: bool) -> None:
    lapsed = invitation_of(honest, parties.invited(honest))
    honest.ask(f"DELETE /api/workers/{lapsed}")
    accepted, foreign = parties.worker(honest).id, invitation_of(honest, parties.invited(honest))
    person = parties.before_sign_in(Kind.WORKER, invited(honest)[0] if guest else address())
    answers = [person.call(f"POST /api/invitations/{id}") for id in (lapsed, accepted, foreign, ABSENT, honest.id)]
    assert {(it.status_code, it.content) for it in answers} == {(404, answers[0].content)}
    assert person.refused("GET /api/me") == ("invited" if guest else "not_invited")


def test_who_has_a_link_reads_who_invites_before_they_sign_in(parties: PartyFactory, honest: Caller) -> None:
    email, (id,) = invited(honest)
    assert shown(parties, id).json() == {"id": id, "school": honest.me["name"]}
    parties.enter(Kind.WORKER, email)
    nothing = [shown(parties, each) for each in (id, ABSENT, honest.id, "short", "A" * 5_000)]
    assert {(it.status_code, it.content) for it in nothing} == {(404, nothing[0].content)}
    assert nothing[0].json()["code"] == "not_found"


def test_a_school_cannot_ask_by_a_link_whether_an_address_has_an_account(parties: PartyFactory, honest: Caller) -> None:
    somebody, nobody = parties.user().party.email, address()
    for email in (somebody, nobody):
        invite(honest, email)
    told = [shown(parties, invitation_of(honest, email)) for email in (somebody, nobody)]
    assert [it.status_code for it in told] == [200, 200]
    assert [set(it.json()) for it in told] == [{"id", "school"}] * 2
    assert [*told[0].headers] == [*told[1].headers]


def test_a_school_sees_at_once_that_its_invitation_was_accepted(parties: PartyFactory, honest: Caller) -> None:
    email, (id,) = invited(honest)
    line = honest.open()
    parties.before_sign_in(Kind.WORKER, email).ask(f"POST /api/invitations/{id}")
    assert line.hear_until(t="changed")[-1] == {"t": "changed", "what": "workers"}
    assert listed(honest) == [(id, True)]


def test_a_school_sees_at_once_that_who_accepted_on_the_providers_page_has_joined(
    parties: PartyFactory, honest: Caller
) -> None:
    """On the server the person accepts there, and it is their first call that makes the worker."""
    email, (id,) = invited(honest)
    line = honest.open()
    party = parties.home.party_by_pages(Kind.WORKER, email, "Wanda")
    assert Caller(parties.home, party, parties.http, parties.sockets).me["kind"] == "worker"
    assert line.hear_until(t="changed")[-1] == {"t": "changed", "what": "workers"}
    assert listed(honest) == [(id, True)]


# --- leaving


def leave_school(worker: Caller) -> None:
    worker.ask("DELETE /api/me")


def test_who_joined_by_mistake_leaves_and_joins_the_school_that_was_meant(
    parties: PartyFactory, honest: Caller, later: Caller
) -> None:
    email, (meant, mistake) = invited(honest, later)
    person = parties.before_sign_in(Kind.WORKER, email)
    person.ask(f"POST /api/invitations/{mistake}")
    assert person.me["may_leave"] is True
    topic = parties.thread(school=later)
    parties.offloaded(topic, person)
    schools, own = later.open(), person.open()
    leave_school(person)
    assert own.last_words()[-1] == {"t": "bye", "code": "ended"}
    assert schools.hear_until(t="changed")[-1]["what"] == "workers"
    assert listed(later) == []
    assert person.refused("GET /api/me") == "invited"
    assert pending_invitations(person) == [(meant, honest.me["name"])]
    person.ask(f"POST /api/invitations/{meant}")
    assert person.me["card"]["name"] == honest.me["name"]


def test_the_threads_of_who_left_return_to_the_school(parties: PartyFactory, honest: Caller) -> None:
    worker = parties.worker(honest)
    topic = parties.thread(school=honest)
    parties.offloaded(topic, worker)
    line = honest.open()
    leave_school(worker)
    returned = line.hear_until(t="row")[-1]["row"]
    assert returned["worker"] is None
    assert returned == honest.row(topic.theirs)


def test_from_its_first_answer_on_a_worker_cannot_leave_and_is_told_so(parties: PartyFactory, honest: Caller) -> None:
    worker = parties.worker(honest)
    topic = parties.thread(school=honest)
    workers_id = parties.offloaded(topic, worker)
    raisers, line = topic.raiser.open(), worker.open()
    key = fresh()
    line.say({"t": "send", "key": key, "id": workers_id, "text": "Here."})
    assert [it["t"] for it in line.hear_until(key=key)] == ["changed", "ack"]
    assert worker.me["may_leave"] is False
    before = worker.call("GET /api/threads/" + ABSENT)
    refused = worker.call("DELETE /api/me")
    assert (refused.status_code, refused.content) == (before.status_code, before.content)
    assert raisers.hear_until(t="event")[-1]["entry"]["text"] == "Here."
    assert listed(honest) == [(worker.id, True)]


def test_leaving_takes_a_password_that_was_typed_a_moment_ago(parties: PartyFactory, honest: Caller) -> None:
    worker = parties.worker(honest)
    earlier = parties.before_sign_in(Kind.WORKER, worker.party.email, ago=3600)
    assert earlier.refused("DELETE /api/me") == "sign_in_again"
    assert listed(honest) == [(worker.id, True)]


def test_the_address_of_who_left_is_free(parties: PartyFactory, honest: Caller) -> None:
    worker = parties.worker(honest)
    leave_school(worker)
    assert parties.enter(Kind.USER, worker.party.email).me["kind"] == "user"
