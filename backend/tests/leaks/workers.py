"""Scripts for a worker: only who is behind its threads differs, of which kind, and whether two threads share an owner.

A new command is one line: in STEPS if the worker can notice it, in SECRETS if it must not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.leaks.stage import BURST, Stage
from uconnect.core.keys import HandleKey, ThreadKey
from uconnect.core.model import Thread
from uconnect.core.terms import Kind

THREADS = 3
KINDS = (Kind.USER, Kind.USER, Kind.SCHOOL)  # of the owners there are
OTHERS = 2  # open threads an owner may have beside those of the script
RAISED = 8  # raised beside them in one script: an owner is slowed down at 20
NOBODY = "0" * 22

Acts = tuple[tuple[str, int], ...]  # what is secretly done, and by which owner


@dataclass(frozen=True)
class WorkersScript:
    """Each step is (what, which thread, ms waited before); each world has its owners, and acts before each step."""

    steps: tuple[tuple[str, int, int], ...]
    owners: tuple[tuple[int, ...], tuple[int, ...]]
    secrets: tuple[tuple[Acts, ...], tuple[Acts, ...]]

    def play(self, stage: Stage) -> None:
        stage.secrets.append(self.owners[stage.number])
        cast = Desk(stage, self.owners[stage.number])
        for (what, which, wait), acts in zip(self.steps, self.secrets[stage.number], strict=True):
            for act, owner in acts:
                cast.do(act, cast.owners[owner])
            stage.wait(wait)
            cast.step(what, which)


@dataclass
class Owner:
    """Who raises threads; `others` are those that the worker never has."""

    id: str
    others: list[str] = field(default_factory=list)
    raised: int = 0


class Desk:
    """The worker, its school, a colleague, and owners with names that differ between the worlds."""

    def __init__(self, stage: Stage, owners: tuple[int, ...]) -> None:
        self.stage, world = stage, stage.world
        self.school = world.newcomer(Kind.SCHOOL, "School")
        names = [f"Owner{stage.number}.{number}" for number in range(len(KINDS))]
        self.owners = [Owner(world.newcomer(kind, name)) for kind, name in zip(KINDS, names, strict=True)]
        self.worker, self.colleague = self._join("worker"), self._join("colleague")
        self.owner_of = [self.owners[owner].id for owner in owners]
        self.ids = [""] * THREADS
        self.lost: set[int] = set()
        self.known: dict[str, str] = {}
        stage.never |= {self.colleague, *(owner.id for owner in self.owners)}
        stage.listen(self.worker, Kind.WORKER)

    def _join(self, name: str) -> str:
        address = f"{name}@example.org"
        invitation = {"key": self.stage.hidden_key(), "email": address, "name": name}
        self.stage.call(self.school, "POST /api/workers", invitation)
        party = self.stage.world.enter(Kind.WORKER, name, address)
        assert party is not None
        return party

    def found(self, owner: str, id: str) -> Thread | None:
        """The thread its owner knows as `id`, if there is one."""
        home = self.stage.world.home
        handle = home.one(HandleKey(owner, id))
        thread = home.one(ThreadKey(handle.thread)) if handle else None
        if thread:
            self.stage.hide(thread)
            if thread.worker and thread.worker.party == self.worker:
                self.known[thread.id] = thread.worker.id
        return thread

    def thread(self, which: int) -> Thread | None:
        return self.found(self.owner_of[which], self.ids[which])

    # --- what the worker can notice

    def step(self, what: str, which: int) -> None:
        if what in ANYWHERE:
            ANYWHERE[what](self)
            return
        thread = self.thread(which) or self._raised(which)
        self.which = which
        STEPS[what](self, thread)

    def _raised(self, which: int) -> Thread:
        """A thread is raised and given to the worker, who hears of it only then."""
        letter = {"key": self.stage.hidden_key(), "school": self.school, "subject": f"S{which}", "text": "Hello"}
        self.ids[which] = self.stage.call(self.owner_of[which], "POST /api/threads", letter)["row"]["id"]
        self.lost.discard(which)
        thread = self.thread(which)
        assert thread is not None
        self.give(thread)
        return self.thread(which) or thread

    def give(self, thread: Thread) -> None:
        self.at_school(thread, "offload", {"worker": self.worker})

    def at_school(self, thread: Thread, way: str, what: Any = None) -> None:
        self.stage.call(self.school, f"POST /api/threads/{thread.school.id}/{way}", what)
        self.stage.note()

    def give_again(self, thread: Thread) -> None:
        if self.which not in self.lost:
            self.give(thread)

    def lose(self, thread: Thread) -> None:
        self.at_school(thread, "take-back")
        self.lost.add(self.which)

    def school_answers(self, thread: Thread) -> None:
        self.stage.send(self.school, thread.school.id, "From the school", self.stage.hidden_key())

    def remove(self) -> None:
        self.stage.call(self.school, f"DELETE /api/workers/{self.worker}")
        self.stage.world.work()

    def owner_writes(self, thread: Thread, many: int = 1, times: int = 1) -> None:
        for number in range(many):
            key = self.stage.hidden_key()
            self.stage.send(thread.raiser.party, thread.raiser.id, f"A word {number}", key, times)

    def owner_signals(self, signal: str, thread: Thread) -> None:
        getattr(self.stage, signal)(thread.raiser.party, thread.raiser.id)
        self.stage.note(whole=False)

    def owner_calls(self, route: str, thread: Thread) -> None:
        self.stage.call(thread.raiser.party, route.format(f"/api/threads/{thread.raiser.id}"))
        self.stage.note()

    def answers(self, thread: Thread, many: int = 1, times: int = 1) -> None:
        for number in range(many):
            self.stage.send(self.worker, self._id(thread), f"Answer {number}", self.stage.key(), times)

    def signals(self, signal: str, thread: Thread) -> None:
        getattr(self.stage, signal)(self.worker, self._id(thread))
        self.stage.note(own=True)

    def hands_back(self, thread: Thread) -> None:
        self.stage.call(self.worker, f"POST /api/threads/{self._id(thread)}/hand-back")

    def _id(self, thread: Thread) -> str:
        """What the worker knows the thread by, also after it lost it."""
        return self.known.get(thread.id, NOBODY)

    def tries_odd_things(self, thread: Thread) -> None:
        """What is not a worker's to do is refused with the same bytes, whoever owns the thread."""
        ask, id = partial(self.stage.call, self.worker), self._id(thread)
        for route in ("POST {}/terminate", "DELETE {}", "POST {}/take-back"):
            ask(route.format(f"/api/threads/{id}"))
        ask(f"POST /api/threads/{id}/offload", {"worker": self.colleague})
        for page in ("", "/log"):
            ask(f"GET /api/threads/{id}{page}")
        for foreign in (thread.raiser.id, thread.school.id, thread.raiser.party, thread.id):
            ask(f"GET /api/threads/{foreign}")
            ask(f"GET /api/threads/{foreign}/log")
            ask(f"POST /api/threads/{foreign}/hand-back")
        ask("GET /api/schools")
        letter = {"key": self.stage.key(), "school": thread.raiser.party, "subject": "Who?", "text": "Who are you?"}
        ask("POST /api/threads", letter)
        ask(f"DELETE /api/workers/{thread.raiser.party}")
        for shelf in ("raised", "received"):
            ask("GET /api/threads", query=f"shelf={shelf}")

    # --- what happens where the worker is not

    def do(self, act: str, owner: Owner) -> None:
        self.stage.secrets.append((act, self.owners.index(owner)))
        SECRETS[act](self, owner)

    def raise_other(self, owner: Owner) -> None:
        if len(owner.others) < OTHERS and owner.raised < RAISED:
            owner.raised += 1
            answered = self.stage.call(owner.id, "POST /api/threads", self._letter(self.school))
            owner.others.append(answered["row"]["id"])

    def _letter(self, to: str) -> Any:
        return {"key": self.stage.hidden_key(), "school": to, "subject": "Other", "text": "Something else"}

    def end_other(self, owner: Owner) -> None:
        if owner.others:
            id = owner.others.pop()
            self.stage.call(owner.id, f"POST /api/threads/{id}/terminate")
            self.stage.call(owner.id, f"DELETE /api/threads/{id}")

    def write_other(self, owner: Owner, to: str = "") -> None:
        """Another thread of the same owner lives on, at the school or with a colleague of the worker."""
        for thread in [self.found(owner.id, id) for id in owner.others]:
            if thread:
                self.stage.send_hidden(owner.id, thread.raiser.id, "Elsewhere")
                self.stage.type(owner.id, thread.raiser.id)
                if to:
                    self.stage.call(self.school, f"POST /api/threads/{thread.school.id}/offload", {"worker": to})

    def write_lost(self, owner: Owner) -> None:
        """What was taken from the worker for good goes on without it, even with a colleague."""
        for thread in [self.thread(which) for which in self.lost]:
            if thread:
                self.stage.send_hidden(thread.raiser.party, thread.raiser.id, "Without you")
                self.stage.type(thread.raiser.party, thread.raiser.id)
                self.stage.send_hidden(self.school, thread.school.id, "Without it")
                self.stage.call(
                    self.school, f"POST /api/threads/{thread.school.id}/offload", {"worker": self.colleague}
                )

    def pass_around(self, owner: Owner) -> None:
        """What the worker has not now is with a colleague for a while, who writes nothing."""
        for thread in [self.thread(which) for which in range(THREADS)]:
            if thread and thread.worker is None:
                for way in ("offload", "take-back"):
                    to = {"worker": self.colleague} if way == "offload" else None
                    self.stage.call(self.school, f"POST /api/threads/{thread.school.id}/{way}", to)

    def be_refused(self, owner: Owner) -> None:
        for route in ("GET /api/workers", f"POST /api/threads/{NOBODY}/terminate"):
            self.stage.call(owner.id, route)
        self.stage.call(owner.id, "POST /api/threads", self._letter(self.worker))

    def work(self, owner: Owner) -> None:
        self.stage.world.work()


