"""How often things may be tried here, and how many letters go to one address; an operator may set each."""

from msgspec import Struct

from uconnect.domain.rate_limit import RateLimit

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000  # ms


class Limits(Struct, frozen=True):
    """The allowances. docs/decisions/0023 says which attack each of them bounds, and by how much."""

    # Passwords tried at one account from one network. A single attacker spends only this.
    here: RateLimit = RateLimit(every=15 * MINUTE, burst=6)
    # Passwords tried at one account from everywhere, but for browsers that are known there. It bounds all attackers.
    account: RateLimit = RateLimit(every=10 * MINUTE, burst=30)
    # Passwords tried by one browser that is known to the account, in one session, or behind one letter's link.
    known: RateLimit = RateLimit(every=2 * MINUTE, burst=10)
    # Passwords tried from one network at all accounts: a whole university may sit behind one address.
    network: RateLimit = RateLimit(every=6 * SECOND, burst=300)
    # Codes and links that let somebody in, written to one address. Each of these letters opens the door.
    letters: RateLimit = RateLimit(every=HOUR, burst=5)
    # Letters of that kind asked for from one network, for all addresses.
    network_letters: RateLimit = RateLimit(every=10 * SECOND, burst=500)

    @property
    def link_lifetime(self) -> int:
        """The seconds that a letter's link works: twice as long as the next letter takes at the most.

        So whoever reads the mailbox always has a letter that works, however many letters others have asked for.
        """
        return 2 * max(self.letters.every, HOUR) // 1000


MOVES = RateLimit(every=6 * HOUR, burst=3)  # codes written to one new address of an account
MOVES_OF_ACCOUNT = RateLimit(every=HOUR, burst=3)  # codes that one account asks for, to any new address
OWN_LETTERS = RateLimit(every=HOUR, burst=3)  # letters that a browser known to the account asks for
