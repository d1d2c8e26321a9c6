"""Sends letters to a mail server, the oldest first.

A letter is removed only when the server has taken it; a slow domain delays no other.
"""

import asyncio
import logging
import sqlite3
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

import aiosmtplib

from uconnect.adapters.mail.message import domain, message
from uconnect.adapters.mail.outbox import Outbox, StoredEmail
from uconnect.adapters.sqlite import Database
from uconnect.application.tracing import NO_TRACES

LOOK = 2.0  # seconds between two looks into the outbox: a code is waited for
AT_ONCE = 50  # letters of one domain, one after the other on one connection
LANES = 4  # connections at once: some domains make the server slow, and the others have theirs
SERVER_WAIT, SERVER_WAIT_MOST = 5.0, 600.0  # seconds before a server that failed is tried again; doubled each time
LETTER_WAIT, LETTER_WAIT_MOST = 30.0, 3600.0  # the same of one letter: who greylists wants a minute or a few
LONGEST = 3 * 24 * 3600  # seconds after which a letter is given up (RFC 5321 §4.5.4.1 would allow a day or two more)
TIMEOUT = 60.0  # seconds, for each answer of the server
FAILS = 2  # times in a row that the server failed before we call it dead: once may be a restart
BAD_ADDRESS = 553  # our own verdict, in the servers' numbers: the mailbox name cannot be

BY_LETTER = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError)  # it may be the letter's fault
log = logging.getLogger("uconnect")


