"""The files in an archive: one for each table that moves, a line for each row. `LEFT` says which tables do not move.

A test compares both with the tables of a data file, so a new table must be in one of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from uconnect.adapters.sqlite import audit_log
from uconnect.adapters.sqlite.schema import Table, table_of
from uconnect.application import audit
from uconnect.application.audit import Act
from uconnect.domain import keys, records
from uconnect.domain.records import Stored
from uconnect.oidc_provider import upstream_links

Row = tuple[Any, ...]

LEFT: Mapping[str, str] = {
    "ticket": "the right to open one socket, for a minute",
    "school_name_ending": "made of the schools",
    "thread_count": "made of the threads",
    "migration": "the versions of the tables",
    "data_folder": "belongs to one data folder: its id, and what it is used for",
    "erasure": "belongs to the backups of one data folder",
    "letter": "e-mails that wait: they may have codes and links of the old address",
    "issuer_session": "a sign-in",
    "issuer_device": "a browser that has signed in",
    "issuer_code": "a sign-in",
    "issuer_token_family": "a sign-in",
    "issuer_second_step": "a sign-in",
    "issuer_passkey": "bound to the address of one uconnect: at another, no browser offers it",
    "issuer_recovery_code": "in place of a passkey",
    "issuer_key": "what signs tokens: a new uconnect makes its own",
    "issuer_email_verification": "a code that is on its way",
    "issuer_invitation": "a link in an e-mail; the invitation itself is moved with its worker or its address",
    "issuer_upstream_request": "a sign-in that has begun",
    "issuer_arrival": "a sign-in that has begun",
    "issuer_logout_token": "a message of another provider that was read",
    "issuer_email_change": "empty in an archive: such a change must be finished first",
    "issuer_letter_limit": "how many e-mails an address got in the last hours",
}


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """An account that signs in by e-mail address and password. The logins of such accounts have the issuer `builtin`
    and their `subject`, wherever the archive comes from.

    `password` is its argon2id hash, empty if there is none: its owner has to set one. `suspended` is since when (Unix
    seconds), 0 if it is not. `accepted` is the worker whose invitation the owner has accepted and not used yet.
    """

    subject: str
    email: str
    name: str = ""
    verified: bool = True
    suspended: int = 0
    password: str = ""
    accepted: str = ""


class LinkLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A person of another provider who signs in to the account `subject`. `upstream_subject` is the provider's name for
    them, `address` a hash of the address that it gave last, `linked` since when they are (Unix seconds)."""

    issuer: str
    upstream_subject: str
    subject: str
    address: bytes
    linked: int


class JobLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A job. `body` is its text: a release that does not know its kind must not lose it."""

    id: str
    due: int
    body: str


@dataclass(frozen=True)
class Member:
    """A file in an archive. `select` reads the rows in the order of the lines; `line` and `row` make one of the other.

    Both raise msgspec.MsgspecError, AuditBroken or UnicodeDecodeError for what is not valid.
    """

    name: str
    table: str
    select: str
    line: Callable[[Row], bytes]
    insert: str
    row: Callable[[bytes], Row]


def _record_member(stored: Stored) -> Member:
    table = table_of(stored.key)
    order = ", ".join(stored.key.__struct_fields__)
    is_job = stored.key is keys.JobKey
    return Member(
        f"records/{stored.table}.jsonl",
        stored.table,
        f"SELECT {table.read} FROM {stored.table} ORDER BY {order}",  # noqa: S608 - names of our own
        _job_line if is_job else partial(_record_line, stored),
        table.insert,
        partial(_job_row, table) if is_job else partial(_record_row, table),
    )


def _record_line(stored: Stored, row: Row) -> bytes:
    stored.decode(*row)  # what cannot be read here could not be read there either
    line: bytes = row[0].encode()
    return line


def _record_row(table: Table, line: bytes) -> Row:
    return row_of(table, table.stored.decode(line))


def row_of(table: Table, record: Any) -> Row:
    """What `Table.insert` writes of a record."""
    stored = table.stored
    return (*astuple(stored.key_of(record)), *stored.values(record), records.encode(record))


def _job_line(row: Row) -> bytes:
    return msgspec.json.encode(JobLine(*row))


def _job_row(table: Table, line: bytes) -> Row:
    return row_of(table, records.read_job(*astuple(_jobs.decode(line))))


def _account_line(row: Row) -> bytes:
    subject, email, name, verified, *rest = row
    return msgspec.json.encode(Account(subject, email, name, bool(verified), *rest))


def _account_row(line: bytes) -> Row:
    return astuple(_accounts.decode(line))


def _link_line(row: Row) -> bytes:
    return msgspec.json.encode(LinkLine(*row))


def _link_row(line: bytes) -> Row:
    return astuple(_links.decode(line))


def _act_line(row: Row) -> bytes:
    return audit.line(Act(*row)).rstrip(b"\n")


def _act_row(line: bytes) -> Row:
    return audit_log.row_of(audit.read_line(line))


_jobs = msgspec.json.Decoder(JobLine)
_accounts = msgspec.json.Decoder(Account)
_links = msgspec.json.Decoder(LinkLine)
_COLUMNS = ", ".join(Account.__struct_fields__)

ACCOUNTS = Member(
    "accounts.jsonl",
    "issuer_account",
    f"SELECT {_COLUMNS} FROM issuer_account ORDER BY subject",  # noqa: S608 - names of our own
    _account_line,
    f"INSERT INTO issuer_account ({_COLUMNS}) VALUES ({', '.join('?' * len(Account.__struct_fields__))})",  # noqa: S608
    _account_row,
)
LINKS = Member(
    "links.jsonl",
    "issuer_link",
    f"SELECT {upstream_links.COLUMNS} FROM issuer_link ORDER BY issuer, upstream_subject",  # noqa: S608 - names of our own
    _link_line,
    f"INSERT INTO issuer_link ({upstream_links.COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
    _link_row,
)
AUDIT_LOG = Member(
    "audit_log.jsonl",
    "operator_act",
    f"SELECT {audit_log.COLUMNS} FROM operator_act ORDER BY number",  # noqa: S608 - names of our own
    _act_line,
    audit_log.INSERT,
    _act_row,
)
MEMBERS: tuple[Member, ...] = (
    *(_record_member(it) for it in records.RECORDS if it.table not in LEFT),
    ACCOUNTS,
    LINKS,
    AUDIT_LOG,
)
ADDED = frozenset({LINKS.name})  # files that archives of earlier releases do not have: then nothing of it was there
