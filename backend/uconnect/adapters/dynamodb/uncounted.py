"""Lists and counts of threads in a table that an earlier release filled, until each thread of it is counted.

Rows of that release have an SK without the time of the raise. In the row of a school's open thread, `s` is its status,
`t` since when it waits, `w` the worker, `r` when it was raised. A count or a list reads a row for each open thread.
"""

from collections import Counter
from typing import NamedTuple

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import Item
from uconnect.adapters.dynamodb.queries import AFTER_IDS, find
from uconnect.adapters.dynamodb.table import Table
from uconnect.adapters.dynamodb.thread_lists import is_wanted, page_of, page_of_hours, whole_hours
from uconnect.domain import keys, models
from uconnect.domain.enums import State, ThreadSort
from uconnect.domain.keys import Mailbox
from uconnect.domain.thread_status import (
    ORDERS,
    WAITING_FOR_WORKER,
    ListPosition,
    awaits_them,
    thread_status,
    turn_since,
)


class OpenThread(NamedTuple):
    """What is known of an open thread without reading it."""

    id: str
    status: str
    since: int
    raised: int
    worker: str

    def position(self, sort: ThreadSort) -> ListPosition:
        if sort is ThreadSort.NEWEST:
            return False, self.raised, self.id
        return awaits_them(self.status), self.since, self.id


def count_open(table: Table, key: keys.OpenThreadCountKey) -> models.OpenThreadCount:
    """How many open threads a party has in a mailbox: it reads as many rows."""
    return models.OpenThreadCount(party=key.party, open=len(_rows_of(table, key.party, key.mailbox, State.OPEN)))


def inbox_counts(table: Table, key: keys.InboxCountsKey) -> models.InboxCounts:
    since: dict[str, list[int]] = {}
    for it in _open(table, key.party, Mailbox.RECEIVED):
        if it.id not in key.without:
            since.setdefault(it.status, []).append(it.since)
    counts = (models.StatusCount(thread_status=it, count=len(since[it]), since=min(since[it])) for it in sorted(since))
    ended = len(_rows_of(table, key.party, Mailbox.RECEIVED, State.TERMINATED).keys() - set(key.without))
    return models.InboxCounts(open=tuple(counts), ended=ended)


def workers_waiting(table: Table, key: keys.WorkersWaitingKey) -> models.WorkersWaiting:
    found = _open(table, key.party, Mailbox.RECEIVED)
    waiting = Counter(it.worker for it in found if it.status in WAITING_FOR_WORKER)
    return models.WorkersWaiting(counts=tuple(min(waiting[it], keys.MOST_WAITING) for it in key.workers))


def threads(table: Table, listing: keys.ThreadsOf) -> tuple[models.Thread, ...]:
    """A page of a mailbox. An earlier release sorted the ended threads among the open ones."""
    return page_of_hours(table, listing, tuple(State))


def newest_raised(table: Table, listing: keys.NewestRaisedOf) -> tuple[models.Thread, ...]:
    """It reads all that the party has raised."""
    states = (State.TERMINATED,) if listing.ended else tuple(State)
    ids = {id for state in states for id in _rows_of(table, listing.party, Mailbox.RAISED, state)}
    heads: tuple[models.Thread, ...] = find(table, [keys.ThreadKey(it) for it in ids])
    wanted = (it for it in heads if items.is_in_mailbox(it, listing.party, Mailbox.RAISED) and it.state in states)
    found = (it for it in wanted if listing.before is None or (it.since, it.id) < listing.before)
    return tuple(sorted(found, key=ORDERS[ThreadSort.NEWEST], reverse=True)[: listing.most])


def open_threads(table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    """A page of open threads: it reads a row for each open thread of the mailbox, and the threads of the page."""
    if listing.sort is ThreadSort.ACTIVITY:
        return _open_by_activity(table, listing)
    is_newest = listing.sort is ThreadSort.NEWEST
    found = (it for it in _open(table, listing.party, listing.mailbox) if it.status in listing.statuses)
    order = sorted((it.position(listing.sort) for it in found), reverse=is_newest)
    after = listing.after
    ids = (id for *place, id in order if after is None or ((*place, id) < after if is_newest else (*place, id) > after))
    return page_of(table, listing, ids)


def _open_by_activity(table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    before = (listing.after or (False, items.LATEST, ""))[1:]
    of_status = {it.id for it in _open(table, listing.party, listing.mailbox) if it.status in listing.statuses}
    rows = _rows_of(table, listing.party, listing.mailbox, State.OPEN)
    wanted = [it for id, it in rows.items() if id in of_status and id not in listing.without]
    found: list[models.Thread] = []
    for ids in whole_hours(sorted(wanted, key=items.hour_in, reverse=True), listing.most):
        heads: tuple[models.Thread, ...] = find(table, [keys.ThreadKey(id) for id in ids])
        here = [it for it in heads if (it.at, it.id) < before and is_wanted(it, listing)]
        found += sorted(here, key=ORDERS[ThreadSort.ACTIVITY], reverse=True)
        if len(found) >= listing.most:
            break
    return tuple(found[: listing.most])


def _rows_of(table: Table, party: str, mailbox: Mailbox, state: State) -> dict[str, Item]:
    """The row of each thread. The row of an earlier release counts, if it has written the thread last."""
    prefix = items.mailbox_prefix(mailbox, state)
    rows = [*table.query(f"party#{party}", "SK", prefix, prefix + AFTER_IDS, 1000)]
    return {items.id_in(it): it for it in sorted(rows, key=_is_earlier)}


def _is_earlier(row: Item) -> bool:
    return row["SK"]["S"].count("#") == 3


def _open(table: Table, party: str, mailbox: Mailbox) -> list[OpenThread]:
    """The open threads in a mailbox, by their rows. The threads are read where the rows do not say enough: those of a
    worker, and those of the first releases."""
    rows = _rows_of(table, party, mailbox, State.OPEN)
    turns = _turns(table, party) if mailbox is Mailbox.RECEIVED else {}
    told = {id: _from_row(id, it) for id, it in rows.items() if "s" in it and "r" in it}
    known = {id: told.get(id) or turns.get(id) for id in rows}
    heads: tuple[models.Thread, ...] = find(table, [keys.ThreadKey(id) for id, it in known.items() if it is None])
    return [*(it for it in known.values() if it), *(_of(it, name) for it in heads if (name := thread_status(it)))]


def _from_row(id: str, row: Item) -> OpenThread:
    status = row["s"]["S"].removesuffix(items.POLICY_APPLIED)
    return OpenThread(id, status, int(row["t"]["N"]), int(row["r"]["N"]), row["w"]["S"] if "w" in row else "")


def _turns(table: Table, party: str) -> dict[str, OpenThread]:
    prefix = f"{items.TURN}#"
    found = map(items.turn_in, table.query(items.turns_of(party), "SK", prefix, prefix + AFTER_IDS, 1000))
    return {it.thread: OpenThread(it.thread, it.status, it.since, it.raised, it.worker) for it in found}


def _of(thread: models.Thread, status: str) -> OpenThread:
    worker = thread.worker.party if thread.worker else ""
    return OpenThread(thread.id, status, turn_since(thread), thread.since, worker)
