"""Twin worlds for a clock: what a blind party does in them, act after act, and the work that stands in each act's way.

Both worlds of a pair have the same ids, times and acts. They differ in what the party must not know alone.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, product
from typing import Any

import pytest

from tests.privacy.clock.work_counter import Work, WorkCounter, counting
from tests.support import world
from tests.support.stores import answer
from tests.support.world import World, body
from uconnect.domain.context import JOBS_WITHIN
from uconnect.domain.enums import Policy, ThreadFilter, ThreadSort
from uconnect.domain.models import Address, LoginSubject, School, User, Worker
from uconnect.domain.rules import FIVE
from uconnect.domain.usecases import account_closing, job_steps

SCHOOL, OWNING_SCHOOL, WORKER = "S" * 22, "O" * 22, "W" * 22
# ms that pass before jobs run: longer than they may wait. It is so long that hours end between acts of every kind, for
# mailboxes are kept by the hour.
PAUSE = 19 * 60_000
ROUNDS = 3  # of jobs from one act to the next: those that an act leaves, those that they leave, and then none
LONGER_THAN_ALL = 10**14  # ms; all stories of a world together take less


@dataclass
class Story:
    """A blind party in one world, and the thread that it acts on. `world` has the clock and the store."""

    world: World
    party: str
    thread: str
    keys: Iterator[int] = field(default_factory=count)
    sent: str = ""  # the key of a message that the party sent before the story

    def key(self) -> str:
        return f"{self.thread[:11]}{next(self.keys):011}"

    def call(self, route: str, body: Any = None, query: str = "") -> None:
        self.world.call(self.party, route, body, query)

    def say(self, **frame: Any) -> None:
        self.world.say(self.party, frame | {"id": self.thread})


Act = Callable[[Story], None]


def _raise(it: Story) -> None:
    it.thread = raised(it.world, it.party, it.key()) or it.thread


def _lists(shelf: str, *filters: ThreadFilter) -> dict[str, Act]:
    """A mailbox, its orders, and its filters: one that the mailbox does not have must be refused with equal work."""
    queries = {"list": f"shelf={shelf}"} | {f"list {it}": f"shelf={shelf}&show={it}" for it in filters}
    queries |= {f"list {it}": f"shelf={shelf}&show=open&sort={it}" for it in (ThreadSort.NEWEST, ThreadSort.ACTIVITY)}
    return {name: partial(_list, query=query) for name, query in queries.items()}


def _list(it: Story, query: str) -> None:
    it.call("GET /api/threads", query=query)


def _search(it: Story, shelf: str) -> None:
    it.call("POST /api/search", {"shelf": shelf, "words": "still since"})


READS: dict[str, Act] = {
    "read": lambda it: it.call(f"GET /api/threads/{it.thread}"),
    "log": lambda it: it.call(f"GET /api/threads/{it.thread}/log"),
}
FRAMES: dict[str, Act] = {
    "send": lambda it: it.say(t="send", key=it.key(), text="It is still so."),
    "seen": lambda it: it.say(t="seen", seq=9, theirs=9),
    "typing": lambda it: it.say(t="typing"),
    "composing": lambda it: it.say(t="composing", open=True),
    "send by HTTP": lambda it: it.call(
        f"POST /api/threads/{it.thread}/messages", {"key": it.key(), "text": "It is still so."}
    ),
}
RAISERS: dict[str, Act] = {
    "raise": _raise,
    **READS,
    **FRAMES,
    **_lists("raised", ThreadFilter.OPEN, ThreadFilter.WORKER, ThreadFilter.ENDED),
    "list all newest": partial(_list, query="shelf=raised&sort=newest"),
    "search": lambda it: _search(it, "raised"),
    "not yet": lambda it: it.call(f"POST /api/threads/{it.thread}/not-yet"),
    "terminate": lambda it: it.call(f"POST /api/threads/{it.thread}/terminate"),
    "delete": lambda it: it.call(f"DELETE /api/threads/{it.thread}"),
    "close": lambda it: it.call("DELETE /api/me"),
}
WORKERS: dict[str, Act] = {
    **READS,
    **FRAMES,
    "send again": lambda it: it.say(t="send", key=it.sent, text="It is still so."),
    **_lists("handled", ThreadFilter.OPEN, ThreadFilter.WAITING, ThreadFilter.SNOOZED, ThreadFilter.ENDED),
    "search": lambda it: _search(it, "handled"),
    "ask to end": lambda it: it.call(f"POST /api/threads/{it.thread}/ask-to-end"),
    "snooze": lambda it: it.call(f"PUT /api/threads/{it.thread}/snooze", {"until": 0}),
    "wake": lambda it: it.call(f"DELETE /api/threads/{it.thread}/snooze"),
    "notes": lambda it: it.call(f"GET /api/threads/{it.thread}/notes"),
    "note": lambda it: it.call(f"POST /api/threads/{it.thread}/notes", {"key": it.key(), "text": "She asked twice."}),
    "hand back": lambda it: it.call(f"POST /api/threads/{it.thread}/hand-back"),
}


def sequences(acts: Sequence[str], length: int, most: int) -> list[tuple[str, ...]]:
    """All sequences of that length, or as many of them as `most`, drawn the same way each time."""
    every = list(product(acts, repeat=length))
    return every if len(every) <= most else random.Random(length).sample(every, most)


def raised(world: World, by: str, key: str, to: str = SCHOOL) -> str | None:
    """A thread's id as its raiser knows it; None if it was refused."""
    command = {"key": key, "school": to, "subject": "A question", "text": "Since when?"}
    offloaded = body(world.call(by, "POST /api/threads", command))
    return offloaded["row"]["id"] if "row" in offloaded else None


