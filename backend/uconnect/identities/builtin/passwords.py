"""Passwords are kept as argon2id hashes, and hashing never takes more memory or time than the machine can spare."""

import asyncio
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakValueDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from uconnect.identities.builtin import opaque, typed

AT_ONCE = 2  # each takes 64 MiB and about 140 ms
WAITING = 32  # the last of them waits some two seconds; beyond that we say so instead

T = TypeVar("T")


class Busy(Exception):
    """Too many people are signing in at this moment; nothing was checked."""


class Passwords:
    """Hash and check passwords in a few threads. A password is normalised first (NFKC), so that it can be typed on
    any keyboard. All raise Busy when WAITING are waiting already."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()  # of those for whom one is being chosen
        self._nobodys = self._hasher.hash(opaque.fresh())

    async def hash(self, password: str) -> str:
        """The hash to keep of a password."""
        return await self._in_thread(lambda: self._hasher.hash(_normal(password)))

    async def choose(self, password: str, email: str, name: str = "", *, turn: str) -> str:
        """The hash to keep of a new password, of someone of whom this is known. Raises Unfit (see typed).

        Those with one `turn` one after the other: who chooses without end waits for themselves, and fills no place
        where others sign in. A turn is nothing that a stranger can take part in, as an address would be.
        """
        async with self._turns.setdefault(turn, asyncio.Lock()):
            return await self._in_thread(lambda: self._hasher.hash(_normal(typed.password(password, email, name))))

    async def check(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one kept. None (no such account) costs the same work: time names nobody."""
        return await self._in_thread(lambda: self._matches(password, kept or self._nobodys)) and kept is not None

    def stale(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _matches(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy
        future = self._threads.submit(work)
        future.add_done_callback(self._leave)  # not `finally`: a caller that left does not stop the thread
        return await asyncio.wrap_future(future)

    def _leave(self, _: Future[T]) -> None:
        self._places.release()


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
