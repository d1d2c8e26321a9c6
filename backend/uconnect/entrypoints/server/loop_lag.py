"""Measures how late the event loop is: whoever waits for it waits as long."""

import asyncio

from uconnect.entrypoints.server.durations import Durations

EVERY = 0.5  # seconds between two looks


class LoopLag:
    """How late the loop was at each look."""

    def __init__(self) -> None:
        self.durations = Durations()

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY
            await asyncio.sleep(EVERY)
            self.durations.add((), max(0.0, loop.time() - due))
