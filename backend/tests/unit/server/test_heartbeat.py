"""Every socket is visited once a round, and none keeps another from its visit."""

import asyncio

import pytest

from tests.support.polling import poll_async
from uconnect.entrypoints.server import heartbeat
from uconnect.entrypoints.server.heartbeat import Heartbeat


class CountingSocket:
    def __init__(self, *, fails: bool = False) -> None:
        self.times = 0
        self._fails = fails

    def beat(self) -> None:
        self.times += 1
        if self._fails:
            raise OSError


def test_one_socket_that_fails_keeps_no_other_from_its_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TICK", 0.0)

    async def story() -> list[int]:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        beats, visited = (
            Heartbeat(),
            [CountingSocket(fails=True) for _ in range(5)] + [CountingSocket() for _ in range(5)],
        )
        joined = [beats.add(it) for it in visited]
        await poll_async(lambda: all(it.times for it in visited), what="each is visited")
        for visits, it in zip(joined, visited, strict=True):
            visits.discard(it)
        return [it.times for it in visited]

    assert all(asyncio.run(story()))


def test_who_has_left_is_visited_no_more_and_nothing_runs_without_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TICK", 0.0)

    async def story() -> None:
        beats, left = Heartbeat(), CountingSocket()
        beats.add(left).discard(left)
        await poll_async(lambda: beats._timer is None, what="nothing runs")
        assert left.times == 0

    asyncio.run(story())
