"""Hashing is bounded, and the same work for those who have no account."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.identities.kit import CHEAP
from uconnect.identities.builtin.passwords import AT_ONCE, WAITING, Busy, Passwords

FLOOD = AT_ONCE + WAITING + 6


class Counting(PasswordHasher):
    """Counts how many hashes are checked at the same time; each waits for `go`."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.now, self.most, self.checked = 0, 0, 0
        self.lock, self.go = threading.Lock(), threading.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        with self.lock:
            self.now, self.checked = self.now + 1, self.checked + 1
            self.most = max(self.most, self.now)
        self.go.wait(10)
        with self.lock:
            self.now -= 1
        return super().verify(hash, password)


def test_what_is_kept_is_not_the_password_and_opens_with_it() -> None:
    async def story() -> None:
        passwords = Passwords(CHEAP)
        kept = await passwords.hash("open sesame")
        assert kept.startswith("$argon2id$")
        assert "sesame" not in kept
        assert await passwords.check("open sesame", kept)
        assert not await passwords.check("open barley", kept)
        assert not await passwords.check("open sesame", "not a hash")

    asyncio.run(story())


def test_no_account_costs_a_hash_too_and_opens_with_nothing() -> None:
    async def story() -> None:
        hasher = Counting()
        hasher.go.set()
        passwords = Passwords(hasher)
        assert not await passwords.check("open sesame", None)
        assert hasher.checked == 1

    asyncio.run(story())


def test_who_chooses_passwords_without_end_leaves_room_for_those_who_sign_in() -> None:
    async def story() -> None:
        hasher = Counting()
        hasher.go.set()
        passwords = Passwords(hasher)
        flood = [
            asyncio.create_task(passwords.choose("seven lamps over harbour", "ada@x", turn="ada")) for _ in range(FLOOD)
        ]
        await asyncio.sleep(0)
        assert not await passwords.check("open sesame", None)
        assert len(await asyncio.gather(*flood)) == FLOOD, "each is answered in its turn"

    asyncio.run(story())


def test_two_are_hashed_at_once_a_few_wait_and_the_next_is_told_so() -> None:
    async def story() -> None:
        hasher = Counting()
        passwords = Passwords(hasher)
        inside = [asyncio.create_task(passwords.check("x", None)) for _ in range(AT_ONCE + WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await passwords.check("x", None)
        hasher.go.set()
        assert await asyncio.gather(*inside) == [False] * len(inside)
        assert hasher.most <= AT_ONCE
        assert not await passwords.check("x", None), "there is room again"

    asyncio.run(story())


def test_who_stops_waiting_gives_the_place_back() -> None:
    async def story() -> None:
        hasher = Counting()
        passwords = Passwords(hasher)
        inside = [asyncio.create_task(passwords.check("x", None)) for _ in range(AT_ONCE + WAITING)]
        await asyncio.sleep(0)
        inside[-1].cancel()
        await asyncio.gather(inside[-1], return_exceptions=True)
        last = asyncio.create_task(passwords.check("x", None))
        hasher.go.set()
        assert not await last

    asyncio.run(story())
