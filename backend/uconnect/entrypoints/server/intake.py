"""Passes a connection's bytes to its parser in pieces, one a loop turn, and never while it is held.

A transport hands over up to 256 KB at once. Parsed in one go, that is 40,000 empty pings, and nobody else is served
meanwhile. Here a turn ends after a bounded number of steps. While bytes wait nothing more is read, so the
kernel's buffers hold the sender back and the memory stays flat.
"""

import asyncio
from collections.abc import Callable

from uconnect.entrypoints.server import limits

Parse = Callable[[bytes], int]


class Intake:
    """`parse` takes one piece and returns how many steps of work it was."""

    def __init__(self, transport: asyncio.Transport, parse: Parse, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._parse = parse
        self._loop = loop
        self._waiting = bytearray()
        self._holds: set[str] = set()
        self._next: asyncio.Handle | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._closed = False

    def feed(self, data: bytes) -> None:
        """Take what the transport read, which may be nothing."""
        if self._closed:
            return
        self._waiting += data
        if self._next is None:
            self._turn()

    def hold(self, reason: str, seconds: float | None = None) -> None:
        """Parse and read nothing until the reason is released; by itself after `seconds`, if they are given."""
        self._holds.add(reason)
        self._update_reading()
        if seconds is not None and not self._closed:
            self._forget_timer(reason)
            self._timers[reason] = self._loop.call_later(seconds, self.release, reason)

    def release(self, reason: str) -> None:
        """Go on, unless there is another reason. What waits is parsed in the next pass of the loop."""
        self._forget_timer(reason)
        self._holds.discard(reason)
        self._go_on()

    def close(self) -> bytes:
        """Parse nothing more. Returns what waited."""
        self._closed = True
        for reason in tuple(self._timers):
            self._forget_timer(reason)
        if self._next is not None:
            self._next.cancel()
        left, self._waiting = bytes(self._waiting), bytearray()
        return left

    def _turn(self) -> None:
        self._next = None
        steps = size = 0
        while self._waiting and not self._holds and steps < limits.TURN_STEPS and size < limits.TURN_BYTES:
            piece = bytes(self._waiting[: limits.PIECE])
            del self._waiting[: limits.PIECE]
            size += len(piece)
            steps += self._parse(piece)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and not self._holds and self._next is None:
            self._next = self._loop.call_soon(self._turn)
        self._update_reading()

    def _update_reading(self) -> None:
        if self._closed:
            return
        if self._waiting or self._holds:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _forget_timer(self, reason: str) -> None:
        timer = self._timers.pop(reason, None)
        if timer is not None:
            timer.cancel()