@dataclass
class ActWorld:
    """One world of a pair, in which one story follows another: each has a blind party of its own, so none is too fast.

    `begin` makes a story: with the same number, it is the same in both worlds but for what must not be known.
    """

    world: World
    counter: WorkCounter
    begin: Callable[["ActWorld", int], Story]

    def played(self, number: int, acts: Sequence[Act], *, jobs: bool) -> list[Work]:
        """The work in the way of each act; with the work of the jobs that run before the next, if they do."""
        story, works = self.begin(self, number), []
        self.run_all_jobs()
        self.counter.taken()
        for act in acts:
            act(story)
            works.append(self.counter.taken())
            assert not self.due(), "a job may run at once after the act of a blind party"
            self.counter.taken()
            if jobs:
                self.run_all_jobs()
                works.append(self.counter.taken())
        self.run_all_jobs()
        return works

    def due(self) -> tuple[Any, ...]:
        return answer(self.world.home.store.ask(job_steps.due_jobs))

    def run_all_jobs(self) -> None:
        """Let the time pass in which jobs may wait, and do them.

        As much time passes whatever jobs there are: in both worlds the blind party has the same clock.
        """
        finished = 0
        for _ in range(ROUNDS):
            self.world.home.time.now += PAUSE
            finished = self.world.run_jobs()
        assert finished == 0, "jobs leave jobs that leave jobs: it takes more rounds"


@contextmanager
def act_world(store: str, policy: Policy, staff: int, begin: Callable[[ActWorld, int], Story]) -> Iterator[ActWorld]:
    """A world with a school of that policy, which has so many workers."""
    with counting(store) as counter, world.home(store, seed=11) as home, pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_closing, "_random_delay", lambda _: LONGER_THAN_ALL)  # no worker loses a thread
        home.time.jobs_within = JOBS_WITHIN
        names = [WORKER, *(f"{WORKER[:-1]}{number}" for number in range(1, FIVE))][:staff]
        home.keep(
            School(id=SCHOOL, email="school@x", name="School", policy=policy, workers=tuple(names)),
            School(id=OWNING_SCHOOL, email="owner@x", name="Owner", about="Who we are. " * 150),
            *(Worker(id=it, email=f"{it}@x", name="Wendy", school=SCHOOL, joined=True) for it in names),
        )
        made = ActWorld(World(home), counter, begin)
        # As in any process that has served somebody: what is not there has been looked for before.
        made.world.say(SCHOOL, {"t": "send", "key": "K" * 22, "id": "N" * 22, "text": "Where is it?"})
        yield made


