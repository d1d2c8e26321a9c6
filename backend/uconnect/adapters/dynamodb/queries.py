"""Lists and counts over DynamoDB: the cost of each is what it shows, or one hour of a mailbox, however much is stored.

A row holds no copy: a list reads the rows, then the records they lead to. docs/aws.md says how the cost is measured.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import DIRECTORY, DIRECTORY_SEARCH, JOBS, Item
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import keys, models, records
from uconnect.domain.enums import State
from uconnect.domain.keys import Key, Listing, Mailbox
from uconnect.domain.thread_status import WAITING_FOR_WORKER, awaits_them, thread_status, turn_since

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
        case keys.PartiesOf(ids):
            return _found(table, [keys.PartyKey(id) for id in ids])
        case keys.DueJobs(now, most, since):
            jobs = table.query(JOBS, "i", items.due_order(since), items.due_order(now) + AFTER_IDS, most)
            found = _found(table, [keys.JobKey(items.job_in(row)) for row in islice(jobs, most)])
            # A job that another runner has claimed since its row was read is its runner's: it is due later now, and who
            # took it for due then could claim it too.
            return tuple(job for job in found if since <= job.due <= now)
    raise TypeError(listing)


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


def _open_rows(table: Table, party: str, mailbox: Mailbox) -> list[tuple[str, int, str]]:
    """The status of each open thread in a mailbox, since when it waits, and its id."""
    prefix = items.mailbox_prefix(mailbox, State.OPEN)
    rows = list(table.query(items.item_key(keys.PartyKey(party)).pk, "SK", prefix, prefix + AFTER_IDS, 1000))
    known = [(name, int(row["t"]["N"]), items.id_in(row)) for row in rows if (name := items.status_in(row))]
    # A worker's rows, and those of an earlier release, do not say it.
    untold = [keys.ThreadKey(items.id_in(row)) for row in rows if items.status_in(row) is None]
    heads: tuple[models.Thread, ...] = _found(table, untold)
    return known + [(name, turn_since(it), it.id) for it in heads if (name := thread_status(it))]


def _open_threads(table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]:
    """A page of open threads: it reads a row for each open thread of the mailbox, and the threads of the page."""
    rows = _open_rows(table, listing.party, listing.mailbox)
    order = sorted(
        (awaits_them(name), since, id)
        for name, since, id in rows
        if name in listing.statuses and id not in listing.without
    )
    places = [it for it in order if listing.after is None or it > listing.after]
    found: list[models.Thread] = []
    for start in range(0, len(places), listing.most):
        heads: tuple[models.Thread, ...] = _found(
            table, [keys.ThreadKey(id) for _, _, id in places[start : start + listing.most]]
        )
        found += [
            it
            for it in heads
            if thread_status(it) in listing.statuses and items.is_in_mailbox(it, listing.party, listing.mailbox)
        ]
        if len(found) >= listing.most:
            break  # most pages take one turn: only what changed after its row was read is left out
    return tuple(found[: listing.most])


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