class TlsMode(Enum):
    """How nobody on the way reads along."""

    NEAR = auto()  # the server is on this machine
    START_TLS = auto()  # or not at all: an offer that was cut out on the way is an attack (RFC 8314 §4.1)
    TLS = auto()


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server that takes our letters, and who we are to it (empty: it does not ask)."""

    host: str
    port: int
    safety: TlsMode
    user: str = ""
    password: str = field(default="", repr=False)


def session(server: Server, sender: str, trust: ssl.SSLContext, timeout: float = TIMEOUT) -> aiosmtplib.SMTP:
    """A session with a mail server, to be connected. `timeout` is for each of its answers, in seconds."""
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        local_hostname=domain(sender),  # else it would be this machine's own name, asked of the network
        use_tls=server.safety is TlsMode.TLS,
        start_tls=server.safety is TlsMode.START_TLS,
        tls_context=trust,
        timeout=timeout,
    )


@dataclass(slots=True)
class MailCounts:
    """What became of letters since the start: `sent` ones a server took, `refused` ones none ever will. `failures` is
    how often the server was not there, or would not have us."""

    sent: int = 0
    refused: int = 0
    failures: int = 0


class SmtpSender:
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
        self._refusals = 0
        self._waiting: deque[list[StoredEmail]] = deque()  # letters to be carried, a list a domain
        self._lanes: set[asyncio.Task[None]] = set()
        self._underway: set[str] = set()  # the domains that are waiting, or on a lane
        self.taken = now()  # when a server last took a letter
        self.counts = MailCounts()
        self.traces = NO_TRACES

    @property
    def fails(self) -> bool:
        """Whether the server is not there, or refuses what we are."""
        return self._refusals >= FAILS

    @property
    def pause(self) -> float:
        """Seconds until the outbox is to be looked into again: longer each time the server fails."""
        if not self._failures:
            return LOOK
        return min(SERVER_WAIT * 2.0 ** (self._failures - 1), SERVER_WAIT_MOST)

    async def run(self) -> None:
        """Carry what is due, until cancelled. Letters to a slow domain are waited for by none of another."""
        task = asyncio.current_task()
        try:
            while True:
                await self._look()
                await self._ended(await self._some())
                if task and task.cancelling():  # Python 3.11's wait_for may swallow what cancels it (gh-86296)
                    return
                await asyncio.sleep(self.pause)
        finally:
            await self._stop()

    async def carry(self) -> None:
        """Carry what is due now, and wait until it is tried. What fails stays in the outbox."""
        await self._look()
        await self._ended(set(self._lanes))

    async def _look(self) -> None:
        """Begin to carry what is due of the domains whose letters are not on their way, and were not when it was read:
        a letter that was taken while it was read is listed still."""
        underway = set(self._underway)
        try:
            letters = await self._database.read_soon(lambda connection: self._outbox.due(connection, AT_ONCE))
        except sqlite3.Error as trouble:
            self._failed(trouble)
            return
        for name, those in _by_domain(letters).items():
            if name not in self._underway | underway:
                self._underway.add(name)
                self._waiting.append(those)
        for _ in range(min(LANES - len(self._lanes), len(self._waiting))):
            self._lanes.add(asyncio.create_task(self._pass()))

    async def _some(self) -> set[asyncio.Task[None]]:
        """The lanes that are done, after a moment if none is."""
        if not self._lanes:
            return set()
        done, _ = await asyncio.wait(self._lanes, timeout=LOOK)
        return done

    async def _ended(self, lanes: set[asyncio.Task[None]]) -> None:
        troubles = await asyncio.gather(*lanes, return_exceptions=True)
        self._lanes -= lanes
        if not self._lanes:  # what is left over is due still
            self._waiting.clear()
            self._underway.clear()
        for trouble in troubles:
            if isinstance(trouble, aiosmtplib.SMTPException | OSError | sqlite3.Error):
                self._failed(trouble)
                break  # one server, one failure
        for trouble in troubles:
            if trouble and not isinstance(trouble, aiosmtplib.SMTPException | OSError | sqlite3.Error):
                raise trouble  # a bug of ours: whoever supervises us says so

    async def _stop(self) -> None:
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        self._lanes.clear()
        self._waiting.clear()
        self._underway.clear()

    def _failed(self, trouble: Exception) -> None:
        self._failures += 1
        self.counts.failures += 1
        if not isinstance(trouble, BY_LETTER):
            self._refusals += 1
        log.error("e-mails could not be sent, and wait %.0f s: %s", self.pause, _named(trouble))

    async def _pass(self) -> None:
        with self.traces.begin("mail pass"):
            await self._lane()

    async def _lane(self) -> None:
        """Carry what waits, a domain after the other, on one connection."""
        smtp = session(self._server, self._sender, self._trust)
        try:
            await smtp.connect()
            while self._waiting:
                letters = self._waiting.popleft()
                for kept in letters:
                    await self._hand_over(smtp, kept)
                    self._failures = self._refusals = 0
                self._underway.discard(_domain_of(letters[0]))
            with suppress(aiosmtplib.SMTPException):
                await smtp.quit()
        finally:
            smtp.close()  # not its own context manager: that would wait for an answer when we are told to stop

    async def _hand_over(self, smtp: aiosmtplib.SMTP, kept: StoredEmail) -> None:
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
            self.taken = self._now()
            self.counts.sent += 1
            await self._outbox.remove(kept.number)

    async def _refused(self, kept: StoredEmail, code: int) -> None:
        if code >= 500 or self._now() - kept.written > LONGEST:
            self.counts.refused += 1
            log.error("a letter was refused for good, see `uconnect mail`: %d", code)
            await self._outbox.refuse(kept.number, code)
        else:
            await self._later(kept)

    async def _later(self, kept: StoredEmail) -> None:
        await self._outbox.postpone(kept.number, min(LETTER_WAIT * 2.0**kept.tries, LETTER_WAIT_MOST))


def _by_domain(letters: list[StoredEmail]) -> dict[str, list[StoredEmail]]:
    found: dict[str, list[StoredEmail]] = {}
    for kept in letters:
        found.setdefault(_domain_of(kept), []).append(kept)
    return found


def _domain_of(kept: StoredEmail) -> str:
    return domain(kept.letter.to).lower()


def _named(trouble: Exception) -> str:
    """What happened without what the server said, which may hold an address."""
    code = getattr(trouble, "code", None)
    return type(trouble).__name__ if code is None else f"{type(trouble).__name__} {code}"
