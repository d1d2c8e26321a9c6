"""Who knows a person's address, and works day and night on keeping them out or guessing their way in."""

from collections.abc import Callable
from itertools import count, cycle

import httpx

from tests.unit.oidc_provider.provider_kit import EMAIL, Browser, World
from uconnect.oidc_provider import code_page, email_verification
from uconnect.oidc_provider.hashed_secrets import hash_secret
from uconnect.oidc_provider.passwords import Lane

ADDRESSES = 10_000
GIVES_UP = 2  # refusals one after the other, until the next time
TIRED = 80  # tries that nobody refuses, until the next time
STRANGE = ("reset {}", "code {}", "sign up {}", "move {}", "account {}", "{} 198.51.100.9")
OWN, OWN_PASSWORD = "mallory@example.org", "eleven grey barges drift"


class Tried:
    """What all attackers have tried at one address: passwords that were looked at, codes that a letter told."""

    def __init__(self, world: World) -> None:
        self.passwords = self.codes = 0
        self.counting = False
        self._count_passwords(world)

    def _count_passwords(self, world: World) -> None:
        check = world.issuer.accounts.check

        async def counted(email: str, password: str, lane: Lane, begun: Callable[[], object]) -> object:
            self.passwords += self.counting and email == EMAIL
            return await check(email, password, lane, begun)

        world.issuer.accounts.check = counted  # type: ignore[assignment, method-assign]

    def count_code(self, sent: bool) -> None:
        self.codes += self.counting and sent


class Attacker:
    """A browser that comes from another address as often as it likes."""

    def __init__(self, world: World, counters: Tried, addresses: list[str]) -> None:
        self.world, self.tried = world, counters
        self.browser = Browser(world, addresses[0])
        self._addresses, self._turn, self._guess = addresses, count(), count()
        self._strange = cycle(STRANGE)
        self._sign_in = self.browser.authorize(prompt="login")

    def hop(self) -> None:
        """Come from the next address."""
        address = self._addresses[next(self._turn) % len(self._addresses)]
        self.browser.http._transport.client = (address, 50000)  # type: ignore[attr-defined]

    def attack(self) -> None:
        """Everything that can be tried at one address, until it is refused."""
        self.guess_passwords(EMAIL)
        self.wash()
        self.guess_passwords(EMAIL)
        self.try_password(next(self._strange).format(EMAIL))
        for page in ("forgot", "forgot", "sign-up") if len(self._addresses) == ADDRESSES else ("forgot",):
            self.guess_codes(page)

    def guess_passwords(self, email: str) -> None:
        refused = tried = 0
        while refused < GIVES_UP and tried < TIRED:
            refused = refused + 1 if self.try_password(email).status_code == 429 else 0
            tried += 1

    def try_password(self, email: str) -> httpx.Response:
        self.hop()
        return self.browser.submit(self._sign_in, email, f"guess {next(self._guess)}")

    def wash(self) -> None:
        """Sign in to an own account, in the hope that this gives guesses back."""
        self.hop()
        self.browser.submit(self._sign_in, OWN, OWN_PASSWORD)

    def guess_codes(self, page: str) -> None:
        """Ask for a letter to the address, guess at its code, and ask for another."""
        self.hop()
        fields = {"name": "Mallory", "email": EMAIL, "password": OWN_PASSWORD}
        asked = self.browser.fill(self.browser.ask(page), **fields)
        if asked.status_code != 303:
            return
        form = self.browser.follow(asked)
        for _ in range(email_verification.TRIES + 1):
            self.try_code(form)
        self.browser.fill(form, again="1")
        self.try_code(form)

    def try_code(self, form: httpx.Response) -> None:
        self.hop()
        sent = self._was_sent()
        answer = self.browser.fill(form, code=f"{next(self._guess):08}")
        self.tried.count_code(sent and code_page.WRONG in answer.text)

    def _was_sent(self) -> bool:
        ticket = self.browser.http.cookies.get("uconnect_proof_user") or ""
        query = "SELECT letters FROM issuer_email_verification WHERE ticket = ?"
        row = self.world.database.read(lambda c: c.execute(query, (hash_secret(ticket),)).fetchone())
        return bool(row and row[0])
