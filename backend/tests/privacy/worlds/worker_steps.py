"""What a worker does and can notice, the same in both worlds. A new command is one line in STEPS or ANYWHERE."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.privacy.worlds.twin_worlds import BURST, PROFILE, TwinWorld
from uconnect.domain.enums import Kind
from uconnect.domain.keys import PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import NOBODY, Thread, Worker
from uconnect.domain.usecases import account_closing

THREADS = 3
KINDS = (Kind.USER, Kind.USER, Kind.SCHOOL)  # of the owners there are
NOTHING = "0" * 22  # an id that was never given out
NAMES = ("Ulla", "Maximilian", "Bo Li")  # of the owners, as they tell them: of other lengths
GUESS = f"Is it {NAMES[0]}?"
SILENCE = "owners_fall_silent"  # after it, the worker is alone with its threads


@dataclass
class Owner:
    """Who raises threads; `others` are those that the worker never has."""

    id: str
    kind: Kind
    others: list[str] = field(default_factory=list)
    raised: int = 0


@dataclass
class Talk:
    """One thread of the script: who owns it, and what it is known by. It is raised anew when it was deleted."""

    owner: str
    thread: str = NOTHING
    owners: str = NOTHING
    schools: str = NOTHING
    workers_id: str = NOTHING
    lost: bool = False


class WorkerWorld:
    """The worker, its school, a colleague, and owners with names that differ between the worlds."""

    def __init__(self, twin: TwinWorld, owners: tuple[int, ...], ends: frozenset[int]) -> None:
        self.twin, self.ends, world = twin, ends, twin.world
        self.school = world.newcomer(Kind.SCHOOL, "School")
        names = [f"Owner{twin.number}.{number}" for number in range(len(KINDS))]
        self.owners = [Owner(world.newcomer(kind, name), kind) for kind, name in zip(KINDS, names, strict=True)]
        self.worker, self.colleague = self._join("worker"), self._join("colleague")
        self.talks = [Talk(self.owners[owner].id) for owner in owners]
        self.notes_made = 0
        self.silent = False
        twin.never |= {self.colleague, *(owner.id for owner in self.owners)}
        twin.call(self.colleague, "PUT /api/availability", {"available": False})
        twin.listen(self.worker, Kind.WORKER)

    def _join(self, name: str) -> str:
        address = f"{name}@example.org"
        invitation = {"key": self.twin.hidden_key(), "email": address, "name": name}
        self.twin.call(self.school, "POST /api/workers", invitation)
        party = self.twin.world.enter(Kind.WORKER, name, address)
        assert party is not None
        return party

    def found(self, owner: str, id: str) -> Thread | None:
        """The thread its owner knows as `id`, if there is one."""
        home = self.twin.world.home
        handle = home.one(ThreadReferenceKey(owner, id))
        thread = home.one(ThreadKey(handle.thread)) if handle else None
        if thread:
            self.twin.hide(thread)
        return thread

    # --- what the worker can notice

    def step(self, what: str, which: int) -> None:
        if what in ANYWHERE:
            ANYWHERE[what](self)
            return
        talk = self.talks[which]
        if not self.silent and not self.found(talk.owner, talk.owners):
            subject = f"S{which}" if which else f"S0 by {self.name_of(talk)}"
            self._raise(talk, subject, automatic=which == 1)
        STEPS[what](self, talk)

    def _raise(self, talk: Talk, subject: str, *, automatic: bool) -> None:
        """A thread is raised, and given to the worker by hand or by its school's policy; it hears of it only then."""
        letter = {"key": self.twin.hidden_key(), "school": self.school, "subject": subject, "text": "Hello"}
        talk.owners = self.twin.call(talk.owner, "POST /api/threads", letter)["row"]["id"]
        thread = self.found(talk.owner, talk.owners)
        assert thread is not None
        talk.thread, talk.schools, talk.lost = thread.id, thread.school.id, False
        if self.name_of(talk) in subject:
            self.hide(talk)
        for policy in ("automatic", "by_hand") if automatic else ("by_hand",):
            self.twin.call(self.school, "PUT /api/policy", {"policy": policy})
            self.twin.world.run_jobs()
        self.offload(talk)
        thread = self.found(talk.owner, talk.owners)
        talk.workers_id = thread.worker.id if thread and thread.worker else NOTHING

    def name_of(self, talk: Talk) -> str:
        return NAMES[[it.id for it in self.owners].index(talk.owner)]

    def hide(self, talk: Talk) -> None:
        """The school hides what the owner tells of itself, before or while the worker has the thread."""
        self.at_school(talk, "hide-words", {"words": [self.name_of(talk), "word"]})

    def show_word(self, talk: Talk) -> None:
        self.at_school(talk, "show-words", {"words": ["word"]})

    def owner_tells(self, talk: Talk) -> None:
        """The owner tells its name, and the school writes it too, in a message and a note."""
        self.hide(talk)
        name = self.name_of(talk)
        self.twin.send(talk.owner, talk.owners, f"I am **{name}**. A word of {name}", self.twin.hidden_key())
        self.twin.send(self.school, talk.schools, f"Dear {name}", self.twin.hidden_key())
        self.at_school(talk, "notes", {"key": self.twin.hidden_key(), "text": f"{name} is kind"})

    def guesses(self, talk: Talk) -> None:
        """The worker writes and looks for the name of one of the owners."""
        self.twin.send(self.worker, talk.workers_id, GUESS, self.twin.key())
        self.calls("POST {}/notes", talk, {"key": self.twin.key(), "text": GUESS})
        for words in (NAMES[0], "dear"):
            self.asks("POST /api/search", {"shelf": "handled", "words": words})

    def at_school(self, talk: Talk, way: str, what: Any = None) -> None:
        self.twin.call(self.school, f"POST /api/threads/{talk.schools}/{way}", what)
        self.twin.note()

    def offload(self, talk: Talk) -> None:
        if not talk.lost:
            self.at_school(talk, "offload", {"worker": self.worker})

    def lose(self, talk: Talk) -> None:
        """By a take-back for good; or, of an owner whose account has ended, by the random moment that is now."""
        self.twin.world.run_jobs()
        thread = self.twin.world.home.one(ThreadKey(talk.thread))
        if thread and thread.school.party == NOBODY:
            self.twin.world.do(partial(account_closing.unassign_detached, thread=thread.id))
        else:
            self.twin.call(self.school, f"POST /api/threads/{talk.schools}/take-back")
        self.twin.world.run_jobs()
        talk.lost = True

    def school_answers(self, talk: Talk) -> None:
        self.twin.send(self.school, talk.schools, "From the school", self.twin.hidden_key())

    def school_composes(self, talk: Talk) -> None:
        for has_text in (True, False):
            self.twin.compose(self.school, talk.schools, has_text=has_text)
            self.twin.note()

    def school_notes(self, talk: Talk) -> None:
        note = {"key": self.twin.hidden_key(), "text": "@worker @colleague From the school"}
        self.at_school(talk, "notes", note)

    def school_shows_itself(self) -> None:
        self.twin.call(self.school, "PUT /api/face", PROFILE)
        self.twin.note()

    def school_saves_reply(self) -> None:
        """The worker is told, and reads them."""
        reply = {"key": self.twin.hidden_key(), "folder": "Office", "title": "Hours", "text": "From nine at {school}"}
        self.twin.call(self.school, "POST /api/saved-replies", reply)
        self.twin.note()
        self.asks("GET /api/saved-replies", None)

    def school_changes_replies(self) -> None:
        """The first is moved, the last is deleted."""
        saved = self.twin.world.look(self.school, "GET /api/saved-replies")["replies"]
        for it in saved[:1]:
            self.twin.call(self.school, f"PUT /api/saved-replies/{it['id']}", {"folder": "Others"})
            self.twin.note()
        for it in saved[1:][-1:]:
            self.twin.call(self.school, f"DELETE /api/saved-replies/{it['id']}")
            self.twin.note()
        self.asks("GET /api/saved-replies", None)

    def removed(self) -> None:
        self.twin.call(self.school, f"DELETE /api/workers/{self.worker}")
        self.twin.world.run_jobs()

    def leaves(self) -> None:
        """It may until its first answer, and is refused after it."""
        self.twin.call(self.worker, "DELETE /api/me")
        self.twin.world.run_jobs()

    def has_answered(self) -> bool:
        worker = self.twin.world.home.one(PartyKey(self.worker))
        return isinstance(worker, Worker) and worker.answered

    def owner_writes(self, talk: Talk, many: int = 1, times: int = 1) -> None:
        for number in range(many):
            self.twin.send(talk.owner, talk.owners, f"A word {number}", self.twin.hidden_key(), times)

    def owner_writes_by_http(self, talk: Talk) -> None:
        self.twin.post(talk.owner, talk.owners, "A word by HTTP", self.twin.hidden_key())

    def owner_signals(self, signal: str, talk: Talk) -> None:
        getattr(self.twin, signal)(talk.owner, talk.owners)
        self.twin.note(whole=False)

    def owner_calls(self, route: str, talk: Talk) -> None:
        self.twin.call(talk.owner, route.format(f"/api/threads/{talk.owners}"))
        self.twin.note()

    def answers(self, talk: Talk, many: int = 1, times: int = 1) -> None:
        for number in range(many):
            self.twin.send(self.worker, talk.workers_id, f"Answer {number}", self.twin.key(), times)

    def answers_by_http(self, talk: Talk) -> None:
        self.twin.post(self.worker, talk.workers_id, "Answer by HTTP", self.twin.key())

    def signals(self, signal: str, talk: Talk) -> None:
        getattr(self.twin, signal)(self.worker, talk.workers_id)
        self.twin.note(own=True)

    def calls(self, route: str, talk: Talk, what: Any = None, times: int = 1) -> None:
        for _ in range(times):
            self.twin.call(self.worker, route.format(f"/api/threads/{talk.workers_id}"), what)

    def notes(self, talk: Talk, times: int = 1) -> None:
        self.calls("POST {}/notes", talk, {"key": self.twin.key(), "text": "A note"}, times)

    def snoozes(self, talk: Talk, ms: int = 0) -> None:
        until = self.twin.world.home.time.now + ms if ms else 0
        self.calls("PUT {}/snooze", talk, {"until": until})

    def asks(self, route: str, what: Any) -> None:
        self.twin.call(self.worker, route, what)

    def looks_again(self, talk: Talk) -> None:
        """At a thread that may have been taken from it, or be no more."""
        for page in ("", "/log", "/notes"):
            self.calls("GET {}" + page, talk)
        cursor = f"{self.twin.world.home.time.now}.{talk.workers_id}"
        self.twin.call(self.worker, "GET /api/threads", query=f"shelf=handled&before={cursor}")

    def tries_odd_things(self, talk: Talk) -> None:
        """What is not a worker's to do is refused with the same bytes, whoever owns the thread."""
        ask, owner = partial(self.twin.call, self.worker), talk.owner
        for route in ("POST {}/terminate", "DELETE {}", "POST {}/take-back", "POST {}/not-yet", "GET {}/hidden-words"):
            self.calls(route, talk)
        for route in ("POST {}/hide-words", "POST {}/show-words"):
            self.calls(route, talk, {"words": [NAMES[0]]})
        self.calls("POST {}/offload", talk, {"worker": self.colleague})
        for foreign in (talk.owners, talk.schools, talk.thread, owner):
            for route in ("GET {}", "GET {}/log", "GET {}/notes", "POST {}/hand-back"):
                ask(route.format(f"/api/threads/{foreign}"))
        ask("POST /api/threads", {"key": self.twin.key(), "school": owner, "subject": "Who?", "text": "Who are you?"})
        for route in (f"DELETE /api/workers/{owner}", f"POST /api/workers/{owner}/resend", f"GET /api/schools/{owner}"):
            ask(route)
        for route in (
            "GET /api/schools",
            "GET /api/overview",
            "GET /api/figures",
            "GET /api/acts",
            "GET /api/invitations",
            f"POST /api/invitations/{owner}",
        ):
            ask(route)
        if self.has_answered():  # else it may leave, and does in a step of its own
            ask("DELETE /api/me")
        ask("POST /api/saved-replies", {"key": self.twin.key(), "folder": "", "title": "Mine", "text": "Hello"})
        saved = self.twin.world.look(self.school, "GET /api/saved-replies")["replies"]
        for id in (saved[0]["id"] if saved else NOTHING, NOTHING):
            ask(f"PUT /api/saved-replies/{id}", {"title": "Mine"})
            ask(f"DELETE /api/saved-replies/{id}")
        for shelf in ("raised", "received"):
            ask("GET /api/threads", query=f"shelf={shelf}")
        ask("GET /api/threads", query=f"shelf=received&show=worker&worker={owner}")

    def fall_silent(self) -> None:
        """From here on nobody but the worker does anything at its threads: the account of some owners has ended."""
        self.silent = True
        for number in self.ends:
            self.twin.call(self.owners[number].id, "DELETE /api/me")


