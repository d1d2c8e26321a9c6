"""Many functions at once: recorded events side by side, for the emulator serves the frames of a socket in turn."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from deploy import local

from tests.api.aws_home import AwsHome
from tests.api.caller import Caller, fresh
from tests.api.party_factory import PartyFactory, raising
from uconnect.domain.rules import FIVE

pytestmark = pytest.mark.xdist_group("stack")
AT_ONCE = 8


class Race:
    """Invokes the functions of a stack."""

    def __init__(self, home: AwsHome) -> None:
        self._outputs = home.outputs
        self._invoke = local.EmulatorSession(home.address).client("lambda").invoke

    def run(self, events: Iterable[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return [it.result() for it in [threads.submit(event) for event in events]]

    def frame(self, by: str, frame: dict[str, Any]) -> Any:
        """A MESSAGE event as the gateway makes it; the socket it names is gone."""
        said = {"eventType": "MESSAGE", "connectionId": "recorded", "authorizer": {"party": by, "until": "9999999999"}}
        return self._call("SocketFunction", {"requestContext": said, "body": json.dumps(frame)})

    def call(self, by: Caller, route: str, body: Any = None, id: str = "") -> int:
        """An HTTP API event; the status it is answered with."""
        _, claims, _ = by.party.token.split(".")
        event = {
            "routeKey": route,
            "rawQueryString": "",
            "pathParameters": {"id": id},
            "headers": {"authorization": f"Bearer {by.party.token}"},
            "requestContext": {"authorizer": {"jwt": {"claims": _claims(claims)}}},
            "body": json.dumps(body) if body else None,
        }
        return int(self._call("HttpFunction", event)["statusCode"])

    def _call(self, function: str, event: Any) -> Any:
        answer = self._invoke(FunctionName=self._outputs[function], Payload=json.dumps(event).encode())
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said


def _claims(encoded: str) -> dict[str, str]:
    """As HTTP APIs hand them on: each a text."""
    return {name: str(it) for name, it in json.loads(urlsafe_b64decode(encoded + "==")).items()}


@pytest.fixture(scope="module")
def race(home: AwsHome) -> Race:
    return Race(home)


def test_of_twelve_raises_at_once_five_are_kept(race: Race, parties: PartyFactory) -> None:
    user, school = parties.user(), parties.school()
    raises = [lambda: race.call(user, "POST /api/threads", raising(school.id)) for _ in range(12)]
    assert sorted(race.run(raises)) == [200] * FIVE + [409] * 7
    assert len(user.threads("raised")) == user.me["open"] == FIVE


def test_messages_of_both_sides_at_once_have_one_order_without_a_gap_and_all_are_heard(
    race: Race, parties: PartyFactory
) -> None:
    topic = parties.thread()
    lines = [topic.raiser.open(), topic.school.open()]
    ids = {topic.raiser.id: topic.raisers_id, topic.school.id: topic.theirs}
    said = [(by, f"{n}") for n in range(6) for by in ids]

    def send(by: str, text: str) -> Any:
        return race.frame(by, {"t": "send", "key": fresh(), "id": ids[by], "text": text})

    race.run([lambda by=by, text=text: send(by, text) for by, text in said])  # type: ignore[misc] # both are bound
    logs = [topic.raiser.log(topic.raisers_id), topic.school.log(topic.theirs)]
    for log in logs:
        assert [entry["seq"] for entry in log] == [*range(1, len(said) + 2)]
    assert [entry["text"] for entry in logs[0]] == [entry["text"] for entry in logs[1]]
    for line in lines:
        heard = [frame["entry"] for frame in line.heard() if frame["t"] == "event"]
        assert sorted(entry["seq"] for entry in heard) == [*range(2, len(said) + 2)]


def test_one_message_that_is_sent_many_times_at_once_is_kept_once(race: Race, parties: PartyFactory) -> None:
    topic = parties.thread()
    frame = {"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Once."}
    race.run([lambda: race.frame(topic.raiser.id, frame) for _ in range(AT_ONCE)])
    assert [entry["text"] for entry in topic.school.log(topic.theirs)][1:] == ["Once."]


def test_nothing_is_said_after_the_end_whoever_is_faster(race: Race, parties: PartyFactory) -> None:
    topic = parties.thread()

    def send() -> Any:
        return race.frame(topic.school.id, {"t": "send", "key": fresh(), "id": topic.theirs, "text": "Wait."})

    def end() -> Any:
        return race.call(topic.raiser, "POST /api/threads/{id}/terminate", id=topic.raisers_id)

    race.run([send, send, end, send, end, send, send])
    log = topic.raiser.log(topic.raisers_id)
    assert [entry["as"] for entry in log].count("ended") == 1
    assert log[-1]["as"] == "ended"
    assert [entry["seq"] for entry in log] == [*range(1, len(log) + 1)]


def test_a_worker_removed_while_others_write_hears_that_it_ended_and_nothing_after(
    race: Race, parties: PartyFactory
) -> None:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    line = worker.open()

    def send() -> Any:
        return race.frame(topic.raiser.id, {"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "And then?"})

    def remove() -> Any:
        return race.call(topic.school, "DELETE /api/workers/{id}", id=worker.id)

    race.run([send, send, remove, send, send, send])
    words = line.last_words()
    assert words[-1] == {"t": "bye", "code": "ended"}
    assert {frame["t"] for frame in words[:-1]} <= {"event", "row"}
    assert {frame["id"] for frame in words[:-1] if frame["t"] == "event"} <= {workers_id}
    assert [entry["seq"] for entry in topic.raiser.log(topic.raisers_id)] == [*range(1, 7)], (
        "the raiser noticed nothing"
    )
