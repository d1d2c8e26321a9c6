"""Builds the parts of a server on one data file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from uconnect import oidc_provider
from uconnect.adapters import clock, mail
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite import Database, audit_log, erasures, schema
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.email_addresses import kept
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import registration
from uconnect.entrypoints.server.authentication import ISSUER, TokenAuthentication
from uconnect.entrypoints.server.oidc_clients import clients
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.settings import Settings

DEV_MAILBOX_PATH = "/mail"  # the page that shows letters while no mail server is set
MIGRATIONS = (  # in this order: the last has a trigger on a table of the second, which writes to one of the first
    schema.MIGRATIONS,
    oidc_provider.MIGRATIONS,
    mail.MIGRATIONS,
    audit_log.MIGRATIONS,
    erasures.LOGIN_MIGRATIONS,
)


@dataclass(frozen=True)
class Container:
    """The parts that share one data folder. To be closed."""

    settings: Settings
    database: Database
    service: ServerService
    outbox: mail.Outbox
    issuer: oidc_provider.Provider
    authentication: TokenAuthentication

    def close(self) -> None:
        """End the processes that hash passwords, then close the data file."""
        self.issuer.close()
        self.database.close()

    @cached_property
    def mail_sender(self) -> mail.SmtpSender | None:
        """What takes letters to a mail server, if one is set."""
        server, sender, now = self.settings.smtp, self.settings.mail_from, self.service.now
        return mail.SmtpSender(self.outbox, self.database, server, sender, now=now) if server else None


def build(settings: Settings, new_context: Callable[[], Context] = clock.new_context) -> Container:
    """The parts. They share one clock. Raises NewerSchema, sqlite3.Error, OSError."""
    database = Database(settings.database, MIGRATIONS)
    sockets = Sockets(soon=lambda do: asyncio.get_running_loop().call_soon(do))
    service = ServerService(SqliteStore(database, new_context), sockets, new_context)
    outbox = mail.Outbox(database, sends=settings.smtp is not None, now=service.now)
    moved, now = partial(_email_changed, service), service.now
    issuer = oidc_provider.Provider(
        database,
        settings.url,
        clients(settings),
        outbox,
        mailbox=DEV_MAILBOX_PATH if settings.has_dev_mailbox else "",
        changed=moved,
        ended=service.part,
        name_of=partial(_name_of, service),
        now=now,
        limits=settings.sign_in_limits,
        methods=settings.sign_in_methods,
        idle=settings.session_idle,
    )
    if settings.idle_sign_out:
        issuer.shorten_sessions()
    authentication = TokenAuthentication(service, issuer, schools_invited_only=settings.schools_invited_only)
    return Container(settings, database, service, outbox, issuer, authentication)


async def _name_of(service: ServerService, subject: str) -> str | None:
    """What the party of a login is called now; None if there is none, or if it cannot be read now."""
    outcome = await service.ask(partial(registration.name_of, issuer=ISSUER, subject=subject))
    return None if isinstance(outcome, Refusal) else outcome.answer


async def _email_changed(service: ServerService, subject: str, _: str, new: str) -> None:
    """Give a login's new address to its party. Raises Unavailable; the issuer then calls again."""
    change = partial(registration.change_email, issuer=ISSUER, subject=subject, email=kept(new))
    outcome = await service.run_and_tell(change)
    if isinstance(outcome, Refusal) and outcome.code == RefusalCode.BUSY.refusal.code:
        raise Unavailable
