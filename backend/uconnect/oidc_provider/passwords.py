"""Passwords are kept as argon2id hashes. Hashing never takes more memory or time than the machine can spare.

Hashing runs in processes of low priority, so that people who write meanwhile do not feel it. Known browsers go first,
then new ones, last those that may be guessing.
"""

import asyncio
import base64
import json
import subprocess
import sys
import threading
import unicodedata
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from argon2 import PasswordHasher

from uconnect.oidc_provider import validation
from uconnect.oidc_provider.hashed_secrets import new_secret
from uconnect.oidc_provider.hashing_worker import matches

AT_ONCE = 2  # each takes 64 MiB and about 140 ms
SUSPECTS_AT_ONCE = 1  # of these: who guesses passwords leaves a core to those who write
WORKER = Path(__file__).with_name("hashing_worker.py")

T = TypeVar("T")


def ignore_begun() -> None:
    """For a caller that need not know when its password is looked at."""


class Busy(Exception):
    """Too many people are signing in at this moment; nothing was checked."""


class Lane(IntEnum):
    """Where a request waits. A lane never depends on whether an account exists, or the wait would tell it."""

    KNOWN = 0  # this browser has signed in to this account before
    NEW = 1
    SUSPECT = 2  # there were wrong tries of late, at the account or from the network


# The lane that comes first in each of eight turns; the others follow in their order. So no lane waits for ever.
FIRST = (Lane.KNOWN, Lane.KNOWN, Lane.KNOWN, Lane.NEW, Lane.KNOWN, Lane.KNOWN, Lane.KNOWN, Lane.SUSPECT)

# How many may wait: a lecture hall fits in. Suspects find less room.
WAITING = {Lane.KNOWN: 500, Lane.NEW: 500, Lane.SUSPECT: 64}


class HashingQueue:
    """So many at once, and SUSPECTS_AT_ONCE of the last lane; the others wait in lanes of bounded length. For use from
    one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._suspects = 0  # whose turn has begun
        self._turn = 0
        self._over = False
        self._lanes: dict[Lane, deque[asyncio.Future[None]]] = {lane: deque() for lane in Lane}

    def waiting(self, lane: Lane) -> int:
        return len(self._lanes[lane])

    async def take(self, lane: Lane) -> None:
        """Wait for a turn, which `give_back` ends. Raises Busy if the lane is full, or nobody has a turn any more."""
        if self._over:
            raise Busy
        if self._free > 0 and self._may_begin(lane):
            self._free -= 1
            self._suspects += lane is Lane.SUSPECT
            return
        if len(self._lanes[lane]) >= WAITING[lane]:
            raise Busy
        mine = asyncio.get_running_loop().create_future()
        self._lanes[lane].append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            self._leave(lane, mine)
            raise

    def give_back(self, lane: Lane) -> None:
        """End a turn of a lane, and let the next one in."""
        self._suspects -= lane is Lane.SUSPECT
        following = self._next()
        if following is None:
            self._free += 1
        else:
            following.set_result(None)

    def end(self) -> None:
        """Let nobody else in. Whoever waits gets Busy, and comes back when the server is there again."""
        self._over = True
        for lane in self._lanes.values():
            while lane:
                _end(lane.popleft())

    def _next(self) -> asyncio.Future[None] | None:
        first = FIRST[self._turn % len(FIRST)]
        for lane in (first, *(it for it in Lane if it is not first)):
            if self._lanes[lane] and self._may_begin(lane):
                self._turn += 1
                self._suspects += lane is Lane.SUSPECT
                return self._lanes[lane].popleft()
        return None

    def _may_begin(self, lane: Lane) -> bool:
        return lane is not Lane.SUSPECT or self._suspects < SUSPECTS_AT_ONCE

    def _leave(self, lane: Lane, mine: asyncio.Future[None]) -> None:
        """A caller that stops waiting gives up its place, or its turn if that has just come."""
        if mine in self._lanes[lane]:
            self._lanes[lane].remove(mine)
        elif mine.done() and not mine.cancelled():
            self.give_back(lane)


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(Busy())


class Hashing(Protocol):
    """Both calls block, for as long as a hash takes."""

    def hash(self, password: bytes) -> str: ...

    def matches(self, hashed: str, password: bytes) -> bool: ...

    def close(self) -> None: ...


class InThread:
    """Hashes in the calling thread: for tests, whose hashes cost nothing."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def hash(self, password: bytes) -> str:
        return self._hasher.hash(password)

    def matches(self, hashed: str, password: bytes) -> bool:
        return matches(self._hasher, hashed, password)

    def close(self) -> None:
        """There is nothing to end."""


