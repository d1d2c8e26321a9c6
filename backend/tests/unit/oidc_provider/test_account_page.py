"""The account page: for who is signed in, and for changes a password typed a moment ago."""

import re

import httpx
import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, USER, Browser, World, alike, landed
from uconnect.oidc_provider import forget
from uconnect.oidc_provider.account_page import RECENT

NEW, OTHER = "seven lamps over harbour", "ada@new.example.org"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ACCOUNT = f"/oauth/account?client_id={USER.id}"


def at(page: str) -> str:
    return f"/oauth/{page}?client_id={USER.id}"


@pytest.fixture
def signed_in(browser: Browser) -> Browser:
    browser.sign_in()
    return browser


def another(world: World, address: str = "203.0.113.9") -> Browser:
    other = world.browser(address)
    other.http.headers["user-agent"] = FIREFOX
    return other


def test_who_is_not_signed_in_signs_in_first_and_comes_back(browser: Browser) -> None:
    page = browser.follow(browser.get(ACCOUNT))
    answer = browser.submit(page)
    assert answer.headers["location"] == ACCOUNT
    assert EMAIL in browser.follow(answer).text


def test_it_is_the_account_of_the_sites_own_session(signed_in: Browser) -> None:
    assert signed_in.get(ACCOUNT).status_code == 200
    assert signed_in.get(f"/oauth/account?client_id={SCHOOL.id}").status_code == 303
    for wrong in ("", "?client_id=", "?client_id=nobody"):
        assert signed_in.get(f"/oauth/account{wrong}").status_code == 400


def test_it_lists_where_one_is_signed_in_without_any_address(world: World, signed_in: Browser) -> None:
    other = another(world)
    other.sign_in(SCHOOL)
    page = signed_in.get(ACCOUNT).text
    assert "<strong>Firefox on Linux</strong>" in page
    assert "Site “School”, since" in page
    assert page.count("(this one)") == 1
    assert "15 January 2027, 08:00 UTC" in page
    everything = world.database.read(lambda c: c.execute("SELECT * FROM issuer_session").fetchall())
    assert "203.0.113.9" not in page + repr(everything)
    assert 'last used on <time datetime="2027-01-15">15 January 2027</time>' in page
    assert "140" not in page + repr(everything), "no version is kept"


def session_form(page: httpx.Response, browser: str) -> dict[str, str]:
    """The form that signs out of a browser."""
    hidden = r'name="sid" value="([^"]+)">\s*<span[^>]*>'
    found = re.search(f"{hidden}<strong>{browser}<", page.text)
    assert found, page.text
    return {"sid": found[1]}


def test_one_place_is_signed_out_and_its_refresh_token_is_dead_at_once(world: World, signed_in: Browser) -> None:
    other = another(world)
    held = other.tokens()
    page = signed_in.follow(signed_in.post(ACCOUNT, session_form(signed_in.get(ACCOUNT), "Firefox on Linux")))
    assert "That browser is signed out." in page.text
    assert "Firefox" not in page.text
    assert other.refresh(held["refresh_token"]).status_code == 400
    assert "Sign in" in other.authorize().text
    assert signed_in.get(ACCOUNT).status_code == 200


def test_a_session_of_another_account_is_not_ours_to_end(world: World, signed_in: Browser) -> None:
    world.wait(world.create("eve@example.org", NEW))
    eve = another(world)
    held = dict(eve.exchange(landed(eve.submit(eve.authorize(), "eve@example.org", NEW))["code"]).json())
    (sid,) = world.database.read(
        lambda c: c.execute("SELECT sid FROM issuer_session WHERE subject <> ?", (world.subject,)).fetchone()
    )
    signed_in.post(ACCOUNT, {"sid": sid})
    assert eve.refresh(held["refresh_token"]).status_code == 200


def test_signed_out_everywhere_is_everywhere(world: World, signed_in: Browser) -> None:
    other = another(world)
    held = other.tokens(SCHOOL)
    answer = signed_in.post(ACCOUNT, {"everywhere": "1"})
    assert "You are signed out everywhere" in answer.text
    assert other.refresh(held["refresh_token"], SCHOOL).status_code == 400
    assert signed_in.get(ACCOUNT).status_code == 303
    assert "Sign in" in signed_in.authorize().text


def test_a_form_of_another_page_signs_nobody_out(world: World, signed_in: Browser) -> None:
    fields = session_form(signed_in.get(ACCOUNT), "Another browser")
    signed_in.post(ACCOUNT, fields, "https://evil.example")
    signed_in.post(ACCOUNT, fields | {"everywhere": "1"}, "https://evil.example")
    assert signed_in.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("page", ["password", "email"])
def test_after_ten_minutes_the_password_is_asked_first(world: World, signed_in: Browser, page: str) -> None:
    assert signed_in.get(at(page)).status_code == 200
    world.clock.at += RECENT + 1
    asked = signed_in.follow(signed_in.get(at(page)))
    assert "You signed in a while ago" in asked.text
    wrong = signed_in.fill(asked, password="not this one")
    assert wrong.status_code == 400
    assert signed_in.fill(wrong, password=PASSWORD).headers["location"] == at(page)
    assert signed_in.get(at(page)).status_code == 200


