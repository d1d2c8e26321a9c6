"""One socket of a party: every frame on it must be one that `domain/protocol.py` declares, to the byte."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from uconnect.domain import protocol

PATIENCE = 60.0  # seconds after which a frame that was due has not come
Frame = dict[str, Any]

_declared = msgspec.json.Decoder(protocol.ServerFrame, strict=True)


class SocketClient:
    """A socket, from where a site sits."""

    def __init__(self, connection: ClientConnection, settle: Callable[[], None]) -> None:
        self.connection = connection
        self._wait_until_told = settle

    def hello(self, protocol: int = protocol.PROTOCOL) -> Frame:
        """Greet, as every page does first; what is answered. What others do meanwhile may come before it."""
        self.say({"t": "hello", "protocol": protocol})
        return self.hear_until(t="hello")[-1]

    def say(self, frame: Mapping[str, Any] | str | bytes) -> None:
        """Send a frame, or something that is none."""
        self.connection.send(json.dumps(frame, ensure_ascii=False) if isinstance(frame, Mapping) else frame)

    def receive(self, patience: float = PATIENCE) -> Frame:
        """The next frame."""
        raw = self.connection.recv(timeout=patience)
        assert isinstance(raw, str), "frames are text"
        frame = _declared.decode(raw)
        assert msgspec.json.encode(frame).decode() == raw, "it holds what its type declares, and nothing else"
        heard: Frame = json.loads(raw)
        return heard

    def heard(self) -> list[Frame]:
        """All frames that were on their way, in order: what was done before is what they tell of."""
        self._wait_until_told()
        self.say({"t": "ping"})
        frames = []
        while (frame := self.receive()) != {"t": "pong"}:
            frames.append(frame)
        return frames

    def hear_until(self, **wanted: Any) -> list[Frame]:
        """All frames up to one that has these fields: for what comes in its own time."""
        frames = [self.receive()]
        while not all(frames[-1].get(name) == value for name, value in wanted.items()):
            frames.append(self.receive())
        return frames

    def exchange(self, frame: Mapping[str, Any] | str | bytes) -> Frame:
        """What is answered to a frame."""
        self.say(frame)
        return self.receive()

    def send(self, thread: str, text: str, key: str) -> Frame:
        """Post a message; the answer to it. A worker is told before its first answer that it cannot leave any more."""
        self.say({"t": "send", "key": key, "id": thread, "text": text})
        return self.hear_until(key=key)[-1]

    def last_words(self) -> list[Frame]:
        """What it says until the server closes it."""
        frames = []
        try:
            while True:
                frames.append(self.receive())
        except ConnectionClosed:
            return frames

    def close(self) -> None:
        self.connection.close()


async def greet(connection: AsyncConnection) -> None:
    """`SocketClient.hello`, in an event loop. What comes before the answer is dropped."""
    await connection.send(json.dumps({"t": "hello", "protocol": protocol.PROTOCOL}))
    while json.loads(await connection.recv())["t"] != "hello":
        pass
