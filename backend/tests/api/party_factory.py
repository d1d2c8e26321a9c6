"""Who plays in a scenario: parties that nobody else knows, and the threads between them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.api.caller import Caller, fresh
from tests.api.home import Home, browser
from uconnect.domain.enums import Kind


@dataclass(frozen=True)
class Topic:
    """A thread: the ids that its raiser, its school and (if it was offloaded) its worker know it by."""

    raiser: Caller
    school: Caller
    raisers_id: str
    theirs: str
    workers_id: str = ""


@dataclass(frozen=True)
class PartyFactory:
    """Makes parties. Each is new, so no scenario meets another's threads, meters or paces."""

    home: Home
    http: httpx.Client
    sockets: ExitStack

    def user(self) -> Caller:
        return self.enter(Kind.USER)

    def school(self, name: str = "") -> Caller:
        return self.enter(Kind.SCHOOL, name=name)

    def worker(self, school: Caller) -> Caller:
        """A worker that the school has invited, and that has come."""
        email = self.invited(school)
        return self.enter(Kind.WORKER, email)

    def invited(self, school: Caller) -> str:
        """The address of somebody whom the school has invited, and who has not come yet."""
        email = address()
        invite(school, email)
        return email

    def enter(self, kind: Kind, email: str = "", name: str = "") -> Caller:
        """Whoever an address is on the site of a kind; it has called once, and so become what it is.

        Who was invited accepts; where several schools invite, a scenario says which one.
        """
        came = self.before_sign_in(kind, email, name)
        if kind is Kind.WORKER:
            for invitation in came.ask("GET /api/invitations")["invitations"]:
                came.ask(f"POST /api/invitations/{invitation['id']}")
        came.ask("GET /api/me")
        return came

    def before_sign_in(self, kind: Kind, email: str = "", name: str = "", ago: int = 0) -> Caller:
        """An address that has signed in on a site, `ago` seconds before, and not called yet."""
        party = self.home.party(kind, email or address(), name or f"{kind.value.capitalize()} {fresh()}", ago)
        return Caller(self.home, party, self.http, self.sockets)

    def thread(self, raiser: Caller | None = None, school: Caller | None = None, **said: str) -> Topic:
        """A thread that was just raised, by a new user to a new school unless others are named."""
        raiser, school = raiser or self.user(), school or self.school()
        subject = said.setdefault("subject", f"About {fresh()}")
        raisers_id = raiser.ask("POST /api/threads", raising(school.id, **said))["row"]["id"]
        theirs = next(it["row"]["id"] for it in school.threads("received") if it["row"]["subject"] == subject)
        return Topic(raiser, school, raisers_id, theirs)

    def offloaded(self, topic: Topic, worker: Caller) -> str:
        """Give a thread to a worker; the id that the worker knows it by."""
        topic.school.ask(f"POST /api/threads/{topic.theirs}/offload", {"worker": worker.id})
        return str(worker.threads("handled", "&most=1")[0]["row"]["id"])


def address() -> str:
    return f"{fresh().lower()}@example.org"


def raising(school: str, **said: str) -> dict[str, Any]:
    """The body of a raise."""
    return {"key": fresh(), "school": school, "subject": "About it", "text": "How is it done?"} | said


def invite(school: Caller, email: str) -> None:
    school.ask("POST /api/workers", {"key": fresh(), "email": email, "name": "Wanda"})


@contextmanager
def party_factory(home: Home) -> Iterator[PartyFactory]:
    """A cast whose sockets are closed when the block ends."""
    with browser(home.url) as http, ExitStack() as sockets:
        yield PartyFactory(home, http, sockets)
