"""Lists and counts of threads over DynamoDB: however many a party has, each reads what it shows, or one hour more.

Where few threads of many match a filter, an order that is not sorted by the filter's statuses costs more: see
`_filtered`. All of it needs rows and counts of each thread (`items.ALL_COUNTED`); `uncounted.py` does without.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, groupby, islice
from typing import NamedTuple

from uconnect.adapters.dynamodb import counts, items
from uconnect.adapters.dynamodb.items import Item, Turn, turn_in
from uconnect.adapters.dynamodb.queries import AFTER_IDS, find
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import keys, models
from uconnect.domain.enums import State, ThreadFilter, ThreadSort
from uconnect.domain.keys import Mailbox
from uconnect.domain.models import NOBODY, Thread
from uconnect.domain.thread_status import (
    OF_FILTER,
    ORDERS,
    WAITING_FOR_WORKER,
    WORKER,
    awaits_them,
    thread_status,
)

FEW = 200  # threads that are all read and sorted, where no row is in the order that is asked for
LOOKED_AT = 400  # threads of which too few match a filter: then the rows of those that match are read first
IN_A_UNIT = 30  # rows of 4 KB, which cost as much as one
AT_ONCE = 100  # rows asked for at a time, at most


class TurnRange(NamedTuple):
    """Where turns of one status lie: under a party, and of one worker if it is named."""

    party: str
    status: str
    worker: str | None


# --- counts


def count_open(table: Table, key: keys.OpenThreadCountKey) -> models.OpenThreadCount:
    """How many open threads a party has received or handles, of the kept counts.

    A school closes only if there are none, and a commit may come while the counts are read. So the rows are asked
    too: an open thread has one row, which is there from the raise to the end.
    """
    if key.mailbox is Mailbox.HANDLED:
        return models.OpenThreadCount(
            party=key.party, open=max(0, counts.read_counts(table, key.party, counts.HANDLED)[counts.OPEN])
        )
    found = counts.read_counts(table, key.party, counts.RECEIVED)
    prefix = items.mailbox_prefix(key.mailbox, State.OPEN)
    is_any = next(table.query(f"party#{key.party}", "SK", prefix, prefix + AFTER_IDS, 1), None) is not None
    open = sum(found[it] for it in OF_FILTER[ThreadFilter.OPEN])
    return models.OpenThreadCount(party=key.party, open=max(open, 1) if is_any else 0)


def inbox_counts(table: Table, key: keys.InboxCountsKey) -> models.InboxCounts:
    """The kept counts of a school, without some threads, and the oldest turn of each status."""
    found = counts.read_counts(table, key.party, counts.RECEIVED)
    heads: tuple[Thread, ...] = find(table, [keys.ThreadKey(it) for it in key.without])
    found.subtract(thread_status(it) or counts.ENDED for it in heads if it.school.party == key.party)
    open = tuple(
        models.StatusCount(thread_status=name, count=found[name], since=first.since)
        for name in sorted(OF_FILTER[ThreadFilter.OPEN])
        if found[name] > 0 and (first := _first(table, TurnRange(key.party, name, None), key.without)) is not None
    )
    return models.InboxCounts(open=open, ended=max(0, found[counts.ENDED]))


def _first(table: Table, of: TurnRange, without: Sequence[str]) -> Turn | None:
    """The turn of a status that has lasted longest."""
    return next((it for it in _turns(table, [of], "", len(without) + 1) if it.thread not in without), None)


def workers_waiting(table: Table, key: keys.WorkersWaitingKey) -> models.WorkersWaiting:
    """It reads the turns that wait for an answer of each worker, up to the most that are counted."""
    return models.WorkersWaiting(
        counts=tuple(
            min(
                sum(_count_turns(table, TurnRange(key.party, status, it)) for status in WAITING_FOR_WORKER),
                keys.MOST_WAITING,
            )
            for it in key.workers
        )
    )


def _count_turns(table: Table, of: TurnRange) -> int:
    return sum(1 for _ in islice(_turns_of(table, of, "", keys.MOST_WAITING), keys.MOST_WAITING))


# --- mailboxes


def threads(table: Table, listing: keys.ThreadsOf) -> tuple[Thread, ...]:
    """A page of a mailbox. Rows have the hour of the last activity and threads the time, so whole hours are read."""
    return page_of_hours(table, listing, (State.TERMINATED,) if listing.ended else tuple(State))


def page_of_hours(table: Table, listing: keys.ThreadsOf, states: Sequence[State]) -> tuple[Thread, ...]:
    """A page of the threads whose rows are sorted among those of these states."""
    before = listing.before or (items.LATEST, "")
    each = [
        _by_hour(table, listing.party, listing.mailbox, it, listing.since, before[0], listing.most + 1) for it in states
    ]
    rows = merge(*each, key=items.hour_in, reverse=True)
    groups = whole_hours((it for it in rows if not listing.ended or items.is_ended(it)), listing.most)
    found: list[Thread] = []
    for ids in _padded(groups, listing.most) if listing.padded else groups:
        heads: tuple[Thread, ...] = find(table, [keys.ThreadKey(id) for id in ids])
        here = [
            it
            for it in heads
            if (listing.since, "") <= (it.at, it.id) < before
            and items.is_in_mailbox(it, listing.party, listing.mailbox)
            and not (listing.ended and it.state is State.OPEN)
        ]
        found += sorted(here, key=lambda it: (it.at, it.id), reverse=True)
        if len(found) >= listing.most:
            break
    return tuple(found[: listing.most])


def newest_raised(table: Table, listing: keys.NewestRaisedOf) -> tuple[Thread, ...]:
    """It reads the rows of the page, which are sorted by when their threads were raised, and its threads."""
    states = (State.TERMINATED,) if listing.ended else tuple(State)
    each = [_by_raise(table, listing.party, Mailbox.RAISED, it, listing.before, listing.most) for it in states]
    rows = merge(*each, key=_raised_place, reverse=True)
    found: list[Thread] = []
    while len(found) < listing.most and (ids := [items.id_in(it) for it in islice(rows, listing.most)]):
        heads: tuple[Thread, ...] = find(table, [keys.ThreadKey(id) for id in ids])
        found += [it for it in heads if items.is_in_mailbox(it, listing.party, Mailbox.RAISED) and it.state in states]
    return tuple(found[: listing.most])


def _by_hour(
    table: Table, party: str, mailbox: Mailbox, state: State, first: int, last: int, most: int
) -> Iterator[Item]:
    """The rows of a mailbox with activity in these hours, the latest first."""
    low, high = (items.mailbox_order(mailbox, at, state) for at in (first, last))
    return table.query(f"party#{party}", "i", low, high, min(most, AT_ONCE), latest_first=True)


def _by_raise(
    table: Table, party: str, mailbox: Mailbox, state: State, before: tuple[int, str] | None, most: int
) -> Iterator[Item]:
    """The rows of a mailbox, the last raised first."""
    low = items.mailbox_prefix(mailbox, state)
    end = low + (items.raised_place(*before) if before else AFTER_IDS)
    rows = table.query(f"party#{party}", "SK", low, end, min(most + 1, AT_ONCE), latest_first=True)
    return (it for it in rows if it["SK"]["S"] != end)


def _raised_place(row: Item) -> str:
    """When its thread was raised, and its id."""
    return row["SK"]["S"].split("#", 3)[3]


def whole_hours(rows: Iterable[Item], enough: int) -> Iterator[list[str]]:
    """The ids of rows, in groups of whole hours with at least `enough` ids each; the last group may have fewer."""
    ids: list[str] = []
    for _, hour in groupby(rows, key=items.hour_in):
        ids += dict.fromkeys(items.id_in(row) for row in hour)
        if len(ids) >= enough:
            yield ids
            ids = []
    if ids:
        yield ids


def _padded(groups: Iterator[list[str]], most: int) -> Iterator[list[str]]:
    """The groups, of which the first has at least `most` ids: those that it lacks lead to no thread."""
    ids = next(groups, [])
    yield [*ids, *map(str, range(most - len(ids)))]  # equal work: leak 24
    yield from groups


# --- open threads in an order


def open_threads(table: Table, listing: keys.OpenThreadsOf) -> tuple[Thread, ...]:
    """A page of open threads."""
    ranges = _ranges(table, listing)
    if listing.sort is ThreadSort.WAITING:
        return page_of(table, listing, _by_turn(table, ranges, listing))
    every = OF_FILTER[ThreadFilter.OPEN]
    if {it.status for it in ranges} == {
        it for it in every if listing.mailbox is not Mailbox.HANDLED or _has_worker(it)
    }:
        return _walk(table, listing)
    return _filtered(table, ranges, listing)


def _ranges(table: Table, listing: keys.OpenThreadsOf) -> list[TurnRange]:
    """Where the turns of a list lie. A worker's are among those of its school, and of the threads whose owner's account
    has ended, which are no school's."""
    if listing.mailbox is not Mailbox.HANDLED:
        return [TurnRange(listing.party, it, None) for it in listing.statuses]
    (worker,) = find(table, [keys.PartyKey(listing.party)]) or (None,)
    schools = (worker.school if isinstance(worker, models.Worker) else NOBODY, NOBODY)
    return [
        TurnRange(it, status, listing.party) for status in listing.statuses if _has_worker(status) for it in schools
    ]


