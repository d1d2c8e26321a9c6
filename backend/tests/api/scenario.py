"""A small university where things stand to each kind of caller in every way; what a scenario asks for is made then."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from tests.api.caller import ABSENT, Caller, fresh
from tests.api.party_factory import PartyFactory, Topic
from uconnect.domain.enums import Kind

SAVED_REPLY = {"folder": "", "title": "Opening hours", "text": "From nine."}


class Scenario:
    """Of each kind one party calls: a user with threads at a school, that school, and its worker who handles some."""

    def __init__(self, parties: PartyFactory) -> None:
        self.parties = parties

    def caller(self, kind: Kind) -> Caller:
        return {Kind.USER: self.user, Kind.SCHOOL: self.school, Kind.WORKER: self.worker}[kind]

    def id(self, thing: str, kind: Kind, standing: str) -> str:
        """The id of the thing that stands so to the caller of a kind."""
        return THINGS[thing][kind][standing](self)

    # --- parties

    @cached_property
    def user(self) -> Caller:
        return self.parties.user()

    @cached_property
    def school(self) -> Caller:
        return self.parties.school()

    @cached_property
    def worker(self) -> Caller:
        return self.parties.worker(self.school)

    @cached_property
    def idle(self) -> Caller:
        return self.parties.worker(self.school)

    @cached_property
    def invited(self) -> str:
        email = self.parties.invited(self.school)
        return next(str(it["id"]) for it in self.school.ask("GET /api/workers")["workers"] if it["email"] == email)

    @cached_property
    def removed(self) -> str:
        id = self.parties.worker(self.school).id
        self.school.ask(f"DELETE /api/workers/{id}")
        return id

    @cached_property
    def law(self) -> Caller:
        return self.parties.school()

    @cached_property
    def lawyer(self) -> Caller:
        return self.parties.worker(self.law)

    @cached_property
    def stranger(self) -> Caller:
        return self.parties.user()

    # --- saved replies

    @cached_property
    def reply(self) -> str:
        return self._replies(self.school)[0]

    @cached_property
    def deleted_reply(self) -> str:
        id = self._replies(self.school)[-1]
        self.school.ask(f"DELETE /api/saved-replies/{id}")
        return id

    @cached_property
    def others_reply(self) -> str:
        return self._replies(self.law)[0]

    def _replies(self, school: Caller) -> list[str]:
        """The ids of what a school has saved, and one more."""
        school.ask("POST /api/saved-replies", {"key": fresh(), **SAVED_REPLY})
        return [str(it["id"]) for it in school.ask("GET /api/saved-replies")["replies"]]

    # --- threads

    @cached_property
    def open_topic(self) -> Topic:
        """The user's, with the school and its worker."""
        return self._handled(self.parties.thread(self.user, self.school))

    @cached_property
    def over(self) -> Topic:
        """The same, ended."""
        return self._ended(self._handled(self.parties.thread(self.user, self.school)))

    @cached_property
    def erased(self) -> Topic:
        """The same, deleted."""
        return self._deleted(self._handled(self.parties.thread(self.user, self.school)))

    @cached_property
    def taken(self) -> Topic:
        """The same, taken back from the worker."""
        topic = self._handled(self.parties.thread(self.user, self.school))
        self.school.ask(f"POST /api/threads/{topic.theirs}/take-back")
        return topic

    @cached_property
    def sent(self) -> Topic:
        """The school's own, with another school."""
        return self.parties.thread(self.school, self.law)

    @cached_property
    def sent_over(self) -> Topic:
        return self._ended(self.parties.thread(self.school, self.law))

    @cached_property
    def sent_erased(self) -> Topic:
        return self._deleted(self.parties.thread(self.school, self.law))

    @cached_property
    def others(self) -> Topic:
        """A stranger's, with the other school and its worker."""
        topic = self.parties.thread(self.stranger, self.law)
        return replace(topic, workers_id=self.parties.offloaded(topic, self.lawyer))

    def _handled(self, topic: Topic) -> Topic:
        return replace(topic, workers_id=self.parties.offloaded(topic, self.worker))

    def _ended(self, topic: Topic) -> Topic:
        topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
        return topic

    def _deleted(self, topic: Topic) -> Topic:
        self._ended(topic).raiser.ask(f"DELETE /api/threads/{topic.raisers_id}")
        return topic


Standings = dict[str, Callable[[Scenario], str]]


def absent(_: Scenario) -> str:
    return ABSENT


# "related" is the caller's own thread by the id that somebody else knows it by.
THREADS: dict[Kind, Standings] = {
    Kind.USER: {
        "raised": lambda it: it.open_topic.raisers_id,
        "ended": lambda it: it.over.raisers_id,
        "deleted": lambda it: it.erased.raisers_id,
        "related": lambda it: it.open_topic.theirs,
        "others": lambda it: it.others.raisers_id,
        "absent": absent,
    },
    Kind.SCHOOL: {
        "raised": lambda it: it.sent.raisers_id,
        "ended": lambda it: it.sent_over.raisers_id,
        "deleted": lambda it: it.sent_erased.raisers_id,
        "received": lambda it: it.open_topic.theirs,
        "over": lambda it: it.over.theirs,
        "erased": lambda it: it.erased.theirs,
        "related": lambda it: it.open_topic.raisers_id,
        "others": lambda it: it.others.theirs,
        "absent": absent,
    },
    Kind.WORKER: {
        "handled": lambda it: it.open_topic.workers_id,
        "over": lambda it: it.over.workers_id,
        "taken": lambda it: it.taken.workers_id,
        "erased": lambda it: it.erased.workers_id,
        "related": lambda it: it.open_topic.theirs,
        "others": lambda it: it.others.workers_id,
        "absent": absent,
    },
}

PARTIES: dict[Kind, Standings] = {
    Kind.USER: {"oneself": lambda it: it.user.id},
    Kind.SCHOOL: {"itself": lambda it: it.school.id},
    Kind.WORKER: {"oneself": lambda it: it.worker.id},
}
OTHERS: Standings = {
    "another": lambda it: it.law.id,
    "stranger": lambda it: it.stranger.id,
    "mine": lambda it: it.idle.id,
    "busy": lambda it: it.open_topic.workers_id and it.worker.id,
    "invited": lambda it: it.invited,
    "removed": lambda it: it.removed,
    "theirs": lambda it: it.lawyer.id,
    "absent": absent,
}

REPLIES: Standings = {
    "mine": lambda it: it.reply,
    "deleted": lambda it: it.deleted_reply,
    "theirs": lambda it: it.others_reply,
    "absent": absent,
}

# What an operation may name, and how that may stand to the caller of each kind.
THINGS: dict[str, dict[Kind, Standings]] = {
    "nothing": {kind: {"": lambda _: ""} for kind in Kind},
    "thread": THREADS,
    "party": {kind: PARTIES[kind] | OTHERS for kind in Kind},
    "reply": dict.fromkeys(Kind, REPLIES),
}
