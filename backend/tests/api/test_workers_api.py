"""A school's workers: invited, and removed, by their school and by no one else."""

from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, address, invite
from uconnect.domain.enums import Kind


@pytest.fixture
def school(parties: PartyFactory) -> Caller:
    return parties.school()


def workers(school: Caller) -> list[Any]:
    return list(school.ask("GET /api/workers")["workers"])


def test_a_worker_is_listed_as_invited_until_it_comes(parties: PartyFactory, school: Caller) -> None:
    email = parties.invited(school)
    (invited,) = workers(school)
    assert (invited["name"], invited["email"], invited["joined"], invited["load"]) == ("Wanda", email, False, 0)
    worker = parties.enter(Kind.WORKER, email)
    assert workers(school) == [invited | {"joined": True}]
    assert worker.id == invited["id"]


def test_a_worker_is_listed_with_the_open_threads_it_handles(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    topics = [parties.thread(school=school) for _ in range(3)]
    for topic in topics:
        parties.offloaded(topic, worker)
    topics[0].raiser.ask(f"POST /api/threads/{topics[0].raisers_id}/terminate")
    school.ask(f"POST /api/threads/{topics[1].theirs}/take-back")
    assert [it["load"] for it in workers(school)] == [1]


def test_workers_are_listed_in_the_order_they_were_invited(parties: PartyFactory, school: Caller) -> None:
    emails = [parties.invited(school) for _ in range(4)]
    assert [it["email"] for it in workers(school)] == emails


@pytest.mark.parametrize("again", ["the same key", "the same address", "the address in capitals"])
def test_who_is_invited_twice_is_invited_once(again: str, school: Caller) -> None:
    body = {"key": fresh(), "email": address(), "name": "Wanda"}
    school.ask("POST /api/workers", body)
    change = {
        "the same key": {"email": address()},
        "the same address": {"key": fresh()},
        "the address in capitals": {"key": fresh(), "email": body["email"].upper()},
    }
    school.ask("POST /api/workers", body | change[again])
    assert [it["email"] for it in workers(school)] == [body["email"]]


@pytest.mark.parametrize(
    "email", ["wanda@localhost", "wanda@x.invalid", "wanda@xn--zzzzzz-zz.de", "wan\u200bda@x.example"]
)
def test_an_address_that_no_letter_can_reach_is_refused_at_once(email: str, school: Caller) -> None:
    body = {"key": fresh(), "email": email, "name": "Wanda"}
    assert school.refused("POST /api/workers", body) == "unreachable_address"
    assert workers(school) == []


def test_an_invitation_to_an_address_with_an_account_is_answered_as_any_other(
    parties: PartyFactory, school: Caller
) -> None:
    somebody = parties.user()
    body = {"key": fresh(), "name": "Wanda"}
    known = school.call("POST /api/workers", body | {"email": somebody.party.email})
    unknown = school.call("POST /api/workers", body | {"email": address(), "key": fresh()})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [it["joined"] for it in workers(school)] == [False, False]


def test_a_letter_of_invitation_names_the_school_and_whoever_has_an_account_is_told_in_a_letter(
    parties: PartyFactory, school: Caller
) -> None:
    somebody, nobody = parties.user().party.email, address()
    for email in (somebody, nobody):
        invite(school, email)
    (known,), (unknown,) = parties.home.mail(somebody, least=1), parties.home.mail(nobody, least=1)
    assert school.me["name"] in known
    assert school.me["name"] in unknown
    assert "already has a uconnect account" in known
    assert "http" in unknown
    assert school.party.email not in known + unknown


def test_a_removed_worker_is_out_at_once_and_told_why(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    line = worker.open()
    school.ask(f"DELETE /api/workers/{worker.id}")
    assert line.last_words() == [{"t": "bye", "code": "ended"}]
    assert worker.refused("GET /api/me") == "not_invited"
    with pytest.raises(ConnectionClosed):
        line.say({"t": "ping"})
    assert workers(school) == []


def test_a_ticket_of_a_worker_removed_meanwhile_opens_nothing(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    ticket = worker.ticket()
    school.ask(f"DELETE /api/workers/{worker.id}")
    assert worker.denied(f"?ticket={ticket}") == 403


def test_a_removed_workers_threads_return_to_the_school_with_all_that_was_said(
    parties: PartyFactory, school: Caller
) -> None:
    worker = parties.worker(school)
    topics = [parties.thread(school=school) for _ in range(3)]
    desks = [parties.offloaded(topic, worker) for topic in topics]
    worker.open().send(desks[0], "Here.", fresh())
    line = school.open()
    school.ask(f"DELETE /api/workers/{worker.id}")
    returned = [line.hear_until(t="row")[-1]["row"] for _ in topics]
    assert {row["id"] for row in returned} == {topic.theirs for topic in topics}
    assert {row["worker"] for row in returned} == {None}
    assert [entry["text"] for entry in school.log(topics[0].theirs)][-1] == "Here."


def test_a_removal_said_again_is_answered_as_the_first_time(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    for _ in range(2):
        school.ask(f"DELETE /api/workers/{worker.id}")


def test_who_is_removed_and_invited_again_is_a_new_party(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    topic = parties.thread(school=school)
    workers_id = parties.offloaded(topic, worker)
    alias = worker.row(workers_id)["alias"]
    school.ask(f"DELETE /api/workers/{worker.id}")
    invite(school, worker.party.email)
    anew = parties.enter(Kind.WORKER, worker.party.email)
    assert anew.id != worker.id
    assert anew.threads("handled") == []
    again = parties.offloaded(topic, anew)
    assert again != workers_id
    assert anew.row(again)["alias"] != alias


def test_an_invitation_taken_back_lets_nobody_in(parties: PartyFactory, school: Caller) -> None:
    email = parties.invited(school)
    (invited,) = workers(school)
    school.ask(f"DELETE /api/workers/{invited['id']}")
    assert parties.before_sign_in(Kind.WORKER, email).refused("GET /api/me") == "not_invited"
