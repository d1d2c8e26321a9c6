"""A person's screen: it loads once, then lives on frames; and what a fresh load shows, to compare it with."""

from collections.abc import Iterable
from typing import Any

import msgspec

from tests.support.site_reducer import Json, SiteState
from tests.support.world import World

MAILBOXES = {"user": ("raised",), "school": ("raised", "received"), "worker": ("handled",)}


class Screen:
    """One device of a party. Every thread on it is opened as soon as it is seen there."""

    def __init__(self, world: World, party: str) -> None:
        self._world = world
        self.party = party
        self.view = SiteState()
        self.frames: list[Json] = []
        self.live = True
        self.device = world.open(party, self._arrived)
        self.resume()

    def _arrived(self, raw: bytes) -> None:
        frame = msgspec.json.decode(raw)
        self.frames.append(frame)
        self.view.apply_frame(frame)
        self.live = frame["t"] != "bye"

    def heard(self, what: str) -> list[Json]:
        """The frames of one sort."""
        return [frame for frame in self.frames if frame["t"] == what]

    def cut(self) -> None:
        self._world.sockets.remove(self.party, self.device)
        self.live = False

    def connect(self) -> None:
        """Open a socket again, and make the screen whole."""
        self.device = self._world.open(self.party, self._arrived)
        self.live = True
        self.resume()

    def resume(self) -> None:
        """Load the lists, ask for what they do not show and for what is open, and fetch what the logs lack."""
        listed = load_lists(self._world, self.party, self.view)
        for id in [id for id in self.view.rows if id not in listed or id in self.view.logs]:
            self._ask(id)
        for id, log in self.view.logs.items():
            self.view.more(id, entries(self._world, self.party, id, after=log[-1]["seq"] if log else 0))

    def open_all(self) -> None:
        """Open the threads that came since."""
        for id in [id for id in self.view.rows if id not in self.view.logs]:
            self._ask(id)
            self.view.open(id, entries(self._world, self.party, id))

    def _ask(self, id: str) -> None:
        shown = self._world.look(self.party, f"GET /api/threads/{id}")
        if shown:
            self.view.load(shown["thread"])
        else:
            self.view.apply_frame({"t": "gone", "id": id, "rev": self.view.rows[id]["rev"]})


def load_lists(world: World, party: str, view: SiteState) -> set[str]:
    """Load the thread limit and every mailbox into a view. Returns the ids listed; a removed worker is shown none."""
    me = world.look(party, "GET /api/me")
    if me is None:
        return set()
    view.met(me)
    listed: set[str] = set()
    for shelf in MAILBOXES[me["kind"]]:
        for page in pages(world, party, shelf):
            for thread in page["threads"]:
                view.load(thread)
                listed.add(thread["row"]["id"])
    return listed


def fresh_load(world: World, party: str) -> SiteState:
    """What a page shows that is opened now, with every thread of it."""
    view = SiteState()
    for id in load_lists(world, party, view):
        shown = world.look(party, f"GET /api/threads/{id}")
        view.load(shown["thread"])
        view.open(id, entries(world, party, id))
    return view


def pages(world: World, party: str, shelf: str) -> Iterable[Any]:
    page = world.look(party, "GET /api/threads", f"shelf={shelf}")
    yield page
    while page["next"]:
        page = world.look(party, "GET /api/threads", f"shelf={shelf}&before={page['next']}")
        yield page


def entries(world: World, party: str, id: str, after: int = 0) -> list[Json]:
    found: list[Json] = []
    while page := world.look(party, f"GET /api/threads/{id}/log", f"after={after + len(found)}"):
        found += page["entries"]
        if not page["more"]:
            break
    return found


def differences(live: SiteState, new_id: SiteState) -> list[str]:
    """Where a live screen is not what a fresh load shows; a thread is compared as far as the screen has opened it."""
    found = []
    if live.rows != new_id.rows:
        found.append(f"rows: {live.rows} is not {new_id.rows}")
    if live.meter != new_id.meter:
        found.append(f"meter: {live.meter} is not {new_id.meter}")
    for id in live.rows.keys() & new_id.rows.keys():
        if live.read(id) != new_id.read(id):
            found.append(f"read {id}: {live.read(id)} is not {new_id.read(id)}")
        if id in live.logs and (live.logs[id], live.seen(id)) != (new_id.logs[id], new_id.seen(id)):
            found.append(f"log {id}: {live.logs[id]}, {live.seen(id)} is not {new_id.logs[id]}, {new_id.seen(id)}")
    return found
