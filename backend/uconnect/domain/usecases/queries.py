"""Answers questions: a list of threads, one thread, its log, the directory. Queries write nothing."""

import re

from msgspec.structs import replace

from uconnect.domain import rules, views
from uconnect.domain.authorization import load_caller, load_calling_school, load_membership
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Side, ThreadFilter, ThreadSort
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.hidden_from_worker import load_hidden, load_hidden_of, load_last
from uconnect.domain.keys import (
    EntriesOf,
    InboxCountsKey,
    Mailbox,
    NewestRaisedOf,
    OpenThreadsOf,
    PartyKey,
    SchoolsFound,
    SchoolsOf,
    SideActivityKey,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import InboxCounts, Participant, Party, School, Thread, User, Worker
from uconnect.domain.records import snoozed_until
from uconnect.domain.rules import SIDE_OF, Role
from uconnect.domain.school_search import is_match, near_keys, search_key, search_texts
from uconnect.domain.thread_status import OF_FILTER, ORDERS, ListPosition, turn_since
from uconnect.domain.usecases.snoozes import snoozed_threads
from uconnect.domain.views.directory import DirectoryCard, directory_card
from uconnect.domain.views.pages import LogPage, Overview, SchoolPage, ThreadPage, ThreadShown
from uconnect.domain.views.school import Person, person

CURSOR = re.compile(r"(?:([01])\.)?([0-9]{1,15})\.([A-Za-z0-9_-]{22})", re.ASCII)
AFTER_ALL_IDS = "~"  # the thread at the cursor is gone: go on from its time, showing a neighbour twice, not never
ROLE_ON = {Mailbox.RAISED: Role.RAISER, Mailbox.RECEIVED: Role.SCHOOL, Mailbox.HANDLED: Role.WORKER}
# Filters by the handler are the school's alone: a raiser could ask by them who handles its thread (rule 6).
FILTERS_OF: dict[Mailbox, frozenset[ThreadFilter]] = {
    Mailbox.RAISED: frozenset({ThreadFilter.OPEN, ThreadFilter.ENDED}),
    Mailbox.RECEIVED: frozenset(ThreadFilter),
    Mailbox.HANDLED: frozenset({ThreadFilter.OPEN, ThreadFilter.WAITING, ThreadFilter.SNOOZED, ThreadFilter.ENDED}),
}


def sorts_of(mailbox: Mailbox, show: ThreadFilter | None) -> tuple[ThreadSort, ...]:
    """The orders that a list can have, its own one first. What has ended comes by its end alone, but for what a party
    raised: that is few. What is snoozed has an order of its own.
    """
    if show is ThreadFilter.SNOOZED:
        return ()
    if mailbox is Mailbox.RAISED:
        return ThreadSort.ACTIVITY, ThreadSort.NEWEST
    return (ThreadSort.ACTIVITY,) if show in {None, ThreadFilter.ENDED} else tuple(ThreadSort)


def threads(
    context: Context,
    by: str,
    mailbox: Mailbox,
    before: str | None,
    most: int,
    show: ThreadFilter | None = None,
    worker: str | None = None,
    sort: ThreadSort | None = None,
) -> Plan[ThreadPage]:
    """A page of the caller's own mailbox; a mailbox it cannot have is empty.

    Open threads that it received or handles come by who has waited longest for an answer, all others by the latest
    activity, unless `sort` is another order that this list can have. Those that the caller has snoozed are in SNOOZED
    alone, by when they come back. `before` is the `next` of the page before. With the filter WORKER, `worker` is one
    worker of the school.

    Refusals: account_ended, malformed (`before`; a filter that this mailbox does not have, a sort that this list does
    not have).
    """
    party = load_caller(context, by)
    if (show is not None and show not in FILTERS_OF[mailbox]) or (worker and show is not ThreadFilter.WORKER):
        raise Refused(RefusalCode.MALFORMED)
    sorts = sorts_of(mailbox, show)
    if sort is not None and sort not in sorts:
        raise Refused(RefusalCode.MALFORMED)
    role, sort = ROLE_ON[mailbox], sort or next(iter(sorts), ThreadSort.ACTIVITY)
    cursor = _cursor(context, by, before, sort is ThreadSort.WAITING)
    if show is ThreadFilter.OPEN and mailbox is Mailbox.RAISED:
        found = _raised_open(context, party, cursor, sort)
    elif sort is ThreadSort.NEWEST and mailbox is Mailbox.RAISED:
        found = context.list(NewestRaisedOf(by, cursor and cursor[1:], most + 1, show is ThreadFilter.ENDED))
    elif show is None or show is ThreadFilter.ENDED:
        found = context.list(ThreadsOf(by, mailbox, cursor and cursor[1:], most + 1, show is ThreadFilter.ENDED))
    elif show is ThreadFilter.SNOOZED:
        return Plan(_snoozed_page(context, by, role, cursor and cursor[1:], most))
    elif worker is not None and not (isinstance(party, School) and worker in party.workers):
        found = ()
    else:
        whose = (by, mailbox) if worker is None else (worker, Mailbox.HANDLED)
        snoozed = _snoozed_ids(context, by)
        found = context.list(OpenThreadsOf(*whose, OF_FILTER[show], cursor, most + 1, snoozed, sort))
    return Plan(_page(context, by, role, found, most, sort))


def _snoozed_ids(context: Context, by: str) -> tuple[str, ...]:
    return tuple(sorted(thread.id for thread, _ in snoozed_threads(context, by)))


def _snoozed_page(context: Context, by: str, role: Role, after: tuple[int, str] | None, most: int) -> ThreadPage:
    """The threads that the caller has snoozed, the first to come back first; then by who has waited longest: an order
    by ids that the caller does not know would tell of them."""
    places = sorted(
        (snoozed_until(it) or 0, turn_since(head), head.id, head)
        for head, it in snoozed_threads(context, by)
        if rules.role_of(head, by) is role  # a school handles none, and a worker received none
    )
    ids = [id for _, _, id, _ in places]
    start = 0
    if after is not None:
        # The thread at the cursor may have come back: then a neighbour is shown twice, not never.
        start = ids.index(after[1]) + 1 if after[1] in ids else sum(until < after[0] for until, *_ in places)
    here = places[start:]
    page = _page(context, by, role, tuple(head for *_, head in here[:most]), most, ThreadSort.ACTIVITY)
    if len(here) <= most:
        return page
    until, _, _, last = here[most - 1]
    return replace(page, next=f"{until}.{participant(last, role).id}")


def _page(context: Context, by: str, role: Role, found: tuple[Thread, ...], most: int, sort: ThreadSort) -> ThreadPage:
    # A worker keeps threads whose owner's account has ended, and which its school has no more.
    shown = [it for it in found[:most] if role is not Role.SCHOOL or it.school.party == by]
    handles = [ThreadReferenceKey(by, participant(thread, role).id) for thread in shown]
    owners = sorted({thread.raiser.party for thread in shown}) if role is Role.SCHOOL else []
    context.load(*handles, *(PartyKey(owner) for owner in owners))
    people = _people(context, owners)
    hidden = load_hidden_of(context, role, [(it, context.get(key)) for it, key in zip(shown, handles, strict=True)])
    there = {person.id for person in people}  # an owner's end takes its threads from the school at once
    rows = tuple(
        views.listed(thread, role, reference, hidden[thread.id])
        for thread, key in zip(shown, handles, strict=True)
        if (reference := context.get(key)) is not None and (role is not Role.SCHOOL or thread.raiser.party in there)
    )
    following = _next(found[most - 1], role, sort) if len(found) > most else None
    return ThreadPage(threads=rows, people=people, next=following)


def _raised_open(context: Context, party: Party, before: ListPosition | None, sort: ThreadSort) -> tuple[Thread, ...]:
    """The open threads that a party has raised, at most five: the latest first."""
    keys = [ThreadKey(id) for id in ([] if isinstance(party, Worker) else party.open)]
    context.load(*keys)
    found = [it for key in keys if (it := context.get(key)) is not None]
    place = ORDERS[sort]
    shown = [it for it in found if before is None or place(it) < before]
    return tuple(sorted(shown, key=place, reverse=True))


def _next(last: Thread, role: Role, sort: ThreadSort) -> str:
    id = participant(last, role).id
    theirs, time, _ = ORDERS[sort](last)
    return f"{int(theirs)}.{time}.{id}" if sort is ThreadSort.WAITING else f"{time}.{id}"


def thread(context: Context, by: str, id: str) -> Plan[ThreadShown]:
    """One thread by the id the caller knows. Refusals: account_ended, not_found."""
    membership = load_membership(context, by, id)
    other = Side.SCHOOL if SIDE_OF[membership.role] is Side.RAISER else Side.RAISER
    activity = SideActivityKey(membership.thread.id, other)
    # The owner for the school alone: a worker's fetch would tell it, by its time, whether the owner has gone.
    owners = [membership.thread.raiser.party] if membership.role is Role.SCHOOL else []
    context.load(activity, *(PartyKey(owner) for owner in owners))
    hidden = load_hidden(context, membership, load_last(context, membership))
    shown = views.opened(membership.thread, membership.role, membership.reference, context.get(activity), hidden)
    return Plan(ThreadShown(shown, _people(context, owners)))


def log(context: Context, by: str, id: str, after: int, most: int) -> Plan[LogPage]:
    """The entries after `after`, as the caller reads them. Refusals: account_ended, not_found."""
    membership = load_membership(context, by, id)
    listing = EntriesOf(membership.thread.id, after, most + 1)
    # Only entries from before the authorization: a worker taken off the thread since then reads no later message.
    found = tuple(entry for entry in context.list(listing) if entry.seq <= membership.thread.seq)
    hidden = load_hidden(context, membership)
    shown = tuple(views.entry(entry, membership.role, by, hidden) for entry in found[:most])
    return Plan(LogPage(entries=shown, more=len(found) > most))


def schools(context: Context, by: str, after: str | None, most: int, find: str = "") -> Plan[SchoolPage]:
    """The directory by name, without the caller itself; `after` is the `next` of the page before.

    With `find`, only schools whose name has a word, or words in a row, that begin with this text, or whose description
    has such a word. If there is none, those whose words begin with the words of the text in any order, one typing error
    in a word of the name forgiven: one page of them, and only among those that have the longest word.
    Refusals: account_ended, not_found (to a worker), malformed (`after`).
    """
    party = load_caller(context, by)
    if not isinstance(party, School | User):
        raise Refused(RefusalCode.NOT_FOUND)
    id, dot, name = (after or "").partition(".")
    if after is not None and not dot:
        raise Refused(RefusalCode.MALFORMED)
    if text := search_key(find):
        found_page = _schools_found(context, by, SchoolsFound(text, max((name, id), (text, "")), most + 1))
        return Plan(found_page if found_page.schools or after is not None else _schools_near(context, by, text, most))
    found = context.list(SchoolsOf((name, id) if after is not None else None, most + 1))
    last = found[:most][-1:]
    following = f"{last[0].id}.{last[0].name.lower()}" if len(found) > most else None
    return Plan(_school_page(by, found[:most], following))


def _schools_found(context: Context, by: str, listing: SchoolsFound) -> SchoolPage:
    found, most = context.list(listing), listing.most - 1
    place = listing.after
    for school in found[:most]:
        # A school comes once for each of its texts that match, in the order of these places.
        texts = search_texts(school.name, school.about)
        places = ((it, school.id) for it in texts if it.startswith(listing.text))
        place = min((it for it in places if it > place), default=place)
    return _school_page(by, found[:most], f"{place[1]}.{place[0]}" if len(found) > most else None)


NEAR = 30  # schools that are looked at for each key: a search takes no longer the more schools there are


def _schools_near(context: Context, by: str, text: str, most: int) -> SchoolPage:
    longest = max(text.split(), key=len)
    found = [it for key in (longest, *near_keys(longest)) for it in context.list(SchoolsFound(key, (key, ""), NEAR))]
    each_once = {it.id: it for it in found if is_match(text, it.name, it.about)}
    by_name = sorted(each_once.values(), key=lambda it: (it.name.lower(), it.id))
    return _school_page(by, tuple(by_name[:most]), None)


def _school_page(by: str, found: tuple[School, ...], following: str | None) -> SchoolPage:
    each_once = {school.id: directory_card(school) for school in found if school.id != by}
    return SchoolPage(schools=tuple(each_once.values()), next=following)


def school(context: Context, by: str, id: str) -> Plan[DirectoryCard]:
    """One school's public face; also of one that has closed, for those who raised a thread to it.

    Refusals: account_ended, not_found (also to a worker).
    """
    party = load_caller(context, by)
    found = context.get(PartyKey(id))
    if isinstance(party, Worker) or not isinstance(found, School):
        raise Refused(RefusalCode.NOT_FOUND)
    return Plan(directory_card(found))


def overview(context: Context, by: str) -> Plan[Overview]:
    """The threads that the calling school has received, counted now. Refusals: account_ended, not_found."""
    load_calling_school(context, by)
    snoozed = _snoozed_ids(context, by)
    counts = context.get(InboxCountsKey(by, snoozed)) or InboxCounts(open=(), ended=0)
    of = {it.thread_status: it for it in counts.open}

    def count(show: ThreadFilter) -> int:
        return sum(of[it].count for it in OF_FILTER[show] if it in of)

    waiting = [of[it].since for it in OF_FILTER[ThreadFilter.WAITING] if it in of]
    return Plan(
        Overview(
            open=count(ThreadFilter.OPEN),
            new=count(ThreadFilter.NEW),
            with_us=count(ThreadFilter.US),
            with_workers=count(ThreadFilter.WORKER),
            with_them=count(ThreadFilter.THEM),
            snoozed=len(snoozed),
            ended=counts.ended,
            waiting=count(ThreadFilter.WAITING),
            waiting_since=min(waiting, default=None),
        )
    )


def participant(thread: Thread, role: Role) -> Participant:
    participant = {Role.RAISER: thread.raiser, Role.SCHOOL: thread.school, Role.WORKER: thread.worker}[role]
    assert participant is not None  # a thread in a worker's mailbox has that worker
    return participant


def _cursor(context: Context, by: str, before: str | None, is_waiting_list: bool) -> ListPosition | None:
    """Where a list goes on. A cursor names the last thread by the caller's own id: the thread's is nobody's to see.

    One that the caller has no more counts as one that never was: else a worker could ask which have been deleted.
    """
    if before is None:
        return None
    parts = CURSOR.fullmatch(before)
    if parts is None or (parts[1] is not None) is not is_waiting_list:
        raise Refused(RefusalCode.MALFORMED)
    place = parts[1] == "1", int(parts[2])
    try:
        return *place, load_membership(context, by, parts[3]).thread.id
    except Refused:
        return *place, "" if is_waiting_list else AFTER_ALL_IDS


def _people(context: Context, owners: list[str]) -> tuple[Person, ...]:
    found = (context.get(PartyKey(owner)) for owner in owners)
    return tuple(person(owner) for owner in found if isinstance(owner, School | User) and rules.may_act(owner))
