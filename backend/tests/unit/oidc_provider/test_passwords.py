"""Hashing is bounded, and the same work for those who have no account."""

import asyncio
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.unit.oidc_provider.provider_kit import CHEAP
from uconnect.oidc_provider.hashing_worker import NICE
from uconnect.oidc_provider.passwords import AT_ONCE, SUSPECTS_AT_ONCE, WAITING, Busy, Lane, Passwords

FEW = dict.fromkeys(Lane, 5)  # may wait
FLOOD = AT_ONCE + FEW[Lane.NEW] + 6


@pytest.fixture(autouse=True)
def _few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    for lane, many in FEW.items():
        monkeypatch.setitem(WAITING, lane, many)


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
        self.go.wait(60)
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
        inside = [asyncio.create_task(passwords.check("x", None)) for _ in range(AT_ONCE + FEW[Lane.NEW])]
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
        inside = [asyncio.create_task(passwords.check("x", None)) for _ in range(AT_ONCE + FEW[Lane.NEW])]
        await asyncio.sleep(0)
        inside[-1].cancel()
        assert not inside[0].done()
        await asyncio.gather(inside[-1], return_exceptions=True)
        last = asyncio.create_task(passwords.check("x", None))
        hasher.go.set()
        assert not await last

    asyncio.run(story())


def test_who_is_known_here_goes_first_and_who_may_be_guessing_last_but_not_never() -> None:
    async def story() -> list[str]:
        hasher, order = Counting(), list[str]()
        passwords = Passwords(hasher)

        async def check(name: str, lane: Lane) -> None:
            await passwords.check("x", None, lane)
            order.append(name)

        busy = [asyncio.create_task(check("at once", Lane.NEW)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(check(lane.name, lane)) for lane in reversed(Lane) for _ in range(FEW[lane])]
        await asyncio.sleep(0)
        hasher.go.set()
        await asyncio.gather(*busy, *waiting)
        passwords.close()
        return order[AT_ONCE:]

    order = asyncio.run(story())
    assert sum(order.index(name) for name in ("KNOWN", "NEW", "SUSPECT")) > 0
    middle = {lane.name: sum(it for it, name in enumerate(order) if name == lane.name) for lane in Lane}
    assert middle["KNOWN"] < middle["NEW"] < middle["SUSPECT"]
    assert order.index("SUSPECT") < len(order) - FEW[Lane.SUSPECT], "it has a turn now and then"


def test_guessers_fill_their_own_lane_and_leave_room_for_who_is_new() -> None:
    async def story() -> None:
        hasher = Counting()
        passwords = Passwords(hasher)
        guessing = [
            asyncio.create_task(passwords.check("x", None, Lane.SUSPECT))
            for _ in range(SUSPECTS_AT_ONCE + FEW[Lane.SUSPECT])
        ]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await passwords.check("x", None, Lane.SUSPECT)
        new = asyncio.create_task(passwords.check("x", None, Lane.NEW))
        await asyncio.sleep(0)
        hasher.go.set()
        assert not await new
        await asyncio.gather(*guessing)

    asyncio.run(story())


def test_who_waits_when_the_server_stops_is_told_to_come_back() -> None:
    async def story() -> None:
        hasher = Counting()
        passwords = Passwords(hasher)
        tasks = [asyncio.create_task(passwords.check("x", None)) for _ in range(AT_ONCE + 3)]
        await asyncio.sleep(0)
        passwords.end()
        hasher.go.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert outcomes[:AT_ONCE] == [False] * AT_ONCE, "what has begun is finished"
        assert all(isinstance(it, Busy) for it in outcomes[AT_ONCE:])
        with pytest.raises(Busy):
            await passwords.check("x", None)
        passwords.close()

    asyncio.run(story())


def test_passwords_are_hashed_in_processes_of_low_priority_which_are_made_anew_when_they_die() -> None:
    async def story() -> None:
        passwords = Passwords()
        try:
            kept = await passwords.hash("open sesame")
            (worker,) = running(passwords)
            assert os.getsid(worker) == os.getsid(
                0
            )  # sched(7): of another session, its priority would count for nothing
            assert os.getpgid(worker) != os.getpgid(0)
            assert os.getpriority(os.PRIO_PROCESS, worker) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, 19)
            os.kill(worker, signal.SIGKILL)
            for _ in range(AT_ONCE):  # whichever thread has it
                assert await passwords.check("open sesame", kept)
                assert not await passwords.check("open barley", kept)
        finally:
            passwords.close()
        assert running(passwords) == []

    asyncio.run(story())


def running(passwords: Passwords) -> list[int]:
    """The processes that hash for it."""
    tasks = Path("/proc/self/task").iterdir()
    children = [int(pid) for task in tasks for pid in read(task / "children").split()]
    return [pid for pid in children if "hashing_worker" in read(Path(f"/proc/{pid}/cmdline"))]


def read(file: Path) -> str:
    """A file of /proc; nothing, if its task or its process has just ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return file.read_text("utf-8")
    return ""
