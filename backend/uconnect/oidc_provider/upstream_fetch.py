"""Asks another server for JSON: encrypted, in bounded time, and only so many bytes of the answer are read."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11
import msgspec

from uconnect.application.loopback import is_loopback

PATIENCE = 8.0  # seconds for a whole answer: a person waits for it
LARGEST = 256 * 1024  # bytes of an answer: key sets of big providers have about 10,000
CHUNK = 16 * 1024


class NotFetched(Exception):
    """There is no answer that could be used. The message is for the operator, and has no word of the other server."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What another server answered. A redirect is such an answer: none is followed."""

    status: int
    body: bytes

    def json(self) -> dict[str, object]:
        """The object that it is. Raises NotFetched."""
        try:
            return json_object(self.body)
        except ValueError:
            raise NotFetched("the answer is not a JSON object") from None


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request: GET, or POST if it has a `body`."""

    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


Fetch = Callable[[HttpRequest], Awaitable[Fetched]]


def json_object(data: bytes) -> dict[str, object]:
    """The JSON object that these bytes are (RFC 8259). Raises ValueError, also for what Python would read beside JSON:
    NaN, infinite numbers and halves of characters, which can be neither compared nor kept."""
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ValueError("It is not a JSON object.") from None


def is_safe(url: str) -> bool:
    """Whether an address may be asked: by https, or on this computer."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


async def fetch(request: HttpRequest) -> Fetched:
    """The answer to a request. Raises NotFetched."""
    if not is_safe(request.url):
        raise NotFetched("its address does not begin with https://")
    try:
        async with asyncio.timeout(PATIENCE):
            return await _exchange(request)
    except TimeoutError:
        raise NotFetched("it does not answer in time") from None
    except ssl.SSLCertVerificationError:
        raise NotFetched("its certificate is not valid") from None
    except OSError as error:
        raise NotFetched(f"it cannot be reached ({type(error).__name__})") from None
    except (h11.RemoteProtocolError, h11.LocalProtocolError, ValueError):
        raise NotFetched("it does not speak HTTP") from None


async def _exchange(request: HttpRequest) -> Fetched:
    parts = urlsplit(request.url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context, limit=CHUNK)
    try:
        connection = h11.Connection(h11.CLIENT)
        for event in _request_events(
            request, parts.netloc, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        ):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _answer(connection, reader)
    finally:
        writer.transport.abort()  # at once: what else the other side sends is not waited for


def _request_events(request: HttpRequest, host: str, target: str) -> list[h11.Event]:
    headers = {"Host": host, "Connection": "close", "Accept": "application/json", "User-Agent": "uconnect"}
    headers |= request.headers
    if request.body is None:
        return [h11.Request(method="GET", target=target, headers=list(headers.items())), h11.EndOfMessage()]
    headers["Content-Length"] = str(len(request.body))
    head = h11.Request(method="POST", target=target, headers=list(headers.items()))
    return [head, h11.Data(data=request.body), h11.EndOfMessage()]


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Fetched:
    status, body = 0, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST:
                raise NotFetched("its answer is too large")
        elif isinstance(event, h11.EndOfMessage):
            return Fetched(status, bytes(body))
        elif isinstance(event, h11.ConnectionClosed):
            raise NotFetched("it ends the connection before its answer is whole")
