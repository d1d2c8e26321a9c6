"""Rate limits: a person who tries too often waits, and a try that was right is given back.

Each limit is kept under a key of a kind and its parts, and each kind in a table of its own. So one kind can neither be
mistaken for another, whatever somebody types, nor be pushed out of memory by another. A stranger can never use up the
limit of somebody who is known.

Tries are counted in memory, letters on the disk. A restart forgives what an attacker had used up, one burst of each
limit, and no attacker can cause one. Counting tries on the disk would cost a write for each guess, which is what an
attacker wants. Forgotten letters would send somebody twice as many.
"""

import hashlib
import ipaddress
import logging
import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from uconnect.domain import rate_limit
from uconnect.domain.rate_limit import RateLimit
from uconnect.oidc_provider.passwords import Lane
from uconnect.oidc_provider.sessions import Device
from uconnect.oidc_provider.settings import (
    EMAIL_CHANGES,
    EMAIL_CHANGES_OF_ACCOUNT,
    OWN_LETTERS,
    UPSTREAM_REQUESTS,
    Limits,
)

REMEMBERED = 20_000  # keys of one kind; beyond it the half that is forgiven soonest is forgotten

ENOUGH = 100  # tries from one network alone, until the operator is told

log = logging.getLogger("uconnect")
ALONE = (
    "the first %d people who tried to sign in or up all came from one address. If a server stands in front of uconnect,"
    " let it send X-Forwarded-For and name its address in PROXIES. If not, limits per address apply to all"
    " people together"
)


class Kind(Enum):
    """What a limit counts. The parts of its key are in brackets."""

    HERE = auto()  # passwords at an account from a network (e-mail, network)
    ACCOUNT = auto()  # passwords at an account from all browsers that are not known there (e-mail)
    DEVICE = auto()  # passwords at an account from a browser that is known there (device, subject)
    SESSION = auto()  # passwords in a session (sid)
    RECOVERY = auto()  # recovery codes of an account, once its password was right, from a network (subject, network)
    LINK = auto()  # passwords behind an invitation's link (its secret)
    NETWORK = auto()  # passwords from a network (network)
    ASKING = auto()  # letters asked for from a network (network)
    LETTERS = auto()  # letters written to an address that let somebody in (e-mail)
    OWN_LETTERS = auto()  # the same, asked for by a browser that is known to the account (device, subject)
    EMAIL_CHANGES = auto()  # codes written to the new address of an account (e-mail)
    EMAIL_CHANGES_OF_ACCOUNT = auto()  # codes that an account asks for to new addresses (subject)
    UPSTREAM = auto()  # ways to another provider that are begun from a network (network)


OWN = {
    Kind.HERE,
    Kind.DEVICE,
    Kind.SESSION,
    Kind.RECOVERY,
    Kind.LINK,
}  # used up only by somebody who knows the secret, or guesses it


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


Charges = Sequence[Charge]


def count(charges: Charges, read: Callable[[Key], int], write: Callable[[Key, int], object], now: float) -> int:
    """Count one try against each of these limits, unless one of them is used up. Returns the seconds to wait, or 0.

    `read` and `write` reach the state of a key (see `rate_limit.admit`); `now` is Unix seconds.
    """
    at = round(now * 1000)
    longest = max((rate_limit.wait(it.allowance, read(it.key), at) for it in charges), default=0)
    if longest == 0:
        for charge in charges:
            due = rate_limit.admit(charge.allowance, read(charge.key), at)
            assert due is not None, "nothing has happened since it was looked at"
            write(charge.key, due)
    return math.ceil(longest / 1000)


class TooManyTries(Exception):
    """A try has to wait, for `wait` seconds. `otherwise` says what can be done instead."""

    def __init__(self, wait: int, otherwise: str = "") -> None:
        super().__init__(wait)
        self.wait = wait
        self.otherwise = otherwise