class InProcesses:
    """Hashes in a process for each calling thread, which is started when it is first needed, or has died."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._parameters = {
            name: getattr(hasher, name) for name in ("time_cost", "memory_cost", "parallelism", "hash_len", "salt_len")
        }
        self._local = threading.local()
        self._all: list[subprocess.Popen[str]] = []

    def hash(self, password: bytes) -> str:
        return str(self._ask({"password": base64.b64encode(password).decode()}))

    def matches(self, hashed: str, password: bytes) -> bool:
        return self._ask({"password": base64.b64encode(password).decode(), "hashed": hashed}) is True

    def close(self) -> None:
        """End the processes. Nothing may be asked meanwhile or after."""
        for process in self._all:
            process.communicate()  # its input ends, and so does it

    def _ask(self, asked: Mapping[str, str]) -> Any:
        line = json.dumps(asked) + "\n"
        answer = self._answer(self._process(), line) or self._answer(self._another(), line)
        return json.loads(answer)

    def _answer(self, process: "subprocess.Popen[str]", line: str) -> str:
        """The answer of the process; empty if it has died."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except BrokenPipeError:
            return ""
        return process.stdout.readline()

    def _process(self) -> "subprocess.Popen[str]":
        found: subprocess.Popen[str] | None = getattr(self._local, "process", None)
        return found or self._another()

    def _another(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-P", str(WORKER), json.dumps(self._parameters)]
        made = subprocess.Popen(  # noqa: S603 - this interpreter and a file of ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it complains of might name what it was asked
            encoding="utf-8",
            # Ctrl-C is for the server, which ends it. It is no session of its own: Linux shares the time between
            # sessions first, and the low priority would count among its own processes only (sched(7), autogroup).
            process_group=0,
        )
        self._local.process = made
        self._all.append(made)
        return made


class Passwords:
    """Hashes and checks passwords, AT_ONCE at a time. The others wait in their lane, or get Busy if it is full.

    A password is normalised first (NFKC), so that it can be typed on any keyboard.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._hashing: Hashing = InThread(hasher) if hasher else InProcesses(self._hasher)
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")  # each waits for a process
        self._queue = HashingQueue(AT_ONCE)
        self._choosing = WeakValueDictionary[str, asyncio.Lock]()  # a lock for each turn
        self._nobodys = self._hasher.hash(new_secret())

    async def hash(self, password: str, lane: Lane = Lane.NEW) -> str:
        """The hash of a password."""
        return await self._run(lane, lambda: self._hashing.hash(_normal(password)))

    async def choose(self, password: str, email: str, name: str = "", *, turn: str) -> str:
        """The hash of a new password, for a person with this address and name. Raises InvalidInput.

        Callers with the same `turn` go one after the other: somebody who chooses without end waits for themselves, and
        fills no place where others sign in. A stranger must not be able to share a turn, as they could share an
        address.
        """
        async with self._choosing.setdefault(turn, asyncio.Lock()):
            return await self._run(
                Lane.NEW, lambda: self._hashing.hash(_normal(validation.password(password, email, name)))
            )

    async def check(
        self, password: str, hashed: str | None, lane: Lane = Lane.NEW, begun: Callable[[], object] = ignore_begun
    ) -> bool:
        """Whether the password has this hash. None (no such account) takes the same work.

        `begun` is called when the turn has come and the password is looked at.
        """
        compared = hashed or self._nobodys  # equal work: leak 14
        right = await self._run(lane, lambda: self._hashing.matches(compared, _normal(password)), begun)
        return right and hashed is not None

    def stale(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def end(self) -> None:
        """Check no more passwords: whoever waits gets Busy."""
        self._queue.end()

    def close(self) -> None:
        """End the threads and processes, once what has begun is done."""
        self._threads.shutdown()
        self._hashing.close()

    async def _run(self, lane: Lane, work: Callable[[], T], begun: Callable[[], object] = ignore_begun) -> T:
        await self._queue.take(lane)
        begun()
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, work)
        # Not `finally`: a caller that left does not stop the thread.
        future.add_done_callback(lambda _: self._queue.give_back(lane))
        return await asyncio.shield(future)


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
