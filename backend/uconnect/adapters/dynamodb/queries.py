"""Lists and counts over DynamoDB: the cost of each is what it shows, or one hour of a mailbox, however much is stored.

A row holds no copy: a list reads the rows, then the records they lead to. docs/aws.md says how the cost is measured.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import DIRECTORY, DIRECTORY_SEARCH, JOB_SHARDS, Item
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import keys, models, records
from uconnect.domain.enums import State, ThreadSort
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.thread_status import (
    ORDERS,
    WAITING_FOR_WORKER,
    ListPosition,
    awaits_them,
    newest_order,
    thread_status,
)

AFTER_IDS = "~"  # comes after every id
AFTER_NAMES = "\U0010ffff"
LATEST = 10**15  # ms, later than any time


def count_open(table: Table, key: keys.OpenThreadCountKey) -> models.OpenThreadCount:
    """How many open threads a party has in a mailbox: it reads as many rows."""
    prefix = items.mailbox_prefix(key.mailbox, State.OPEN)
    held = table.query(items.item_key(keys.PartyKey(key.party)).pk, "SK", prefix, prefix + AFTER_IDS, 1000)
    return models.OpenThreadCount(party=key.party, open=sum(1 for _ in held))


def inbox_counts(table: Table, key: keys.InboxCountsKey) -> models.InboxCounts:
    """It reads a row for each open thread, and lets DynamoDB count the ended ones (decision 0037)."""
    since: dict[str, list[int]] = {}
    for name, at, id in _open_rows(table, key.party, Mailbox.RECEIVED):
        if id not in key.without:
            since.setdefault(name, []).append(at)
    prefix = items.mailbox_prefix(Mailbox.RECEIVED, State.TERMINATED)
    return models.InboxCounts(
        open=tuple(
            models.StatusCount(thread_status=name, count=len(since[name]), since=min(since[name]))
            for name in sorted(since)
        ),
        ended=table.count(items.item_key(keys.PartyKey(key.party)).pk, prefix, prefix + AFTER_IDS),
    )


def workers_waiting(table: Table, key: keys.WorkersWaitingKey) -> models.WorkersWaiting:
    """It reads a row for each open thread of the school. A row that an earlier release wrote counts once it is written
    again."""
    prefix = items.mailbox_prefix(Mailbox.RECEIVED, State.OPEN)
    rows = table.query(items.item_key(keys.PartyKey(key.party)).pk, "SK", prefix, prefix + AFTER_IDS, 1000)
    waiting = Counter(it["w"]["S"] for it in rows if items.status_in(it) in WAITING_FOR_WORKER and "w" in it)
    return models.WorkersWaiting(counts=tuple(min(waiting[it], keys.MOST_WAITING) for it in key.workers))


def count_sent(table: Table, key: keys.SentCountKey) -> models.SentCount:
    """How many messages an author sent under a key, by the local index: one request, whatever it finds."""
    order = items.sent_order(key)
    most = 2  # one more than there can be: after a full page, another would be asked for
    found = table.query(items.item_key(keys.ThreadKey(key.thread)).pk, "i", order, order, most)
    return models.SentCount(count=len(list(found)))


def find_sent(table: Table, key: keys.SentMessageKey) -> models.Message | None:
    """The message an author sent under a key, by the local index."""
    order = items.sent_order(key)
    for row in table.query(items.item_key(keys.ThreadKey(key.thread)).pk, "i", order, order, 1):
        for item in table.get([items.item_key_of(row)]).values():
            message: models.Message = items.record(keys.EntryKey, item)
            return message
    return None


def list_records(table: Table, listing: Listing[Any]) -> tuple[Any, ...]:
    """The records of a listing, in its order."""
    match listing:
        case keys.NumberedListing(thread, after, most):
            stored = records.BY_LISTING[type(listing)]
            first = items.item_key(stored.key(thread, after + 1))
            numbered = table.query(first.pk, "SK", first.sk, items.numbers_end(stored), most)
            return tuple(items.record(stored.key, item) for item in islice(numbered, most))
        case keys.ThreadsOf():
            return _threads(table, listing)
        case keys.NewestRaisedOf():
            return _newest_raised(table, listing)
        case keys.OpenThreadsOf():
            return _open_threads(table, listing)
        case keys.SnoozedOf(viewer, now, most):
            low, high = items.snooze_order(now + 1), items.snooze_order(records.NEVER)
            rows = table.query(items.item_key(keys.PartyKey(viewer)).pk, "i", low, high, most)
            return _found(table, [keys.ThreadReferenceKey(viewer, items.id_in(row)) for row in islice(rows, most)])
        case keys.SchoolsOf(item_key, most):
            low = items.directory_key(*item_key) + "\0" if item_key else "\0"
            schools = table.query(DIRECTORY, "SK", low, AFTER_NAMES, most)
            return _found(table, [keys.PartyKey(items.id_in(row)) for row in islice(schools, most)])
        case keys.SchoolsFound(text, item_key, most):
            low = items.directory_key(*item_key) + "\0"
            schools = table.query(DIRECTORY_SEARCH, "SK", low, text + AFTER_NAMES, most)
            return _found(table, [keys.PartyKey(items.id_in(row)) for row in islice(schools, most)])
        case keys.ActsOf(school, before, most):
            high = items.act_place(before - 1) if before is not None else items.NUMBERS[1]
            lines = table.query(items.acts_of(school), "SK", items.NUMBERS[0], high, most, latest_first=True)
            return tuple(map(items.school_act_in, islice(lines, most)))
        case keys.PartiesOf(ids):
            return _found(table, [keys.PartyKey(id) for id in ids])
        case keys.DueJobs(now, most, since):
            found = _found(table, [keys.JobKey(items.job_in(row)) for row in _due(table, now, most, since)])
            # A job that another runner has claimed since its row was read is its runner's: it is due later now, and who
            # took it for due then could claim it too.
            return tuple(job for job in found if since <= job.due <= now)
    raise TypeError(listing)


def _due(table: Table, now: int, most: int, since: int) -> list[Item]:
    """The rows of the jobs due from `since` to `now`, of all shards, the oldest first."""
    low, high = items.due_order(since), items.due_order(now) + AFTER_IDS
    rows = [row for pk in JOB_SHARDS for row in islice(table.query(pk, "i", low, high, most), most)]
    return sorted(rows, key=lambda row: row["i"]["S"])[:most]


def _threads(table: Table, listing: keys.ThreadsOf) -> tuple[models.Thread, ...]:
    """A page of a mailbox. Rows have the hour of the last activity and threads the time, so whole hours are read."""
    before = listing.before or (LATEST, "")
    low, high = (items.mailbox_order(listing.mailbox, at) for at in (listing.since, before[0]))
    rows = table.query(
        items.item_key(keys.PartyKey(listing.party)).pk, "i", low, high, listing.most + 1, latest_first=True
    )
    found: list[models.Thread] = []
    wanted = (row for row in rows if not listing.ended or items.is_ended(row))
    groups = _whole_hours(wanted, listing.most)
    for ids in _padded(groups, listing.most) if listing.padded else groups:
        heads: tuple[models.Thread, ...] = _found(table, [keys.ThreadKey(id) for id in ids])
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


def _rows_of(table: Table, party: str, mailbox: Mailbox, state: State) -> list[Item]:
    prefix = items.mailbox_prefix(mailbox, state)
    return list(table.query(items.item_key(keys.PartyKey(party)).pk, "SK", prefix, prefix + AFTER_IDS, 1000))


def _open_rows(table: Table, party: str, mailbox: Mailbox) -> list[tuple[str, int, str]]:
    """The status of each open thread in a mailbox, since when it waits, and its id."""
    return [(name, since, id) for name, (_, since, id) in _places(table, party, mailbox, ThreadSort.WAITING)]


def _places(table: Table, party: str, mailbox: Mailbox, sort: ThreadSort) -> list[tuple[str, ListPosition]]:
    """The status of each open thread in a mailbox, and its place by who has waited longest or by when it was raised."""
    found: list[tuple[str, ListPosition]] = []
    untold: list[str] = []  # a worker's rows, and those of an earlier release, do not say it
    for row in _rows_of(table, party, mailbox, State.OPEN):
        name, id, raised_at = items.status_in(row), items.id_in(row), items.raised_at(row)
        if name is None or (sort is ThreadSort.NEWEST and raised_at is None):
            untold.append(id)
        elif sort is ThreadSort.NEWEST:
            found.append((name, (False, raised_at or 0, id)))
        else:
            found.append((name, (awaits_them(name), int(row["t"]["N"]), id)))
    heads: tuple[models.Thread, ...] = _found(table, [keys.ThreadKey(id) for id in untold])
    return found + [(name, ORDERS[sort](it)) for it in heads if (name := thread_status(it))]


def _open_threads(table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    """A page of open threads: it reads a row for each open thread of the mailbox, and the threads of the page."""
    if listing.sort is ThreadSort.ACTIVITY:
        return _open_by_activity(table, listing)
    is_newest = listing.sort is ThreadSort.NEWEST
    order = sorted(
        (
            place
            for name, place in _places(table, listing.party, listing.mailbox, listing.sort)
            if name in listing.statuses and place[2] not in listing.without
        ),
        reverse=is_newest,
    )
    places = [it for it in order if listing.after is None or (it < listing.after if is_newest else it > listing.after)]
    found: list[models.Thread] = []
    for start in range(0, len(places), listing.most):
        heads: tuple[models.Thread, ...] = _found(
            table, [keys.ThreadKey(id) for _, _, id in places[start : start + listing.most]]
        )
        found += [it for it in heads if _is_wanted(it, listing)]
        if len(found) >= listing.most:
            break  # most pages take one turn: only what changed after its row was read is left out
    return tuple(found[: listing.most])


def _open_by_activity(table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    """It reads the same rows, which have the hour of the last activity, and then the threads of whole hours."""
    before = (listing.after or (False, LATEST, ""))[1:]
    last = items.mailbox_order(listing.mailbox, before[0])
    rows = [
        row
        for row in _rows_of(table, listing.party, listing.mailbox, State.OPEN)
        if row["i"]["S"] <= last
        and items.status_in(row) in {None, *listing.statuses}
        and items.id_in(row) not in listing.without
    ]
    rows.sort(key=lambda row: row["i"]["S"], reverse=True)
    found: list[models.Thread] = []
    for ids in _whole_hours(iter(rows), listing.most):
        heads: tuple[models.Thread, ...] = _found(table, [keys.ThreadKey(id) for id in ids])
        here = [it for it in heads if (it.at, it.id) < before and _is_wanted(it, listing)]
        found += sorted(here, key=lambda it: (it.at, it.id), reverse=True)
        if len(found) >= listing.most:
            break
    return tuple(found[: listing.most])


def _is_wanted(thread: models.Thread, listing: keys.OpenThreadsOf) -> bool:
    """Whether a thread still is what its row said."""
    return thread_status(thread) in listing.statuses and items.is_in_mailbox(thread, listing.party, listing.mailbox)


def _newest_raised(table: Table, listing: keys.NewestRaisedOf) -> tuple[models.Thread, ...]:
    """It reads a row for each thread that the party has raised, and the threads of the page."""
    states = (State.TERMINATED,) if listing.ended else tuple(State)
    rows = [row for state in states for row in _rows_of(table, listing.party, Mailbox.RAISED, state)]
    places = [(False, at, items.id_in(row)) for row in rows if (at := items.raised_at(row)) is not None]
    untold = [keys.ThreadKey(items.id_in(row)) for row in rows if items.raised_at(row) is None]
    heads: tuple[models.Thread, ...] = _found(table, untold)
    places += [newest_order(it) for it in heads]
    wanted = sorted((it for it in places if listing.before is None or it[1:] < listing.before), reverse=True)
    found: tuple[models.Thread, ...] = _found(table, [keys.ThreadKey(id) for _, _, id in wanted[: listing.most]])
    return tuple(it for it in found if items.is_in_mailbox(it, listing.party, Mailbox.RAISED) and it.state in states)


def _whole_hours(rows: Iterator[Item], enough: int) -> Iterator[list[str]]:
    """The ids of rows, in groups of whole hours with at least `enough` ids each; the last group may have fewer."""
    ids: list[str] = []
    for _, hour in groupby(rows, key=lambda row: row["i"]["S"]):
        ids += [items.id_in(row) for row in hour]
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


def _found(table: Table, wanted: Sequence[Key[Any]]) -> tuple[Any, ...]:
    """The records of these keys, in this order. Those that were deleted after their rows were read are left out."""
    there = table.get(map(items.item_key, wanted))
    found = [items.found(type(key), there.get(items.item_key(key))) for key in wanted]
    return tuple(it for it in found if it is not None)
