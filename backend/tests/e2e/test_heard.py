"""What a screen reader hears, once each; and what is read beside the sites has no barrier either."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User

pytestmark = pytest.mark.xdist_group("fits")
LISTEN = """() => {
  window.heard = [];
  const note = ({ addedNodes }) => addedNodes.forEach((it) => window.heard.push(it.textContent));
  for (const region of document.querySelectorAll(".announcer"))
    new MutationObserver((changes) => changes.forEach(note)).observe(region, { childList: true });
}"""


def _heard(page: Page, times: int) -> list[str]:
    page.wait_for_function("(times) => window.heard.length >= times", arg=times)
    heard: list[str] = page.evaluate("window.heard")
    return heard


def test_equal_messages_are_each_heard_and_so_is_the_end(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "Heard", "Can you hear me?")
    school.tab("Inbox")
    school.open("Heard").hears("Can you hear me?")
    uma.page.evaluate(LISTEN)
    for _ in range(3):
        school.thread.composer.fill("Yes.")
        school.page.keyboard.press("Enter")
    assert _heard(uma.page, 3) == [f"{school.name}: Yes."] * 3
    uma.end()
    assert _heard(uma.page, 4)[3:] == ["Thread ended."]


def test_what_is_left_to_write_is_heard_at_four_points(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "Long", "Can you hear me?")
    uma.page.evaluate(LISTEN)
    uma.thread.composer.fill("a" * 3_595)
    uma.page.keyboard.type("b" * 12)
    uma.thread.composer.fill("a" * 3_985)
    assert len(_heard(uma.page, 2)) == 2
    uma.thread.composer.fill("a" * 4_001)
    expect(uma.thread.composer).to_have_attribute("aria-invalid", "true")
    assert len(_heard(uma.page, 3)) == 3


def test_an_address_is_a_link_that_tells_nobody_where_it_was(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    text = "See https://uni.example/exam, not javascript:alert(1) or https://me:pw@evil.example/ please."
    uma.ask(school.name, "Link", text)
    link = uma.thread.log.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://uni.example/exam")
    assert link.evaluate("(it) => [it.target, it.rel, it.referrerPolicy]") == [
        "_blank",
        "noopener noreferrer nofollow",
        "no-referrer",
    ]
    uma.thread.reads(text)
    uma.look("a link")


def test_a_time_is_whole_for_touch_and_keyboard(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "Time", "What time is it?")
    time = uma.thread.log.locator(".time-button")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", time.locator("time").get_attribute("datetime") or "")
    time.tap()
    expect(time).to_have_text(re.compile(r"^\d+ \w+ \d{4} at \d\d:\d\d$"))
    uma.look("whole times")
    time.focus()
    uma.page.keyboard.press("Enter")
    expect(time.locator(".time-short")).to_be_visible()


def test_pages_beside_the_sites_have_no_barrier(parties: PartyBrowsers) -> None:
    guest = parties.someone(User, DESKTOP)
    for path in ("/", "/mail", "/api/docs"):
        guest.open_page(path)
        guest.look(path)


def test_the_account_page_has_the_reader_s_time_and_no_barrier(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    assert isinstance(school, School)
    school.tab("Settings")
    school.page.get_by_role("link", name=re.compile("^Password, e-mail")).click()
    time = school.page.locator("time").first
    expect(time).not_to_have_text(re.compile("UTC"))
    expect(time).to_have_text(re.compile(r"^\d+ \w+ \d{4} at "))  # as this reader's browser writes it: en-GB
    expect(time).to_have_attribute("datetime", re.compile("T"))
    school.look("account")
