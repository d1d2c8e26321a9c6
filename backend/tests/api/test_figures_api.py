"""A school's figures are its own: counts by week, of what was raised to it, whoever answered."""

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory
from tests.api.weeks import last_week
from tests.support.polling import poll


def _counts(school: Caller) -> tuple[int, int, int]:
    week = last_week(school)
    return (sum(week["raised"]["days"]), sum(week["replies"]), sum(week["ended"]["hours"])) if week else (0, 0, 0)


def test_a_thread_is_counted_for_the_school_that_received_it_and_for_no_other(parties: PartyFactory) -> None:
    user, school, other = parties.user(), parties.school(), parties.school()
    worker = parties.worker(school)
    topic = parties.thread(user, school)
    workers_id = parties.offloaded(topic, worker)
    worker.ask(f"POST /api/threads/{workers_id}/messages", {"key": fresh(), "text": "In room 4."})
    user.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    poll(lambda: _counts(school) == (1, 1, 1), what="the jobs have counted", pause=0.7)
    week = last_week(school)
    assert week is not None
    assert week["settled"] == week["replies"] == [1, *[0] * 13]
    assert other.ask("GET /api/figures")["weeks"] == []
    cards = school.ask("GET /api/workers")["workers"]
    assert [(it["load"], it["waiting"]) for it in cards] == [(0, 0)]


def test_a_usual_reply_time_is_shown_to_who_may_ask_and_to_no_worker(parties: PartyFactory) -> None:
    user, school, other = parties.user(), parties.school(), parties.school()
    worker = parties.worker(school)
    for asking in (user, other):
        assert asking.ask(f"GET /api/schools/{school.id}")["reply_time"] is None
        listed = asking.ask("GET /api/schools")["schools"]
        assert all("reply_time" in it for it in listed)
    assert "reply_time" not in worker.ask("GET /api/me")["card"]
    for asking in (user, worker):
        assert asking.refused("GET /api/figures") == "not_found"
