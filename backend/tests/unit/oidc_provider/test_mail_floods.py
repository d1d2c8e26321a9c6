"""Whoever asks for letters to an address, the person who reads them gets in, and the mailbox is not filled."""

import pytest

from tests.support import provider_pages
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, WORKER, Browser, World, landed
from tests.unit.oidc_provider.test_a_month_of_attacks import follow_link
from uconnect.oidc_provider import email_verification, throttle
from uconnect.oidc_provider.hashed_secrets import hash_secret
from uconnect.oidc_provider.settings import Limits

EVE, LONG, NEW = "eve@example.org", "four quiet herons wading", "seven lamps over harbour"
LETTERS = Limits().letters


def ask(world: World, email: str, page: str, number: int) -> Browser:
    """A stranger asks for a letter to an address, from a network of their own."""
    stranger = world.browser(f"10.0.{number}.9")
    fields = {"name": "Mallory", "email": email, "password": "eleven grey barges drift"}
    assert stranger.fill(stranger.ask(page), **fields).status_code == 303
    return stranger


def use_up(world: World, email: str, page: str) -> None:
    for number in range(LETTERS.burst * 2):
        ask(world, email, page, number)


@pytest.mark.parametrize("page", ["forgot", "sign-up"])
def test_the_owner_gets_in_by_the_latest_letter_whoever_asked_for_it(world: World, browser: Browser, page: str) -> None:
    use_up(world, EMAIL, page)
    asked = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    assert len(world.mail(EMAIL)) == LETTERS.burst, "the mailbox is not filled, so this browser has no code"
    assert "follow the link in the latest one" in asked.text
    chosen = browser.fill(follow_link(world, browser, EMAIL), password=NEW)
    assert chosen.headers["location"].startswith("http://localhost:8001/?iss=")
    other = world.browser()
    assert "code" in landed(other.submit(other.authorize(), password=NEW))


def test_the_latest_letter_works_until_the_next_one_may_come(world: World) -> None:
    use_up(world, EMAIL, "forgot")
    world.clock.at += LETTERS.every / 1000 - 1
    use_up(world, EMAIL, "forgot")
    assert len(world.mail(EMAIL)) == LETTERS.burst
    follow_link(world, world.browser(), EMAIL)


def test_who_signs_up_gets_in_by_a_strangers_letter_with_their_own_name_and_password(
    world: World, browser: Browser
) -> None:
    use_up(world, EVE, "sign-up")
    browser.fill(browser.ask("sign-up"), name="Eve", email=EVE, password=LONG)
    page = follow_link(world, browser, EVE)
    assert 'value="Mallory"' not in page.text
    assert browser.fill(page, name="Eve", password=LONG).status_code == 303
    mallory = world.browser()
    assert mallory.submit(mallory.authorize(), EVE, "eleven grey barges drift").status_code == 400
    held = browser.exchange(landed(browser.authorize())["code"]).json()
    told = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"}).json()
    assert (told["email"], told["email_verified"], told["name"]) == (EVE, True, "Eve")


def test_a_link_is_opened_without_changing_anything_and_used_once(world: World, browser: Browser) -> None:
    ask(world, EVE, "sign-up", 1)
    link = world.link(EVE)
    for _ in range(3):
        assert world.browser().open_link(link, USER).status_code == 200, "letters are looked through by machines"
    page = follow_link(world, browser, EVE)
    answers = browser.fill_together(page, page, name="Eve", password=LONG)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "This link has expired" in world.browser().open_link(link, USER).text


def test_a_link_is_good_on_its_site_for_two_hours_and_guessing_at_it_is_in_vain(world: World) -> None:
    ask(world, EMAIL, "forgot", 1)
    link = world.link(EMAIL)
    browser = world.browser()
    path, fields = provider_pages.handed_on(link, USER.id)
    for wrong, said in ((path.replace(USER.id, WORKER.id), fields), (path, {"token": "?"}), (path, {})):
        assert "This link has expired" in browser.post(wrong, said).text
    world.clock.at += Limits().link_lifetime - 1
    assert browser.open_link(link, USER).status_code == 200
    world.clock.at += 1
    assert "This link has expired" in browser.open_link(link, USER).text


def test_no_letter_has_a_secret_where_a_proxy_writes_it_down(world: World) -> None:
    ask(world, EVE, "sign-up", 1)
    ask(world, EMAIL, "sign-up", 2)
    ask(world, EMAIL, "forgot", 3)
    letters = [*world.mail(EVE), *world.mail(EMAIL)]
    links = [it for letter in letters for it in letter.text.split() if "://" in it]
    assert len(links) == 3
    for link in links:
        sent, _, kept = link.partition("#")
        assert (sent, kept.partition("=")[0]) == (USER.home, "letter")


