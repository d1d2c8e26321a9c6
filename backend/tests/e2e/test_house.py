"""What a school, its workers and a user settle for themselves, and who sees it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker

pytestmark = pytest.mark.xdist_group("house")
SUBJECT = "Cannot register"
LOGO = Path(__file__).parents[1] / "screens" / "library.png"


def test_what_a_school_says_of_itself_is_what_people_see(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    school.tab("Settings")
    school.fill(**{"Name of the school": "School of Informatics", "What it helps with": "Courses and exams."})
    for day in ("Monday", "Sunday"):
        school.button(f"Add hours on {day}").click()
        school.fill(**{f"{day}, from": "00:00", f"{day}, until": "00:00"})
    school.button("Copy Monday\N{RIGHT SINGLE QUOTATION MARK}s hours to all weekdays").click()
    school.button("Add hours on Saturday").click()
    school.fill(**{"Saturday, from": "09:00", "Saturday, until": "09:00"})
    school.button("Save").click()
    school.reads("Saturday: closing time must be after opening time.")
    school.fill(**{"Saturday, from": "00:00", "Saturday, until": "00:00"})
    school.button("Save").click()
    school.reads("Saved")
    school.page.get_by_label("Choose a picture").set_input_files(LOGO)
    expect(school.button("Remove picture")).to_be_visible()
    school.look("settings")
    uma = parties.user(PHONE)
    uma.find("School of Informatics")
    uma.reads("Courses and exams.")
    uma.page.get_by_text("Open at all hours").click()
    uma.reads("Monday to Sunday")
    picture = uma.page.locator(".page-head img")
    expect(picture).to_be_visible()
    assert picture.evaluate("(it) => it.naturalWidth") == 192
    uma.look("hours")


def test_notes_pass_between_a_school_and_its_worker_and_never_to_who_asked(parties: PartyBrowsers) -> None:
    school, wanda, uma = _house(parties, DESKTOP)
    wanda.open(SUBJECT)
    beside = school.page.get_by_role("complementary", name="About this thread")
    beside.get_by_label("Add a note").fill("Ask the registrar first.")
    beside.get_by_role("button", name="Add note").click()
    expect(beside.get_by_role("listitem").filter(has_text="Ask the registrar first.")).to_contain_text(school.name)
    wanda.page.get_by_role("button", name="About this thread").click()
    dialog = wanda.page.get_by_role("dialog", name="About this thread")
    expect(dialog.get_by_role("listitem").filter(has_text="Ask the registrar first.")).to_contain_text("Your school")
    dialog.get_by_label("Add a note").fill("She says yes.")
    dialog.get_by_role("button", name="Add note").click()
    expect(beside.get_by_role("listitem").filter(has_text="She says yes.")).to_contain_text(wanda.name)
    wanda.look("notes")
    school.look("notes")
    assert uma.name not in wanda.knows()
    assert "registrar" not in uma.knows()


def test_new_threads_go_to_an_available_worker_where_the_school_wants_it(parties: PartyBrowsers) -> None:
    school = parties.school(PHONE)
    wanda, uma = parties.worker(PHONE, school), parties.user(PHONE)
    wanda.page.get_by_role("switch", name="Available").click()
    school.tab("Settings")
    school.page.get_by_label("Assign automatically").click()
    school.reads("Saved")
    uma.ask(school.name, "Nobody is there", "Is anybody there?")
    school.tab("Inbox")
    expect(school.row("Nobody is there")).not_to_contain_text(wanda.name)
    expect(wanda.page.get_by_role("switch", name="Available")).to_have_attribute("aria-checked", "false")
    wanda.page.get_by_role("switch", name="Available").click()
    uma.ask(school.name, "Somebody is there", "And now?")
    expect(wanda.row("Somebody is there")).to_be_visible()
    expect(school.row("Somebody is there")).to_contain_text(f"With {wanda.name}")
    school.tab("Overview")
    expect(school.page.get_by_role("listitem").filter(has_text=wanda.name)).to_contain_text("Available")
    expect(school.page.get_by_role("link", name="Nobody is there")).to_be_visible()
    school.look("overview")
    wanda.look("desk")


def test_a_worker_whose_words_tell_who_they_are_is_warned_before_they_leave(parties: PartyBrowsers) -> None:
    _, wanda, uma = _house(parties, PHONE)
    wanda.open(SUBJECT)
    wanda.thread.composer.fill("It is done. Wanda")
    wanda.button("Send").click()
    wanda.look("warned")
    wanda.answer("This may reveal who you are", "Change it")
    expect(wanda.thread.composer).to_have_value("It is done. Wanda")
    wanda.thread.say("It is done.")
    uma.thread.hears("It is done.")
    assert "Wanda" not in uma.knows()


def test_whoever_asks_is_warned_before_a_worker_could_read_who_they_are(parties: PartyBrowsers) -> None:
    _, wanda, uma = _house(parties, PHONE)
    wanda.open(SUBJECT)
    uma.thread.composer.fill(f"Write to {uma.email}")
    uma.button("Send").click()
    uma.look("warned")
    uma.answer("This may reveal who you are", "Change it")
    expect(uma.thread.composer).to_have_value(f"Write to {uma.email}")
    uma.thread.say("Write to me here.")
    wanda.thread.hears("Write to me here.")
    assert uma.email not in wanda.knows()


def test_an_account_is_closed_by_who_types_its_name_and_its_threads_are_gone(parties: PartyBrowsers) -> None:
    school, _, uma = _house(parties, DESKTOP)
    school.tab("Settings")
    school.button("Close account").click()
    school.reads("1 thread with your school is still open.")
    school.tab("Inbox")
    uma.tab("Settings")
    uma.button("Close account").click()
    dialog = uma.page.get_by_role("dialog", name="Close this account?")
    close = dialog.get_by_role("button", name="Close account")
    expect(close).to_be_disabled()
    dialog.get_by_label(f"To confirm, type {uma.name}").fill("Somebody else")
    expect(close).to_be_disabled()
    uma.look("closing")
    dialog.get_by_label(f"To confirm, type {uma.name}").fill(uma.name)
    close.click()
    uma.reads("Your account is closed, and you are signed out.")
    uma.look("closed")
    expect(school.row(SUBJECT)).to_have_count(0)
    assert uma.name not in uma.knows()


def test_an_invitation_is_sent_again_and_a_person_takes_another_name(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    wanda = parties.worker(PHONE, school)
    school.invite("Bo Lindqvist", "bo@demo.example")
    school.button("Send again to Bo Lindqvist").click()
    school.reads("Invitation sent again to bo@demo.example")
    school.look("invited")
    wanda.tab("Settings")
    wanda.fill(Name="Wanda Adeyemi")
    wanda.button("Save").click()
    expect(school.page.get_by_role("listitem").filter(has_text="Wanda Adeyemi")).to_be_visible()
    wanda.look("settings")


def _house(parties: PartyBrowsers, device: Device) -> tuple[School, Worker, User]:
    """A school, its worker, and a user whose thread, open on both ends, is with the worker."""
    school = parties.school(device)
    wanda, uma = parties.worker(PHONE, school), parties.user(PHONE)
    uma.ask(school.name, SUBJECT, "The page says it is full, but it is not.")
    school.tab("Inbox")
    school.open(SUBJECT)
    school.offload(wanda.name)
    return school, wanda, uma


def test_another_name_is_shown_at_once_wherever_it_stands(parties: PartyBrowsers) -> None:
    school, _, uma = _house(parties, DESKTOP)
    second = uma.page.context.new_page()
    second.goto(f"{uma.server.url}/user/#/settings")
    expect(second.get_by_label("Name", exact=True)).to_have_value(uma.name)
    school.tab("Inbox")
    school.open(SUBJECT)
    uma.tab("Settings")
    uma.fill(Name="Uma Lindqvist")
    uma.button("Save").click()
    school.reads("Uma Lindqvist")
    expect(second.get_by_label("Name", exact=True)).to_have_value("Uma Lindqvist")
    uma.page.goto(f"{uma.server.url}/oauth/account?client_id=uconnect-user")
    uma.reads("Uma Lindqvist")
    uma.page.go_back()
    uma.tab("Threads")
    school.tab("Settings")
    school.fill(**{"Name of the school": "School of Glass"})
    school.button("Save").click()
    expect(uma.page.locator(".thread-rows")).to_contain_text("School of Glass")
