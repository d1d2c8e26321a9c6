"""An office that settles its threads: it puts off what waits for another, and its inbox has what is to be done now."""

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, Worker

pytestmark = pytest.mark.xdist_group("house")
SUBJECT = "My room is cold"


def _in_filter(school: School, name: str, many: int) -> None:
    """The filter counts so many, and lists them."""
    option = school.page.get_by_role("radio", name=name)
    expect(option).to_have_accessible_name(f"{name} {many}")
    option.check(force=True)
    expect(school.page.locator(".thread-row")).to_have_count(many)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_thread_is_put_off_until_they_write_by_each_for_itself(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda = parties.worker(device, school)
    uma.ask(school.name, SUBJECT, "The radiator does not work.")
    school.tab("Inbox")
    _in_filter(school, "New", 1)
    school.open(SUBJECT)
    if device.touch:
        school.button("Snooze").click()
    else:
        school.page.keyboard.press("Escape")
        expect(school.row(SUBJECT)).to_be_focused()
        school.page.keyboard.press("e")
    menu = school.page.get_by_role("group", name="Snooze until")
    expect(menu.get_by_role("button").first).to_be_focused()
    school.look("snooze-menu")
    school.look_in_every_window("snooze-menu")
    menu.get_by_role("button", name="Choose a day").click()
    expect(school.page.get_by_label("Day it comes back")).to_be_visible()
    school.look("snooze-day")
    school.button("Close").click()
    school.button("Snooze").click()
    menu.get_by_role("button", name="Tomorrow morning").click()
    expect(school.button("Snoozed")).to_be_visible()
    school.reads("Snoozed until")
    school.offload(wanda.name)
    school.tab("Inbox")
    _in_filter(school, "New", 0)
    _in_filter(school, "Snoozed", 1)
    school.look("snoozed-filter")
    wanda.open(SUBJECT)
    wanda.button("Snooze").click()
    wanda.button("No answer needed until they write").click()
    wanda.tab("Threads")
    expect(wanda.heading("Snoozed")).to_be_visible()
    wanda.look("snoozed-queue")
    for hint in ("Snooze", "snooze", "put off"):
        assert hint not in uma.knows()
    uma.thread.say("It is colder now.")
    expect(wanda.heading("Snoozed")).to_have_count(0)
    _in_filter(school, "Snoozed", 0)
    _in_filter(school, "With a worker", 1)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_who_asked_is_asked_whether_it_is_settled_and_ends_it(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(device)
    wanda = parties.worker(device, school)
    uma.ask(school.name, SUBJECT, "The radiator does not work.")
    school.tab("Inbox")
    school.open(SUBJECT)
    school.offload(wanda.name)
    wanda.open(SUBJECT).say("It is mended.")
    _ask(wanda)
    school.thread.hears("Is this settled?")
    uma.thread.hears("Is this settled?")
    question = uma.page.get_by_role("region", name="Is this settled?")
    expect(question).to_be_visible()
    uma.look("settled-question")
    uma.look_in_every_window("settled-question")
    question.get_by_role("button", name="Not yet").click()
    expect(question).to_have_count(0)
    expect(uma.thread.composer).to_be_focused()
    for hands in (wanda, school):
        hands.thread.hears("Not yet")
    _in_details(wanda, "You can ask again after a week.")
    for hint in (wanda.name, "after a week", "asked_at"):
        assert hint not in uma.knows()
    school.tab("Workers")
    uma.end()
    school.reads(f"“{SUBJECT}” has ended")
    wanda.reads("Thread ended")
    school.button("Show").click()
    school.reads("Thread ended")


def _ask(hands: School | Worker) -> None:
    _details(hands)
    hands.look("ask-to-end")
    hands.button("Ask if this is settled").click()
    hands.reads("No answer yet.")
    _close(hands)


def _in_details(hands: School | Worker, text: str) -> None:
    _details(hands)
    hands.reads(text)
    _close(hands)


def _details(hands: School | Worker) -> None:
    """On a narrow window, what is known of a thread is in a dialog."""
    if hands.button("About this thread").is_visible():
        hands.button("About this thread").click()


def _close(hands: School | Worker) -> None:
    if hands.page.get_by_role("dialog").is_visible():
        hands.button("Close").click()
