"""Deliveries to sockets that API Gateway holds: in order, to whom they are for, and none is lost without a word."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.unit.aws_lambda.fake_api_gateway import Posts, posts
from uconnect.adapters.realtime.api_gateway import MARGIN, Connection, Gateway
from uconnect.domain import notifications, protocol
from uconnect.domain.context import Delivery
from uconnect.entrypoints.aws_lambda.dependencies import client_of

NOW = 1_000_000
UNTIL = NOW + 60
MOST = protocol.SOCKETS
FULL = (429, "LimitExceededException")
BUSY = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")
SILENT = ReadTimeoutError(endpoint_url="https://dynamodb.example")


class Rows:
    """As much of DynamoDB as connections need; `requests` are the parties looked up, `over` those that have ended."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.over: set[str] = set()
        self.requests: list[str] = []
        self.lock = threading.Lock()
        self.down: Exception | None = None

    def put_item(self, TableName: str, Item: Any) -> None:  # noqa: N803 - as the SDK spells it
        self.items[Item["PK"]["S"], Item["SK"]["S"]] = Item

    def delete_item(self, TableName: str, Key: Any) -> None:  # noqa: N803 - (the same)
        with self.lock:
            self.items.pop((Key["PK"]["S"], Key["SK"]["S"]), None)

    def get_item(self, TableName: str, Key: Any, ProjectionExpression: str) -> Any:  # noqa: N803 - (the same)
        if self.down:
            raise self.down
        item = self.items.get((Key["PK"]["S"], Key["SK"]["S"]))
        names = ProjectionExpression.split(", ")
        return {} if item is None else {"Item": {name: item[name] for name in names if name in item}}

    def update_item(self, Key: Any, UpdateExpression: str, **_: Any) -> None:  # noqa: N803 - (the same)
        if self.down:
            raise self.down
        assert UpdateExpression == "SET missed = :yes"
        item = self.items.get((Key["PK"]["S"], Key["SK"]["S"]))
        if item is None:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        item["missed"] = {"BOOL": True}

    def query(self, **requests: Any) -> Any:
        if self.down:
            raise self.down
        assert requests["ConsistentRead"]
        pk = requests["ExpressionAttributeValues"][":pk"]["S"]
        with self.lock:
            self.requests.append(pk)
            record = {"SK": {"S": "party"}} | (
                {"over": {"S": "over"}} if pk.removeprefix("party#") in self.over else {}
            )
            return {"Items": [record, *(it for (found, _), it in sorted(self.items.items()) if found == pk)]}

    @property
    def connections(self) -> set[str]:
        return {sk.removeprefix("party#") for _, sk in self.items}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Posts]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with posts() as api:
        yield api


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def gateway(api: Posts, rows: Rows) -> Iterator[Gateway]:
    made: Any = client_of("apigatewaymanagementapi", endpoint_url=api.url)
    held: Any = rows
    yield Gateway(held, "table", lambda: made, clock=lambda: NOW)
    made.close()


def meter_frame(rev: int) -> protocol.Meter:
    return protocol.Meter(rev=rev, open=1, most=5)


def heard(api: Posts, connection: str) -> list[Any]:
    return [msgspec.json.decode(frame) for frame in api.posted[connection]]


def test_a_partys_sockets_hear_all_its_frames_in_order(gateway: Gateway, api: Posts) -> None:
    for connection in ("a", "b"):
        gateway.register(Connection("ann", connection), UNTIL)
    gateway.deliver([Delivery("ann", meter_frame(rev)) for rev in range(20)])
    for connection in ("a", "b"):
        assert [frame["rev"] for frame in heard(api, connection)] == [*range(20)]


def test_nobody_hears_what_is_for_another(gateway: Gateway, api: Posts) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    gateway.register(Connection("bob", "b"), UNTIL)
    gateway.deliver([Delivery("bob", meter_frame(1))])
    assert (len(heard(api, "a")), len(heard(api, "b"))) == (0, 1)


def test_the_socket_that_asked_is_left_out_and_its_partys_others_are_not(gateway: Gateway, api: Posts) -> None:
    asking, other = Connection("ann", "a"), Connection("ann", "b")
    gateway.register(asking, UNTIL)
    gateway.register(other, UNTIL)
    gateway.deliver([Delivery("ann", meter_frame(1))], exclude=asking)
    assert (len(heard(api, "a")), len(heard(api, "b"))) == (0, 1)


