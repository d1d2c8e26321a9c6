"""Notes and hands stand beside a thread: for its school, and the notes for the worker who has it; the raiser knows of
none."""

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, Topic

MOST = 200  # notes, beyond the forty at once and one a second that anybody may write


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


@pytest.fixture
def worker(parties: PartyFactory, topic: Topic) -> Caller:
    return parties.worker(topic.school)


def note(caller: Caller, thread: str, text: str, key: str = "") -> dict[str, object]:
    entry: dict[str, object] = caller.ask(f"POST /api/threads/{thread}/notes", {"key": key or fresh(), "text": text})[
        "entry"
    ]
    return entry


def notes(caller: Caller, thread: str, query: str = "") -> list[str | None]:
    """The texts of notes; None for a line that says whose hands the thread came into."""
    return [it.get("text") for it in caller.ask(f"GET /api/threads/{thread}/notes{query}")["entries"]]


def test_a_note_is_read_by_the_school_and_the_worker_who_has_the_thread(
    parties: PartyFactory, topic: Topic, worker: Caller
) -> None:
    workers_id = parties.offloaded(topic, worker)
    note(topic.school, topic.theirs, "Ask the dean.")
    note(worker, workers_id, "I did.")
    assert notes(topic.school, topic.theirs) == [None, "Ask the dean.", "I did."]
    assert notes(worker, workers_id) == ["Ask the dean.", "I did."]


def test_a_note_is_told_to_the_others_inside_at_once_and_not_to_the_raiser(
    parties: PartyFactory, topic: Topic, worker: Caller
) -> None:
    workers_id = parties.offloaded(topic, worker)
    asking, answering, working = topic.raiser.open(), topic.school.open(), worker.open()
    before = topic.raiser.row(topic.raisers_id)
    note(worker, workers_id, "Ask the dean.")
    (at_school,), (at_worker,) = answering.heard(), working.heard()
    assert (at_school["t"], at_school["id"], at_school["entry"]["author"]) == ("noted", topic.theirs, worker.id)
    assert (at_worker["t"], at_worker["id"], at_worker["entry"]["mine"]) == ("noted", workers_id, True)
    assert asking.heard() == []
    assert topic.raiser.row(topic.raisers_id) == before


def test_a_note_takes_no_place_in_the_log(topic: Topic) -> None:
    note(topic.school, topic.theirs, "Ask the dean.")
    assert topic.school.open().send(topic.theirs, "Soon.", fresh())["entry"]["seq"] == 2


def test_a_worker_sees_no_colleague_in_a_note(parties: PartyFactory, topic: Topic, worker: Caller) -> None:
    first = parties.offloaded(topic, worker)
    note(worker, first, "By one.")
    other = parties.worker(topic.school)
    second = parties.offloaded(topic, other)
    note(topic.school, topic.theirs, "By the school.")
    note(other, second, "By two.")
    shown = other.ask(f"GET /api/threads/{second}/notes")["entries"]
    assert [(it["text"], it["mine"]) for it in shown] == [
        ("By one.", False),
        ("By the school.", False),
        ("By two.", True),
    ]
    assert worker.id not in str(shown)


def test_the_school_reads_through_whose_hands_a_thread_went(
    parties: PartyFactory, topic: Topic, worker: Caller
) -> None:
    other = parties.worker(topic.school)
    parties.offloaded(topic, worker)
    workers_id = parties.offloaded(topic, other)
    other.ask(f"POST /api/threads/{workers_id}/hand-back")
    shown = topic.school.ask(f"GET /api/threads/{topic.theirs}/notes")["entries"]
    assert [(it["as"], it["worker"]) for it in shown] == [
        ("assigned", worker.id),
        ("assigned", other.id),
        ("assigned", None),
    ]


def test_a_note_written_again_under_its_key_is_written_once(topic: Topic) -> None:
    key = fresh()
    first = note(topic.school, topic.theirs, "Ask the dean.", key)
    assert note(topic.school, topic.theirs, "Ask her.", key) == first
    assert notes(topic.school, topic.theirs) == ["Ask the dean."]


def test_notes_are_written_also_after_the_end(topic: Topic) -> None:
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    note(topic.school, topic.theirs, "It was the dean.")
    assert notes(topic.school, topic.theirs) == ["It was the dean."]


def test_notes_are_read_in_pages_that_miss_nothing(parties: PartyFactory, topic: Topic, worker: Caller) -> None:
    workers_id = parties.offloaded(topic, worker)
    for n in range(5):
        note(topic.school, topic.theirs, f"{n}")
    found: list[str] = []
    query = "?most=2"
    while True:
        page = worker.ask(f"GET /api/threads/{workers_id}/notes{query}")
        found += [it["text"] for it in page["entries"]]
        if page["next"] is None:
            break
        query = f"?most=2&after={page['next']}"
    assert found == ["0", "1", "2", "3", "4"]


def test_notes_that_are_written_without_end_are_refused_in_words(topic: Topic) -> None:
    path = f"POST /api/threads/{topic.theirs}/notes"
    codes = list[int]()
    while len(codes) < MOST and 429 not in codes:  # a slow machine is given more of them
        codes.append(topic.school.call(path, {"key": fresh(), "text": "Again."}).status_code)
    assert set(codes) == {200, 429}
