"""Pages that nobody signs in to see, and forms that come back: anyone can use them, in light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser_party import PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User

pytestmark = pytest.mark.xdist_group("fits")
PUBLIC = {  # the path, and the status that the browser notes
    "/": 0,
    "/user/": 0,
    "/school/": 0,
    "/worker/": 0,
    "/mail": 0,
    "/api/docs": 0,
    "/there/is/nothing": 404,
    "/oauth/authorize?client_id=nobody": 400,
    f"/worker/#invitation={'x' * 22}": 400,
    f"/user/#letter={'x' * 43}": 400,
}


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_before_sign_in_has_no_barrier(parties: PartyBrowsers, path: str) -> None:
    guest = parties.someone(User, PHONE)
    guest.open_page(path)
    expect(guest.page.get_by_role("main")).to_be_visible()
    guest.page.wait_for_load_state("networkidle")
    guest.look("state")
    guest.complaints = [it for it in guest.complaints if f"status of {PUBLIC[path] or 'none'}" not in it]


def _is_at_fault(page: Page, label: str) -> None:
    field = page.get_by_label(label, exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def _is_kept(page: Page, **fields: str) -> None:
    for label, value in fields.items():
        expect(page.get_by_label(re.compile(label))).to_have_value(value)


def _every_password_can_be_shown(page: Page) -> None:
    passwords = page.locator("input[type=password]")
    expect(passwords.first).to_be_visible()  # the page has come before its passwords are counted
    expect(page.get_by_label("Show password")).to_have_count(passwords.count())
    page.get_by_label("Show password").first.check()
    expect(page.locator("input[name=password]")).to_have_attribute("type", "text")
    page.get_by_label("Show password").first.uncheck()


def _refused(person: BrowserParty, name: str) -> None:
    expect(person.page.get_by_role("alert")).not_to_be_empty()
    person.look(name)
    person.look_in_every_window(name)
    person.complaints = [it for it in person.complaints if "status of 400" not in it]


@pytest.mark.parametrize(
    ("email", "password", "at_fault"),
    [
        ("someone@uni.example", "short", "New password"),
        ("someone@uni.example", "a" * 300, "New password"),
        ("someone@nowhere", "four quiet herons wading", "E-mail"),
    ],
)
def test_a_sign_up_that_comes_back_says_which_field_is_at_fault(
    parties: PartyBrowsers, email: str, password: str, at_fault: str
) -> None:
    guest = parties.someone(School, PHONE)
    page = guest.page
    guest.open_page()
    guest.link("Create an account").click()
    _every_password_can_be_shown(page)
    page.get_by_label(re.compile("name$")).fill("School of Computing")
    guest.fill(**{"E-mail": email, "New password": password})
    guest.button("Continue").click()
    _refused(guest, "sign-up")
    _is_at_fault(page, at_fault)
    _is_kept(page, **{"name$": "School of Computing", "^E-mail$": email})
    _every_password_can_be_shown(page)


def test_a_sign_in_a_reset_and_a_code_that_come_back_keep_what_was_typed(parties: PartyBrowsers) -> None:
    guest = parties.someone(User, PHONE)
    page = guest.page
    guest.open_page()
    guest.button("Sign in").click()
    _every_password_can_be_shown(page)
    guest.fill(**{"E-mail": "nobody@uni.example", "Password": "not the password"})
    guest.button("Sign in").click()
    _refused(guest, "sign-in")
    _is_kept(page, **{"^E-mail$": "nobody@uni.example"})
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.get_by_role("link", name=re.compile("password", re.IGNORECASE)).click()
    guest.look("forgot")
    guest.fill(**{"E-mail": "nobody@uni.example"})
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_label("Code")).to_be_visible()
    guest.look("reset")
    guest.look_in_every_window("reset")
    page.get_by_label("Code").fill("000000")
    if page.locator("input[type=password]").count():
        _every_password_can_be_shown(page)
        page.get_by_label("New password", exact=True).fill("four quiet herons wading")
    page.get_by_role("main").get_by_role("button").first.click()
    _refused(guest, "code")
    _is_at_fault(page, "Code")