def test_a_form_that_was_open_too_long_changes_nothing(world: World, signed_in: Browser) -> None:
    change, mail, places = signed_in.get(at("password")), signed_in.get(at("email")), signed_in.get(ACCOUNT)
    world.clock.at += RECENT + 1
    for answer in (
        signed_in.fill(change, password=NEW),
        signed_in.fill(mail, email=OTHER),
        signed_in.post(ACCOUNT, session_form(places, "Another browser")),
    ):
        assert answer.headers["location"].startswith("/oauth/again?")
    assert world.mail(EMAIL) + world.mail(OTHER) == []
    assert signed_in.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("page", ["password", "email", "again"])
def test_who_is_not_signed_in_changes_nothing(world: World, browser: Browser, page: str) -> None:
    for answer in (
        browser.get(at(page)),
        browser.post(at(page), {"password": NEW, "email": OTHER}),
    ):
        assert answer.headers["location"] == f"/oauth/sign-in?client_id={USER.id}&to=account"
    assert world.mail(EMAIL) + world.mail(OTHER) == []


def test_a_changed_password_keeps_this_browser_and_shuts_out_the_others(world: World, signed_in: Browser) -> None:
    other = another(world)
    held = other.tokens()
    page = signed_in.follow(signed_in.fill(signed_in.get(at("password")), password=NEW))
    assert "Your password was changed." in page.text
    assert "code" in landed(signed_in.authorize())
    assert other.refresh(held["refresh_token"]).status_code == 400
    assert other.submit(other.authorize()).status_code == 400
    assert "code" in landed(other.submit(other.authorize(), password=NEW))
    assert [letter.subject for letter in world.mail(EMAIL)] == ["Your password was changed"]


def test_a_changed_password_is_not_of_the_address_either(signed_in: Browser) -> None:
    assert "easy to guess" in signed_in.fill(signed_in.get(at("password")), password="ada@example.org").text


def test_a_new_address_is_proved_by_its_own_mailbox_and_the_old_one_is_told(world: World, signed_in: Browser) -> None:
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER.upper()))
    assert world.mail(EMAIL) == []
    done = signed_in.follow(signed_in.fill(page, code=world.code(OTHER)))
    assert "Your address was changed." in done.text
    assert OTHER in done.text
    assert [letter.subject for letter in world.mail(EMAIL)] == ["Your account has a new address"]
    assert world.email_changes == [(world.subject, EMAIL, OTHER)]
    other = another(world)
    assert other.submit(other.authorize()).status_code == 400
    assert "code" in landed(other.submit(other.authorize(), OTHER))


def test_a_new_address_that_has_an_account_looks_the_same_and_its_owner_is_told(
    world: World, signed_in: Browser
) -> None:
    world.wait(world.create("eve@example.org", NEW))
    taken = signed_in.fill(signed_in.get(at("email")), email="eve@example.org")
    page = signed_in.follow(taken)
    free = signed_in.fill(signed_in.get(at("email")), email="zoe@example.org")
    alike(taken, free)
    alike(page, signed_in.follow(free), ("eve@", "zoe@"))
    assert [letter.subject for letter in world.mail("eve@example.org")] == ["You already have a uconnect account"]


def test_an_address_that_was_taken_between_is_not_moved_to(world: World, signed_in: Browser) -> None:
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER))
    world.wait(world.create(OTHER, NEW))
    assert signed_in.fill(page, code=world.code(OTHER)).status_code == 409
    assert world.email_changes == []
    assert "code" in landed(signed_in.submit(signed_in.authorize(prompt="login")))


def test_ones_own_address_is_no_new_one(signed_in: Browser) -> None:
    assert "This is already your address" in signed_in.fill(signed_in.get(at("email")), email=EMAIL.upper()).text


def test_who_was_signed_out_meanwhile_moves_nothing(world: World, signed_in: Browser) -> None:
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER))
    owner = another(world)
    owner.sign_in()
    owner.post(ACCOUNT, session_form(owner.get(ACCOUNT), "Another browser"))
    assert signed_in.fill(page, code=world.code(OTHER)).status_code == 400
    assert world.email_changes == []


def test_a_move_that_was_not_heard_is_told_again_until_it_is(world: World, signed_in: Browser) -> None:
    heard = world.email_changes
    world.deaf = True
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER))
    assert signed_in.fill(page, code=world.code(OTHER)).status_code == 303, "the person need not care"
    assert heard == []
    world.deaf = False
    world.start()
    world.wait(world.issuer.email_changes.deliver())
    world.wait(world.issuer.email_changes.deliver())
    assert heard == [(world.subject, EMAIL, OTHER)]


def test_a_move_fails_without_an_address_in_the_log(
    world: World, signed_in: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    world.deaf = True
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER))
    signed_in.fill(page, code=world.code(OTHER))
    said = [record.getMessage() for record in caplog.records if record.name == "uconnect"]
    assert said == ["a new address was not taken over, and is told again: RuntimeError"]


def test_an_account_that_is_forgotten_is_gone_at_once_and_forgetting_it_twice_is_no_fault(
    world: World, signed_in: Browser
) -> None:
    held = another(world).tokens()
    page = signed_in.follow(signed_in.fill(signed_in.get(at("email")), email=OTHER))
    for _ in range(2):
        world.database.write(lambda connection: forget(connection, world.subject))
    assert signed_in.refresh(held["refresh_token"]).status_code == 400
    assert signed_in.get(ACCOUNT).status_code == 303
    assert signed_in.fill(page, code=world.code(OTHER)).status_code == 400
    assert signed_in.submit(signed_in.authorize()).status_code == 400
    dump = world.database.read(lambda connection: "\n".join(connection.iterdump()))
    assert world.subject not in dump