ANYWHERE: dict[str, Callable[[Desk], None]] = {
    "reload": lambda it: it.stage.reload(),
    "remove": Desk.remove,
}
STEPS: dict[str, Callable[[Desk, Thread], None]] = {
    "write": Desk.owner_writes,
    "write_again": partial(Desk.owner_writes, times=2),
    "writes_a_lot": partial(Desk.owner_writes, many=BURST),
    "owner_types": lambda it, thread: it.owner_signals("type", thread),
    "owner_sees": lambda it, thread: it.owner_signals("see", thread),
    "answer": Desk.answers,
    "answer_again": partial(Desk.answers, times=2),
    "answers_a_lot": partial(Desk.answers, many=BURST),
    "type": lambda it, thread: it.signals("type", thread),
    "see": lambda it, thread: it.signals("see", thread),
    "school_answers": Desk.school_answers,
    "take_back": lambda it, thread: it.at_school(thread, "take-back"),
    "lose": Desk.lose,
    "give": Desk.give_again,
    "hand_back": Desk.hands_back,
    "terminate": lambda it, thread: it.owner_calls("POST {}/terminate", thread),
    "delete": lambda it, thread: it.owner_calls("DELETE {}", thread),
    "try_odd_things": Desk.tries_odd_things,
}
SECRETS: dict[str, Callable[[Desk, Owner], None]] = {
    "raise_other": Desk.raise_other,
    "end_other": Desk.end_other,
    "write_other": Desk.write_other,
    "give_to_colleague": lambda it, owner: it.write_other(owner, it.colleague),
    "look": lambda it, owner: it.stage.idle(owner.id, "raised"),
    "write_lost": Desk.write_lost,
    "pass_around": Desk.pass_around,
    "be_refused": Desk.be_refused,
    "work": Desk.work,
}