# --- for raisers


def raiser(at: ActWorld, number: int) -> Story:
    """A user who has raised one thread."""
    by = user(at.world, number)
    return Story(at.world, by, raised(at.world, by, f"{number:022}") or "")


def raiser_answered(at: ActWorld, number: int) -> Story:
    """The same; a worker has the thread, has answered and noted something."""
    return _answered(at, number, by_worker=True)


def raiser_answered_by_school(at: ActWorld, number: int) -> Story:
    """The same; the school has answered and noted something."""
    return _answered(at, number, by_worker=False)


def raiser_snoozed(at: ActWorld, number: int) -> Story:
    """The same; the school has then put the thread off until the raiser writes."""
    story = _answered(at, number, by_worker=False)
    at.world.call(SCHOOL, f"PUT /api/threads/{newest(at.world, SCHOOL, 'received')}/snooze", {"until": 0})
    return story


def _answered(at: ActWorld, number: int, *, by_worker: bool) -> Story:
    story = raiser(at, number)
    at.run_all_jobs()
    received = newest(at.world, SCHOOL, "received")
    if by_worker:
        at.world.call(SCHOOL, f"POST /api/threads/{received}/offload", {"worker": WORKER})
    hand = WORKER if by_worker else SCHOOL
    id = newest(at.world, WORKER, "handled") if by_worker else received
    at.world.say(hand, {"t": "send", "key": f"{number:022}", "id": id, "text": "Since March."})
    at.world.call(hand, f"POST /api/threads/{id}/notes", {"key": f"{number:022}", "text": "She asked twice."})
    return story


# --- for workers


def workers_of(owner: str, fate: str = "") -> Callable[[ActWorld, int], Story]:
    """A worker with a thread of a `user` or a `school`; then comes its `fate`, if there is one."""

    def begin(at: ActWorld, number: int) -> Story:
        by = user(at.world, number) if owner == "user" else school(at.world, number)
        mine = raised(at.world, by, f"{number:022}")
        at.run_all_jobs()
        received, hand = newest(at.world, SCHOOL, "received"), f"W{number:021}"
        at.world.home.keep(Worker(id=hand, email=f"{hand}@x", name="Walt", school=SCHOOL, joined=True))
        at.world.call(SCHOOL, f"POST /api/threads/{received}/offload", {"worker": hand})
        id, sent = newest(at.world, hand, "handled"), f"B{number:021}"
        at.world.say(hand, {"t": "send", "key": sent, "id": id, "text": "Since March."})
        at.run_all_jobs()
        if fate == "taken back":
            at.world.call(SCHOOL, f"POST /api/threads/{received}/take-back")
        elif fate == "deleted":
            at.world.call(by, f"POST /api/threads/{mine}/terminate")
            at.world.call(by, f"DELETE /api/threads/{mine}")
        elif fate == "owner ended":
            at.world.call(by, "DELETE /api/me")
        return Story(at.world, hand, id, sent=sent)

    return begin


def user(world: World, number: int) -> str:
    id = f"U{number:021}"
    world.home.keep(
        User(id=id, email=f"{id}@x", name="Ann", login=LoginSubject("issuer", id)), Address(email=f"{id}@x", party=id)
    )
    return id


def school(world: World, number: int) -> str:
    """A school that raises threads. What it shows of itself is long: its record is, too."""
    id = f"U{number:021}"
    about = "Who we are, and whom we teach. " * 60
    login = LoginSubject("issuer", id)
    world.home.keep(
        School(id=id, email=f"{id}@x", name="Academy", about=about, login=login), Address(email=f"{id}@x", party=id)
    )
    return id


def newest(world: World, by: str, shelf: str) -> str:
    """The thread with the latest activity in a mailbox, by the id that the party knows."""
    page = world.look(by, "GET /api/threads", f"shelf={shelf}&most=1")
    id: str = page["threads"][0]["row"]["id"]
    return id