def test_the_links_of_earlier_letters_work_until_they_expire(world: World, browser: Browser) -> None:
    ask(world, EMAIL, "forgot", 1)
    _, fields = provider_pages.handed_on(world.link(EMAIL), USER.id)
    page = browser.get(f"/oauth/letter?client_id={USER.id}&token={fields['token']}")
    assert browser.follow(browser.fill(page)).status_code == 200


def test_a_new_password_ends_the_links_of_all_letters_before(world: World, browser: Browser) -> None:
    ask(world, EMAIL, "forgot", 1)
    stolen = world.link(EMAIL)
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    browser.fill(browser.follow(browser.fill(page, code=world.code(EMAIL))), password=NEW)
    assert "This link has expired" in world.browser().open_link(stolen, USER).text


def test_strangers_do_not_take_the_code_away_that_the_owner_has(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    code = world.code(EMAIL)
    use_up(world, EMAIL, "forgot")
    for number in range(9):
        stranger = ask(world, EMAIL, "forgot", number)
        form = stranger.ask("code")
        for _ in range(email_verification.TRIES + 1):
            stranger.fill(form, code="00000000")
    again = browser.fill(page, again="1")
    assert again.status_code == 200, "no other letter comes, and this code stays"
    assert browser.fill(again, code=code).status_code == 303


def test_asking_again_for_a_letter_that_is_not_written_gives_no_more_tries(world: World, browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    code = world.code(EMAIL)
    use_up(world, EMAIL, "forgot")
    for _ in range(email_verification.TRIES):
        browser.fill(page, code=f"{(int(code) + 1) % 10**8:08}")
    browser.fill(page, again="1")
    assert "tried too often" in browser.fill(page, code=code).text


def test_a_code_that_no_letter_told_is_never_right(world: World) -> None:
    use_up(world, EMAIL, "forgot")
    stranger = ask(world, EMAIL, "forgot", 99)
    ticket = stranger.http.cookies["uconnect_proof_user"]
    (kept,) = world.database.read(
        lambda c: c.execute(
            "SELECT code FROM issuer_email_verification WHERE ticket = ?", (hash_secret(ticket),)
        ).fetchone()
    )
    assert all(email_verification._hash(ticket, f"{number:08}") != kept for number in range(1000))
    assert len(world.mail(EMAIL)) == LETTERS.burst


def test_a_known_browser_has_letters_of_its_own(world: World, browser: Browser) -> None:
    browser.sign_in()
    use_up(world, EMAIL, "forgot")
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    assert len(world.mail(EMAIL)) == LETTERS.burst + 1
    assert browser.fill(page, code=world.code(EMAIL)).status_code == 303


def test_who_reads_the_letter_may_keep_the_password_and_is_known_from_then_on(world: World, browser: Browser) -> None:
    for number in range(50):
        stranger = world.browser(f"198.18.{number}.1")
        stranger.submit(stranger.authorize(), password="wrong")
    assert browser.submit(browser.authorize()).status_code == 429
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    chosen = browser.follow(browser.fill(page, code=world.code(EMAIL)))
    assert "Keep your password and sign in" in chosen.text
    assert "code" in landed(browser.submit(browser.authorize(), password=PASSWORD))


def test_a_new_address_has_codes_of_its_own_that_no_stranger_uses_up(world: World, browser: Browser) -> None:
    use_up(world, "ada@new.example.org", "sign-up")
    browser.sign_in()
    page = browser.follow(browser.fill(browser.get(f"/oauth/email?client_id={USER.id}"), email="ada@new.example.org"))
    assert browser.fill(page, code=world.code("ada@new.example.org")).status_code == 303


def test_an_account_sends_a_few_codes_to_new_addresses_and_then_waits(world: World, browser: Browser) -> None:
    browser.sign_in()
    for number in range(9):
        browser.fill(browser.get(f"/oauth/email?client_id={USER.id}"), email=f"{number}@example.org")
    assert [len(world.mail(f"{number}@example.org")) for number in range(9)] == [1] * 3 + [0] * 6


def test_a_letter_whose_link_is_opened_again_and_again_is_given_back_once(world: World, browser: Browser) -> None:
    use_up(world, EMAIL, "forgot")
    for _ in range(LETTERS.burst):
        follow_link(world, browser, EMAIL)
    use_up(world, EMAIL, "forgot")
    assert len(world.mail(EMAIL)) == LETTERS.burst + 1


def test_a_right_code_gives_back_no_letter_that_the_network_was_not_charged_for(world: World, browser: Browser) -> None:
    asked = throttle.for_letter_request(world.limits, "198.51.100.7")
    tries = world.issuer.throttle
    browser.sign_in()
    assert tries.take(asked) == 0
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    assert browser.fill(page, code=world.code(EMAIL)).status_code == 303
    assert tries.used(asked[0]) == 1, "this browser is known to the account"
    page = browser.follow(browser.fill(browser.get(f"/oauth/email?client_id={USER.id}"), email=EVE))
    assert browser.fill(page, code=world.code(EVE)).status_code == 303
    assert tries.used(asked[0]) == 1, "a new address is not asked for from the network"
