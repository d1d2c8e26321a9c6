"""Scripts for whoever raises threads, a user or a school: only who answers differs between the two worlds.

A new command is one line: in STEPS if the raiser can notice it, in SECRETS if it must not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.privacy.worlds.twin_worlds import BURST, PROFILE, TwinWorld
from uconnect.domain.enums import Kind
from uconnect.domain.keys import ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Thread

WORKERS = 3  # places for workers at the school
INVITED = 12  # invitations in one script: a school is slowed down at 20
NOBODY = "0" * 22
MENTIONS = "@School @worker"  # in notes: they are texts to the server


@dataclass(frozen=True)
class Secret:
    """Before one step of one world: what is done behind the school's door, and whose hands do the step.

    `more` hands do the same right after, where it must not be noticed: a second typist, a second reader.
    """

    actions: tuple[tuple[str, int], ...] = ()
    hand: int = 0
    more: bool = False


@dataclass(frozen=True)
class RaisersScript:
    """Each step is (what, which of the raiser's threads, ms waited before); each world has a secret for each step."""

    kind: Kind
    steps: tuple[tuple[str, int, int], ...]
    secrets: tuple[tuple[Secret, ...], ...]

    def play(self, twin: TwinWorld) -> None:
        cast = School(twin, self.kind)
        for (what, which, wait), secret in zip(self.steps, self.secrets[twin.number], strict=True):
            for act, place in secret.actions:
                cast.do(act, which, place)
            twin.wait(wait)
            cast.step(what, which, secret)

    def without(self, begin: int, end: int) -> "RaisersScript":
        """The same, without the steps from one to before another."""
        secrets = tuple((*it[:begin], *it[end:]) for it in self.secrets)
        return RaisersScript(self.kind, (*self.steps[:begin], *self.steps[end:]), secrets)


class School:
    """The raiser, its school, and who works there; an outsider and another raiser, who have no business with them."""

    def __init__(self, twin: TwinWorld, kind: Kind) -> None:
        self.twin, world = twin, twin.world
        self.raiser = world.newcomer(kind, "Raiser")
        self.school, self.other = world.newcomer(Kind.SCHOOL, "School"), world.newcomer(Kind.SCHOOL, "Other")
        self.asker = world.newcomer(Kind.USER, "Asker")
        self.outsider = self._invite(self.other, "outsider@example.org")
        self.invited = 0
        self.workers = [self._join(place) for place in range(WORKERS)]
        self.removed: set[str] = set()
        self.ids: list[str] = []
        twin.listen(self.raiser, kind)

    def _invite(self, school: str, address: str) -> str:
        name = f"Hand in world {self.twin.number}"
        self.twin.call(school, "POST /api/workers", {"key": self.twin.hidden_key(), "email": address, "name": name})
        party = self.twin.world.enter(Kind.WORKER, name, address)
        assert party is not None
        self.twin.never.add(party)
        return party

    def _join(self, place: int) -> str:
        self.invited += 1
        return self._invite(self.school, f"hand{place}@example.org")

    def thread(self, which: int) -> Thread | None:
        home = self.twin.world.home
        handle = home.one(ThreadReferenceKey(self.raiser, self.ids[which % len(self.ids)])) if self.ids else None
        thread = home.one(ThreadKey(handle.thread)) if handle else None
        if thread:
            self.twin.hide(thread)
        return thread

    # --- what the raiser can notice

    def step(self, what: str, which: int, secret: Secret) -> None:
        thread = self.thread(which)
        if what in ANYWHERE:
            ANYWHERE[what](self)
        elif self.twin.over:
            self._is_nobody(what, thread, secret)
        elif thread is None:
            self.twin.call(self.raiser, f"GET /api/threads/{NOBODY}")
        else:
            self.secret = secret
            STEPS[what](self, thread)

    def _is_nobody(self, what: str, thread: Thread | None, secret: Secret) -> None:
        """The raiser's account has ended, and what was left to do may be done or not. Hands may still be at it."""
        self.secret = secret
        if thread and what in BY_HANDS:
            BY_HANDS[what](self, thread)
        for id in self.ids:
            self.twin.call(self.raiser, f"GET /api/threads/{id}")
            self.twin.send(self.raiser, id, "Is anybody there?", self.twin.key())

    def raises(self) -> None:
        letter = {"school": self.school, "subject": f"S{len(self.ids)}", "text": "Hello"}
        answered = self.twin.call(self.raiser, "POST /api/threads", {"key": self.twin.key(), **letter})
        if "row" in answered:
            self.ids.append(answered["row"]["id"])

    def renames_itself(self) -> None:
        self.twin.call(self.raiser, "PUT /api/me", {"name": "Another"})

    def closes_account(self) -> None:
        self.twin.over = True
        self.twin.call(self.raiser, "DELETE /api/me")

    def school_shows_itself(self) -> None:
        self.twin.call(self.school, "PUT /api/face", PROFILE)

    def writes(self, thread: Thread, many: int = 1, times: int = 1) -> None:
        for number in range(many):
            self.twin.send(self.raiser, thread.raiser.id, f"A word {number}", self.twin.key(), times)

    def writes_by_http(self, thread: Thread) -> None:
        self.twin.post(self.raiser, thread.raiser.id, "A word by HTTP", self.twin.key())

    def signals(self, signal: str, thread: Thread) -> None:
        getattr(self.twin, signal)(self.raiser, thread.raiser.id)
        self.twin.note(own=True)

    def calls(self, route: str, thread: Thread) -> None:
        self.twin.call(self.raiser, route.format(f"/api/threads/{thread.raiser.id}"))

    def tries_odd_things(self, thread: Thread) -> None:
        """What is not the raiser's to do is refused with the same bytes, whoever has the thread."""
        ask, assignee = partial(self.twin.call, self.raiser), thread.worker
        for id in (thread.raiser.id, thread.school.id, assignee.id if assignee else NOBODY, thread.id):
            for way in ("take-back", "hand-back"):
                ask(f"POST /api/threads/{id}/{way}")
            ask(f"POST /api/threads/{id}/offload", {"worker": self.workers[0]})
        for foreign in (thread.school.id, assignee.id if assignee else NOBODY, thread.id):
            ask(f"GET /api/threads/{foreign}")
            ask(f"GET /api/threads/{foreign}/log")
        for id in (thread.raiser.id, assignee.id if assignee else NOBODY):
            ask(f"GET /api/threads/{id}/notes")
            ask(f"POST /api/threads/{id}/notes", {"key": self.twin.key(), "text": "A note"})
        for party in (assignee.party if assignee else self.workers[0], self.outsider):
            ask(f"DELETE /api/workers/{party}")
            ask(f"POST /api/workers/{party}/resend")
            ask(f"GET /api/schools/{party}")
            ask(
                "POST /api/threads",
                {"key": self.twin.key(), "school": party, "subject": "You?", "text": "Confirm it's you"},
            )
        for own in ("workers", "overview", "figures", "acts"):
            ask(f"GET /api/{own}")
        self.tries_saved_replies()
        self.twin.compose(self.raiser, thread.raiser.id)
        self.twin.note(own=True)
        for id in (thread.raiser.id, thread.school.id, assignee.id if assignee else NOBODY, NOBODY):
            ask(f"PUT /api/threads/{id}/snooze", {"until": 0})
            ask(f"DELETE /api/threads/{id}/snooze")
            ask(f"POST /api/threads/{id}/ask-to-end")
            ask(f"GET /api/threads/{id}/hidden-words")
            ask(f"POST /api/threads/{id}/hide-words", {"words": ["hello"]})
            ask(f"POST /api/threads/{id}/show-words", {"words": ["hello"]})
        ask("GET /api/threads", query="shelf=handled")
        for party in (assignee.party if assignee else self.workers[0], self.outsider):
            ask("GET /api/threads", query=f"shelf=received&show=worker&worker={party}")
            ask("GET /api/threads", query=f"shelf=raised&show=worker&worker={party}")

    def tries_saved_replies(self) -> None:
        """The school's are nobody else's. A school that asks another has replies of its own."""
        ask = partial(self.twin.call, self.raiser)
        saved = self.twin.world.look(self.school, "GET /api/saved-replies")["replies"]
        self.twin.never |= {it["id"] for it in saved}
        ask("GET /api/saved-replies")
        for id in (saved[0]["id"] if saved else NOBODY, NOBODY):
            ask(f"PUT /api/saved-replies/{id}", {"title": "Mine"})
            ask(f"DELETE /api/saved-replies/{id}")

    def answers(self, thread: Thread, many: int = 1, times: int = 1) -> None:
        hands = self._writers(thread)
        for number in range(many):
            by, id = hands[number % len(hands)] if many > 1 else hands[0]
            self.twin.send(by, id, f"Answer {number}", self.twin.hidden_key(), times)

    def answers_by_http(self, thread: Thread) -> None:
        by, id = self._writers(thread)[0]
        self.twin.post(by, id, "Answer by HTTP", self.twin.hidden_key())

    def hand_asks(self, thread: Thread) -> None:
        """Whoever does the step asks whether it is settled; the others do so right after, which nobody notices."""
        for number, (by, id) in enumerate(self._writers(thread)):
            self.twin.call(by, f"POST /api/threads/{id}/ask-to-end")
            if number == 0:
                self.twin.note()

    def hands_signal(self, signal: str, thread: Thread) -> None:
        """The first hand's signal is heard; of the others' at the same moment there is nothing to hear."""
        for number, (by, id) in enumerate(self._writers(thread)):
            getattr(self.twin, signal)(by, id)
            if number == 0:
                self.twin.note(whole=False)

    def _writers(self, thread: Thread) -> list[tuple[str, str]]:
        """Whose hands are at it: the one who does the step first, then the others if there are to be more."""
        school, assignee = (self.school, thread.school.id), thread.worker
        hands = [school]
        if assignee and assignee.party not in self.removed:
            worker = (assignee.party, assignee.id)
            both = [worker, school] if self.secret.hand else [school, worker]
            hands = both if self.secret.more else both[:1]
        self.twin.secrets.append([by == self.school for by, _ in hands])
        return hands

    # --- what happens behind the door

    def do(self, act: str, which: int, place: int) -> None:
        thread = self.thread(which)
        self.twin.secrets.append((act, which, place))
        if act in SIDE_ACTIONS:
            SIDE_ACTIONS[act](self, place)
        elif thread:
            SECRETS[act](self, thread, self.workers[place])

    def at_school(self, thread: Thread, way: str, what: Any = None) -> None:
        self.twin.call(self.school, f"POST /api/threads/{thread.school.id}/{way}", what)

    def hand_back(self, thread: Thread) -> None:
        if thread.worker:
            reason = {"reason": f"In world {self.twin.number}"}
            self.twin.call(thread.worker.party, f"POST /api/threads/{thread.worker.id}/hand-back", reason)

    def remove(self, place: int) -> None:
        self.twin.call(self.school, f"DELETE /api/workers/{self.workers[place]}")
        self.removed.add(self.workers[place])

    def rejoin(self, place: int) -> None:
        if self.invited < INVITED:
            self.remove(place)
            self.workers[place] = self._join(place)

    def idle(self, place: int) -> None:
        self.twin.idle(self.workers[place], "handled")
        self.twin.idle(self.school, "received")
        self.twin.call(self.school, "GET /api/workers")

    def switch(self, place: int, *, on: bool) -> None:
        self.twin.call(self.workers[place], "PUT /api/availability", {"available": on})

    def rename(self, place: int) -> None:
        self.twin.call(self.workers[place], "PUT /api/me", {"name": f"Renamed in world {self.twin.number}"})

    def choose(self, policy: str) -> None:
        self.twin.call(self.school, "PUT /api/policy", {"policy": policy})

    def save_reply(self, place: int) -> None:
        """The school saves a reply, changes the first one, and a worker reads them to insert one."""
        world = self.twin.number
        reply = {"key": self.twin.hidden_key(), "folder": "", "title": f"Saved in world {world}", "text": "Hello"}
        self.twin.call(self.school, "POST /api/saved-replies", reply)
        for saved in self.twin.call(self.school, "GET /api/saved-replies").get("replies", ())[:1]:
            self.twin.call(self.school, f"PUT /api/saved-replies/{saved['id']}", {"folder": f"Folder {world}"})
        self.twin.call(self.workers[place], "GET /api/saved-replies")

    def drop_reply(self, _: int) -> None:
        for saved in self.twin.call(self.school, "GET /api/saved-replies").get("replies", ())[:1]:
            self.twin.call(self.school, f"DELETE /api/saved-replies/{saved['id']}")

    def run_jobs(self, place: int) -> None:
        self.twin.world.run_jobs()

    def serve_another(self, place: int) -> None:
        """Somebody else asks the school, and a worker answers."""
        letter = {"key": self.twin.hidden_key(), "school": self.school, "subject": "Else", "text": "Hello"}
        answered = self.twin.call(self.asker, "POST /api/threads", letter)
        handle = (
            self.twin.world.home.one(ThreadReferenceKey(self.asker, answered["row"]["id"]))
            if "row" in answered
            else None
        )
        thread = self.twin.world.home.one(ThreadKey(handle.thread)) if handle else None
        if handle and thread:
            self.twin.hide(thread)
            self.at_school(thread, "offload", {"worker": self.workers[place]})
            self.twin.send_hidden(self.school, thread.school.id, "Elsewhere")
            self.twin.call(self.asker, f"POST /api/threads/{handle.id}/terminate")

    def note(self, thread: Thread) -> None:
        self.at_school(thread, "notes", {"key": self.twin.hidden_key(), "text": f"{MENTIONS} a note of the school's"})
        if assignee := thread.worker:
            note = {"key": self.twin.hidden_key(), "text": f"{MENTIONS} a note of the worker's"}
            self.twin.call(assignee.party, f"POST /api/threads/{assignee.id}/notes", note)

    def compose(self, thread: Thread) -> None:
        """Both sides of a hand-off begin an answer, and the school gives its own up."""
        self.twin.compose(self.school, thread.school.id)
        if assignee := thread.worker:
            self.twin.compose(assignee.party, assignee.id)
        self.twin.compose(self.school, thread.school.id, has_text=False)

    def snooze(self, thread: Thread) -> None:
        """Whoever has the thread puts it off, each until another time."""
        now = self.twin.world.home.time.now
        self.twin.call(self.school, f"PUT /api/threads/{thread.school.id}/snooze", {"until": now + 20_000})
        if assignee := thread.worker:
            self.twin.call(assignee.party, f"PUT /api/threads/{assignee.id}/snooze", {"until": 0})

    def wake(self, thread: Thread) -> None:
        for participant in (thread.school, thread.worker):
            if participant:
                self.twin.call(participant.party, f"DELETE /api/threads/{participant.id}/snooze")

    def be_refused(self, thread: Thread, hand: str) -> None:
        """Those behind the door try what is not theirs to do."""
        participant = thread.worker or thread.school
        self.at_school(thread, "terminate")
        self.twin.call(self.school, f"DELETE /api/threads/{thread.school.id}")
        self.at_school(thread, "offload", {"worker": self.outsider})
        self.twin.call(hand, f"POST /api/threads/{participant.id}/terminate")
        self.twin.send_hidden(self.outsider, participant.id, "Let me in")
        self.twin.send_hidden(hand, thread.raiser.id, "Let me in")


ANYWHERE: dict[str, Callable[[School], None]] = {
    "raise": School.raises,
    "reload": lambda it: it.twin.reload(),
    "filter": lambda it: it.twin.filter(),
    "search": lambda it: it.twin.search(),
    "rename": School.renames_itself,
    "school_shows_itself": School.school_shows_itself,
    "close_account": School.closes_account,
}
BY_ITSELF: dict[str, Callable[[School, Thread], None]] = {
    "write": School.writes,
    "write_again": partial(School.writes, times=2),
    "write_by_http": School.writes_by_http,
    "writes_a_lot": partial(School.writes, many=BURST),
    "type": lambda it, thread: it.signals("type", thread),
    "see": lambda it, thread: it.signals("see", thread),
    "not_yet": lambda it, thread: it.calls("POST {}/not-yet", thread),
    "terminate": lambda it, thread: it.calls("POST {}/terminate", thread),
    "delete": lambda it, thread: it.calls("DELETE {}", thread),
    "try_odd_things": School.tries_odd_things,
}
BY_HANDS: dict[str, Callable[[School, Thread], None]] = {
    "answer": School.answers,
    "answer_by_http": School.answers_by_http,
    "answer_again": partial(School.answers, times=2),
    "answers_a_lot": partial(School.answers, many=BURST),
    "hand_asks": School.hand_asks,
    "hand_types": lambda it, thread: it.hands_signal("type", thread),
    "hand_sees": lambda it, thread: it.hands_signal("see", thread),
}
STEPS = BY_ITSELF | BY_HANDS
SIDE_ACTIONS: dict[str, Callable[[School, int], None]] = {
    "remove": School.remove,
    "rejoin": School.rejoin,
    "idle": School.idle,
    "work": School.run_jobs,
    "rename_hand": School.rename,
    "be_away": partial(School.switch, on=False),
    "be_there": partial(School.switch, on=True),
    "automatic": lambda it, _: it.choose("automatic"),
    "by_hand": lambda it, _: it.choose("by_hand"),
    "serve_another": School.serve_another,
    "save_reply": School.save_reply,
    "drop_reply": School.drop_reply,
}
SECRETS: dict[str, Callable[[School, Thread, str], None]] = {
    "offload": lambda it, thread, hand: it.at_school(thread, "offload", {"worker": hand}),
    "take_back": lambda it, thread, _: it.at_school(thread, "take-back"),
    "hand_back": lambda it, thread, _: it.hand_back(thread),
    "note": lambda it, thread, _: it.note(thread),
    "compose": lambda it, thread, _: it.compose(thread),
    "snooze": lambda it, thread, _: it.snooze(thread),
    "wake": lambda it, thread, _: it.wake(thread),
    "hide": lambda it, thread, _: it.at_school(
        thread, "hide-words", {"words": ["hello", "answer", it.twin.hidden_key()]}
    ),
    "show": lambda it, thread, _: it.at_school(thread, "show-words", {"words": ["hello"]}),
    "be_refused": School.be_refused,
}
