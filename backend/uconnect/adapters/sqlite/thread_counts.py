"""Keeps how many threads each mailbox has of each status, so that a count reads one row and no thread (decision 0046).

Triggers on the table of threads change the counts in the transaction that changes a thread, whichever statement changes
it: no act, job or migration can forget to. A message that leaves the status of its thread as it was changes no count.
"""

import sqlite3
from typing import NamedTuple

from uconnect.domain.keys import Mailbox
from uconnect.domain.models import NOBODY

ENDED = "ended"  # what threads that have ended are counted as, beside the names of `thread_status`


def _status(row: str) -> str:
    """What a thread is counted as; NULL for one that nobody can read, which is in no list either."""
    return f"""CASE WHEN {row}.thread_status IS NOT NULL THEN {row}.thread_status
        WHEN {row}.ended_at IS NOT NULL THEN '{ENDED}' END"""


def _party(row: str, mailbox: Mailbox) -> str:
    """Whose mailbox a thread is counted in. Threads that no worker has are counted together: a send changes as many
    counts of them as of a worker's (equal work: leak 30)."""
    if mailbox is Mailbox.RECEIVED:
        return f"coalesce({row}.school, '{NOBODY}')"
    return f"CASE WHEN {row}.worker IN ({row}.id, {row}.id || '.') THEN '{NOBODY}' ELSE coalesce({row}.worker, '') END"


MAILBOXES = (Mailbox.RECEIVED, Mailbox.HANDLED)
_MORE = tuple(
    f"""INSERT INTO thread_count (party, mailbox, thread_status, count)
        SELECT {_party("new", it)}, '{it}', {_status("new")}, 1 WHERE {_status("new")} IS NOT NULL
        ON CONFLICT (party, mailbox, thread_status) DO UPDATE SET count = count + 1"""
    for it in MAILBOXES
)
_FEWER = tuple(
    f"""UPDATE thread_count SET count = count - 1
        WHERE party = {_party("old", it)} AND mailbox = '{it}' AND thread_status = {_status("old")}"""
    for it in MAILBOXES
)
_COLUMNS = "school, worker, thread_status, ended_at"
_CHANGED = """old.school IS NOT new.school OR old.worker IS NOT new.worker
    OR old.thread_status IS NOT new.thread_status OR (old.ended_at IS NULL) IS NOT (new.ended_at IS NULL)"""
_COUNT = " UNION ALL ".join(
    f"""SELECT {_party("thread", it)} AS party, '{it}' AS mailbox, {_status("thread")} AS thread_status,
        count(*) AS count FROM thread WHERE {_status("thread")} IS NOT NULL GROUP BY 1, 3"""
    for it in MAILBOXES
)


def _trigger(name: str, when: str, *statements: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN {' '.join(f'{it};' for it in statements)} END"


# Schema 8. Never edited once released: a later change drops what is here and makes its own.
SCRIPT = (
    """CREATE TABLE thread_count (
        party TEXT, mailbox TEXT, thread_status TEXT, count INT NOT NULL, PRIMARY KEY (party, mailbox, thread_status)
    ) WITHOUT ROWID""",
    f"INSERT INTO thread_count {_COUNT}",
    _trigger("thread_count_made", "AFTER INSERT ON thread", *_MORE),
    _trigger("thread_count_changed", f"AFTER UPDATE OF {_COLUMNS} ON thread WHEN {_CHANGED}", *_FEWER, *_MORE),
    _trigger("thread_count_deleted", "AFTER DELETE ON thread", *_FEWER),
)


class WrongCount(NamedTuple):
    """A count that is not what the threads say. It is damage: the triggers keep them equal."""

    party: str
    mailbox: str
    thread_status: str
    kept: int
    actual: int


def wrong_counts(connection: sqlite3.Connection) -> list[WrongCount]:
    """The counts that are not what the threads say. It reads every thread: for checks, and for nobody who waits."""
    found = connection.execute(
        f"""SELECT party, mailbox, thread_status, sum(kept), sum(actual) FROM (
            SELECT party, mailbox, thread_status, count AS kept, 0 AS actual FROM thread_count
            UNION ALL SELECT party, mailbox, thread_status, 0, count FROM ({_COUNT})
        ) GROUP BY 1, 2, 3 HAVING sum(kept) <> sum(actual)"""
    )
    return [WrongCount(*row) for row in found]


def count_again(connection: sqlite3.Connection) -> None:
    """Make every count what the threads say."""
    connection.execute("DELETE FROM thread_count")
    connection.execute(f"INSERT INTO thread_count {_COUNT}")
