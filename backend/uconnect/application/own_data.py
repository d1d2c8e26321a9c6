"""A person's own data, as the pages of that person show it: by the same use cases and views, and by no others.

It is read in parts, so that many threads take no memory, and while people write. A thread that is deleted in between is
left out from there on.
"""

from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from msgspec import Struct

from uconnect.application.ports import Store
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import PAGE
from uconnect.domain.usecases import notes, notices, profiles, queries
from uconnect.domain.views import Listed, ShownEntry, ShownInternalEntry
from uconnect.domain.views.directory import DirectoryCard, Me
from uconnect.domain.views.pages import NoticeSetting
from uconnect.domain.views.raiser import RaiserRow

A = TypeVar("A")
MAILBOX = {Kind.USER: Mailbox.RAISED, Kind.WORKER: Mailbox.HANDLED}


class OwnThread(Struct, frozen=True):
    """A thread in the person's list. `school` is whom it was raised to, None to a worker: it knows its school."""

    thread: Listed
    school: DirectoryCard | None


class OwnDataEnded(Exception):
    """The account has ended, or was not there."""


class OwnData:
    """What a user or a worker can see on its own pages. All raise OwnDataEnded."""

    def __init__(self, store: Store, party: str) -> None:
        self._store = store
        self._party = party
        self.me: Me = self._ask(partial(profiles.me, by=party))
        self.notices: NoticeSetting = self._ask(partial(notices.setting, by=party))

    def threads(self) -> Iterator[OwnThread]:
        """The threads that it raised, or handles now. The list is read until nothing in it is new: a thread that
        somebody writes to moves in it meanwhile."""
        known: set[str] = set()
        count = -1
        while count < len(known):
            count = len(known)
            for listed in self._listed():
                if listed.row.id not in known:
                    known.add(listed.row.id)
                    yield OwnThread(listed, self._school(listed))

    def entries(self, thread: OwnThread) -> Iterator[ShownEntry]:
        """The messages of a thread, as it reads them."""
        after, more = 0, True
        while more:
            page = self._found(partial(queries.log, by=self._party, id=thread.thread.row.id, after=after, most=PAGE))
            yield from page.entries if page else ()
            more = page is not None and page.more
            after = page.entries[-1].seq if page and page.entries else after

    def notes(self, thread: OwnThread) -> Iterator[ShownInternalEntry]:
        """The notes on a thread that a worker handles; a user has none."""
        after: int | None = None if self.me.kind is Kind.USER else 0
        while after is not None:
            page = self._found(partial(notes.notes, by=self._party, id=thread.thread.row.id, after=after, most=PAGE))
            yield from page.entries if page else ()
            after = page.next if page else None

    def _listed(self) -> Iterator[Listed]:
        before, mailbox = None, MAILBOX[self.me.kind]
        while True:
            page = self._ask(partial(queries.threads, by=self._party, mailbox=mailbox, before=before, most=PAGE))
            yield from page.threads
            before = page.next
            if before is None:
                return

    def _school(self, listed: Listed) -> DirectoryCard | None:
        if isinstance(listed.row, RaiserRow):
            return self._found(partial(queries.school, by=self._party, id=listed.row.school))
        return None

    def _found(self, use_case: UseCase[A]) -> A | None:
        """The answer; None if what was asked for is no longer there."""
        outcome = self._store.ask(use_case)
        return outcome.answer if isinstance(outcome, Plan) else None

    def _ask(self, use_case: UseCase[A]) -> A:
        outcome = self._store.ask(use_case)
        if isinstance(outcome, Refusal):
            raise OwnDataEnded(outcome.sentence)
        return outcome.answer
