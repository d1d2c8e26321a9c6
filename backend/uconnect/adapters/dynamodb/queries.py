"""Lists over DynamoDB: the cost of each is what it shows, however much is stored. Those of threads are `ThreadLists`.

A row holds no copy: a list reads the rows, then the records they lead to. docs/aws.md says how the cost is measured.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Protocol

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import DIRECTORY, DIRECTORY_SEARCH, JOB_SHARDS, Item
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import keys, models, records
from uconnect.domain.keys import Key, Listing

AFTER_IDS = "~"  # comes after every id
AFTER_NAMES = "\U0010ffff"


class ThreadLists(Protocol):
    """The lists and counts of threads: a module has them."""

    def threads(self, table: Table, listing: keys.ThreadsOf) -> tuple[models.Thread, ...]: ...

    def newest_raised(self, table: Table, listing: keys.NewestRaisedOf) -> tuple[models.Thread, ...]: ...

    def open_threads(self, table: Table, listing: keys.OpenThreadsOf) -> tuple[models.Thread, ...]: ...

    def count_open(self, table: Table, key: keys.OpenThreadCountKey) -> models.OpenThreadCount: ...

    def inbox_counts(self, table: Table, key: keys.InboxCountsKey) -> models.InboxCounts: ...

    def workers_waiting(self, table: Table, key: keys.WorkersWaitingKey) -> models.WorkersWaiting: ...


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


def list_records(table: Table, lists: Callable[[], ThreadLists], listing: Listing[Any]) -> tuple[Any, ...]:
    """The records of a listing, in its order."""
    match listing:
        case keys.NumberedListing(thread, after, most):
            stored = records.BY_LISTING[type(listing)]
            first = items.item_key(stored.key(thread, after + 1))
            numbered = table.query(first.pk, "SK", first.sk, items.numbers_end(stored), most)
            return tuple(items.record(stored.key, item) for item in islice(numbered, most))
        case keys.ThreadsOf():
            return lists().threads(table, listing)
        case keys.NewestRaisedOf():
            return lists().newest_raised(table, listing)
        case keys.OpenThreadsOf():
            return lists().open_threads(table, listing)
        case keys.SnoozedOf(viewer, now, most):
            low, high = items.snooze_order(now + 1), items.snooze_order(records.NEVER)
            rows = table.query(items.item_key(keys.PartyKey(viewer)).pk, "i", low, high, most)
            return find(table, [keys.ThreadReferenceKey(viewer, items.id_in(row)) for row in islice(rows, most)])
        case keys.SchoolsOf(after, most):
            low = items.directory_key(*after) + "\0" if after else "\0"
            schools = table.query(DIRECTORY, "SK", low, AFTER_NAMES, most)
            return find(table, [keys.PartyKey(items.id_in(row)) for row in islice(schools, most)])
        case keys.SchoolsFound(text, after, most):
            low = items.directory_key(*after) + "\0"
            schools = table.query(DIRECTORY_SEARCH, "SK", low, text + AFTER_NAMES, most)
            return find(table, [keys.PartyKey(items.id_in(row)) for row in islice(schools, most)])
        case keys.ActsOf(school, before, most):
            high = items.act_place(before - 1) if before is not None else items.NUMBERS[1]
            lines = table.query(items.acts_of(school), "SK", items.NUMBERS[0], high, most, latest_first=True)
            return tuple(map(items.school_act_in, islice(lines, most)))
        case keys.PartiesOf(ids):
            return find(table, [keys.PartyKey(id) for id in ids])
        case keys.DueJobs(now, most, since):
            found = find(table, [keys.JobKey(items.job_in(row)) for row in _due(table, now, most, since)])
            # A job that another runner has claimed since its row was read is its runner's: it is due later now, and who
            # took it for due then could claim it too.
            return tuple(job for job in found if since <= job.due <= now)
    raise TypeError(listing)


def _due(table: Table, now: int, most: int, since: int) -> list[Item]:
    """The rows of the jobs due from `since` to `now`, of all shards, the oldest first."""
    low, high = items.due_order(since), items.due_order(now) + AFTER_IDS
    rows = [row for pk in JOB_SHARDS for row in islice(table.query(pk, "i", low, high, most), most)]
    return sorted(rows, key=lambda row: row["i"]["S"])[:most]


def find(table: Table, wanted: Sequence[Key[Any]]) -> tuple[Any, ...]:
    """The records of these keys, in this order. Those that were deleted after their rows were read are left out."""
    there = table.get(map(items.item_key, wanted))
    found = [items.found(type(key), there.get(items.item_key(key))) for key in wanted]
    return tuple(it for it in found if it is not None)
