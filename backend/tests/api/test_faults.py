"""The faults of the system this one follows, each shown not to be ours."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, address
from tests.support.polling import poll
from uconnect.domain.enums import Kind

BUSY = 503


def test_a_raiser_is_sent_no_handler_and_no_address_of_who_wrote(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    asking = topic.raiser.open()
    workers_id = parties.offloaded(topic, worker)
    worker.open().send(workers_id, "Here.", fresh())
    sent = json.dumps(
        [
            asking.heard(),
            topic.raiser.log(topic.raisers_id),
            topic.raiser.threads("raised"),
            topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}"),
            topic.raiser.me,
        ]
    )
    for secret in (
        worker.id,
        worker.party.email,
        worker.me["name"],
        topic.school.party.email,
        workers_id,
        topic.theirs,
    ):
        assert secret not in sent


def test_a_worker_is_sent_no_owner_and_not_of_what_kind_it_is(parties: PartyFactory) -> None:
    topics = {kind: parties.thread(parties.enter(kind)) for kind in (Kind.USER, Kind.SCHOOL)}
    shapes = []
    for topic in topics.values():
        worker = parties.worker(topic.school)
        working = worker.open()
        workers_id = parties.offloaded(topic, worker)
        topic.raiser.open().send(topic.raisers_id, "And?", fresh())
        sent = [
            working.heard(),
            worker.log(workers_id),
            worker.threads("handled"),
            worker.ask(f"GET /api/threads/{workers_id}"),
        ]
        for secret in (
            topic.raiser.id,
            topic.raiser.party.email,
            topic.raiser.me["name"],
            topic.raisers_id,
            topic.theirs,
        ):
            assert secret not in json.dumps(sent)
        shapes.append([frame["t"] for frame in working.heard()] + sorted(worker.row(workers_id)))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("who", ["the school it was raised to", "another school", "a stranger", "its worker"])
def test_nobody_but_its_raiser_ends_a_thread_or_gains_a_place_by_it(who: str, parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    caller, id = {
        "the school it was raised to": (topic.school, topic.theirs),
        "another school": (parties.school(), topic.raisers_id),
        "a stranger": (parties.user(), topic.raisers_id),
        "its worker": (worker, workers_id),
    }[who]
    assert caller.refused(f"POST /api/threads/{id}/terminate") == "not_found"
    assert topic.raiser.row(topic.raisers_id)["state"] == "open"
    assert topic.raiser.me["open"] == 1


@pytest.mark.parametrize("kind", Kind)
def test_nobody_reads_the_messages_of_a_thread_of_others(kind: Kind, parties: PartyFactory) -> None:
    topic = parties.thread()
    stranger = parties.worker(topic.school) if kind is Kind.WORKER else parties.enter(kind)
    for id in (topic.raisers_id, topic.theirs):
        assert stranger.refused(f"GET /api/threads/{id}/log") == "not_found"


def test_no_school_removes_or_invites_a_worker_of_another(parties: PartyFactory) -> None:
    school, other = parties.school(), parties.school()
    worker = parties.worker(school)
    assert other.refused(f"DELETE /api/workers/{worker.id}") == "not_found"
    body = {"key": fresh(), "email": address(), "name": "Wanda"}
    assert other.refused("POST /api/workers", body | {"school": school.id}) == "malformed"
    assert [it["id"] for it in school.ask("GET /api/workers")["workers"]] == [worker.id]
    assert worker.me["kind"] == "worker"


@pytest.mark.parametrize("claim", [{"owner": "me"}, {"author": "me"}, {"at": 1}, {"timestamp": 1}, {"side": "school"}])
def test_who_wrote_and_when_is_never_the_clients_to_say(claim: dict[str, object], parties: PartyFactory) -> None:
    topic = parties.thread()
    line = topic.raiser.open()
    refused = line.exchange({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "It was you."} | claim)
    assert refused["code"] == "malformed"
    assert [entry["side"] for entry in topic.school.log(topic.theirs)] == ["raiser"]


def test_no_message_overwrites_another_that_was_sent_at_the_same_time(parties: PartyFactory) -> None:
    topic = parties.thread()
    lines = [(topic.raiser.open(), topic.raisers_id), (topic.school.open(), topic.theirs)]
    said = [(line, id, f"{n}") for n in range(15) for line, id in lines]
    with ThreadPoolExecutor(2) as threads:
        list(
            threads.map(lambda it: it[0].say({"t": "send", "key": fresh(), "id": it[1], "text": it[2]}), said),
        )
    for line, _ in lines:
        for _ in range(15):
            line.hear_until(t="ack")
    texts = [entry["text"] for entry in topic.raiser.log(topic.raisers_id)[1:]]
    assert sorted(texts) == sorted(text for *_, text in said)


def test_what_was_said_while_a_socket_was_lost_is_there_when_it_is_back(parties: PartyFactory) -> None:
    topic = parties.thread()
    line = topic.raiser.open()
    parties.home.cut(line.connection)
    topic.school.open().send(topic.theirs, "Here.", fresh())
    topic.raiser.open()
    assert [entry["text"] for entry in topic.raiser.log(topic.raisers_id, "?after=1")] == ["Here."]


def test_nothing_is_said_in_a_thread_that_has_ended(parties: PartyFactory) -> None:
    topic = parties.thread()
    line = topic.raiser.open()
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    line.heard()
    assert line.send(topic.raisers_id, "One more.", fresh())["code"] == "thread_terminated"


@pytest.mark.parametrize("racing", ["a sixth thread", "a sixth worker"])
def test_no_race_passes_a_limit(racing: str, parties: PartyFactory) -> None:
    school, user = parties.school(), parties.user()
    callers: dict[str, Caller] = {"a sixth thread": user, "a sixth worker": school}

    def attempt(_: int) -> int:
        body = {"key": fresh(), "school": school.id, "subject": "About it", "text": "How?"}
        if racing == "a sixth worker":
            body = {"key": fresh(), "email": address(), "name": "Wanda"}
        path = "/api/threads" if racing == "a sixth thread" else "/api/workers"
        call = partial(callers[racing].call, f"POST {path}", body)
        # Who is disturbed again and again is told that nothing was changed, and to try again.
        return poll(call, lambda it: it.status_code != BUSY, what=f"{racing} is decided").status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(attempt, range(12))) == [200] * 5 + [409] * 7


def test_a_screen_that_is_open_is_told_and_need_not_ask(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    line = school.open()
    topic = parties.thread(user, school)
    (event,) = line.heard()
    assert event["row"] == school.row(topic.theirs)
    assert event["row"]["theirs"] == 1, "what is unread can be told from it"


def test_a_worker_with_threads_is_removed_and_they_return(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    parties.offloaded(topic, worker)
    line = topic.school.open()
    topic.school.ask(f"DELETE /api/workers/{worker.id}")
    assert line.hear_until(t="row")[-1]["row"]["worker"] is None


def test_an_invitation_that_is_sent_again_is_sent(parties: PartyFactory) -> None:
    school = parties.school()
    email = parties.invited(school)
    assert len(parties.home.mail(email, least=1)) == 1
    (invited,) = school.ask("GET /api/workers")["workers"]
    school.ask(f"POST /api/workers/{invited['id']}/resend")
    assert len(parties.home.mail(email, least=2)) == 2
