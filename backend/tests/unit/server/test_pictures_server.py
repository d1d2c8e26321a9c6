"""A picture takes long to make; nobody else waits for it, and those who send many wait for each other."""

import asyncio
import threading
from typing import Any

import pytest

from uconnect.api import http
from uconnect.api.operations import OPERATIONS
from uconnect.entrypoints.server.authentication import TokenAuthentication
from uconnect.entrypoints.server.http import HttpHandlers
from uconnect.entrypoints.server.service import ServerService

(SET_PICTURE,) = [operation for operation in OPERATIONS if operation.name == "setPicture"]


class Drawing:
    """Stands in for the making of a picture: it goes on until the test says that it is done."""

    def __init__(self) -> None:
        self.begun, self.done = threading.Semaphore(0), threading.Semaphore(0)
        self.most = 0
        self._at_once = 0

    def __call__(self, *_: Any) -> bool:
        self._at_once += 1
        self.most = max(self.most, self._at_once)
        self.begun.release()
        done = self.done.acquire(timeout=60)
        self._at_once -= 1
        return done


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Drawing:
    drawing = Drawing()
    monkeypatch.setattr(http, "prepare_use_case", drawing)
    return drawing


def test_while_pictures_are_made_others_are_served_and_one_is_made_at_a_time(drawing: Drawing) -> None:
    async def story() -> list[Any]:
        service = ServerService.__new__(ServerService)
        calls = HttpHandlers(service, TokenAuthentication.__new__(TokenAuthentication))
        sent = [asyncio.create_task(calls._prepare(SET_PICTURE, "law", "", "", b"")) for _ in range(3)]
        assert await asyncio.to_thread(drawing.begun.acquire, timeout=60)
        for _ in sent:
            drawing.done.release()  # which we would not come to if the loop had waited
        return list(await asyncio.gather(*sent))

    assert asyncio.run(story()) == [True, True, True]
    assert drawing.most == 1
