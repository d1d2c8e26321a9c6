"""Every frame there is, both ways, is in a scenario of this suite; one that is new is missed here."""

from collections.abc import Iterator
from typing import get_args

import pytest

from tests.api.caller import fresh
from tests.api.home import Home
from tests.api.party_factory import party_factory
from tests.api.socket_client import Frame
from uconnect.domain import protocol

# Where what a client may say is tried: add a frame here with its scenarios.
FRAMES = {
    "hello": "test_sockets",
    "send": "test_sending",
    "typing": "test_reading",
    "seen": "test_reading",
    "composing": "test_reading",
    "ping": "test_sockets",
}


def tags(frames: object) -> list[str]:
    return [str(each.__struct_config__.tag) for each in get_args(frames)]


@pytest.fixture(scope="module")
def heard(home: Home) -> Iterator[list[Frame]]:
    """All that three parties hear on a full day."""
    with party_factory(home) as parties:
        user, school = parties.user(), parties.school()
        worker = parties.worker(school)
        phone, laptop, answering, working = lines = [it.open() for it in (user, user, school, worker)]
        topic = parties.thread(user, school)
        workers_id = parties.offloaded(topic, worker)
        phone.say({"t": "hello", "protocol": protocol.PROTOCOL})
        for text in ("And?", ""):
            phone.say({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": text})
        working.say({"t": "typing", "id": workers_id})
        working.say({"t": "composing", "id": workers_id, "open": True})
        working.say({"t": "seen", "id": workers_id, "seq": 1, "theirs": 1})
        for line in lines:
            line.say({"t": "ping"})
        morning = [line.hear_until(t="pong") for line in lines]
        school.ask(f"POST /api/threads/{topic.theirs}/notes", {"key": fresh(), "text": "Ask the dean."})
        school.ask(f"POST /api/threads/{topic.theirs}/hide-words", {"words": ["Uma"]})
        school.ask(f"PUT /api/threads/{topic.theirs}/snooze", {"until": 0})
        for party, name in ((worker, "Willa"), (user, "Uma"), (school, "Computing")):
            party.ask("PUT /api/me", {"name": name})
        user.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
        user.ask(f"DELETE /api/threads/{topic.raisers_id}")
        school.ask(f"DELETE /api/workers/{worker.id}")
        evening = [*(line.heard() for line in (phone, laptop, answering)), working.last_words()]
        yield [frame for frames in (*morning, *evening) for frame in frames]


@pytest.mark.parametrize("tag", tags(protocol.ServerFrame))
def test_every_frame_of_the_server_is_heard_in_the_course_of_a_day(tag: str, heard: list[Frame]) -> None:
    assert tag in {frame["t"] for frame in heard}


def test_every_frame_of_a_client_has_its_scenarios() -> None:
    assert sorted(FRAMES) == sorted(tags(protocol.ClientFrame))
