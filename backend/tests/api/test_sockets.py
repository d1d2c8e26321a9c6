"""A socket: who gets in and who does not, and what may be said on it."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.caller import ABSENT, Caller, code, fresh
from tests.api.party_factory import PartyFactory, Topic
from tests.support import sizes
from tests.support.evidence import Evidence
from uconnect.domain.enums import Kind

LARGEST = 32 * 1024  # bytes of a frame
A_PARTYS = 50  # tickets that it may fetch at once, and some to spare
TICKET = 30  # seconds a ticket is good


@pytest.fixture
def user(parties: PartyFactory) -> Caller:
    return parties.user()


# --- getting in


@pytest.mark.parametrize("kind", Kind)
def test_a_ticket_opens_one_socket_for_any_kind_of_party(kind: Kind, parties: PartyFactory) -> None:
    caller = parties.worker(parties.school()) if kind is Kind.WORKER else parties.enter(kind)
    assert caller.dial(f"?ticket={caller.ticket()}").hello() == {"t": "hello", "protocol": 1}


def test_a_ticket_says_how_long_it_is_good(user: Caller) -> None:
    assert user.ask("POST /api/tickets")["seconds"] == TICKET


def test_a_ticket_is_good_once(user: Caller) -> None:
    ticket = user.ticket()
    user.dial(f"?ticket={ticket}")
    assert user.denied(f"?ticket={ticket}") == 403


def test_a_ticket_that_many_use_at_once_lets_one_of_them_in(user: Caller) -> None:
    ticket = user.ticket()

    def dial(_: int) -> bool:
        try:
            user.dial(f"?ticket={ticket}")
        except InvalidStatus:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(dial, range(6))) == 1


def test_of_many_tickets_none_lets_anybody_in_twice(parties: PartyFactory, evidence: Evidence) -> None:
    tried = 0
    for many in sizes.batches(min(sizes.TICKETS, parties.home.at_most), 0.8, at_once=A_PARTYS):
        user, tried = parties.user(), tried + many
        for ticket in [user.ticket() for _ in range(many)]:
            user.dial(f"?ticket={ticket}").close()
            assert user.denied(f"?ticket={ticket}") == 403
    evidence(14, "tickets used a second time", tried)


@pytest.mark.parametrize("ticket", ["x", "A" * 44, "%00", "%ff", "ü", "x" * 5_000])
def test_a_ticket_that_was_never_given_out_opens_nothing(ticket: str, user: Caller) -> None:
    assert user.denied(f"?ticket={ticket}") == 403


@pytest.mark.parametrize("query", ["", "?ticket=", "?other=x"])
def test_without_a_ticket_nothing_opens(query: str, user: Caller) -> None:
    assert user.denied(query) == 401


def test_a_token_is_no_ticket(user: Caller) -> None:
    assert user.denied(f"?ticket={user.party.token}") == 403
    assert user.denied(f"?access_token={user.party.token}") == 401


def test_whoever_uses_a_ticket_is_the_party_it_was_for(parties: PartyFactory) -> None:
    topic, thief = parties.thread(), parties.user()
    line = thief.dial(f"?ticket={topic.raiser.ticket()}")
    assert line.send(topic.raisers_id, "Is it me?", fresh())["entry"]["side"] == "raiser"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://example.org", "{ours}.example.org", "{ours}/", "file://", "x{ours}"]
)
def test_no_page_of_others_opens_a_socket_though_its_ticket_is_good(origin: str | None, user: Caller) -> None:
    foreign = origin.format(ours=user.party.origin) if origin else origin
    assert user.denied(f"?ticket={user.ticket()}", foreign) == 403


def test_tickets_that_are_fetched_without_end_are_refused_in_words(user: Caller) -> None:
    with ThreadPoolExecutor(3) as threads:
        answers = [*threads.map(lambda _: user.call("POST /api/tickets"), range(100))]
    refused = [code(it) for it in answers if it.status_code != 200]
    assert "too_fast" in refused
    assert set(refused) <= {"too_fast", "busy"}, "on AWS, calls of one party at once may find its record taken"
    assert len(answers) - len(refused) >= 60


# --- hello


@pytest.mark.parametrize("protocol", [0, 2, 9_007_199_254_740_991])
def test_a_page_of_another_protocol_is_told_to_reload(protocol: int, user: Caller) -> None:
    line = user.open()
    line.say({"t": "hello", "protocol": protocol})
    assert line.last_words() == [{"t": "bye", "code": "reload"}]


def test_a_hello_can_be_said_again(user: Caller) -> None:
    line = user.open()
    assert line.hello() == line.hello()


def test_what_others_do_before_hello_may_come_before_its_answer(parties: PartyFactory) -> None:
    topic = parties.thread()
    line = topic.raiser.dial(f"?ticket={topic.raiser.ticket()}")
    topic.school.open().send(topic.theirs, "It takes two days.", fresh())
    assert line.hello()["t"] == "hello"


def test_what_is_said_before_hello_is_done_as_after_it(parties: PartyFactory) -> None:
    topic = parties.thread()
    line = topic.raiser.dial(f"?ticket={topic.raiser.ticket()}")
    assert line.send(topic.raisers_id, "Early.", fresh())["t"] == "ack"


def test_a_ping_is_answered(user: Caller) -> None:
    assert user.open().exchange({"t": "ping"}) == {"t": "pong"}


# --- what is no frame

NO_FRAME = {
    "nothing": "",
    "no JSON": "hello",
    "cut off": '{"t": "ping"',
    "null": "null",
    "a list": '[{"t": "ping"}]',
    "a text": '"ping"',
    "no type": "{}",
    "an unknown type": '{"t": "shout"}',
    "a type of the server's": '{"t": "ack"}',
    "a type that is no text": '{"t": 1}',
    "an unknown field": '{"t": "ping", "x": 1}',
    "two frames": '{"t": "ping"}{"t": "ping"}',
    "a hello without a protocol": '{"t": "hello"}',
    "a protocol in words": '{"t": "hello", "protocol": "1"}',
    "a protocol below none": '{"t": "hello", "protocol": -1}',
    "a send of nothing": '{"t": "send"}',
    "typing nowhere": '{"t": "typing"}',
    "typing at no id": '{"t": "typing", "id": "x"}',
    "seen nothing": f'{{"t": "seen", "id": "{ABSENT}"}}',
    "seen less than nothing": f'{{"t": "seen", "id": "{ABSENT}", "seq": -1, "theirs": 0}}',
    "seen beyond all numbers": f'{{"t": "seen", "id": "{ABSENT}", "seq": 9007199254740992, "theirs": 0}}',
    "seen a half": f'{{"t": "seen", "id": "{ABSENT}", "seq": 0.5, "theirs": 0}}',
    "half of a pair": '{"t": "\\ud83d"}',
    "a tower of lists": "[" * 30_000,
    "a tower in a field": '{"t": ' + "[" * 16_000,
    "a tower in a field that is not known": '{"x": ' + "[" * 15_000 + "]" * 15_000 + "}",
    "a long number": '{"t": ' + "9" * 30_000 + "}",
    "as large as a frame may be": " " * LARGEST,
}


@pytest.mark.parametrize("raw", NO_FRAME.values(), ids=NO_FRAME.keys())
def test_what_is_no_frame_is_refused_in_words_and_the_socket_goes_on(raw: str, user: Caller) -> None:
    line = user.open()
    refused = line.exchange(raw)
    assert (refused["t"], refused["key"], refused["code"]) == ("refused", None, "malformed")
    assert refused["sentence"].startswith("The request is not valid")
    assert line.exchange({"t": "ping"}) == {"t": "pong"}


@pytest.mark.parametrize(
    "change",
    [
        {"x": 1},
        {"text": 1},
        {"text": None},
        {"id": "x"},
        {"id": ABSENT + "\n"},
        {"owner": "me"},
        {"at": 1},
        {"mine": 1},
    ],
    ids=json.dumps,
)
def test_a_send_that_cannot_be_read_is_refused_under_its_key(change: dict[str, object], parties: PartyFactory) -> None:
    topic, key = parties.thread(), fresh()
    line = topic.raiser.open()
    refused = line.exchange({"t": "send", "key": key, "id": topic.raisers_id, "text": "Yes."} | change)
    assert (refused["t"], refused["key"], refused["code"]) == ("refused", key, "malformed")
    assert len(topic.raiser.log(topic.raisers_id)) == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "x" * 16 + "\n", None, 1])
def test_a_send_under_a_key_of_another_form_is_refused_under_none(key: object, parties: PartyFactory) -> None:
    topic = parties.thread()
    refused = topic.raiser.open().exchange({"t": "send", "key": key, "id": topic.raisers_id, "text": "Yes."})
    assert (refused["t"], refused["key"], refused["code"]) == ("refused", None, "malformed")


# --- what closes a socket


@pytest.fixture
def topic(parties: PartyFactory) -> Topic:
    return parties.thread()


def test_a_frame_that_is_too_large_closes_the_socket_and_is_not_stored(topic: Topic) -> None:
    line = topic.raiser.open()
    frame = json.dumps({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Yes."})
    line.say(frame + " " * LARGEST)
    assert line.last_words() == []
    assert len(topic.raiser.log(topic.raisers_id)) == 1


def test_a_binary_frame_closes_the_socket_and_is_not_stored(topic: Topic) -> None:
    line = topic.raiser.open()
    line.say(json.dumps({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Yes."}).encode())
    assert line.last_words() == []
    assert len(topic.raiser.log(topic.raisers_id)) == 1


def test_a_frame_in_pieces_is_one_frame(topic: Topic) -> None:
    line = topic.raiser.open()
    frame = json.dumps({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Yes."})
    line.connection.send([frame[:10], frame[10:20], frame[20:]])
    assert line.receive()["t"] == "ack"


def test_pieces_that_are_too_large_together_close_the_socket(topic: Topic) -> None:
    line = topic.raiser.open()
    with suppress(ConnectionClosed):  # it may be closed while they are sent
        line.connection.send(" " * 1_000 for _ in range(1_000))
    assert line.last_words() == []


def test_a_socket_that_is_cut_leaves_the_others_of_its_party_alone(parties: PartyFactory, topic: Topic) -> None:
    phone, laptop = topic.raiser.open(), topic.raiser.open()
    parties.home.cut(phone.connection)
    topic.school.open().send(topic.theirs, "Here.", fresh())
    assert [frame["t"] for frame in laptop.heard()] == ["event"]
