"""Rate limits in memory: who tries too often waits, and a try that was right is given back.

Each limit is kept under a key of a kind and its parts, and each kind in a table of its own. So one kind can neither be
mistaken for another, whatever somebody types, nor be pushed out of memory by another.

The state is not kept over a restart. A restart forgives what an attacker had used up, one burst of each limit, and no
attacker can cause one. Keeping it would cost a write to the disk for each guess, which is what an attacker wants.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from uconnect.domain import rate_limit
from uconnect.domain.rate_limit import RateLimit

REMEMBERED = 20_000  # keys of one kind; beyond it the half that is forgiven soonest is forgotten


class Kind(Enum):
    """What a limit counts. The parts of its key are in brackets."""

    HERE = auto()  # passwords at an account from a network (e-mail, network)
    ACCOUNT = auto()  # passwords at an account from all browsers that are not known there (e-mail)
    DEVICE = auto()  # passwords at an account from a browser that is known there (device, subject)
    SESSION = auto()  # passwords in a session (sid)
    LINK = auto()  # passwords behind an invitation's link (its secret)
    NETWORK = auto()  # passwords from a network (network)
    ASKING = auto()  # letters asked for from a network (network)
    LETTERS = auto()  # letters written to an address that let somebody in (e-mail)
    OWN_LETTERS = auto()  # the same, asked for by a browser that is known to the account (device, subject)
    MOVES = auto()  # codes written to the new address of an account (e-mail)
    MOVES_OF_ACCOUNT = auto()  # codes that an account asks for to new addresses (subject)


OWN = {Kind.HERE, Kind.DEVICE, Kind.SESSION, Kind.LINK}  # nobody uses these up but who knows the secret, or guesses it


@dataclass(frozen=True, slots=True)
class Key:
    """What one limit is about."""

    kind: Kind
    parts: tuple[str, ...]

    @property
    def hashed(self) -> bytes:
        """The parts in a few bytes, so that a long e-mail address takes no more room than a short one.

        Each part is preceded by its length: ("a", "bc") and ("ab", "c") are two keys.
        """
        digest = hashlib.blake2b(digest_size=16)
        for part in self.parts:
            written = part.encode("utf-8", "surrogatepass")
            digest.update(len(written).to_bytes(8, "big") + written)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Charge:
    """One try, counted against one limit."""

    key: Key
    allowance: RateLimit


def count(
    charges: Sequence[Charge], read: Callable[[Key], int], write: Callable[[Key, int], object], now: float
) -> int:
    """Count one try against each of these limits, unless one of them is used up. The seconds to wait (0 = counted).

    `read` and `write` reach the state of a key (see `pace.admit`); `now` is Unix seconds.
    """
    at = round(now * 1000)
    longest = max((rate_limit.wait(it.allowance, read(it.key), at) for it in charges), default=0)
    if longest == 0:
        for charge in charges:
            due = rate_limit.admit(charge.allowance, read(charge.key), at)
            assert due is not None, "nothing has happened since it was looked at"
            write(charge.key, due)
    return math.ceil(longest / 1000)


class Throttle:
    """The limits of one process. `now` is Unix seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._due: dict[Kind, dict[bytes, int]] = {kind: {} for kind in Kind}

    def take(self, charges: Sequence[Charge]) -> int:
        """Count a try before it is made, so that tries at the same time count too. The seconds to wait (0 = go on).

        A try that must wait is counted nowhere: who waits as told gets in.
        """
        return count(charges, self._read, self._write, self._now())

    def used(self, charge: Charge) -> int:
        """How many tries of a limit are not forgiven yet."""
        left = self._read(charge.key) - round(self._now() * 1000)
        return max(0, math.ceil(left / charge.allowance.every))

    def give_back(self, charges: Sequence[Charge]) -> None:
        """The try was right: it does not count. Other people's tries still do, or an attacker could wash guesses away
        by signing in to an account of their own."""
        for charge in charges:
            table, key = self._due[charge.key.kind], charge.key.hashed
            if key in table:
                table[key] = rate_limit.give_back(charge.allowance, table[key])

    def right(self, charges: Sequence[Charge]) -> None:
        """The secret was right: this try counts nowhere, and who made it has all their tries again.

        Of a limit that others share only this one try is given back.
        """
        self.give_back(charges)
        for charge in charges:
            if charge.key.kind in OWN:
                self._due[charge.key.kind].pop(charge.key.hashed, None)

    def _read(self, key: Key) -> int:
        return self._due[key.kind].get(key.hashed, 0)

    def _write(self, key: Key, due: int) -> None:
        self._due[key.kind][key.hashed] = due
        self._make_room(key.kind)

    def _make_room(self, kind: Kind) -> None:
        """Forget the keys that are forgiven soonest: single tries at thousands of accounts cannot push out the one that
        is really being guessed at."""
        table = self._due[kind]
        if len(table) > REMEMBERED:
            by_guilt = sorted(table.items(), key=lambda item: item[1])
            self._due[kind] = dict(by_guilt[len(by_guilt) // 2 :])
