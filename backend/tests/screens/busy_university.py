"""A university with a few busy days behind it, in which every page of the sites has something to show."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.support.stores import Time, answer, fresh
from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.api.images import reencode
from uconnect.domain import protocol
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import (
    AvailabilityUpdate,
    Invite,
    Offload,
    OpeningHours,
    PictureUpload,
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
    signals,
    threads,
    workers,
)
from uconnect.entrypoints.server.service import ServerService
from uconnect.oidc_provider.accounts import Accounts
from uconnect.oidc_provider.passwords import Passwords

PASSWORD = "open the door please"
DAY = 86_400_000
LONGEST = 64  # of what stands before the @ (RFC 5321)

COMPUTING, LAW, LIBRARY, MUSIC = "School of Computing", "School of Law", "University Library", "School of Music"
WANDA, BO, INGRID, AMIRA = "Wanda Okafor", "Bo Lindqvist", "Ingrid Sørensen", "Amira Haddad"
UMA, TOMAS, NOOR, ADA = "Uma Petrov", "Tomás Rivera", "Noor Rahman", "Ada Nyström"

SCHOOLS = (COMPUTING, LAW, LIBRARY, MUSIC)
JOINED = (WANDA, BO, INGRID)
USERS = (UMA, TOMAS, NOOR, ADA)


def address(name: str) -> str:
    first = name.removeprefix("School of ").removeprefix("University ").split()[0]
    long = len(first) > LONGEST
    return f"{first.lower().replace('á', 'a')[:LONGEST]}@{'students.university.example' if long else 'demo.example'}"


@dataclass
class BusyUniversity:
    """Until `service` is set, use cases run on the store, by a clock of their own; from then on through it."""

    store: SqliteStore
    issuer: str
    time: Time
    ids: dict[str, str] = field(default_factory=dict)
    service: ServerService | None = None

    async def run(self, use_case: UseCase[Any]) -> Any:
        if self.service is None:
            return answer(self.store.run(use_case))
        outcome = await self.service.run(use_case)
        self.service.tell(outcome)
        return answer(outcome)

    async def enter(self, name: str, kind: Kind, book: Accounts) -> None:
        email = address(name)
        subject = (await book.create_all([("", email)], PASSWORD))[email]
        who = registration.Registration(site=kind, issuer=self.issuer, subject=subject, email=email, name=name)
        if kind is Kind.WORKER:
            (invitation,) = (await self.run(partial(invitations.pending, who=who))).invitations
            who = replace(who, invitation=invitation.id)
        self.ids[name] = await self.run(partial(registration.register, command=who))

    async def invite(self, school: str, name: str) -> None:
        command = Invite(key=fresh(), email=address(name), name=name)
        await self.run(partial(workers.invite, by=self.ids[school], command=command))

    async def raise_(self, by: str, to: str, subject: str, text: str) -> None:
        command = Raise(key=fresh(), school=self.ids[to], subject=subject, text=text)
        await self.run(partial(threads.raise_, by=self.ids[by], command=command))

    async def say(self, by: str, subject: str, text: str) -> None:
        command = protocol.Send(key=fresh(), id=await self.id(by, subject), text=text)
        await self.run(partial(messages.send, by=self.ids[by], command=command))

    async def reads(self, by: str, subject: str) -> None:
        row = (await self._listed(by, subject)).row
        command = protocol.Seen(id=row.id, seq=row.seq, theirs=row.theirs)
        await self.run(partial(signals.seen, by=self.ids[by], command=command))

    async def types(self, by: str, subject: str) -> None:
        await self.run(partial(signals.typing, by=self.ids[by], command=protocol.Typing(id=await self.id(by, subject))))

    async def offload(self, school: str, subject: str, worker: str) -> None:
        command = Offload(worker=self.ids[worker])
        id = await self.id(school, subject)
        await self.run(partial(assignment.offload, by=self.ids[school], id=id, command=command))

    async def note(self, by: str, subject: str, text: str) -> None:
        command = WriteNote(key=fresh(), text=text)
        await self.run(partial(notes.write, by=self.ids[by], id=await self.id(by, subject), command=command))

    async def shows(self, school: str, about: str, hours: Sequence[OpeningHours] = (), picture: bytes = b"") -> None:
        face = ProfileUpdate(name=school, about=about, hours=tuple(hours), zone="Europe/Berlin")
        await self.run(partial(profiles.update_profile, by=self.ids[school], command=face))
        if picture:
            image = reencode(PictureUpload(image=picture))
            assert isinstance(image, PictureUpload)
            await self.run(partial(profiles.update_picture, by=self.ids[school], command=image))

    async def leaves(self, worker: str) -> None:
        """A worker is not available for now."""
        await self.run(
            partial(profiles.update_availability, by=self.ids[worker], command=AvailabilityUpdate(available=False))
        )

    async def end(self, by: str, subject: str) -> None:
        await self.run(partial(threads.terminate, by=self.ids[by], id=await self.id(by, subject)))

    async def id(self, viewer: str, subject: str) -> str:
        """What a viewer knows the thread by."""
        return str((await self._listed(viewer, subject)).row.id)

    async def _listed(self, viewer: str, subject: str) -> Any:
        for mailbox in Mailbox:
            page = await self.run(partial(queries.threads, by=self.ids[viewer], mailbox=mailbox, before=None, most=50))
            for listed in page.threads:
                if listed.row.subject == subject:
                    return listed
        raise LookupError(subject)

    def pass_(self, ms: int) -> None:
        self.time.now += ms


@dataclass(frozen=True)
class People:
    """Who is at a university; the first school has the workers."""

    schools: Sequence[str] = SCHOOLS
    joined: Sequence[str] = JOINED
    invited: Sequence[str] = (AMIRA,)
    users: Sequence[str] = USERS


async def settle_in(
    data: Path, issuer: str, live: Callable[[BusyUniversity, int], Awaitable[None]], people: People | None = None
) -> BusyUniversity:
    """The university in a new data folder, with the days behind it that `live` tells."""
    people = people or People()
    database = Database(data / "uconnect.sqlite", [*MIGRATIONS, oidc_provider.MIGRATIONS, mail.MIGRATIONS])
    now = int(time.time() * 1000)
    clock = Time(now - 3 * DAY)
    university = BusyUniversity(SqliteStore(database, clock.new_context), issuer, clock)
    book = Accounts(database, Passwords(None))
    for name in people.schools:
        await university.enter(name, Kind.SCHOOL, book)
    for name in people.joined:
        await university.invite(people.schools[0], name)
        await university.enter(name, Kind.WORKER, book)
    for name in people.invited:
        await university.invite(people.schools[0], name)
    for name in people.users:
        await university.enter(name, Kind.USER, book)
    await live(university, now)
    database.close()
    return university
