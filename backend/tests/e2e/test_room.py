"""The small things of a page: where it begins, what a row shows, and what its words look like."""

import re

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("room")
IS_WHOLE = "(it) => it.scrollWidth <= it.clientWidth"


def test_a_page_begins_at_its_top_whatever_the_page_before_was_scrolled_to(parties: PartyBrowsers) -> None:
    school = parties.school(PHONE)
    main = school.page.locator(".main")
    school.tab("Settings")
    expect(school.link("Write and edit saved replies")).to_be_attached()
    main.evaluate("(it) => it.scrollTo(0, it.scrollHeight)")
    assert main.evaluate("(it) => it.scrollTop") > 200
    school.link("Write and edit saved replies").click()
    expect(school.heading("Saved replies")).to_be_in_viewport()
    assert main.evaluate("(it) => it.scrollTop") == 0


def test_a_row_that_has_the_focus_shows_the_whole_time_and_the_whole_name(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "My card", "Where do I get another one, and when are you open for that?")
    school.tab("Inbox")
    row = school.row("My card")
    expect(row.locator(".badge")).to_be_visible()
    school.page.keyboard.press("j")
    expect(row).to_be_focused()
    expect(row.locator(".time-full")).to_have_css("position", "static")
    assert row.locator(".row-name").evaluate(IS_WHOLE)
    assert row.locator(".row-time").evaluate(IS_WHOLE)
    school.look("focused row")


MARKED = """> Where do I get another?

**At nine**, in _room 4_:
- your card
- a photo

```
**not bold**
```
See `help` at https://uni.example/_cards_"""
DRAWN = """(bubble) => [...bubble.querySelectorAll("blockquote, strong, em, li, pre, p code, a")].map(
  (it) => `${it.localName} ${it.textContent}`)"""
SHOWN = [
    "blockquote Where do I get another?",
    "strong At nine",
    "em room 4",
    "li your card",
    "li a photo",
    "pre **not bold**",
    "code help",
    "a https://uni.example/_cards_",
]


def test_the_marks_of_a_message_look_the_same_to_everyone_who_reads_it(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    wanda = parties.worker(DESKTOP, school)
    uma.ask(school.name, "My card", "Where do I get another?")
    school.tab("Inbox")
    composer = school.open("My card").composer
    composer.fill(MARKED)
    school.button("Send").click()
    school.offload(wanda.name)
    wanda.open("My card")
    looks = []
    for person in (school, uma, wanda):
        bubble = person.thread.log.locator(".bubble").last
        expect(bubble.locator("strong")).to_have_text("At nine")
        expect(bubble.locator("a")).to_have_count(1)
        assert bubble.evaluate(DRAWN) == SHOWN
        looks.append(bubble.locator(".marked").evaluate("(it) => it.innerHTML"))
        person.look("marks")
        person.look_in_every_window("marks")
    assert len(set(looks)) == 1
    row = wanda.row("My card").locator(".row-preview")
    expect(row).to_have_text(re.compile(r"^Us: \*\*At nine"))


def test_a_message_is_quoted_and_copied_by_touch_and_by_keys(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "My card", "Where do I get another?\nAnd when?")
    uma.thread.say("Thank you")
    school.tab("Inbox")
    school.open("My card")
    page, more = school.page, school.page.get_by_role("button", name="Quote or copy")
    more.last.focus()
    page.keyboard.press("ArrowUp")
    expect(more.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(more.first).to_have_attribute("aria-expanded", "true")
    school.look("actions")
    school.look_in_every_window("actions")
    page.keyboard.press("Tab")
    expect(school.button("Quote")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more.first).to_be_focused()
    page.keyboard.press("Enter")
    school.button("Quote").press("Enter")
    expect(school.thread.composer).to_be_focused()
    expect(school.thread.composer).to_have_value("> Where do I get another?\n> And when?\n\n")
    page.keyboard.press("Control+z")
    expect(school.thread.composer).to_have_value("")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    more.first.click()
    school.button("Copy").click()
    school.reads("Copied")
    expect(more.first).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == "Where do I get another?\nAnd when?"
    uma.button("Quote or copy").last.tap()
    uma.look("actions")
    uma.button("Quote").tap()
    expect(uma.thread.composer).to_have_value("> Thank you\n\n")
