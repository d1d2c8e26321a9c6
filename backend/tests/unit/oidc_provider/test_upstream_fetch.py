"""What is asked of another provider over the network ends in bounded time and bytes, whatever answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from uconnect.oidc_provider import upstream_fetch
from uconnect.oidc_provider.upstream_fetch import LARGEST, Fetched, HttpRequest, NotFetched, fetch, is_safe

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """A server on this computer that answers so."""

    begun: list[asyncio.Task[None] | None] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(asyncio.current_task())
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await answer(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        tasks = [it for it in begun if it is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def says(text: bytes) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        await writer.drain()

    return answer


def fetched(answer: Answer, body: bytes | None = None) -> Fetched:
    async def work() -> Fetched:
        async with serving(answer) as url:
            return await fetch(HttpRequest(f"{url}/x?y=z", {"X-One": "1"}, body))

    return asyncio.run(work())


def test_an_answer_comes_with_its_status_and_its_bytes() -> None:
    answer = says(b'HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n')
    found = fetched(answer)
    assert found == Fetched(201, b'{"a":1}')
    assert found.json() == {"a": 1}


def test_what_is_sent_is_one_whole_request() -> None:
    seen = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.extend(await reader.readuntil(b"\r\n\r\n"))
        seen.extend(await reader.readexactly(3))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    assert fetched(answer, b"a=b").status == 200
    head, _, body = bytes(seen).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"Content-Length: 3" in head
    assert b"X-One: 1" in head
    assert body == b"a=b"


def test_a_redirect_is_not_followed() -> None:
    answer = says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    assert fetched(answer).status == 302


def test_what_is_too_large_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
            await writer.drain()
            sent += 4096

    with pytest.raises(NotFetched, match="too large"):
        fetched(answer)
    assert sent < LARGEST + 16 * 1024 * 1024  # what the system's buffers take


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("answer", [_drip, _silent])
def test_whoever_is_slow_is_left(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    monkeypatch.setattr(upstream_fetch, "PATIENCE", 0.3)
    with pytest.raises(NotFetched, match="in time"):
        fetched(answer)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_is_none(text: bytes) -> None:
    with pytest.raises(NotFetched):
        fetched(says(text))


def test_nobody_there_is_said() -> None:
    with pytest.raises(NotFetched, match="cannot be reached"):
        asyncio.run(fetch(HttpRequest("http://127.0.0.1:1/", {})))


def test_who_has_no_certificate_is_not_asked() -> None:
    async def work() -> None:
        async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n")) as url:
            await fetch(HttpRequest(url.replace("http:", "https:"), {}))

    with pytest.raises(NotFetched):
        asyncio.run(work())


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://idp.uni.edu/x", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000", True),
        ("http://127.0.0.1", True),
        ("http://idp.uni.edu", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://", False),
        ("https://user@idp.uni.edu", False),
        ("https://idp.uni.edu/#x", False),
        ("https://idp.uni.edu:port", False),
        ("https://[::1", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_addresses_are_asked_by_https_or_on_this_computer(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
    if not safe:
        with pytest.raises(NotFetched):
            asyncio.run(fetch(HttpRequest(url, {})))
