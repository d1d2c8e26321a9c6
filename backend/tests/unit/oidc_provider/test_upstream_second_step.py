"""People of another provider, and passkeys: when one is asked for, and what never goes around it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.provider_pages import passkey_options
from tests.support.software_authenticator import Authenticator
from tests.unit.oidc_provider.passkey_kit import add, is_in, passkeys_at, show
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, USER, Browser, World, landed
from tests.unit.oidc_provider.test_upstream_links import ADA, account_page, connection_letters, links
from tests.unit.oidc_provider.test_upstream_logout import tell, tokens_of
from tests.unit.oidc_provider.upstream_kit import CAMPUS, GRACE, Campus
from uconnect.oidc_provider import account_admin, accounts, recovery_codes, sessions, settings, upstream_links
from uconnect.oidc_provider.account_page import RECENT
from uconnect.oidc_provider.upstream_settings import SignInMethods


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world)


@pytest.fixture
def strict(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The school site needs a passkey."""
    needing = replace(SCHOOL, needs_passkey=True)
    monkeypatch.setattr(settings, "by_id", lambda _: {it.id: it for it in (USER, needing)})
    return world


def with_passkey(campus: Campus, browser: Browser) -> Authenticator:
    """Grace comes by the provider, adds a passkey, and forgets her cookies."""
    campus.join(browser)
    device = Authenticator()
    add(browser, device)
    browser.http.cookies.clear()
    return device


def is_asked(answer: httpx.Response) -> bool:
    """Whether the second step follows, and nobody is in yet."""
    return answer.status_code == 303 and answer.headers["location"].startswith("/oauth/second-step")


