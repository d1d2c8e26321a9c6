"""The embedded home's parts, put together on one file; the server runs them, and an operator's command acts on them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from uconnect import mails
from uconnect.addresses import kept
from uconnect.core.decide import accounts
from uconnect.core.facts import Moment
from uconnect.core.ports import Unavailable
from uconnect.core.refusals import Refusal, Refused
from uconnect.deliveries.sockets import Sockets
from uconnect.embedded import operator
from uconnect.embedded.clients import clients
from uconnect.embedded.desk import Desk
from uconnect.embedded.door import ISSUER, Door
from uconnect.embedded.settings import Settings
from uconnect.identities import builtin
from uconnect.sqlite import Database
from uconnect.stores import clock
from uconnect.stores.sqlite import SqliteStore
from uconnect.stores.sqlite_tables import MIGRATIONS

LETTERBOX = "/mail"  # where letters are read, while none leaves


@dataclass(frozen=True)
class Parts:
    """What stands on one data folder. To be closed."""

    settings: Settings
    database: Database
    desk: Desk
    outbox: mails.Outbox
    issuer: builtin.Issuer
    door: Door

    def close(self) -> None:
        """End the processes that hash passwords, then close the data file."""
        self.issuer.close()
        self.database.close()

    @cached_property
    def carrier(self) -> mails.Carrier | None:
        """Who takes letters to a mail server, if one is set."""
        mailing, now = self.settings.mailing, self.desk.now
        return mails.Carrier(self.outbox, self.database, mailing.server, mailing.sender, now=now) if mailing else None


def opened(settings: Settings, moment: Callable[[], Moment] = clock.moment) -> Parts:
    """The parts, which all go by one clock. Raises NewerSchema, sqlite3.Error, OSError."""
    database = Database(settings.database, [MIGRATIONS, builtin.MIGRATIONS, mails.MIGRATIONS, operator.MIGRATIONS])
    sockets = Sockets(soon=lambda do: asyncio.get_running_loop().call_soon(do))
    desk = Desk(SqliteStore(database, moment), sockets, moment)
    outbox = mails.Outbox(database, sends=settings.mailing is not None, now=desk.now)
    post = builtin.Post(mails.letters, outbox.put, LETTERBOX if settings.letterbox else "")
    moved, now = partial(_moved, desk), desk.now
    issuer = builtin.Issuer(
        database,
        settings.url,
        clients(settings),
        post,
        changed=moved,
        ended=desk.part,
        now=now,
        limits=settings.limits,
    )
    door = Door(desk, issuer, schools_invited_only=settings.schools_invited_only)
    return Parts(settings, database, desk, outbox, issuer, door)


async def _moved(desk: Desk, subject: str, _: str, new: str) -> None:
    """A login has another address: its party has it too. Raises Unavailable: then it is told again."""
    outcome = await desk.run(partial(accounts.moved, issuer=ISSUER, subject=subject, email=kept(new)))
    if isinstance(outcome, Refusal) and outcome.code == Refused.BUSY.refusal.code:
        raise Unavailable
    desk.tell(outcome)
