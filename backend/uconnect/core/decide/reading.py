"""Questions: threads, one thread, its log, the directory. They change nothing and pass the same door."""

import re

from uconnect.core import rules, views
from uconnect.core.decide.access import Looking, Place, at_thread, calling, calling_school
from uconnect.core.facts import Decision, Facts, Moment, Plan
from uconnect.core.keys import HandleKey, LoadOf, LogOf, PartyKey, PresenceKey, SchoolsOf, Shelf, ThreadsOf
from uconnect.core.model import School, Seat, Thread, User, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.rules import SIDE_OF, Role
from uconnect.core.terms import Side
from uconnect.core.views.directory import SchoolCard, school_card
from uconnect.core.views.pages import LogPage, Overview, SchoolPage, ThreadPage, ThreadShown
from uconnect.core.views.school import Person, person

CURSOR = re.compile(r"[0-9]{1,15}\.[A-Za-z0-9_-]{22}", re.ASCII)
AFTER_ALL_IDS = "~"  # the thread at the cursor is gone: go on from its time, showing a neighbour twice, not never
ROLE_ON = {Shelf.RAISED: Role.RAISER, Shelf.RECEIVED: Role.SCHOOL, Shelf.HANDLED: Role.WORKER}


def threads(at: Moment, by: str, shelf: Shelf, before: str | None, most: int) -> Decision[ThreadPage]:
    """A page of the caller's own shelf, latest activity first; a shelf it cannot have is empty.

    `before` is the `next` of the page before. Refusals: account_ended, malformed (`before`).
    """
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    place = yield from _place(by, before)
    if isinstance(place, Refusal):
        return place
    listing = ThreadsOf(by, shelf, place, most + 1)
    facts = yield (listing,)
    found = facts.all(listing)
    shown, role = found[:most], ROLE_ON[shelf]
    handles = [HandleKey(by, _seat(thread, role).id) for thread in shown]
    owners = sorted({thread.raiser.party for thread in shown}) if role is Role.SCHOOL else []
    facts = yield (*handles, *(PartyKey(owner) for owner in owners))
    people = _people(facts, owners)
    there = {person.id for person in people}  # an owner's end takes its threads from the school at once
    rows = tuple(
        views.listed(thread, role, handle)
        for thread, key in zip(shown, handles, strict=True)
        if (handle := facts.one(key)) is not None and (role is not Role.SCHOOL or thread.raiser.party in there)
    )
    following = f"{shown[-1].at}.{_seat(shown[-1], role).id}" if len(found) > most else None
    return Plan(ThreadPage(threads=rows, people=people, next=following))


def thread(at: Moment, by: str, id: str) -> Decision[ThreadShown]:
    """One thread by the id the caller knows. Refusals: account_ended, not_found."""
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    other = Side.SCHOOL if SIDE_OF[place.role] is Side.RAISER else Side.RAISER
    presence, owner = PresenceKey(place.thread.id, other), PartyKey(place.thread.raiser.party)
    # The owner for the school alone: a worker's fetch would tell it, by its time, whether the owner has gone.
    facts = yield (presence, owner) if place.role is Role.SCHOOL else (presence,)
    people = _people(facts, [owner.id]) if place.role is Role.SCHOOL else ()
    return Plan(ThreadShown(views.opened(place.thread, place.role, place.handle, facts.one(presence)), people))


def log(at: Moment, by: str, id: str, after: int, most: int) -> Decision[LogPage]:
    """The entries after `after`, as the caller reads them. Refusals: account_ended, not_found."""
    place = yield from at_thread(by, id)
    if isinstance(place, Refusal):
        return place
    listing = LogOf(place.thread.id, after, most + 1)
    facts = yield (listing,)
    # As far as the log went when the door was passed: a worker taken off since then reads nothing that was said after.
    found = tuple(entry for entry in facts.all(listing) if entry.seq <= place.thread.seq)
    shown = tuple(views.entry(entry, place.role, by) for entry in found[:most])
    return Plan(LogPage(entries=shown, more=len(found) > most))


def schools(at: Moment, by: str, after: str | None, most: int) -> Decision[SchoolPage]:
    """The directory by name, without the caller itself; `after` is the `next` of the page before.

    Refusals: account_ended, not_found (to a worker), malformed (`after`).
    """
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    if not isinstance(party, School | User):
        return Refused.NOT_FOUND.refusal
    id, dot, name = (after or "").partition(".")
    if after is not None and not dot:
        return Refused.MALFORMED.refusal
    listing = SchoolsOf((name, id) if after is not None else None, most + 1)
    facts = yield (listing,)
    found = facts.all(listing)
    cards = tuple(school_card(school) for school in found[:most] if school.id != by)
    last = found[:most][-1:]
    following = f"{last[0].id}.{last[0].name.lower()}" if len(found) > most else None
    return Plan(SchoolPage(schools=cards, next=following))


def school(at: Moment, by: str, id: str) -> Decision[SchoolCard]:
    """One school's public face; also of one that has closed, for those who raised a thread to it.

    Refusals: account_ended, not_found (also to a worker).
    """
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    facts = yield (PartyKey(id),)
    found = facts.one(PartyKey(id))
    if isinstance(party, Worker) or not isinstance(found, School):
        return Refused.NOT_FOUND.refusal
    return Plan(school_card(found))


def overview(at: Moment, by: str) -> Decision[Overview]:
    """The calling school's open threads, counted now. Refusals: account_ended, not_found."""
    party = yield from calling_school(by)
    if isinstance(party, Refusal):
        return party
    received, held = LoadOf(by, Shelf.RECEIVED), [LoadOf(id, Shelf.HANDLED) for id in party.workers]
    facts = yield (received, *held)
    counts = [load.open if (load := facts.one(key)) else 0 for key in (received, *held)]
    return Plan(Overview(open=counts[0], with_workers=sum(counts[1:])))


def _seat(thread: Thread, role: Role) -> Seat:
    seat = {Role.RAISER: thread.raiser, Role.SCHOOL: thread.school, Role.WORKER: thread.worker}[role]
    assert seat is not None  # a thread on a worker's shelf has that worker
    return seat


def _place(by: str, before: str | None) -> Looking[tuple[int, str] | Refusal | None]:
    """Where a list goes on. A cursor names the last thread by the caller's own id: the thread's is nobody's to see.

    One that the caller has no more counts as one that never was: else a worker could ask which have been deleted.
    """
    if before is None:
        return None
    if not CURSOR.fullmatch(before):
        return Refused.MALFORMED.refusal
    at, _, id = before.partition(".")
    place = yield from at_thread(by, id)
    return (int(at), place.thread.id if isinstance(place, Place) else AFTER_ALL_IDS)


def _people(facts: Facts, owners: list[str]) -> tuple[Person, ...]:
    found = (facts.one(PartyKey(owner)) for owner in owners)
    return tuple(person(owner) for owner in found if isinstance(owner, School | User) and rules.may_act(owner))