def waiting(world: World) -> int:
    return int(world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_second_step").fetchone()[0]))


def again(browser: Browser) -> httpx.Response:
    return browser.follow(browser.get(f"/oauth/email?client_id={USER.id}"))


# --- signing in -------------------------------------------------------------------------------------------------------


def test_who_has_a_passkey_needs_it_after_a_provider_too(campus: Campus, browser: Browser, world: World) -> None:
    device = with_passkey(campus, browser)
    answer = campus.arrive(browser)
    assert is_asked(answer)
    assert account_page(browser).status_code == 303, "there is no session yet"
    assert is_in(show(browser, browser.follow(answer), device))
    assert waiting(world) == 0


def test_a_recovery_code_is_enough_there(campus: Campus, browser: Browser, world: World) -> None:
    with_passkey(campus, browser)
    ((_, subject),) = links(world)
    codes = world.database.write(lambda c: recovery_codes.renew(c, subject))
    assert is_in(browser.fill(browser.follow(campus.arrive(browser)), code=codes[0]))


def test_a_provider_that_asks_for_a_second_factor_is_enough(campus: Campus, browser: Browser) -> None:
    with_passkey(campus, browser)
    campus.set(second_factor=True)
    assert is_in(campus.arrive(browser))


def test_a_session_after_the_second_step_is_the_providers(campus: Campus, browser: Browser, world: World) -> None:
    """It lasts as long, and the provider ends it."""
    device = with_passkey(campus, browser)
    tokens = tokens_of(browser, show(browser, browser.follow(campus.arrive(browser)), device))
    ((_, subject),) = links(world)
    session = world.database.read(lambda c: sessions.of_subject(c, subject, world.clock.at))[0]
    assert (session.issuer, session.expires) == (campus.provider.issuer, int(world.clock.at) + 12 * 3600)
    assert session.strong
    assert tell(world.browser(), campus.provider.logout_token()) == 200
    assert browser.refresh(tokens["refresh_token"]).status_code == 400


def test_a_site_that_needs_a_passkey_asks_who_has_none_to_add_one(
    strict: World, campus: Campus, browser: Browser
) -> None:
    page = browser.follow(campus.arrive(browser, SCHOOL))
    step = browser.follow(browser.fill(page, name="Law"))
    assert "Add a passkey" in step.text
    assert links(strict), "the account is made, and linked"
    device = Authenticator()
    browser.fill(step, name="Office", passkey=device.create(passkey_options(step.text)))
    assert is_in(browser.authorize(SCHOOL), SCHOOL)


def test_a_site_that_needs_a_passkey_takes_a_provider_with_a_second_factor(
    strict: World, campus: Campus, browser: Browser
) -> None:
    campus.set(second_factor=True)
    answer = browser.fill(browser.follow(campus.arrive(browser, SCHOOL)), name="Law")
    assert "access_token" in browser.exchange(landed(answer, SCHOOL)["code"], SCHOOL).json()


def test_a_changed_address_is_said_before_the_second_step(campus: Campus, browser: Browser) -> None:
    device = with_passkey(campus, browser)
    married = replace(GRACE, claims=GRACE.claims | {"email": "murray@uni.example"})
    told = campus.arrive(browser, person=married)
    assert "murray@uni.example" in told.text
    onward = told.text.split('<a href="/oauth/second-step')[1].split('"')[0].replace("&amp;", "&")
    assert is_in(show(browser, browser.get(f"/oauth/second-step{onward}"), device))


# --- a sign-in that waits ---------------------------------------------------------------------------------------------


def _logout(campus: Campus, browser: Browser) -> None:
    assert tell(browser, campus.provider.logout_token()) == 200


def _unlink(campus: Campus, browser: Browser) -> None:
    issuer, ((_, subject),) = campus.provider.issuer, links(browser.world)
    ended = browser.world.database.write(lambda c: upstream_links.remove(c, subject, issuer))
    browser.world.ended.extend(ended)


def _take_out(campus: Campus, browser: Browser) -> None:
    campus.use(SignInMethods())


def _sign_out_everywhere(campus: Campus, browser: Browser) -> None:
    ((_, subject),) = links(browser.world)
    browser.world.ended.extend(browser.world.database.write(lambda c: accounts.end_sign_ins(c, subject)))


def _reset(campus: Campus, browser: Browser) -> None:
    ((_, subject),) = links(browser.world)
    ended = browser.world.database.write(lambda c: account_admin.reset_passkeys(c, subject))
    browser.world.ended.extend(ended or [])


@pytest.mark.parametrize("end", [_logout, _unlink, _take_out, _sign_out_everywhere, _reset])
def test_what_ends_the_sessions_of_a_provider_ends_what_waits(
    campus: Campus, browser: Browser, world: World, end: Callable[[Campus, Browser], None]
) -> None:
    device = with_passkey(campus, browser)
    step = browser.follow(campus.arrive(browser))
    end(campus, world.browser())
    assert waiting(world) == 0
    assert show(browser, step, device).headers["location"].startswith("/oauth/sign-in")


# --- linking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_vouched", [False, True])
@pytest.mark.parametrize("is_believed", [False, True])
def test_an_account_with_a_passkey_is_linked_once_the_passkey_was_shown(
    campus: Campus, browser: Browser, world: World, is_vouched: bool, is_believed: bool
) -> None:
    """Neither its password nor its mailbox, nor the provider's word, is a way around the passkey."""
    campus.set(second_factor=is_vouched, believed_domains=("example.org",) if is_believed else ())
    browser.sign_in()
    device = Authenticator()
    add(browser, device)
    thief = world.browser()
    answer = campus.arrive(thief, person=ADA)
    if not is_believed:
        answer = thief.fill(thief.follow(answer), password=PASSWORD)
    assert is_asked(answer)
    assert links(world) == []
    assert connection_letters(world) == 0
    assert is_in(show(thief, thief.follow(answer), device))
    assert links(world) == [("ada-there", world.subject)]
    assert connection_letters(world) == 1


@pytest.mark.parametrize("by", [{}, {"sub": None, "sid": "upstream-session-1"}, {"sid": "upstream-session-1"}])
def test_who_waits_to_be_linked_and_signs_out_there_is_not(
    campus: Campus, browser: Browser, world: World, by: dict[str, Any]
) -> None:
    campus.set(believed_domains=("example.org",))
    browser.sign_in()
    device = Authenticator()
    add(browser, device)
    first = world.browser()
    step = first.follow(campus.arrive(first, person=ADA))
    assert tell(browser, campus.provider.logout_token(sub="somebody else")) == 200
    assert waiting(world) == 1
    assert tell(browser, campus.provider.logout_token(**by)) == 200
    assert show(first, step, device).headers["location"].startswith("/oauth/sign-in")
    assert links(world) == []


def test_two_who_wait_to_be_linked_to_one_account_are_not_both(campus: Campus, browser: Browser, world: World) -> None:
    campus.set(believed_domains=("example.org",))
    browser.sign_in()
    device = Authenticator()
    add(browser, device)
    first, second = world.browser(), world.browser()
    one = first.follow(campus.arrive(first, person=ADA))
    two = second.follow(campus.arrive(second, person=replace(ADA, subject="another-there")))
    assert is_in(show(first, one, device))
    assert show(second, two, device).headers["location"].startswith("/oauth/sign-in")
    assert links(world) == [("ada-there", world.subject)]


def test_to_connect_a_provider_asks_for_the_passkey_first(campus: Campus, browser: Browser, world: World) -> None:
    browser.sign_in()
    add(browser, Authenticator())
    world.clock.at += RECENT + 1
    sent = {"provider": CAMPUS, "purpose": "link"}
    answer = browser.post(f"/oauth/begin?client_id={USER.id}", sent)
    assert answer.headers["location"].startswith("/oauth/again")
    assert is_asked(browser.fill(browser.follow(answer), password=PASSWORD))


# --- confirming -------------------------------------------------------------------------------------------------------


def test_a_session_of_a_provider_is_confirmed_by_a_passkey(campus: Campus, browser: Browser, world: World) -> None:
    device = with_passkey(campus, browser)
    show(browser, browser.follow(campus.arrive(browser)), device)
    world.clock.at += RECENT + 1
    answer = show(browser, again(browser), device)
    assert "Change your e-mail address" in browser.follow(answer).text


def test_a_provider_confirms_who_has_a_passkey_after_it(campus: Campus, browser: Browser, world: World) -> None:
    device = with_passkey(campus, browser)
    show(browser, browser.follow(campus.arrive(browser)), device)
    world.clock.at += RECENT + 1
    answer = campus.arrive(browser, page=again(browser))
    assert is_asked(answer)
    assert "Confirm it&#39;s you" in again(browser).text, "nothing is confirmed yet"
    answer = show(browser, browser.follow(answer), device)
    assert "Change your e-mail address" in browser.follow(answer).text


def test_a_provider_with_a_second_factor_confirms_by_itself(campus: Campus, browser: Browser, world: World) -> None:
    device = with_passkey(campus, browser)
    show(browser, browser.follow(campus.arrive(browser)), device)
    campus.set(second_factor=True)
    world.clock.at += RECENT + 1
    assert "Change your e-mail address" in browser.follow(campus.arrive(browser, page=again(browser))).text


# --- without passwords ------------------------------------------------------------------------------------------------


def test_without_passwords_a_passkey_alone_signs_nobody_in(campus: Campus, browser: Browser, world: World) -> None:
    """Who has left the university keeps a passkey, and the provider alone says who may come."""
    device = with_passkey(campus, browser)
    page = browser.authorize()
    campus.set(passwords=False)
    assert "data-options" not in browser.authorize().text
    answer = browser.fill(page, passkey=device.get(passkey_options(page.text)))
    assert answer.status_code == 403
    assert "You cannot sign in with a password here" in answer.text


def test_without_passwords_a_passkey_is_the_second_step_and_confirms(
    campus: Campus, browser: Browser, world: World
) -> None:
    campus.set(passwords=False)
    device = with_passkey(campus, browser)
    assert is_in(show(browser, browser.follow(campus.arrive(browser)), device))
    world.clock.at += RECENT + 1
    page = again(browser)
    assert 'type="password"' not in page.text
    assert "Change your e-mail address" in browser.follow(show(browser, page, device)).text


def test_without_passwords_an_account_with_a_passkey_is_not_locked_out(
    campus: Campus, browser: Browser, world: World
) -> None:
    """A desk with passkeys adopts the campus login: a code by e-mail and the passkey link it."""
    browser.sign_in()
    device = Authenticator()
    add(browser, device)
    campus.set(passwords=False)
    ada = world.browser()
    page = ada.follow(ada.fill(ada.follow(campus.arrive(ada, person=ADA))))
    answer = ada.fill(page, code=world.code(EMAIL))
    assert is_asked(answer)
    assert is_in(show(ada, ada.follow(answer), device))
    assert links(world) == [("ada-there", world.subject)]


# --- being away, and the account page ---------------------------------------------------------------------------------


def test_a_session_of_a_provider_ends_for_want_of_use_and_with_its_hours(
    campus: Campus, browser: Browser, world: World
) -> None:
    world.idle = 26 * 60
    campus.set(hours=1)
    began = world.clock.at
    token = tokens_of(browser, campus.join(browser))["refresh_token"]
    for _ in range(2):
        world.clock.at += 25 * 60
        token = browser.refresh(token).json()["refresh_token"]
    world.clock.at = began + 3600
    assert browser.refresh(token).status_code == 400
    away = world.browser()
    token = tokens_of(away, campus.arrive(away))["refresh_token"]
    world.clock.at += 26 * 60
    assert away.refresh(token).status_code == 400


def test_the_account_page_has_each_way_to_sign_in_and_each_session(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    page = account_page(browser).text
    for part in ("Change your password", "Passkeys and recovery codes", "Disconnect</button>", "everywhere else"):
        assert part in page
    campus.set(passwords=False)
    page = account_page(browser).text
    assert "Change your password" not in page
    assert passkeys_at().split("?")[0] in page


def test_who_signs_out_everywhere_else_ends_sign_ins_that_wait_too(
    campus: Campus, browser: Browser, world: World
) -> None:
    device = with_passkey(campus, browser)
    show(browser, browser.follow(campus.arrive(browser)), device)
    other = world.browser()
    step = other.follow(campus.arrive(other))
    left = left_count(browser)
    assert browser.post(f"/oauth/account?client_id={USER.id}", {"others": "1"}).status_code == 303
    assert left_count(browser) == 1 < left
    assert show(other, step, device).headers["location"].startswith("/oauth/sign-in")


def left_count(browser: Browser) -> int:
    """How many sessions the account page lists."""
    return account_page(browser).text.count('name="sid"')
