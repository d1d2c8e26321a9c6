"""Guessing is slowed, never stopped: a few wrong tries at once, then one in a while, in a bounded memory."""

import hashlib
import ipaddress
import math
from dataclasses import dataclass

from uconnect.identities.builtin.turns import Lane


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` tries at once, then one every `every` seconds."""

    burst: int
    every: float


ACCOUNT = Pace(burst=6, every=600)  # about 150 guesses a day at one account
ADDRESS = Pace(burst=60, every=6)  # a whole university may sit behind one address

SUSPECT = 20  # tries of one network that are not forgiven yet: those that follow hash last
REMEMBERED = 20_000  # numbers; then the least guilty half is forgotten


class Guesses:
    """The tries of late, by account and by address. Each is one number: when its tries will all be forgiven."""

    def __init__(self) -> None:
        self._forgiven: dict[bytes, float] = {}

    def wait(self, email: str, address: str, now: float) -> int:
        """Count a try before it is made, so that tries at the same time count too. The seconds to wait (0 = go on).

        A try that must wait is not counted: who waits as told gets in.
        """
        keys = _keys(email, address)
        longest = max(self._over(key, pace, now) for key, pace in keys)
        if longest <= 0:
            for key, pace in keys:
                self._forgiven[key] = max(self._due(key, pace, now), now) + pace.every
            self._make_room()
        return math.ceil(max(longest, 0))

    def lane(self, email: str, address: str, now: float) -> Lane:
        """Where somebody waits whose try was just counted."""
        account, network = (self._tries(key, pace, now) for key, pace in _keys(email, address))
        return Lane.SUSPECT if account > 1 or network > SUSPECT else Lane.NEW

    def right(self, email: str, address: str) -> None:
        """The try was no guess: forget the account's tries, and this one of the address.

        Not all of the address's: an attacker could sign in to an account of their own between guesses.
        """
        (account, _), (place, pace) = _keys(email, address)
        self._forgiven.pop(account, None)
        if place in self._forgiven:
            self._forgiven[place] -= pace.every

    def _make_room(self) -> None:
        """Forget those that are forgiven soonest: single tries at thousands of names cannot push out the account that
        is really being guessed at."""
        if len(self._forgiven) > REMEMBERED:
            by_guilt = sorted(self._forgiven.items(), key=lambda item: item[1])
            self._forgiven = dict(by_guilt[len(by_guilt) // 2 :])

    def _tries(self, key: bytes, pace: Pace, now: float) -> int:
        """How many are not forgiven yet."""
        return math.ceil((self._due(key, pace, now) - now) / pace.every)

    def _over(self, key: bytes, pace: Pace, now: float) -> float:
        return self._due(key, pace, now) - now - (pace.burst - 1) * pace.every

    def _due(self, key: bytes, pace: Pace, now: float) -> float:
        """When all is forgiven. Later than any number of tries can make it: the clock was set back, and it is void."""
        due = self._forgiven.get(key, now)
        return due if due <= now + pace.burst * pace.every else now


def _keys(email: str, address: str) -> tuple[tuple[bytes, Pace], tuple[bytes, Pace]]:
    """Hashed, so that a long e-mail takes no more room than a short one."""
    return (_key("account", email), ACCOUNT), (_key("address", _network(address)), ADDRESS)


def _key(kind: str, text: str) -> bytes:
    return hashlib.blake2b(f"{kind} {text}".encode(), digest_size=16).digest()


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64 of addresses to guess from: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
