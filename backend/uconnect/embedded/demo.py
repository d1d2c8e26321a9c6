"""A small university to look around in: two schools, a worker, two users, a few threads. For an empty data folder."""

from functools import partial
from typing import Any, TypeVar

from uconnect.core import wire
from uconnect.core.commands import Invite, Offload, Raise
from uconnect.core.decide import accounts, handling, messages, reading, threads, workers
from uconnect.core.facts import Plan, UseCase
from uconnect.core.keys import Shelf
from uconnect.core.terms import Kind
from uconnect.embedded.desk import Desk
from uconnect.embedded.door import ISSUER
from uconnect.embedded.settings import Settings
from uconnect.identities.builtin import EmailTaken, Issuer
from uconnect.stores.clock import fresh

A = TypeVar("A")
PASSWORD = "open the door please"  # noqa: S105 - of made-up people, on a machine that only listens to itself
PEOPLE = (
    (Kind.SCHOOL, "School of Computing", "computing@demo.example"),
    (Kind.SCHOOL, "School of Law", "law@demo.example"),
    (Kind.WORKER, "Wanda Okafor", "wanda@demo.example"),
    (Kind.USER, "Uma Petrov", "uma@demo.example"),
    (Kind.USER, "Tomás Rivera", "tomas@demo.example"),
)


def shown(settings: Settings) -> dict[str, Any]:
    """What the landing page tells: demo.json."""
    people = [{"site": kind.value, "name": name, "email": email} for kind, name, email in PEOPLE]
    return {"password": PASSWORD, "accounts": people, "mail": settings.letterbox}


async def settle(desk: Desk, issuer: Issuer) -> None:
    """Make the university, unless it is there already."""
    try:
        subjects = {email: await issuer.accounts.create(email, PASSWORD) for _, _, email in PEOPLE}
    except EmailTaken:
        return
    town = _Town(desk, subjects)
    await town.settle()


class _Town:
    def __init__(self, desk: Desk, subjects: dict[str, str]) -> None:
        self._desk = desk
        self._subjects = subjects

    async def settle(self) -> None:
        computing, law = await self._enter(PEOPLE[0]), await self._enter(PEOPLE[1])
        invitation = Invite(key=fresh(), email=PEOPLE[2][2], name=PEOPLE[2][1])
        await self._run(partial(workers.invite, by=computing, command=invitation))
        wanda, uma, tomas = [await self._enter(person) for person in PEOPLE[2:]]
        await self._raise(
            uma, computing, "Cannot register for CS-301", "The page says the course is full, but it is not."
        )
        await self._offload(computing, wanda)
        await self._say(
            wanda, Shelf.HANDLED, "Thank you for telling us. Which page do you see it on, and when did you try?"
        )
        await self._say(uma, Shelf.RAISED, "On my enrolment page, this morning.")
        await self._raise(tomas, law, "Transcript for an exchange", "Who signs a transcript for a term abroad?")
        await self._say(law, Shelf.RECEIVED, "The registrar does. We will send it on; it takes two days.")
        await self._raise(law, computing, "Joint seminar room", "Is the large room free on Thursdays from ten?")

    async def _enter(self, person: tuple[Kind, str, str]) -> str:
        kind, name, email = person
        command = accounts.Enter(site=kind, issuer=ISSUER, subject=self._subjects[email], email=email, name=name)
        return await self._run(partial(accounts.enter, command=command))

    async def _raise(self, by: str, school: str, subject: str, text: str) -> None:
        await self._run(
            partial(threads.raise_, by=by, command=Raise(key=fresh(), school=school, subject=subject, text=text))
        )

    async def _offload(self, school: str, worker: str) -> None:
        id = await self._latest(school, Shelf.RECEIVED)
        await self._run(partial(handling.offload, by=school, id=id, command=Offload(worker=worker)))

    async def _say(self, by: str, shelf: Shelf, text: str) -> None:
        id = await self._latest(by, shelf)
        await self._run(partial(messages.send, by=by, command=wire.Send(key=fresh(), id=id, text=text)))

    async def _latest(self, by: str, shelf: Shelf) -> str:
        page = await self._run(partial(reading.threads, by=by, shelf=shelf, before=None, most=1))
        return page.threads[0].row.id

    async def _run(self, use_case: UseCase[A]) -> A:
        outcome = await self._desk.run(use_case)
        if not isinstance(outcome, Plan):
            raise RuntimeError(f"The demo university could not be made: {outcome.sentence}")
        return outcome.answer
