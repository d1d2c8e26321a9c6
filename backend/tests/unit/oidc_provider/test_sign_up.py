"""Signing up: from the form by the code in a letter to being signed in, and nobody learns who has an account."""

import httpx
import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, SCHOOL, USER, WORKER, Browser, World, alike, landed
from uconnect.oidc_provider import email_verification
from uconnect.oidc_provider.settings import Limits

LETTERS = Limits().letters
EVE, LONG = "eve@example.org", "four quiet herons wading"


def begin(browser: Browser, email: str = EVE, **changes: str) -> httpx.Response:
    """Fill in the sign-up form."""
    return browser.fill(browser.ask("sign-up"), **({"name": "Eve", "email": email, "password": LONG} | changes))


def test_who_types_the_code_of_the_letter_is_sent_back_signed_in_and_told_of_by_name(
    world: World, browser: Browser
) -> None:
    page = browser.follow(begin(browser))
    assert f"We sent an e-mail to {EVE}" in page.text
    code = landed(browser.fill(page, code=world.code(EVE)))["code"]
    held = browser.exchange(code).json()
    told = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"}).json()
    assert (told["email"], told["email_verified"], told["name"]) == (EVE, True, "Eve")


def test_the_account_can_sign_in_on_any_browser(world: World, browser: Browser) -> None:
    browser.fill(browser.follow(begin(browser)), code=world.code(EVE))
    other = world.browser()
    assert "code" in landed(other.submit(other.authorize(), EVE, LONG))


def test_without_the_code_there_is_no_account(world: World, browser: Browser) -> None:
    begin(browser)
    other = world.browser()
    assert other.submit(other.authorize(), EVE, LONG).status_code == 400


def test_the_sign_in_page_offers_it_and_carries_the_request_along(browser: Browser) -> None:
    page = browser.authorize(login_hint=EMAIL).text
    (address,) = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/oauth/sign-up")]
    assert "state=the-state" in address
    assert EMAIL not in address
    assert "Create an account" in browser.get(address.replace("&amp;", "&")).text


def test_a_site_by_invitation_offers_no_sign_up(browser: Browser) -> None:
    assert "Create an account" not in browser.authorize(WORKER).text
    assert browser.ask("sign-up", WORKER).status_code == 404
    fields = {"name": "Eve", "email": EVE, "password": LONG}
    assert browser.post(f"/oauth/sign-up?client_id={WORKER.id}", fields).status_code == 404
    assert browser.world.mail(EVE) == []


def test_an_address_with_an_account_is_answered_with_the_same_bytes_and_its_owner_told(
    world: World, browser: Browser
) -> None:
    other = world.browser()
    known, unknown = begin(browser, EMAIL), begin(other)
    alike(known, unknown)
    pages = browser.follow(known), other.follow(unknown)
    alike(*pages, (EVE, EMAIL))
    for _ in range(email_verification.TRIES + 1):
        wrong = {"code": f"{(int(world.code(EVE)) + 1) % 10**8:08}"}
        pages = browser.fill(pages[0], **wrong), other.fill(pages[1], **wrong)
        alike(*pages, (EVE, EMAIL))
    pages = browser.fill(pages[0], again="1"), other.fill(pages[1], again="1")
    alike(*pages, (EVE, EMAIL))
    assert [letter.subject for letter in world.mail(EMAIL)] == ["You already have a uconnect account"] * 2
    assert "No one was told" in world.mail(EMAIL)[0].text


