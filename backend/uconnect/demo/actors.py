"""Plays the scenario: its people act by the use cases alone, at the times that it says."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from uconnect.adapters.clock import fresh
from uconnect.application.jobs import run
from uconnect.application.ports import Store
from uconnect.demo.scenario import PEOPLE, DemoParty, Event, email
from uconnect.domain import protocol
from uconnect.domain.context import Context, UseCase
from uconnect.domain.enums import Kind, Policy
from uconnect.domain.errors import Refusal
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import (
    AddSavedReply,
    Invite,
    Offload,
    OpeningHours,
    PolicyUpdate,
    ProfileUpdate,
    Raise,
    WriteNote,
)
from uconnect.domain.usecases import (
    assignment,
    invitations,
    messages,
    notes,
    profiles,
    queries,
    registration,
    saved_replies,
    signals,
    threads,
    workers,
)
from uconnect.domain.views import Listed
from uconnect.entrypoints.server.authentication import ISSUER

A = TypeVar("A")
MINUTE = 60_000  # ms
ZONE = "Europe/Stockholm"


class Actors:
    """Parties by their keys in the scenario. `now` is ms since 1970; `store` takes each context from `context`."""

    def __init__(self, now: int, store: Callable[[Callable[[], Context]], Store]) -> None:
        self.now = self._began = now
        self._store = store(self.context)
        self._ids: dict[str, str] = {}

    def context(self) -> Context:
        return Context(self.now, fresh)

    def ago(self, minutes: int) -> None:
        """Set the clock so long before it was at the beginning."""
        self.now = self._began - minutes * MINUTE

    def invite(self, key: str, person: DemoParty) -> None:
        command = Invite(key=fresh(), email=email(key), name=person.name)
        self._run(partial(workers.invite, by=self._ids[person.school], command=command))

    def register(self, key: str, person: DemoParty, subject: str) -> None:
        """Come to a site for the first time. A worker is invited before, and accepts the invitation."""
        who = registration.Registration(
            site=person.kind, issuer=ISSUER, subject=subject, email=email(key), name=person.name
        )
        if person.kind is Kind.WORKER:
            self.invite(key, person)
            (invitation,) = self._run(partial(invitations.pending, who=who)).invitations
            who = replace(who, invitation=invitation.id)
        self._ids[key] = self._run(partial(registration.register, command=who))

    def present(self, school: str, about: str, days: Sequence[int], opens: int, closes: int) -> None:
        """What a school says of itself. It is open on these days of the week, from one hour to another."""
        hours = tuple(OpeningHours(day=day, opens=opens * 60, closes=closes * 60) for day in days)
        update = ProfileUpdate(name=PEOPLE[school].name, about=about, hours=hours, zone=ZONE)
        self._run(partial(profiles.update_profile, by=self._ids[school], command=update))

    def save_reply(self, school: str, folder: str, title: str, text: str) -> None:
        command = AddSavedReply(key=fresh(), folder=folder, title=title, text=text)
        self._run(partial(saved_replies.add, by=self._ids[school], command=command))

    def automate(self, school: str) -> None:
        policy = PolicyUpdate(policy=Policy.AUTOMATIC)
        self._run(partial(profiles.update_policy, by=self._ids[school], command=policy))

    def act(self, event: Event) -> None:
        """Let an event of the scenario happen at its time."""
        self.ago(event.minutes)
        self._run(partial(self._use_case(event), by=self._ids[event.who]))

    def _use_case(self, event: Event) -> Callable[..., Any]:
        key, text = fresh(), event.text
        if event.verb == "asks":
            command = Raise(key=key, school=self._ids[event.whom], subject=event.subject, text=text)
            return partial(threads.raise_, command=command)
        row = self._listed(event.who, event.subject).row
        match event.verb:
            case "says":
                return partial(messages.send, command=protocol.Send(key=key, id=row.id, text=text))
            case "reads":
                return partial(signals.seen, command=protocol.Seen(id=row.id, seq=row.seq, theirs=row.theirs))
            case "gives":
                return partial(assignment.offload, id=row.id, command=Offload(worker=self._ids[event.whom]))
            case "notes":
                return partial(notes.write, id=row.id, command=WriteNote(key=key, text=text))
            case "ends":
                return partial(threads.terminate, id=row.id)
        raise LookupError(event.verb)

    def _listed(self, viewer: str, subject: str) -> Listed:
        for mailbox in Mailbox:
            page = self._run(partial(queries.threads, by=self._ids[viewer], mailbox=mailbox, before=None, most=50))
            for listed in page.threads:
                if listed.row.subject == subject:
                    return listed
        raise LookupError(subject)

    def _run(self, use_case: UseCase[A]) -> A:
        outcome = run(self._store, use_case, lambda _: None)  # nobody has a socket open yet
        if isinstance(outcome, Refusal):
            raise RuntimeError(f"The demo university could not be made: {outcome.sentence}")
        return outcome.answer
