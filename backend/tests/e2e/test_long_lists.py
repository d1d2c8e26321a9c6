"""A list of hundreds and a thread of hundreds have a part of themselves in the document, and lose nothing by it."""

from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User
from tests.support.filled_folder import FilledFolder
from tests.support.server_process import Server
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("long")
THREADS, MESSAGES = 400, 700
LONG = "The long one"
MOST_ROWS, MOST_MESSAGES = 100, 350  # in the document
HOUR = 3_600_000  # between two events: 700 messages are of a month
ROWS = ".thread-rows > li"
# What a person sees at the middle of the messages, and how far below the window's top.
SEEN = """(log) => {
  const box = log.getBoundingClientRect();
  const bubble = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2).closest("[data-seq]");
  const all = [...log.querySelectorAll("[data-seq]")];
  const it = bubble ?? all.find((each) => each.getBoundingClientRect().top > box.top + box.height / 2);
  return [it.dataset.seq, Math.round(it.getBoundingClientRect().top)];
}"""
WHERE = "([seq]) => Math.round(document.querySelector(`[data-seq='${seq}']`).getBoundingClientRect().top)"


@pytest.fixture
def server(own_server: Server) -> Server:
    return own_server


def _filled(parties: PartyBrowsers, device: Device) -> tuple[School, User]:
    school, uma = parties.school(device), parties.user(device)
    with closing(FilledFolder(parties.server, events=THREADS * 2 + MESSAGES + 10, step=HOUR)) as folder:
        to, by = folder.party(school.email), folder.party(uma.email)
        id = folder.ask(by, to, LONG, "Message 1")
        for number in range(2, MESSAGES + 1):
            folder.say(by, id, f"Message {number}")
        askers = [folder.register(Kind.USER, f"Asker {number}") for number in range(THREADS // 5)]
        for number in range(THREADS):
            folder.ask(askers[number // 5], to, f"Question {number}", "Can you help?")
    for person in (school, uma):
        person.page.reload()
        person.is_in()
    uma.tab("Threads")
    return school, uma


def test_a_long_list_has_few_rows_in_the_document_and_each_row_in_its_place(parties: PartyBrowsers) -> None:
    school, _ = _filled(parties, DESKTOP)
    page, pane = school.page, school.page.locator(".list-pane")
    school.tab("Inbox")
    expect(page.locator(f"{ROWS}[aria-posinset='1']")).to_contain_text(LONG)
    most = 0
    for number in range(THREADS - 1, THREADS - 3, -1):
        school.scroll_to(f"Question {number}")
        most = max(most, page.locator(ROWS).count())
    last = page.locator(f"{ROWS}[aria-posinset='{THREADS + 1}']")
    expect(last).to_contain_text(f"Question {THREADS - 1}")
    expect(last).to_have_attribute("aria-setsize", str(THREADS + 1))
    assert most <= MOST_ROWS
    school.look_in_every_window("the end of a long list")
    # Rows that have left the memory are asked for again.
    pane.evaluate("(it) => it.scrollTo(0, 0)")
    expect(page.locator(f"{ROWS}[aria-posinset='1']")).to_contain_text(LONG)
    school.scroll_to(f"Question {THREADS - 1}")
    # A row that was opened stays in the document, however far the list is scrolled: a keyboard goes back to it.
    school.open(f"Question {THREADS - 1}")
    pane.evaluate("(it) => it.scrollTo(0, 0)")
    expect(page.locator(f"{ROWS}[aria-posinset='1']")).to_contain_text(LONG)
    school.thread.composer.focus()
    page.keyboard.press("Escape")
    expect(school.row(f"Question {THREADS - 1}")).to_be_focused()
    assert page.locator(ROWS).count() <= MOST_ROWS


def test_a_long_list_is_gone_through_with_the_keyboard(parties: PartyBrowsers) -> None:
    school, _ = _filled(parties, DESKTOP)
    school.tab("Inbox")
    school.page.locator(f"{ROWS} a").first.focus()
    for _ in range(120):
        school.page.keyboard.press("Tab")
    expect(school.page.locator(f"{ROWS}[aria-posinset='121'] a")).to_be_focused()
    expect(school.page.locator(f"{ROWS}[aria-posinset='121']")).to_be_in_viewport()
    for place in range(122, 182):
        school.page.keyboard.press("j")
        if place % 10 == 1:  # nobody presses sixty keys before the first row is drawn
            expect(school.page.locator(f"{ROWS}[aria-posinset='{place}'] a")).to_be_focused()
    # From elsewhere, j goes on from the row of the open thread, however far the list is scrolled.
    school.page.keyboard.press("Enter")
    expect(school.thread.composer).to_be_focused()
    school.page.locator(".list-pane").evaluate("(it) => it.scrollTo(0, 0)")
    school.handler_menu.focus()
    school.page.keyboard.press("j")
    expect(school.page.locator(f"{ROWS}[aria-posinset='182'] a")).to_be_focused()
    expect(school.page.locator(f"{ROWS}[aria-posinset='182']")).to_be_in_viewport()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
def test_a_long_thread_is_read_to_its_beginning_and_what_is_seen_stays(parties: PartyBrowsers, device: Device) -> None:
    _, uma = _filled(parties, device)
    thread = uma.open(LONG)
    thread.hears(f"Message {MESSAGES}")
    log, first = thread.log, thread.log.locator("[data-seq]").first
    while (known := first.get_attribute("data-seq")) != "1":  # looked at once: earlier ones come meanwhile
        log.evaluate("(it) => it.scrollTo(0, it.clientHeight)")
        seen = log.evaluate(SEEN)
        expect(first).not_to_have_attribute("data-seq", known or "")
        assert abs(uma.page.evaluate(WHERE, seen) - seen[1]) <= 1, seen
        assert log.locator("[data-seq]").count() <= MOST_MESSAGES
    log.evaluate("(it) => it.scrollTo(0, 0)")
    expect(thread.bubble("Message 1")).to_be_in_viewport()
    uma.look("the beginning of a long thread")
    uma.button("Latest messages").click()
    expect(thread.bubble(f"Message {MESSAGES}")).to_be_in_viewport()
    expect(uma.button("Latest messages")).to_have_count(0)


def test_a_message_that_arrives_while_an_earlier_part_is_read_is_counted_and_found(parties: PartyBrowsers) -> None:
    school, uma = _filled(parties, DESKTOP)
    uma.open(LONG)
    _goes_to_the_first_day(uma)
    school.tab("Inbox")
    school.open(LONG).say("Here is the answer.")
    expect(uma.button("Go to 1 new message")).to_be_visible()
    expect(uma.thread.bubble("Here is the answer.")).to_have_count(0)
    uma.button("Go to 1 new message").click()
    expect(uma.thread.bubble("Here is the answer.")).to_be_in_viewport()
    _goes_to_the_first_day(uma)
    uma.thread.say("One more thing.")
    expect(uma.thread.bubble("One more thing.")).to_be_in_viewport()


def test_a_day_is_chosen_and_its_first_message_is_shown(parties: PartyBrowsers) -> None:
    _, uma = _filled(parties, PHONE)
    uma.open(LONG)
    _opens_the_days(uma)
    uma.fill(Day="2001-01-01")
    uma.button("Show messages").click()
    expect(uma.page.get_by_role("alert")).to_contain_text("Choose a day from")
    first, last = (uma.page.get_by_label("Day", exact=True).get_attribute(side) for side in ("min", "max"))
    assert first
    assert last
    uma.look("days")
    uma.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    days = uma.page.evaluate("([a, b]) => Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000)", [first, last])
    middle = uma.page.evaluate(
        "([a, n]) => new Date(Date.parse(a) + n * 86_400_000).toISOString().slice(0, 10)", [first, days // 4]
    )
    _opens_the_days(uma)
    uma.fill(Day=middle)
    uma.button("Show messages").click()
    expect(uma.page.get_by_role("dialog")).to_have_count(0)
    divider = uma.page.locator(f".day-divider:has(time[datetime='{middle}'])")
    expect(divider).to_be_in_viewport()
    above = uma.page.locator(".log").evaluate("(it) => it.getBoundingClientRect().top")
    box = divider.bounding_box()
    assert box
    assert 0 <= box["y"] - above <= 100
    uma.look("a day")


def _opens_the_days(person: User) -> None:
    person.page.locator(".day-button").last.scroll_into_view_if_needed()
    person.page.locator(".day-button").last.click()


def _goes_to_the_first_day(person: User) -> None:
    _opens_the_days(person)
    field = person.page.get_by_label("Day", exact=True)
    field.fill(field.get_attribute("min") or "")
    person.button("Show messages").click()
    expect(person.thread.bubble("Message 1")).to_be_in_viewport()
