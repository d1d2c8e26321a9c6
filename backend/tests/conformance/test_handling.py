"""Whose hands a thread is in: the school sees it, the worker is given an alias, and the raiser learns nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.caller import Caller, fresh
from tests.conformance.cast import Cast, Topic
from uconnect.core.terms import Kind


@pytest.fixture
def topic(cast: Cast) -> Topic:
    return cast.thread()


def take_back(topic: Topic) -> None:
    topic.school.ask(f"POST /api/threads/{topic.theirs}/take-back")


def alias(worker: Caller, desk: str) -> str:
    return str(worker.row(desk)["alias"])


# --- rule 6: the raiser


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_nothing_the_raiser_can_ask_or_hear_changes_with_the_hands_a_thread_is_in(kind: Kind, cast: Cast) -> None:
    topic = cast.thread(cast.enter(kind))
    one, two = cast.worker(topic.school), cast.worker(topic.school)
    line = topic.raiser.open()

    def shown() -> list[Any]:
        thread = topic.raiser.ask(f"GET /api/threads/{topic.mine}")
        return [thread, topic.raiser.log(topic.mine), topic.raiser.threads("raised"), topic.raiser.me]

    before = shown()
    cast.offloaded(topic, one)
    assert shown() == before
    desk = cast.offloaded(topic, two)
    assert shown() == before
    two.ask(f"POST /api/threads/{desk}/hand-back")
    cast.offloaded(topic, one)
    take_back(topic)
    cast.offloaded(topic, one)
    topic.school.ask(f"DELETE /api/workers/{one.id}")
    assert shown() == before
    assert line.heard() == []


def test_an_answer_of_a_worker_and_one_of_the_school_hold_the_same_facts(cast: Cast, topic: Topic) -> None:
    worker = cast.worker(topic.school)
    desk = cast.offloaded(topic, worker)
    asking = topic.raiser.open()
    worker.open().send(desk, "Here.", fresh())
    topic.school.open().send(topic.theirs, "Here.", fresh())
    by_worker, by_school = asking.heard()
    for frame in (by_worker, by_school):
        for named in (frame["entry"], frame["row"]):
            del named["seq"], named["at"]
        del frame["row"]["rev"], frame["row"]["theirs"]
    assert by_worker == by_school


# --- rule 7: the worker


def test_nothing_a_worker_is_shown_names_who_asks(cast: Cast) -> None:
    for kind in (Kind.USER, Kind.SCHOOL):
        topic = cast.thread(cast.enter(kind))
        worker = cast.worker(topic.school)
        line = worker.open()
        desk = cast.offloaded(topic, worker)
        topic.raiser.open().send(topic.mine, "And?", fresh())
        shown = json.dumps(
            [worker.ask(f"GET /api/threads/{desk}"), worker.log(desk), worker.threads("handled"), line.heard()]
        )
        for secret in (topic.raiser.id, topic.raiser.party.email, topic.raiser.me["name"], topic.mine, topic.theirs):
            assert secret not in shown
        assert kind.value not in {str(value) for value in worker.row(desk).values()}


def test_a_thread_that_comes_back_to_a_worker_comes_under_its_id_and_alias(cast: Cast, topic: Topic) -> None:
    worker = cast.worker(topic.school)
    desk = cast.offloaded(topic, worker)
    called = alias(worker, desk)
    take_back(topic)
    assert cast.offloaded(topic, worker) == desk
    assert alias(worker, desk) == called


def test_two_threads_of_one_raiser_have_nothing_in_common_for_their_worker(cast: Cast, topic: Topic) -> None:
    worker, other = cast.worker(topic.school), cast.thread(topic.raiser, topic.school)
    one, two = cast.offloaded(topic, worker), cast.offloaded(other, worker)
    assert one != two
    assert alias(worker, one) != alias(worker, two)


def test_two_workers_know_one_thread_by_ids_and_aliases_of_their_own(cast: Cast, topic: Topic) -> None:
    one, two = cast.worker(topic.school), cast.worker(topic.school)
    first = cast.offloaded(topic, one)
    called = alias(one, first)
    second = cast.offloaded(topic, two)
    assert second != first
    assert alias(two, second) != called


def test_a_worker_sees_which_side_wrote_and_what_it_wrote_itself_and_no_colleagues_hand(
    cast: Cast, topic: Topic
) -> None:
    one, two = cast.worker(topic.school), cast.worker(topic.school)
    desk = cast.offloaded(topic, one)
    one.open().send(desk, "By one.", fresh())
    topic.school.open().send(topic.theirs, "By the school.", fresh())
    desk = cast.offloaded(topic, two)
    two.open().send(desk, "By two.", fresh())
    told = [(entry["side"], entry["mine"]) for entry in two.log(desk)]
    assert told == [("raiser", False), ("school", False), ("school", False), ("school", True)]


# --- rule 2: the school


def test_the_school_sees_whose_hands_a_thread_is_in_and_who_wrote_what(cast: Cast, topic: Topic) -> None:
    worker = cast.worker(topic.school)
    assert topic.school.row(topic.theirs)["worker"] is None
    desk = cast.offloaded(topic, worker)
    assert topic.school.row(topic.theirs)["worker"] == worker.id
    worker.open().send(desk, "Here.", fresh())
    topic.school.open().send(topic.theirs, "And here.", fresh())
    authors = [entry["author"] for entry in topic.school.log(topic.theirs)]
    assert authors == [topic.raiser.id, worker.id, topic.school.id]


def test_a_thread_given_from_one_worker_to_another_leaves_the_first(cast: Cast, topic: Topic) -> None:
    one, two = cast.worker(topic.school), cast.worker(topic.school)
    desk = cast.offloaded(topic, one)
    line = one.open()
    other = cast.offloaded(topic, two)
    assert [frame["t"] for frame in line.heard()] == ["gone"]
    assert one.refused(f"GET /api/threads/{desk}") == "not_found"
    assert two.row(other)["state"] == "open"


def test_an_offload_said_again_tells_nobody_anything(cast: Cast, topic: Topic) -> None:
    worker = cast.worker(topic.school)
    desk = cast.offloaded(topic, worker)
    listening = [topic.raiser.open(), topic.school.open(), worker.open()]
    assert cast.offloaded(topic, worker) == desk
    assert [line.heard() for line in listening] == [[], [], []]


def by_school(topic: Topic, worker: Caller, desk: str) -> None:
    take_back(topic)


def by_worker(topic: Topic, worker: Caller, desk: str) -> None:
    worker.ask(f"POST /api/threads/{desk}/hand-back")


def by_removal(topic: Topic, worker: Caller, desk: str) -> None:
    topic.school.ask(f"DELETE /api/workers/{worker.id}")


def by_deletion(topic: Topic, worker: Caller, desk: str) -> None:
    topic.raiser.ask(f"POST /api/threads/{topic.mine}/terminate")
    topic.raiser.ask(f"DELETE /api/threads/{topic.mine}")


@pytest.mark.parametrize("leave", [by_school, by_worker])
@pytest.mark.parametrize("ended", [False, True], ids=["open", "ended"])
def test_a_worker_that_a_thread_has_left_hears_nothing_more_of_it_and_says_nothing_in_it(
    leave: Callable[[Topic, Caller, str], None], ended: bool, cast: Cast, topic: Topic
) -> None:
    worker = cast.worker(topic.school)
    desk = cast.offloaded(topic, worker)
    line, asking = worker.open(), topic.raiser.open()
    if ended:
        topic.raiser.ask(f"POST /api/threads/{topic.mine}/terminate")
    leave(topic, worker, desk)
    assert line.heard()[-1]["t"] == "gone"
    if not ended:
        asking.send(topic.mine, "Are you there?", fresh())
    take_back(topic)  # said again, it is answered as the first time
    assert worker.refused(f"POST /api/threads/{desk}/hand-back") == "not_found"
    assert line.heard() == []
    assert line.send(desk, "Yes.", fresh())["code"] == "not_found"
    assert worker.refused(f"GET /api/threads/{desk}/log") == "not_found"
    assert worker.threads("handled") == []
    assert topic.school.row(topic.theirs)["worker"] is None


@pytest.mark.parametrize("leave", [by_school, by_worker, by_removal, by_deletion])
def test_a_key_used_before_answers_nothing_to_a_worker_that_the_thread_has_left(
    leave: Callable[[Topic, Caller, str], None], cast: Cast, topic: Topic
) -> None:
    worker, key = cast.worker(topic.school), fresh()
    desk = cast.offloaded(topic, worker)
    line = worker.open()
    assert line.send(desk, "Yes.", key)["t"] == "ack"
    leave(topic, worker, desk)
    line.hear_until(t="bye" if leave is by_removal else "gone")
    if leave is not by_removal:
        assert line.send(desk, "Yes.", key)["code"] == "not_found"


def test_a_terminated_thread_is_offloaded_to_nobody_new(cast: Cast, topic: Topic) -> None:
    worker = cast.worker(topic.school)
    topic.raiser.ask(f"POST /api/threads/{topic.mine}/terminate")
    body = {"worker": worker.id}
    assert topic.school.refused(f"POST /api/threads/{topic.theirs}/offload", body) == "thread_terminated"


def test_taking_back_what_the_school_has_itself_is_done_already(topic: Topic) -> None:
    line = topic.school.open()
    take_back(topic)
    assert line.heard() == []
