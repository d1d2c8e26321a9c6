"""Whoever stands at another's door is shown the way; whoever came in long ago comes in anew before they close it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import User
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("house")
REFUSED = "status of 403"  # as a browser notes it in its console
MAIL, PASSWORD = "uma@long.example", "four quiet herons wading"


def test_who_comes_to_another_site_than_theirs_is_shown_the_way(parties: PartyBrowsers) -> None:
    school, lost = parties.school(DESKTOP), parties.someone(User, PHONE)
    _, cookie = parties.server.sign_in(Kind.USER, school.email, school.name)
    lost.keep_cookie("uconnect_session_user", cookie)
    lost.open_page()
    lost.button("Sign in").click()
    lost.reads("Sign in on the school site.")
    lost.look("another-site")
    lost.link("Go to that site").click()
    expect(lost.page).to_have_url(f"{parties.server.url}/school/")
    expect(lost.button("Sign in")).to_be_visible()
    _was_refused(lost)


def test_who_came_in_long_ago_types_the_password_before_the_account_is_closed(parties: PartyBrowsers) -> None:
    uma = parties.someone(User, PHONE)
    uma.sign_up("Uma Petrov", MAIL, PASSWORD)
    _let_a_day_pass(uma)
    _close(uma)
    uma.reads("You signed in a while ago.")
    uma.look("came-long-ago")
    uma.button("Sign in again").click()
    uma.fill(**{"E-mail": MAIL, "Password": PASSWORD})
    uma.button("Sign in").click()
    _close(uma)
    uma.reads("Your account is closed, and you are signed out.")
    _was_refused(uma)


def _let_a_day_pass(person: BrowserParty) -> None:
    """Since the password was typed; and the site comes by a new token."""
    aged = "UPDATE issuer_session SET authenticated = authenticated - 86400"
    person.server.write(lambda connection: connection.execute(aged))
    person.page.evaluate("localStorage.clear()")
    person.page.reload()
    person.button("Sign in").click()
    person.is_in()


def _close(person: BrowserParty) -> None:
    person.tab("Settings")
    person.button("Close account").click()
    dialog = person.page.get_by_role("dialog", name="Close this account?")
    dialog.get_by_label("To confirm, type Uma Petrov").fill("Uma Petrov")
    dialog.get_by_role("button", name="Close account").click()


def _was_refused(person: BrowserParty) -> None:
    assert [it for it in person.complaints if REFUSED not in it] == []
    assert person.complaints
    person.complaints.clear()
