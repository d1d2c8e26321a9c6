"""A person's or a school's own data, as its own pages show it: by the same use cases and views, and by no others.

It is read in parts, so that many threads take no memory, and while people write. A thread that is deleted in between is
left out from there on.
"""

from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType

from uconnect.application.ports import Store
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import PAGE
from uconnect.domain.usecases import (
    figures,
    hidden_words,
    notes,
    notices,
    profiles,
    queries,
    saved_replies,
    school_acts,
    workers,
)
from uconnect.domain.views import Listed, ShownEntry, ShownInternalEntry
from uconnect.domain.views.directory import DirectoryCard, Me
from uconnect.domain.views.figures import FiguresShown
from uconnect.domain.views.pages import NoticeSetting, WorkerList
from uconnect.domain.views.raiser import RaiserRow
from uconnect.domain.views.saved_replies import SavedReplyList
from uconnect.domain.views.school import Person, SchoolRow
from uconnect.domain.views.school_acts import ActCard

A = TypeVar("A")
MAILBOXES = {
    Kind.USER: (Mailbox.RAISED,),
    Kind.WORKER: (Mailbox.HANDLED,),
    Kind.SCHOOL: (Mailbox.RECEIVED, Mailbox.RAISED),
}


class OwnThread(Struct, frozen=True):
    """A thread in a list of the account. `school` is whom it was raised to, None to a worker, which knows its school,
    and to that school. Only the school is told who raised it (`owner`) and what it hides from its workers (`hidden`).
    """

    thread: Listed
    school: DirectoryCard | None
    owner: Person | UnsetType = UNSET
    hidden: tuple[str, ...] | UnsetType = UNSET


class OfSchool(Struct, frozen=True):
    """What only a school has on its pages."""

    workers: WorkerList
    saved_replies: SavedReplyList
    figures: FiguresShown
    acts: tuple[ActCard, ...]


class OwnDataEnded(Exception):
    """The account has ended, or was not there."""


class OwnData:
    """What a party can see on its own pages. All raise OwnDataEnded."""

    def __init__(self, store: Store, party: str) -> None:
        self._store = store
        self._party = party
        self.me: Me = self._ask(partial(profiles.me, by=party))
        self.notices: NoticeSetting = self._ask(partial(notices.setting, by=party))

    def threads(self) -> Iterator[OwnThread]:
        """The threads that it raised or received, or handles now. The lists are read until nothing in them is new: a
        thread that somebody writes to moves in its list meanwhile."""
        known: set[str] = set()
        count = -1
        while count < len(known):
            count = len(known)
            for listed, owner in self._listed():
                if listed.row.id not in known:
                    known.add(listed.row.id)
                    yield self._thread(listed, owner)

    def of_school(self) -> OfSchool:
        """What a school has beside its threads."""
        return OfSchool(
            self._ask(partial(workers.workers, by=self._party)),
            self._ask(partial(saved_replies.saved_replies, by=self._party)),
            self._ask(partial(figures.figures, by=self._party)),
            tuple(self._acts()),
        )

    def entries(self, thread: OwnThread) -> Iterator[ShownEntry]:
        """The messages of a thread, as it reads them."""
        after, more = 0, True
        while more:
            page = self._found(partial(queries.log, by=self._party, id=thread.thread.row.id, after=after, most=PAGE))
            yield from page.entries if page else ()
            more = page is not None and page.more
            after = page.entries[-1].seq if page and page.entries else after

    def notes(self, thread: OwnThread) -> Iterator[ShownInternalEntry]:
        """The notes on a thread that a worker handles or a school received; a raiser has none."""
        after: int | None = None if isinstance(thread.thread.row, RaiserRow) else 0
        while after is not None:
            page = self._found(partial(notes.notes, by=self._party, id=thread.thread.row.id, after=after, most=PAGE))
            yield from page.entries if page else ()
            after = page.next if page else None

    def _listed(self) -> Iterator[tuple[Listed, Person | None]]:
        for mailbox in MAILBOXES[self.me.kind]:
            before, more = None, True
            while more:
                page = self._ask(partial(queries.threads, by=self._party, mailbox=mailbox, before=before, most=PAGE))
                people = {it.id: it for it in page.people}
                for listed in page.threads:
                    yield listed, people.get(listed.row.owner) if isinstance(listed.row, SchoolRow) else None
                before, more = page.next, page.next is not None

    def _thread(self, listed: Listed, owner: Person | None) -> OwnThread:
        if not isinstance(listed.row, SchoolRow):
            return OwnThread(listed, self._school(listed))
        hidden = self._found(partial(hidden_words.hidden_words, by=self._party, id=listed.row.id))
        return OwnThread(listed, None, owner or UNSET, hidden.words if hidden else UNSET)

    def _acts(self) -> Iterator[ActCard]:
        before, more = None, True
        while more:
            page = self._ask(partial(school_acts.own_acts, by=self._party, before=before, most=PAGE))
            yield from page.acts
            before, more = page.next, page.next is not None

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
