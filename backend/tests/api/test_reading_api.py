"""What was read, seen and is being typed: a side's, never a person's; and a socket that was lost is made up for."""

import pytest

from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, Topic
from tests.api.socket_client import SocketClient
from uconnect.domain.enums import Kind


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def read(line: SocketClient, thread: str, seq: int, theirs: int) -> None:
    line.say({"t": "seen", "id": thread, "seq": seq, "theirs": theirs})


def mark(caller: Caller, thread: str) -> int:
    """How many of the other side's messages the caller has read, as a fresh page loads it."""
    return int(caller.ask(f"GET /api/threads/{thread}")["thread"]["read"])


def unread(caller: Caller, shelf: str) -> int:
    (listed,) = caller.threads(shelf)
    return int(listed["row"]["theirs"] - listed["read"])


# --- unread marks


def test_what_a_party_reads_on_one_screen_is_read_on_its_other(topic: Topic) -> None:
    phone, laptop = topic.school.open(), topic.school.open()
    assert unread(topic.school, "received") == 1
    read(phone, topic.theirs, 1, 1)
    told = {"t": "read", "id": topic.theirs, "read": 1}
    assert phone.heard() == laptop.heard() == [told]
    assert unread(topic.school, "received") == 0


def test_a_mark_of_reading_never_falls(topic: Topic) -> None:
    line = topic.school.open()
    topic.raiser.open().send(topic.raisers_id, "And?", fresh())
    read(line, topic.theirs, 2, 2)
    line.heard()
    read(line, topic.theirs, 1, 1)
    assert line.heard() == []
    assert mark(topic.school, topic.theirs) == 2


def test_nobody_reads_further_than_what_was_written(topic: Topic) -> None:
    line, other = topic.school.open(), topic.raiser.open()
    read(line, topic.theirs, 1_000, 1_000)
    line.heard()
    assert mark(topic.school, topic.theirs) == 1
    assert other.heard() == [{"t": "seen", "id": topic.raisers_id, "seq": 1}]


def test_what_one_writes_oneself_is_never_unread(topic: Topic) -> None:
    assert unread(topic.raiser, "raised") == 0
    topic.school.open().send(topic.theirs, "Here.", fresh())
    assert unread(topic.raiser, "raised") == 1
    assert unread(topic.school, "received") == 1


def test_each_hand_of_a_school_has_read_what_it_has_read_itself(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    line = worker.open()
    read(line, workers_id, 1, 1)
    line.heard()
    assert (mark(worker, workers_id), mark(topic.school, topic.theirs)) == (1, 0)


# --- seen


def test_the_other_side_is_told_what_was_seen(topic: Topic) -> None:
    asking, answering = topic.raiser.open(), topic.school.open()
    read(answering, topic.theirs, 1, 1)
    answering.heard()
    assert asking.heard() == [{"t": "seen", "id": topic.raisers_id, "seq": 1}]
    assert topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}")["thread"]["seen"] == 1


