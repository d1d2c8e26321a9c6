"""A table of DynamoDB as the release before wrote it: no thread is counted, and no list is sorted but by the hour."""

from typing import Any

from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.items import Item
from uconnect.adapters.dynamodb.table import Table
from uconnect.domain import records, thread_status
from uconnect.domain.enums import State
from uconnect.domain.models import Thread


class EarlierTable:
    """Writes what the release before would write, whatever this one has written there."""

    def __init__(self, client: Any, name: str) -> None:
        self.table = Table(client, name)
        self.table.erase([items.ALL_COUNTED])

    def put(self, *threads: Thread) -> None:
        """Threads that are not there yet."""
        for it in threads:
            self.table.put_all([_head(it), *_rows(it)])

    def change(self, before: Thread, after: Thread) -> None:
        """A thread that is there. Of rows that this release has written, that one knows nothing."""
        kept = [items.item_key_of(it) for it in _rows(after)]
        self.table.erase([key for it in _rows(before) if (key := items.item_key_of(it)) not in kept])
        self.put(after)

    def is_counted(self) -> bool:
        """Whether this release has counted each thread."""
        return items.ALL_COUNTED in self.table.get([items.ALL_COUNTED])


def _head(thread: Thread) -> Item:
    return {name: value for name, value in items.item(thread, records.encode(thread)[:40]).items() if name != "c"}


def _rows(thread: Thread) -> list[Item]:
    found = []
    for row in items.earlier_rows(thread):
        mailbox = row.item_key.sk.split("#")[1]
        item = row.item | {"i": {"S": f"{mailbox}#{thread.at // records.HOUR:09d}"}}
        name = thread_status.thread_status(thread) if mailbox == "received" else None
        if name:
            since = {"N": str(thread_status.turn_since(thread))}
            applied = "." * thread.policy_applied
            item |= {"s": {"S": name + applied}, "t": since, "w": {"S": records.handling_party(thread)}}
        if mailbox == "raised" or (mailbox == "received" and thread.state is State.OPEN):
            item |= {"r": {"N": str(thread.since)}}
        found.append(item)
    return found
