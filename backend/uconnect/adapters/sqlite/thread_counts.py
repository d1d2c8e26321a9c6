"""Keeps how many threads each mailbox has, so that a count reads a few kept numbers and no thread (decision 0046).

What a school received is counted by status, what a worker handles by whether it is open. Triggers on the table of
threads change the counts in the transaction that changes a thread, whichever statement changes it: no act, job or
migration can forget to. A message that leaves the status of its thread as it was changes no count.
"""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from uconnect.domain.keys import Mailbox
from uconnect.domain.models import NOBODY

OPEN, ENDED = "open", "ended"  # what threads are counted as, beside the names of `thread_status`


@dataclass(frozen=True)
class CountedMailbox:
    """How the threads of a mailbox are counted, in SQL about a row `{}`: whose it is, and as what.

    A thread that is counted as NULL is not counted. `changes` says which columns the two depend on, and when they may
    differ between `old` and `new`.
    """

    mailbox: Mailbox
    party: str
    status: str
    columns: str
    changes: str

    @property
    def counts(self) -> str:
        """A query of the counts, by the threads themselves."""
        party, status = self.party.format("thread"), self.status.format("thread")
        return f"""SELECT {party} AS party, '{self.mailbox}' AS mailbox, {status} AS thread_status, count(*) AS count
            FROM thread WHERE {status} IS NOT NULL GROUP BY 1, 3"""

    @property
    def triggers(self) -> tuple[str, str, str]:
        name, changed = f"thread_count_{self.mailbox}", f"AFTER UPDATE OF {self.columns} ON thread WHEN {self.changes}"
        return (
            f"CREATE TRIGGER {name}_made AFTER INSERT ON thread BEGIN {self._more}; END",
            f"CREATE TRIGGER {name}_changed {changed} BEGIN {self._fewer}; {self._more}; END",
            f"CREATE TRIGGER {name}_deleted AFTER DELETE ON thread BEGIN {self._fewer}; END",
        )

    @property
    def _more(self) -> str:
        party, status = self.party.format("new"), self.status.format("new")
        return f"""INSERT INTO thread_count (party, mailbox, thread_status, count)
            SELECT {party}, '{self.mailbox}', {status}, 1 WHERE {status} IS NOT NULL
            ON CONFLICT (party, mailbox, thread_status) DO UPDATE SET count = count + 1"""

    @property
    def _fewer(self) -> str:
        party, status = self.party.format("old"), self.status.format("old")
        return f"""UPDATE thread_count SET count = count - 1
            WHERE party = {party} AND mailbox = '{self.mailbox}' AND thread_status = {status}"""


MAILBOXES = (
    CountedMailbox(
        Mailbox.RECEIVED,
        party=f"coalesce({{0}}.school, '{NOBODY}')",
        status=f"""CASE WHEN {{0}}.thread_status IS NOT NULL THEN {{0}}.thread_status
            WHEN {{0}}.ended_at IS NOT NULL THEN '{ENDED}' END""",
        columns="school, worker, thread_status, ended_at",
        # equal work: leak 30. Also where only the worker differs: the job of a raise writes these counts whether or not
        # it gives the thread to a worker.
        changes="""old.school IS NOT new.school OR old.worker IS NOT new.worker
            OR old.thread_status IS NOT new.thread_status OR (old.ended_at IS NULL) IS NOT (new.ended_at IS NULL)""",
    ),
    CountedMailbox(
        Mailbox.HANDLED,
        # equal work: leak 30. Threads that no worker has are counted together: the end of one writes as many counts.
        party=f"""CASE WHEN {{0}}.worker IN ({{0}}.id, {{0}}.id || '.') THEN '{NOBODY}'
            ELSE coalesce({{0}}.worker, '{NOBODY}') END""",
        status=f"CASE WHEN {{0}}.thread_status IS NOT NULL THEN '{OPEN}' END",
        columns="worker, thread_status",
        changes="""old.worker IS NOT new.worker
            OR (old.thread_status IS NULL) IS NOT (new.thread_status IS NULL)""",
    ),
)
_COUNTS = " UNION ALL ".join(it.counts for it in MAILBOXES)

# Schema 8. Never edited once released: a later change drops what is here and makes its own.
SCRIPT = (
    """CREATE TABLE thread_count (
        party TEXT, mailbox TEXT, thread_status TEXT, count INT NOT NULL, PRIMARY KEY (party, mailbox, thread_status)
    ) WITHOUT ROWID""",
    f"INSERT INTO thread_count {_COUNTS}",
    *(trigger for it in MAILBOXES for trigger in it.triggers),
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
            UNION ALL SELECT party, mailbox, thread_status, 0, count FROM ({_COUNTS})
        ) GROUP BY 1, 2, 3 HAVING sum(kept) <> sum(actual)"""
    )
    return [WrongCount(*row) for row in found]


def count_again(connection: sqlite3.Connection) -> None:
    """Make every count what the threads say."""
    connection.execute("DELETE FROM thread_count")
    connection.execute(f"INSERT INTO thread_count {_COUNTS}")
