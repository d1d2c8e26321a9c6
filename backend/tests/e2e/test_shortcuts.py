"""Somebody who works all day finds, opens, answers and gives away by keys, and sees each key beside what it does."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker

pytestmark = pytest.mark.xdist_group("desktop")
NARROW = Device("narrow", 700, 800, touch=False)
SUBJECTS = ("First", "Second", "Third")
HINT = "(it) => getComputedStyle(it, '::after').content"


def _inbox_of_three(parties: PartyBrowsers, device: Device = DESKTOP) -> tuple[School, User]:
    """A school with three questions, the one that waits longest first, in its inbox."""
    school, uma = parties.school(device), parties.user(DESKTOP)
    for subject in SUBJECTS:
        uma.ask(school.name, subject, f"{subject} question")
    school.tab("Inbox")
    expect(school.page.locator(".thread-row")).to_have_count(3)
    expect(school.page.locator(".palette-button")).to_be_attached()  # it comes with the part that listens to keys
    return school, uma


def _press(person: BrowserParty, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def _palette(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a page, thread or command")


def _options(page: Page) -> Locator:
    return page.locator("[role=option]")


def test_a_school_works_through_its_inbox_by_keys(parties: PartyBrowsers) -> None:
    school, uma = _inbox_of_three(parties)
    wanda = parties.worker(DESKTOP, school)
    school.tab("Inbox")
    page, thread = school.page, school.thread
    _press(school, "j", "j", "k", "j")
    expect(school.row("Second")).to_be_focused()
    _press(school, "Enter")
    thread.hears("Second question")
    expect(thread.composer).to_be_focused()
    page.keyboard.type("jkrot?/ is typed")
    _press(school, "Escape")
    expect(school.row("Second")).to_be_focused()
    _press(school, "r")
    expect(thread.composer).to_have_value("jkrot?/ is typed")
    _press(school, "Enter")
    thread.kept("jkrot?/ is typed")
    # The answered thread stays where it is while it is open.
    _press(school, "Escape")
    expect(school.row("Second")).to_be_focused()
    expect(school.page.locator(".thread-row .row-subject")).to_have_text(["First", "Second", "Third"])
    _press(school, "j")
    expect(school.row("Third")).to_be_focused()
    # A key of a thread is of the row that has the focus, and not of the thread that is open.
    _press(school, "o")
    menu = page.get_by_role("group", name="Who should answer this?")
    expect(menu.get_by_role("button", name=wanda.name)).to_be_focused()
    expect(school.heading("Third")).to_be_visible()
    expect(school.page.locator(".thread-row .row-subject")).to_have_text(["First", "Third", "Second"])
    # Her page looks the thread up, which would not be found once it is taken back.
    with wanda.page.expect_response(lambda response: "/api/threads/" in response.url):
        _press(school, "Enter")
    given = school.button(f"With {wanda.name}")
    expect(given).to_be_focused()
    expect(given).to_have_attribute("aria-disabled", "false")
    expect(wanda.row("Third")).to_be_visible()
    _press(school, "t")
    expect(school.button("Give to a worker")).to_be_focused()
    expect(wanda.row("Third")).to_have_count(0)
    _press(school, "k")
    expect(school.row("First")).to_be_focused()
    uma.tab("Threads")
    uma.open("Second").hears("jkrot?/ is typed")


def test_a_key_opens_the_menu_of_each_thread_it_opens(parties: PartyBrowsers) -> None:
    """The focus moves into a thread as it is opened. It moved later, and closed the menu."""
    school, _ = _inbox_of_three(parties)
    wanda = parties.worker(DESKTOP, school)
    school.tab("Inbox")
    school.open("Second")
    menu = school.page.get_by_role("group", name="Who should answer this?")
    for subject in ("Third", "First", "Second") * 2:
        school.row(subject).focus()
        _press(school, "o")
        expect(menu.get_by_role("button", name=wanda.name)).to_be_focused()
        expect(school.heading(subject)).to_be_visible()
        _press(school, "Escape")


def test_a_worker_answers_and_hands_back_by_keys(parties: PartyBrowsers) -> None:
    school, _ = _inbox_of_three(parties)
    wanda = parties.worker(DESKTOP, school)
    school.tab("Inbox")
    for subject in SUBJECTS[:2]:
        school.open(subject)
        school.offload(wanda.name)
    expect(wanda.page.locator(".thread-row")).to_have_count(2)
    _press(wanda, "j", "r")
    expect(wanda.thread.composer).to_be_focused()
    wanda.page.keyboard.type("An answer")
    _press(wanda, "Enter")
    wanda.thread.kept("An answer")
    _press(wanda, "Escape", "h")
    question = wanda.page.get_by_role("dialog", name="Hand this thread back?")
    expect(question).to_be_visible()
    _press(wanda, "h", "j", "?")  # the question waits for its own answer
    expect(wanda.page.get_by_role("dialog")).to_have_count(1)
    _press(wanda, "Escape")
    expect(wanda.row("First")).to_be_focused()
    _press(wanda, "h")
    question.get_by_role("button", name="Hand back").press("Enter")
    expect(wanda.row("First")).to_have_count(0)
    expect(wanda.row("Second")).to_be_focused()


def test_a_user_finds_a_school_and_a_thread_by_keys(parties: PartyBrowsers) -> None:
    school, uma = _inbox_of_three(parties)
    page = uma.page
    uma.tab("Find a school")
    search = page.get_by_label("Search schools")
    expect(search).to_be_visible()
    _press(uma, "/")
    expect(search).to_be_focused()
    uma.tab("Settings")
    _press(uma, "/")  # no search here
    expect(_palette(page)).to_be_focused()
    page.keyboard.type(school.name)
    expect(_options(page).filter(has_text=school.name).last).to_be_visible()
    page.get_by_role("group", name="Ask a school").get_by_role("option").wait_for()
    _press(uma, "ArrowUp", "Enter")
    expect(uma.heading(f"Ask {school.name}")).to_be_visible()
    _press(uma, "Control+k")
    page.keyboard.type("sécond")
    expect(_options(page)).to_have_text([re.compile("^Second")])
    _press(uma, "Enter")
    uma.thread.hears("Second question")
    expect(uma.thread.composer).to_be_focused()


def test_the_palette_and_the_list_of_keys_are_for_everyone(parties: PartyBrowsers) -> None:
    school, uma = _inbox_of_three(parties)
    wanda = parties.worker(DESKTOP, school)
    school.tab("Inbox")
    school.open("First")
    school.offload(wanda.name)
    wanda.open("First")
    uma.tab("Threads")
    uma.open("First")
    for person, keys in ((school, "ROTEN"), (wanda, "RHEN"), (uma, "R")):
        _looks(person, keys)


def _looks(person: School | Worker | User, keys: str) -> None:
    """The palette and the list of keys at each width, in light and dark, and the focus that comes back."""
    page = person.page
    _press(person, "Escape")
    expect(person.row("First")).to_be_focused()
    _press(person, "Control+k")
    expect(_palette(page)).to_be_focused()
    person.look("palette")
    _press(person, "Escape")
    expect(person.row("First")).to_be_focused()
    _press(person, "?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shown.locator("dt")).to_have_text(["JK", "Enter", "Esc", *keys, "/", "Ctrl K", "?"])
    person.look("keys")
    person.look_in_every_window("keys")
    _press(person, "Escape")
    expect(person.row("First")).to_be_focused()
    _press(person, "Control+k")
    person.look_in_every_window("palette")
    _press(person, "Control+k")
    expect(_palette(page)).to_have_count(0)
    person.look("hints")
    for width in (768, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        person.look(f"hints at {width}")
    page.set_viewport_size({"width": DESKTOP.width, "height": DESKTOP.height})


def test_single_keys_are_switched_off_and_their_hints_with_them(parties: PartyBrowsers) -> None:
    school, _ = _inbox_of_three(parties)
    page, give = school.page, school.button("Give to a worker")
    school.open("First")
    assert give.evaluate(HINT) == '"o" / ""'
    expect(school.thread.composer).to_have_attribute("aria-keyshortcuts", "r")
    school.tab("Settings")
    page.get_by_role("switch", name="Single-key shortcuts").press("Space")
    school.look("switched off")
    page.reload()
    school.is_in()
    school.tab("Inbox")
    school.open("Second")
    assert give.evaluate(HINT) == "none"
    expect(school.thread.composer).not_to_have_attribute("aria-keyshortcuts", "r")
    _press(school, "Escape", "o", "j", "?")
    expect(school.row("Second")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".menu")).to_have_count(0)
    _press(school, "Control+k")
    page.keyboard.type("shortcuts")
    _press(school, "Enter")
    page.get_by_role("switch", name="Single-key shortcuts").press("Space")
    _press(school, "Escape")
    assert give.evaluate(HINT) == '"o" / ""'
    _press(school, "o")
    expect(page.locator(".menu")).to_be_visible()


def test_in_a_narrow_window_escape_leads_back_to_the_list(parties: PartyBrowsers) -> None:
    school, _ = _inbox_of_three(parties, NARROW)
    school.row("First").press("Enter")
    school.thread.hears("First question")
    school.thread.composer.fill("A draft")
    _press(school, "Escape")
    expect(school.row("First")).to_be_focused()
    _press(school, "Enter")
    expect(school.thread.composer).to_have_value("A draft")


def test_on_a_phone_no_key_is_shown(parties: PartyBrowsers) -> None:
    school, _ = _inbox_of_three(parties, PHONE)
    school.open("First")
    assert school.button("Give to a worker").evaluate(HINT) == "none"
    expect(school.page.locator(".palette-button")).to_be_hidden()
    school.link("Back to the list").click()
    find = school.button("Find a page, thread or command")
    assert find.evaluate(HINT) == "none"
    find.tap()
    _palette(school.page).fill("second")
    school.look("palette")
    school.page.get_by_role("option", name="Second").tap()
    school.thread.hears("Second question")
