"""A network of one's own between a browser and the server: a test cuts it, turns it into a black hole, and mends it."""

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
NAMED, NO_LOGIN, AGREED = 3, b"\x05\x00", b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"

UPGRADE = b"\r\nupgrade: websocket\r\n"


class Sockets(StrEnum):
    """What a network does with a request to open a WebSocket (RFC 6455 §4.1). It does not touch other requests."""

    PASS = "pass"
    REFUSE = "refuse"
    """It answers 403 itself."""
    ANSWER = "answer"
    """It answers 200 itself, as if the request were for a page."""
    SWALLOW = "swallow"
    """It keeps the request, and answers nothing."""
    MUTE = "mute"
    """It lets the socket open, and nothing that is said on it come through."""


ANSWERS = {
    Sockets.REFUSE: b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    Sockets.ANSWER: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


class Network:
    """A SOCKS 5 proxy (RFC 1928) at `address`, with roads to this machine alone.

    A browser's own way of being offline leaves open sockets open: it is no cut.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._roads: set[asyncio.Task[None]] = set()
        self._whole = True
        self._flows = asyncio.Event()
        self._sockets = Sockets.PASS
        self._server = self._do(asyncio.start_server(self._arrived, "127.0.0.1", 0))
        self.address = f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self.mend()

    def cut(self) -> None:
        """Every connection breaks at once, and none can be made."""
        self._do(self._change(whole=False, flows=True))

    def swallow(self) -> None:
        """A black hole: connections stay and are made, but nothing comes through, and nobody is told."""
        self._do(self._change(whole=True, flows=False))

    def treat_sockets(self, how: Sockets) -> None:
        """Every connection breaks at once; then all is well but for new sockets."""
        self.cut()
        self._sockets = how
        self.mend()

    def mend(self) -> None:
        """All is well. What was swallowed arrives late where both ends still wait for it, as TCP has it."""
        self._do(self._change(whole=True, flows=True))

    def end(self) -> None:
        self._do(self._end())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _change(self, *, whole: bool, flows: bool) -> None:
        self._whole = whole
        (self._flows.set if flows else self._flows.clear)()
        for road in () if whole else self._roads:
            road.cancel()

    async def _end(self) -> None:
        self._server.close()
        await self._change(whole=False, flows=True)
        await asyncio.gather(*self._roads, return_exceptions=True)

    def _arrived(self, here: StreamReader, back: StreamWriter) -> None:
        road = self._loop.create_task(self._road(here, back))
        self._roads.add(road)
        road.add_done_callback(self._roads.discard)

    async def _road(self, here: StreamReader, back: StreamWriter) -> None:
        ends = [back]
        try:
            if self._whole and (port := await _accept(here, back)):
                there, onward = await asyncio.open_connection("127.0.0.1", port)
                ends.append(onward)
                await asyncio.gather(self._carry(here, onward, back), self._carry(there, back))
        except (OSError, EOFError):
            return  # an end has left
        finally:
            for end in ends:
                end.transport.abort()

    async def _carry(self, source: StreamReader, target: StreamWriter, back: StreamWriter | None = None) -> None:
        """`back` is where the source is answered, if it is a browser that may ask for a socket."""
        while data := await source.read(65536):
            await self._flows.wait()
            if back and self._sockets is not Sockets.PASS and UPGRADE in data.lower():
                return await self._stop_socket(data, source, target, back)
            target.write(data)
            await target.drain()
        return target.write_eof()

    async def _stop_socket(
        self, request: bytes, source: StreamReader, target: StreamWriter, back: StreamWriter
    ) -> None:
        if self._sockets is Sockets.MUTE:
            target.write(request)
        back.write(ANSWERS.get(self._sockets, b""))
        while await source.read(65536):
            pass  # what is said on the socket goes no further


async def _accept(here: StreamReader, back: StreamWriter) -> int | None:
    """The port on this machine that is asked for; None if it is another machine's."""
    _, methods = await here.readexactly(2)
    await here.readexactly(methods)
    back.write(NO_LOGIN)
    *_, kind, length = await here.readexactly(5)
    if kind != NAMED or await here.readexactly(length) != b"localhost":
        return None  # a browser has errands of its own
    back.write(AGREED)
    return int.from_bytes(await here.readexactly(2))


@contextmanager
def networks() -> Iterator[Callable[[], Network]]:
    """A maker of networks, which are there until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made: list[Network] = []

    def make() -> Network:
        made.append(Network(loop))
        return made[-1]

    try:
        yield make
    finally:
        for network in made:
            network.end()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
