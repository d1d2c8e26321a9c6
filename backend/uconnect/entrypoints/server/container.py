"""Builds the server's objects on one database file, for the server and for the operator's commands."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from uconnect import oidc_provider
from uconnect.adapters import clock, mail
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.email_addresses import kept
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import registration
from uconnect.entrypoints.cli import admin_service
from uconnect.entrypoints.server.authentication import ISSUER, Authentication
from uconnect.entrypoints.server.oidc_clients import clients
from uconnect.entrypoints.server.service import ApplicationService
from uconnect.entrypoints.server.settings import Settings

DEV_MAILBOX_PATH = "/mail"  # where letters are read, while none leaves


@dataclass(frozen=True)
class Container:
    """What stands on one data folder. To be closed."""

    settings: Settings
    database: Database
    service: ApplicationService
    outbox: mail.Outbox
    issuer: oidc_provider.Provider
    authentication: Authentication

    def close(self) -> None:
        """End the processes that hash passwords, then close the data file."""
        self.issuer.close()
        self.database.close()

    @cached_property
    def mail_sender(self) -> mail.SmtpSender | None:
        """Who takes letters to a mail server, if one is set."""
        way, now = self.settings.mail, self.service.now
        return mail.SmtpSender(self.outbox, self.database, way.server, way.sender, now=now) if way else None


def build(settings: Settings, new_context: Callable[[], Context] = clock.new_context) -> Container:
    """The parts, which all go by one clock. Raises NewerSchema, sqlite3.Error, OSError."""
    database = Database(
        settings.database, [MIGRATIONS, oidc_provider.MIGRATIONS, mail.MIGRATIONS, admin_service.MIGRATIONS]
    )
    sockets = Sockets(soon=lambda do: asyncio.get_running_loop().call_soon(do))
    service = ApplicationService(SqliteStore(database, new_context), sockets, new_context)
    outbox = mail.Outbox(database, sends=settings.mail is not None, now=service.now)
    post = oidc_provider.Mailer(mail.templates, outbox.put, DEV_MAILBOX_PATH if settings.has_dev_mailbox else "")
    moved, now = partial(_email_changed, service), service.now
    issuer = oidc_provider.Provider(
        database,
        settings.url,
        clients(settings),
        post,
        changed=moved,
        ended=service.part,
        now=now,
        limits=settings.limits,
    )
    authentication = Authentication(service, issuer, schools_invited_only=settings.schools_invited_only)
    return Container(settings, database, service, outbox, issuer, authentication)


async def _email_changed(service: ApplicationService, subject: str, _: str, new: str) -> None:
    """A login has another address: its party has it too. Raises Unavailable: then it is told again."""
    outcome = await service.run(partial(registration.change_email, issuer=ISSUER, subject=subject, email=kept(new)))
    if isinstance(outcome, Refusal) and outcome.code == RefusalCode.BUSY.refusal.code:
        raise Unavailable
    service.tell(outcome)
