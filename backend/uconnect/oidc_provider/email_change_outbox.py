"""When an account has another address, the product is told until it has heard: also after a crash in between."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable

from uconnect.adapters.sqlite import Database

Changed = Callable[[str, str, str], Awaitable[None]]
AGAIN = 30.0  # seconds
log = logging.getLogger("uconnect")


async def ignore(_subject: str, _old: str, _new: str) -> None:
    """Nobody wants to know."""


class EmailChangeOutbox:
    """Calls `changed(subject, old, new)` for each, in order; once it returns, that move is not told again."""

    def __init__(self, database: Database, changed: Changed = ignore) -> None:
        self._database = database
        self._changed = changed
        self._telling = asyncio.Lock()

    async def run(self) -> None:
        """Tell now, and from time to time what could not be told, until cancelled."""
        while True:
            try:
                await self.tell()
            except sqlite3.Error as error:  # a full disk, say: it shall not be the end of the telling
                log.error("new addresses could not be looked up, and are told again: %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    async def tell(self) -> None:
        """Tell what was not heard yet. What fails is left for the next time, with all that came after it."""
        async with self._telling:
            for number, *move in await self._database.read_soon(_pending):
                try:
                    await self._changed(*move)
                except Exception as error:  # noqa: BLE001 - the move is kept, and the person's address has changed
                    log.error("a new address was not taken over, and is told again: %s", type(error).__name__)
                    return
                await self._database.write_soon(_delivered(number))


def _pending(connection: sqlite3.Connection) -> list[tuple[int, str, str, str]]:
    return connection.execute("SELECT number, subject, old, new FROM issuer_moved ORDER BY number").fetchall()


def _delivered(number: int) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute("DELETE FROM issuer_moved WHERE number = ?", (number,))
