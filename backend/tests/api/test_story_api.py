"""The whole story, told from its beginning to its end, on three screens at once."""

import pytest

from tests.api.caller import Caller, code, fresh
from tests.api.party_factory import PartyFactory, Topic, address, invite, raising
from tests.api.socket_client import Frame, SocketClient
from uconnect.domain.enums import Kind
from uconnect.domain.rules import FIVE


def kinds(frames: list[Frame]) -> list[str]:
    return [frame["t"] for frame in frames]


def chat(topic: Topic, asking: SocketClient, answering: SocketClient, workers_id: str) -> None:
    """A question and an answer, by the worker who knows the thread as `workers_id`."""
    asked = asking.send(topic.raisers_id, "Which page is it?", fresh())
    (heard,) = answering.heard()
    assert (heard["t"], heard["id"], heard["entry"]["text"]) == ("event", workers_id, "Which page is it?")
    answered = answering.send(workers_id, "The second.", fresh())
    (heard,) = asking.heard()
    assert (heard["t"], heard["id"], heard["entry"]["text"]) == ("event", topic.raisers_id, "The second.")
    assert answered["entry"]["seq"] == heard["entry"]["seq"] == asked["entry"]["seq"] + 1


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_a_thread_is_raised_answered_offloaded_returned_ended_and_deleted(kind: Kind, parties: PartyFactory) -> None:
    raiser, school = parties.enter(kind), parties.school()
    worker = parties.worker(school)
    asking, answering, working = raiser.open(), school.open(), worker.open()

    topic = parties.thread(raiser, school, subject="The lost page", text="Where has it gone?")
    assert kinds(asking.heard()) == ["meter", "event"]
    assert kinds(answering.heard()) == ["event"]
    chat(topic, asking, answering, topic.theirs)

    workers_id = parties.offloaded(topic, worker)
    assert kinds(working.heard()) == ["row"]
    assert kinds(answering.heard()) == ["row", "noted"]
    assert [it["text"] for it in worker.log(workers_id)] == ["Where has it gone?", "Which page is it?", "The second."]
    assert worker.row(workers_id)["alias"] not in (raiser.me["name"], school.me["name"])
    chat(topic, asking, working, workers_id)
    assert kinds(answering.heard()) == ["event", "event"], "the school goes on seeing it"

    worker.ask(f"POST /api/threads/{workers_id}/hand-back")
    assert kinds(working.heard()) == ["gone"]
    assert kinds(answering.heard()) == ["row", "noted"]
    assert parties.offloaded(topic, worker) == workers_id
    assert kinds(working.heard()) == ["row"]
    assert kinds(answering.heard()) == ["row", "noted"]
    school.ask(f"POST /api/threads/{topic.theirs}/take-back")
    assert kinds(working.heard()) == ["gone"]
    assert kinds(answering.heard()) == ["row", "noted"]
    assert asking.heard() == [], "of whose hands it was in, the raiser hears nothing"
    chat(topic, asking, answering, topic.theirs)

    raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    assert kinds(asking.heard()) == ["meter", "event"]
    assert kinds(answering.heard()) == ["event"]
    assert answering.send(topic.theirs, "One more thing.", fresh())["code"] == "thread_terminated"
    assert school.log(topic.theirs)[-1]["as"] == "ended"

    raiser.ask(f"DELETE /api/threads/{topic.raisers_id}")
    assert kinds(asking.heard()) == kinds(answering.heard()) == ["gone"]
    assert working.heard() == [], "it was not this worker's any more"
    assert raiser.threads("raised") == school.threads("received") == worker.threads("handled") == []


def test_the_sixth_thread_is_refused_in_words_until_one_has_ended(parties: PartyFactory) -> None:
    raiser, school = parties.user(), parties.school()
    topics = [parties.thread(raiser, school) for _ in range(FIVE)]
    assert (raiser.me["open"], raiser.me["most"]) == (FIVE, FIVE)
    answer = raiser.call("POST /api/threads", raising(school.id))
    assert code(answer) == "five_threads"
    assert answer.json()["sentence"] == (
        "You have five open threads. End one that is settled, then you can open another."
    )
    raiser.ask(f"POST /api/threads/{topics[0].raisers_id}/terminate")
    parties.thread(raiser, school)
    assert raiser.refused("POST /api/threads", raising(school.id)) == "five_threads"


def test_the_sixth_worker_is_refused_in_words_until_one_was_removed(parties: PartyFactory) -> None:
    school = parties.school()
    for _ in range(FIVE):
        parties.invited(school)
    body = {"key": fresh(), "email": address(), "name": "Willa"}
    answer = school.call("POST /api/workers", body)
    assert code(answer) == "five_workers"
    assert answer.json()["sentence"] == "You have five workers. Remove one, then you can invite another."
    first, *_ = school.ask("GET /api/workers")["workers"]
    school.ask(f"DELETE /api/workers/{first['id']}")
    invite(school, body["email"])
    assert len(school.ask("GET /api/workers")["workers"]) == FIVE


@pytest.mark.parametrize("kind", Kind)
def test_who_comes_by_the_pages_and_letters_is_a_party_like_any_other(kind: Kind, parties: PartyFactory) -> None:
    school = parties.school()
    email = parties.invited(school) if kind is Kind.WORKER else address()
    party = parties.home.party_by_pages(kind, email, "Wanda")
    came = Caller(parties.home, party, parties.http, parties.sockets)
    assert (came.me["kind"], came.me["name"], came.me["email"]) == (kind.value, "Wanda", email)
    assert came.open().heard() == []
    assert len(parties.home.mail(email)) == parties.home.letters[kind]
