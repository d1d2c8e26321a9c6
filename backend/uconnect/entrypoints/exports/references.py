"""Checks that what was read from an archive fits together: each record's thread and parties are there, and no message
of a thread is missing.

What a deletion leaves behind for a moment is no fault: a job that waits still names the thread or the party.
"""

import sqlite3
from typing import NamedTuple

from uconnect.domain import records
from uconnect.domain.keys import ThreadKey

SHOWN = 3  # ids in one refusal


class DoesNotFit(Exception):
    """The records do not fit together. The message says which."""


class Reference(NamedTuple):
    """A column, or a field of the record, that has the id of a row of another table. `within` is a list of such ids."""

    table: str
    field: str
    target: str
    within: str = ""


def _field(name: str) -> str:
    return f"json_extract(body, '$.{name}')"


def _each_of(table: str, name: str, target: str) -> Reference:
    return Reference(table, "value", target, f", json_each({table}.body, '$.{name}')")


REFERENCES: tuple[Reference, ...] = (
    # What is a thread's. What is a party's may outlive it: nobody can ask for it.
    *(
        Reference(stored.table, stored.parents[ThreadKey], "thread")
        for stored in records.RECORDS
        if ThreadKey in stored.parents
    ),
    Reference("thread", "raiser", "party"),
    Reference("thread", "school", "party"),
    Reference("login", _field("party"), "party"),
    Reference("address", _field("party"), "party"),
    Reference("picture", _field("school"), "party"),
    _each_of("party", "workers", "party"),
    _each_of("address", "invitations", "party"),
)
DELETING = ("purge_thread", "finish_closing")  # jobs that delete, step by step, what a thread or a party has left


def check(connection: sqlite3.Connection) -> None:
    """Raises DoesNotFit."""
    for reference in REFERENCES:
        _check_reference(connection, reference)
    _check_logs(connection)


def _check_reference(connection: sqlite3.Connection, reference: Reference) -> None:
    table, field, target, within = reference
    found = f"SELECT DISTINCT {field} AS found FROM {table}{within} WHERE {field} <> ''"  # noqa: S608 - names of our own
    rows = connection.execute(f"SELECT found FROM ({found}) WHERE found NOT IN (SELECT id FROM {target})")  # noqa: S608 - (the same)
    lost = [id for (id,) in rows if not _is_awaited(connection, id)]
    if lost:
        raise DoesNotFit(f"{table} names what is not in {target}: {_some(lost)}")


def _is_awaited(connection: sqlite3.Connection, id: str) -> bool:
    """Whether a job that waits deletes what is left of a thread or a party."""
    kind = "CASE WHEN json_valid(body) THEN json_extract(body, '$.task.type') END"
    sql = f"SELECT 1 FROM job WHERE instr(body, ?) AND {kind} IN ({', '.join('?' * len(DELETING))}) LIMIT 1"  # noqa: S608 - names of our own
    return connection.execute(sql, (id, *DELETING)).fetchone() is not None


def _check_logs(connection: sqlite3.Connection) -> None:
    """No two entries have one number, so as many as the last number says, from 1 on, are all of them."""
    rows = connection.execute(
        f"""SELECT id FROM thread LEFT JOIN (
                SELECT thread, count(*) AS count, min(seq) AS first, max(seq) AS last FROM entry GROUP BY thread
            ) AS found ON found.thread = thread.id
            WHERE ({_field("seq")}, {_field("seq")}, 1)
                <> (coalesce(found.count, 0), coalesce(found.last, 0), coalesce(found.first, 1))
        """  # noqa: S608 - names of our own
    )
    lost = [id for (id,) in rows]
    if lost:
        raise DoesNotFit(f"threads do not have all of their messages: {_some(lost)}")


def _some(ids: list[str]) -> str:
    shown = ", ".join(repr(it)[1:-1] for it in ids[:SHOWN])
    return f"{shown} and {len(ids) - SHOWN} more" if len(ids) > SHOWN else shown