def _has_worker(status: str) -> bool:
    return status.endswith(f".{WORKER}")


def _by_turn(table: Table, ranges: list[TurnRange], listing: keys.OpenThreadsOf) -> Iterator[str]:
    """The ids of the threads after the place of a list, by who has waited longest: first those that wait for the
    school's side, then the others."""
    theirs, since, id = listing.after or (False, 0, "")
    after = items.turn_place(since, id) + AFTER_IDS if listing.after else ""
    waiting = [it for it in ranges if not awaits_them(it.status)]
    answered = [it for it in ranges if awaits_them(it.status)]
    first = () if theirs else _turns(table, waiting, after, listing.most)
    then = _turns(table, answered, after if theirs else "", listing.most)
    return (it.thread for it in chain(first, then))


def _turns(table: Table, ranges: Sequence[TurnRange], after: str, most: int) -> Iterator[Turn]:
    """The turns at several ranges after a place in the order, by who has waited longest."""
    return merge(*(_turns_at(table, it, after, most) for it in ranges), key=lambda it: (it.since, it.thread))


def _turns_at(table: Table, of: TurnRange, after: str, most: int) -> Iterator[Turn]:
    if of.worker is not None:
        yield from _turns_of(table, of, after, most)
    elif not _has_worker(of.status):
        yield from _turns_of(table, of._replace(worker=""), after, most)
    else:
        yield from _turns_of_workers(table, of, after, most)


