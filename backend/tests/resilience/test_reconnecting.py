"""All who were cut off come back at the same moment: each gets in, misses nothing, and the server does not swell."""

import asyncio
import json
import sqlite3
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from tests.api.home import TLS
from tests.api.party_factory import party_factory, raising
from tests.api.server_home import ServerHome, server_home
from tests.api.socket_client import SocketClient, greet
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.stores import fresh
from uconnect.oidc_provider import accounts, sessions

MOST_BYTES = 150_000  # that a client may cost while it comes back


@dataclass
class Client:
    """A user's page: its token, its thread, and what it holds of the log."""

    http: httpx.AsyncClient
    socket: str
    token: str
    thread: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, route: str, body: Any = None) -> Any:
        method, path = route.split()
        content = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}"}
        answer = await self.http.request(method, path, content=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def begin(self, school: str) -> None:
        await self.ask("GET /api/me")
        raised = await self.ask("POST /api/threads", raising(school))
        self.thread = raised["row"]["id"]

    async def come(self, open: AsyncExitStack) -> ClientConnection:
        """A ticket, a socket, and what was missed."""
        ticket = (await self.ask("POST /api/tickets"))["ticket"]
        origin = Origin(str(self.http.base_url).rstrip("/"))
        dialled = connect(f"{self.socket}?ticket={ticket}", origin=origin, proxy=None, open_timeout=60)
        socket = await open.enter_async_context(dialled)
        await greet(socket)
        missed = await self.ask(f"GET /api/threads/{self.thread}/log?after={len(self.log)}")
        self.log += missed["entries"]
        return socket

    async def say(self, socket: ClientConnection) -> None:
        key = fresh()
        await socket.send(json.dumps({"t": "send", "key": key, "id": self.thread, "text": "I am back"}))
        while (frame := json.loads(await socket.recv())).get("key") != key:
            assert frame["t"] == "event"
        self.log.append(frame["entry"])


def tokens(home: ServerHome, many: int) -> list[str]:
    """So many people who have signed in."""

    def transaction(connection: sqlite3.Connection) -> list[str]:
        made = []
        for number in range(many):
            email = f"{number}@example.org"
            subject = accounts.add(connection, email, "", verified=True, name=f"User {number}")
            assert subject is not None
            session, _ = sessions.begin(connection, "uconnect-user", subject, time.time())
            made.append(home._signer.access_token(session, "openid email", time.time()))
        return made

    return home._server.write(transaction)


def resident(pid: int) -> int:
    """The bytes of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


async def told_apart(
    home: ServerHome, school: str, answer: SocketClient, theirs: Any
) -> tuple[list[Client], float, int]:
    """All connect, are cut, are written to, and come back: they, the seconds it took them, and the bytes."""
    # A connection for each call: one that is kept may be closed by the server just as it is used.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=home.url, verify=TLS, trust_env=False, timeout=60, limits=limits) as http:
        clients = [Client(http, home.socket, token) for token in tokens(home, sizes.CLIENTS)]
        await asyncio.gather(*(client.begin(school) for client in clients))
        async with AsyncExitStack() as open:
            sockets = await asyncio.gather(*(client.come(open) for client in clients))
            before = resident(home._server.pid)
            for socket in sockets:
                socket.transport.abort()
            await asyncio.to_thread(answer_all, answer, theirs)
            began = time.monotonic()
            sockets = await asyncio.gather(*(client.come(open) for client in clients))
            seconds, grown = time.monotonic() - began, resident(home._server.pid) - before
            await asyncio.gather(*(map(Client.say, clients, sockets)))
    return clients, seconds, grown


def answer_all(line: SocketClient, theirs: Any) -> None:
    """The school writes into every thread."""
    for id in theirs():
        key = fresh()
        line.say({"t": "send", "key": key, "id": id, "text": "Are you there?"})
        assert line.hear_until(key=key)[-1]["t"] == "ack"


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_all_who_were_cut_off_come_back_at_once_and_miss_nothing(tmp_path: Path, evidence: Evidence) -> None:
    with server_home(tmp_path) as home, party_factory(home) as parties:
        school = parties.school()

        def theirs() -> list[str]:
            found, page = list[str](), dict[str, Any](next="")
            while page["next"] is not None:
                before = f"&before={page['next']}" if page["next"] else ""
                page = school.ask(f"GET /api/threads?shelf=received{before}")
                found += [it["row"]["id"] for it in page["threads"]]
            return found

        clients, seconds, grown = asyncio.run(told_apart(home, school.id, school.open(), theirs))
    for client in clients:
        assert [entry["seq"] for entry in client.log] == [1, 2, 3]
    assert grown < MOST_BYTES * len(clients) + 20_000_000
    evidence(4, f"cut at once and back within {seconds:.1f} s, {grown / 2**20:.0f} MB more in use", len(clients))