def test_no_code_is_ever_right_for_an_address_with_an_account(world: World, browser: Browser) -> None:
    page = browser.follow(begin(browser, EMAIL))
    guessed = email_verification._hash(browser.http.cookies["uconnect_proof_user"], "123456")
    world.database.write(
        lambda connection: connection.execute("UPDATE issuer_email_verification SET code = ?", (guessed,))
    )
    assert browser.fill(page, code="123456").status_code == 400
    assert world.wait(world.issuer.accounts.check(EMAIL, LONG)) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 81}, "The name is 1 character too long (limit 80)."),
        ({"name": "\u0007\u200b"}, "Enter a name"),
        ({"email": "eve"}, "Enter a full address"),
        ({"email": "eve@localhost"}, "Enter a full address"),
        ({"email": "eve@example.org\r\nBcc: x@example.org"}, "Enter a full address"),
        ({"password": "short one"}, "at least 10 characters"),
        ({"password": "x" * 257}, "at most 256 characters"),
        ({"password": "password1234"}, "easy to guess"),
        ({"password": "aaaaaaaaaaaaaaa"}, "easy to guess"),
        ({"name": "Evelyn Ashgrove", "password": "evelynashgrove"}, "easy to guess"),
        ({"email": "heronwatcher@example.org", "password": "Heronwatcher1"}, "easy to guess"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(browser: Browser, changes: dict[str, str], told: str) -> None:
    answer = begin(browser, **changes)
    assert answer.status_code == 400
    assert told in answer.text
    assert LONG not in answer.text
    assert changes.get("password", LONG) not in answer.text
    assert 'name="name"' in answer.text, "it is the form again"


def test_a_password_may_hold_anything(world: World, browser: Browser) -> None:
    odd = "  Ünïcödé 🙂 \t' \" <b> "
    browser.fill(browser.follow(begin(browser, password=odd)), code=world.code(EVE))
    other = world.browser()
    assert "code" in landed(other.submit(other.authorize(), EVE, odd))


def test_a_code_is_tried_five_times_and_then_another_is_needed(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    for _ in range(email_verification.TRIES):
        page = browser.fill(page, code=f"{(int(code) + 1) % 10**8:08}")
        assert "not the latest code" in page.text
    page = browser.fill(page, code=code)
    assert "tried too often" in page.text
    page = browser.fill(page, again="1")
    assert "another e-mail is on its way" in page.text
    assert browser.fill(page, code=code).status_code == 400, "the one before is worth nothing"
    assert "code" in landed(browser.fill(page, code=world.code(EVE)))


def test_a_code_is_good_for_fifteen_minutes(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    world.clock.at += email_verification.CODE_LIFETIME
    assert "too old" in browser.fill(page, code=code).text
    world.clock.at += email_verification.LIFETIME
    assert "This took too long" in browser.fill(page, code=code).text


def test_a_code_may_be_typed_with_spaces(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    assert "code" in landed(browser.fill(page, code=f" {code[:3]} {code[3:]} "))


def test_a_code_works_once_also_for_two_at_once(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    answers = browser.fill_together(page, page, code=code)
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "is already done" in browser.fill(page, code=code).text


def test_of_two_who_prove_one_address_at_once_one_gets_the_account(world: World, browser: Browser) -> None:
    other = world.browser()
    first = browser.follow(begin(browser)), world.code(EVE)
    second = other.follow(begin(other, name="Eva")), world.code(EVE)
    assert "code" in landed(browser.fill(first[0], code=first[1]))
    late = other.fill(second[0], code=second[1])
    assert late.status_code == 409
    assert "This address got an account in the meantime" in late.text
    assert not any("session" in name for name in other.http.cookies)


def test_a_code_is_worth_nothing_in_another_browser_or_on_another_site(world: World, browser: Browser) -> None:
    page, code = browser.follow(begin(browser)), world.code(EVE)
    other = world.browser()
    other.authorize()
    assert "This took too long" in other.fill(page, code=code).text
    assert "This took too long" in other.ask("code").text
    assert "This took too long" in browser.ask("code", SCHOOL).text
    assert "code" in landed(browser.fill(page, code=code))


@pytest.mark.parametrize("page", ["sign-up", "code", "forgot", "new-password"])
def test_a_form_that_another_page_sends_does_nothing(world: World, browser: Browser, page: str) -> None:
    begin(browser)
    before = world.database.read(
        lambda connection: connection.execute("SELECT * FROM issuer_email_verification").fetchall()
    )
    fields = {"name": "Eve", "email": EVE, "password": LONG, "code": world.code(EVE), "again": "1"}
    assert browser.post(f"/oauth/{page}?client_id={USER.id}", fields, "https://evil.example").status_code in {400, 403}
    assert before == world.database.read(lambda c: c.execute("SELECT * FROM issuer_email_verification").fetchall())
    assert len(world.mail(EVE)) == 1


def test_a_mailbox_gets_a_few_letters_an_hour_whoever_asks(world: World) -> None:
    for number in range(20):
        browser = world.browser(f"203.0.113.{number}")
        begin(browser)
        world.start()  # and a restart changes nothing about it
    assert len(world.mail(EVE)) == LETTERS.burst
    world.clock.at += LETTERS.every / 1000
    begin(world.browser())
    assert len(world.mail(EVE)) == LETTERS.burst + 1


def test_new_codes_come_to_an_end(world: World, browser: Browser) -> None:
    page = browser.follow(begin(browser))
    for _ in range(email_verification.CODES - 1):
        page = browser.fill(page, again="1")
        assert page.status_code == 200
    page = browser.fill(page, again="1")
    assert page.status_code == 429
    assert len(world.mail(EVE)) == email_verification.CODES


def test_the_file_holds_neither_the_code_nor_the_password(world: World, browser: Browser) -> None:
    begin(browser)
    kept = world.database.read(
        lambda connection: connection.execute("SELECT * FROM issuer_email_verification").fetchall()
    )
    assert world.code(EVE) not in repr(kept)
    assert LONG not in repr(kept)
    assert browser.http.cookies["uconnect_proof_user"] not in repr(kept)


def test_without_a_sites_request_one_lands_at_the_site_which_is_told_to_begin(world: World, browser: Browser) -> None:
    page = browser.get(f"/oauth/sign-up?client_id={USER.id}")
    page = browser.follow(browser.fill(page, name="Eve", email=EVE, password=LONG))
    answer = browser.fill(page, code=world.code(EVE))
    assert answer.headers["location"] == "http://localhost:8001/?iss=http%3A%2F%2Flocalhost%3A8000"
    assert "code" in landed(browser.authorize()), "and nobody is asked again"


def test_where_letters_do_not_leave_the_page_says_where_to_read_them(world: World, browser: Browser) -> None:
    assert "Read the e-mail" not in browser.follow(begin(browser)).text
    world.box = "/mail"
    world.start()
    assert '<a href="/mail">Read the e-mail</a>' in browser.follow(begin(browser)).text
