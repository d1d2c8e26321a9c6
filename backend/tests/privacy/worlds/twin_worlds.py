"""A stage on which one script is played twice: the blind party's ear, the clock it sees, and the comparison."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

import msgspec

from tests.privacy.worlds.canonical_transcript import named
from tests.support.screen import MAILBOXES, entries
from tests.support.world import Outcome, World, home
from uconnect.adapters.realtime.in_process import Socket
from uconnect.domain.enums import Kind, ThreadFilter, ThreadSort
from uconnect.domain.models import Thread

WAITS = (
    1,
    1_000,
    10_000,
    10_000,
    60_000,
)  # ms before a step; nothing else moves the clock, and no two steps are at one time
PROFILE = {"name": "School", "about": "We are there for you.", "hours": [], "zone": "Europe/Paris"}
# Words of the blind party's own threads, of what stands beside them, of those who are hidden, and of other threads.
SEARCHED = ("answer", "a note", "hand in", "owner0", "renamed in", "else", "without")
BURST = 45  # messages at one moment: more than the pace of a side allows


class Observed(AssertionError):
    """The blind party can tell the two worlds apart, or hears an id that is another's."""


@dataclass
class TwinWorld:
    """One world with its blind party. `secrets` is what differed: the test that it did is the positive control.

    `never` are ids of others: a blind party that hears one could ask around who knows the thread by it. `over`: the
    blind party's account has ended, so there is nothing more to hear.
    """

    world: World
    number: int
    blind: str = ""
    kind: Kind = Kind.USER
    heard: list[bytes] = field(default_factory=list)
    secrets: list[Any] = field(default_factory=list)
    never: set[str] = field(default_factory=set)
    keys: Iterator[int] = field(default_factory=count)
    hidden_keys: Iterator[int] = field(default_factory=count)
    devices: dict[str, Socket] = field(default_factory=dict)
    over: bool = False

    def key(self) -> str:
        """A key that the blind party's own device chooses."""
        return f"key-of-the-blind-{next(self.keys):012}"

    def hidden_key(self) -> str:
        """A key that another's device chooses: it may be of any length, so it tells whose device it was."""
        return f"key-of-{'another-' * (self.number + 1)}{next(self.hidden_keys):012}"

    def listen(self, blind: str, kind: Kind) -> None:
        """From here on the blind party hears: two devices, one of which only listens."""
        self.blind, self.kind = blind, kind
        self.devices[blind] = self.world.open(blind)
        self.world.open(blind)
        self.world.heard[blind] = self.heard

    def wait(self, ms: int) -> None:
        self.world.home.time.now += ms

    def hide(self, thread: Thread) -> None:
        """What only others may know of a thread."""
        seats = (thread.raiser, thread.school, thread.worker)
        self.never |= {
            thread.id,
            *(participant.id for participant in seats if participant and participant.party != self.blind),
        }

    def note(self, *, own: bool = False, whole: bool = True) -> None:
        """What the last command took until the blind party was served, if it was, and how many it looked up in all."""
        order = self.world.cost.order
        if not own and (self.over or self.blind not in order):
            return
        place = order.index(self.blind) if self.blind in order else -1
        self.heard.append(b"cost %d %d %d" % (self.world.cost.reads, place, len(order) if whole else 0))

    # --- acting, as anybody

    def call(self, by: str, route: str, body: Any = None, query: str = "") -> Any:
        """A call, and what it is answered with."""
        answered = self.world.call(by, route, body, query)
        if by == self.blind:
            self.note(own=True)
        return msgspec.json.decode(answered.body)

    def send(self, by: str, id: str, text: str, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.say(by, {"t": "send", "key": key, "id": id, "text": text})
            self.note(own=by == self.blind)

    def post(self, by: str, id: str, text: str, key: str) -> None:
        """A message by HTTP. Whoever sends it is answered; the blind party hears of another's."""
        self.call(by, f"POST /api/threads/{id}/messages", {"key": key, "text": text})
        if by != self.blind:
            self.note()

    def send_hidden(self, by: str, id: str, text: str) -> None:
        self.say(by, {"t": "send", "key": self.hidden_key(), "id": id, "text": text})

    def type(self, by: str, id: str) -> Outcome:
        return self.say(by, {"t": "typing", "id": id})

    def see(self, by: str, id: str) -> Outcome:
        """All that is there now."""
        shown = self.world.look(by, f"GET /api/threads/{id}")
        row = shown["thread"]["row"] if shown else {"seq": 1, "theirs": 1}
        return self.say(by, {"t": "seen", "id": id, "seq": row["seq"], "theirs": row["theirs"]})

    def compose(self, by: str, id: str, *, has_text: bool = True) -> Outcome:
        return self.say(by, {"t": "composing", "id": id, "open": has_text})

    def say(self, by: str, frame: Any) -> Outcome:
        return self.world.say(by, frame, self.devices.get(by))

    def reload(self) -> None:
        """The blind party opens its page anew, every thread of it, by short pages, and gets a ticket for a socket."""
        for route in ("GET /api/me", "GET /api/schools", "POST /api/tickets"):
            self.call(self.blind, route)
        for shelf in MAILBOXES[self.kind]:
            for id in self._list(f"shelf={shelf}&most=2"):
                self._open(id)

    def filter(self) -> None:
        """The blind party asks for its lists by every filter and in every order there is; some are not for it."""
        for shelf in MAILBOXES[self.kind]:
            for show in ThreadFilter:
                self._list(f"shelf={shelf}&most=2&show={show}")
            for sort in ThreadSort:
                for filtered in ("", "&show=open", "&show=ended"):
                    self._list(f"shelf={shelf}&most=2&sort={sort}{filtered}")

    def search(self) -> None:
        """The blind party looks for words in all that it has, page by page."""
        for shelf in MAILBOXES[self.kind]:
            self._search({"shelf": shelf, "words": "hello", "state": "open"})
            for words in SEARCHED:
                self._search({"shelf": shelf, "words": words})

    def _search(self, asked: dict[str, Any]) -> None:
        page = self.call(self.blind, "POST /api/search", asked)
        while page.get("next"):
            page = self.call(self.blind, "POST /api/search", asked | {"before": page["next"]})

    def _list(self, query: str) -> list[str]:
        """The ids of all that a list of the blind party has, page by page."""
        found, before = list[str](), ""
        while True:
            page = self.call(self.blind, "GET /api/threads", query=query + before)
            found += [it["row"]["id"] for it in page.get("threads", ())]
            if not page.get("next"):
                return found
            before = f"&before={page['next']}"

    def _open(self, id: str) -> None:
        for page in ("", "/log", "/notes"):
            self.call(self.blind, f"GET /api/threads/{id}{page}")

    def idle(self, by: str, shelf: str) -> None:
        """Somebody looks at all they have, and does nothing."""
        page = self.world.look(by, "GET /api/threads", f"shelf={shelf}")
        for it in page["threads"] if page else ():
            entries(self.world, by, it["row"]["id"])


class Script(Protocol):
    @property
    def secrets(self) -> tuple[Any, ...]:
        """One for each world it is played in."""
        ...

    def play(self, twin: TwinWorld) -> None:
        """Play it on a stage, with the secret of its world."""
        ...


Stages = tuple[TwinWorld, ...]


def play(script: Script, store: str = "memory", seed: int = 0) -> Stages:
    """Worlds with nothing in common but the script: their ids come from different seeds."""
    many = len(script.secrets)
    with ExitStack() as homes:
        stages = tuple(TwinWorld(World(homes.enter_context(home(store, many * seed + it))), it) for it in range(many))
        for twin in stages:
            script.play(twin)
    return stages


def compare(stages: Stages) -> None:
    """Every byte, after each transcript was made canonical by itself; and none of the ids that are others'."""
    (first, ids), *others = (named(twin.heard) for twin in stages)
    for other, _ in others:
        _same(first, other)
    for twin, heard in zip(stages, (ids, *(its for _, its in others)), strict=True):
        if known := heard & twin.never:
            raise Observed(f"another's id: {known}")


def _same(first: list[bytes], second: list[bytes]) -> None:
    for number, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            raise Observed(f"line {number}:\n  {one.decode()}\n  {other.decode()}")
    if len(first) != len(second):
        raise Observed(f"{len(first)} lines and {len(second)}")


def must_be_blind(script: Script, least: int, store: str = "memory") -> Counter[str]:
    """Compare, and see that there was something to tell; how often each thing was heard.

    Two aliases are the same by chance once in 270,000 times, so what was told must be told in other worlds too.
    """
    stages = play(script, store)
    try:
        compare(stages)
    except Observed:
        compare(play(script, store, seed=1))
    heard = heard_of(stages[0])
    frames = sum(many for what, many in heard.items() if what.startswith("frame"))
    assert frames >= least, f"the blind party heard {frames} frames only"
    assert all(stages[0].secrets != twin.secrets for twin in stages[1:]), "two worlds had one secret"
    return heard


def heard_of(twin: TwinWorld) -> Counter[str]:
    """How many frames of each sort, and answers of each status or code."""
    found: Counter[str] = Counter()
    for line in twin.heard:
        head, _, said = line.decode().partition(" ")
        if head != "cost":
            what = msgspec.json.decode(said)
            found[f"{head} {what.get('code') or what.get('t') or ''}".strip()] += 1
    return found
