"""A party finds words in its own threads, wherever they stand, and the words are in no address."""

from typing import Any

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, Topic


def search(caller: Caller, shelf: str, words: str, **narrowed: Any) -> Any:
    return caller.ask("POST /api/search", {"shelf": shelf, "words": words, **narrowed})


def texts(found: Any) -> list[str]:
    return [text["text"] for it in found["found"] for text in it["texts"]]


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    topic = parties.thread(text="Wo ist die Prüfungsordnung?")
    topic.school.ask(f"POST /api/threads/{topic.theirs}/messages", {"key": fresh(), "text": "Prüfung: see page 3"})
    topic.school.ask(f"POST /api/threads/{topic.theirs}/notes", {"key": fresh(), "text": "Second prüfung of hers"})
    return topic


def test_each_side_finds_what_it_reads(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    parties.offloaded(topic, worker)
    messages = ["Wo ist die Prüfungsordnung?", "Prüfung: see page 3"]
    assert texts(search(topic.raiser, "raised", "PRUFUNG")) == messages
    for inside, shelf in ((topic.school, "received"), (worker, "handled")):
        assert texts(search(inside, shelf, "PRUFUNG")) == [*messages, "Second prüfung of hers"]


def test_what_is_found_has_its_place_its_row_and_its_owner(topic: Topic) -> None:
    shown = search(topic.school, "received", "page")
    (found,) = shown["found"]
    assert found["thread"] == topic.school.threads("received")[0]
    (text,) = found["texts"]
    assert text == {"seq": 2, "at": text["at"], "side": "school", "text": "Prüfung: see page 3"}
    assert [it["id"] for it in shown["people"]] == [topic.raiser.id]
    assert (shown["next"], shown["until"], found["more"]) == (None, None, False)


def test_a_thread_is_found_by_its_subject_and_the_other_sides_name(parties: PartyFactory) -> None:
    raiser, school = parties.user(), parties.school(name=f"School {fresh()}")
    topic = parties.thread(raiser, school, subject="My 学生証")
    name = raiser.me["name"]
    assert [it["thread"]["row"]["id"] for it in search(school, "received", f"学生 {name}")["found"]] == [topic.theirs]
    names = [{"id": school.id, "name": school.me["name"]}]
    assert len(search(raiser, "raised", f"学生 {school.me['name']}", schools=names)["found"]) == 1


def test_others_find_nothing(parties: PartyFactory, topic: Topic) -> None:
    nothing: dict[str, Any] = {"found": [], "people": [], "until": None, "next": None}
    for other, shelf in ((parties.user(), "raised"), (parties.school(), "received"), (topic.raiser, "received")):
        assert search(other, shelf, "prüfung") == nothing


def test_a_search_is_narrowed_by_state_and_time(topic: Topic) -> None:
    (at,) = [it["row"]["at"] for it in topic.raiser.threads("raised")]
    assert len(search(topic.raiser, "raised", "page", state="open", since=at)["found"]) == 1
    assert search(topic.raiser, "raised", "page", since=at + 1)["found"] == []
    assert search(topic.raiser, "raised", "page", state="terminated")["found"] == []


def test_words_in_an_address_are_refused(topic: Topic) -> None:
    body = {"shelf": "raised", "words": "page"}
    assert topic.raiser.refused("POST /api/search?words=page", body) == "malformed"
