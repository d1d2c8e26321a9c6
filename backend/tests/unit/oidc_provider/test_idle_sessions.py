"""With IDLE_SIGN_OUT a session ends at the issuer for want of use, and without it after 30 days."""

import pytest

from tests.unit.oidc_provider.provider_kit import USER, Browser, World
from uconnect.oidc_provider import sessions

IDLE = 26 * 60


@pytest.fixture
def idle(world: World) -> World:
    world.idle = IDLE
    world.start()
    return world


def test_a_session_ends_for_want_of_use_with_its_refresh_token_and_its_cookie(idle: World, browser: Browser) -> None:
    held = browser.tokens()
    idle.clock.at += IDLE
    assert browser.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert "Sign in" in browser.authorize().text
    assert browser.get(f"/oauth/account?client_id={USER.id}").status_code == 303


def test_who_uses_it_stays_signed_in_and_for_30_days_at_the_most(idle: World, browser: Browser) -> None:
    token, began = browser.tokens()["refresh_token"], idle.clock.at
    while idle.clock.at + IDLE - 60 < began + sessions.LIFETIME:
        idle.clock.at += IDLE - 60
        token = browser.refresh(token).json()["refresh_token"]
    idle.clock.at = began + sessions.LIFETIME
    assert browser.refresh(token).status_code == 400


def test_a_session_from_before_the_setting_ends_as_early(world: World, browser: Browser) -> None:
    held = browser.tokens()
    world.idle = IDLE
    world.start()
    world.issuer.shorten_sessions()
    world.clock.at += IDLE
    assert browser.refresh(held["refresh_token"]).status_code == 400


def test_without_the_setting_it_lasts_for_30_days(world: World, browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    for _ in range(3):
        world.clock.at += 9 * 24 * 3600
        token = browser.refresh(token).json()["refresh_token"]
    world.clock.at += 3 * 24 * 3600
    assert browser.refresh(token).status_code == 400


def test_a_session_says_the_day_of_its_last_use_and_no_more(world: World, browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    world.clock.at += 3 * sessions.DAY + 4711
    browser.refresh(token)
    (used,) = world.database.read(lambda c: c.execute("SELECT used FROM issuer_session").fetchone())
    assert used == sessions.day(world.clock.at)
    page = browser.get(f"/oauth/account?client_id={USER.id}").text
    assert 'last used on <time datetime="2027-01-18">18 January 2027</time>' in page


def test_all_others_are_signed_out_and_this_one_stays(world: World, browser: Browser) -> None:
    mine = browser.tokens()
    other = world.browser("203.0.113.9")
    held = other.tokens()
    page = browser.follow(browser.post(f"/oauth/account?client_id={USER.id}", {"others": "1"}))
    assert "All other browsers are signed out." in page.text
    assert other.refresh(held["refresh_token"]).status_code == 400
    assert browser.refresh(mine["refresh_token"]).status_code == 200
