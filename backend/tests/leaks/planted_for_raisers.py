"""Leaks that tell whoever raised a thread something of who handles it."""

from dataclasses import replace as with_
from functools import partial
from typing import Any

from msgspec.structs import replace

from tests.leaks.planting import (
    Leak,
    Patch,
    Plant,
    entry_told,
    extra_read,
    frames,
    marks_kept,
    outcome,
    posting,
    queue,
    shows,
    signed,
)
from uconnect.core import views, wire
from uconnect.core.decide import access, fanout, handling, messages, notes, reading, threads
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import HandleKey, PartyKey, ThreadKey
from uconnect.core.model import Assigned, Desk, Line, School, Tally, Thread
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import Role
from uconnect.core.terms import Policy, Side
from uconnect.core.views import raiser, school


def handler(thread: Thread) -> str:
    return (thread.worker or thread.school).party


def slowed(thread: Thread) -> Tally:
    return replace(thread.answered, due=thread.at + 15_000)


def by_worker(thread: Thread, by: str) -> bool:
    return by not in (thread.raiser.party, thread.school.party)


def at_the_head(where: Any, **change: Any) -> Plant:
    """What is done behind the school's door changes the head where the raiser sees it; a change is given the head."""

    def plant(patch: Patch) -> None:
        def moved(record: Any, **new: Any) -> Any:
            more = {name: of(record) for name, of in change.items()} if isinstance(record, Thread) else {}
            return replace(record, **new, **more)

        patch.setattr(where, "replace", moved)

    return plant


at_a_hand_off, at_a_note = partial(at_the_head, handling), partial(at_the_head, notes)


def a_hand_off_is_told(patch: Patch) -> None:
    rows = handling._rows

    def told(thread: Thread, assigned: Assigned) -> tuple[Delivery, ...]:
        row = wire.RowChanged(row=views.row(thread, Role.RAISER))
        return (Delivery(thread.raiser.party, row), *rows(thread, assigned)[1:])

    patch.setattr(handling, "_rows", told)


def a_note_is_told(patch: Patch) -> None:
    noted = fanout.noted

    def told(thread: Thread, note: Any) -> tuple[Delivery, ...]:
        frame = wire.Noted(id=thread.raiser.id, entry=school.aside(note, thread.raiser.party))
        return (Delivery(thread.raiser.party, frame), *noted(thread, note))

    patch.setattr(notes, "noted", told)


def notes_are_for_all(patch: Patch) -> None:
    patch.setattr(notes, "_inside", access.at_thread)
    patch.setattr(views, "aside", lambda aside, role, viewer: school.aside(aside, viewer))


def policy_first(plan: Any, by: str, asked: Any) -> Any:
    """What is raised to a school with a policy waits until its workers were looked at."""
    school = PartyKey(asked["command"].school)
    facts = yield (school,)
    found = facts.one(school)
    if isinstance(found, School) and found.policy is Policy.AUTOMATIC:
        yield tuple(PartyKey(id) for id in found.workers)
    return plan


def meter_moves(plan: Any, by: str, asked: Any) -> Any:
    """An offload is written into the raiser's own record."""
    if not isinstance(plan, Plan) or not plan.puts:
        return plan
    owner = next(it.raiser.party for it in plan.puts if isinstance(it, Thread))
    facts = yield (PartyKey(owner),)
    party = facts.one(PartyKey(owner))
    return with_(plan, puts=(*plan.puts, replace(party, rev=party.rev + 1)))


def counts_the_schools_own(post: Any, thread: Thread, side: Any, by: str, *what: Any) -> Any:
    posted = post(thread, side, by, *what)
    if posted is None or not by_worker(thread, by):
        return posted
    return replace(posted[0], answered=replace(posted[0].answered, messages=thread.answered.messages)), posted[1]


def with_its_own_pace(post: Any, thread: Thread, side: Any, by: str, *what: Any) -> Any:
    mine = replace(thread, answered=replace(thread.answered, due=0)) if by_worker(thread, by) else thread
    return post(mine, side, by, *what)


def by_its_own_clock(post: Any, thread: Thread, side: Any, by: str, key: str, text: str, now: int) -> Any:
    return post(thread, side, by, key, text, now + 7 if by_worker(thread, by) else now)


