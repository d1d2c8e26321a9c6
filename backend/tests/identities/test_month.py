"""A month of attack on a simulated clock: who knows an address keeps nobody out, and guesses a bounded number of times.

Attackers come from one address, from two and from ten thousand, five times a day: as often as their tries have been
forgiven. Right after them, when all that can be used up is used up, the owner comes: with the browser of every day,
with a new one, with the password forgotten, and signed in already.
"""

import re
from dataclasses import dataclass
from itertools import cycle

import httpx
import pytest

from tests.identities.attackers import ADDRESSES, OWN, OWN_PASSWORD, Attacker, Tally
from tests.identities.kit import EMAIL, PASSWORD, USER, Browser, World, landed
from uconnect.identities.builtin.mine import RECENT

DAYS, TIMES_A_DAY = 30, 5
PASSWORDS = (PASSWORD, "seven lamps over harbour", "nine quiet bells at noon")
MOST_PASSWORDS = 30 + DAYS * 24 * 6  # decision 0023: guesses in a month at one account, from however many addresses
MOST_CODES = 5 * (5 + DAYS * 24)
MOST_LETTERS = 5 + 24 + 3  # a day


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

    def come(self, day: int) -> None:
        """Each day, in every way there is."""
        self.sign_in_at_home()
        self.prove_it_once_more()
        self.sign_in_elsewhere()
        if day % 10 == 9:
            self.forget_the_password(PASSWORDS[day // 10 % 3])

    def sign_in_at_home(self) -> None:
        answer = self.home.submit(self.home.authorize(prompt="login"), password=self.password)
        assert "code" in landed(answer), "a known browser with the right password, at once"

    def prove_it_once_more(self) -> None:
        self.world.clock.at += RECENT + 1
        asked = self.home.follow(self.home.get(f"/oauth/password?client_id={USER.id}"))
        assert "Is it you?" in asked.text
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
        assert "code" in landed_at_home(browser.fill(page, password=password))
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


def landed_at_home(answer: httpx.Response) -> dict[str, str]:
    """Where a reset leads: to the site's request, or from a letter to its first page."""
    home = answer.headers.get("location", "").startswith("http://localhost:8001/?iss=")
    return {"code": "the site asks for it"} if home else landed(answer)


def follow_link(world: World, browser: Browser, to: str) -> httpx.Response:
    """Follow the link in the latest letter to an address."""
    found = re.search(r"http://localhost:8000(/oauth/letter\S+)", world.mail(to)[-1].text)
    assert found, world.mail(to)[-1]
    page = browser.get(found[1])
    assert page.status_code == 200, page.text
    return browser.follow(browser.fill(page))


@dataclass
class Month:
    """The story, day by day."""

    world: World
    days: int = DAYS

    def play(self) -> Tally:
        self.world.wait(self.world.issuer.accounts.create(OWN, OWN_PASSWORD))
        home = self.world.browser()
        home.sign_in()
        owner, tally = Owner(self.world, home), Tally(self.world)
        few = cycle(
            (
                Attacker(self.world, tally, ["203.0.113.1"]),
                Attacker(self.world, tally, ["198.51.100.7", "203.0.113.2"]),  # one is the owner's own, at home
            )
        )
        many = Attacker(self.world, tally, [f"10.{n // 250}.{n % 250}.9" for n in range(ADDRESSES)])
        for day in range(self.days):
            sent = len(self.world.mail(EMAIL))
            for _ in range(TIMES_A_DAY):
                self.world.clock.at += 24 * 3600 / TIMES_A_DAY - (RECENT + 1) / TIMES_A_DAY
                tally.counting = True
                next(few).attack()
                many.attack()
                tally.counting = False
            owner.come(day)
            assert len(self.world.mail(EMAIL)) - sent <= MOST_LETTERS + 3, "nobody's mailbox is filled through us"
        return tally


@pytest.mark.timeout(600)
def test_a_month_of_attack_keeps_the_owner_out_on_no_day_and_guesses_a_bounded_number_of_times(world: World) -> None:
    tally = Month(world).play()
    assert MOST_PASSWORDS / 2 < tally.passwords <= MOST_PASSWORDS, "they did try"
    assert MOST_CODES / 4 < tally.codes <= MOST_CODES
    assert MOST_CODES / 10**8 < 1e-4
