"""Every page of the issuer takes an address in any spelling for the same address."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.email_spellings import NORMAL, ODD, spellings
from tests.unit.oidc_provider.provider_kit import WORKER, Browser, World, landed
from uconnect.oidc_provider.settings import Limits

LONG, OTHER = "four quiet herons wading", "nine slow barges passing"


@pytest.fixture
def known(world: World) -> str:
    """The subject of an account of NORMAL."""
    return world.wait(world.create(NORMAL, LONG))


def sign_in(world: World, email: str, password: str = LONG) -> httpx.Response:
    browser = world.browser()
    return browser.submit(browser.authorize(), email, password)


@pytest.mark.parametrize("written", ODD)
def test_who_signs_up_in_one_spelling_signs_in_in_all(written: str, world: World, browser: Browser) -> None:
    page = browser.fill(browser.ask("sign-up"), name="Zoë", email=written, password=LONG)
    browser.fill(browser.follow(page), code=world.code(NORMAL))
    for each in (NORMAL, *ODD):
        assert "code" in landed(sign_in(world, each)), each


@given(spellings())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_spelling_signs_in(world: World, written: str) -> None:
    world.wait(_once(world))
    assert "code" in landed(sign_in(world, written))


async def _once(world: World) -> None:
    if await world.issuer.accounts.check(NORMAL, LONG) is None:
        await world.create(NORMAL, LONG)


@pytest.mark.parametrize("written", ODD)
def test_an_address_that_has_an_account_signs_up_for_no_second_one(
    written: str, world: World, browser: Browser, known: str
) -> None:
    browser.fill(browser.ask("sign-up"), name="Zoë", email=written, password=OTHER)
    assert [it.subject for it in world.mail(NORMAL)] == ["You already have a uconnect account"]


@pytest.mark.parametrize("written", ODD)
def test_a_forgotten_password_is_chosen_anew_in_any_spelling(
    written: str, world: World, browser: Browser, known: str
) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=written))
    page = browser.follow(browser.fill(page, code=world.code(NORMAL)))
    browser.fill(page, password=OTHER)
    assert "code" in landed(sign_in(world, written, OTHER))


@pytest.mark.parametrize("written", ODD)
def test_another_address_is_taken_in_its_normal_form_and_only_once(
    written: str, world: World, browser: Browser
) -> None:
    browser.sign_in()
    page = browser.get("/oauth/email?client_id=uconnect-user")
    browser.fill(browser.follow(browser.fill(page, email=written)), code=world.code(NORMAL))
    assert world.email_changes == [(world.subject, "ada@example.org", NORMAL)]
    page = browser.get("/oauth/email?client_id=uconnect-user")
    assert "This is already your address" in browser.fill(page, email=written).text


@pytest.mark.parametrize("written", ODD)
def test_who_is_invited_in_one_spelling_has_the_account_of_all(written: str, world: World, browser: Browser) -> None:
    link = world.database.write(lambda c: world.issuer.invitation(c, written, WORKER.id, "Wanda"))
    browser.fill(browser.open_link(link, WORKER), password=LONG)
    for each in (NORMAL, *ODD):
        assert "code" in landed(sign_in(world, each)), each


def test_guesses_in_different_spellings_are_guesses_at_one_account(world: World, known: str) -> None:
    for written in ODD:
        assert sign_in(world, written, "wrong").status_code == 400
    assert sign_in(world, NORMAL).status_code == 429


def test_letters_to_different_spellings_are_letters_to_one_address(world: World, known: str) -> None:
    for written in (NORMAL, *ODD):
        browser = world.browser()
        assert browser.fill(browser.ask("forgot"), email=written).status_code == 303
    assert len(ODD) >= Limits().letters.burst
    assert len(world.mail(NORMAL)) == Limits().letters.burst


@pytest.mark.parametrize("written", ODD)
def test_a_known_browser_is_known_by_every_spelling(written: str, world: World, known: str, browser: Browser) -> None:
    landed(browser.submit(browser.authorize(), NORMAL, LONG))
    for number in range(Limits().account.burst + 1):
        stranger = world.browser(f"198.18.{number}.1")
        stranger.submit(stranger.authorize(), NORMAL, "wrong")
    assert sign_in(world, written).status_code == 429
    assert "code" in landed(browser.submit(browser.authorize(prompt="login"), written, LONG))
