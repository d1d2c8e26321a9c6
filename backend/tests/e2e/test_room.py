"""The small things of a page: where it begins, what a row shows, and what its words look like."""

import re

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("room")
OF_OTHERS = "Quote, copy or mark unread"
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
    page, more = school.page, school.page.get_by_role("button", name=re.compile("^Quote"))
    more.last.focus()
    for _ in range(2):
        page.keyboard.press("ArrowUp")  # over the time of the first message, if it has one
        if more.first.evaluate("(it) => it === document.activeElement"):
            break
    expect(more.first).to_be_focused()
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


WIDE = Device("wide", 1920, 1080, touch=False)


def test_a_thread_is_marked_unread_for_oneself_alone(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "My card", "Where do I get another?")
    school.tab("Inbox")
    school.open("My card")
    expect(uma.thread.log.get_by_text("Seen")).to_be_visible()
    before = len(uma.heard)
    school.button(OF_OTHERS).click()
    school.look("actions of others")
    school.button("Mark unread").click()
    row = school.row("My card")
    expect(row).to_be_focused()
    expect(row).to_have_class(re.compile("unread"))
    expect(row).to_contain_text("Marked unread")
    school.look("marked unread")
    school.page.reload()
    school.is_in()
    expect(row).to_contain_text("Marked unread")
    school.open("My card")
    school.link("Back to the list")
    expect(row).not_to_contain_text("Marked unread")
    uma.page.wait_for_timeout(500)
    assert uma.heard[before:] == []


def test_a_note_is_new_until_it_is_seen(parties: PartyBrowsers) -> None:
    school, uma = parties.school(PHONE), parties.user(PHONE)
    wanda = parties.worker(DESKTOP, school)
    for subject in ("My card", "My room"):
        uma.ask(school.name, subject, "When are you open?")
    school.tab("Inbox")
    school.open("My card")
    school.offload(wanda.name)
    school.link("Back to the list").click()
    wanda.open("My card")
    wanda.page.get_by_placeholder("Write a note").fill("She was **here** before.")
    wanda.button("Add note").click()
    expect(wanda.page.locator(".note strong")).to_have_text("here")
    expect(school.row("My card")).to_contain_text("New note")
    school.look("new note")
    school.open("My card")
    about = school.page.get_by_role("button", name=re.compile("^About this thread"))
    expect(about).to_have_accessible_name("About this thread 1 new note")
    about.click()
    expect(school.page.get_by_role("dialog").locator(".new-note")).to_be_visible()
    school.look("new note in the dialog")
    school.button("Close").click()
    expect(about).to_have_accessible_name("About this thread 1 note")
    school.look("quiet badge")
    school.link("Back to the list").click()
    expect(school.row("My card")).not_to_contain_text("New note")


ANNOUNCEMENTS = """() => {
  window.said = [];
  const region = document.querySelector('.announcer[aria-live="polite"]');
  const hear = (changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((it) => said.push(it.textContent)));
  new MutationObserver(hear).observe(region, { childList: true });
}"""


def _hears(person: BrowserParty, *lines: str) -> None:
    """Waits until a screen reader was given exactly this."""
    for _ in range(100):
        if person.page.evaluate("window.said") == list(lines):
            return
        person.page.wait_for_timeout(100)
    assert person.page.evaluate("window.said") == list(lines)


def test_a_message_of_another_thread_is_read_out_politely(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    for subject in ("My card", "My room"):
        uma.ask(school.name, subject, "When are you open?")
    school.tab("Inbox")
    school.open("My card")
    school.page.wait_for_timeout(1_000)  # what was asked is read out before
    school.page.evaluate(ANNOUNCEMENTS)
    others, own = "1 new message in Inbox", f"{uma.name}: And on Monday?"
    uma.thread.say("Hello?")
    _hears(school, others)
    uma.thread.say("Hello again?")
    _hears(school, others, others)
    uma.tab("Threads")
    uma.open("My card").say("And on Monday?")
    _hears(school, others, others, own)
    uma.thread.composer.fill("And on Monday?")
    uma.button("Send").click()
    _hears(school, others, others, own, own)


def test_a_thread_says_when_its_school_opens(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    school.tab("Settings")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        school.button(f"Add hours on {day}").click()
        school.page.get_by_label(f"{day}, from").fill("00:00")
        school.page.get_by_label(f"{day}, until").fill("00:01")
    school.button("Save").first.click()
    school.reads("Saved")
    uma.ask(school.name, "My card", "Where do I get another?")
    status = uma.page.locator(".thread-subtitle")
    expect(status).to_have_text(re.compile(rf"^{school.name} · (Opens \w+ at 0?0:00|Open now, until 0?0:01)$"))
    uma.look("opening time")
    uma.look_in_every_window("opening time")
    uma.end()
    expect(status).to_have_text(school.name)


def test_a_wide_screen_shows_more_of_a_subject_and_who_has_waited_longest(parties: PartyBrowsers) -> None:
    school, uma = parties.school(WIDE), parties.user(DESKTOP)
    wanda = parties.worker(WIDE, school)
    for subject in ("First", "Second"):
        uma.ask(school.name, subject, "When are you open?")
    school.tab("Inbox")
    for person in (school, wanda):
        waiting = person.page.locator(".waiting-longest")
        if person is wanda:
            school.open("First")
            school.offload(wanda.name)
        expect(waiting.get_by_role("link").first).to_contain_text("First")
        person.look("waiting longest")
        assert person.page.locator(".list-pane").evaluate("(it) => it.clientWidth") > 440
        waiting.get_by_role("link").first.click()
        expect(person.heading("First")).to_be_visible()
        person.look("wide thread")
    wanda.thread.say("From nine")
    wanda.page.keyboard.press("Escape")
    wanda.tab("Threads")
    expect(wanda.page.locator(".waiting-longest")).to_have_count(0)


def test_a_school_is_found_by_its_description_and_with_a_typing_error(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP, "School of Crystallography"), parties.user(PHONE)
    school.tab("Settings")
    school.fill(**{"What it helps with": "We explain diffractograms and lend microscopes."})
    school.button("Save").first.click()
    school.reads("Saved")
    uma.tab("Find a school")
    found = uma.page.get_by_role("listitem").get_by_role("link", name=school.name)
    for typed in ("microsc", "crystalography", "crystallogrpahy"):
        uma.page.get_by_label("Search schools").fill(typed)
        expect(found).to_be_visible()
    uma.look("found")
    uma.page.get_by_label("Search schools").fill("microscpoes")
    uma.reads("No school matches “microscpoes”.")
