"""Letters leave oldest first; one is struck off only when a mail server has taken it, or has refused it for good."""

import asyncio
import logging
import sqlite3
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

import aiosmtplib

from uconnect.mails.message import domain, message
from uconnect.mails.outbox import Kept, Outbox
from uconnect.sqlite import Database

LOOK = 2.0  # seconds between two looks into the outbox: a code is waited for
AT_ONCE = 50  # letters a connection
SERVER_WAIT, SERVER_WAIT_MOST = 5.0, 600.0  # seconds before a server that failed is tried again; doubled each time
LETTER_WAIT, LETTER_WAIT_MOST = 30.0, 3600.0  # the same of one letter: who greylists wants a minute or a few
LONGEST = 3 * 24 * 3600  # seconds after which a letter is given up (RFC 5321 §4.5.4.1 would allow a day or two more)
TIMEOUT = 60.0  # seconds, for each answer of the server
BAD_ADDRESS = 553  # our own verdict, in the servers' numbers: the mailbox name cannot be

log = logging.getLogger("uconnect")


class Safety(Enum):
    """How nobody on the way reads along."""

    NEAR = auto()  # the server is on this machine
    START_TLS = auto()  # or not at all: an offer that was cut out on the way is an attack (RFC 8314 §4.1)
    TLS = auto()


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server that takes our letters, and who we are to it (empty: it does not ask)."""

    host: str
    port: int
    safety: Safety
    user: str = ""
    password: str = field(default="", repr=False)


class Carrier:
    """Takes the outbox's letters to a server. `sender` is the address they come from, `now` is Unix seconds.

    The server's certificate must be good for its name, by the authorities of this machine or those in `trust`.
    """

    def __init__(
        self,
        outbox: Outbox,
        database: Database,
        server: Server,
        sender: str,
        *,
        now: Callable[[], float] = time.time,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._outbox = outbox
        self._database = database
        self._server = server
        self._sender = sender
        self._now = now
        self._trust = trust or ssl.create_default_context()
        self._failures = 0

    @property
    def pause(self) -> float:
        """Seconds until the outbox is to be looked into again: longer each time the server fails."""
        if not self._failures:
            return LOOK
        return min(SERVER_WAIT * 2.0 ** (self._failures - 1), SERVER_WAIT_MOST)

    async def keep_carrying(self) -> None:
        """Carry what is due, until cancelled."""
        task = asyncio.current_task()
        while True:
            await self.carry()
            if task and task.cancelling():  # Python 3.11's wait_for may swallow what cancels it (gh-86296)
                return
            await asyncio.sleep(self.pause)

    async def carry(self) -> None:
        """Carry what is due now. What fails stays in the outbox."""
        try:
            letters = await self._database.read_soon(lambda connection: self._outbox.due(connection, AT_ONCE))
            if letters:
                await self._take(letters)
        except (aiosmtplib.SMTPException, OSError, sqlite3.Error) as trouble:
            self._failures += 1
            log.error("letters could not be sent, and wait %.0f s: %s", self.pause, _named(trouble))
        else:
            if letters:
                self._failures = 0

    async def _take(self, letters: list[Kept]) -> None:
        smtp = self._session()
        try:
            await smtp.connect()
            for kept in letters:
                await self._hand_over(smtp, kept)
            with suppress(aiosmtplib.SMTPException):
                await smtp.quit()
        finally:
            smtp.close()  # not its own context manager: that would wait for an answer when we are told to stop

    def _session(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=domain(self._sender),  # else it would be this machine's own name, asked of the network
            use_tls=server.safety is Safety.TLS,
            start_tls=server.safety is Safety.START_TLS,
            tls_context=self._trust,
            timeout=TIMEOUT,
        )

    async def _hand_over(self, smtp: aiosmtplib.SMTP, kept: Kept) -> None:
        try:
            await smtp.send_message(message(kept, self._sender))
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError):
            await self._later(kept)  # the others go first: it may be this letter that the server fails at
            raise
        except aiosmtplib.SMTPSenderRefused:
            raise  # what we are called is no letter's fault
        except (ValueError, aiosmtplib.SMTPNotSupported):
            await self._refused(kept, BAD_ADDRESS)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            await self._refused(kept, refused.recipients[0].code)
        except aiosmtplib.SMTPResponseException as refused:
            await self._refused(kept, refused.code)
        else:
            await self._outbox.strike(kept.number)

    async def _refused(self, kept: Kept, code: int) -> None:
        if code >= 500 or self._now() - kept.written > LONGEST:
            log.error("letter %s was refused for good: %d", kept.id, code)
            await self._outbox.strike(kept.number)
        else:
            await self._later(kept)

    async def _later(self, kept: Kept) -> None:
        await self._outbox.postpone(kept.number, min(LETTER_WAIT * 2.0**kept.tries, LETTER_WAIT_MOST))


def _named(trouble: Exception) -> str:
    """What happened without what the server said, which may hold an address."""
    code = getattr(trouble, "code", None)
    return type(trouble).__name__ if code is None else f"{type(trouble).__name__} {code}"
