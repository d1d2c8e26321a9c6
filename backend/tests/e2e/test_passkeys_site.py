"""People add a passkey, sign in with it and by a recovery code; a school has to; who is away is signed out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Route, expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User
from tests.support.server_process import Server, serving

MAIL, PASSWORD = "uma@keys.example", "four quiet herons wading"
OFFICE = "office@keys.example"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Schools need a passkey here, and who is away is signed out."""
    with serving(tmp_path, NEED_PASSKEY="schools", IDLE_SIGN_OUT="15") as server:
        yield server
    assert server.complaints() == []


def authenticator(person: BrowserParty) -> tuple[CDPSession, str]:
    """A device that opens by a finger, in place of the real one: its session, and its id there."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_person_adds_a_passkey_and_signs_in_with_it_and_by_a_code(parties: PartyBrowsers) -> None:
    uma = parties.someone(User, PHONE)
    uma.sign_up("Uma Petrov", MAIL, PASSWORD)
    session, device = authenticator(uma)
    uma.open_page("/oauth/passkeys?client_id=uconnect-user")
    uma.look("no passkey yet")
    uma.page.get_by_label("Name of the passkey").fill("My phone")
    uma.button("Add a passkey").click()
    expect(uma.heading("Recovery codes")).to_be_visible()
    uma.look("codes")
    codes = uma.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    uma.link("I have saved the codes. Continue").click()
    uma.look("one passkey")
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1

    sign_out(uma)
    session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": False})
    uma.button("Sign in").click()
    expect(uma.button("Sign in with a passkey")).to_be_visible()
    uma.look("sign in, by password or passkey")
    session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": True})
    uma.button("Sign in with a passkey").click()
    uma.is_in()

    sign_out(uma)
    session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": False})
    uma.button("Sign in").click()
    uma.fill(**{"E-mail": MAIL, "Password": PASSWORD})
    uma.button("Sign in").click()
    expect(uma.heading("Confirm it's you")).to_be_visible()
    uma.look("second step")
    uma.page.get_by_label("Recovery code").fill(codes[0])
    uma.button("Continue").click()
    uma.is_in()


def sign_out(person: BrowserParty) -> None:
    person.open_page()
    person.is_in()
    person.tab("Settings")
    person.button("Sign out").click()
    expect(person.button("Sign in")).to_be_visible()


def test_a_school_adds_a_passkey_before_it_reaches_its_site(parties: PartyBrowsers) -> None:
    office = parties.someone(School, DESKTOP)
    authenticator(office)
    office.open_page()
    office.link("Create an account").click()
    office.page.get_by_label("The school's name").fill("School of Law")
    office.fill(**{"E-mail": OFFICE, "New password": PASSWORD})
    office.button("Continue").click()
    office.page.get_by_label("Code").fill(office.server.code(OFFICE))
    office.button("Continue").click()
    expect(office.heading("Add a passkey")).to_be_visible()
    office.look("a passkey is needed")
    office.page.get_by_label("Name of the passkey").fill("Office")
    office.button("Add a passkey").click()
    office.link("I have saved the codes. Continue").click()
    office.is_in()


def test_who_is_away_is_warned_and_then_signed_out_in_all_tabs(parties: PartyBrowsers) -> None:
    uma = parties.someone(User, DESKTOP)
    uma.page.route("**/config.json", _with_a_short_idle)
    uma.sign_up("Uma Petrov", "uma@away.example", PASSWORD)
    dialog = uma.page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    uma.look("about to be signed out")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    expect(dialog).to_be_visible()
    note = uma.page.get_by_text("You were signed out because no one used this site for a while.")
    expect(note).to_be_visible(timeout=90_000)
    expect(uma.button("Sign in")).to_be_visible()
    assert uma.server.write(lambda c: c.execute("SELECT count(*) FROM issuer_session").fetchone()) == (0,)


def _with_a_short_idle(route: Route) -> None:
    """66 seconds: the warning comes after 6."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"idle": 1.1})
