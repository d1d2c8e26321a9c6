"""Texts that people give are cleaned or refused alike, by whatever operation or frame they come in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import fresh
from tests.api.party_factory import PartyFactory, Topic, address, raising
from tests.api.scenario import SAVED_REPLY
from uconnect.domain.enums import Kind

HIDDEN = "\u202eA\0\x1bb\u200b\ufeff\u00ad\U000e0041\ufdd0e\u0301\u2069"  # what is seen of it is SEEN
SEEN = "Ab\u00e9"
BLANK = ("\u200b\u2060", "\u3164\u2800", "\0\x1b", "\u0301", "\ue000")


def _field(answer: Any) -> str:
    return str(answer)


def _rename(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    user = parties.user()
    return user.call("PUT /api/me", {"name": text}), lambda: _field(user.me["name"])


def _school_name(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    school = parties.school()
    return school.call("PUT /api/face", {"name": text}), lambda: _field(school.me["name"])


def _about(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    school = parties.school()
    return school.call("PUT /api/face", {"about": text}), lambda: _field(school.me["card"]["about"])


def _subject(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    user = parties.user()
    answer = user.call("POST /api/threads", raising(parties.school().id) | {"subject": text})
    return answer, lambda: _field(user.threads("raised")[0]["row"]["subject"])


def _first_message(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    user = parties.user()
    answer = user.call("POST /api/threads", raising(parties.school().id) | {"text": text})
    return answer, lambda: _field(user.threads("raised")[0]["row"]["last"]["text"])


def _note(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    topic = parties.thread()
    route = f"/api/threads/{topic.theirs}/notes"
    answer = topic.school.call(f"POST {route}", {"key": fresh(), "text": text})
    return answer, lambda: _field(topic.school.ask(f"GET {route}")["entries"][-1]["text"])


def _invited(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    school = parties.school()
    answer = school.call("POST /api/workers", {"key": fresh(), "email": address(), "name": text})
    return answer, lambda: _field(school.ask("GET /api/workers")["workers"][0]["name"])


def _folder(parties: PartyFactory, text: str) -> tuple[Any, Callable[[], str]]:
    return _reply(parties, folder=text)


def _reply(parties: PartyFactory, **texts: str) -> tuple[Any, Callable[[], str]]:
    school, (field,) = parties.school(), texts
    answer = school.call("POST /api/saved-replies", {"key": fresh(), **SAVED_REPLY, **texts})
    return answer, lambda: _field(school.ask("GET /api/saved-replies")["replies"][0][field])


WAYS = {
    "a name": _rename,
    "a school's name": _school_name,
    "a description": _about,
    "a subject": _subject,
    "a first message": _first_message,
    "a note": _note,
    "an invited worker's name": _invited,
    "a saved reply": lambda parties, text: _reply(parties, text=text),
    "the title of a saved reply": lambda parties, text: _reply(parties, title=text),
    "the folder of a saved reply": _folder,
}
ways = pytest.mark.parametrize("give", WAYS.values(), ids=WAYS.keys())


@ways
def test_what_cannot_be_seen_is_removed(give: Any, parties: PartyFactory) -> None:
    answer, kept = give(parties, HIDDEN)
    assert answer.status_code == 200
    assert kept().replace("\u200b", "") == SEEN


@pytest.mark.parametrize("text", BLANK, ids=ascii)
@ways
def test_what_is_nothing_to_see_is_refused_in_a_sentence_that_names_the_field(
    give: Any, text: str, parties: PartyFactory
) -> None:
    answer, _ = give(parties, text)
    if give in {_about, _folder}:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
        assert answer.json()["sentence"].startswith("Enter a ")


@ways
def test_how_much_too_long_a_text_is_is_said(give: Any, parties: PartyFactory) -> None:
    answer, _ = give(parties, "x" * 4_003)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "characters too long (limit " in answer.json()["sentence"]


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def test_a_frame_is_cleaned_and_refused_alike(topic: Topic) -> None:
    line = topic.raiser.open()
    assert line.send(topic.raisers_id, HIDDEN, fresh())["entry"]["text"].replace("\u200b", "") == SEEN
    for text in BLANK:
        refused = line.send(topic.raisers_id, text, fresh())
        assert (refused["code"], refused["sentence"][:15]) == ("malformed", "Enter a message")


def test_the_last_message_of_a_row_ends_between_characters(topic: Topic) -> None:
    for text in ("x" * 79 + "🇩🇪", "x" * 79 + "q\u0323\u0302", "x" * 78 + "👩\u200d👩\u200d👧", "x" * 79 + "👍🏽"):
        shown = topic.raiser.open().send(topic.raisers_id, text, fresh())["row"]["last"]["text"]
        assert shown == text[: len(shown)] == "x" * len(shown)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("\u202eEve\0 \u200b", "Eve"), ("x" * 79 + "🇩🇪" + "y" * 900, "x" * 79), (" E\nva\u2028 ", "E va")],
)
def test_a_name_that_the_issuer_tells_is_cleaned_and_cut(name: str, kept: str, parties: PartyFactory) -> None:
    assert parties.enter(Kind.USER, name=name).me["name"] == kept
