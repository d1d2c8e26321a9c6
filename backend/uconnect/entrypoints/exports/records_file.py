"""A data file as a place between an archive and another store: records go in as they come, and come out in order.

Accounts of the other store's identity provider have its issuer there and `builtin` here: that is changed on the way.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from msgspec.structs import astuple

from uconnect.adapters.sqlite import audit_log
from uconnect.adapters.sqlite.moved_logins import Move
from uconnect.adapters.sqlite.schema import table_of
from uconnect.application.audit import Act
from uconnect.domain import records
from uconnect.entrypoints.exports.members import ACCOUNTS, AUDIT_LOG, LEFT, Account, row_of
from uconnect.entrypoints.server.authentication import ISSUER

GROUP = 1_000  # rows inserted by one call


def put(connection: sqlite3.Connection, given: Iterable[Any]) -> None:
    """Add records and acts. Raises sqlite3.IntegrityError if one comes twice."""
    left = iter(given)
    while group := list(islice(left, GROUP)):
        for each in group:
            if isinstance(each, Act):
                continue
            table = table_of(records.of(each).key)
            connection.execute(table.insert, row_of(table, each))
        acts = sorted((it for it in group if isinstance(it, Act)), key=lambda it: it.number)
        connection.executemany(AUDIT_LOG.insert, map(audit_log.row_of, acts))


def put_accounts(connection: sqlite3.Connection, given: Iterable[Account]) -> None:
    """Add accounts."""
    connection.executemany(ACCOUNTS.insert, map(astuple, given))


def accounts(connection: sqlite3.Connection) -> list[Account]:
    """All accounts."""
    return [Account(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in connection.execute(ACCOUNTS.select)]


def all_of(connection: sqlite3.Connection) -> Iterator[Any]:
    """All records and acts, in the same order each time; jobs are the last records, so that none is before its work."""
    for stored in records.RECORDS:
        if stored.table not in LEFT:
            table = table_of(stored.key)
            order = ", ".join(stored.key.__struct_fields__)
            for row in connection.execute(f"SELECT {table.read} FROM {stored.table} ORDER BY {order}"):  # noqa: S608 - names of our own
                yield stored.decode(*row)
    yield from audit_log.placed(connection)


def from_issuer(issuer: str) -> Move:
    """For what is read: accounts of this issuer are those of the archive."""
    return lambda of, subject: (ISSUER if of == issuer else of, subject)


def to_issuer(issuer: str, subject_of: dict[str, str]) -> Move:
    """For what is written: accounts of the archive are of this issuer, with its subjects."""
    return lambda of, subject: (issuer, subject_of.get(subject, subject)) if of == ISSUER else (of, subject)


def kinds(connection: sqlite3.Connection) -> dict[str, str]:
    """For each account that has a party: the subject, and the type of the party."""
    sql = """SELECT subject, json_extract(party.body, '$.type') FROM login
        JOIN party ON party.id = json_extract(login.body, '$.party') WHERE issuer = ?"""
    return dict(connection.execute(sql, (ISSUER,)).fetchall())
