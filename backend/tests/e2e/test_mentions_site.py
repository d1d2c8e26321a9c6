"""A note mentions who can read it; they see it in their list until they have read it, and nobody else learns of it."""

import re

import pytest
from playwright.sync_api import Locator

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.engines import ENGINES, expect, in_engines
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, Worker

pytestmark = pytest.mark.xdist_group("room")
SUBJECT, OTHER = "My card is lost", "My room is cold"
ABOUT = re.compile("^About this thread")


def _details(person: BrowserParty) -> Locator:
    """The column beside the open thread, or on a phone the dialog in its place."""
    if person.device is PHONE:
        person.page.get_by_role("button", name=ABOUT).click()
    return person.page.get_by_role("complementary").or_(person.page.get_by_role("dialog"))


def _leaves(person: BrowserParty) -> None:
    if person.device is PHONE:
        person.button("Close").click()


def _mentions(person: BrowserParty, name: str, letters: str, text: str) -> None:
    """With the keyboard alone: "@", some letters, Enter, the text."""
    beside, keys = _details(person), person.page.keyboard
    field = beside.get_by_label("Add a note")
    expect(field).to_have_accessible_description(f"Type @ to mention {name}.")
    field.focus()
    keys.type("@")
    menu = person.page.get_by_role("combobox", name="Mention")
    expect(menu).to_be_focused()
    expect(person.selected_option).to_have_text(re.compile(f"{re.escape(name)}$"))
    person.look("mention-menu")
    keys.type(letters)
    keys.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"@{name} ")
    keys.type(text)
    beside.get_by_role("button", name="Add note").click()
    note = beside.locator(".note").filter(has_text=text)
    expect(note.locator(".note-text mark")).to_have_text(f"@{name}")
    expect(note.locator(".mention-tag")).to_have_count(0)  # one's own note mentions another one
    _leaves(person)


def _sees_mention(person: BrowserParty, text: str) -> None:
    """In the list, until it has seen the note."""
    row = person.row(SUBJECT)
    expect(row.locator(".badge")).to_contain_text("A note mentions you")
    expect(row).to_contain_text("New note")
    person.look("mentioned-row")
    person.page.reload()
    person.is_in()
    expect(row.locator(".badge")).to_contain_text("A note mentions you")
    person.open(SUBJECT)
    beside = _details(person)
    expect(beside.locator(".note.mentions-me")).to_contain_text(f"Mentions you{text}")
    person.look("mentioned-note")
    _leaves(person)
    person.open_page(f"/{person.site}/")
    person.is_in()
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("mentions you")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_school_and_worker_mention_each_other_and_nobody_else_learns_of_it(
    parties: PartyBrowsers, device: Device
) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda, walt = parties.worker(device, school), parties.worker(device, school, "Walt Brown")
    for subject in (SUBJECT, OTHER):
        uma.ask(school.name, subject, "Where do I get another?")
    school.tab("Inbox")
    for subject in (SUBJECT, OTHER):
        school.open(subject)
        school.offload(wanda.name)
        if device is PHONE:
            school.link("Back to the list").click()
    heard = len(uma.heard), len(walt.heard)
    _is_told_elsewhere(school, wanda)
    _sees_mention(wanda, f"@{wanda.name} is it hers?")
    wanda.open(SUBJECT)
    school.tab("Settings")
    _mentions(wanda, school.name, "school", "yes, it is.")
    school.reads(f"A note on “{SUBJECT}” mentions you")
    school.tab("Inbox")
    _sees_mention(school, f"@{school.name} yes, it is.")
    for person, before in zip((uma, walt), heard, strict=True):
        assert not [it for it in person.heard[before:] if re.search('"(noted|row|event)"', it)]
    for hint in ("is it hers", "mentions you", wanda.name):
        assert hint not in uma.knows()


def _is_told_elsewhere(school: School, wanda: Worker) -> None:
    """The worker has another thread open, and is told politely."""
    wanda.open(OTHER)
    school.open(SUBJECT)
    _mentions(school, wanda.name, "oka", "is it hers?")
    said = wanda.page.get_by_role("status").filter(has_text=f"A note on “{SUBJECT}” mentions you")
    expect(said).to_be_visible()
    wanda.look("mention-said")
    if wanda.device is PHONE:
        wanda.link("Back to the list").click()


