"""A forgotten password: proved by a code, chosen anew, and everyone else is shut out."""

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, Browser, World, alike, landed
from uconnect.oidc_provider import email_verification

NEW, NOBODY = "seven lamps over harbour", "eve@example.org"


def test_who_forgot_the_password_chooses_another_and_is_signed_in(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=f" {EMAIL.upper()} "))
    page = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    assert 'autocomplete="new-password"' in page.text
    assert "code" in landed(browser.fill(page, password=NEW))
    other = world.browser()
    assert other.submit(other.authorize()).status_code == 400, "the old one is over"
    assert "code" in landed(other.submit(other.authorize(), password=NEW))
    assert world.mail(EMAIL)[-1].subject == "Your password was changed"


def test_it_ends_every_other_session_and_its_refresh_tokens_at_once(world: World, browser: Browser) -> None:
    thief = world.browser()
    held = thief.tokens()
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    page = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    assert thief.refresh(held["refresh_token"]).status_code == 200, "not before"
    browser.fill(page, password=NEW)
    assert thief.refresh(held["refresh_token"]).status_code == 400
    assert "Sign in" in thief.authorize().text


def test_an_unknown_address_is_answered_with_the_same_bytes_and_gets_no_letter(world: World, browser: Browser) -> None:
    other = world.browser()
    known, unknown = (
        browser.fill(browser.ask("forgot"), email=EMAIL),
        other.fill(other.ask("forgot"), email=NOBODY),
    )
    alike(known, unknown)
    pages = browser.follow(known), other.follow(unknown)
    alike(*pages, (NOBODY, EMAIL))
    for _ in range(email_verification.TRIES + 2):
        wrong = f"{(int(world.code(EMAIL)) + 1) % 10**8:08}"
        pages = browser.fill(pages[0], code=wrong), other.fill(pages[1], code=wrong)
        alike(*pages, (NOBODY, EMAIL))
    pages = browser.fill(pages[0], again="1"), other.fill(pages[1], again="1")
    alike(*pages, (NOBODY, EMAIL))
    assert len(world.mail(EMAIL)) == 2
    assert world.mail(NOBODY) == []


def test_without_the_code_no_password_is_chosen(world: World, browser: Browser) -> None:
    page = browser.fill(browser.ask("forgot"), email=EMAIL)
    assert "This took too long" in browser.ask("new-password").text
    browser.follow(page)
    assert browser.post(f"/oauth/new-password?client_id={USER.id}", {"password": NEW}).status_code == 400
    assert "code" in landed(browser.submit(browser.authorize()))


def test_a_password_that_is_easy_to_guess_is_refused_here_too(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    page = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    refused = browser.fill(page, password="password1234")
    assert "easy to guess" in refused.text
    assert "code" in landed(browser.fill(refused, password=NEW)), "and the proof still stands"


def test_a_proof_chooses_one_password_also_for_two_at_once(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    page = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    answers = browser.fill_together(page, page, password=NEW)
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert len([letter for letter in world.mail(EMAIL) if letter.subject == "Your password was changed"]) == 1


def test_it_ends_every_other_code_on_its_way_to_the_account(world: World, browser: Browser) -> None:
    thief = world.browser()
    stolen = thief.follow(thief.fill(thief.ask("forgot"), email=EMAIL))
    code = world.code(EMAIL)
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    browser.fill(browser.follow(browser.fill(page, code=world.code(EMAIL))), password=NEW)
    assert "is already done" in thief.fill(stolen, code=code).text


def test_a_proof_is_good_for_an_hour(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    page = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    world.clock.at += email_verification.LIFETIME
    assert browser.fill(page, password=NEW).status_code == 400
    assert "code" in landed(browser.submit(browser.authorize(), password=PASSWORD))


def test_who_knows_the_password_but_signs_in_while_it_is_changed_is_shut_out(world: World, browser: Browser) -> None:
    known = world.wait(world.issuer.accounts.check(EMAIL, PASSWORD))
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    browser.fill(browser.follow(browser.fill(page, code=world.code(EMAIL))), password=NEW)
    thief = world.browser()
    form = thief.authorize()

    async def checked_before(*_: str) -> object:
        return known

    world.issuer.accounts.check = checked_before  # type: ignore[assignment, method-assign]
    assert thief.submit(form).status_code == 400
