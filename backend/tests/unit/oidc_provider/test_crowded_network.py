"""Hundreds behind one address who do nothing wrong are never made to wait, whoever else sits there."""

import logging

import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, Browser, World, landed
from uconnect.domain.rate_limit import RateLimit
from uconnect.oidc_provider.settings import Limits
from uconnect.oidc_provider.throttle import ENOUGH, Crowd, Throttle

HALL = "198.51.100.7"
SMALL = Limits(network=RateLimit(every=6_000, burst=20), network_letters=RateLimit(every=10_000, burst=20))
MANY = 60  # three times what the hall's address may get wrong


@pytest.fixture
def hall(world: World) -> World:
    """A small hall: a limit of 20 shows as much as one of 500."""
    world.limits = SMALL
    world.start()
    return world


def sign_up(world: World, number: int) -> int:
    """Sign up as somebody new, in a browser of their own."""
    email, browser = f"student{number}@example.org", world.browser(HALL)
    fields = {"name": f"Student {number}", "email": email, "password": "four quiet herons wading"}
    asked = browser.fill(browser.ask("sign-up"), **fields)
    if asked.status_code == 303:
        asked = browser.fill(browser.follow(asked), code=world.code(email))
    return asked.status_code


def sign_in(world: World, password: str = PASSWORD) -> int:
    browser = world.browser(HALL)
    return browser.submit(browser.authorize(), password=password).status_code


def test_a_hall_that_signs_up_one_after_the_other_is_never_made_to_wait(hall: World) -> None:
    assert [sign_up(hall, number) for number in range(MANY)] == [303] * MANY


def test_a_hall_that_signs_in_is_never_made_to_wait(hall: World) -> None:
    assert [sign_in(hall) for _ in range(MANY)] == [303] * MANY


def test_without_refunds_it_would_be_noticed(hall: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Throttle, "give_back", lambda *_: None)  # a planted fault
    assert 429 in [sign_up(hall, number) for number in range(MANY)]
    assert 429 in [sign_in(hall) for _ in range(MANY)]


def test_who_asks_for_letters_to_everybody_is_slowed(hall: World) -> None:
    browser = hall.browser(HALL)
    page = browser.ask("forgot")
    asked = [browser.fill(page, email=f"student{number}@example.org").status_code for number in range(MANY)]
    assert asked == [303] * 20 + [429] * (MANY - 20)


def test_a_known_browser_beside_an_attacker_in_the_hall_is_not_made_to_wait(hall: World) -> None:
    known = hall.browser(HALL)
    known.sign_in()
    attacker = hall.browser(HALL)
    page, forgot = attacker.authorize(), attacker.ask("forgot")
    for number in range(30):
        attacker.submit(page, f"student{number}@example.org", "wrong")
        attacker.fill(forgot, email=f"student{number}@example.org")
    assert sign_in(hall) == 429, "a new browser there must wait, or come by another network"
    assert "code" in landed(known.submit(known.authorize(prompt="login")))
    asked = known.fill(known.ask("forgot"), email=EMAIL)
    assert asked.status_code == 303
    assert known.fill(known.follow(asked), code=hall.code(EMAIL)).status_code == 303


def test_one_letter_read_gives_one_back_and_not_more(hall: World) -> None:
    """Or who has a mailbox of their own would wash away the letters that they send to others."""
    browser = hall.browser(HALL)
    page = browser.ask("forgot")
    for number in range(19):
        browser.fill(page, email=f"student{number}@example.org")
    asked = browser.follow(browser.fill(page, email=EMAIL))
    link = hall.link(EMAIL)
    assert browser.fill(asked, code=hall.code(EMAIL)).status_code == 303
    for _ in range(3):
        browser.fill(browser.open_link(link, USER))
    answers = [browser.fill(page, email=f"other{number}@example.org").status_code for number in range(2)]
    assert answers == [303, 429]


# --- a server in front that hides who comes --------------------------------------------------------------------------


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_an_operator_is_told_once_if_everybody_comes_from_one_address(caplog: pytest.LogCaptureFixture) -> None:
    crowd = Crowd()
    for _ in range(ENOUGH * 3):
        crowd.note("10.0.0.4")
    (told,) = warnings(caplog)
    assert "X-Forwarded-For" in told
    assert "PROXIES" in told
    assert "10.0.0.4" not in told


def test_nobody_is_told_of_addresses_that_differ(caplog: pytest.LogCaptureFixture) -> None:
    crowd = Crowd()
    for number in range(ENOUGH * 3):
        crowd.note("10.0.0.4" if number else "10.0.0.5")
    assert warnings(caplog) == []


@pytest.mark.parametrize(("url", "told"), [("https://help.example", 1), ("http://localhost:8000", 0)])
def test_only_a_server_that_others_reach_says_so(
    world: World, url: str, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    world.url = url
    world.start()
    browser = Browser(world, HALL)
    page = browser.authorize()
    for number in range(ENOUGH):
        browser.submit(page, f"student{number}@example.org")
    assert len(warnings(caplog)) == told