def a_worker_is_told_first(thread: Thread, told: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return (told[1], told[0], told[2]) if thread.worker else told


def without_the_look_up(thread: Thread, told: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return told if thread.worker else (told[0], told[2])


def refused_by_handler(patch: Patch) -> None:
    """Who may not hand a thread out is told whether it was handed out."""
    door = handling.at_received

    def telling(by: str, id: str) -> Any:
        place = yield from door(by, id)
        facts = yield (HandleKey(by, id),)
        handle = facts.one(HandleKey(by, id))
        if not isinstance(place, Refusal) or handle is None:
            return place
        facts = yield (ThreadKey(handle.thread),)
        thread = facts.one(ThreadKey(handle.thread))
        return Refused.THREAD_OPEN.refusal if thread and thread.worker else place

    patch.setattr(handling, "at_received", telling)


def a_workers_id_is_answered(patch: Patch) -> None:
    """Who asks for a thread by a worker's id is told that there is such a one."""
    door = access.at_thread
    known: set[str] = set()

    def noted(**fields: Any) -> Any:
        known.add(fields["id"])
        return Desk(**fields)

    def telling(by: str, id: str) -> Any:
        place = yield from door(by, id)
        return Refused.THREAD_OPEN.refusal if isinstance(place, Refusal) and id in known else place

    patch.setattr(handling, "Desk", noted)
    patch.setattr(reading, "at_thread", telling)


LEAKS = [
    Leak("fields", "a row names the handler", shows(raiser, "row", lambda it: {"handler": handler(it)})),
    Leak("fields", "a message names its author", entry_told(raiser, author=lambda it: it.author)),
    Leak("fields", "a key returns to others", entry_told(raiser, key=lambda it: it.key)),
    Leak("flags", "what one may do follows the handler", shows(raiser, "row", lambda it: {"call": not it.worker})),
    Leak("typing", "it names who types", frames(messages, "typing", lambda by: {"by": by})),
    Leak("typing", "each person has a signal of its own", marks_kept(lambda thread, by: thread.id + by)),
    Leak("typing", "a second typist is heard at once", lambda patch: patch.setattr(wire, "TYPING_EVERY", 0)),
    Leak("seen", "it names who read", frames(messages, "seen", lambda by: {"by": by})),
    Leak("hand-off", "the raiser is told a row", a_hand_off_is_told),
    Leak("hand-off", "it takes a number of the log", at_a_hand_off(seq=lambda it: it.seq + 1)),
    Leak("hand-off", "it is the latest activity", at_a_hand_off(at=lambda it: it.at + 1)),
    Leak("hand-off", "it turns the raiser's row", at_a_hand_off(raiser=lambda it: fanout.turned(it.raiser))),
    Leak("hand-off", "it moves the meter", outcome(handling, "offload", meter_moves)),
    Leak("notes", "the raiser is told of one", a_note_is_told),
    Leak("notes", "the raiser may read them", notes_are_for_all),
    Leak("notes", "one takes a number of the log", at_a_note(seq=lambda it: it.seq + 1)),
    Leak("notes", "one is the latest activity", at_a_note(at=lambda it: it.at + 1)),
    Leak("notes", "one turns the raiser's row", at_a_note(raiser=lambda it: fanout.turned(it.raiser))),
    Leak("notes", "one is shown as the last line", at_a_note(last=lambda it: Line(Side.SCHOOL, "A note"))),
    Leak("notes", "one uses up the pace of answers", at_a_note(answered=slowed)),
    Leak("policy", "the directory tells it", shows(reading, "school_card", lambda it: {"policy": it.policy})),
    Leak("policy", "it is carried out before the answer", outcome(threads, "raise_", policy_first)),
    Leak("numbers", "one revision for all", shows(raiser, "row", lambda it: {"rev": it.school.rev})),
    Leak("numbers", "only the school's own messages count", posting(counts_the_schools_own)),
    Leak("numbers", "the directory counts workers", shows(reading, "school_card", lambda it: {"of": len(it.workers)})),
    Leak("time", "a message is dated by its author's clock", posting(by_its_own_clock)),
    Leak("text", "messages are signed", signed(lambda thread, by: "worker" if by_worker(thread, by) else "")),
    Leak("pace", "a worker has its own", posting(with_its_own_pace)),
    Leak("refusals", "what may not be handed out tells who has it", refused_by_handler),
    Leak("existence", "a worker's id is answered otherwise", a_workers_id_is_answered),
    Leak("latency", "one read more for a worker", extra_read(lambda it: getattr(it, "role", None) is Role.WORKER)),
    Leak("order", "a worker is told before the raiser", queue(a_worker_is_told_first)),
    Leak("order", "nobody is looked up in a worker's place", queue(without_the_look_up)),
]
