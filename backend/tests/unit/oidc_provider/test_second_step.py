"""The second step of a sign-in: recovery codes, and sites where a password is not enough."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from tests.support.provider_pages import form, passkey_options, recovery_codes
from tests.support.software_authenticator import Authenticator
from tests.unit.oidc_provider.passkey_kit import add, by_password, enrolled, is_in, passkeys_at, show
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, USER, Browser, World, landed
from uconnect.oidc_provider import account_admin, settings
from uconnect.oidc_provider.account_page import RECENT
from uconnect.oidc_provider.new_passkeys import NO_SCRIPT
from uconnect.oidc_provider.recovery_codes import ALPHABET, CODES
from uconnect.oidc_provider.second_step_page import NO_CODE
from uconnect.oidc_provider.sessions import STEP_LIFETIME

# --- passkeys ---------------------------------------------------------------------------------------------------------


def test_an_authenticator_need_not_name_the_account_where_it_is_known(world: World, browser: Browser) -> None:
    """WebAuthn §7.2, step 6: with a list of passkeys to choose from, some say no user handle."""
    device, _ = enrolled(browser)
    silent = device.changed(user_handle=b"")
    assert is_in(show(browser, by_password(browser), silent))
    world.clock.at += RECENT + 1
    again = browser.follow(browser.get(passkeys_at()))
    assert browser.follow(show(browser, again, silent)).status_code == 200
    other = device.changed(user_handle=b"somebody else")
    assert show(browser, browser.get(f"/oauth/again?client_id={USER.id}"), other).status_code == 400


def test_who_waits_for_a_passkey_that_is_removed_is_not_asked_for_another(world: World, browser: Browser) -> None:
    """The site needs none. The page to add one would say that it does, and take one from whoever has the password."""
    device, _ = enrolled(browser)
    step = by_password(browser)
    owner = world.browser()
    show(owner, owner.authorize(), device)
    (id,) = world.database.read(lambda c: c.execute("SELECT id FROM issuer_passkey").fetchone())
    owner.post(passkeys_at(), {"remove": "1", "id": id})
    answer = browser.get(f"/oauth/second-step?client_id={USER.id}")
    assert answer.headers["location"].startswith("/oauth/sign-in")
    assert browser.fill(step, name="Mine", passkey="{}").headers["location"].startswith("/oauth/sign-in")
    assert is_in(browser.submit(browser.authorize())), "the password alone signs in again"


# --- recovery codes ---------------------------------------------------------------------------------------------------


def test_ten_codes_of_80_bits_come_with_the_first_passkey_and_are_shown_once(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    assert len({*codes}) == CODES
    assert all({*it} <= {*ALPHABET, "-"} and len(it) == 19 for it in codes)
    stored = world.database.read(lambda c: "\n".join(c.iterdump()))
    assert not [it for it in codes if it in stored or it.replace("-", "") in stored]


def test_more_passkeys_bring_no_other_codes(browser: Browser) -> None:
    browser.sign_in()
    add(browser, Authenticator())
    assert add(browser, Authenticator()).status_code == 303
    assert "You have 10 left" in browser.get(passkeys_at()).text


def test_a_code_signs_in_once_after_the_password_and_its_owner_is_told(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    assert is_in(browser.fill(by_password(browser), code=codes[3]))
    told = world.mail(EMAIL)[-1]
    assert told.subject == "A recovery code was used"
    assert "You have 9 left" in told.text
    assert codes[3] not in told.text
    browser.http.cookies.clear()
    used = browser.fill(by_password(browser), code=codes[3])
    assert NO_CODE in used.text
    assert is_in(browser.fill(used, code=codes[4]))


def test_a_code_may_be_typed_in_any_way(browser: Browser) -> None:
    _, codes = enrolled(browser)
    typed = codes[0].replace("-", " ").upper().replace("1", "I").replace("0", "O")
    assert is_in(browser.fill(by_password(browser), code=f" {typed} "))


def test_a_code_without_the_password_opens_nothing(browser: Browser) -> None:
    _, codes = enrolled(browser)
    answer = browser.post(f"/oauth/second-step?client_id={USER.id}", {"code": codes[0]})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/oauth/sign-in")
    assert NO_CODE not in browser.fill(by_password(browser), code=codes[0]).text, "it was not used up"


def test_two_tabs_with_one_code_begin_one_session(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    step = by_password(browser)
    answers = browser.fill_together(step, step, code=codes[0])
    assert sum(is_in(it) for it in answers if "/signed-in?" in it.headers["location"]) == 1
    count = world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_recovery_code").fetchone()[0])
    assert count == CODES - 1


def test_guessed_codes_are_slowed_in_their_network_alone(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    thief = world.browser("203.0.113.9")
    step = by_password(thief)
    tries = [thief.fill(step, code="0000-0000-0000-0000").status_code for _ in range(12)]
    assert tries == [400] * 10 + [429] * 2
    assert thief.fill(step, code=codes[0]).status_code == 429
    assert is_in(browser.fill(by_password(browser), code=codes[0])), "the owner is not kept out"


def test_new_codes_replace_the_earlier_ones(world: World, browser: Browser) -> None:
    browser.sign_in()
    earlier = recovery_codes(add(browser, Authenticator()).text)
    made = recovery_codes(browser.post(passkeys_at(), {"codes": "1"}).text)
    assert len(made) == CODES
    assert not {*made} & {*earlier}
    assert world.mail(EMAIL)[-1].subject == "You have new recovery codes"
    browser.http.cookies.clear()
    step = by_password(browser)
    assert NO_CODE in browser.fill(step, code=earlier[0]).text
    assert is_in(browser.fill(step, code=made[0]))


def test_without_a_passkey_there_are_no_codes(browser: Browser) -> None:
    browser.sign_in()
    assert browser.post(passkeys_at(), {"codes": "1"}).status_code == 400


def test_the_codes_of_another_account_open_nothing(world: World, browser: Browser) -> None:
    enrolled(browser)
    world.wait(world.create("eve@example.org", "seven lamps over harbour"))
    eve = world.browser("203.0.113.9")
    eve.submit(eve.authorize(), "eve@example.org", "seven lamps over harbour")
    hers = recovery_codes(add(eve, Authenticator()).text)
    assert NO_CODE in browser.fill(by_password(browser), code=hers[0]).text


def test_at_an_address_of_numbers_the_codes_still_sign_in(world: World, browser: Browser) -> None:
    """The address of a server may change, and its passkeys with it."""
    _, codes = enrolled(browser)
    world.url = "http://127.0.0.1:8000"
    world.start()
    moved = world.browser()
    step = by_password(moved)
    assert "data-options" not in step.text
    assert is_in(moved.fill(step, code=codes[0]))


# --- a sign-in that waits ---------------------------------------------------------------------------------------------


def test_one_password_begins_one_session_in_however_many_tabs(browser: Browser) -> None:
    """Each tab has a question of its own, so each answer is right; the sign-in that waits is one."""
    device, _ = enrolled(browser)
    step = by_password(browser)
    other = browser.get(str(step.url))
    assert is_in(show(browser, step, device))
    assert show(browser, other, device).headers["location"].startswith("/oauth/sign-in")


def test_two_answers_at_once_begin_one_session(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    step = by_password(browser)
    pages = [step, browser.get(str(step.url))]

    async def send() -> list[httpx.Response]:
        forms = [(*form(it.text), device.get(passkey_options(it.text))) for it in pages]
        said = {"origin": browser.origin}
        return await asyncio.gather(
            *(browser.http.post(to, data=sent | {"passkey": answer}, headers=said) for to, sent, answer in forms)
        )

    locations = sorted(it.headers["location"] for it in world.wait(send()))
    assert [it.startswith("/oauth/sign-in") for it in locations] == [True, False]


def test_the_second_step_waits_ten_minutes(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    step = by_password(browser)
    world.clock.at += STEP_LIFETIME
    assert browser.fill(step, code=codes[0]).headers["location"].startswith("/oauth/sign-in")


def test_the_second_step_of_one_site_is_none_of_another(browser: Browser) -> None:
    _, codes = enrolled(browser)
    by_password(browser, USER)
    ticket = next(value for name, value in browser.http.cookies.items() if name.endswith("step_user"))
    browser.http.cookies.set("uconnect_step_school", ticket)
    answer = browser.post(f"/oauth/second-step?client_id={SCHOOL.id}", {"code": codes[0]})
    assert answer.headers["location"].startswith("/oauth/sign-in")


def test_a_password_that_was_changed_meanwhile_opens_no_second_step(world: World, browser: Browser) -> None:
    """Who knew the old one is out, also in the middle of a sign-in."""
    _, codes = enrolled(browser)
    thief = world.browser("203.0.113.9")
    step = by_password(thief)
    browser.fill(browser.ask("forgot"), email=EMAIL)
    chosen = browser.follow(browser.fill(browser.ask("code"), code=world.code(EMAIL)))
    browser.fill(chosen, password="seven lamps over harbour")
    assert thief.fill(step, code=codes[0]).headers["location"].startswith("/oauth/sign-in")


def test_an_account_that_was_suspended_meanwhile_stays_out_and_keeps_its_code(world: World, browser: Browser) -> None:
    _, codes = enrolled(browser)
    step = by_password(browser)
    world.ended.extend(world.database.write(lambda c: account_admin.suspend(c, world.subject, world.clock.at)))
    assert browser.fill(step, code=codes[0]).status_code == 403
    world.database.write(lambda c: account_admin.resume(c, world.subject))
    assert is_in(browser.fill(step, code=codes[0]))


def test_a_code_confirms_a_person_where_a_fresh_proof_is_asked(world: World, browser: Browser) -> None:
    browser.sign_in()
    codes = recovery_codes(add(browser, Authenticator()).text)
    world.clock.at += RECENT + 1
    asked = browser.follow(browser.get(f"/oauth/email?client_id={USER.id}"))
    step = browser.follow(browser.fill(asked, password=PASSWORD))
    assert browser.fill(step, code=codes[0]).headers["location"] == f"/oauth/email?client_id={USER.id}"
    assert browser.get(f"/oauth/email?client_id={USER.id}").status_code == 200


# --- a site where a password is not enough ----------------------------------------------------------------------------


@pytest.fixture
def strict(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The school site needs a passkey from now on."""
    needing = replace(SCHOOL, needs_passkey=True)
    monkeypatch.setattr(settings, "by_id", lambda clients: {it.id: it for it in (USER, needing)})
    world.start()
    return world


