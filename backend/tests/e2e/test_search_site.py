"""Somebody looks for a word in all of their threads, and reads it where it stands; others find nothing of it."""

import pytest
from playwright.sync_api import Locator

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User

pytestmark = pytest.mark.xdist_group("house")
CARD, EXAM, ANSWER = "My 学生証 is lost", "The exam", "Bring the Prüfungsschein to room 12"
LONG = 70  # messages: the page loads fewer at once


def _field(person: BrowserParty) -> Locator:
    return person.page.get_by_role("searchbox", name="Search threads")


def _results(person: BrowserParty) -> Locator:
    return person.page.get_by_role("list", name="Search results").get_by_role("link")


def _back(person: BrowserParty) -> None:
    """On a phone the thread covers the list."""
    if person.device.touch:
        person.link("Back to the list").click()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_word_is_found_and_read_where_it_stands(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(device)
    wanda = parties.worker(device, school)
    uma.ask(school.name, EXAM, "When is the exam?")
    uma.thread.say(ANSWER)
    for number in range(LONG):
        uma.thread.write(f"And this, {number}")
    uma.thread.kept(f"And this, {LONG - 1}")
    uma.ask(school.name, CARD, "Where do I get another?")
    _school_finds_the_place(school)
    _notes_are_for_the_inside(school, uma, wanda.name)
    _worker_finds_until_it_is_taken_back(school, wanda)


def _school_finds_the_place(school: School) -> None:
    """As they type, without the accent and in the middle of a word; then the thread opens there."""
    school.tab("Inbox")
    expect(school.row(CARD)).to_be_visible()
    if not school.device.touch:
        expect(_field(school)).to_be_visible()
        school.page.keyboard.press("/")
        expect(_field(school)).to_be_focused()
    _field(school).press_sequentially("prufungs")
    expect(_results(school)).to_have_count(2)
    expect(school.page.get_by_role("status").filter(has_text="1 thread found")).to_be_visible()
    expect(school.page.locator(".search-results mark")).to_have_text(["Prüfungs"])
    expect(school.row(CARD)).to_be_hidden()
    school.look("search")
    school.look_in_every_window("search")
    _field(school).press("Enter")
    expect(_results(school).first).to_be_focused()
    school.page.keyboard.press("Tab")
    school.page.keyboard.press("Enter")
    place = school.thread.bubble(ANSWER)
    expect(place).to_be_in_viewport()
    expect(place.locator("mark")).to_have_text("Prüfungs")
    expect(school.thread.bubble(f"And this, {LONG - 1}")).to_have_count(0)
    school.look("search-place")
    _back(school)
    _field(school).fill("学生")
    expect(_results(school)).to_have_count(1)
    _field(school).fill("prüfung november")
    school.reads("No thread has “prüfung november”.")
    school.look("search-nothing")
    _field(school).fill("in room")
    school.page.get_by_label("Which threads").select_option("Ended")
    school.reads("No thread has “in room”.")
    school.page.get_by_label("Which threads").select_option("Open and ended")
    expect(_results(school)).to_have_count(2)
    _field(school).press("Escape")
    expect(_field(school)).to_have_value("")
    expect(school.row(CARD)).to_be_visible()


def _notes_are_for_the_inside(school: School, uma: User, worker: str) -> None:
    school.open(CARD)
    if school.device.touch:
        school.button("About this thread").click()
    beside = school.page.get_by_role("dialog" if school.device.touch else "complementary", name="About this thread")
    beside.get_by_placeholder("Write a note").fill("Her card lies in my drawer")
    beside.get_by_role("button", name="Add note").click()
    expect(beside.locator(".note-text").filter(has_text="drawer")).to_be_visible()
    if school.device.touch:
        school.button("Close").click()
    school.offload(worker)
    _back(school)
    _field(school).fill("drawer")
    expect(_results(school)).to_have_count(2)
    expect(_results(school).last).to_contain_text("Note")
    _results(school).last.click()
    expect(beside.locator(".note-text mark")).to_have_text("drawer")
    school.look("search-note")
    if school.device.touch:
        school.button("Close").click()
    _back(school)
    uma.tab("Threads")
    _field(uma).fill("drawer")
    uma.reads("No thread has “drawer”.")
    _field(uma).fill(f"exam {school.name}")
    expect(_results(uma)).to_have_count(1)
    _field(uma).fill(worker)
    uma.reads(f"No thread has “{worker}”.")
    assert "drawer" not in "".join(uma.heard)


def _worker_finds_until_it_is_taken_back(school: School, wanda: BrowserParty) -> None:
    expect(wanda.row(CARD)).to_be_visible()
    _field(wanda).fill("card drawer")
    expect(_results(wanda)).to_have_count(2)
    _field(school).press("Escape")
    school.open(CARD)
    school.take_back()
    expect(_results(wanda)).to_have_count(0)
