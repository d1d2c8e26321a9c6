"""Whose hands a thread is in: the school sees it, the worker is given an alias, and the raiser learns nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, Topic
from uconnect.domain.enums import Kind


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def take_back(topic: Topic) -> None:
    topic.school.ask(f"POST /api/threads/{topic.theirs}/take-back")


def alias(worker: Caller, workers_id: str) -> str:
    return str(worker.row(workers_id)["alias"])


# --- rule 6: the raiser


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_nothing_the_raiser_can_ask_or_hear_changes_with_the_hands_a_thread_is_in(
    kind: Kind, parties: PartyFactory
) -> None:
    topic = parties.thread(parties.enter(kind))
    one, two = parties.worker(topic.school), parties.worker(topic.school)
    line = topic.raiser.open()

    def shown() -> list[Any]:
        thread = topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}")
        return [thread, topic.raiser.log(topic.raisers_id), topic.raiser.threads("raised"), topic.raiser.me]

    before = shown()
    parties.offloaded(topic, one)
    assert shown() == before
    workers_id = parties.offloaded(topic, two)
    assert shown() == before
    two.ask(f"POST /api/threads/{workers_id}/hand-back")
    parties.offloaded(topic, one)
    take_back(topic)
    parties.offloaded(topic, one)
    topic.school.ask(f"DELETE /api/workers/{one.id}")
    assert shown() == before
    assert line.heard() == []


def test_an_answer_of_a_worker_and_one_of_the_school_hold_the_same_facts(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking = topic.raiser.open()
    worker.open().send(workers_id, "Here.", fresh())
    topic.school.open().send(topic.theirs, "Here.", fresh())
    by_worker, by_school = asking.heard()
    for frame in (by_worker, by_school):
        for named in (frame["entry"], frame["row"]):
            del named["seq"], named["at"]
        del frame["row"]["rev"], frame["row"]["theirs"]
    assert by_worker == by_school


# --- rule 7: the worker


def test_nothing_a_worker_is_shown_names_who_asks(parties: PartyFactory) -> None:
    for kind in (Kind.USER, Kind.SCHOOL):
        topic = parties.thread(parties.enter(kind))
        worker = parties.worker(topic.school)
        line = worker.open()
        workers_id = parties.offloaded(topic, worker)
        topic.raiser.open().send(topic.raisers_id, "And?", fresh())
        shown = json.dumps(
            [
                worker.ask(f"GET /api/threads/{workers_id}"),
                worker.log(workers_id),
                worker.threads("handled"),
                line.heard(),
            ]
        )
        for secret in (
            topic.raiser.id,
            topic.raiser.party.email,
            topic.raiser.me["name"],
            topic.raisers_id,
            topic.theirs,
        ):
            assert secret not in shown
        assert kind.value not in {str(value) for value in worker.row(workers_id).values()}


def test_a_thread_that_comes_back_to_a_worker_comes_under_its_id_and_alias(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    called = alias(worker, workers_id)
    take_back(topic)
    assert parties.offloaded(topic, worker) == workers_id
    assert alias(worker, workers_id) == called


def test_two_threads_of_one_raiser_have_nothing_in_common_for_their_worker(parties: PartyFactory, topic: Topic) -> None:
    worker, other = parties.worker(topic.school), parties.thread(topic.raiser, topic.school)
    one, two = parties.offloaded(topic, worker), parties.offloaded(other, worker)
    assert one != two
    assert alias(worker, one) != alias(worker, two)


def test_two_workers_know_one_thread_by_ids_and_aliases_of_their_own(parties: PartyFactory, topic: Topic) -> None:
    one, two = parties.worker(topic.school), parties.worker(topic.school)
    first = parties.offloaded(topic, one)
    called = alias(one, first)
    second = parties.offloaded(topic, two)
    assert second != first
    assert alias(two, second) != called


def test_a_worker_sees_which_side_wrote_and_what_it_wrote_itself_and_no_colleagues_hand(
    parties: PartyFactory, topic: Topic
) -> None:
    one, two = parties.worker(topic.school), parties.worker(topic.school)
    workers_id = parties.offloaded(topic, one)
    one.open().send(workers_id, "By one.", fresh())
    topic.school.open().send(topic.theirs, "By the school.", fresh())
    workers_id = parties.offloaded(topic, two)
    two.open().send(workers_id, "By two.", fresh())
    told = [(entry["side"], entry["mine"]) for entry in two.log(workers_id)]
    assert told == [("raiser", False), ("school", False), ("school", False), ("school", True)]


# --- rule 2: the school


def test_the_school_sees_whose_hands_a_thread_is_in_and_who_wrote_what(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    assert topic.school.row(topic.theirs)["worker"] is None
    workers_id = parties.offloaded(topic, worker)
    assert topic.school.row(topic.theirs)["worker"] == worker.id
    worker.open().send(workers_id, "Here.", fresh())
    topic.school.open().send(topic.theirs, "And here.", fresh())
    authors = [entry["author"] for entry in topic.school.log(topic.theirs)]
    assert authors == [topic.raiser.id, worker.id, topic.school.id]


def test_a_thread_given_from_one_worker_to_another_leaves_the_first(parties: PartyFactory, topic: Topic) -> None:
    one, two = parties.worker(topic.school), parties.worker(topic.school)
    workers_id = parties.offloaded(topic, one)
    line = one.open()
    other = parties.offloaded(topic, two)
    assert [frame["t"] for frame in line.heard()] == ["gone"]
    assert one.refused(f"GET /api/threads/{workers_id}") == "not_found"
    assert two.row(other)["state"] == "open"


def test_an_offload_said_again_tells_nobody_anything(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    listening = [topic.raiser.open(), topic.school.open(), worker.open()]
    assert parties.offloaded(topic, worker) == workers_id
    assert [line.heard() for line in listening] == [[], [], []]


def by_school(topic: Topic, worker: Caller, workers_id: str) -> None:
    take_back(topic)


def by_worker(topic: Topic, worker: Caller, workers_id: str) -> None:
    worker.ask(f"POST /api/threads/{workers_id}/hand-back")


def by_removal(topic: Topic, worker: Caller, workers_id: str) -> None:
    topic.school.ask(f"DELETE /api/workers/{worker.id}")


def by_deletion(topic: Topic, worker: Caller, workers_id: str) -> None:
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    topic.raiser.ask(f"DELETE /api/threads/{topic.raisers_id}")


def test_the_school_reads_why_a_thread_was_handed_back_and_whoever_asked_hears_nothing(
    parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking, answering = topic.raiser.open(), topic.school.open()
    worker.ask(f"POST /api/threads/{workers_id}/hand-back", {"reason": " It tells me who asks. "})
    assert asking.heard() == []
    noted = [frame["entry"] for frame in answering.heard() if frame["t"] == "noted"]
    assert {entry.get("text") for entry in noted} == {"It tells me who asks.", None}
    shown = topic.school.ask(f"GET /api/threads/{topic.theirs}/notes")["entries"]
    assert [entry.get("text") for entry in shown] == [None, "It tells me who asks.", None]
    assert topic.raiser.refused(f"GET /api/threads/{topic.raisers_id}/notes") == "not_found"


@pytest.mark.parametrize("leave", [by_school, by_worker])
@pytest.mark.parametrize("ended", [False, True], ids=["open", "ended"])
def test_a_worker_that_a_thread_has_left_hears_nothing_more_of_it_and_says_nothing_in_it(
    leave: Callable[[Topic, Caller, str], None], ended: bool, parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    line, asking = worker.open(), topic.raiser.open()
    if ended:
        topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    leave(topic, worker, workers_id)
    assert line.heard()[-1]["t"] == "gone"
    if not ended:
        asking.send(topic.raisers_id, "Are you there?", fresh())
    take_back(topic)  # said again, it is answered as the first time
    assert worker.refused(f"POST /api/threads/{workers_id}/hand-back") == "not_found"
    assert line.heard() == []
    assert line.send(workers_id, "Yes.", fresh())["code"] == "not_found"
    assert worker.refused(f"GET /api/threads/{workers_id}/log") == "not_found"
    assert worker.threads("handled") == []
    assert topic.school.row(topic.theirs)["worker"] is None


@pytest.mark.parametrize("leave", [by_school, by_worker, by_removal, by_deletion])
def test_a_key_used_before_answers_nothing_to_a_worker_that_the_thread_has_left(
    leave: Callable[[Topic, Caller, str], None], parties: PartyFactory, topic: Topic
) -> None:
    worker, key = parties.worker(topic.school), fresh()
    workers_id = parties.offloaded(topic, worker)
    line = worker.open()
    assert line.send(workers_id, "Yes.", key)["t"] == "ack"
    leave(topic, worker, workers_id)
    line.hear_until(t="bye" if leave is by_removal else "gone")
    if leave is not by_removal:
        assert line.send(workers_id, "Yes.", key)["code"] == "not_found"


def test_a_terminated_thread_is_offloaded_to_nobody_new(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    body = {"worker": worker.id}
    assert topic.school.refused(f"POST /api/threads/{topic.theirs}/offload", body) == "thread_terminated"


def test_taking_back_what_the_school_has_itself_is_done_already(topic: Topic) -> None:
    line = topic.school.open()
    take_back(topic)
    assert line.heard() == []
