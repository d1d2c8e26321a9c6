"""After every act the focus is somewhere that is seen: never on the body, never on what is gone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser_party import DESKTOP, PHONE, WIDTHS, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker

pytestmark = pytest.mark.xdist_group("fits")
DEVICES = pytest.mark.parametrize("device", WIDTHS, ids=lambda device: device.name)
FOCUS = """() => {
  const it = document.activeElement;
  const { top, bottom, left, right } = it?.getBoundingClientRect() ?? {};
  const isInWindow = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const isVisible = it?.checkVisibility({ visibilityProperty: true });
  if (it && it.matches("body *") && isVisible && isInWindow) return "";
  return it ? `<${it.localName} class="${it.className}"> "${it.textContent.slice(0, 40)}"` : "nothing";
}"""
SETTLES = 700  # ms in which a page does all that follows an act


def _focus_is_seen(page: Page, act: str) -> None:
    page.wait_for_timeout(SETTLES)
    assert page.evaluate(FOCUS) == "", f"after: {act}"


def _press(page: Page, button: Locator, act: str = "") -> None:
    """By keyboard, as whoever needs the focus does."""
    button.focus()
    page.keyboard.press("Enter")
    _focus_is_seen(page, act or str(button))


@DEVICES
def test_a_raiser_never_loses_the_focus(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(DESKTOP), parties.user(device)
    for number in range(1, 6):
        uma.ask(school.name, f"Question {number}", "Can you help?")
        _focus_is_seen(uma.page, "raise")
    page = uma.page
    uma.tab("Threads")
    _end_one_of_five(uma, school)
    uma.tab("Threads")
    _press(page, uma.row("Question 3"), "open")
    question = page.get_by_role("dialog")
    for answer in ("Keep it open", "End thread"):
        _press(page, uma.button("End thread"), "ask to end")
        _press(page, question.get_by_role("button").filter(has_text=re.compile(f"^{answer}")), f"end: {answer}")
    uma.thread.is_over()
    _focus_is_seen(page, "the thread has ended")
    _press(page, uma.button("Delete"), "ask to delete")
    page.keyboard.press("Escape")
    _focus_is_seen(page, "escape from a question")
    expect(uma.button("Delete")).to_be_focused()
    _press(page, uma.button("Delete"), "ask to delete")
    _press(page, question.get_by_role("button", name="Delete"), "delete")
    expect(page.locator(".thread-row:focus")).to_have_count(1)
    uma.row("Question 4").click()
    if device is PHONE:
        _press(page, uma.link("Back to the list"), "back on a phone")
        expect(uma.row("Question 4")).to_be_focused()


def _end_one_of_five(uma: User, school: School) -> None:
    page = uma.page
    uma.find(school.name)
    limit = page.locator(".thread-limit li")
    ends = limit.get_by_role("button", name="End thread")
    expect(ends).to_have_count(5)
    _press(page, limit.filter(has_text="Question 2").get_by_role("button"), "ask to end one of five")
    _press(page, page.get_by_role("dialog").get_by_role("button", name="End thread"), "end one of five")
    expect(ends).to_have_count(0)
    _focus_is_seen(page, "one of five has ended")


@DEVICES
def test_whoever_writes_never_loses_the_focus(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(DESKTOP), parties.user(device)
    uma.ask(school.name, "Failing", "Can you help?")
    page = uma.page
    uma.thread.write("one")
    _focus_is_seen(page, "send")
    uma.tab("Settings")
    uma.fill(Name="Uma Renamed")
    _press(page, uma.button("Save"), "save the name")
    uma.fill(Name=" ")
    _press(page, uma.button("Save"), "save no name")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    _press(page, uma.button("Close account"), "ask to close the account")
    page.keyboard.press("Escape")
    _focus_is_seen(page, "escape from closing the account")
    expect(uma.button("Close account")).to_be_focused()
    _press(page, page.get_by_role("radio", name="Dark"), "theme")


@DEVICES
def test_a_school_never_loses_the_focus(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(DESKTOP)
    page = school.page
    wanda = parties.worker(DESKTOP, school)
    uma.ask(school.name, "To give away", "Can you help?")
    school.tab("Inbox")
    _press(page, school.row("To give away"), "open")
    school.thread.hears("Can you help?")
    _press(page, school.handler_menu, "menu")
    page.keyboard.press("Escape")
    _focus_is_seen(page, "escape from the menu")
    _press(page, school.handler_menu, "menu")
    _press(page, page.locator(".menu").get_by_role("button", name=wanda.name), "offload")
    expect(school.button(f"With {wanda.name}")).to_be_focused()
    _press(page, school.button("Undo"), "undo")
    expect(school.button("Give to a worker")).to_be_focused()
    school.offload(wanda.name)
    _press(page, school.handler_menu, "menu")
    _press(page, school.button("Take it back"), "take back")
    _notes(school)
    school.tab("Inbox")
    _press(page, page.get_by_role("radio", name=re.compile("^Ended")), "a filter that empties")
    page.keyboard.press("Space")
    _press(page, page.locator(".empty-state").get_by_role("button"), "show all")
    _workers(school, wanda)
    _settings(school)


def _notes(school: School) -> None:
    page = school.page
    about = school.page.get_by_role("button", name="About this thread")
    if about.is_visible():
        _press(page, about, "about this thread")
    page.locator(".note-form textarea").locator("visible=true").fill("A note")
    _press(page, page.locator(".note-form button[type=submit]").locator("visible=true"), "add a note")
    if page.get_by_role("dialog").is_visible():
        _press(page, page.get_by_role("dialog").get_by_role("button", name=re.compile("^Close")), "close about")
        expect(about).to_be_focused()


def _workers(school: School, wanda: Worker) -> None:
    page = school.page
    school.invite("Second", "second-worker@uni.example")
    _focus_is_seen(page, "invite")
    _press(page, page.get_by_role("button", name=re.compile("^Send .*again.*Second|.*Second.*again")).first, "resend")
    for name in (wanda.name, "Second"):
        _press(page, page.get_by_role("button", name=re.compile(f"^Remove {name}")), "ask to remove")
        _press(page, page.get_by_role("dialog").get_by_role("button", name=re.compile("^Remove")), "remove")
        expect(page.get_by_role("button", name=re.compile(f"^Remove {name}"))).to_have_count(0)
        _focus_is_seen(page, f"{name} is removed")
    expect(page.locator("h1:focus")).to_have_count(1)


def _settings(school: School) -> None:
    page = school.page
    school.tab("Settings")
    for _ in range(2):
        _press(page, school.button("Add hours on Monday"), "add hours")
    for _ in range(2):
        _press(page, school.button("Remove hours 1 on Monday"), "remove hours")
    expect(school.button("Add hours on Monday")).to_be_focused()
    _press(page, school.button("Save"), "save the profile")


@DEVICES
def test_a_worker_never_loses_the_focus(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    wanda = parties.worker(device, school)
    page = wanda.page
    for subject in ("First", "Second", "Third"):
        uma.ask(school.name, subject, "Can you help?")
        school.tab("Inbox")
        school.open(subject).hears("Can you help?")
        school.offload(wanda.name)
    _press(page, page.get_by_role("switch"), "availability")
    _press(page, wanda.row("Second"), "open")
    _press(page, wanda.button("Hand back"), "ask to hand back")
    _press(page, page.get_by_role("dialog").get_by_role("button", name="Hand back"), "hand back")
    expect(page.locator(".thread-row:focus")).to_have_count(1)
    _press(page, wanda.row("Third"), "open")
    wanda.thread.composer.focus()
    school.tab("Inbox")
    school.open("Third")
    school.take_back()
    expect(wanda.thread.composer).to_have_count(0)
    _focus_is_seen(page, "the thread is taken back while it is open")


def test_a_page_that_is_signed_out_has_its_heading_focused(parties: PartyBrowsers) -> None:
    uma = parties.user(DESKTOP)
    uma.tab("Settings")
    page = uma.page.context.new_page()
    page.goto(uma.page.url)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.get_by_role("button", name="Sign out").focus()
    # Any tab may sign out at the issuer, which loads that tab anew. This one cannot, so it stays as it is.
    page.route("**/.well-known/**", lambda route: route.abort())
    uma.button("Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    _focus_is_seen(page, "signed out elsewhere")
