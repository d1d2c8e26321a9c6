"""New addresses are told as long as the server runs, whatever the disk does in between."""

import asyncio
import sqlite3
from typing import Any, cast

import pytest

from uconnect.adapters.sqlite import Database
from uconnect.oidc_provider import accounts
from uconnect.oidc_provider.accounts import EmailChangeOutbox


class Ailing:
    """A database that cannot be read the first time."""

    def __init__(self) -> None:
        self.reads = 0
        self.read = asyncio.Event()

    async def read_soon(self, _: object) -> list[Any]:
        self.reads += 1
        if self.reads == 1:
            raise sqlite3.OperationalError("disk I/O error")
        self.read.set()
        return []


def test_a_database_that_cannot_be_read_once_is_not_the_end_of_the_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> int:
        ailing = Ailing()
        telling = asyncio.create_task(EmailChangeOutbox(cast(Database, ailing)).run())
        await asyncio.wait([telling, asyncio.create_task(ailing.read.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert not telling.done()
        telling.cancel()
        return ailing.reads

    monkeypatch.setattr(accounts, "RETRY_INTERVAL", 0)
    assert asyncio.run(story()) >= 2
