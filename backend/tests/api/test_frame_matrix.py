"""Every frame that names a thread, from every kind of caller, at a thread that stands to it in every way."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from msgspec.structs import fields

from tests.api.caller import ABSENT, fresh
from tests.api.home import Home
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.scenario import THREADS, Scenario
from tests.api.socket_client import SocketClient
from tests.support.evidence import Evidence
from uconnect.domain import protocol
from uconnect.domain.enums import Kind

# What a frame holds beside the thread's id, and what it is answered at the threads that the caller may read: add a
# frame here with what it does.
OPEN, OVER = ("raised", "received", "handled"), ("ended", "over")
HOLDS: dict[str, dict[str, Any]] = {
    "send": {"text": "Let me in."},
    "typing": {},
    "seen": {"seq": 1, "theirs": 1},
    "composing": {"open": True},
}
ANSWERS = {
    "send": {**dict.fromkeys(OPEN, "ack"), **dict.fromkeys(OVER, "thread_terminated")},
    "typing": {},
    "seen": {},
    "composing": {},
}


def naming_a_thread() -> set[str]:
    frames = get_args(protocol.ClientFrame)
    return {str(it.__struct_config__.tag) for it in frames if any(field.name == "id" for field in fields(it))}


def test_every_frame_that_names_a_thread_is_in_the_matrix() -> None:
    assert naming_a_thread() == HOLDS.keys() == ANSWERS.keys()


@pytest.fixture(scope="module")
def scene(home: Home) -> Iterator[Scenario]:
    with party_factory(home) as parties:
        yield Scenario(parties)


@pytest.fixture(scope="module")
def others(scene: Scenario) -> list[SocketClient]:
    """Sockets of those who must hear nothing of it; all that there is to name is made before they listen."""
    for kind, standings in THREADS.items():
        for standing in standings:
            scene.id("thread", kind, standing)
    return [it.open() for it in (scene.stranger, scene.law, scene.user, scene.school)]


def frame_for(tag: str, id: str, key: str) -> dict[str, Any]:
    return {"t": tag, "id": id, **HOLDS[tag]} | ({"key": key} if tag == "send" else {})


@pytest.mark.parametrize("kind", Kind)
def test_what_is_said_where_one_has_no_place_is_said_to_nobody(
    kind: Kind, scene: Scenario, others: list[SocketClient], evidence: Evidence
) -> None:
    """It is answered as at an id that was never given out, which is a refusal of a send and nothing to a signal."""
    ids = [scene.id("thread", kind, it) for it in THREADS[kind] if it not in (*OPEN, *OVER)]
    line, key = scene.caller(kind).open(), fresh()
    for id in ids:
        for tag in HOLDS:
            line.say(frame_for(tag, id, key))
    (refusal,) = {json.dumps(frame) for frame in line.heard()}
    assert line.exchange(frame_for("send", ABSENT, key)) == json.loads(refusal)
    assert json.loads(refusal)["code"] == "not_found"
    assert [it.heard() for it in others] == [[]] * len(others)
    line.close()
    evidence(12, "frames at threads of others", len(ids) * len(HOLDS))


@pytest.mark.parametrize("kind", Kind)
def test_what_is_sent_where_one_has_a_place_is_answered(kind: Kind, parties: PartyFactory) -> None:
    scene, expected = Scenario(parties), ANSWERS["send"]
    ids = {scene.id("thread", kind, it): expected[it] for it in THREADS[kind] if it in expected}
    line = scene.caller(kind).open()
    for id, answer in ids.items():
        found = line.send(id, "Here I am.", fresh())
        assert found.get("code", found["t"]) == answer
