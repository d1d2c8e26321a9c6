"""Every page fits its window: nothing scrolls it away, sticks out at its side, or is cut off out of reach."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User
from tests.support.page_fit import WINDOWS, ZOOMED

pytestmark = pytest.mark.xdist_group("fits")
ONE_WORD = "Rechtswissenschaftlichewirtschaftsundsozialwissenschaftlichefakultaetsverwal"
MESSAGES = 40
FROM_END = """async () => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const log = document.querySelector(".log");
  return log.scrollHeight - log.scrollTop - log.clientHeight;
}"""
# The page hears of a scroll in the next frame. Nobody turns a phone in between.
TO_THE_END = """async (log) => {
  log.scrollTo(0, log.scrollHeight);
  await new Promise(requestAnimationFrame);
}"""
OFF_ITS_TAB = """tabs => {
  const boxes = (selector) => tabs.flatMap((tab) => [...tab.querySelectorAll(selector)])
    .filter((it) => it.checkVisibility()).map((it) => it.getBoundingClientRect());
  const middle = (box) => box.left + box.width / 2;
  const [icons, labels, badges] = [boxes(".icon"), boxes("span:not(.badge)"), boxes(".badge")];
  const moved = icons.filter((icon, n) => Math.abs(middle(icon) - middle(labels[n])) > 1);
  const covered = labels.filter((label) => badges.some((badge) => badge.bottom > label.top + 2));
  const tall = badges.filter((badge) => badge.height > 24 || badge.top < 0);
  return [moved.length, covered.length, tall.length];
}"""
LONG_LINE = "This is a message of a few lines, so that forty of them are higher than any window is. " * 3


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
def test_a_long_thread_and_a_long_list_scroll_inside_the_page_and_never_the_page(
    parties: PartyBrowsers, device: Device
) -> None:
    school, uma = parties.school(device), parties.user(device)
    uma.ask(school.name, "A long thread", LONG_LINE)
    _talk(uma)
    school.tab("Inbox")
    school.open("A long thread").hears(f"{MESSAGES}. {LONG_LINE}".strip())
    for person in (uma, school):
        _stays_at_the_end(person)
        person.look_in_every_window("a long thread")
        _stays_where_it_is(person)


def test_names_of_one_long_word_break_or_end_with_dots(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP, ONE_WORD), parties.user(PHONE, ONE_WORD)
    wanda = parties.worker(PHONE, school, ONE_WORD[:70])
    school.look_in_every_window("workers")
    uma.find(school.name)
    uma.look_in_every_window("raise")
    uma.ask(school.name, ONE_WORD + ONE_WORD[:40], ONE_WORD * 3)
    uma.look_in_every_window("thread")
    school.tab("Inbox")
    school.open(ONE_WORD + ONE_WORD[:40])
    school.offload(wanda.name)
    school.look_in_every_window("received")
    school.handler_menu.click()
    school.look_in_every_window("menu")
    school.page.keyboard.press("Escape")
    wanda.open(ONE_WORD + ONE_WORD[:40])
    wanda.look_in_every_window("handled")
    for person, tabs in ((uma, ["Threads", "Find a school", "Settings"]), (school, ["Inbox", "Overview", "Settings"])):
        for tab in tabs:
            person.tab(tab)
            person.look_in_every_window(tab)
    uma.button("End thread").or_(uma.button("Close account")).first.click()
    uma.look_in_every_window("a question")


def test_the_number_of_new_messages_lies_on_a_tab_of_a_phone_and_moves_nothing(parties: PartyBrowsers) -> None:
    school, uma = parties.school(PHONE), parties.user(PHONE)
    uma.ask(school.name, "A question", "Is it open?")
    uma.tab("Find a school")
    school.tab("Workers")
    expect(school.page.locator(".tab .badge")).to_have_attribute("data-count", "1")
    school.page.locator(".tab-inbox").click()
    school.open("A question").say("It is.")
    expect(uma.page.locator(".tab .badge")).to_have_attribute("data-count", "1")
    school.tab("Workers")
    for person in (uma, school):
        tabs = person.page.locator(".tab")
        for width in (320, 360, 767):
            person.page.set_viewport_size({"width": width, "height": 740})
            for count in ("1", "99+"):
                tabs.first.evaluate("(tab, count) => (tab.querySelector('.badge') ?? tab).dataset.count = count", count)
                assert tabs.evaluate_all(OFF_ITS_TAB) == [0, 0, 0], (width, count)


def test_a_short_page_of_sign_in_does_not_scroll(parties: PartyBrowsers) -> None:
    someone = parties.someone(BrowserParty, DESKTOP)
    someone.open_page("/user/")
    someone.button("Sign in").click()
    expect(someone.heading("Sign in")).to_be_visible()
    assert someone.page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_a_school_can_remove_hours_on_the_smallest_phone(parties: PartyBrowsers) -> None:
    school = parties.school(PHONE)
    school.tab("Settings")
    school.page.set_viewport_size({"width": 320, "height": 640})
    for _ in range(3):
        school.button("Add hours on Monday").click()
    school.look_in_every_window("hours")
    school.page.set_viewport_size({"width": 320, "height": 640})
    box = school.button("Remove hours 1 on Monday").bounding_box()
    assert box
    assert box["x"] + box["width"] <= 320


def test_a_question_is_sent_from_a_phone_without_looking_for_the_button(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    school.tab("Settings")
    school.fill(**{"What it helps with": "It says a lot of itself. " * 15})
    school.button("Save").click()
    school.reads("Saved")
    uma.find(school.name)
    button, tabs = uma.button("Send question").bounding_box(), uma.page.locator(".tabs").bounding_box()
    assert button
    assert tabs
    assert button["y"] + button["height"] <= tabs["y"]


def test_the_button_of_each_form_is_reached_on_a_phone(parties: PartyBrowsers) -> None:
    school = parties.school(PHONE)
    for tab, button in (("Workers", "Invite"), ("Settings", "Save"), ("Settings", "Close account")):
        school.tab(tab)
        if button == "Save":
            for _ in range(3):
                school.button("Add hours on Monday").click()
        _is_free(school.button(button).first)
    guest = parties.someone(School, PHONE)
    guest.open_page()
    guest.link("Create an account").click()
    _is_free(guest.button("Continue"))


def _is_free(button: Locator) -> None:
    """Once it is scrolled to, nothing lies over any part of it: a click beside its edges meets the button."""
    button.scroll_into_view_if_needed()
    assert button.evaluate("""(it) => {
      const { left, right, top, bottom } = it.getBoundingClientRect();
      const corners = [[left + 12, top + 6], [right - 12, top + 6], [left + 12, bottom - 6], [right - 12, bottom - 6]];
      return corners.every(([x, y]) => it.contains(document.elementFromPoint(x, y)));
    }"""), button


@pytest.mark.parametrize("path", ["/", "/user/", "/school/", "/worker/"])
def test_a_page_before_sign_in_never_scrolls_sideways(parties: PartyBrowsers, path: str) -> None:
    guest = parties.someone(User, PHONE)
    guest.open_page(path)
    expect(guest.page.get_by_role("main")).to_be_visible()
    guest.look_in_every_window(path)


def test_the_pages_of_the_issuer_never_scroll_sideways(parties: PartyBrowsers) -> None:
    guest = parties.someone(School, PHONE)
    guest.open_page()
    guest.link("Create an account").click()
    guest.fill(**{"E-mail": f"{'a' * 60}@{'b' * 25}.example", "New password": "short"})
    guest.page.get_by_label(re.compile("name$")).fill(ONE_WORD)
    guest.button("Continue").click()
    guest.look_in_every_window("sign-up")
    guest.open_page()
    guest.button("Sign in").click()
    expect(guest.page.get_by_label("Password", exact=True)).to_be_visible()
    guest.look_in_every_window("sign-in")
    guest.complaints = [it for it in guest.complaints if "status of 400" not in it]


def _talk(uma: User) -> None:
    for number in range(1, MESSAGES + 1):
        uma.thread.write(f"{number}. {LONG_LINE}".strip())
    uma.thread.kept(f"{MESSAGES}. {LONG_LINE}".strip())


def _stays_at_the_end(person: BrowserParty) -> None:
    """Whoever reads the last message still does when the window changes, as when a phone is turned."""
    person.thread.log.evaluate(TO_THE_END)
    for width, height in (*WINDOWS, ZOOMED):
        person.page.set_viewport_size({"width": width, "height": height})
        assert person.page.evaluate(FROM_END) < 2, f"{width} x {height}"
    person.page.set_viewport_size({"width": person.device.width, "height": person.device.height})


def _stays_where_it_is(person: BrowserParty) -> None:
    """Neither the wheel over the bar at the top nor a key in the thread's head moves the page."""
    page = person.page
    page.mouse.move(person.device.width / 2, 20)
    page.mouse.wheel(0, 2_000)
    page.locator(".thread-head :is(a, button)").first.focus()
    page.keyboard.press("PageDown")
    page.wait_for_timeout(300)  # a page that scrolls, does so smoothly
    assert (
        page.evaluate("[scrollX, scrollY, document.body.scrollTop, document.querySelector('.app-layout').scrollTop]")
        == [0] * 4
    )
