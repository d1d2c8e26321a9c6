"""An account ends: at once for its owner, as rule 11 allows for a school, and without a sign for workers."""

import httpx
import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, raising
from tests.support.polling import poll_answer
from uconnect.domain.enums import Kind

RAISERS = [Kind.USER, Kind.SCHOOL]


def close(caller: Caller) -> None:
    caller.ask("DELETE /api/me")


@pytest.mark.parametrize("kind", RAISERS)
def test_who_has_closed_an_account_is_out_at_once_on_every_screen(kind: Kind, parties: PartyFactory) -> None:
    caller = parties.enter(kind)
    phone, laptop, ticket = caller.open(), caller.open(), caller.ticket()
    close(caller)
    assert phone.last_words() == laptop.last_words() == [{"t": "bye", "code": "ended"}]
    assert caller.refused("GET /api/me") == "account_ended"
    assert caller.denied(f"?ticket={ticket}") == 403


@pytest.mark.parametrize("kind", RAISERS)
def test_the_threads_of_a_closed_account_are_gone_for_the_school_at_once(kind: Kind, parties: PartyFactory) -> None:
    raiser, school = parties.enter(kind), parties.school()
    topics = [parties.thread(raiser, school) for _ in range(2)]
    line = school.open()
    close(raiser)
    assert school.threads("received") == []
    assert school.ask("GET /api/threads?shelf=received")["people"] == []
    assert school.refused(f"GET /api/threads/{topics[0].theirs}") == "not_found"
    gone = [line.hear_until(t="gone")[-1]["id"] for _ in topics]
    assert sorted(gone) == sorted(topic.theirs for topic in topics)


def test_a_worker_keeps_a_thread_of_a_closed_account_for_a_while_and_notices_nothing(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    line, school = worker.open(), topic.school.open()
    before = worker.ask(f"GET /api/threads/{workers_id}")
    close(topic.raiser)
    school.hear_until(t="gone")
    assert worker.ask(f"GET /api/threads/{workers_id}") == before
    assert line.heard() == []
    assert line.send(workers_id, "Are you there?", fresh())["t"] == "ack"


def test_a_school_that_is_still_asked_does_not_close_and_is_told_how_many_are_open(parties: PartyFactory) -> None:
    school = parties.school()
    topics = [parties.thread(school=school) for _ in range(2)]
    answer = school.call("DELETE /api/me")
    assert answer.json()["code"] == "still_asked"
    assert "Open now: 2." in answer.json()["sentence"]
    assert school.me["card"]["takes"] is True, "it goes on"
    parties.thread(school=school)
    assert school.row(topics[0].theirs)["state"] == "open"


def test_a_school_closes_once_all_that_was_raised_to_it_has_ended(parties: PartyFactory) -> None:
    school, user = parties.school(), parties.user()
    worker = parties.worker(school)
    topic = parties.thread(user, school)
    user.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    line = worker.open()
    close(school)
    assert line.last_words() == [{"t": "bye", "code": "ended"}]
    assert worker.refused("GET /api/me") == "not_invited"
    assert user.log(topic.raisers_id)[-1]["as"] == "ended", "who asked it still reads what was said"
    assert user.refused("POST /api/threads", raising(school.id)) == "not_found"
    shown = user.ask(f"GET /api/schools/{school.id}")
    assert (shown["takes"], shown["about"]) == (False, "")


@pytest.mark.parametrize("kind", RAISERS)
def test_an_address_is_free_again_and_who_comes_by_it_is_somebody_new(kind: Kind, parties: PartyFactory) -> None:
    before = parties.enter(kind)
    id = before.id
    close(before)
    email, callers = before.party.email, list[Caller]()

    def called() -> httpx.Response:
        callers.append(parties.before_sign_in(kind, email))
        return callers[-1].call("GET /api/me")

    poll_answer(called, 403, what="the login of a closed account is forgotten")
    after = callers[-1]
    assert after.id != id
    assert after.threads("raised") == []


def test_a_worker_that_has_answered_does_not_close_its_account(parties: PartyFactory) -> None:
    school = parties.school()
    worker = parties.worker(school)
    topic = parties.thread(school=school)
    worker.open().send(parties.offloaded(topic, worker), "Here.", fresh())
    assert worker.refused("DELETE /api/me") == "not_found"
    assert worker.me["kind"] == "worker"