ANYWHERE: dict[str, Callable[[WorkerWorld], None]] = {
    "reload": lambda it: it.twin.reload(),
    "filter": lambda it: it.twin.filter(),
    "search": lambda it: it.twin.search(),
    "school_shows_itself": WorkerWorld.school_shows_itself,
    "school_saves_reply": WorkerWorld.school_saves_reply,
    "school_changes_replies": WorkerWorld.school_changes_replies,
    "rename": lambda it: it.asks("PUT /api/me", {"name": "Another"}),
    "be_away": lambda it: it.asks("PUT /api/availability", {"available": False}),
    "be_there": lambda it: it.asks("PUT /api/availability", {"available": True}),
    SILENCE: WorkerWorld.fall_silent,
    "be_removed": WorkerWorld.removed,
    "leave": WorkerWorld.leaves,
}
# What the worker does by itself, and what may come to it in silence.
ALONE: dict[str, Callable[[WorkerWorld, Talk], None]] = {
    "answer": WorkerWorld.answers,
    "answer_by_http": WorkerWorld.answers_by_http,
    "answer_again": partial(WorkerWorld.answers, times=2),
    "answers_a_lot": partial(WorkerWorld.answers, many=BURST),
    "type": lambda it, talk: it.signals("type", talk),
    "see": lambda it, talk: it.signals("see", talk),
    "compose": lambda it, talk: it.signals("compose", talk),
    "note": WorkerWorld.notes,
    "note_again": partial(WorkerWorld.notes, times=2),
    "ask": lambda it, talk: it.calls("POST {}/ask-to-end", talk),
    "snooze": WorkerWorld.snoozes,
    "snooze_for_now": partial(WorkerWorld.snoozes, ms=11_000),
    "wake": lambda it, talk: it.calls("DELETE {}/snooze", talk),
    "hand_back": lambda it, talk: it.calls("POST {}/hand-back", talk, {"reason": "I do not know this."}),
    "hand_back_again": lambda it, talk: it.calls("POST {}/hand-back", talk, times=2),
    "look_again": WorkerWorld.looks_again,
    "guess": WorkerWorld.guesses,
    "try_odd_things": WorkerWorld.tries_odd_things,
    "lose": WorkerWorld.lose,
}
STEPS: dict[str, Callable[[WorkerWorld, Talk], None]] = ALONE | {
    "write": WorkerWorld.owner_writes,
    "write_by_http": WorkerWorld.owner_writes_by_http,
    "write_again": partial(WorkerWorld.owner_writes, times=2),
    "writes_a_lot": partial(WorkerWorld.owner_writes, many=BURST),
    "owner_types": lambda it, talk: it.owner_signals("type", talk),
    "owner_sees": lambda it, talk: it.owner_signals("see", talk),
    "school_answers": WorkerWorld.school_answers,
    "school_composes": WorkerWorld.school_composes,
    "school_notes": WorkerWorld.school_notes,
    "school_hides": WorkerWorld.hide,
    "school_shows": WorkerWorld.show_word,
    "owner_tells": WorkerWorld.owner_tells,
    "school_asks": lambda it, talk: it.at_school(talk, "ask-to-end"),
    "owner_not_yet": lambda it, talk: it.owner_calls("POST {}/not-yet", talk),
    "take_back": lambda it, talk: it.at_school(talk, "take-back"),
    "give": WorkerWorld.offload,
    "terminate": lambda it, talk: it.owner_calls("POST {}/terminate", talk),
    "delete": lambda it, talk: it.owner_calls("DELETE {}", talk),
}
