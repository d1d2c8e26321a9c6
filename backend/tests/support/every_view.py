"""All that each party can be shown, as bytes: every operation that reads, of every party, at every thread it knows.

An operation that reads something this does not know ends in an error, so a new view cannot be forgotten here.
"""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from uconnect.api.http import prepare_use_case
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.api.requests import ActsQuery, InternalEntriesQuery, LogQuery, SchoolsQuery, ThreadsQuery
from uconnect.application.ports import Store
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.models import KIND_OF, Party
from uconnect.domain.request_bodies import EmptyBody, SearchThreads
from uconnect.domain.usecases import profiles
from uconnect.domain.usecases.queries import FILTERS_OF, sorts_of

WORDS = ("room", "door")  # that are searched for
FOUND = ("", "a", "scho")  # that schools are looked for by
_party = msgspec.json.Decoder(Party)


@dataclass(frozen=True)
class Question:
    """A call that reads. `once` of its pages, or all of them."""

    operation: Operation
    by: str
    id: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class EveryView:
    """What can be asked, by what is in a data file now."""

    def __init__(self, database: Path, *, one_of: int = 1) -> None:
        """With `one_of`, only one of so many questions, but each operation."""
        self._one_of = one_of
        with closing(sqlite3.connect(database)) as connection:
            parties = [_party.decode(body) for (body,) in connection.execute("SELECT body FROM party ORDER BY id")]
            known: dict[str, list[str]] = defaultdict(list)
            for viewer, id in connection.execute("SELECT viewer, id FROM thread_reference ORDER BY viewer, id"):
                known[viewer].append(id)
            self._pictures = [id for (id,) in connection.execute("SELECT id FROM picture ORDER BY id")]
        self._parties = parties
        self._known = known
        self._schools = [it.id for it in parties if KIND_OF[type(it)] is Kind.SCHOOL]

    def shown(self, store: Store) -> dict[str, str]:
        """The SHA-256 of what each question is answered with, page after page."""
        found = {}
        for operation in OPERATIONS:
            asked = [it for party in self._parties for it in self._questions(operation, party)]
            for question in asked[:: self._one_of]:
                name = f"{question.by} {operation.name} {question.id} {question.query} {question.body!r}"
                found[name] = _digest(_answers(store, question))
        for id in self._pictures:
            found[f"picture {id}"] = _digest(iter([_encoded(store.ask(partial(profiles.picture, id=id)))]))
        return found

    def _questions(self, operation: Operation, party: Party) -> Iterator[Question]:
        if operation.writes or operation.newcomers or KIND_OF[type(party)] not in operation.by:
            return
        for id in self._ids(operation, party.id):
            for query, body in _read(operation.reads):
                yield Question(operation, party.id, id, query, body)

    def _ids(self, operation: Operation, by: str) -> Sequence[str]:
        if "{id}" not in operation.path:
            return [""]
        return self._schools if "/schools/" in operation.path else self._known[by]


def _read(reads: type[Any]) -> Iterator[tuple[tuple[tuple[str, str], ...], bytes]]:
    if reads in {EmptyBody, LogQuery, InternalEntriesQuery}:
        yield (), b""
    elif reads is ActsQuery:
        yield (("most", "2"),), b""  # a school has few: so there is a next page
    elif reads is SchoolsQuery:
        yield from (((("find", it),), b"") for it in FOUND)
    elif reads is ThreadsQuery:
        for mailbox in Mailbox:
            for show in (None, *FILTERS_OF[mailbox]):
                for sort in (None, *sorts_of(mailbox, show)):
                    given = (("shelf", mailbox.value), ("show", show and show.value), ("sort", sort and sort.value))
                    yield tuple((name, value) for name, value in given if value is not None), b""
    elif reads is SearchThreads:
        for mailbox in Mailbox:
            yield from (((), msgspec.json.encode(SearchThreads(mailbox=mailbox, words=it))) for it in WORDS)
    else:
        raise AssertionError(f"say here what to ask for {reads.__name__}")


def _answers(store: Store, question: Question) -> Iterator[bytes]:
    query, body = dict(question.query), question.body
    while True:
        asked = prepare_use_case(question.operation, question.by, question.id, urlencode(query), body)
        assert not isinstance(asked, Refusal), asked
        outcome = store.ask(asked)
        yield _encoded(outcome)
        following = _following(outcome, question)
        if following is None:
            return
        name, place = following
        if body:
            body = msgspec.json.encode(msgspec.json.decode(body) | {name: place})
        else:
            query[name] = str(place)


def _following(outcome: Plan[Any] | Refusal, question: Question) -> tuple[str, Any] | None:
    """How the next page is asked for, if there is one."""
    if isinstance(outcome, Refusal):
        return None
    if question.operation.reads is LogQuery:
        return ("after", outcome.answer.entries[-1].seq) if outcome.answer.more else None
    following = getattr(outcome.answer, "next", None)
    if following is None or following is msgspec.UNSET:
        return None
    return ("before" if question.operation.reads in {ThreadsQuery, SearchThreads, ActsQuery} else "after"), following


def _encoded(outcome: Plan[Any] | Refusal) -> bytes:
    return outcome.code.encode() if isinstance(outcome, Refusal) else msgspec.json.encode(outcome.answer)


def _digest(pages: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for page in pages:
        found.update(page + b"\n")
    return found.hexdigest()
