"""Snoozes and the question whether a thread is settled, over HTTP and the sockets of a home."""

from tests.api.party_factory import PartyFactory

FOR_LONG = 0  # until the other side writes


def test_a_snooze_is_told_to_the_devices_of_its_viewer_alone(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    own, others = [topic.school.open(), topic.school.open()], [worker.open(), topic.raiser.open()]
    topic.school.ask(f"PUT /api/threads/{topic.theirs}/snooze", {"until": FOR_LONG})
    topic.school.ask(f"DELETE /api/threads/{topic.theirs}/snooze")
    snoozed = [
        {"t": "snoozed", "id": topic.theirs, "snooze": {"rev": rev, "until": until, "theirs": 1}}
        for rev, until in ((1, FOR_LONG), (2, None))
    ]
    assert [it.heard() for it in own] == [snoozed] * 2
    assert [it.heard() for it in others] == [[], []]
    assert worker.ask(f"GET /api/threads/{workers_id}")["thread"]["snooze"] is None


def test_a_snoozed_thread_is_listed_and_counted_apart_until_its_raiser_writes(parties: PartyFactory) -> None:
    topic = parties.thread()

    def listed() -> tuple[int, int]:
        pages = (topic.school.ask(f"GET /api/threads?shelf=received&show={it}") for it in ("waiting", "snoozed"))
        waiting, snoozed = (len(page["threads"]) for page in pages)
        counts = topic.school.ask("GET /api/overview")
        assert (counts["waiting"], counts["snoozed"]) == (waiting, snoozed)
        return waiting, snoozed

    topic.school.ask(f"PUT /api/threads/{topic.theirs}/snooze", {"until": FOR_LONG})
    assert listed() == (0, 1)
    topic.raiser.open().send(topic.raisers_id, "Still there?", "k" * 16)
    assert listed() == (1, 0)


def test_the_question_and_its_answer_are_messages_that_name_nobody(parties: PartyFactory) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    worker.ask(f"POST /api/threads/{workers_id}/ask-to-end")
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/not-yet")
    *_, question, answer = topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}/log")["entries"]
    assert {**question, "at": 0} == {
        "as": "raiser",
        "seq": 2,
        "at": 0,
        "side": "school",
        "text": "Is this settled?",
        "key": None,
        "kind": "ask_to_end",
    }
    assert (answer["side"], answer["text"], answer["kind"]) == ("raiser", "Not yet", "not_yet")
    assert topic.school.ask(f"GET /api/threads/{topic.theirs}/log")["entries"][1]["author"] == worker.id
