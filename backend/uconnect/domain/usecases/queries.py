"""Answers questions: a list of threads, one thread, its log, the directory. Queries write nothing."""

import re

from uconnect.domain import rules, views
from uconnect.domain.authorization import load_caller, load_calling_school, load_membership
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Side
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import (
    EntriesOf,
    Mailbox,
    OpenThreadCountKey,
    PartyKey,
    SchoolsOf,
    SideActivityKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import Participant, School, Thread, User, Worker
from uconnect.domain.rules import SIDE_OF, Role
from uconnect.domain.views.directory import SchoolCard, school_card
from uconnect.domain.views.pages import LogPage, Overview, SchoolPage, ThreadPage, ThreadShown
from uconnect.domain.views.school import Person, person

CURSOR = re.compile(r"[0-9]{1,15}\.[A-Za-z0-9_-]{22}", re.ASCII)
AFTER_ALL_IDS = "~"  # the thread at the cursor is gone: go on from its time, showing a neighbour twice, not never
ROLE_ON = {Mailbox.RAISED: Role.RAISER, Mailbox.RECEIVED: Role.SCHOOL, Mailbox.HANDLED: Role.WORKER}


def threads(context: Context, by: str, mailbox: Mailbox, before: str | None, most: int) -> Plan[ThreadPage]:
    """A page of the caller's own mailbox, latest activity first; a mailbox it cannot have is empty.

    `before` is the `next` of the page before. Refusals: account_ended, malformed (`before`).
    """
    load_caller(context, by)
    cursor = _cursor(context, by, before)
    listing = ThreadsOf(by, mailbox, cursor, most + 1)
    found = context.list(listing)
    shown, role = found[:most], ROLE_ON[mailbox]
    handles = [ThreadReferenceKey(by, _participant(thread, role).id) for thread in shown]
    owners = sorted({thread.raiser.party for thread in shown}) if role is Role.SCHOOL else []
    context.load(*handles, *(PartyKey(owner) for owner in owners))
    people = _people(context, owners)
    there = {person.id for person in people}  # an owner's end takes its threads from the school at once
    rows = tuple(
        views.listed(thread, role, reference)
        for thread, key in zip(shown, handles, strict=True)
        if (reference := context.get(key)) is not None and (role is not Role.SCHOOL or thread.raiser.party in there)
    )
    following = f"{shown[-1].at}.{_participant(shown[-1], role).id}" if len(found) > most else None
    return Plan(ThreadPage(threads=rows, people=people, next=following))


def thread(context: Context, by: str, id: str) -> Plan[ThreadShown]:
    """One thread by the id the caller knows. Refusals: account_ended, not_found."""
    membership = load_membership(context, by, id)
    other = Side.SCHOOL if SIDE_OF[membership.role] is Side.RAISER else Side.RAISER
    activity, owner = SideActivityKey(membership.thread.id, other), PartyKey(membership.thread.raiser.party)
    # The owner for the school alone: a worker's fetch would tell it, by its time, whether the owner has gone.
    context.load(*(activity, owner) if membership.role is Role.SCHOOL else (activity,))
    people = _people(context, [owner.id]) if membership.role is Role.SCHOOL else ()
    return Plan(
        ThreadShown(
            views.opened(membership.thread, membership.role, membership.reference, context.get(activity)), people
        )
    )


def log(context: Context, by: str, id: str, after: int, most: int) -> Plan[LogPage]:
    """The entries after `after`, as the caller reads them. Refusals: account_ended, not_found."""
    membership = load_membership(context, by, id)
    listing = EntriesOf(membership.thread.id, after, most + 1)
    # Only entries from before the authorization: a worker taken off the thread since then reads no later message.
    found = tuple(entry for entry in context.list(listing) if entry.seq <= membership.thread.seq)
    shown = tuple(views.entry(entry, membership.role, by) for entry in found[:most])
    return Plan(LogPage(entries=shown, more=len(found) > most))


def schools(context: Context, by: str, after: str | None, most: int) -> Plan[SchoolPage]:
    """The directory by name, without the caller itself; `after` is the `next` of the page before.

    Refusals: account_ended, not_found (to a worker), malformed (`after`).
    """
    party = load_caller(context, by)
    if not isinstance(party, School | User):
        raise Refused(RefusalCode.NOT_FOUND)
    id, dot, name = (after or "").partition(".")
    if after is not None and not dot:
        raise Refused(RefusalCode.MALFORMED)
    listing = SchoolsOf((name, id) if after is not None else None, most + 1)
    found = context.list(listing)
    cards = tuple(school_card(school) for school in found[:most] if school.id != by)
    last = found[:most][-1:]
    following = f"{last[0].id}.{last[0].name.lower()}" if len(found) > most else None
    return Plan(SchoolPage(schools=cards, next=following))


def school(context: Context, by: str, id: str) -> Plan[SchoolCard]:
    """One school's public face; also of one that has closed, for those who raised a thread to it.

    Refusals: account_ended, not_found (also to a worker).
    """
    party = load_caller(context, by)
    found = context.get(PartyKey(id))
    if isinstance(party, Worker) or not isinstance(found, School):
        raise Refused(RefusalCode.NOT_FOUND)
    return Plan(school_card(found))


def overview(context: Context, by: str) -> Plan[Overview]:
    """The calling school's open threads, counted now. Refusals: account_ended, not_found."""
    party = load_calling_school(context, by)
    received, held = (
        OpenThreadCountKey(by, Mailbox.RECEIVED),
        [OpenThreadCountKey(id, Mailbox.HANDLED) for id in party.workers],
    )
    context.load(received, *held)
    counts = [load.open if (load := context.get(key)) else 0 for key in (received, *held)]
    return Plan(Overview(open=counts[0], with_workers=sum(counts[1:])))


def _participant(thread: Thread, role: Role) -> Participant:
    participant = {Role.RAISER: thread.raiser, Role.SCHOOL: thread.school, Role.WORKER: thread.worker}[role]
    assert participant is not None  # a thread in a worker's mailbox has that worker
    return participant


def _cursor(context: Context, by: str, before: str | None) -> tuple[int, str] | None:
    """Where a list goes on. A cursor names the last thread by the caller's own id: the thread's is nobody's to see.

    One that the caller has no more counts as one that never was: else a worker could ask which have been deleted.
    """
    if before is None:
        return None
    if not CURSOR.fullmatch(before):
        raise Refused(RefusalCode.MALFORMED)
    at, _, id = before.partition(".")
    try:
        return int(at), load_membership(context, by, id).thread.id
    except Refused:
        return int(at), AFTER_ALL_IDS


def _people(context: Context, owners: list[str]) -> tuple[Person, ...]:
    found = (context.get(PartyKey(owner)) for owner in owners)
    return tuple(person(owner) for owner in found if isinstance(owner, School | User) and rules.may_act(owner))
