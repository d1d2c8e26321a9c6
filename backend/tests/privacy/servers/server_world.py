"""The world of `tests.support.world`, but every call and frame goes to a running server, as a browser would send it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec

from tests.privacy.servers.byte_recorder import Answer, WatchedSocket
from tests.privacy.servers.running_server import Running
from tests.privacy.servers.signed_in_party import SignedInParty, Watched
from tests.privacy.worlds.twin_worlds import TwinWorld
from tests.support.world import Outcome, World
from uconnect.api import http
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind

DEVICES = 2  # of the blind party
BLIND = {"raiser@example.org", "worker@example.org"}  # as the scripts call the blind party


class RunningWorld(World):
    """Who plays at a server. `transcript` is all that the blind party receives, in order."""

    def __init__(self, server: Running) -> None:
        super().__init__(server.home)
        self.server = server
        self.transcript: list[bytes] = []
        self.people: dict[str, SignedInParty] = {}
        self._speaking: WatchedSocket | None = None
        server.begin()

    # --- coming in

    def enter(self, kind: Kind, name: str, email: str) -> str | None:
        self._hush()
        server = self.server
        is_blind = email in BLIND
        person = (
            Watched(server, kind, name, email, self.transcript)
            if is_blind
            else SignedInParty(server, kind, name, email)
        )
        if not person.enter():
            person.leave()
            return None
        self.people[person.id] = person
        return person.id

    @property
    def blind(self) -> Watched | None:
        return next((it for it in self.people.values() if isinstance(it, Watched)), None)

    # --- acting

    def call(self, by: str, route: str, body: Any = None, query: str = "") -> http.EncodedAnswer:
        answer = self._called(by, route, query, body)
        if not route.startswith("GET"):
            self.server.run_all_jobs()
        return http.EncodedAnswer(HTTPStatus(answer.status), answer.body)

    def look(self, by: str, route: str, query: str = "") -> Any:
        answer = self._called(by, route, query, None)
        return msgspec.json.decode(answer.body) if answer.status == 200 else None

    def say(self, by: str, frame: Any, device: Any = None) -> Outcome:
        person = self.people[by]
        if not person.sockets:
            self._hush()
            person.dial()
        if person.sockets:
            self._speak(person.sockets[0])
            person.sockets[0].say(frame)
        return Plan(None)

    def do(self, use_case: UseCase[Any]) -> None:
        self._hush()
        self.server.decide(use_case)

    def run_jobs(self) -> int:
        self._hush()
        self.server.run_all_jobs()
        return 0

    def listen(self) -> None:
        """The blind party hears what has come to it."""
        self._hush()
        if self.blind:
            self.blind.listen()

    def end(self) -> None:
        """The last frames and letters arrive."""
        self.run_jobs()
        self.listen()
        if self.blind:
            self.blind.read_letters()
            self.blind.record(b"open lines: %d" % len(self.blind.sockets))

    def leave(self) -> None:
        """All hang up."""
        for person in self.people.values():
            person.leave()

    def _called(self, by: str, route: str, query: str, body: Any) -> Answer:
        if self.blind and by == self.blind.id:
            self.listen()
        self._hush()
        method, path = route.split()
        headers = {} if body is None else {"Content-Type": "application/json"}
        encoded = None if body is None else msgspec.json.encode(body)
        return self.people[by].call(method, f"{path}?{query}" if query else path, encoded, **headers)

    def _speak(self, line: WatchedSocket) -> None:
        if self._speaking is not line:
            self._hush()
            self._speaking = line

    def _hush(self) -> None:
        """Whoever spoke last has been answered: so one may say much at a time, and everything is done in order."""
        if self._speaking:
            self._speaking.catch_up()
            self._speaking = None


class ServerTwinWorld(TwinWorld):
    """A stage in such a world. Between two steps the blind party hears what has come, and nothing is left to do.

    `between` does what else is done there: a script waits before each of its steps.
    """

    def __init__(self, world: RunningWorld, number: int) -> None:
        super().__init__(world, number, heard=world.transcript)
        self.running = world
        self.unspeakable: set[str] = set()  # what no log may hold
        self.foreign: set[str] = set()  # what only others may be sent
        self.between: Callable[[ServerTwinWorld], None] = lambda _: None

    def listen(self, blind: str, kind: Kind) -> None:
        self.blind, self.kind = blind, kind
        for _ in range(DEVICES):
            self.running.people[blind].dial()

    def wait(self, ms: int) -> None:
        self.running.run_jobs()
        self.running.listen()
        super().wait(ms)
        self.running.run_jobs()
        self.between(self)

    @property
    def texts(self) -> list[str]:
        """What was heard, as text."""
        return [line.decode("utf-8", "replace") for line in self.heard]

    def note(self, *, own: bool = False, whole: bool = True) -> None:
        """What a command takes is not heard over a network."""