def enrol(browser: Browser, device: Authenticator) -> tuple[list[str], str]:
    """Sign in on the school site, and add the first passkey. Returns the codes and where one goes on."""
    step = browser.follow(browser.submit(browser.authorize(SCHOOL)))
    assert "Add a passkey" in step.text
    shown = browser.fill(step, name="Office", passkey=device.create(passkey_options(step.text)))
    onward = shown.text.split('<p class="links"><a href="')[1].split('"')[0].replace("&amp;", "&")
    return recovery_codes(shown.text), onward


def test_a_school_adds_a_passkey_at_its_next_sign_in_and_goes_on(strict: World, browser: Browser) -> None:
    device = Authenticator()
    codes, onward = enrol(browser, device)
    assert len(codes) == CODES
    assert is_in(browser.get(onward), SCHOOL)
    browser.http.cookies.clear()
    assert is_in(show(browser, browser.authorize(SCHOOL), device), SCHOOL)


def test_a_new_school_adds_a_passkey_before_its_site_begins_to_sign_in(strict: World, browser: Browser) -> None:
    page = browser.get(f"/oauth/sign-up?client_id={SCHOOL.id}")
    email = "law@example.org"
    typed = {"name": "Law", "email": email, "password": "seven lamps over harbour"}
    code = browser.follow(browser.fill(page, **typed))
    step = browser.follow(browser.fill(code, code=strict.code(email)))
    shown = browser.fill(step, name="x", passkey=Authenticator().create(passkey_options(step.text)))
    assert len(recovery_codes(shown.text)) == CODES
    assert '<a href="http://localhost:8002/?iss=' in shown.text
    assert is_in(browser.authorize(SCHOOL), SCHOOL)


