"""Between the commit that ends a party and its `bye`, another function has news for it: it hears nothing of that."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
import pytest

from tests.support.api_gateway_world import OnAws, on_aws
from tests.support.fake_job_dependencies import no_logins
from uconnect.application.jobs import run
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ThreadKey, ThreadReferenceKey
from uconnect.domain.usecases import account_closing, workers

AT_ONCE = 4


class Office:
    """A school with a worker, who has the thread of a user."""

    def __init__(self, world: OnAws) -> None:
        self.world = world
        self.user, self.school = world.newcomer(Kind.USER, "Ann"), world.newcomer(Kind.SCHOOL, "Law")
        world.call(self.school, "POST /api/workers", {"key": "k" * 16, "email": "w@example.org", "name": "W"})
        entered = world.enter(Kind.WORKER, "W", "w@example.org")
        assert entered is not None
        self.worker = entered
        letter = {"key": "r" * 16, "school": self.school, "subject": "S", "text": "Hello"}
        raised = msgspec.json.decode(world.call(self.user, "POST /api/threads", letter).body)
        self.raisers_id: str = raised["row"]["id"]
        handle = world.home.one(ThreadReferenceKey(self.user, self.raisers_id))
        assert handle
        thread = world.home.one(ThreadKey(handle.thread))
        assert thread
        self.theirs = thread.school.id
        self.call(self.school, f"POST /api/threads/{self.theirs}/offload", {"worker": self.worker})

    def call(self, by: str, route: str, body: Any = None) -> None:
        assert self.world.call(by, route, body).status == 200

    def write(self, number: int = 0) -> None:
        self.world.say(
            self.user, {"t": "send", "key": f"{number:016}", "id": self.raisers_id, "text": "Are you there?"}
        )

    def heard(self, party: str) -> list[str]:
        """What sorts of frames a party's sockets heard."""
        said = [line.removeprefix(b"frame ") for line in self.world.heard[party] if line.startswith(b"frame ")]
        return [msgspec.json.decode(it)["t"] for it in said]


@pytest.fixture
def office() -> Iterator[Office]:
    with on_aws() as world:
        yield Office(world)


ENDS: dict[str, Callable[[Office], UseCase[Any]]] = {
    "worker": lambda it: partial(workers.remove, by=it.school, worker_id=it.worker),
    "school": lambda it: partial(account_closing.close_by_admin, email="law@example.org", kind=Kind.SCHOOL),
    "user": lambda it: partial(account_closing.close_by_admin, email="ann@example.org", kind=Kind.USER),
}


@pytest.mark.parametrize("who", ENDS)
def test_whoever_ended_hears_of_nothing_that_came_after_but_that_it_ended(who: str, office: Office) -> None:
    party = {"worker": office.worker, "school": office.school, "user": office.user}[who]
    office.write()
    assert office.heard(party)
    ended = run(office.world.home.store, ENDS[who](office), no_logins)
    assert isinstance(ended, Plan)
    before = office.heard(party)
    by, id = (office.school, office.theirs) if who == "user" else (office.user, office.raisers_id)
    for frame in ({"t": "send", "key": "f" * 16, "id": id, "text": "After"}, {"t": "typing", "id": id}):
        office.world.say(by, frame)
    assert office.heard(party) == before
    office.world.sockets.deliver(ended.deliveries)
    assert office.heard(party) == [*before, "bye"]


def test_the_raisers_sockets_are_asked_for_as_often_before_a_removal_as_after(office: Office) -> None:
    """The worker is looked up with its record in one query: whether it has gone costs nobody a moment."""
    requests = []
    for number in range(2):
        office.write(number)
        requests.append(sorted(office.world.posts.requests))
        run(office.world.home.store, ENDS["worker"](office), no_logins)
    assert requests[0] == requests[1]


def test_of_many_functions_at_once_none_tells_a_removed_worker_what_was_committed_later(office: Office) -> None:
    """Each send is decided after the removal, and told before it or while it is told."""
    ended = run(office.world.home.store, ENDS["worker"](office), no_logins)
    assert isinstance(ended, Plan)
    before = office.heard(office.worker)
    with ThreadPoolExecutor(AT_ONCE) as functions:
        sends = [functions.submit(office.write, number) for number in range(AT_ONCE)]
        bye = functions.submit(office.world.sockets.deliver, ended.deliveries)
        for done in (*sends, bye):
            done.result()
    assert office.heard(office.worker) == [*before, "bye"]
    assert office.heard(office.school).count("event") >= AT_ONCE