class Throttle:
    """The tries of one process. `now` is Unix seconds. `crowd` is watched where a server stands in front."""

    def __init__(self, now: Callable[[], float], limits: Limits | None = None, crowd: "Crowd | None" = None) -> None:
        self.limits = limits or Limits()
        self._now = now
        self._crowd = crowd
        self._due: dict[Kind, dict[bytes, int]] = {kind: {} for kind in Kind}

    def take(self, charges: Charges) -> int:
        """Count a try before it is made, so that tries at the same time count too. Returns the seconds to wait, or 0.

        A try that must wait is counted nowhere: a person who waits that long gets in.
        """
        return count(charges, self._read, self._write, self._now())

    def charge(self, charges: Charges, address: str, otherwise: str = "") -> None:
        """Count a try from this address. Raises TooManyTries; `otherwise` says what can be done instead of waiting."""
        if self._crowd:
            self._crowd.note(address)
        if wait := self.take(charges):
            raise TooManyTries(wait, otherwise)

    def used(self, charge: Charge) -> int:
        """How many tries of a limit are not forgiven yet."""
        left = self._read(charge.key) - round(self._now() * 1000)
        return max(0, math.ceil(left / charge.allowance.every))

    def give_back(self, charges: Charges) -> None:
        """Do not count a try that was right. Other people's tries still count, or an attacker could wash guesses away
        by signing in to an account of their own."""
        for charge in charges:
            table, key = self._due[charge.key.kind], charge.key.hashed
            if key in table:
                table[key] = rate_limit.give_back(charge.allowance, table[key])

    def right(self, charges: Charges) -> None:
        """The secret was right: do not count this try, and forget the wrong ones before it.

        Of a limit that others share, only this one try is given back.
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
        """Forget the keys that are forgiven soonest: single tries at thousands of accounts cannot push out the one
        account that is being guessed at."""
        table = self._due[kind]
        if len(table) > REMEMBERED:
            by_guilt = sorted(table.items(), key=lambda item: item[1])
            self._due[kind] = dict(by_guilt[len(by_guilt) // 2 :])


# --- which limits a try counts against --------------------------------------------------------------------------------

# How many tries of a limit may be in use before the next one waits in the lane of suspects. The try that is about to be
# made counts too. A lecture hall of 200 may sign in from one network at one instant, and the lane of suspects has no
# room for it.
UNSUSPECTED = {Kind.HERE: 1, Kind.ACCOUNT: 1, Kind.NETWORK: 250}


def lane(counted: Charges, used: Callable[[Charge], int]) -> Lane:
    """The lane in which a try waits to have its password checked, once the try is counted."""
    if all(charge.key.kind not in UNSUSPECTED for charge in counted):
        return Lane.KNOWN
    throttle = any(used(charge) > UNSUSPECTED[charge.key.kind] for charge in counted if charge.key.kind in UNSUSPECTED)
    return Lane.SUSPECT if throttle else Lane.NEW


def for_stranger(limits: Limits, email: str, address: str) -> Charges:
    """A password, typed in a browser that the account does not know."""
    here = network(address)
    return (
        Charge(Key(Kind.HERE, (email, here)), limits.here),
        Charge(Key(Kind.ACCOUNT, (email,)), limits.account),
        Charge(Key(Kind.NETWORK, (here,)), limits.network),
    )


def for_device(limits: Limits, device: Device) -> Charges:
    """A password, typed in a browser that has signed in to this account before."""
    return (Charge(Key(Kind.DEVICE, (device.id, device.subject)), limits.known),)


def for_session(limits: Limits, sid: str) -> Charges:
    """A password, typed once more in a session."""
    return (Charge(Key(Kind.SESSION, (sid,)), limits.known),)


def for_recovery_code(limits: Limits, subject: str, address: str) -> Charges:
    """A recovery code, typed after the right password."""
    return (Charge(Key(Kind.RECOVERY, (subject, network(address))), limits.known),)


def for_link(limits: Limits, secret: str) -> Charges:
    """A password, typed behind a link from a letter."""
    return (Charge(Key(Kind.LINK, (secret,)), limits.known),)


def for_letter_request(limits: Limits, address: str) -> Charges:
    """A letter, asked for from a browser that no account knows."""
    return (Charge(Key(Kind.ASKING, (network(address),)), limits.network_letters),)


def for_letter(limits: Limits, email: str) -> Charges:
    """A letter to this address that lets somebody in."""
    return (Charge(Key(Kind.LETTERS, (email,)), limits.letters),)


def for_own_letter(device: Device) -> Charges:
    """The same, asked for by a browser that is known to the account: strangers cannot use this up."""
    return (Charge(Key(Kind.OWN_LETTERS, (device.id, device.subject)), OWN_LETTERS),)


def for_email_change(email: str, subject: str) -> Charges:
    """A code for the new address of an account."""
    return (
        Charge(Key(Kind.EMAIL_CHANGES, (email,)), EMAIL_CHANGES),
        Charge(Key(Kind.EMAIL_CHANGES_OF_ACCOUNT, (subject,)), EMAIL_CHANGES_OF_ACCOUNT),
    )


def for_upstream(address: str) -> Charges:
    """A way to another provider, which costs a write."""
    return (Charge(Key(Kind.UPSTREAM, (network(address),)), UPSTREAM_REQUESTS),)


def network(address: str) -> str:
    """The network of an address: an IPv6 customer has a whole /64 to guess from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Crowd:
    """Warns once in the log if everybody comes from one address: then a server in front hides the real ones."""

    def __init__(self) -> None:
        self._first = ""
        self._seen = 0

    def note(self, address: str) -> None:
        """Somebody has tried something from this address."""
        if self._seen >= ENOUGH:
            return
        self._first = self._first or network(address)
        if network(address) != self._first:
            self._seen = ENOUGH  # there are several addresses: nothing is hidden
            return
        self._seen += 1
        if self._seen == ENOUGH:
            log.warning(ALONE, ENOUGH)


# --- letters, counted on the disk -------------------------------------------------------------------------------------


def take_letter(connection: sqlite3.Connection, charges: Charges, now: float) -> bool:
    """Count a letter, unless too many were written. Returns whether it may be written. `now` is Unix seconds."""
    connection.execute("DELETE FROM issuer_letter_limit WHERE due <= ?", (int(now * 1000),))
    return count(charges, partial(_read_letter, connection), partial(_write_letter, connection), now) == 0


def give_back_letter(connection: sqlite3.Connection, charges: Charges) -> None:
    """Do not count a letter: its reader has proved the address."""
    for charge in charges:
        due = _read_letter(connection, charge.key)
        if due:
            _write_letter(connection, charge.key, rate_limit.give_back(charge.allowance, due))


def _read_letter(connection: sqlite3.Connection, key: Key) -> int:
    row = connection.execute(
        "SELECT due FROM issuer_letter_limit WHERE kind = ? AND key = ?", (key.kind.name, key.hashed)
    ).fetchone()
    return int(row[0]) if row else 0


def _write_letter(connection: sqlite3.Connection, key: Key, due: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO issuer_letter_limit (kind, key, due) VALUES (?, ?, ?)", (key.kind.name, key.hashed, due)
    )
