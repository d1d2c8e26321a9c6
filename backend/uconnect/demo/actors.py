"""Plays the people of the demo university through the use cases, on a clock that the scenario sets."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from uconnect.adapters.clock import fresh
from uconnect.application.jobs import run
from uconnect.application.ports import Store
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, UseCase
from uconnect.domain.enums import Kind, Policy
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import Invite, Offload, OpeningHours, PolicyUpdate, ProfileUpdate, Raise, WriteNote
from uconnect.domain.usecases import (
    assignment,
    invitations,
    messages,
    notes,
    profiles,
    queries,
    registration,
    threads,
    workers,
)
from uconnect.domain.views import Listed
from uconnect.entrypoints.server.authentication import ISSUER

A = TypeVar("A")
MINUTE = 60_000  # ms
ZONE = "Europe/Stockholm"


class Actors:
    """Parties by their names, threads by their subjects. `now` is ms since 1970; `store` decides by its context."""

    def __init__(self, now: int, store: Callable[[Callable[[], Context]], Store]) -> None:
        self.now = self._began = now
        self._store = store(self.context)
        self._ids: dict[str, str] = {}

    def context(self) -> Context:
        return Context(self.now, fresh)

    def ago(self, minutes: float) -> None:
        """Set the clock so long before it was when the demo began."""
        self.now = self._began - int(minutes * MINUTE)

    def later(self, minutes: float) -> None:
        self.now += int(minutes * MINUTE)

    def register(self, kind: Kind, name: str, email: str, subject: str) -> None:
        """Come to a site for the first time; a worker accepts the one invitation that it has."""
        who = registration.Registration(site=kind, issuer=ISSUER, subject=subject, email=email, name=name)
        if kind is Kind.WORKER:
            (invitation,) = self._run(partial(invitations.pending, who=who)).invitations
            who = replace(who, invitation=invitation.id)
        self._ids[name] = self._run(partial(registration.register, command=who))

    def present(self, school: str, about: str, days: Sequence[int], opens: int, closes: int) -> None:
        """What a school says of itself; `opens` and `closes` are hours, on those days of the week."""
        hours = tuple(OpeningHours(day=day, opens=opens * 60, closes=closes * 60) for day in days)
        face = ProfileUpdate(name=school, about=about, hours=hours, zone=ZONE)
        self._run(partial(profiles.update_profile, by=self._ids[school], command=face))

    def automate(self, school: str) -> None:
        command = PolicyUpdate(policy=Policy.AUTOMATIC)
        self._run(partial(profiles.update_policy, by=self._ids[school], command=command))

    def invite(self, school: str, name: str, email: str) -> None:
        command = Invite(key=fresh(), email=email, name=name)
        self._run(partial(workers.invite, by=self._ids[school], command=command))

    def raise_(self, by: str, school: str, subject: str, text: str) -> None:
        command = Raise(key=fresh(), school=self._ids[school], subject=subject, text=text)
        self._run(partial(threads.raise_, by=self._ids[by], command=command))

    def send(self, by: str, subject: str, *texts: str) -> None:
        for text in texts:
            command = protocol.Send(key=fresh(), id=self._listed(by, subject).row.id, text=text)
            self._run(partial(messages.send, by=self._ids[by], command=command))

    def read(self, by: str, *subjects: str) -> None:
        for subject in subjects:
            row = self._listed(by, subject).row
            command = protocol.Seen(id=row.id, seq=row.seq, theirs=row.theirs)
            self._run(partial(messages.seen, by=self._ids[by], command=command))

    def offload(self, school: str, subject: str, worker: str) -> None:
        command = Offload(worker=self._ids[worker])
        id = self._listed(school, subject).row.id
        self._run(partial(assignment.offload, by=self._ids[school], id=id, command=command))

    def note(self, by: str, subject: str, text: str) -> None:
        command = WriteNote(key=fresh(), text=text)
        self._run(partial(notes.write, by=self._ids[by], id=self._listed(by, subject).row.id, command=command))

    def end(self, by: str, subject: str) -> None:
        self._run(partial(threads.terminate, by=self._ids[by], id=self._listed(by, subject).row.id))

    def _listed(self, viewer: str, subject: str) -> Listed:
        for mailbox in Mailbox:
            page = self._run(partial(queries.threads, by=self._ids[viewer], mailbox=mailbox, before=None, most=50))
            for listed in page.threads:
                if listed.row.subject == subject:
                    return listed
        raise LookupError(subject)

    def _run(self, use_case: UseCase[A]) -> A:
        outcome = run(self._store, use_case, _nobody)
        if isinstance(outcome, Refusal):
            raise RuntimeError(f"The demo university could not be made: {outcome.sentence}")
        return outcome.answer


def _nobody(_: tuple[Delivery, ...]) -> None:
    """Nobody has a socket open yet."""
