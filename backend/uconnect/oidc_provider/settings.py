"""What the operator sets: the sites that people sign in to, and how often things may be tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from msgspec import Struct

from uconnect.domain.enums import Kind
from uconnect.domain.rate_limit import RateLimit

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000  # ms


@dataclass(frozen=True, slots=True)
class Client:
    """One site, a public client. It may be sent back to its registered addresses only, compared whole.

    `name` is shown on the pages ("School"), `about` is one sentence under "Sign in". `origins` are the scheme, host and
    port of the site's pages: they may read our answers (CORS). `sign_up` says whether anyone may make an account for it
    (else one is invited), whose name is asked for as `asks_name`; only with an address of these `domains` (see
    `email_addresses.is_of_domains`), if there are any. Somebody who comes from a letter lands at `home` with
    the issuer's name: the site then begins to sign in (OpenID Connect Core §4). `needs_passkey` says whether a password
    alone signs nobody in.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    about: str = ""
    home: str = ""
    sign_up: bool = False
    domains: tuple[str, ...] = ()
    asks_name: str = "Your name"
    needs_passkey: bool = False

    @property
    def short(self) -> str:
        """The last word of the id, `user` of `uconnect-user`: it tells the sites' cookies apart."""
        return self.id.rpartition("-")[2]

    @property
    def kind(self) -> Kind:
        """Who signs in on the site."""
        return Kind(self.short)

    @property
    def asked_name(self) -> str:
        """`asks_name` within a sentence."""
        return self.asks_name[:1].lower() + self.asks_name[1:]

    @property
    def landing_origins(self) -> list[str]:
        """Where a form of ours may end up once it has redirected back to the site."""
        homes = [self.home] if self.home else []
        return sorted({origin_of(uri) for uri in (*self.redirect_uris, *self.post_logout_redirect_uris, *homes)})


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a browser writes an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def by_id(clients: Sequence[Client]) -> dict[str, Client]:
    """The clients by id. Raises ValueError if two would share an id or a cookie."""
    table = {client.id: client for client in clients}
    if len({client.short for client in table.values()}) != len(clients):
        raise ValueError("Two clients have the same id, or the same part after the last '-'.")
    return table


class Limits(Struct, frozen=True):
    """The rate limits. docs/decisions/0023 says which attack each of them bounds, and by how much."""

    # Passwords tried at one account from one network. A single attacker spends only this.
    here: RateLimit = RateLimit(every=15 * MINUTE, burst=6)
    # Passwords tried at one account from everywhere, but for browsers that are known there. It bounds all attackers.
    account: RateLimit = RateLimit(every=10 * MINUTE, burst=30)
    # Passwords tried by one browser that is known to the account, in one session, or behind one letter's link.
    known: RateLimit = RateLimit(every=2 * MINUTE, burst=10)
    # Passwords tried from one network at all accounts: a whole university may sit behind one address.
    network: RateLimit = RateLimit(every=6 * SECOND, burst=300)
    # Letters with a code or a link that lets somebody in, written to one address.
    letters: RateLimit = RateLimit(every=HOUR, burst=5)
    # Letters of that kind asked for from one network, for all addresses.
    network_letters: RateLimit = RateLimit(every=10 * SECOND, burst=500)

    @property
    def link_lifetime(self) -> int:
        """The seconds that a letter's link works: twice the longest wait for the next letter.

        So a person who reads the mailbox always has a letter that works, however many letters others have asked for.
        """
        return 2 * max(self.letters.every, HOUR) // 1000


EMAIL_CHANGES = RateLimit(every=6 * HOUR, burst=3)  # codes written to one new address of an account
EMAIL_CHANGES_OF_ACCOUNT = RateLimit(every=HOUR, burst=3)  # codes that one account asks for, to any new address
UPSTREAM_REQUESTS = RateLimit(every=SECOND, burst=1000)  # ways to another provider that one network begins
OWN_LETTERS = RateLimit(every=HOUR, burst=3)  # letters that a browser known to the account asks for
