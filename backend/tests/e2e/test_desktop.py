"""On a desk there is room for a list beside its thread, and for a school what it knows of it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("desktop")


def test_a_thread_is_handled_without_leaving_the_list(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    wanda = parties.worker(DESKTOP, school)
    school.look("workers")
    school.tab("Inbox")
    school.look("empty")
    uma.ask(school.name, "A chair is broken", "It is in room 4.")
    school.open("A chair is broken").reads("It is in room 4.")
    about = school.page.get_by_role("complementary", name="About this thread")
    expect(about).to_contain_text(uma.name)
    school.look("received")
    school.offload(wanda.name)
    expect(about).to_contain_text(wanda.name)
    wanda.open("A chair is broken")
    wanda.thread.composer.fill("We bring")
    uma.reads(f"{school.name} is typing…")
    wanda.thread.say("We bring another one.")
    uma.thread.reads("It is in room 4.", "We bring another one.")
    expect(school.thread.bubble("We bring another one.")).to_contain_text(wanda.name)
    for person in (uma, school, wanda):
        person.look("answered")
    uma.end()
    uma.look("over")
    uma.link("Ask this school again").click()
    expect(uma.heading(f"Ask {school.name}")).to_be_visible()
    uma.look("raise")


def test_what_is_given_by_mistake_is_taken_back_with_one_click(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    wanda = parties.worker(DESKTOP, school)
    uma.ask(school.name, "Is the large room free?", "On Thursdays from ten.")
    school.tab("Inbox")
    school.open("Is the large room free?")
    school.offload(wanda.name)
    expect(wanda.row("Is the large room free?")).to_be_visible()
    school.button("Undo").click()
    expect(wanda.row("Is the large room free?")).to_have_count(0)
    expect(school.button("Give to a worker")).to_be_visible()


def test_what_is_begun_outlives_the_tab_but_not_a_sign_out(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "A long letter", "It begins here.")
    uma.thread.composer.fill("Only begun")
    uma.page.reload()
    expect(uma.thread.composer).to_have_value("Only begun")
    uma.tab("Settings")
    uma.look("settings")
    uma.button("Sign out").click()
    expect(uma.button("Sign in")).to_be_visible()
    assert "Only begun" not in uma.knows()
    uma.page.go_back()
    expect(uma.button("Sign in")).to_be_visible()


def test_a_list_is_found_again_as_it_was_left(parties: PartyBrowsers) -> None:
    """A keyboard goes back from the message box to the row; the filters stay in sight; the place in a list is kept."""
    school = parties.school(DESKTOP)
    askers = [parties.user(DESKTOP) for _ in range(3)]
    for number in range(15):
        askers[number % 3].ask(school.name, f"Question {number}", "Can you help?")
    page = school.page
    inbox = page.locator(".tab-inbox")  # its name says how many messages are new
    inbox.click()
    pane, filters = page.locator(".list-pane"), page.locator(".filter-bar")
    school.row("Question 14").scroll_into_view_if_needed()
    expect(filters).to_be_in_viewport()
    left_at = pane.evaluate("(it) => it.scrollTop")
    assert left_at > 0
    school.row("Question 14").click()
    expect(school.thread.composer).to_be_focused()
    for keys in (["Escape"], ["Shift+Tab"] * 5):
        school.thread.composer.focus()
        for key in keys:
            page.keyboard.press(key)
        expect(school.row("Question 14")).to_be_focused()
    school.tab("Overview")
    inbox.click()
    expect(school.row("Question 14")).to_be_in_viewport()
    page.reload()
    expect(school.row("Question 14")).to_be_in_viewport()
    expect(filters).to_be_in_viewport()
