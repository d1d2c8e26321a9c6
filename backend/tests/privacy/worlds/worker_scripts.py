"""Scripts for a worker, and the secret in them: who owns its threads, of which kind, and whether two share an owner.

A new command that it must not notice is one line in SECRETS.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.privacy.worlds.twin_worlds import PROFILE, TwinWorld
from tests.privacy.worlds.worker_steps import NOTHING, Owner, WorkerWorld
from uconnect.domain.enums import Kind

OTHERS = 2  # open threads an owner may have beside those of the script
RAISED = 8  # raised beside them in one script: an owner is slowed down at 20
NOTES = 8  # noted beside them: a school is slowed down at 40

Actions = tuple[tuple[str, int], ...]  # what is secretly done, and by which owner


@dataclass(frozen=True)
class Secret:
    """One world: who owns the threads, what is done before each step, and whose accounts end as all fall silent."""

    owners: tuple[int, ...]
    actions: tuple[Actions, ...]
    ends: frozenset[int]


@dataclass(frozen=True)
class WorkersScript:
    """Each step is (what, which thread, ms waited before)."""

    steps: tuple[tuple[str, int, int], ...]
    secrets: tuple[Secret, ...]

    def play(self, twin: TwinWorld) -> None:
        secret = self.secrets[twin.number]
        twin.secrets += [secret.owners, secret.ends]
        desk = WorkerWorld(twin, secret.owners, secret.ends)
        for (what, which, wait), actions in zip(self.steps, secret.actions, strict=True):
            for act, owner in actions:
                twin.secrets.append((act, owner))
                SECRETS[act](desk, desk.owners[owner])
            twin.wait(wait)
            desk.step(what, which)

    def without(self, begin: int, end: int) -> "WorkersScript":
        """The same, without the steps from one to before another."""
        secrets = tuple(replace(it, actions=(*it.actions[:begin], *it.actions[end:])) for it in self.secrets)
        return WorkersScript((*self.steps[:begin], *self.steps[end:]), secrets)


def raise_other(desk: WorkerWorld, owner: Owner) -> None:
    if len(owner.others) < OTHERS and owner.raised < RAISED:
        owner.raised += 1
        answered = desk.twin.call(owner.id, "POST /api/threads", letter(desk, desk.school))
        owner.others += [answered["row"]["id"]] if "row" in answered else []
        desk.twin.world.run_jobs()  # by hand, so that no policy of a later moment gives it to the worker


def letter(desk: WorkerWorld, to: str) -> Any:
    return {"key": desk.twin.hidden_key(), "school": to, "subject": "Other", "text": "Something else"}


def end_other(desk: WorkerWorld, owner: Owner) -> None:
    if owner.others:
        id = owner.others.pop()
        desk.twin.call(owner.id, f"POST /api/threads/{id}/terminate")
        desk.twin.call(owner.id, f"DELETE /api/threads/{id}")


def write_other(desk: WorkerWorld, owner: Owner, to: str = "") -> None:
    """Another thread of the same owner lives on, at the school or with a colleague of the worker."""
    for thread in [desk.found(owner.id, id) for id in owner.others]:
        if thread:
            desk.twin.send_hidden(owner.id, thread.raiser.id, "Elsewhere")
            desk.twin.type(owner.id, thread.raiser.id)
            if to:
                desk.twin.call(desk.school, f"POST /api/threads/{thread.school.id}/offload", {"worker": to})


def write_lost(desk: WorkerWorld, _: Owner) -> None:
    """What was taken from the worker for good goes on without it, with a colleague and with notes."""
    for talk in [it for it in desk.talks if it.lost]:
        at = f"POST /api/threads/{talk.schools}"
        desk.twin.send_hidden(talk.owner, talk.owners, "Without you")
        desk.twin.type(talk.owner, talk.owners)
        desk.twin.send_hidden(desk.school, talk.schools, "Without it")
        desk.twin.call(desk.school, f"{at}/offload", {"worker": desk.colleague})
        if desk.notes_made < NOTES:
            desk.notes_made += 1
            desk.twin.call(desk.school, f"{at}/notes", {"key": desk.twin.hidden_key(), "text": "Without it"})


def be_renamed(desk: WorkerWorld, owner: Owner) -> None:
    desk.twin.call(owner.id, "PUT /api/me", {"name": f"Renamed in {desk.twin.number}"})
    if owner.kind is Kind.SCHOOL:
        desk.twin.call(owner.id, "PUT /api/face", PROFILE)


def save_reply(desk: WorkerWorld, owner: Owner) -> None:
    """A school that asks another saves a reply of its own; a user is refused."""
    reply = {"key": desk.twin.hidden_key(), "folder": "", "title": f"In {desk.twin.number}", "text": "Not yours"}
    desk.twin.call(owner.id, "POST /api/saved-replies", reply)
    saved = desk.twin.call(owner.id, "GET /api/saved-replies")
    desk.twin.never |= {it["id"] for it in saved.get("replies", ())}


def school_snoozes(desk: WorkerWorld, _: Owner) -> None:
    """The school puts off what it sees of the worker's threads: for it alone."""
    for talk in desk.talks:
        desk.twin.call(desk.school, f"PUT /api/threads/{talk.schools}/snooze", {"until": 0})


def school_wakes(desk: WorkerWorld, _: Owner) -> None:
    for talk in desk.talks:
        desk.twin.call(desk.school, f"DELETE /api/threads/{talk.schools}/snooze")


def be_refused(desk: WorkerWorld, owner: Owner) -> None:
    for route in ("GET /api/workers", f"POST /api/threads/{NOTHING}/terminate"):
        desk.twin.call(owner.id, route)
    desk.twin.call(owner.id, "POST /api/threads", letter(desk, desk.worker))


def run_jobs(desk: WorkerWorld, _: Owner) -> None:
    desk.twin.world.run_jobs()


SECRETS: dict[str, Callable[[WorkerWorld, Owner], None]] = {
    "raise_other": raise_other,
    "end_other": end_other,
    "write_other": write_other,
    "give_to_colleague": lambda desk, owner: write_other(desk, owner, desk.colleague),
    "look": lambda desk, owner: desk.twin.idle(owner.id, "raised"),
    "write_lost": write_lost,
    "be_renamed": be_renamed,
    "be_refused": be_refused,
    "save_reply": save_reply,
    "school_snoozes": school_snoozes,
    "school_wakes": school_wakes,
    "work": run_jobs,
}
