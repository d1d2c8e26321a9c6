"""Who may do what at what: the table that every operation must be in.

A row says what sort of thing an operation names, and at which of those it is answered. At whatever it does not say, and
for every kind it is not for, there is nothing: the same bytes as for an id that was never given out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.caller import ABSENT, fresh
from tests.api.party_factory import address, raising
from tests.api.scenario import SAVED_REPLY, THINGS, Scenario
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.enums import Kind

NAMED = {operation.name: operation for operation in OPERATIONS}
DONE, HIDDEN = "done", "not_found"


def nothing(_: Scenario, __: str) -> None:
    return None


@dataclass(frozen=True)
class Row:
    """An operation and a sort of thing. `at` are the standings it is answered at: done, or why it is refused.

    `sends` makes the body from the thing's id. `prepare` makes the id in the path where the body names the thing.
    """

    name: str
    thing: str = "nothing"
    at: Mapping[str, str] = field(default_factory=lambda: {"": DONE})
    sends: Callable[[Scenario, str], Any] = nothing
    query: str = ""
    prepare: Callable[[Scenario], str] | None = None

    @property
    def operation(self) -> Operation:
        return NAMED[self.name]

    def expected(self, kind: Kind, requirement: str) -> str:
        return self.at.get(requirement, HIDDEN) if kind in self.operation.by else HIDDEN

    def call(self, scene: Scenario, kind: Kind, requirement: str) -> httpx.Response:
        id = scene.id(self.thing, kind, requirement)
        path = self.operation.path.replace("{id}", self.prepare(scene) if self.prepare else id)
        route = f"{self.operation.method} {path}{self.query}"
        return scene.caller(kind).call(route, self.sends(scene, id))


READ = dict.fromkeys(("raised", "ended", "received", "handled", "over"), DONE)
WRITTEN = dict.fromkeys(("raised", "received", "handled"), DONE) | dict.fromkeys(("ended", "over"), "thread_terminated")
INSIDE = dict.fromkeys(("received", "handled", "over"), DONE)
PROFILE = {"name": "Computing", "about": "", "hours": [], "zone": ""}

SEARCH = {"shelf": "raised", "words": "door", "state": "open", "since": 1, "before": f"2.{ABSENT}"}
SEARCH |= {"schools": [{"id": ABSENT, "name": "School of Doors"}]}

ROWS = (
    Row("me"),
    Row("rename", sends=lambda _, __: {"name": "Nora"}),
    Row("closeAccount"),
    Row("notices"),
    Row("setNotices", sends=lambda _, __: {"by_email": True}),
    Row("setAvailability", sends=lambda _, __: {"available": True}),
    Row("setFace", sends=lambda _, __: PROFILE),
    Row("setPicture", sends=lambda _, __: {"image": ""}),
    Row("setPolicy", sends=lambda _, __: {"policy": "automatic"}),
    Row("overview"),
    Row("figures"),
    Row("acts"),
    Row("issueTicket"),
    Row("signOut"),
    Row("listSchools"),
    Row("showSchool", "party", {"another": DONE, "itself": DONE}),
    Row("listThreads", query="?shelf=raised"),
    Row("searchThreads", sends=lambda _, __: SEARCH),
    Row("raiseThread", "party", {"another": DONE}, lambda _, id: raising(id)),
    Row("showThread", "thread", READ),
    Row("readLog", "thread", READ),
    Row("terminateThread", "thread", {"raised": DONE, "ended": DONE}),
    Row("deleteThread", "thread", {"raised": "thread_open", "ended": DONE, "deleted": DONE}),
    Row(
        "offloadThread",
        "thread",
        {"received": DONE, "over": "thread_terminated"},
        lambda scene, _: {"worker": scene.idle.id},
    ),
    Row(
        "offloadThread",
        "party",
        {"mine": DONE, "busy": DONE},
        lambda _, id: {"worker": id},
        prepare=lambda scene: scene.open_topic.theirs,
    ),
    Row("takeBackThread", "thread", {"received": DONE, "over": DONE}),
    Row("handBackThread", "thread", {"handled": DONE, "over": DONE}, lambda _, __: {"reason": "I do not know."}),
    Row("sendMessage", "thread", WRITTEN, lambda _, __: {"key": fresh(), "text": "Which door is it?"}),
    Row("askToEnd", "thread", {"received": DONE, "handled": DONE, "over": "thread_terminated"}),
    Row("answerNotYet", "thread", {"raised": DONE, "ended": "thread_terminated"}),
    Row(
        "snoozeThread",
        "thread",
        {"received": DONE, "handled": DONE, "over": "thread_terminated"},
        lambda _, __: {"until": 0},
    ),
    Row("readHiddenWords", "thread", {"received": DONE, "over": DONE}),
    Row("hideWords", "thread", {"received": DONE, "over": DONE}, lambda _, __: {"words": ["Uma Petrov"]}),
    Row("showWords", "thread", {"received": DONE, "over": DONE}, lambda _, __: {"words": ["Uma Petrov"]}),
    Row("wakeThread", "thread", INSIDE),
    Row("readNotes", "thread", INSIDE),
    Row("writeNote", "thread", INSIDE, lambda _, __: {"key": fresh(), "text": "Ask the dean."}),
    Row("listSavedReplies"),
    Row("addSavedReply", sends=lambda _, __: {"key": fresh(), **SAVED_REPLY}),
    Row("changeSavedReply", "reply", {"mine": DONE}, lambda _, __: SAVED_REPLY | {"folder": "Hours"}),
    Row("deleteSavedReply", "reply", {"mine": DONE}),
    Row("listInvitations"),
    Row("acceptInvitation", "party", {"oneself": DONE, "busy": DONE}),  # both are the worker itself: it has accepted
    Row("listWorkers"),
    Row("inviteWorker", sends=lambda _, __: {"key": fresh(), "email": address(), "name": "Nora"}),
    Row("resendInvitation", "party", {"invited": DONE}),
    Row("removeWorker", "party", {"mine": DONE, "busy": DONE, "invited": DONE, "removed": DONE}),
)


@dataclass(frozen=True)
class Case:
    """One row as one kind of caller meets it, at a thing that stands to it in one way."""

    row: Row
    kind: Kind
    requirement: str

    @property
    def expected(self) -> str:
        return self.row.expected(self.kind, self.requirement)

    def __str__(self) -> str:
        parts = [self.row.name, self.kind.value, self.row.thing if self.requirement else "", self.requirement]
        return "-".join(part for part in parts if part)

    def call(self, scene: Scenario) -> httpx.Response:
        return self.row.call(scene, self.kind, self.requirement)


CASES = [Case(row, kind, requirement) for row in ROWS for kind in Kind for requirement in THINGS[row.thing][kind]]