def test_before_that_it_does_not_reach_its_site(strict: World, browser: Browser) -> None:
    step = browser.follow(browser.submit(browser.authorize(SCHOOL)))
    assert NO_SCRIPT in browser.fill(step, name="x").text.replace("&#39;", "'")
    assert not [name for name in browser.http.cookies if "session" in name]
    assert "Sign in" in browser.authorize(SCHOOL).text
    assert "error=login_required" in browser.authorize(SCHOOL, prompt="none").headers["location"]


def test_the_other_sites_stay_as_they_are(strict: World, browser: Browser) -> None:
    assert is_in(browser.submit(browser.authorize(USER)))


def test_a_session_from_before_gets_no_more_tokens(
    world: World, browser: Browser, request: pytest.FixtureRequest
) -> None:
    held = browser.tokens(SCHOOL)
    code = landed(browser.authorize(SCHOOL), SCHOOL)["code"]
    request.getfixturevalue("strict")
    assert browser.refresh(held["refresh_token"], SCHOOL).json()["error"] == "invalid_grant"
    assert browser.exchange(code, SCHOOL).status_code == 400
    assert "Sign in" in browser.authorize(SCHOOL).text
    _, onward = enrol(browser, Authenticator())
    assert is_in(browser.get(onward), SCHOOL)