def test_each_delivery_is_a_look_up_also_one_that_tells_nothing(gateway: Gateway, rows: Rows) -> None:
    gateway.deliver([Delivery("ann", meter_frame(1)), Delivery("school", None), Delivery("school", meter_frame(1))])
    assert sorted(rows.requests) == ["party#ann", "party#school", "party#school"], (
        "whoever handles the thread: see domain.usecases.fanout"
    )
    assert notifications.notify_participants.__doc__


def test_nobody_else_is_posted_to_before_the_first_party_is_served(gateway: Gateway, api: Posts) -> None:
    """Not even while its post is tried again: a raiser would wait longer for it if a worker were told too."""
    for party in ("raiser", "worker", "school"):
        gateway.register(Connection(party, f"of-{party}"), UNTIL)
    api.faults["of-raiser"] = [FULL]
    gateway.deliver([Delivery(party, meter_frame(1)) for party in ("raiser", "worker", "school")])
    assert [connection for _, connection in api.requests[:2]] == ["of-raiser", "of-raiser"]
    assert {connection for _, connection in api.requests[2:]} == {"of-worker", "of-school"}


def test_a_socket_that_is_gone_is_forgotten_and_the_others_hear(gateway: Gateway, api: Posts, rows: Rows) -> None:
    for connection in ("a", "b"):
        gateway.register(Connection("ann", connection), UNTIL)
    api.faults["a"] = [(410, "GoneException")]
    gateway.deliver([Delivery("ann", meter_frame(1)), Delivery("ann", meter_frame(2))])
    assert rows.connections == {"b"}
    assert len(heard(api, "b")) == 2
    assert api.requests.count(("POST", "a")) == 1, "what is gone is asked nothing more"
    assert ("DELETE", "a") not in api.requests


def test_a_post_is_tried_again_while_the_gateway_is_busy(gateway: Gateway, api: Posts, rows: Rows) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    api.faults["a"] = [FULL, FULL]
    gateway.deliver([Delivery("ann", meter_frame(1)), Delivery("ann", meter_frame(2))])
    assert [frame["rev"] for frame in heard(api, "a")] == [1, 2]
    assert rows.connections == {"a"}


