"""A month of attack on a simulated clock: who knows an address keeps nobody out, and guesses a bounded number of times.

Attackers come from one address, from two and from ten thousand, five times a day: as often as their tries have been
forgiven. Right after them, when all that can be used up is used up, the owner comes: with the browser of every day,
with a new one, with the password forgotten, and signed in already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import httpx
import pytest

from tests.support import sizes
from tests.unit.oidc_provider.provider_attackers import ADDRESSES, OWN, OWN_PASSWORD, Attacker, Tried
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, Browser, World, landed
from uconnect.domain.rate_limit import RateLimit
from uconnect.oidc_provider import throttle
from uconnect.oidc_provider.account_page import RECENT
from uconnect.oidc_provider.settings import Limits
from uconnect.oidc_provider.throttle import Charge, Key, Kind

MONTH, TIMES_A_DAY = 30, 5
DAYS = MONTH if sizes.FULL else 4  # on the last the owner has forgotten the password
PASSWORDS = (PASSWORD, "seven lamps over harbour", "nine quiet bells at noon")
PASSWORDS_EACH_DAY, CODES_EACH_DAY = (
    24 * 6,
    5 * 24,
)  # decision 0023: guesses at one account, from however many addresses
MOST_LETTERS = 5 + 24 + 8  # a day: those that strangers may ask for, and the owner's own


def most_passwords(days: int) -> int:
    return 30 + days * PASSWORDS_EACH_DAY


def most_codes(days: int) -> int:
    """Five tries at each letter; the owner, who has read one, gets another."""
    return 5 * 5 + days * (CODES_EACH_DAY + 5 * 3)


@dataclass
class Owner:
    """Whose account it is; they read their mailbox, and so does the test."""

    world: World
    home: Browser
    password: str = PASSWORD
    networks: int = 0

    def new_browser(self) -> Browser:
        """A browser that has never been here, from a network that has never been here."""
        self.networks += 1
        return self.world.browser(f"192.0.2.{self.networks % 250}")

    def come(self, day: int, *, forgets: bool) -> None:
        """Each day, in every way there is."""
        self.sign_in_from_usual_browser()
        self.sign_in_elsewhere()
        self.prove_it_once_more()
        if forgets:
            self.forget_the_password(PASSWORDS[day // 10 % 3])

    def sign_in_from_usual_browser(self) -> None:
        answer = self.home.submit(self.home.authorize(prompt="login"), password=self.password)
        assert "code" in landed(answer), "a known browser with the right password, at once"

    def prove_it_once_more(self) -> None:
        self.world.clock.at += RECENT + 1
        asked = self.home.follow(self.home.get(f"/oauth/password?client_id={USER.id}"))
        assert "Confirm it&#39;s you" in asked.text
        answer = self.home.fill(asked, password=self.password)
        assert answer.status_code == 303, "who is signed in already can change the password"

    def sign_in_elsewhere(self) -> None:
        browser = self.new_browser()
        answer = browser.submit(browser.authorize(), password=self.password)
        if answer.status_code == 429:
            self.read_a_letter(browser)
            answer = browser.submit(browser.authorize(), password=self.password)
        assert "code" in landed(answer), "a new browser with the right password, by a letter if need be"

    def forget_the_password(self, password: str) -> None:
        browser = self.new_browser()
        page = self.read_a_letter(browser)
        assert "code" in landed_from_usual_browser(browser.fill(page, password=password))
        self.password = password
        self.sign_in_again(self.home)

    def sign_in_again(self, browser: Browser) -> None:
        """A reset lets the account know no browser but the one it was done in; another comes by the mailbox too."""
        self.read_a_letter(browser)
        assert "code" in landed(browser.submit(browser.authorize(), password=self.password))

    def read_a_letter(self, browser: Browser) -> httpx.Response:
        """Ask for a letter, and use the latest: its code if it is ours, else its link. The page for a new password."""
        before = len(self.world.mail(EMAIL))
        page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
        if len(self.world.mail(EMAIL)) > before:
            return browser.follow(browser.fill(page, code=self.world.code(EMAIL)))
        return follow_link(self.world, browser, EMAIL)


def landed_from_usual_browser(answer: httpx.Response) -> dict[str, str]:
    """Where a reset leads: to the site's request, or from a letter to its first page."""
    home = answer.headers.get("location", "").startswith("http://localhost:8001/?iss=")
    return {"code": "the site asks for it"} if home else landed(answer)