def test_a_passkey_added_on_the_account_page_is_enough(
    world: World, browser: Browser, request: pytest.FixtureRequest
) -> None:
    held = browser.tokens(SCHOOL)
    request.getfixturevalue("strict")
    add(browser, Authenticator(), SCHOOL)
    assert browser.refresh(held["refresh_token"], SCHOOL).status_code == 200


def test_the_last_passkey_that_is_needed_cannot_be_removed(strict: World, browser: Browser) -> None:
    enrol(browser, Authenticator())
    (id,) = strict.database.read(lambda c: c.execute("SELECT id FROM issuer_passkey").fetchone())
    assert browser.post(passkeys_at(SCHOOL), {"id": id, "remove": "1"}).status_code == 409
    add(browser, Authenticator(), SCHOOL)
    assert browser.post(passkeys_at(SCHOOL), {"id": id, "remove": "1"}).status_code == 303


def test_a_lost_passkey_locks_no_school_out(strict: World, browser: Browser) -> None:
    codes, _ = enrol(browser, Authenticator())
    browser.http.cookies.clear()
    assert is_in(browser.fill(by_password(browser, SCHOOL), code=codes[0]), SCHOOL)
    browser.http.cookies.clear()
    strict.ended.extend(strict.database.write(lambda c: account_admin.reset_passkeys(c, strict.subject) or []))
    _, onward = enrol(browser, Authenticator())
    assert is_in(browser.get(onward), SCHOOL)


def test_two_tabs_that_add_the_first_passkey_add_one(strict: World, browser: Browser) -> None:
    step = browser.follow(browser.submit(browser.authorize(SCHOOL)))
    other = browser.get(f"/oauth/{step.url.raw_path.decode().removeprefix('/oauth/')}")
    one, two = (Authenticator().create(passkey_options(it.text)) for it in (step, other))
    assert browser.fill(step, passkey=one).status_code == 200
    assert browser.fill(other, passkey=two).status_code == 303
    assert strict.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_passkey").fetchone()) == (1,)
