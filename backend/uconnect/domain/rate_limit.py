"""Rate limits as arithmetic: one number, `due`, says how far an allowance is used up.

This is the generic cell rate algorithm (ITU-T I.371), and the only one here: parties, sign-in and connections all use
it. `due` is when the allowance would be whole again. The unit of time is ms, except for connections.
"""

from msgspec import Struct


class RateLimit(Struct, frozen=True):
    """One thing each `every` units of time, `burst` of them at once."""

    every: int
    burst: int


SEND = RateLimit(every=250, burst=40)  # a (thread, side): four a second for ever, forty at once
AGAIN = RateLimit(every=250, burst=40)  # the same of repetitions: beyond it they are answered, and told to nobody
# A party, over HTTP: ten a second for ever, 300 at once. A site that starts loads a few lists and logs. Whoever times
# answers to learn what they must not know needs thousands a minute (leak 22).
READ = RateLimit(every=100, burst=300)
# A party, over HTTP, beside READ: four a second for ever. Each looks through 100 threads, so a school that searches its
# first 12,000 goes as fast as it is answered.
SEARCH = RateLimit(every=250, burst=120)
RAISE = RateLimit(every=6_000, burst=20)  # a party
INVITE = RateLimit(every=60_000, burst=20)  # a party: each is a mail to a stranger
COMPOSING = RateLimit(every=1_000, burst=40)  # a party: each is told to another's devices
NOTE = RateLimit(every=1_000, burst=40)  # a party
PICTURE = RateLimit(every=60_000, burst=10)  # a party: each is decoded here
PROFILE = RateLimit(every=2_000, burst=30)  # a party: each is told to all its devices, a school's to its workers too
# A school: each change is told to all its devices and its workers'. It may bring all that it can save at once.
SAVED_REPLY = RateLimit(every=2_000, burst=100)
SNOOZE = RateLimit(every=1_000, burst=60)  # a party: each is told to all its devices
HIDE = RateLimit(every=1_000, burst=60)  # a school: each is told to all its devices, and to a worker's
SIGN_OUT = RateLimit(every=60_000, burst=10)  # a party: each closes all its sockets
TICKET = RateLimit(every=1_000, burst=60)  # a party, all its tabs together
SCHOOLS_LETTERS = RateLimit(
    every=8 * 3_600_000, burst=3
)  # an address and a school that invites it: fewer than all have
INVITATION_LETTERS = RateLimit(every=4 * 3_600_000, burst=5)  # an address, whichever schools invite it


def excess(allowance: RateLimit, due: int, now: int, units: int = 1) -> int:
    """The time until `units` more are within the allowance; 0 if they are at `now`."""
    return max(due - now - allowance.every * (allowance.burst - units), 0)


def spend(allowance: RateLimit, due: int, now: int, units: int = 1) -> int:
    """The new `due` when `units` more are used, allowed or not."""
    return max(due, now) + allowance.every * units


def wait(allowance: RateLimit, due: int, now: int) -> int:
    """The time until one more is allowed; 0 if one is allowed at `now`.

    A `due` further off than all of the allowance was written before the clock was set back: it is ignored.
    """
    return 0 if due > now + allowance.every * allowance.burst else excess(allowance, due, now)


def admit(allowance: RateLimit, due: int, now: int) -> int | None:
    """The new `due` if one more is allowed at `now`, else None: `wait` and `spend` in one step, at each send."""
    every = allowance.every
    whole = now + every * allowance.burst
    due = (now if due > whole or due < now else due) + every
    return due if due <= whole else None


def give_back(allowance: RateLimit, due: int) -> int:
    """The new `due` when one that was counted shall not count after all."""
    return due - allowance.every
