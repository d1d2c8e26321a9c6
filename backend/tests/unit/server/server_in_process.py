"""A server in the test's own process: what stands on a data folder, and the calls of its parties."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from uconnect.adapters import clock
from uconnect.adapters.mail import Email
from uconnect.application.ports import Principal
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.usecases import invitations, profiles
from uconnect.domain.usecases.registration import Registration
from uconnect.domain.views.directory import Me
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.authentication import ISSUER
from uconnect.entrypoints.server.container import build
from uconnect.entrypoints.server.job_adapters import IdentityAdapter, MailAdapter
from uconnect.oidc_provider import accounts

A = TypeVar("A")
T = TypeVar("T")
URL = "http://localhost:8000"


def new_context() -> Context:
    """Now; a job may run at once."""
    return replace(clock.new_context(), jobs_within=0)


class SocketClient:
    """A socket that remembers what it was sent."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed = asyncio.Event()

    def push(self, frame: bytes) -> None:
        self.frames.append(msgspec.json.decode(frame))

    def close(self) -> None:
        self.closed.set()


class ServerInProcess:
    """One home on a data folder, opened with `environment` set, by the clock of `new_context`. To be closed."""

    def __init__(self, data: Path, /, new_context: Callable[[], Context] = new_context, **environment: Any) -> None:
        sites = data.parent / "sites"
        sites.mkdir(exist_ok=True)  # none need be built
        self.container = build(settings.read({"DATA": str(data), "SITES": str(sites)} | environment), new_context)
        self.runner = asyncio.Runner()

    def close(self) -> None:
        self.runner.close()
        self.container.issuer.close()
        self.container.close()

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    @property
    def post(self) -> MailAdapter:
        """What its jobs write letters with."""
        parts = self.container
        return MailAdapter(parts.database, parts.outbox, parts.issuer, parts.settings.url)

    @property
    def identity(self) -> IdentityAdapter:
        """What its jobs take accounts away with."""
        return IdentityAdapter(self.container.database, self.container.outbox)

    def run_jobs(self) -> Coroutine[Any, Any, None]:
        """What does its jobs, until it is cancelled."""
        return self.container.service.run_jobs(self.post, self.identity)

    def account(self, email: str, name: str = "") -> str:
        """An account that has proved its address; its subject. Nobody knows a password to it."""
        made = self.container.database.write(lambda c: accounts.add(c, email, "", verified=True, name=name))
        assert made is not None
        return made

    def enter(self, kind: Kind, subject: str) -> str | Refusal:
        """Come to the site of a kind with a token: the party's id."""
        return self.wait(self.container.authentication.caller(Principal(ISSUER, subject, kind, 0)))

    def party(self, kind: Kind, email: str, name: str = "") -> str:
        """A party that has just come for the first time; its id. A worker accepts the one invitation it has."""
        subject = self.account(email, name)
        if kind is Kind.WORKER:
            who = self.newcomer(subject)
            (invitation,) = self.run(partial(invitations.pending, who=who)).invitations
            self.run(partial(invitations.accept, who=who, id=invitation.id))
        id = self.enter(kind, subject)
        assert isinstance(id, str), id
        return id

    def newcomer(self, subject: str) -> Registration:
        """Who comes to the worker site with a token."""
        who = self.wait(self.container.authentication.identify(Principal(ISSUER, subject, Kind.WORKER, 0)))
        assert isinstance(who, Registration), who
        return who

    def run(self, use_case: UseCase[A]) -> A:
        outcome = self.wait(self.container.service.run(use_case))
        assert isinstance(outcome, Plan), outcome
        return outcome.answer

    def me(self, id: str) -> Me:
        return self.run(partial(profiles.me, by=id))

    def mail(self, to: str) -> list[Email]:
        return [it.letter for it in self.container.database.read(self.container.outbox.read) if it.letter.to == to]
