"""A person switches the e-mails about new messages in their settings, or by the page behind the link in one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import User

LABEL = "E-mail me about new messages"


def _switches(person: BrowserParty) -> None:
    person.tab("Settings")
    switch = person.page.get_by_role("switch", name=LABEL)
    expect(switch).to_have_attribute("aria-checked", "true")
    person.look("notices on")
    switch.focus()
    person.page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    person.look("notices off")
    person.page.reload()
    expect(person.page.get_by_role("switch", name=LABEL)).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_each_party_switches_its_e_mails(parties: PartyBrowsers, device: Device) -> None:
    school = parties.school(device)
    for person in (parties.user(device), school, parties.worker(device, school)):
        _switches(person)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_the_page_behind_the_link_has_one_button_and_no_barrier(parties: PartyBrowsers, device: Device) -> None:
    guest = parties.someone(User, device)
    guest.open_page("/api/notices/somebody.secret")
    guest.look("the question")
    guest.button("Stop these e-mails").click()
    expect(guest.page.get_by_role("heading")).to_have_text("E-mails are off")
    guest.look("the answer")
