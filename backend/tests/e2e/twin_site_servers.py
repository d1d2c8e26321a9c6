"""Two servers whose clocks are in the test's hands: a script is played in both, and only its secret differs.

Nothing else moves time, so what is shown is of the same minute in both worlds. Whoever is not blind has no browser:
they call the server as a site does.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

from playwright.sync_api import Browser, Page

from tests.api.caller import Caller, fresh
from tests.api.party_factory import party_factory
from tests.api.server_home import ServerHome
from tests.api.socket_client import SocketClient
from tests.e2e.browser_party import BrowserParty, Device
from tests.e2e.leak_watcher import NOON, LeakWatcher
from tests.e2e.planted_page_leaks import Leak
from tests.support.network_proxy import Network
from tests.support.server_process import Server, serving
from uconnect.domain.enums import Kind

P = TypeVar("P", bound=BrowserParty)

# The server's clock is how old a file says it is: changed at once, for whichever of its threads asks.
CLOCK = """
import os
from uconnect.domain.context import Context
from uconnect.adapters import clock
clock.new_context = lambda: Context(os.stat({file!r}).st_mtime_ns // 1_000_000, clock.fresh, jobs_within=0)
"""
GONE = "status of 404"  # what was taken from somebody is not there when they look: compared with all other answers
numbers = count(1)  # of scripts: no name comes twice on a server


@dataclass
class Hand:
    """Somebody who is not blind: what their calls and frames are to bring about is done when they return."""

    caller: Caller
    socket: SocketClient
    name: str

    @property
    def id(self) -> str:
        return self.caller.id

    def do(self, route: str, body: Any = None) -> Any:
        """Call, whether or not it is refused."""
        return self.caller.call(route, body).json()

    def say(self, **frame: Any) -> None:
        self.socket.say(frame)
        self.socket.heard()

    def write(self, id: str, text: str) -> None:
        self.say(t="send", key=fresh(), id=id, text=text)

    def see(self, id: str) -> None:
        """All that is there now."""
        row = self.caller.row(id)
        self.say(t="seen", id=id, seq=row["seq"], theirs=row["theirs"])

    def note(self, id: str, mentioned: str) -> None:
        self.do(f"POST /api/threads/{id}/notes", {"key": fresh(), "text": f"@{mentioned} A note"})

    def thread(self, subject: str, shelf: str) -> str:
        """What they know a thread by; nothing if they have it not."""
        found = [it["row"]["id"] for it in self.caller.threads(shelf) if it["row"]["subject"] == subject]
        return str(found[0]) if found else ""


@dataclass
class World:
    """One of the two for the time of one script. `secrets` is what differed."""

    number: int
    script: int
    home: "Running"
    open: ExitStack
    now: int = NOON
    secrets: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wait(0)
        self._parties = self.open.enter_context(party_factory(self.home.server_home))

    def wait(self, ms: int) -> None:
        self.now += ms
        os.utime(self.home.clock, ns=(self.now * 1_000_000,) * 2)

    def hand(self, kind: Kind, name: str, email: str = "") -> Hand:
        """Somebody who has just come in."""
        full_name = f"{name} {self.script}"
        caller = self._parties.enter(kind, email or self.address(name), full_name)
        return Hand(caller, caller.open(), full_name)

    def worker(self, school: Hand, name: str) -> Hand:
        email = self.address(name)
        school.do("POST /api/workers", {"key": fresh(), "email": email, "name": f"{name} {self.script}"})
        return self.hand(Kind.WORKER, name, email)

    def blind(self, party: type[P], like: Hand, device: Device) -> tuple[P, LeakWatcher]:
        """Somebody who is in already, now in front of their site."""
        person = party(self.home.browser, self.home.server, self.home.make_network(), device)
        self.open.callback(person.page.context.close)
        return person, LeakWatcher(person, like.caller.party)

    def address(self, name: str) -> str:
        return f"{name.lower().replace(' ', '-')}-{self.script}@uni.example"


@dataclass(frozen=True)
class Running:
    """A server that runs, for many scripts."""

    server: Server
    clock: Path
    server_home: ServerHome
    browser: Browser
    make_network: Callable[[], Network]


Pair = tuple[Running, Running]


@contextmanager
def pair(folder: Path, browser: Browser, make_network: Callable[[], Network], prelude: str = "") -> Iterator[Pair]:
    """Two servers, each changed by `prelude`. Nobody may have had a reason to complain at their end."""
    with ExitStack() as open:
        running = []
        for name in ("one", "other"):
            (folder / name).mkdir()
            clock = folder / name / "clock"
            clock.touch()
            server = open.enter_context(serving(folder / name, prelude=CLOCK.format(file=str(clock)) + prelude))
            server = replace(server, now=partial(_time_of, clock))
            running.append(Running(server, clock, ServerHome(server), browser, make_network))
        yield running[0], running[1]
    assert [socket for it in running for socket in it.server.complaints()] == []


def _time_of(clock: Path) -> float:
    return clock.stat().st_mtime


Before = Callable[[Page], None]


class Script(Protocol):
    def play(self, world: World, before: Before) -> LeakWatcher:
        """Play it in a world, with the secret of its number; who is blind looks after every step."""
        ...


@dataclass(frozen=True)
class Played:
    """What the blind party learned in each world."""

    seen: tuple[LeakWatcher, LeakWatcher]
    secrets: tuple[list[Any], list[Any]]

    def letters_shown(self) -> dict[str, str]:
        """Where the worlds can be told apart: by channel, the first difference."""
        one, other = (it.canonical() for it in self.seen)
        found: dict[str, str] = {}
        for (name, first), (also, second) in zip(one, other, strict=False):
            if (name, first) != (also, second):
                found.setdefault(name, differing(first, second))
        if len(one) != len(other):
            found.setdefault("length", f"{len(one)} lines and {len(other)}")
        return found


def differing(one: bytes, other: bytes) -> str:
    """The first place where they do, with what stands before and after."""
    at = next((it for it, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return "\n  ".join(it[max(0, at - 80) : at + 120].decode(errors="replace") for it in (one, other))


def play(script: Script, homes: Pair, leak: Leak | None = None) -> Played:
    """Both worlds, one after the other: the clocks are theirs alone."""
    number, seen, secrets = next(numbers), [], []
    for which, home in enumerate(homes):
        with ExitStack() as open:
            world = World(which, number, home, open)
            seen.append(script.play(world, partial(leak.plant, told=f"world{which}") if leak else lambda _: None))
            secrets.append(world.secrets)
            complaints = [it for it in seen[-1].browser_party.complaints if GONE not in it]
            assert complaints == []
    return Played((seen[0], seen[1]), (secrets[0], secrets[1]))