REFUSALS = [
    FULL,
    (429, "ThrottlingException"),
    (429, "TooManyRequestsException"),
    (403, "ForbiddenException"),
    (500, "InternalError"),
    (503, "ServiceUnavailable"),
]


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda it: it[1])
def test_a_socket_that_cannot_take_a_frame_stays_open_and_connects_again_after_its_next_ping(
    fault: tuple[int, str], gateway: Gateway, api: Posts, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    ann = Connection("ann", "a")
    gateway.register(ann, UNTIL)
    api.faults["a"] = [fault] * 3
    gateway.deliver([Delivery("ann", meter_frame(1)), Delivery("ann", meter_frame(2))])
    assert ("DELETE", "a") not in api.requests, "a storm of pages that connect would be worse"
    assert rows.connections == {"a"}
    (line,) = caplog.messages
    assert line.startswith("2 frames for a socket were dropped: ")
    api.faults["a"].clear()
    gateway.answer_ping(ann, (protocol.Pong(),))
    assert heard(api, "a") == [{"t": "pong"}, {"t": "bye", "code": "rotate"}], "its page loads what it missed"
    assert api.requests[-1] == ("DELETE", "a")
    assert rows.connections == set()


def test_the_ping_of_a_socket_that_missed_nothing_is_answered_and_no_more(gateway: Gateway, api: Posts) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    gateway.answer_ping(Connection("ann", "a"), (protocol.Pong(),))
    gateway.answer_ping(Connection("ann", "unlisted"), (protocol.Pong(),))
    assert [heard(api, it) for it in ("a", "unlisted")] == [[{"t": "pong"}]] * 2
    assert {method for method, _ in api.requests} == {"POST"}


def test_a_ping_is_answered_while_the_table_is_busy(gateway: Gateway, api: Posts, rows: Rows) -> None:
    rows.down = BUSY
    gateway.answer_ping(Connection("ann", "a"), (protocol.Pong(),))
    assert heard(api, "a") == [{"t": "pong"}]


def test_what_others_hear_does_not_wait_for_a_socket_that_takes_nothing(gateway: Gateway, api: Posts) -> None:
    for connection in ("a", "b"):
        gateway.register(Connection("ann", connection), UNTIL)
    api.faults["a"] = [FULL] * 9
    gateway.deliver([Delivery("ann", meter_frame(1))])
    assert (heard(api, "a"), len(heard(api, "b"))) == ([], 1)


def test_a_bye_that_cannot_be_posted_closes_the_socket_all_the_same(gateway: Gateway, api: Posts, rows: Rows) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    api.faults["a"] = [FULL] * 9
    gateway.deliver([Delivery("ann", protocol.Bye(code="ended"))])
    assert api.requests[-1] == ("DELETE", "a")
    assert rows.connections == set()


def test_a_socket_that_can_be_neither_posted_to_nor_marked_is_closed(gateway: Gateway, api: Posts, rows: Rows) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    api.faults["a"] = [FULL] * 9
    rows.down = BUSY
    gateway.send(Connection("ann", "a"), [meter_frame(1)])
    assert api.requests[-1] == ("DELETE", "a")


def test_a_socket_that_is_forgotten_meanwhile_is_not_listed_again_by_a_mark(
    gateway: Gateway, api: Posts, rows: Rows
) -> None:
    api.faults["a"] = [FULL] * 9
    gateway.send(Connection("ann", "a"), [meter_frame(1)])
    assert rows.connections == set()


def test_a_socket_is_closed_after_a_bye_and_hears_nothing_more(gateway: Gateway, api: Posts, rows: Rows) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    gateway.deliver([Delivery("ann", protocol.Bye(code="ended")), Delivery("ann", meter_frame(1))])
    assert [frame["t"] for frame in heard(api, "a")] == ["bye"]
    assert api.requests[-1] == ("DELETE", "a")
    assert rows.connections == set()


@pytest.mark.parametrize("news", [meter_frame(1), protocol.TypingNow(id="i")], ids=["meter", "typing"])
def test_whoever_has_ended_hears_a_bye_and_nothing_else(news: Any, gateway: Gateway, api: Posts, rows: Rows) -> None:
    """The bye is told by the function that removed a worker, and any other may have news for it before."""
    gateway.register(Connection("ann", "a"), UNTIL)
    rows.over.add("ann")
    gateway.deliver([Delivery("ann", news)])
    assert api.requests == []
    gateway.deliver([Delivery("ann", protocol.Bye(code="ended"))])
    assert [frame["t"] for frame in heard(api, "a")] == ["bye"]


def test_of_more_sockets_than_a_hundred_the_oldest_gives_way(
    gateway: Gateway, api: Posts, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = count(NOW)
    monkeypatch.setattr(gateway, "_clock", lambda: next(times) / 2)
    for number in range(MOST, 0, -1):
        gateway.register(Connection("ann", f"{number:03}"), UNTIL)
    gateway.register(Connection("bob", "b"), UNTIL)
    assert api.requests == []
    gateway.register(Connection("ann", "new"), UNTIL)
    assert rows.connections == {"b", "new"} | {f"{number:03}" for number in range(1, MOST)}
    assert [(frame["t"], frame["code"]) for frame in heard(api, f"{MOST:03}")] == [("bye", "slow")]


def test_of_sockets_listed_at_once_no_more_than_a_hundred_stay(gateway: Gateway, rows: Rows) -> None:
    with ThreadPoolExecutor(8) as at_once:
        for _ in at_once.map(lambda number: gateway.register(Connection("ann", str(number)), UNTIL), range(MOST + 20)):
            pass
    assert len(rows.connections) == MOST


def test_a_row_is_kept_a_little_longer_than_a_socket_lives_and_not_believed_after(
    api: Posts, rows: Rows, gateway: Gateway
) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    ((_, item),) = rows.items.items()
    assert item["ttl"] == {"N": str(UNTIL + MARGIN)}
    item["ttl"] = {"N": str(NOW)}  # DynamoDB deletes it some days late
    gateway.deliver([Delivery("ann", meter_frame(1))])
    assert api.requests == []


@pytest.mark.parametrize(("later", "heard_last"), [(-1, "meter"), (0, "bye")])
def test_a_socket_that_has_lived_its_time_hears_no_news_however_silent_it_is(
    later: int, heard_last: str, api: Posts, rows: Rows
) -> None:
    held: Any = rows
    made: Any = client_of("apigatewaymanagementapi", endpoint_url=api.url)
    gateway = Gateway(held, "table", lambda: made, clock=lambda: UNTIL + later)
    gateway.register(Connection("ann", "a"), UNTIL)
    gateway.deliver([Delivery("ann", meter_frame(rev)) for rev in range(3)])
    made.close()
    said = heard(api, "a")
    assert (said[-1]["t"], len(said)) == ((heard_last, 3) if later else (heard_last, 1))
    assert rows.connections == ({"a"} if later else set()), "it connects again with a ticket, if its sign-in goes on"


@pytest.mark.parametrize("down", [BUSY, SILENT], ids=["busy", "silent"])
def test_when_sockets_cannot_be_looked_up_what_was_committed_stays_so(
    down: Exception, gateway: Gateway, rows: Rows, api: Posts
) -> None:
    gateway.register(Connection("ann", "a"), UNTIL)
    rows.down = down
    gateway.deliver([Delivery("ann", meter_frame(1))])
    assert api.requests == []


def test_a_gateway_that_does_not_answer_is_no_error_of_the_call(rows: Rows, gateway: Gateway) -> None:
    nobody: Any = client_of("apigatewaymanagementapi", endpoint_url="http://127.0.0.1:9")
    held: Any = rows
    gateway.register(Connection("ann", "a"), UNTIL)
    Gateway(held, "table", lambda: nobody, clock=lambda: NOW).deliver([Delivery("ann", meter_frame(1))])
    assert [it for it in rows.items.values() if "missed" in it], "its client connects again after its next ping"


def test_a_socket_is_listed_by_one_write_and_one_look_up_which_says_whether_its_party_stands(
    gateway: Gateway, rows: Rows
) -> None:
    assert gateway.register(Connection("ann", "a"), UNTIL) is None
    assert rows.requests == ["party#ann"]
    rows.over.add("ann")
    assert gateway.register(Connection("ann", "b"), UNTIL) == protocol.Bye(code="ended")


def test_a_socket_whose_party_cannot_be_looked_up_comes_back_and_its_account_is_not_said_to_have_ended(
    gateway: Gateway, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "Query")

    monkeypatch.setattr(rows, "query", busy)
    assert gateway.register(Connection("ann", "a"), UNTIL) == protocol.Bye(code="rotate")


@pytest.mark.parametrize("act", ["deliver", "ping"])
@pytest.mark.parametrize(
    ("hello_by", "listed", "closed"),
    [(NOW - 1, False, True), (NOW + 1, False, False), (NOW - 1, True, False)],
    ids=["never said hello", "has some time yet", "said hello"],
)
def test_a_socket_that_never_says_hello_is_closed_by_the_look_up_that_is_made_anyhow(
    act: str, hello_by: float, listed: bool, closed: bool, gateway: Gateway, api: Posts, rows: Rows
) -> None:
    """It is in no list, so a sign-out would not find it: it could send for an hour."""
    asking = Connection("ann", "a", hello_by)
    if listed:
        gateway.register(asking, UNTIL)
    rows.requests.clear()
    if act == "ping":
        gateway.answer_ping(asking, [protocol.Pong()])
    else:
        gateway.deliver([Delivery("bob", meter_frame(1)), Delivery("ann", meter_frame(1))], exclude=asking)
    assert [frame["code"] for frame in heard(api, "a") if frame["t"] == "bye"] == ["rotate"] * closed
    assert sorted(rows.requests) == ([] if act == "ping" else ["party#ann", "party#bob"])


def test_a_socket_is_not_closed_for_a_look_up_that_failed(
    gateway: Gateway, api: Posts, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.down = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "Query")
    asking = Connection("ann", "a", NOW - 1)
    gateway.deliver([Delivery("ann", meter_frame(1))], exclude=asking)
    gateway.answer_ping(asking, [protocol.Pong()])
    assert [frame["t"] for frame in heard(api, "a")] == ["pong"]
