"""What the histories have found in the product, kept as short stories: each was a fault once."""

import asyncio
from typing import Any, cast

import msgspec
import pytest
from starlette.websockets import WebSocket

from tests.support.sample_university import ANN, SCHOOL, WENDY, SampleUniversity, offload, on_thread, raise_
from tests.support.screen import Screen, differences, fresh_load
from tests.support.world import World, home
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.enums import Kind
from uconnect.domain.usecases import threads
from uconnect.entrypoints.server.frame_passes import FramePasses
from uconnect.entrypoints.server.service import ServerService
from uconnect.entrypoints.server.socket_session import SocketSession
from uconnect.entrypoints.server.websocket_connection import AsgiConnection

HOUR = 3_600_000


@pytest.fixture
def university() -> Any:
    with home("memory") as kept:
        yield SampleUniversity(kept).create()


def test_a_clock_set_back_stops_nobody(university: SampleUniversity) -> None:
    """What was used up an hour from now is not waited for: after each jump all of the allowance is there."""
    for _ in range(4):
        university.raised()
        university.home.time.now -= HOUR
    assert university.run(raise_())


def test_an_offload_said_again_after_the_end_is_answered_as_the_first_time(university: SampleUniversity) -> None:
    """The answer was lost and the thread terminated meanwhile: it is with the worker, and the school is told so."""
    case = university.raised()
    case.offload(WENDY)
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert university.run(offload(case.id(SCHOOL), WENDY)) is not None


class OneFrame:
    """A WebSocket on which one frame comes in. It is closed once something was sent."""

    def __init__(self, frame: Any) -> None:
        self._frames = [{"type": "websocket.receive", "text": msgspec.json.encode(frame).decode()}]
        self.heard: list[Any] = []
        self._over = asyncio.Event()

    async def receive(self) -> dict[str, str]:
        if not self._frames:
            await self._over.wait()
            return {"type": "websocket.disconnect"}
        return self._frames.pop(0)

    async def send_text(self, text: str) -> None:
        self.heard.append(msgspec.json.decode(text))
        self._over.set()

    async def close(self, _: int) -> None: ...


def test_who_reads_on_the_only_device_hears_its_mark() -> None:
    """The socket that says `seen` has no other answer: without the mark its rows stay unread till they are loaded."""
    with home("sqlite") as kept:
        world = World(kept)
        ann, arts = world.newcomer(Kind.USER, "Ann"), world.newcomer(Kind.SCHOOL, "Arts")
        raised = {"key": "key-of-the-story", "school": arts, "subject": "A question", "text": "Hello"}
        world.call(ann, "POST /api/threads", raised)
        screen = Screen(world, arts)
        (id,) = screen.view.rows
        service = ServerService(cast(SqliteStore, kept.store), Sockets())

        async def read() -> list[Any]:
            only = OneFrame({"t": "seen", "id": id, "seq": 1, "theirs": 1})
            session = SocketSession(arts, FramePasses(service))
            service.sockets.add(arts, session)
            async with asyncio.timeout(20):
                await AsgiConnection(cast(WebSocket, only)).serve(session)
            return only.heard

        for frame in asyncio.run(read()):
            screen.view.apply_frame(frame)
        assert screen.view.read(id) == 1
        assert differences(screen.view, fresh_load(world, arts)) == []
