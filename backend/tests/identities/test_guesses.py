"""Guessing is slowed, by account and by address, and remembering it takes no more room than it may."""

import pytest

from tests.identities.kit import EMAIL, Browser, World, landed
from uconnect.identities.builtin import guesses
from uconnect.identities.builtin.guesses import ACCOUNT, ADDRESS, Guesses


def test_a_few_tries_at_an_account_are_free_then_it_takes_time() -> None:
    tries = Guesses()
    assert [tries.wait("a", f"198.51.100.{n}", 0) for n in range(ACCOUNT.burst)] == [0] * ACCOUNT.burst
    assert tries.wait("a", "203.0.113.1", 0) == ACCOUNT.every
    assert tries.wait("b", "203.0.113.1", 0) == 0, "other accounts are free"


def test_who_waits_as_told_gets_in_though_others_asked_meanwhile() -> None:
    tries = Guesses()
    for _ in range(ACCOUNT.burst):
        tries.wait("a", "198.51.100.1", 0)
    assert tries.wait("a", "198.51.100.1", 1) == ACCOUNT.every - 1
    assert tries.wait("a", "198.51.100.1", ACCOUNT.every) == 0
    assert tries.wait("a", "198.51.100.1", ACCOUNT.every) > 0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    tries = Guesses()
    for _ in range(ACCOUNT.burst):
        tries.wait("a", "198.51.100.1", 36_000)
    assert tries.wait("a", "198.51.100.1", 36_000) == ACCOUNT.every
    assert [tries.wait("a", "198.51.100.1", 0) for _ in range(ACCOUNT.burst)] == [0] * ACCOUNT.burst
    assert tries.wait("a", "198.51.100.1", 0) == ACCOUNT.every


def test_an_address_is_slowed_over_all_accounts() -> None:
    tries = Guesses()
    for n in range(ADDRESS.burst):
        assert tries.wait(f"person{n}", "198.51.100.1", 0) == 0
    assert tries.wait("one more", "198.51.100.1", 0) == ADDRESS.every
    assert tries.wait("one more", "198.51.100.2", 0) == 0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:198.51.100.1", "::ffff:198.51.100.2", False),
        ("a unix socket", "a unix socket", True),
    ],
)
def test_all_addresses_of_one_ipv6_customer_count_as_one(first: str, second: str, same: bool) -> None:
    tries = Guesses()
    for n in range(ADDRESS.burst):
        tries.wait(f"person{n}", first, 0)
    assert (tries.wait("one more", second, 0) > 0) == same


def test_the_right_password_frees_the_account_and_only_that_try_of_the_address() -> None:
    tries = Guesses()
    for n in range(ADDRESS.burst - 1):
        tries.wait(f"person{n}", "198.51.100.1", 0)
    for _ in range(3):
        assert tries.wait("my own", "198.51.100.1", 0) == 0
        tries.right("my own", "198.51.100.1")
    assert tries.wait("a", "198.51.100.1", 0) == 0
    assert tries.wait("b", "198.51.100.1", 0) > 0


def test_tries_at_thousands_of_names_neither_fill_the_memory_nor_free_the_one_that_is_guessed_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guesses, "REMEMBERED", 100)
    tries = Guesses()
    for _ in range(ACCOUNT.burst):
        tries.wait("a", "198.51.100.1", 0)
    for n in range(1000):
        tries.wait(f"person{n}", f"203.0.113.{n % 250}", 1)
        assert len(tries._forgiven) <= 100
    assert tries.wait("a", "198.51.100.1", 2) > 0


def test_the_page_says_how_long_to_wait_and_does_not_even_look_at_the_password(world: World, browser: Browser) -> None:
    page = browser.authorize()
    for _ in range(ACCOUNT.burst):
        page = browser.submit(page, password="wrong")
        assert page.status_code == 400
    page = browser.submit(page)
    assert page.status_code == 429
    assert "There were too many tries. Wait 10 minutes, then try again." in page.text
    assert f'value="{EMAIL}"' in page.text
    assert page.headers["retry-after"] == "600"
    world.clock.at += 570
    page = browser.submit(page)
    assert "Wait 30 seconds" in page.text
    world.clock.at += 30
    assert "code" in landed(browser.submit(page))


def test_an_unknown_e_mail_is_slowed_just_the_same(browser: Browser) -> None:
    page = browser.authorize()
    for _ in range(ACCOUNT.burst):
        page = browser.submit(page, email="eve@example.org")
    assert browser.submit(page, email=" EVE@example.org").status_code == 429
