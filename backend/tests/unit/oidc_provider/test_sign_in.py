"""Signing in: from the site's request to the code it is sent back with."""

import pytest
from argon2 import PasswordHasher

from tests.unit.oidc_provider.provider_kit import (
    EMAIL,
    PASSWORD,
    SCHOOL,
    URL,
    USER,
    WORKER,
    Browser,
    World,
    action_of,
    landed,
    request,
    without_challenge,
)
from uconnect.oidc_provider import EmailTaken
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.passwords import Busy, Passwords


def test_the_page_says_which_site_it_is_for(browser: Browser) -> None:
    for client in (USER, SCHOOL, WORKER):
        page = browser.authorize(client)
        assert page.status_code == 200
        assert f"<title>Sign in · {client.name} · uconnect</title>" in page.text
        assert client.about in page.text


def test_a_password_manager_understands_the_form(browser: Browser) -> None:
    page = browser.authorize().text
    assert 'type="email" value="" autocomplete="username webauthn"' in page
    assert 'type="password" autocomplete="current-password"' in page


def test_who_signs_in_is_sent_back_with_a_code_the_state_and_the_issuers_name(browser: Browser) -> None:
    answer = browser.submit(browser.authorize())
    assert answer.headers["location"].startswith("http://localhost:8001/signed-in?")
    said = landed(answer)
    assert said.keys() == {"code", "state", "iss"}
    assert (said["state"], said["iss"]) == ("the-state", URL)


def test_who_is_signed_in_is_not_asked_again(browser: Browser) -> None:
    browser.sign_in()
    assert "code" in landed(browser.authorize())


def test_the_request_may_be_posted(browser: Browser) -> None:
    assert browser.post("/oauth/authorize", request(USER)).status_code == 200
    browser.sign_in()
    assert "code" in landed(browser.post("/oauth/authorize", request(USER)))


def test_an_address_is_the_same_however_it_is_written(browser: Browser) -> None:
    assert "code" in landed(browser.submit(browser.authorize(), email=" Ada@Example.ORG "))


def test_a_hint_fills_in_the_e_mail_and_stays_out_of_the_next_address(browser: Browser) -> None:
    page = browser.authorize(login_hint="eve@example.org")
    assert 'value="eve@example.org"' in page.text
    assert "eve" not in action_of(page)


def test_a_wrong_password_keeps_the_e_mail_and_not_the_password(browser: Browser) -> None:
    page = browser.submit(browser.authorize(), password="no such thing")
    assert page.status_code == 400
    assert "The e-mail address or the password is wrong." in page.text
    assert f'value="{EMAIL}"' in page.text
    assert "no such thing" not in page.text
    assert "code" in landed(browser.submit(page))


def test_an_unknown_e_mail_is_answered_with_the_same_bytes_as_a_wrong_password(browser: Browser) -> None:
    known = browser.submit(browser.authorize(), password="wrong")
    unknown = browser.submit(browser.authorize(), email="eve@example.org", password="wrong")
    assert without_challenge(unknown.text.replace("eve@example.org", EMAIL)) == without_challenge(known.text)
    assert unknown.status_code == known.status_code
    different = {"content-length"}  # by the e-mail that is kept
    assert {k: v for k, v in unknown.headers.items() if k not in different} == {
        k: v for k, v in known.headers.items() if k not in different
    }


def test_what_was_typed_is_escaped(browser: Browser) -> None:
    page = browser.submit(browser.authorize(), email='"><script>alert(1)</script>')
    assert "<script>" not in page.text
    page = browser.authorize(state='"><script>alert(1)</script>')
    assert "<script>" not in page.text


def test_a_form_works_after_a_restart(world: World, browser: Browser) -> None:
    page = browser.authorize()
    world.start()
    assert "code" in landed(browser.submit(page))


def test_the_address_of_a_sent_form_opens_the_page_again(browser: Browser) -> None:
    action = action_of(browser.authorize())
    assert browser.get(browser.get(action).headers["location"]).status_code == 200


def test_an_account_is_made_once_for_an_address(world: World) -> None:
    with pytest.raises(EmailTaken):
        world.wait(world.create("ADA@example.org", "another"))
    assert world.wait(world.issuer.accounts.profile(world.subject)) == Profile(EMAIL, True, "")
    assert world.wait(world.issuer.accounts.profile("nobody")) is None


def test_a_password_typed_on_another_keyboard_is_the_same(world: World, browser: Browser) -> None:
    world.wait(world.create("zoe@example.org", "caf\u00e9 au lait"))
    assert "code" in landed(browser.submit(browser.authorize(), "zoe@example.org", "cafe\u0301 au lait"))


def test_a_hash_of_older_parameters_is_made_anew_when_its_owner_signs_in(world: World, browser: Browser) -> None:
    def kept() -> str:
        return str(world.database.read(lambda c: c.execute("SELECT password FROM issuer_account").fetchone()[0]))

    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    world.database.write(lambda c: c.execute("UPDATE issuer_account SET password = ?", (old,)))
    assert "code" in landed(browser.submit(browser.authorize()))
    assert kept() != old
    assert "code" in landed(browser.submit(browser.authorize(prompt="login")))


def test_too_many_people_at_once_are_told_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> bool:
        raise Busy

    browser = world.browser()
    page = browser.authorize()
    monkeypatch.setattr(Passwords, "check", busy)
    answer = browser.submit(page)
    assert answer.status_code == 503
    assert "Wait a few seconds" in answer.text
