"""A message: acknowledged once it is kept, stored once however often it is sent, and in one place for everyone."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.caller import ABSENT, Caller, fresh
from tests.api.party_factory import PartyFactory, Topic
from tests.api.socket_client import SocketClient
from uconnect.domain.enums import Kind

BURST, RATE = 40, 4  # messages that a side may send at once, and then a second


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def texts(caller: Caller, thread: str) -> list[str]:
    return [entry["text"] for entry in caller.log(thread)]


def test_an_acknowledged_message_is_kept_though_the_socket_is_cut_at_once(parties: PartyFactory, topic: Topic) -> None:
    line = topic.raiser.open()
    ack = line.send(topic.raisers_id, "Is it?", fresh())
    parties.home.cut(line.connection)
    assert topic.raiser.log(topic.raisers_id)[-1] == ack["entry"]
    assert texts(topic.school, topic.theirs)[-1] == "Is it?"


def test_the_acknowledgement_holds_the_message_and_the_row_as_a_fresh_page_would_load_them(topic: Topic) -> None:
    key = fresh()
    ack = topic.raiser.open().send(topic.raisers_id, "Is it?", key)
    assert ack == {
        "t": "ack",
        "key": key,
        "id": topic.raisers_id,
        "entry": topic.raiser.log(topic.raisers_id)[-1],
        "row": topic.raiser.row(topic.raisers_id),
    }


def test_the_event_holds_the_message_and_the_row_as_a_fresh_page_would_load_them(topic: Topic) -> None:
    line = topic.school.open()
    topic.raiser.open().send(topic.raisers_id, "Is it?", fresh())
    assert line.heard() == [
        {
            "t": "event",
            "id": topic.theirs,
            "entry": topic.school.log(topic.theirs)[-1],
            "row": topic.school.row(topic.theirs),
        }
    ]


def test_the_socket_that_sent_hears_its_acknowledgement_and_no_event(topic: Topic) -> None:
    line = topic.raiser.open()
    assert line.send(topic.raisers_id, "Is it?", fresh())["t"] == "ack"
    assert line.heard() == []


def test_the_other_sockets_of_the_sender_hear_the_event_with_its_key(topic: Topic) -> None:
    phone, laptop, key = topic.raiser.open(), topic.raiser.open(), fresh()
    phone.send(topic.raisers_id, "Is it?", key)
    (event,) = laptop.heard()
    assert (event["t"], event["entry"]["key"]) == ("event", key)


def test_nobody_but_its_author_is_told_the_key_of_a_message(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    listening = [(topic.school.open(), topic.theirs, topic.school), (worker.open(), workers_id, worker)]
    topic.raiser.open().send(topic.raisers_id, "Is it?", fresh())
    for line, id, caller in listening:
        (event,) = line.heard()
        assert event["entry"]["key"] is None
        assert caller.log(id)[-1]["key"] is None


@pytest.mark.parametrize("text", ["Is it?", "Is it not?"])
def test_a_message_sent_again_under_its_key_is_answered_with_the_same_place_whatever_its_text(
    text: str, topic: Topic
) -> None:
    line, key = topic.raiser.open(), fresh()
    first = line.send(topic.raisers_id, "Is it?", key)
    line.send(topic.raisers_id, "And this?", fresh())
    again = line.send(topic.raisers_id, text, key)
    assert again["entry"] == first["entry"]
    assert texts(topic.raiser, topic.raisers_id)[1:] == ["Is it?", "And this?"]


def test_a_message_sent_again_on_a_new_socket_is_the_same_message(parties: PartyFactory, topic: Topic) -> None:
    line, key = topic.raiser.open(), fresh()
    first = line.send(topic.raisers_id, "Is it?", key)
    parties.home.cut(line.connection)
    assert topic.raiser.open().send(topic.raisers_id, "Is it?", key)["entry"] == first["entry"]
    assert texts(topic.school, topic.theirs).count("Is it?") == 1


def test_a_message_sent_again_after_the_end_is_answered_as_before_it(topic: Topic) -> None:
    line, key = topic.raiser.open(), fresh()
    first = line.send(topic.raisers_id, "Is it?", key)
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    line.heard()
    assert line.send(topic.raisers_id, "Is it?", key)["entry"] == first["entry"]


def test_a_message_sent_again_is_told_again_to_those_who_may_have_missed_it(topic: Topic) -> None:
    line, listening, key = topic.raiser.open(), topic.school.open(), fresh()
    line.send(topic.raisers_id, "Is it?", key)
    line.send(topic.raisers_id, "Is it?", key)
    first, second = listening.heard()
    assert first == second


def test_the_key_of_a_raise_is_no_key_of_a_message(parties: PartyFactory) -> None:
    key = fresh()
    topic = parties.thread(key=key, text="How?")
    ack = topic.raiser.open().send(topic.raisers_id, "And when?", key)
    assert ack["entry"]["seq"] == 2
    assert texts(topic.raiser, topic.raisers_id) == ["How?", "And when?"]


def test_one_key_from_two_authors_is_two_messages(topic: Topic) -> None:
    key = fresh()
    topic.raiser.open().send(topic.raisers_id, "Mine.", key)
    topic.school.open().send(topic.theirs, "Theirs.", key)
    assert texts(topic.raiser, topic.raisers_id)[1:] == ["Mine.", "Theirs."]


def test_one_key_in_two_threads_is_two_messages(parties: PartyFactory, topic: Topic) -> None:
    other, key, line = parties.thread(topic.raiser, topic.school), fresh(), topic.raiser.open()
    line.send(topic.raisers_id, "Here.", key)
    line.send(other.raisers_id, "There.", key)
    assert texts(topic.raiser, topic.raisers_id)[1:] == ["Here."]
    assert texts(topic.raiser, other.raisers_id)[1:] == ["There."]


def test_one_key_on_several_sockets_at_once_is_one_message(topic: Topic) -> None:
    lines, key = [topic.raiser.open() for _ in range(4)], fresh()
    with ThreadPoolExecutor(len(lines)) as threads:
        threads.map(lambda line: line.say({"t": "send", "key": key, "id": topic.raisers_id, "text": "Once."}), lines)
    acks = [line.hear_until(t="ack")[-1] for line in lines]
    assert {ack["entry"]["seq"] for ack in acks} == {2}
    assert texts(topic.raiser, topic.raisers_id)[1:] == ["Once."]


def test_places_have_no_gap_and_are_the_same_for_everyone_though_all_write_at_once(
    parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    each = 8
    hands = [
        (caller.open(), id)
        for caller, id in ((topic.raiser, topic.raisers_id), (topic.school, topic.theirs), (worker, workers_id))
        for _ in range(2)
    ]

    def write(hand: tuple[SocketClient, str]) -> list[Any]:
        line, id = hand
        for _ in range(each):
            line.say({"t": "send", "key": fresh(), "id": id, "text": f"From {fresh()}"})
        return [line.hear_until(t="ack")[-1]["entry"] for _ in range(each)]

    with ThreadPoolExecutor(len(hands)) as threads:
        acked = [entry for entries in threads.map(write, hands) for entry in entries]
    assert sorted(entry["seq"] for entry in acked) == list(range(2, 2 + each * len(hands)))
    logs = [
        caller.log(id)
        for caller, id in ((topic.raiser, topic.raisers_id), (topic.school, topic.theirs), (worker, workers_id))
    ]
    told = [[(entry["seq"], entry["at"], entry["side"], entry["text"]) for entry in log] for log in logs]
    assert told[0] == told[1] == told[2]
    assert [seq for seq, *_ in told[0]] == list(range(1, 2 + each * len(hands)))
    assert [at for _, at, *_ in told[0]] == sorted(at for _, at, *_ in told[0])
    assert {entry["seq"]: entry["text"] for entry in acked}.items() <= {seq: text for seq, *_, text in told[0]}.items()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4_000,
        "🙂" * 4_000,
        "שלום, איפה הטופס?",
        "line\nline\n\n\ttab \u00a0 end",
        '<b>&amp;</b> "quoted" \\ back /',
        "a pair \U0001f468\u200d\U0001f469, a word in Persian \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
    ids=["longest", "longest in bytes", "right to left", "lines", "markup", "joined"],
)
def test_a_text_arrives_as_it_was_written(text: str, topic: Topic) -> None:
    line = topic.school.open()
    assert topic.raiser.open().send(topic.raisers_id, text, fresh())["entry"]["text"] == text
    assert line.heard()[0]["entry"]["text"] == text
    assert texts(topic.school, topic.theirs)[-1] == text


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0", "x" * 4_001, "🙂" * 4_001])
def test_a_text_that_is_blank_or_too_long_is_refused_under_its_key(text: str, topic: Topic) -> None:
    line, key = topic.raiser.open(), fresh()
    refused = line.send(topic.raisers_id, text, key)
    assert (refused["t"], refused["key"], refused["code"]) == ("refused", key, "malformed")
    assert len(topic.raiser.log(topic.raisers_id)) == 1


def test_a_message_to_a_thread_of_others_is_refused_as_one_to_no_thread(parties: PartyFactory, topic: Topic) -> None:
    line, key = parties.user().open(), fresh()
    foreign = line.send(topic.raisers_id, "Let me in.", key)
    assert foreign == line.send(ABSENT, "Let me in.", key)
    assert (foreign["t"], foreign["code"], foreign["key"]) == ("refused", "not_found", key)
    assert len(topic.raiser.log(topic.raisers_id)) == 1


TOO_FAST = ("too_fast", "Too many requests in a short time. Wait a few seconds, then try again.")


@pytest.mark.parametrize("kind", Kind)
def test_whoever_floods_a_thread_is_slowed_in_words_and_loses_nothing(
    kind: Kind, parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    caller, id = {
        Kind.USER: (topic.raiser, topic.raisers_id),
        Kind.SCHOOL: (topic.school, topic.theirs),
        Kind.WORKER: (worker, workers_id),
    }[kind]
    line, keys, began = caller.open(), [fresh() for _ in range(3 * BURST)], time.monotonic()
    for key in keys:
        line.say({"t": "send", "key": key, "id": id, "text": "Hurry!"})
    answers = [it for it in line.heard() if it["t"] != "changed"]  # its first answer: a worker may leave no more
    assert [answer["key"] for answer in answers] == keys, "each is answered, in order"
    kept = [answer for answer in answers if answer["t"] == "ack"]
    slowed = {(answer["code"], answer["sentence"]) for answer in answers if answer["t"] == "refused"}
    # A home on a busy machine may serve slower than the pace allows, and then slows nobody down.
    allowed = BURST + (time.monotonic() - began) * RATE
    assert BURST - 1 <= len(kept) <= allowed, "the raise was a message too"
    assert slowed == {TOO_FAST} if len(kept) < len(keys) else allowed > len(keys)
    assert texts(caller, f"{id}").count("Hurry!") == min(len(kept), 49)


def test_a_flood_of_one_side_slows_the_other_side_by_nothing(topic: Topic) -> None:
    line = topic.raiser.open()
    for _ in range(2 * BURST):
        line.say({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Hurry!"})
    line.heard()
    assert topic.school.open().send(topic.theirs, "Patience.", fresh())["t"] == "ack"