def test_the_sentence_that_a_note_has_come_leads_to_it(parties: PartyBrowsers) -> None:
    school, uma = parties.school(PHONE), parties.user(PHONE)
    wanda = parties.worker(PHONE, school)
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    school.tab("Inbox")
    school.open(SUBJECT)
    school.offload(wanda.name)
    _mentions(school, wanda.name, "w", "is it hers?")
    expect(wanda.row(SUBJECT).locator(".badge")).to_contain_text("A note mentions you")
    wanda.look_in_every_window("mentioned-row")
    wanda.open(SUBJECT)
    _mentions(school, wanda.name, "w", "and this?")
    wanda.button("Show").last.click()
    dialog = wanda.page.get_by_role("dialog")
    expect(dialog.locator(".mentions-me")).to_have_count(2)
    wanda.look_in_every_window("mentioned-note")
    dialog.get_by_label("Add a note").press_sequentially("@")
    expect(wanda.page.get_by_role("combobox", name="Mention")).to_be_focused()
    wanda.look_in_every_window("mention-menu")
    wanda.page.keyboard.press("Escape")
    wanda.button("Close").click()
    wanda.link("Back to the list").click()
    expect(wanda.row(SUBJECT)).not_to_contain_text("mentions you")
    wanda.open(SUBJECT)
    expect(wanda.page.get_by_role("button", name=ABOUT)).to_be_visible()
    expect(wanda.page.get_by_role("dialog")).to_have_count(0)


@in_engines(*ENGINES)
def test_what_is_no_name_and_a_note_that_nobody_else_reads_are_typed_on(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    wanda = parties.worker(PHONE, school)
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    school.tab("Inbox")
    school.open(SUBJECT)
    field = school.page.get_by_label("Add a note")
    field.press_sequentially("Card @ desk, @Wanda")  # the school has the thread itself: there is nobody to mention
    expect(field).to_have_value("Card @ desk, @Wanda")
    field.fill("")
    school.offload(wanda.name)
    field.press_sequentially("Card @ 5, ")
    expect(field).to_have_value("Card @ 5, ")
    field.press_sequentially("@")
    menu = school.page.get_by_role("combobox", name="Mention")
    expect(menu).to_be_focused()
    menu.press_sequentially("q")
    expect(menu).to_have_count(0)
    expect(field).to_be_focused()
    field.press_sequentially("uiet ")
    expect(field).to_have_value("Card @ 5, @quiet ")
    field.press_sequentially("@")
    expect(menu).to_be_focused()
    menu.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value("Card @ 5, @quiet @")
    expect(school.thread.log).to_be_visible()


def test_the_menu_of_workers_knows_who_had_the_thread(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    wanda, walt = (parties.worker(DESKTOP, school, name) for name in ("Wanda Okafor", "Walt Brown"))
    will = parties.worker(DESKTOP, school, "Will Adams")
    for subject in (SUBJECT, OTHER):
        uma.ask(school.name, subject, "Where do I get another?")
    school.tab("Inbox")
    school.open(OTHER)
    school.offload(wanda.name)
    school.open(SUBJECT)
    school.offload(will.name)
    will.open(SUBJECT)
    will.hand_back("The messages tell me who asked.")
    expect(school.button("Give to a worker")).to_be_visible()
    school.offload(wanda.name)
    school.take_back()
    school.page.reload()  # nothing of the thread's past is in memory
    school.is_in()
    expect(school.page.locator(".palette-button")).to_be_attached()  # it comes with the part that listens to keys
    expect(school.button("Give to a worker")).to_be_visible()
    school.page.keyboard.press("o")
    menu = school.page.get_by_role("group", name="Who should answer this?")
    first = menu.get_by_role("button").first
    expect(first).to_be_focused()
    expect(menu.locator(".menu-name")).to_have_text([wanda.name, walt.name, will.name])
    expect(first).to_contain_text("Had this thread before · 1 open thread")
    expect(menu.get_by_role("button").last).to_contain_text("Handed it back · 0 open threads")
    school.look("who-had-it")
    school.look_in_every_window("who-had-it")
    school.page.keyboard.press("Enter")
    expect(school.button(f"With {wanda.name}")).to_be_visible()