def test_a_second_reader_of_a_side_is_not_noticed_by_the_other(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking, answering, working = topic.raiser.open(), topic.school.open(), worker.open()
    read(working, workers_id, 1, 1)
    working.heard()
    assert asking.heard() == [{"t": "seen", "id": topic.raisers_id, "seq": 1}]
    read(answering, topic.theirs, 1, 1)
    answering.heard()
    assert asking.heard() == []


def test_what_was_seen_never_falls(topic: Topic) -> None:
    asking, answering = topic.raiser.open(), topic.school.open()
    asking.send(topic.raisers_id, "And?", fresh())
    read(answering, topic.theirs, 2, 2)
    read(answering, topic.theirs, 1, 1)
    answering.heard()
    assert asking.heard() == [{"t": "seen", "id": topic.raisers_id, "seq": 2}]


def test_what_the_raiser_has_seen_every_hand_of_the_school_hears(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    answering, working = topic.school.open(), worker.open()
    working.send(workers_id, "Here.", fresh())
    answering.heard()
    asking = topic.raiser.open()
    read(asking, topic.raisers_id, 2, 1)
    asking.heard()
    assert answering.heard() == [{"t": "seen", "id": topic.theirs, "seq": 2}]
    assert working.heard() == [{"t": "seen", "id": workers_id, "seq": 2}]


# --- typing


@pytest.mark.parametrize("hand", [Kind.SCHOOL, Kind.WORKER])
def test_the_raiser_hears_that_the_school_types_whichever_hand_does(
    hand: Kind, parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking = topic.raiser.open()
    line, id = (worker.open(), workers_id) if hand is Kind.WORKER else (topic.school.open(), topic.theirs)
    line.say({"t": "typing", "id": id})
    assert line.heard() == []
    assert asking.heard() == [{"t": "typing", "id": topic.raisers_id}]


def test_two_hands_that_type_at_once_are_one_signal_until_one_has_sent(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking, answering, working = topic.raiser.open(), topic.school.open(), worker.open()
    for line, id in ((answering, topic.theirs), (working, workers_id), (answering, topic.theirs)):
        line.say({"t": "typing", "id": id})
    assert answering.heard() == working.heard() == []  # not after each: all must be within the time of one signal
    assert [frame["t"] for frame in asking.heard()] == ["typing"]
    working.send(workers_id, "Here.", fresh())
    answering.say({"t": "typing", "id": topic.theirs})
    answering.heard()
    assert [frame["t"] for frame in asking.heard()] == ["event", "typing"]


def test_what_the_raiser_types_every_hand_of_the_school_hears_and_its_own_screens_do_not(
    parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    phone, laptop, answering, working = topic.raiser.open(), topic.raiser.open(), topic.school.open(), worker.open()
    phone.say({"t": "typing", "id": topic.raisers_id})
    assert phone.heard() == laptop.heard() == []
    assert answering.heard() == [{"t": "typing", "id": topic.theirs}]
    assert working.heard() == [{"t": "typing", "id": workers_id}]


def test_a_thread_that_has_ended_passes_on_no_typing(topic: Topic) -> None:
    asking, answering = topic.raiser.open(), topic.school.open()
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    answering.heard()
    asking.say({"t": "typing", "id": topic.raisers_id})
    asking.heard()
    assert answering.heard() == []


# --- an answer that is being written


@pytest.mark.parametrize("hand", [Kind.SCHOOL, Kind.WORKER])
def test_the_other_one_of_the_school_hears_that_an_answer_is_being_written_and_nobody_else(
    hand: Kind, parties: PartyFactory, topic: Topic
) -> None:
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    asking, answering, working = topic.raiser.open(), topic.school.open(), worker.open()
    if hand is Kind.SCHOOL:
        line, id, other, others_id = answering, topic.theirs, working, workers_id
    else:
        line, id, other, others_id = working, workers_id, answering, topic.theirs
    for has_text in (True, False):
        line.say({"t": "composing", "id": id, "open": has_text})
        assert line.heard() == asking.heard() == []
        assert other.heard() == [{"t": "composing", "id": others_id, "open": has_text}]
    asking.say({"t": "composing", "id": topic.raisers_id, "open": True})
    assert asking.heard() == answering.heard() == working.heard() == []


@pytest.mark.parametrize(
    "signal",
    [{"t": "typing"}, {"t": "seen", "seq": 1, "theirs": 1}, {"t": "composing", "open": True}],
    ids=lambda it: str(it["t"]),
)
@pytest.mark.parametrize("who", ["stranger", "taken off"])
def test_a_signal_from_who_has_no_place_at_a_thread_reaches_nobody(
    who: str, signal: dict[str, object], parties: PartyFactory, topic: Topic
) -> None:
    caller = parties.worker(topic.school)
    id = parties.offloaded(topic, caller)
    topic.school.ask(f"POST /api/threads/{topic.theirs}/take-back")
    if who == "stranger":
        caller, id = parties.user(), topic.raisers_id
    asking, answering, line = topic.raiser.open(), topic.school.open(), caller.open()
    line.say(signal | {"id": id})
    assert line.heard() == asking.heard() == answering.heard() == []


# --- coming back


def test_what_was_missed_is_read_from_the_place_one_had_come_to(parties: PartyFactory, topic: Topic) -> None:
    asking, answering = topic.raiser.open(), topic.school.open()
    answering.send(topic.theirs, "One.", fresh())
    (last,) = asking.heard()
    parties.home.cut(asking.connection)
    for text in ("Two.", "Three."):
        answering.send(topic.theirs, text, fresh())
    back = topic.raiser.open()
    missed = topic.raiser.log(topic.raisers_id, f"?after={last['entry']['seq']}")
    assert [entry["text"] for entry in missed] == ["Two.", "Three."]
    answering.send(topic.theirs, "Four.", fresh())
    (event,) = back.heard()
    assert event["entry"]["seq"] == missed[-1]["seq"] + 1


def test_a_log_is_read_in_pages_without_a_gap(topic: Topic) -> None:
    line = topic.raiser.open()
    for n in range(7):
        line.send(topic.raisers_id, f"{n}", fresh())
    pages, after = [], 0
    while True:
        page = topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}/log?after={after}&most=3")
        pages.append([entry["seq"] for entry in page["entries"]])
        if not page["more"]:
            break
        after = pages[-1][-1]
    assert pages == [[1, 2, 3], [4, 5, 6], [7, 8]]


@pytest.mark.parametrize("after", [1, 2, 9_007_199_254_740_991])
def test_after_the_last_place_there_is_nothing_more(after: int, topic: Topic) -> None:
    answer = topic.raiser.ask(f"GET /api/threads/{topic.raisers_id}/log?after={after}")
    assert answer == {"entries": [], "more": False}


def test_a_row_is_as_new_as_its_revision_and_each_viewer_counts_its_own(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    before = topic.raiser.row(topic.raisers_id)["rev"], topic.school.row(topic.theirs)["rev"]
    workers_id = parties.offloaded(topic, worker)
    after = topic.raiser.row(topic.raisers_id)["rev"], topic.school.row(topic.theirs)["rev"]
    assert after == (before[0], before[1] + 1), "an offload is nothing to the raiser"
    assert worker.row(workers_id)["rev"] == 1
    topic.raiser.open().send(topic.raisers_id, "And?", fresh())
    assert topic.raiser.row(topic.raisers_id)["rev"] == before[0] + 1


def test_what_is_gone_is_gone_under_a_higher_revision_than_any_row_of_it(parties: PartyFactory, topic: Topic) -> None:
    worker = parties.worker(topic.school)
    line = worker.open()
    workers_id = parties.offloaded(topic, worker)
    topic.school.ask(f"POST /api/threads/{topic.theirs}/take-back")
    row, gone = line.heard()
    assert gone == {"t": "gone", "id": workers_id, "rev": row["row"]["rev"] + 1}
    assert parties.offloaded(topic, worker) == workers_id
    (back,) = line.heard()
    assert back["row"]["rev"] == gone["rev"] + 1


def test_the_meter_counts_what_is_open_under_a_growing_revision(parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    line = user.open()
    topic = parties.thread(user, school)
    parties.thread(user, school)
    user.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    meters = [frame for frame in line.heard() if frame["t"] == "meter"]
    assert [meter["open"] for meter in meters] == [1, 2, 1]
    assert [meter["rev"] for meter in meters] == sorted({meter["rev"] for meter in meters})
    assert {key: user.me[key] for key in ("rev", "open", "most")} == {
        key: meters[-1][key] for key in ("rev", "open", "most")
    }