def _turns_of(table: Table, of: TurnRange, after: str, most: int) -> Iterator[Turn]:
    prefix = items.turn_prefix(of.status, of.worker)
    rows = table.query(items.turns_of(of.party), "i", prefix + after, prefix + AFTER_IDS, min(most + 1, AT_ONCE))
    return map(turn_in, rows)


def _turns_of_workers(table: Table, of: TurnRange, after: str, most: int) -> Iterator[Turn]:
    """The turns of all workers, which lie one worker after the other. If there are few, all are read and sorted."""
    prefix, few = items.turn_prefix(of.status), min(max(most + 1, IN_A_UNIT), AT_ONCE)
    found = [*islice(table.query(items.turns_of(of.party), "i", prefix, prefix + AFTER_IDS, few), few)]
    if len(found) < few:
        turns = [it for it in map(turn_in, found) if items.turn_place(it.since, it.thread) > after]
        yield from sorted(turns, key=lambda it: (it.since, it.thread))
        return
    each = (of._replace(worker=it) for it in _workers_at(table, of))
    yield from _turns(table, [*each], after, most)


def _workers_at(table: Table, of: TurnRange) -> Iterator[str]:
    """The workers who have threads of a status: one query for each, and no row is read for any other thread."""
    prefix = low = items.turn_prefix(of.status)
    while (row := next(table.query(items.turns_of(of.party), "i", low, prefix + AFTER_IDS, 1), None)) is not None:
        worker = turn_in(row).worker
        yield worker
        low = items.turn_prefix(of.status, worker) + AFTER_IDS


