"""Eight ways to lose what one had, each with a socket that was open before and others who go on writing."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from tests.api.caller import Caller, fresh
from tests.api.home import browser
from tests.api.party_factory import PartyFactory
from tests.api.server_home import ServerHome
from tests.api.socket_client import SocketClient
from tests.support import sizes
from uconnect.domain.enums import Kind
from uconnect.oidc_provider.sessions import Session

BETWEEN = 0.25 if sizes.FULL else 0.1  # seconds between two messages; a quarter is as fast as anybody may for ever


class Hand(threading.Thread):
    """Writes numbered messages into a thread until told to stop, whatever is answered."""

    def __init__(self, caller: Caller, id: str) -> None:
        super().__init__()
        self.sent = 0
        self._socket, self._id, self._over = caller.open(), id, threading.Event()
        self._more = threading.Condition()
        self.start()

    def run(self) -> None:
        while not self._over.wait(BETWEEN):
            key = fresh()
            with self._more:
                self.sent += 1
                self._more.notify_all()
            self._socket.say({"t": "send", "key": key, "id": self._id, "text": f"Number {self.sent}"})
            self._socket.hear_until(key=key)

    def wait_for(self, number: int) -> None:
        """Wait until a message is answered."""
        with self._more:
            assert self._more.wait_for(lambda: self.sent > number, 60)

    def stop(self) -> None:
        self._over.set()
        self.join()


@dataclass
class Trial:
    """What somebody holds: a socket, the thread's id, a token. `closes` says whether the socket is to be closed.

    `mark` is the number of the last message that was begun when the revocation was answered.
    """

    held: Caller
    socket: SocketClient
    id: str
    signatories: list[Hand]
    revoke: Callable[[], Any]
    closes: bool = False
    mark: int = 0
    closed_after: float = 0
    heard: list[dict[str, Any]] = field(default_factory=list)

    def late(self) -> list[dict[str, Any]]:
        """What was heard of messages that were not begun yet when the revocation was answered."""
        numbers = ((frame, frame.get("entry", {}).get("text", "").rpartition(" ")[2]) for frame in self.heard)
        return [frame for frame, number in numbers if number.isdecimal() and int(number) > self.mark]


def signed_out(parties: PartyFactory) -> Trial:
    topic = parties.thread()
    socket = topic.raiser.open()
    signatories = [Hand(topic.school, topic.theirs)]
    return Trial(topic.raiser, socket, topic.raisers_id, signatories, lambda: _sign_out(topic.raiser), closes=True)


def code_used_again(parties: PartyFactory) -> Trial:
    """Somebody else has the code that the access token was given for, and uses it too."""
    topic = parties.thread()
    home, party = topic.raiser.home, topic.raiser.party
    assert isinstance(home, ServerHome)
    _, cookie = home._server.sign_in(party.kind, party.email, "")
    with browser(home.url) as http:
        http.cookies.set(f"uconnect_session_{party.kind.value}", cookie)
        code = home._code(http, party.kind)
    use = partial(_use, home, party.kind, code)
    held = replace(topic.raiser, party=replace(party, token=use()))
    return Trial(held, held.open(), topic.raisers_id, [Hand(topic.school, topic.theirs)], use, closes=True)


def worker_removed(parties: PartyFactory) -> Trial:
    trial, school, worker = _worked_on(parties)
    trial.revoke, trial.closes = lambda: school.ask(f"DELETE /api/workers/{worker.id}"), True
    return trial


def taken_back(parties: PartyFactory) -> Trial:
    trial, school, _ = _worked_on(parties)
    theirs = school.threads("received")[0]["row"]["id"]
    trial.revoke = lambda: school.ask(f"POST /api/threads/{theirs}/take-back")
    return trial


def handed_back(parties: PartyFactory) -> Trial:
    trial, _, worker = _worked_on(parties)
    trial.revoke = lambda: worker.ask(f"POST /api/threads/{trial.id}/hand-back")
    return trial


def thread_deleted(parties: PartyFactory) -> Trial:
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)

    def delete() -> None:
        topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
        topic.raiser.ask(f"DELETE /api/threads/{topic.raisers_id}")

    return Trial(topic.school, topic.school.open(), topic.theirs, [Hand(worker, workers_id)], delete)


def account_closed(parties: PartyFactory) -> Trial:
    topic = parties.thread()
    socket, signatories = topic.raiser.open(), [Hand(topic.school, topic.theirs)]
    return Trial(
        topic.raiser, socket, topic.raisers_id, signatories, lambda: topic.raiser.ask("DELETE /api/me"), closes=True
    )


def owner_closed(parties: PartyFactory) -> Trial:
    """The school loses the thread; its worker does not know, and writes on for up to six hours."""
    topic = parties.thread()
    worker = parties.worker(topic.school)
    signatories = [Hand(worker, parties.offloaded(topic, worker))]
    return Trial(
        topic.school, topic.school.open(), topic.theirs, signatories, lambda: topic.raiser.ask("DELETE /api/me")
    )


KINDS = (
    signed_out,
    code_used_again,
    worker_removed,
    taken_back,
    handed_back,
    thread_deleted,
    account_closed,
    owner_closed,
)


def _worked_on(parties: PartyFactory) -> tuple[Trial, Caller, Caller]:
    """A thread in a worker's hands, who holds it; raiser and school write."""
    topic = parties.thread()
    worker = parties.worker(topic.school)
    workers_id = parties.offloaded(topic, worker)
    socket = worker.open()
    signatories = [Hand(topic.raiser, topic.raisers_id), Hand(topic.school, topic.theirs)]
    return Trial(worker, socket, workers_id, signatories, lambda: None), topic.school, worker


def _use(home: ServerHome, kind: Kind, code: str) -> str:
    with browser(home.url) as http:
        return str(home._exchange(http, kind, code).get("access_token", ""))


def _sign_out(caller: Caller) -> None:
    """As the site does: with the ID token that came with the access token."""
    home = caller.home
    assert isinstance(home, ServerHome)
    body = caller.party.token.split(".")[1]
    sent = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    session = Session(sent["sid"], sent["client_id"], sent["sub"], sent["auth_time"], 0)
    hint = home._signer.id_token(session, caller.party.token, None, time.time())
    with browser(home.url) as http:
        assert http.get("/oauth/sign-out", params={"id_token_hint": hint}).status_code == 200


def stop(trials: Iterable[Trial]) -> None:
    for trial in trials:
        for hand in trial.signatories:
            hand.stop()
