"""A mail server on loopback that answers as the test wants, and an outbox whose letters are carried to it."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.ports import free_port
from uconnect.adapters.mail import Email, Outbox, Server, SmtpSender, StoredEmail, TlsMode
from uconnect.adapters.sqlite import Database

T = TypeVar("T")
SENDER = "uconnect@uni.example"


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass(frozen=True)
class Arrived:
    """What the server has taken: from whom, for whom, what."""

    sender: str
    to: list[str]
    mail: EmailMessage


class FakeMailServer:
    """Takes letters, but first says what is in `replies`, by verb; an empty reply hangs up."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.news: asyncio.Queue[Arrived] = asyncio.Queue()
        self.replies: dict[str, list[str]] = defaultdict(list)
        self.tried: list[str] = []
        self.hello = ""
        self.knew = False

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, session: Session, __: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        self.hello = session.host_name = name
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.knew = bool(session.authenticated)
        self.tried.append(f"from {address}")
        envelope.mail_from = address
        return self._reply(server, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried.append(f"to {address}")
        envelope.rcpt_tos.append(address)
        return self._reply(server, "RCPT")

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self._reply(server, "DATA")
        if reply.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=default)
            self.arrived.append(Arrived(str(envelope.mail_from), list(envelope.rcpt_tos), mail))
            self.news.put_nowait(self.arrived[-1])
        return reply

    def _reply(self, server: SMTP, verb: str) -> str:
        reply = self.replies[verb].pop(0) if self.replies[verb] else "250 OK"
        if not reply:
            assert server.transport is not None
            server.transport.close()
        return reply


class OutboxInProcess:
    """An outbox, its carrier, and the server it is carried to, in one loop that runs while the test waits for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.outbox = Outbox(database, sends=True, now=self.clock)
        self.postmaster = FakeMailServer()
        self.runner = asyncio.Runner()
        self.port = 1  # nobody listens there
        self.open()
        self.mail_sender = self.carried_by(self.server())

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    def open(self, context: ssl.SSLContext | None = None, **options: Any) -> None:
        """Let the server listen, on a port of its own or the one it had. With `context`, speak TLS from the start."""
        known: dict[str, Any] = {"auth_require_tls": False, "hostname": "localhost"} | options

        async def listen() -> asyncio.Server:
            loop = asyncio.get_running_loop()
            port = free_port() if self.port == 1 else self.port
            return await loop.create_server(
                lambda: SMTP(self.postmaster, loop=loop, **known), "127.0.0.1", port, ssl=context
            )

        self._listening = self.wait(listen())
        self.port = self._listening.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """Let nobody listen."""

        async def stop() -> None:
            self._listening.close()
            await self._listening.wait_closed()

        self.wait(stop())

    def server(self, safety: TlsMode = TlsMode.NEAR, host: str = "127.0.0.1", **about: str) -> Server:
        return Server(host, self.port, safety, **about)

    def carried_by(self, server: Server, trust: ssl.SSLContext | None = None) -> SmtpSender:
        return SmtpSender(self.outbox, self.database, server, SENDER, now=self.clock, trust=trust)

    def put(self, to: str = "ada@example.org", subject: str = "A subject", text: str = "A text.\n") -> None:
        self.database.write(lambda connection: self.outbox.put(connection, Email(to, subject, text)))

    def carry(self) -> None:
        self.wait(self.mail_sender.carry())

    @property
    def left(self) -> list[str]:
        """Whom the letters that wait in the outbox are for."""
        return [kept.letter.to for kept in self.database.read(self.outbox.read) if kept.refused is None]

    @property
    def refused(self) -> list[StoredEmail]:
        """The letters that nobody will ever take."""
        return [kept for kept in self.database.read(self.outbox.read) if kept.refused is not None]

    def stored(self) -> bytes:
        """All bytes of the file and its log."""
        folder = self.database.path.parent
        return b"".join(it.read_bytes() for it in folder.iterdir() if it.name.startswith(self.database.path.name))

    @property
    def received_texts(self) -> list[str]:
        """Whom the letters that arrived were for."""
        return [to for arrived in self.postmaster.arrived for to in arrived.to]


def only(user: str, password: str) -> Any:
    """An authenticator that knows one user."""

    def judge(_: SMTP, __: Session, ___: Envelope, ____: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return judge