def page_of(table: Table, listing: keys.OpenThreadsOf, ids: Iterator[str]) -> tuple[Thread, ...]:
    """The first threads of these that still are what their rows said."""
    found: list[Thread] = []
    left = (it for it in ids if it not in listing.without)
    while len(found) < listing.most and (here := [*islice(left, listing.most)]):
        heads: tuple[Thread, ...] = find(table, [keys.ThreadKey(id) for id in here])
        found += [it for it in heads if is_wanted(it, listing)]
    return tuple(
        found[: listing.most]
    )  # most pages take one turn: only what changed after its row was read is left out


def is_wanted(thread: Thread, listing: keys.OpenThreadsOf) -> bool:
    """Whether a thread still is what its row said."""
    return thread_status(thread) in listing.statuses and items.is_in_mailbox(thread, listing.party, listing.mailbox)


def _filtered(table: Table, ranges: list[TurnRange], listing: keys.OpenThreadsOf) -> tuple[Thread, ...]:
    """A page of those of some statuses, by when they were raised or by their last activity.

    No row is sorted by both. If FEW match, all of them are read. If many do, threads are read in the order until a page
    of them matches. If LOOKED_AT of them are not enough, then the rows of all that match are read, some 30 a unit, and
    from there on no other thread.
    """
    few = [it.thread for it in islice(_turns(table, ranges, "", FEW), FEW + 1)]
    if len(few) <= FEW:
        return _page_in_order(_wanted(table, few, listing), listing)
    return _walk(table, listing, lambda: {it.thread for it in _turns(table, ranges, "", AT_ONCE)})


def _walk(
    table: Table, listing: keys.OpenThreadsOf, matching: Callable[[], set[str]] | None = None
) -> tuple[Thread, ...]:
    """A page of a list whose rows are read in its order. `matching` finds the ids of all threads of its statuses."""
    found: list[Thread] = []
    looked_at, ids_that_match = 0, None
    for group in _groups(table, listing):
        looked_at += len(group)
        if matching and ids_that_match is None and looked_at > LOOKED_AT:
            ids_that_match = matching()
        ids = group if ids_that_match is None else [it for it in group if it in ids_that_match]
        found += _page_in_order(_wanted(table, ids, listing), listing)
        if len(found) >= listing.most:
            break
    return tuple(found[: listing.most])


def _groups(table: Table, listing: keys.OpenThreadsOf) -> Iterator[list[str]]:
    """The ids of an order from the place of a list on, in groups that follow each other in it."""
    party, mailbox, after = listing.party, listing.mailbox, listing.after
    if listing.sort is ThreadSort.ACTIVITY:
        last = after[1] if after else items.LATEST
        return whole_hours(_by_hour(table, party, mailbox, State.OPEN, 0, last, listing.most + 1), listing.most)
    rows = _by_raise(table, party, mailbox, State.OPEN, after[1:] if after else None, listing.most)
    return iter(lambda: [items.id_in(it) for it in islice(rows, listing.most)], [])


def _wanted(table: Table, ids: Sequence[str], listing: keys.OpenThreadsOf) -> list[Thread]:
    heads: tuple[Thread, ...] = find(table, [keys.ThreadKey(it) for it in ids if it not in listing.without])
    return [it for it in heads if is_wanted(it, listing)]


def _page_in_order(threads: list[Thread], listing: keys.OpenThreadsOf) -> tuple[Thread, ...]:
    """The threads after the place of a list, in its order."""
    order = ORDERS[listing.sort]
    here = (it for it in threads if listing.after is None or order(it) < listing.after)
    return tuple(sorted(here, key=order, reverse=True)[: listing.most])
