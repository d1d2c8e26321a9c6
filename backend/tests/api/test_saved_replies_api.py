"""A school's saved replies: written by it, read by it and its workers, and no trace of them is in a message."""

from typing import Any

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory

CHANGED = {"t": "changed", "what": "saved_replies"}
REPLY = {"folder": "Cards", "title": "A lost card", "text": "Come to {school}, room 4."}


@pytest.fixture
def school(parties: PartyFactory) -> Caller:
    return parties.school()


def save(school: Caller, **told: str) -> None:
    school.ask("POST /api/saved-replies", {"key": fresh(), **REPLY, **told})


def replies(caller: Caller) -> list[Any]:
    return list(caller.ask("GET /api/saved-replies")["replies"])


def test_a_school_and_its_workers_read_the_same_bytes(parties: PartyFactory, school: Caller) -> None:
    worker = parties.worker(school)
    save(school)
    save(school, folder="", title="Opening hours", text="From nine.\nTo four.")
    read = [it.call("GET /api/saved-replies") for it in (school, worker)]
    assert read[0].content == read[1].content
    first, second = read[0].json()["replies"]
    assert first == {"id": first["id"], **REPLY}
    assert second == {"id": second["id"], "folder": "", "title": "Opening hours", "text": "From nine.\nTo four."}
    assert read[0].json()["most"] == 100


def test_a_change_is_told_to_the_school_and_its_workers_and_to_nobody_else(
    parties: PartyFactory, school: Caller
) -> None:
    worker, topic = parties.worker(school), parties.thread(school=school)
    others = parties.worker(parties.school())
    parties.offloaded(topic, worker)
    inside, outside = [school.open(), school.open(), worker.open()], [topic.raiser.open(), others.open()]
    save(school)
    (reply,) = replies(school)
    school.ask(f"PUT /api/saved-replies/{reply['id']}", {"folder": "Keys"})
    school.ask(f"DELETE /api/saved-replies/{reply['id']}")
    assert [it.heard() for it in inside] == [[CHANGED] * 3] * 3
    assert [it.heard() for it in outside] == [[], []]


def test_what_is_left_out_of_a_change_stays(school: Caller) -> None:
    save(school)
    (reply,) = replies(school)
    school.ask(f"PUT /api/saved-replies/{reply['id']}", {"text": "Come to the front desk."})
    school.ask(f"PUT /api/saved-replies/{reply['id']}", {"folder": ""})
    assert replies(school) == [{**reply, "folder": "", "text": "Come to the front desk."}]


def test_what_is_saved_again_under_one_key_is_saved_once(school: Caller) -> None:
    body = {"key": fresh(), **REPLY}
    for _ in range(2):
        assert school.ask("POST /api/saved-replies", body) == {}
    assert len(replies(school)) == 1


def test_a_deleted_reply_is_not_there(school: Caller) -> None:
    save(school)
    (reply,) = replies(school)
    school.ask(f"DELETE /api/saved-replies/{reply['id']}")
    assert replies(school) == []
    assert school.refused(f"DELETE /api/saved-replies/{reply['id']}") == "not_found"
    assert school.refused(f"PUT /api/saved-replies/{reply['id']}", {"title": "Again"}) == "not_found"


def test_a_removed_worker_reads_none(parties: PartyFactory, school: Caller) -> None:
    save(school)
    worker = parties.worker(school)
    assert len(replies(worker)) == 1
    school.ask(f"DELETE /api/workers/{worker.id}")
    assert worker.refused("GET /api/saved-replies") == "not_invited"


def test_a_reply_of_two_thousand_characters_of_any_script_is_taken(school: Caller) -> None:
    for text in ("🦉" * 2_000, "漢" * 2_000):
        save(school, text=text)
    assert [it["text"] for it in replies(school)] == ["🦉" * 2_000, "漢" * 2_000]
    answer = school.call("POST /api/saved-replies", {"key": fresh(), **REPLY, "text": "x" * 2_001})
    assert (answer.status_code, "1 character too long (limit 2,000)" in answer.json()["sentence"]) == (400, True)


def test_a_message_with_the_text_of_a_reply_is_like_any_other_to_everybody(
    parties: PartyFactory, school: Caller
) -> None:
    worker, topic = parties.worker(school), parties.thread(school=school)
    workers_id = parties.offloaded(topic, worker)
    save(school, text="From nine.")
    line = worker.open()
    for text in (replies(worker)[0]["text"], "From ten.."):
        line.send(workers_id, text, fresh())
    varies = {"text", "seq", "at", "key"}
    for caller, id in ((topic.raiser, topic.raisers_id), (school, topic.theirs), (worker, workers_id)):
        inserted, typed = caller.log(id)[-2:]
        assert {name: inserted[name] for name in inserted.keys() - varies} == {
            name: typed[name] for name in typed.keys() - varies
        }