def follow_link(world: World, browser: Browser, to: str) -> httpx.Response:
    """Follow the link in the latest letter to an address."""
    page = browser.open_link(world.link(to), USER)
    assert page.status_code == 200, page.text
    return browser.follow(browser.fill(page))


@dataclass
class Month:
    """The story, day by day."""

    world: World
    days: int = DAYS

    def play(self) -> Tried:
        self.world.wait(self.world.create(OWN, OWN_PASSWORD))
        home = self.world.browser()
        home.sign_in()
        owner, counters = Owner(self.world, home), Tried(self.world)
        few = cycle(
            (
                Attacker(self.world, counters, ["203.0.113.1"]),
                Attacker(self.world, counters, ["198.51.100.7", "203.0.113.2"]),  # one is the owner's own, at home
            )
        )
        many = Attacker(self.world, counters, [f"10.{n // 250}.{n % 250}.9" for n in range(ADDRESSES)])
        for day in range(self.days):
            sent = len(self.world.mail(EMAIL))
            for _ in range(TIMES_A_DAY):
                self.world.clock.at += 24 * 3600 / TIMES_A_DAY - (RECENT + 1) / TIMES_A_DAY
                counters.counting = True
                next(few).attack()
                many.attack()
                counters.counting = False
            owner.come(day, forgets=day % 10 == 9 or day == self.days - 1)
            assert len(self.world.mail(EMAIL)) - sent <= MOST_LETTERS, "nobody's mailbox is filled through us"
            assert counters.passwords <= most_passwords(day + 1)
            assert counters.codes <= most_codes(day + 1)
        return counters


def test_a_month_of_attack_keeps_the_owner_out_on_no_day_and_guesses_a_bounded_number_of_times(world: World) -> None:
    counters = Month(world).play()
    assert counters.passwords > most_passwords(DAYS) / 2, "they did try"
    assert counters.codes > most_codes(DAYS) / 4
    assert most_passwords(MONTH) == 4_350
    assert most_codes(MONTH) / 10**8 < 1e-4


# --- planted faults: each must be noticed within the first days ------------------------------------------------------


def by_account_alone(monkeypatch: pytest.MonkeyPatch, _: World) -> None:
    async def charges(self: Any, request: Any, email: str) -> Any:
        return [Charge(Key(Kind.ACCOUNT, (email,)), self.throttle.limits.account)]

    monkeypatch.setattr("uconnect.oidc_provider.sign_in.PasswordCheck.charges", charges)


def no_link_in_a_letter(monkeypatch: pytest.MonkeyPatch, _: World) -> None:
    monkeypatch.setattr(
        "uconnect.oidc_provider.code_page.VerificationLetters._link", lambda *_: "http://localhost:8000/"
    )


def guessing_by_network_alone(_: pytest.MonkeyPatch, world: World) -> None:
    world.limits = Limits(account=RateLimit(every=1, burst=10**6))
    world.start()


def letters_without_end(_: pytest.MonkeyPatch, world: World) -> None:
    world.limits = Limits(letters=RateLimit(every=1, burst=10**6))
    world.start()


def a_session_that_strangers_use_up(monkeypatch: pytest.MonkeyPatch, _: World) -> None:
    monkeypatch.setattr(
        throttle, "for_session", lambda limits, sid: throttle.for_stranger(limits, EMAIL, "203.0.113.1")
    )


@pytest.mark.parametrize(
    "planted",
    [
        by_account_alone,
        no_link_in_a_letter,
        guessing_by_network_alone,
        letters_without_end,
        a_session_that_strangers_use_up,
    ],
)
def test_a_planted_fault_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, planted: Callable[[pytest.MonkeyPatch, World], None]
) -> None:
    planted(monkeypatch, world)
    with pytest.raises(AssertionError):
        Month(world, days=2).play()
