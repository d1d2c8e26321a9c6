"""A school writes an answer once; it and its workers insert it with a key or a button, and nobody can tell."""

import pytest
from playwright.sync_api import Locator

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.engines import ENGINES, expect, in_engines
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School

pytestmark = pytest.mark.xdist_group("house")
UNDO = "() => document.execCommand('undo')"  # what Ctrl-Z does: WebKit's driver hands no such key on
SUBJECT, CARD, HOURS = "My card is lost", "Come to {school}, room 4.", "From nine.\nTo four."


def _menu(person: BrowserParty) -> Locator:
    return person.page.get_by_role("combobox", name="Search saved replies")


def _save(school: School, title: str, folder: str, text: str) -> None:
    school.button("New reply").click()
    dialog = school.page.get_by_role("dialog", name="New reply")
    expect(dialog.get_by_label("Title")).to_be_focused()
    school.fill(**{"Title": title, "Folder (optional)": folder, "Text": text})
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(school.button(f"Edit {title}")).to_be_visible()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_an_answer_is_written_once_and_inserted_by_the_school_and_its_worker(
    parties: PartyBrowsers, device: Device
) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda = parties.worker(device, school)
    school.tab("Settings")
    school.link("Write and edit saved replies").click()
    school.look("replies-empty")
    school.button("New reply").click()
    school.fill(Text="Hello {name}")
    school.reads("{name} stays as it is. Only {school} is filled in.")
    school.button("Save").click()
    school.reads("Enter a title, so that you can find it.")
    expect(school.page.get_by_label("Title")).to_be_focused()
    school.look("reply-missing")
    school.look_in_every_window("reply-missing")
    school.button("Close").click()
    school.answer("Discard your changes?", "Discard")
    _save(school, "A lost card", "Cards and keys", CARD)
    _save(school, "Opening hours", "", HOURS)
    _rename_folder(school, "Cards and keys", "Cards")
    expect(school.page.locator(".tab-settings")).to_have_attribute("aria-current", "true")
    school.look("replies")
    school.look_in_every_window("replies")
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    _school_answers(school)
    uma.thread.hears(f"Come to {school.name}, room 4.")
    school.offload(wanda.name)
    _worker_searches_unseen(wanda, uma)
    _worker_answers(wanda)
    uma.thread.hears(f"We are there soon. {HOURS}")
    expect(uma.button("Saved replies")).to_have_count(0)
    for hint in ("Cards", "A lost card", "saved", "{school}"):
        assert hint not in uma.knows()


def _rename_folder(school: School, old: str, new: str) -> None:
    school.button(f"Rename the folder {old}").click()
    dialog = school.page.get_by_role("dialog", name="Rename folder")
    expect(dialog.get_by_label("Name of the folder")).to_be_focused()
    school.look("folder")
    school.look_in_every_window("folder")
    dialog.get_by_label("Name of the folder").fill(new)
    dialog.get_by_role("button", name="Save").click()
    expect(school.heading(new)).to_be_visible()
    expect(school.heading(old)).to_have_count(0)
    expect(school.button(f"Rename the folder {new}")).to_be_visible()


def _school_answers(school: School) -> None:
    """With the keyboard alone: "/", some letters, Enter. What was inserted is undone, and done again, in one step."""
    keys, filled = school.page.keyboard, f"Come to {school.name}, room 4."
    school.tab("Inbox")
    composer = school.open(SUBJECT).composer
    composer.focus()
    keys.type("/")
    expect(_menu(school)).to_be_focused()
    expect(school.options).to_have_count(2)
    school.look("reply-menu")
    school.look_in_every_window("reply-menu")
    keys.type("zebra")
    school.reads("No saved reply matches “zebra”.")
    keys.press("Enter")
    keys.press("Escape")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("/")
    keys.press("Backspace")
    keys.type("/car")
    expect(school.selected_option).to_contain_text("A lost card")
    keys.press("Enter")
    expect(composer).to_have_value(filled)
    expect(composer).to_be_focused()
    keys.press("Control+z")
    expect(composer).to_have_value("/")
    keys.press("Control+Shift+z")
    expect(composer).to_have_value(filled)
    school.button("Send").click()
    school.thread.kept(filled)


def _worker_searches_unseen(wanda: BrowserParty, uma: BrowserParty) -> None:
    """What is typed in the menu tells nobody that somebody types."""
    wanda.open(SUBJECT)
    before = len(uma.heard)
    wanda.button("Saved replies").click()
    _menu(wanda).fill("hours")
    expect(wanda.options).to_have_count(1)
    wanda.page.keyboard.press("Escape")
    wanda.page.wait_for_timeout(500)
    assert [it for it in uma.heard[before:] if '"typing"' in it] == []


def _worker_answers(wanda: BrowserParty) -> None:
    """With the button; the text comes at the cursor."""
    composer = wanda.thread.composer
    composer.fill("We are there soon. ")
    wanda.button("Saved replies").click()
    wanda.look("reply-menu")
    wanda.page.get_by_role("option", name="Opening hours").click()
    expect(composer).to_have_value(f"We are there soon. {HOURS}")
    expect(_menu(wanda)).to_have_count(0)
    wanda.button("Send").click()
    wanda.thread.kept(f"We are there soon. {HOURS}")


def test_what_the_school_changes_is_there_for_its_worker_at_once(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    wanda = parties.worker(DESKTOP, school)
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    school.tab("Inbox")
    school.open(SUBJECT)
    school.offload(wanda.name)
    composer = wanda.open(SUBJECT).composer
    composer.press_sequentially("he / she")  # nobody has saved a reply: "/" is a character like any other
    expect(composer).to_have_value("he / she")
    composer.fill("")
    wanda.button("Saved replies").click()
    wanda.reads("Your school has no saved replies yet.")
    wanda.look("replies-none")
    school.tab("Settings")
    school.link("Write and edit saved replies").click()
    _save(school, "A lost card", "", CARD)
    expect(wanda.options).to_contain_text("A lost card")
    school.button("Edit A lost card").click()
    school.fill(**{"Title": "Another card", "Folder (optional)": "Cards"})
    school.button("Save").click()
    expect(wanda.options).to_contain_text("Another card")
    wanda.page.keyboard.press("Escape")
    composer.press_sequentially("he / she")  # a space right after it was meant for the message
    expect(composer).to_have_value("he / she")
    school.button("Delete Another card").click()
    expect(school.button("Edit Another card")).to_have_count(0)
    school.button("Undo").click()
    expect(school.button("Edit Another card")).to_be_visible()
    school.page.reload()
    expect(school.heading("Cards")).to_be_visible()


@in_engines(*ENGINES)
def test_what_was_inserted_is_undone_in_one_step_in_each_engine(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    school.tab("Settings")
    school.link("Write and edit saved replies").click()
    _save(school, "Opening hours", "", HOURS)
    school.tab("Inbox")
    composer = school.open(SUBJECT).composer
    composer.press_sequentially("Hello /")
    expect(_menu(school)).to_be_focused()
    _menu(school).press_sequentially("hours")
    _menu(school).press("Enter")
    expect(composer).to_have_value(f"Hello {HOURS}")
    expect(composer).to_be_focused()
    composer.evaluate(UNDO)
    expect(composer).to_have_value("Hello /")
