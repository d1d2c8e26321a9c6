"""A list of threads comes in the order that a person chooses, and what happens meanwhile keeps to it."""

import re
from contextlib import closing

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.support.filled_folder import FilledFolder
from tests.support.server_process import Server
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("sorts")
FIRST, SECOND, THIRD = "A cold room", "A lost card", "A late train"
HOUR = 3_600_000  # between two events
MANY = 120  # threads: more than two pages, so that a list has few of them in the document


@pytest.fixture
def server(own_server: Server) -> Server:
    return own_server


def _choose(person: BrowserParty, order: str) -> None:
    person.page.get_by_role("combobox", name="Sort by").select_option(order)


def _lists(person: BrowserParty, *subjects: str) -> None:
    expect(person.page.locator(".thread-row .row-subject")).to_have_text(list(subjects))


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_school_chooses_an_order_and_keeps_it(parties: PartyBrowsers, device: Device) -> None:
    school = parties.school(device)
    with closing(FilledFolder(parties.server, events=20, step=HOUR)) as folder:
        to = folder.party(school.email)
        ann, bob = (folder.register(Kind.USER, name) for name in ("Ann", "Bob"))
        first = folder.ask(ann, to, FIRST, "It is cold.")
        second = folder.ask(bob, to, SECOND, "It is lost.")
        folder.ask(ann, to, THIRD, "It was late.")
        folder.say(ann, first, "It is colder now.")
        school.page.reload()
        school.is_in()
        school.tab("Inbox")
        _lists(school, FIRST, SECOND, THIRD)
        _choose(school, "Newest first")
        _lists(school, THIRD, SECOND, FIRST)
        school.page.wait_for_url(re.compile(r"\?sort=newest$"))
        school.look("sorted-inbox")
        school.look_in_every_window("sorted-inbox")
        # It is kept in another filter, in a thread, on another page and after a reload.
        school.page.get_by_role("radio", name="New").check(force=True)
        school.page.wait_for_url(re.compile(r"\?sort=newest&show=new$"))
        _lists(school, THIRD, SECOND, FIRST)
        school.open(SECOND)
        school.tab("Overview")
        school.tab("Inbox")
        _lists(school, THIRD, SECOND, FIRST)
        school.page.reload()
        school.is_in()
        _lists(school, THIRD, SECOND, FIRST)
        # What has ended has one order.
        school.page.get_by_role("radio", name="Ended").check(force=True)
        expect(school.page.get_by_role("combobox", name="Sort by")).to_have_count(0)
        school.page.get_by_role("radio", name="Open").check(force=True)
        _lists(school, THIRD, SECOND, FIRST)
        _choose(school, "Last activity")
        _lists(school, FIRST, THIRD, SECOND)
        folder.say(bob, second, "I still look for it.")
        school.page.reload()
        school.is_in()
        _lists(school, SECOND, FIRST, THIRD)
    _choose(school, "Waiting longest")
    _lists(school, FIRST, SECOND, THIRD)
    assert "sort=" not in school.page.url


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_message_that_arrives_puts_its_thread_where_the_order_says(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(device)
    wanda = parties.worker(device, school)
    for subject in (FIRST, SECOND, THIRD):
        uma.ask(school.name, subject, "Please help.")
        school.tab("Inbox")
        school.open(subject)
        school.offload(wanda.name)
        uma.tab("Threads")
    school.tab("Inbox")
    wanda.tab("Threads")
    for person in (school, wanda):
        _lists(person, FIRST, SECOND, THIRD)
        _choose(person, "Last activity")
        _lists(person, THIRD, SECOND, FIRST)
    wanda.look("sorted-queue")
    wanda.look_in_every_window("sorted-queue")
    _lists(uma, THIRD, SECOND, FIRST)
    uma.open(SECOND).say("It is urgent.")
    for person in (school, wanda):
        _lists(person, SECOND, THIRD, FIRST)
        _choose(person, "Newest first")
        _lists(person, THIRD, SECOND, FIRST)
    uma.thread.say("Very urgent.")
    wanda.open(SECOND).hears("Very urgent.")
    _lists(wanda, THIRD, SECOND, FIRST)
    # Whoever asked chooses too. While the thread was open, its row stayed where it was.
    uma.tab("Threads")
    _lists(uma, SECOND, THIRD, FIRST)
    _choose(uma, "Newest first")
    _lists(uma, THIRD, SECOND, FIRST)
    uma.look("sorted-questions")
    uma.look_in_every_window("sorted-questions")
    uma.page.reload()
    uma.is_in()
    _lists(uma, THIRD, SECOND, FIRST)


def test_an_order_is_chosen_in_the_palette_and_holds_on_later_pages(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    with closing(FilledFolder(parties.server, events=2 * MANY, step=HOUR)) as folder:
        to = folder.party(school.email)
        askers = [folder.register(Kind.USER, f"Asker {number}") for number in range(MANY // 5)]
        for number in range(MANY):
            folder.ask(askers[number // 5], to, f"Question {number}", "Can you help?")
    school.page.reload()
    school.is_in()
    school.tab("Inbox")
    rows = school.page.locator(".thread-rows > li")
    expect(rows.filter(has_text="Question 0").first).to_be_visible()
    expect(school.page.get_by_role("combobox", name="Sort by")).to_be_visible()
    expect(school.page.locator(".palette-button")).to_be_attached()
    school.page.keyboard.press("Control+k")
    school.page.get_by_role("combobox", name="Find a page, thread or command").fill("newest")
    school.page.keyboard.press("Enter")
    expect(school.page.get_by_role("combobox", name="Sort by")).to_have_value("newest")
    expect(rows.first).to_contain_text(f"Question {MANY - 1}")
    for shown in (50, 100):
        expect(rows).to_have_count(shown)
        expect(rows.nth(shown - 1)).to_contain_text(f"Question {MANY - shown}")
        school.button("Show more threads").click()
    school.scroll_to("Question 0")
    expect(school.page.locator(f".thread-rows > li[aria-posinset='{MANY}']")).to_contain_text("Question 0")
