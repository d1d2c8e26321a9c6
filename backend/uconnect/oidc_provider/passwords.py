"""Passwords are kept as argon2id hashes, and hashing never takes more memory or time than the machine can spare."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakValueDictionary

from argon2 import PasswordHasher

from uconnect.oidc_provider import hashed_secrets, validation
from uconnect.oidc_provider.hashing import Hashing, InProcesses, InThread
from uconnect.oidc_provider.hashing_queue import Busy, Lane, Turns

__all__ = ["AT_ONCE", "Busy", "Lane", "Passwords"]

AT_ONCE = 2  # each takes 64 MiB and about 140 ms

T = TypeVar("T")


def nothing() -> None:
    """Where nobody needs to know that a password is looked at."""


class Passwords:
    """Hash and check passwords, AT_ONCE at a time; the others wait in their lane, and find out that it is full (Busy).

    A password is normalised first (NFKC), so that it can be typed on any keyboard.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._hashing: Hashing = InThread(hasher) if hasher else InProcesses(self._hasher)
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")  # each waits for a process
        self._turns = Turns(AT_ONCE)
        self._choosing = WeakValueDictionary[str, asyncio.Lock]()  # of those for whom one is being chosen
        self._nobodys = self._hasher.hash(hashed_secrets.new_secret())

    async def hash(self, password: str, lane: Lane = Lane.NEW) -> str:
        """The hash to keep of a password."""
        return await self._run(lane, lambda: self._hashing.hash(_normal(password)))

    async def choose(self, password: str, email: str, name: str = "", *, turn: str) -> str:
        """The hash to keep of a new password, of someone of whom this is known. Raises Unfit (see typed).

        Those with one `turn` one after the other: who chooses without end waits for themselves, and fills no place
        where others sign in. A turn is nothing that a stranger can take part in, as an address would be.
        """
        async with self._choosing.setdefault(turn, asyncio.Lock()):
            return await self._run(
                Lane.NEW, lambda: self._hashing.hash(_normal(validation.password(password, email, name)))
            )

    async def check(
        self, password: str, kept: str | None, lane: Lane = Lane.NEW, begun: Callable[[], object] = nothing
    ) -> bool:
        """Whether the password is the one kept. None (no such account) costs the same work: time names nobody.

        `begun` is called when the turn has come and the password is looked at.
        """
        right = await self._run(lane, lambda: self._hashing.matches(kept or self._nobodys, _normal(password)), begun)
        return right and kept is not None

    def stale(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def end(self) -> None:
        """Check no more: those who wait are told Busy."""
        self._turns.end()

    def close(self) -> None:
        """End what hashes, once what has begun is done."""
        self._threads.shutdown()
        self._hashing.close()

    async def _run(self, lane: Lane, work: Callable[[], T], begun: Callable[[], object] = nothing) -> T:
        await self._turns.take(lane)
        begun()
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, work)
        # Not `finally`: a caller that left does not stop the thread.
        future.add_done_callback(lambda _: self._turns.give_back())
        return await asyncio.shield(future)


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
