"""Passkeys: who has one signs in with it, and with nothing less."""

import logging
import sqlite3
import subprocess
import sys
from functools import partial
from typing import Any

import pytest

from tests.support.provider_pages import form, passkey_options
from tests.support.software_authenticator import MAY_SYNC, PRESENT, SYNCED, VERIFIED, Authenticator, encoded
from tests.unit.oidc_provider.passkey_kit import add, by_password, enrolled, is_in, passkeys_at, show
from tests.unit.oidc_provider.provider_kit import (
    EMAIL,
    PASSWORD,
    SCHOOL,
    USER,
    Browser,
    World,
    landed,
    without_challenge,
)
from uconnect.oidc_provider import forget, passkeys
from uconnect.oidc_provider.account_page import RECENT
from uconnect.oidc_provider.passkey_forms import EXPIRED, NOT_ADDED, REJECTED
from uconnect.oidc_provider.relying_party import LIFETIME

EVE, HERS = "eve@example.org", "seven lamps over harbour"


def of_account(world: World, email: str = EMAIL) -> list[passkeys.Passkey]:
    return world.database.read(
        lambda c: passkeys.of_subject(
            c, c.execute("SELECT subject FROM issuer_account WHERE email = ?", (email,)).fetchone()[0]
        )
    )


def test_a_passkey_signs_in_without_address_and_password(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    assert is_in(show(browser, browser.authorize(), device))
    (kept,) = of_account(world)
    assert (kept.credential, kept.name, kept.backed_up) == (device.id, "My phone", True)


def test_it_signs_in_on_the_site_that_asked(browser: Browser) -> None:
    device, _ = enrolled(browser)
    assert is_in(show(browser, browser.authorize(SCHOOL), device), SCHOOL)


def test_a_fresh_sign_in_that_a_site_asks_for_may_be_one_by_passkey(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    show(browser, browser.authorize(), device)
    world.clock.at += 3600
    asked = browser.authorize(prompt="login")
    assert is_in(show(browser, asked, device))
    assert "code" in landed(browser.authorize(max_age="60"))


def test_the_owner_is_told_of_a_new_passkey(world: World, browser: Browser) -> None:
    enrolled(browser)
    assert [it.subject for it in world.mail(EMAIL)] == ["A passkey was added"]


def test_the_password_alone_signs_nobody_in_any_more(world: World, browser: Browser) -> None:
    enrolled(browser)
    thief = world.browser("203.0.113.9")
    step = by_password(thief)
    assert "Confirm it's you" in step.text.replace("&#39;", "'")
    assert not [name for name in thief.http.cookies if "session" in name]
    assert thief.get(f"/oauth/account?client_id={USER.id}").status_code == 303
    assert "Sign in" in thief.authorize().text
    assert thief.authorize(prompt="none").headers["location"].count("error=login_required")


def test_the_second_step_is_the_passkey(browser: Browser) -> None:
    device, _ = enrolled(browser)
    assert is_in(show(browser, by_password(browser), device))


def test_a_new_password_by_letter_needs_the_passkey_too(world: World, browser: Browser) -> None:
    """Who reads the mailbox has not what the person holds."""
    device, _ = enrolled(browser)
    browser.fill(browser.ask("forgot"), email=EMAIL)
    chosen = browser.follow(browser.fill(browser.ask("code"), code=world.code(EMAIL)))
    step = browser.follow(browser.fill(chosen, password=HERS))
    assert "Confirm" in step.text
    assert is_in(show(browser, step, device))


# --- what is no answer ------------------------------------------------------------------------------------------------

WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "our host at another port": {"origin": "http://localhost:8001"},
    "another host's passkey": {"rp_id": "evil.example"},
    "nobody was verified": {"flags": PRESENT | MAY_SYNC | SYNCED},
    "nobody was there": {"flags": VERIFIED | MAY_SYNC | SYNCED},
    "backed up, and not able to be": {"flags": PRESENT | VERIFIED | SYNCED},
    "able to be backed up only now": {"flags": PRESENT | VERIFIED},
    "a frame of another page": {"cross_origin": True},
    "another key": {"private": Authenticator().private},
    "another account": {"user_handle": b"somebody else"},
    "no account": {"user_handle": b""},
    "an unknown passkey": {"id": b"never added by anybody"},
}


PAST = {"able to be backed up only now", "another key", "another account", "no account", "an unknown passkey"}
NEW = [it for it in WRONG if it not in PAST]  # a new passkey has no past


@pytest.mark.parametrize("why", WRONG)
def test_every_wrong_answer_gets_the_same_page_and_signs_nobody_in(browser: Browser, why: str) -> None:
    device, _ = enrolled(browser)
    said = [show(browser, browser.authorize(), device.changed(**it)) for it in (WRONG[why], WRONG["another key"])]
    assert [it.status_code for it in said] == [400, 400]
    one, other = (without_challenge(it.text) for it in said)
    assert one == other
    assert REJECTED in one
    assert not [name for name in browser.http.cookies if "session" in name]


@pytest.mark.parametrize("why", NEW)
def test_a_new_passkey_is_kept_only_if_all_of_that_is_right(world: World, browser: Browser, why: str) -> None:
    browser.sign_in()
    answer = add(browser, Authenticator().changed(**WRONG[why]))
    assert answer.status_code == 400
    assert NOT_ADDED in answer.text
    assert of_account(world) == []


@pytest.mark.parametrize(
    "answer",
    [
        "x",
        "[]",
        "{}",
        "null",
        '{"rawId": 5}',
        '{"rawId": "AAAA"}',
        '{"rawId": "\\ud800"}',
        "[" * 2000,
        '{"rawId": "A"}',
    ],
)
def test_what_is_no_answer_at_all_is_answered_in_words(browser: Browser, answer: str) -> None:
    enrolled(browser)
    said = browser.fill(browser.authorize(), passkey=answer)
    assert (said.status_code, REJECTED in said.text) == (400, True)


def test_an_answer_counts_once(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    answer = device.get(passkey_options(page.text))
    assert is_in(browser.fill(page, passkey=answer))
    again = browser.fill(page, passkey=answer)
    assert EXPIRED in again.text
    assert again.status_code == 400


def test_two_tabs_with_one_answer_begin_one_session(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    answers = browser.fill_together(page, page, page, passkey=device.get(passkey_options(page.text)))
    assert sorted(it.status_code for it in answers) == [303, 400, 400]


def test_two_tabs_may_each_have_a_question(browser: Browser) -> None:
    device, _ = enrolled(browser)
    first, second = browser.authorize(), browser.authorize()
    assert is_in(show(browser, first, device))
    assert is_in(show(browser, second, device))


def test_an_answer_counts_in_the_browser_that_was_asked(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    page, other = browser.authorize(), world.browser("203.0.113.9")
    other.authorize()
    answer = device.get(passkey_options(page.text))
    action, hidden = form(page.text)
    assert other.post(action, hidden | {"passkey": answer}).status_code == 400
    assert not [name for name in other.http.cookies if "session" in name]
    assert is_in(browser.fill(page, passkey=answer))


def test_an_answer_to_one_page_is_none_to_another(world: World, browser: Browser) -> None:
    """Nor for another site: each is a party of its own."""
    device, _ = enrolled(browser)
    page, step = browser.authorize(), by_password(browser)
    _, hidden = form(page.text)
    action, _ = form(step.text)
    answer = device.get(passkey_options(page.text))
    assert browser.post(action, hidden | {"passkey": answer}).status_code == 400
    elsewhere, _ = form(browser.authorize(SCHOOL).text)
    assert browser.post(elsewhere, hidden | {"passkey": answer}).status_code == 400
    assert not [name for name in browser.http.cookies if "session" in name]


def test_a_question_is_answered_within_ten_minutes(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    answer = device.get(passkey_options(page.text))
    world.clock.at += LIFETIME
    late = browser.fill(page, passkey=answer)
    assert EXPIRED in late.text
    assert is_in(show(browser, late, device))


def test_a_question_that_we_never_asked_has_no_answer(browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    asked = passkey_options(page.text) | {"challenge": "A" * 43}
    action, hidden = form(page.text)
    for issued in (hidden["issued"], "9999999999." + "A" * 22, "x", ""):
        said = browser.post(action, hidden | {"issued": issued, "passkey": device.get(asked)})
        assert said.status_code == 400


def test_without_cookies_it_is_said_what_is_missing(browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    browser.http.cookies.clear()
    assert "Allow cookies" in show(browser, page, device).text


def test_a_copied_key_is_noticed_by_its_counter(world: World, browser: Browser) -> None:
    browser.sign_in()
    device = Authenticator(counts=True, flags=PRESENT | VERIFIED)
    add(browser, device)
    browser.http.cookies.clear()
    copy = device.changed()
    for _ in range(2):
        assert is_in(show(browser, browser.authorize(prompt="login"), device))
    browser.http.cookies.clear()
    assert REJECTED in show(browser, browser.authorize(), copy).text
    assert of_account(world)[0].count == 2


def test_a_counter_that_two_requests_bring_counts_once(world: World, browser: Browser) -> None:
    """The library compares with what was read before; the transaction decides."""
    browser.sign_in()
    device = Authenticator(counts=True, flags=PRESENT | VERIFIED)
    add(browser, device)
    first, second = browser.authorize(prompt="login"), browser.authorize(prompt="login")
    one = device.changed().get(passkey_options(first.text))
    other = device.changed().get(passkey_options(second.text))
    (kept,) = of_account(world)
    signed = passkeys.Signature(kept, 1, backed_up=False)
    assert is_in(browser.fill(first, passkey=one))
    assert world.database.write(lambda c: passkeys.use(c, signed, world.clock.at)) is None
    assert REJECTED in browser.fill(second, passkey=other).text


def test_a_suspended_account_is_told_so_by_its_passkey_and_stays_out(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    world.database.write(lambda c: c.execute("UPDATE issuer_account SET suspended = 1"))
    said = show(browser, browser.authorize(), device)
    assert said.status_code == 403
    assert not [name for name in browser.http.cookies if "session" in name]


def test_a_removed_passkey_signs_nobody_in(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    page = browser.authorize()
    world.database.write(lambda c: passkeys.remove(c, world.subject, of_account(world)[0].id))
    assert REJECTED in show(browser, page, device).text


# --- the page of passkeys ---------------------------------------------------------------------------------------------


@pytest.fixture
def owner(browser: Browser) -> Browser:
    browser.sign_in()
    return browser


def test_a_passkey_is_named_renamed_and_removed(world: World, owner: Browser) -> None:
    assert "You have none." in owner.get(passkeys_at()).text
    add(owner, Authenticator(), name="Phone <1>")
    page = owner.get(passkeys_at())
    assert 'value="Phone &lt;1&gt;"' in page.text
    assert "Copied to your other devices" in page.text
    (kept,) = of_account(world)
    owner.post(passkeys_at(), {"id": kept.id, "name": "Key", "rename": "1"})
    assert of_account(world)[0].name == "Key"
    gone = owner.follow(owner.post(passkeys_at(), {"id": kept.id, "remove": "1"}))
    assert "The passkey was removed." in gone.text
    assert of_account(world) == []
    assert world.mail(EMAIL)[-1].subject == "A passkey was removed"
    assert is_in(owner.submit(owner.authorize(prompt="login"))), "the password is enough again"


def test_a_passkey_of_another_account_is_neither_renamed_nor_removed(world: World, owner: Browser) -> None:
    world.wait(world.create(EVE, HERS))
    eve = world.browser("203.0.113.9")
    eve.submit(eve.authorize(), EVE, HERS)
    add(eve, Authenticator())
    (hers,) = of_account(world, EVE)
    for what in ("rename", "remove"):
        assert owner.post(passkeys_at(), {"id": hers.id, "name": "Mine", what: "1"}).status_code == 303
    assert of_account(world, EVE) == [hers]
    assert not [it for it in world.mail(EVE) if "removed" in it.subject]


def test_one_passkey_is_of_one_account(world: World, owner: Browser) -> None:
    device = Authenticator()
    add(owner, device)
    world.wait(world.create(EVE, HERS))
    eve = world.browser("203.0.113.9")
    eve.submit(eve.authorize(), EVE, HERS)
    assert add(eve, device.changed()).status_code == 409
    assert of_account(world, EVE) == []
    assert len(of_account(world)) == 1


def test_an_account_has_ten_passkeys_at_the_most_also_in_a_race(world: World, owner: Browser) -> None:
    for _ in range(passkeys.MOST - 1):
        add(owner, Authenticator())
    pages = [owner.get(passkeys_at()) for _ in range(2)]
    answers = [Authenticator().create(passkey_options(it.text)) for it in pages]
    got = [owner.fill(page, passkey=answer).status_code for page, answer in zip(pages, answers, strict=True)]
    assert got == [303, 409]
    assert len(of_account(world)) == passkeys.MOST


def test_two_tabs_with_one_new_passkey_add_it_once(world: World, owner: Browser) -> None:
    page = owner.get(passkeys_at())
    answer = Authenticator().create(passkey_options(page.text))
    answers = owner.fill_together(page, page, passkey=answer)
    assert sorted(it.status_code for it in answers) == [200, 400]
    assert len(of_account(world)) == 1


@pytest.mark.parametrize("fields", [{"id": "x", "rename": "1"}, {"id": "x", "remove": "1"}, {"codes": "1"}, {}])
def test_nothing_is_changed_without_a_fresh_proof(world: World, owner: Browser, fields: dict[str, str]) -> None:
    add(owner, Authenticator())
    fields = fields | ({"id": of_account(world)[0].id} if "id" in fields else {"passkey": "{}"})
    world.clock.at += RECENT + 1
    before = world.database.read(lambda c: [*c.execute("SELECT * FROM issuer_passkey, issuer_recovery_code")])
    answer = owner.post(passkeys_at(), fields)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/oauth/again")
    assert world.database.read(lambda c: [*c.execute("SELECT * FROM issuer_passkey, issuer_recovery_code")]) == before


@pytest.mark.parametrize("fields", [{"remove": "1"}, {"codes": "1"}])
def test_a_form_of_another_page_changes_nothing(world: World, owner: Browser, fields: dict[str, str]) -> None:
    add(owner, Authenticator())
    before = world.database.read(lambda c: [*c.execute("SELECT * FROM issuer_passkey, issuer_recovery_code")])
    sent = {"id": of_account(world)[0].id} | fields
    assert owner.post(passkeys_at(), sent, "https://evil.example").status_code == 403
    assert world.database.read(lambda c: [*c.execute("SELECT * FROM issuer_passkey, issuer_recovery_code")]) == before


def test_the_fresh_proof_of_an_account_with_a_passkey_is_the_passkey(world: World, owner: Browser) -> None:
    """A found laptop and a known password are not enough to take the passkey away."""
    held = owner.tokens(prompt="login")
    device = Authenticator()
    add(owner, device)
    world.clock.at += RECENT + 1
    asked = owner.follow(owner.get(passkeys_at()))
    step = owner.follow(owner.fill(asked, password=PASSWORD))
    assert "Confirm" in step.text
    assert owner.get(passkeys_at()).status_code == 303
    assert show(owner, step, device).headers["location"] == passkeys_at()
    assert owner.get(passkeys_at()).status_code == 200
    assert owner.refresh(held["refresh_token"]).status_code == 200, "the site stays signed in"


def test_the_fresh_proof_may_be_the_passkey_alone(world: World, owner: Browser) -> None:
    device = Authenticator()
    add(owner, device)
    world.clock.at += RECENT + 1
    asked = owner.follow(owner.get(passkeys_at()))
    assert show(owner, asked, device).headers["location"] == passkeys_at()
    assert owner.get(passkeys_at()).status_code == 200


def test_the_passkey_of_another_account_confirms_nobody(world: World, owner: Browser) -> None:
    add(owner, Authenticator())
    world.wait(world.create(EVE, HERS))
    eve, hers = world.browser("203.0.113.9"), Authenticator()
    eve.submit(eve.authorize(), EVE, HERS)
    add(eve, hers)
    world.clock.at += RECENT + 1
    asked = owner.follow(owner.get(passkeys_at()))
    options = passkey_options(asked.text) | {"allow": []}
    assert owner.fill(asked, passkey=hers.get(options)).status_code == 400
    assert owner.get(passkeys_at()).status_code == 303


def test_an_address_of_numbers_offers_no_passkeys(world: World) -> None:
    world.url = "http://127.0.0.1:8000"
    world.start()
    browser = world.browser()
    page = browser.authorize()
    assert "data-options" not in page.text
    assert browser.fill(page, passkey="{}").status_code == 400
    browser.submit(page)
    assert "made of numbers" in browser.get(passkeys_at()).text


def test_no_log_and_no_token_says_anything_of_passkeys(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device, codes = enrolled(browser)
    landed(show(browser, browser.authorize(), device))
    show(browser, browser.authorize(prompt="login"), device.changed(origin="https://evil.example"))
    logged = "".join(record.getMessage() for record in caplog.records)
    for secret in (
        encoded(device.id),
        device.id.hex(),
        *codes,
        EMAIL,
    ):
        assert secret not in logged


def test_the_page_of_sign_in_is_the_same_for_every_address(world: World, browser: Browser) -> None:
    """It is shown before an address is known, and a hint from a site changes the field alone."""
    enrolled(browser)
    pages = [browser.authorize(login_hint=it) for it in (EMAIL, EVE)]
    one, other = (without_challenge(it.text).replace(EVE, EMAIL) for it in pages)
    assert one == other


def rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_the_closed_account_leaves_no_passkey(world: World, browser: Browser) -> None:
    device, _ = enrolled(browser)
    world.database.write(lambda c: forget(c, world.subject))
    for table in ("issuer_passkey", "issuer_recovery_code", "issuer_second_step"):
        assert world.database.read(partial(rows, table=table)) == []
    assert REJECTED in show(browser, browser.authorize(), device).text


def test_nothing_is_kept_of_a_page_that_nobody_answers(world: World, browser: Browser) -> None:
    def everything() -> str:
        return world.database.read(lambda c: "\n".join(c.iterdump()))

    before = everything()
    for _ in range(5):
        browser.authorize()
    assert everything() == before


def test_a_server_without_passkeys_does_not_load_their_library() -> None:
    """It takes 60 ms and 4 MB, which the first answer pays."""
    started = "import sys, uconnect.entrypoints.server.app; print(*{it.partition('.')[0] for it in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True).stdout.split()
    assert "starlette" in loaded
    assert not {"webauthn", "cbor2", "OpenSSL", "pyasn1"} & {*loaded}
