"""What many do at once, or one who has much: `attack_process` runs each of these in a process of its own.

Each gets the server's host and what lets it in: tickets, or words and access tokens (see `half_loaded.NEEDS`). It calls
`begun` when the part begins that is to be measured, and runs until its process is ended.
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any, TypeVar

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.resilience.abusers import address
from tests.support.stores import fresh

AT_ONCE = 50  # handshakes while a crowd gathers
COME_BACK = 1.0  # seconds within which all are cut off and come back
UNTIL_CUT = 0.4  # seconds
RAISES = 20  # a second
READERS = 5  # sockets that never read
FOREVER = 3_600.0  # seconds: until the process is ended
HELLO = b'{"t":"hello","protocol":1}'


class Client(WSListener):
    """A socket that has said hello. `welcomed` is done when it is answered."""

    transport: WSTransport

    def __init__(self) -> None:
        self.welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, HELLO)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if not self.welcomed.done():
            self.welcomed.set_result(None)


AnyClient = TypeVar("AnyClient", bound=Client)


async def dial(host: str, ticket: str, kind: type[AnyClient]) -> AnyClient:
    url = f"ws://{host.replace('localhost', '127.0.0.1')}/api/socket?ticket={ticket}"
    headers = {"Origin": f"http://{host}", "Host": host}
    _, line = await ws_connect(kind, url, extra_headers=headers, websocket_handshake_timeout=60)
    assert isinstance(line, kind)
    await line.welcomed
    return line


class Browser:
    """Calls the API with a token, on a connection that it keeps, from an address of its own."""

    def __init__(self, host: str, token: str, number: int) -> None:
        self.host = host
        self._head = (
            f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nX-Forwarded-For: {address(number)}\r\n"
        )
        self._open: tuple[StreamReader, StreamWriter] | None = None

    async def call(self, route: str, body: Any = None) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        if self._open is None:
            name, _, port = self.host.partition(":")
            self._open = await asyncio.open_connection(name.replace("localhost", "127.0.0.1"), int(port))
        reader, writer = self._open
        writer.write(f"{route} {self._head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        heard = await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
        assert head.startswith("http/1.1 200 "), (head, heard)
        return json.loads(heard)

    async def connect(self) -> Client:
        return await self.connect_as(Client)

    async def connect_as(self, kind: type[AnyClient]) -> AnyClient:
        """What a site does when it comes: a ticket, its list, and a socket."""
        ticket = (await self.call("POST /api/tickets"))["ticket"]
        await self.call("GET /api/threads?shelf=raised")
        return await dial(self.host, ticket, kind)

    def leave(self) -> None:
        if self._open is not None:
            self._open[1].transport.abort()
            self._open = None


async def gather(works: Sequence[Coroutine[Any, Any, Client]]) -> list[Client]:
    """So many at a time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[Any, Any, Client]) -> Client:
        async with turns:
            return await work

    return await asyncio.gather(*map(one, works))


async def idle(host: str, tickets: Iterator[str], begun: Callable[[], None]) -> None:
    """Open a socket with each ticket, and do nothing but answer pings."""
    lines = await gather([dial(host, ticket, Client) for ticket in tickets])
    begun()
    await asyncio.sleep(FOREVER)
    assert lines


async def come_back(host: str, tokens: Iterator[str], begun: Callable[[], None]) -> None:
    """Within a second each is cut off, at a moment of its own, and comes back at once."""
    browsers = [Browser(host, token, number) for number, token in enumerate(tokens)]
    lines = await gather([it.connect() for it in browsers])
    begun()
    await asyncio.sleep(UNTIL_CUT)

    async def one(browser: Browser, line: Client) -> Client:
        await asyncio.sleep(random.random() * COME_BACK)
        line.transport.disconnect(graceful=False)
        browser.leave()
        return await browser.connect()

    lines = await asyncio.gather(*map(one, browsers, lines))
    await asyncio.sleep(FOREVER)
    assert lines


async def close_account(host: str, tokens: Iterator[str], begun: Callable[[], None]) -> None:
    """A school ends its account. Its threads are deleted one by one."""
    await Browser(host, next(tokens), 0).call("DELETE /api/me")
    begun()
    await asyncio.sleep(FOREVER)


async def close_school(_: str, words: Iterator[str], begun: Callable[[], None]) -> None:
    """The operator of the data folder closes a school. The threads raised to it end one by one."""
    folder, email = words
    command = [sys.executable, "-m", "uconnect.entrypoints.cli", "school", "close", email, "--yes"]
    closing = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "DATA": folder}, stdout=subprocess.DEVNULL
    )
    assert await closing.wait() == 0
    begun()
    await asyncio.sleep(FOREVER)


async def raise_threads(host: str, words: Iterator[str], begun: Callable[[], None]) -> None:
    """People raise threads to a school whose policy gives each to a worker: the first word is the school."""
    school = next(words)
    browsers = [Browser(host, token, number) for number, token in enumerate(words)]
    begun()
    due, raising = time.monotonic(), list[asyncio.Task[Any]]()
    for browser in browsers * 5:
        body = {"key": fresh(), "school": school, "subject": "Rooms", "text": "Where is room 12?"}
        raising = [it for it in raising if not it.done()]
        raising.append(asyncio.create_task(browser.call("POST /api/threads", body)))
        due += 1 / RAISES
        await asyncio.sleep(due - time.monotonic())
    await asyncio.sleep(FOREVER)


async def never_read(host: str, tickets: Iterator[str], begun: Callable[[], None]) -> None:
    """A few sockets of a school to which all others write, and nobody reads them. A new one each second for each."""
    lines: list[socket.socket] = []
    begun()
    for number in cycle(range(READERS)):
        lines[number : number + 1] = [_unread(host, next(tickets))]
        await asyncio.sleep(1 / READERS)


def _unread(host: str, ticket: str) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else the system would take megabytes for us
    name, _, port = host.partition(":")
    line.connect((name.replace("localhost", "127.0.0.1"), int(port)))
    line.sendall(
        f"GET /api/socket?ticket={ticket} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return line


Crowd = Callable[[str, Iterator[str], Callable[[], None]], Coroutine[Any, Any, None]]
CROWDS: dict[str, Crowd] = {
    "idle sockets": idle,
    "a crowd that comes back": come_back,
    "a school that closes": close_account,
    "a school that is closed": close_school,
    "automatic raises": raise_threads,
    "slow readers": never_read,
}


def run(name: str, host: str, passes: Iterator[str], begun: Callable[[], None]) -> None:
    with suppress(ConnectionError):  # the server ends first
        asyncio.run(CROWDS[name](host, passes, begun))
