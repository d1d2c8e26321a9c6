"""The chain of the audit log: each act has a hash of itself and of the act before it, so a later change shows.

docs/decisions/0068 says what it proves and what it does not, and how others check an exported log.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from uconnect.domain.context import AuditedAct

START = "0" * 64  # what stands for the act before the first one


class Act(Struct, frozen=True):
    """What an operator or a school did. Numbers begin at 1; `at` is Unix seconds.

    `whom` is a random id, empty if it concerns none: no name and no address is ever in the log, so that nothing has to
    be taken out of it when a person's data is erased. `hash` is `hashed` of all the rest. `by` is the id of the school
    that did it, empty for an operator.
    """

    number: int
    at: int
    what: str
    whom: str
    hash: str
    by: str = ""


class PlacedAct(Struct, frozen=True):
    """An act with its number, from 1, in the view of a school. If no school sees it: an empty `school`, 0."""

    act: Act
    school: str
    position: int


class AuditBroken(Exception):
    """The log is not what was written. The message says where it first differs."""


def hashed(before: str, number: int, at: int, what: str, whom: str, by: str = "") -> str:
    """The hash of an act: SHA-256, as small hexadecimal digits, of five lines; of six, if a school did it. `before` is
    the hash of the act before it, or START."""
    lines = (before, str(number), str(at), what, whom, *((by,) if by else ()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def following(last: Act | None, number: int, at: int, act: AuditedAct) -> Act:
    """The act that comes after `last`."""
    before = last.hash if last else START
    return Act(number, at, act.what, act.whom, hashed(before, number, at, act.what, act.whom, act.by), act.by)


def school_of(act: Act) -> str:
    """The school that sees an act in its own view: who did it, or whom an operator did it to; empty if none does."""
    return act.by or (act.whom if act.what.endswith(" a school") else "")


def checked(acts: Iterable[Act]) -> Iterator[Act]:
    """The same acts, one after the other. Raises AuditBroken at the first that was changed, or whose place is wrong."""
    before = START
    for number, act in enumerate(acts, 1):
        if act.number > number:
            raise AuditBroken(f"Act {number} was removed, or its number was changed.")
        if act.number < number or act.hash != hashed(before, act.number, act.at, act.what, act.whom, act.by):
            raise AuditBroken(f"Act {number} was changed, or it is not in its place.")
        before = act.hash
        yield act


def line(act: Act) -> bytes:
    """An act as a line of an exported log."""
    fields = {"number": act.number, "at": act.at, "act": act.what, "whom": act.whom, "hash": act.hash}
    fields |= {"by": act.by} if act.by else {}
    return msgspec.json.encode(fields) + b"\n"


class _Exported(Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    at: int
    act: str
    whom: str
    hash: str
    by: str = ""


def read_line(text: bytes) -> Act:
    """The act of a line of an exported log. Raises AuditBroken."""
    try:
        found = msgspec.json.decode(text, type=_Exported)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuditBroken("A line of the exported log is not an act.") from error
    return Act(found.number, found.at, found.act, found.whom, found.hash, found.by)
