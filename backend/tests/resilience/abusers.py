"""Three who do a server no good: one writes a hundred times too fast, one never reads, one guesses passwords."""

import asyncio
import json
import socket
from collections import Counter
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from tests.api.caller import Caller
from tests.api.home import TLS
from tests.api.party_factory import Topic
from tests.api.server_home import ServerHome
from tests.api.socket_client import greet
from tests.support.polling import TIMEOUT
from tests.support.provider_pages import form
from tests.support.stores import fresh
from uconnect.domain import rate_limit
from uconnect.domain.enums import Kind

TOO_FAST = 100 * 1000 / rate_limit.SEND.every  # sends a second: a hundred times what a side may for ever
GUESSES = 10  # a second
STUCK = 1.0  # seconds after which nobody takes what is sent


async def dialled(caller: Caller) -> ClientConnection:
    """A socket that has said hello."""
    url = f"{caller.home.socket}?ticket={await asyncio.to_thread(caller.ticket)}"
    line = await connect(url, origin=Origin(caller.party.origin), proxy=None, open_timeout=TIMEOUT, close_timeout=1)
    await greet(line)
    return line


async def flood(topic: Topic, answered: Counter[str]) -> None:
    """Write until cancelled; what is answered is counted."""
    async with await dialled(topic.raiser) as line:
        hearing = asyncio.create_task(_count(line, answered))
        try:
            while True:
                await line.send(json.dumps({"t": "send", "key": fresh(), "id": topic.raisers_id, "text": "Now!"}))
                await asyncio.sleep(1 / TOO_FAST)
        finally:
            hearing.cancel()


async def _count(line: ClientConnection, answered: Counter[str]) -> None:
    while True:
        frame = json.loads(await line.recv())
        answered[frame.get("code", frame["t"])] += 1


def never_reading(caller: Caller) -> socket.socket:
    """A connection on which a socket was opened by hand, with little room for what comes."""
    url = urlsplit(caller.home.socket)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else the system would take megabytes for us
    line.settimeout(TIMEOUT)
    line.connect((url.hostname, url.port))
    line.sendall(
        f"GET {url.path}?ticket={caller.ticket()} HTTP/1.1\r\nHost: {url.netloc}\r\nOrigin: {caller.party.origin}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert line.recv(4096).startswith(b"HTTP/1.1 101 ")
    line.settimeout(STUCK)
    return line


def framed(opcode: int, payload: bytes) -> bytes:
    """A frame of a client, whose mask changes nothing (RFC 6455 §5.2)."""
    assert len(payload) < 126
    return bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload


PING, NO_FRAME = framed(9, b"x" * 125), framed(1, b'{"t":"no such frame"}')  # each has an answer


def pour(line: socket.socket, frame: bytes, most: int) -> None:
    """Send a frame again and again, until so many bytes are sent or nobody takes any more."""
    many = frame * (65_536 // len(frame))
    with suppress(TimeoutError, ConnectionError):
        for _ in range(most // len(many)):
            line.sendall(many)


async def never_read_on_and_on(caller: Caller) -> None:
    """Ask and never listen, with another socket each time it is let go, until cancelled."""
    while True:
        line = await asyncio.to_thread(never_reading, caller)
        line.setblocking(False)
        try:
            while True:
                async with asyncio.timeout(STUCK):  # and not wait_for, which may swallow that we are cancelled
                    await asyncio.get_running_loop().sock_sendall(line, NO_FRAME)
                await asyncio.sleep(1 / TOO_FAST)
        except (TimeoutError, ConnectionError):
            continue
        finally:
            line.close()


async def guess(home: ServerHome, email: str = "") -> None:
    """Try passwords until cancelled: at one account or, with none given, at another each time; from anywhere."""
    async with httpx.AsyncClient(base_url=home.url, verify=TLS, trust_env=False, timeout=60) as http:
        page = await http.get(home._authorize(Kind.USER))
        action, _ = form(page.text)
        async with asyncio.TaskGroup() as tries:
            for number in count():
                fields = {"email": email or f"{fresh()}@example.org", "password": fresh()}
                tries.create_task(
                    http.post(action, data=fields, headers={"x-forwarded-for": address(number), "origin": home.url})
                )
                await asyncio.sleep(1 / GUESSES)


async def guess_on(home: ServerHome, address: str) -> None:
    """Try a password at another account each time, from one address, until cancelled: each when the last is answered,
    and with another form when it is asked to wait."""
    headers = {"x-forwarded-for": address, "origin": home.url}
    async with httpx.AsyncClient(base_url=home.url, verify=TLS, trust_env=False, timeout=300, headers=headers) as http:
        page = await http.get(home._authorize(Kind.USER))
        action, _ = form(page.text)
        while True:
            fields = {"email": f"{fresh()}@example.org", "password": fresh()}
            answer = await http.post(action, data=fields)
            await asyncio.sleep(1 if answer.status_code == 429 else 0)


def address(number: int) -> str:
    """One of many addresses on the internet, as a server in front of us tells it."""
    return f"198.18.{number // 250 % 250}.{number % 250}"
