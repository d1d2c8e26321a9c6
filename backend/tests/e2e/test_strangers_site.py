"""Nobody is there yet: strangers come in with no more than a mailbox, whatever they hold in their hands."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import WIDTHS, BrowserParty, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker

MAYA, WILL, PASSWORD = "Maya <b>Lindqvist</b>", "Will Weber", "a quiet place to read"
DEVICES = [pytest.param(it, id=it.name, marks=pytest.mark.xdist_group(it.name)) for it in WIDTHS]


@pytest.mark.parametrize("device", DEVICES)
def test_strangers_come_in_by_a_letter_and_find_each_other(parties: PartyBrowsers, device: Device) -> None:
    school, maya, will = parties.someone(School, device), parties.someone(User, device), parties.someone(Worker, device)
    rivers = f"Faculty of Rivers, {device.name}"
    _look_around(maya)
    _mistype(maya)
    school.sign_up(rivers, _mail("rivers", device), PASSWORD)
    _invite(school, will, rivers)
    maya.sign_up(MAYA, _mail("maya", device), PASSWORD)
    expect(maya.heading("Find a school")).to_be_visible()
    maya.look("newcomer")
    maya.ask(rivers, "The bridge is closed", "How do I get to the lecture?")
    school.tab("Inbox")
    school.open("The bridge is closed").reads("How do I get to the lecture?")
    school.reads(f"{MAYA} · User")
    school.offload(WILL)
    will.open("The bridge is closed").say("Over the other bridge.")
    maya.thread.reads("How do I get to the lecture?", "Over the other bridge.")
    _look_at_the_rest(school, "Inbox", "Questions we asked", "Other schools", "Workers", "Overview", "Settings")
    _look_at_the_rest(maya, "Threads", "Find a school", "Settings")
    _look_at_the_rest(will, "Threads", "Settings")


def _mail(name: str, device: Device) -> str:
    return f"{name}@{device.name}.example"


def _invite(school: School, will: Worker, rivers: str) -> None:
    expect(school.heading("Workers")).to_be_visible()
    school.look("newcomer")
    email = _mail("will", will.device)
    school.invite(WILL, email)
    school.reads("Invited, not joined yet")
    link = will.server.link(email)
    will.open_page("/mail")
    will.look("letters")
    will.link(link).click()
    expect(will.heading(f"{rivers} invites you")).to_be_visible()
    will.reads(f"You are invited as {email}.")
    assert link.partition("invitation=")[2] not in will.page.url
    will.look("invited")
    will.fill(**{"New password": PASSWORD})
    will.button("Accept").click()
    will.is_in()
    expect(school.page.get_by_text("Invited, not joined yet")).to_have_count(0)  # at once, on the page as it is
    will.reads("No threads right now")
    will.look("newcomer")


def _look_around(maya: User) -> None:
    maya.open_page("/")
    maya.look("home")
    maya.link("For you").click()
    expect(maya.button("Sign in")).to_be_visible()
    maya.look("door")
    maya.button("Sign in").click()
    maya.fill(**{"E-mail": _mail("maya", maya.device), "Password": "not yet known"})
    maya.button("Sign in").click()
    maya.is_told("The e-mail address or the password is wrong. Check both, then try again.", 400)
    maya.look("refused")
    maya.link("Forgot your password?").click()
    expect(maya.button("Send a code")).to_be_visible()
    maya.look("forgot")


def _mistype(maya: User) -> None:
    maya.open_page()
    maya.link("Create an account").click()
    maya.fill(**{"Your name": MAYA, "E-mail": _mail("maya", maya.device), "New password": "short"})
    maya.button("Continue").click()
    maya.is_told("Choose a password of at least 10 characters. A few words are easy to remember.", 400)
    expect(maya.page.get_by_label("Your name")).to_have_value(MAYA)
    maya.look("short")


def _look_at_the_rest(person: BrowserParty, *tabs: str) -> None:
    for tab in tabs:
        person.tab(tab)
        expect(person.heading(tab)).to_be_visible()
        person.look(tab.lower().replace(" ", "-"))
