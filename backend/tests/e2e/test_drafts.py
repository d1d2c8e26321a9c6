"""What a person typed is never lost, doubled, sent as another's or shown to another, in a browser as people use it."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker
from tests.e2e.thread_pane import ThreadPane
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("drafts")

ABOUT, HAPPENED = "What is it about?", "Your question"
HALF = "\ud83d"  # of a character


# --- the form in which a thread is raised


def test_the_raise_form_keeps_its_text_over_twenty_reloads(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    _begins(uma, school, "My card", "It opens no door.")
    for _ in range(20):
        uma.page.reload()
        _form_says(uma.page, "My card", "It opens no door.")
    uma.button("Send question").click()
    uma.thread.hears("It opens no door.")
    school.tab("Inbox")
    expect(school.row("My card")).to_have_count(1)


def test_nothing_can_be_typed_before_the_account_is_known_and_the_draft_is_there_when_it_is(
    parties: PartyBrowsers,
) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    _begins(uma, school, "My card", "It opens no door.")
    uma.page.route("**/api/me", lambda _: None)  # it is not answered for now
    uma.page.reload()
    uma.page.wait_for_timeout(1_500)
    expect(uma.page.get_by_label(HAPPENED)).to_have_count(0)
    uma.page.unroute("**/api/me")  # lets it go on
    _form_says(uma.page, "My card", "It opens no door.")


def test_the_next_person_at_the_browser_does_not_see_what_was_written(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    _begins(uma, school, "My card", "It opens no door.")
    uma.page.reload()
    _form_says(uma.page, "My card", "It opens no door.")
    address = uma.page.url
    _signs_out(uma)
    _comes_as_another(parties, uma, uma.page)
    uma.page.goto(address)
    _form_says(uma.page, "", "")


def test_a_raise_whose_answer_was_lost_happens_once_and_the_changed_text_is_kept(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    hears = _with_a_socket_that_can_go_deaf(uma)
    _begins(uma, school, "My card", "It opens no door.")
    hears(False)
    uma.page.route("**/api/threads", _answer_is_lost, times=1)
    uma.button("Send question").click()
    uma.reads("The connection was lost before uconnect answered, so your question may or may not be sent.")
    uma.look("unsure")
    _form_says(uma.page, "My card", "It opens no door.")
    uma.page.get_by_label(HAPPENED).fill("It opens no door since Monday.")
    uma.button("Send question").click()
    uma.thread.hears("It opens no door.")
    expect(uma.thread.composer).to_have_value("It opens no door since Monday.")
    school.tab("Inbox")
    expect(school.row("My card")).to_have_count(1)
    hears(True)
    _forgives(uma, "net::ERR_FAILED")


def test_a_raise_whose_answer_was_lost_is_learnt_after_a_reload(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    hears = _with_a_socket_that_can_go_deaf(uma)
    _begins(uma, school, "My card", "It opens no door.")
    hears(False)
    uma.page.route("**/api/threads", _answer_is_lost, times=1)
    uma.button("Send question").click()
    uma.reads("The connection was lost before uconnect answered")
    hears(True)
    uma.page.reload()
    uma.thread.hears("It opens no door.")
    school.tab("Inbox")
    expect(school.row("My card")).to_have_count(1)
    _forgives(uma, "net::ERR_FAILED")


def test_a_raise_in_which_the_session_ends_is_there_after_signing_in_again(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    _begins(uma, school, "My card", "It opens no door.")
    uma.page.route("**/api/threads", lambda route: route.fulfill(status=401, body=""))
    uma.page.route("**/oauth/token", lambda route: route.fulfill(status=400, body="{}"))
    uma.button("Send question").click()
    uma.reads(
        "You were signed out. Sign in to continue. What you wrote is saved in this browser, and only your account"
    )
    uma.look("signed-out")
    kept = uma.page.evaluate("JSON.stringify({...localStorage})")
    assert "It opens no door" not in kept
    uma.page.unroute_all()
    uma.button("Sign in").click()
    _form_says(uma.page, "My card", "It opens no door.")
    uma.button("Send question").click()
    uma.thread.hears("It opens no door.")
    uma.complaints.clear()  # of the refusals that this test made up


# --- two tabs


def test_a_tab_of_the_account_before_stops_when_another_signs_in_and_sends_nothing_as_the_other(
    parties: PartyBrowsers,
) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "My card", "It opens no door.")
    uma.thread.composer.fill("Are you there?")
    second = uma.page.context.new_page()
    _comes_as_another(parties, uma, second)
    uma.reads("Another account is now signed in on this site")
    uma.look("other-account")
    expect(uma.page.get_by_text("My card")).to_have_count(0)
    uma.button("Continue with the other account").click()
    uma.is_in()
    expect(uma.row("My card")).to_have_count(0)
    assert "Are you there?" not in uma.page.content()
    school.tab("Inbox")
    school.open("My card").reads("It opens no door.")
    _forgives(uma, "status of 404")  # the address of the other's thread


def test_the_same_draft_in_two_tabs_is_one_and_is_sent_once(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "My card", "It opens no door.")
    second = uma.page.context.new_page()
    second.goto(uma.page.url)
    there = ThreadPane(second)
    there.hears("It opens no door.")
    uma.thread.composer.fill("Are you there?")
    expect(there.composer).to_have_value("Are you there?")
    there.composer.fill("Are you there today?")
    expect(uma.thread.composer).to_have_value("Are you there today?")
    uma.button("Send").click()
    expect(there.composer).to_have_value("")
    for pane in (uma.thread, there):
        pane.reads("It opens no door.", "Are you there today?")


# --- a thread that ends, or leaves, while one writes


def test_what_a_worker_was_writing_when_the_thread_was_taken_back_can_be_copied(parties: PartyBrowsers) -> None:
    school, wanda, _ = _house(parties)
    wanda.thread.composer.fill("I have just asked the caretaker, and")
    school.take_back()
    wanda.reads("The school took this thread back.")
    kept = wanda.page.locator(".unsent-text").filter(has_text="I have just asked the caretaker, and")
    expect(kept).to_be_visible()
    wanda.look("taken-back")
    wanda.page.reload()
    expect(kept).to_be_visible()
    wanda.button("Discard").click()
    expect(kept).to_have_count(0)
    _forgives(wanda, "status of 404")


def test_what_was_written_for_a_thread_that_left_meanwhile_is_found_from_the_list(parties: PartyBrowsers) -> None:
    school, wanda, _ = _house(parties)
    wanda.thread.composer.fill("I have just asked the caretaker, and")
    wanda.tab("Threads")
    school.take_back()
    wanda.page.get_by_role("region", name="Not sent").get_by_role("link").click()
    wanda.reads("The school took this thread back.")
    wanda.button("Discard").click()
    wanda.link("Back to the list").click()
    expect(wanda.page.get_by_role("region", name="Not sent")).to_have_count(0)
    _forgives(wanda, "status of 404")


def test_what_was_being_written_when_a_thread_ended_or_was_deleted_can_be_copied(parties: PartyBrowsers) -> None:
    school, _, uma = _house(parties)
    school.thread.composer.fill("The caretaker says that")
    uma.end()
    school.thread.is_over()
    school.reads("The caretaker says that")
    school.look("ended-while-writing")
    uma.delete()
    school.reads("The person who asked deleted it or closed their account.")
    school.reads("The caretaker says that")


# --- notes, halves of characters, input methods


def test_a_note_whose_answer_was_lost_is_written_once_and_so_is_what_is_written_instead(parties: PartyBrowsers) -> None:
    school, wanda, _ = _house(parties)
    wanda.page.route("**/notes", _answer_of_a_note_is_lost, times=1)
    wanda.page.get_by_role("button", name="About this thread").click()
    dialog = wanda.page.get_by_role("dialog", name="About this thread")
    for text in ("Ask the registrar.", "Ask the registrar first."):
        dialog.get_by_label("Add a note").fill(text)
        dialog.get_by_role("button", name="Add note").click()
    beside = school.page.get_by_role("complementary", name="About this thread")
    for text in ("Ask the registrar.", "Ask the registrar first."):
        expect(beside.get_by_role("listitem").filter(has=school.page.get_by_text(text, exact=True))).to_have_count(1)
    _forgives(wanda, "net::ERR_FAILED")


def test_half_a_character_is_repaired_in_a_raise_and_in_a_note(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.find(school.name)
    for label, text in ((ABOUT, f"My card {HALF}"), (HAPPENED, f"It opens {HALF} no door.")):
        _pastes(uma.page, label, text)
    uma.button("Send question").click()
    uma.thread.hears("It opens \N{REPLACEMENT CHARACTER} no door.")
    school.tab("Inbox")
    school.open("My card \N{REPLACEMENT CHARACTER}")
    _pastes(school.page, "Add a note", f"Ask {HALF} first.")
    school.button("Add note").click()
    school.reads("Ask \N{REPLACEMENT CHARACTER} first.")


def test_an_enter_that_confirms_a_candidate_sends_nothing(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "My card", "It opens no door.")
    uma.thread.composer.fill("\u6c34\u66dc\u65e5")
    press = "(box) => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true}))"
    uma.thread.composer.evaluate(press)
    uma.page.wait_for_timeout(500)
    expect(uma.thread.composer).to_have_value("\u6c34\u66dc\u65e5")
    uma.thread.reads("It opens no door.")
    uma.thread.composer.press("Enter")
    uma.thread.kept("\u6c34\u66dc\u65e5")


# --- signing out


def test_signing_out_without_a_network_deletes_nothing_and_is_finished_when_it_is_back(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "My card", "It opens no door.")
    uma.thread.composer.fill("Are you there?")
    uma.tab("Settings")
    second = uma.page.context.new_page()
    second.goto(uma.page.url)
    expect(second.get_by_role("heading", name="Settings")).to_be_visible()
    uma.loses_the_network()
    before = _stored(uma.page)
    uma.button("Sign out").click()
    uma.reads("Signing out. This finishes as soon as uconnect can be reached.")
    expect(second.get_by_text("Signing out. This finishes")).to_be_visible()
    expect(second.get_by_text("My card")).to_have_count(0)
    assert [name for name in before if name not in _stored(uma.page)] == []
    uma.gets_it_back()
    expect(uma.button("Sign in")).to_be_visible()
    expect(second.get_by_text("You were signed out. Sign in to continue.", exact=True)).to_be_visible()
    assert [name for name in _stored(uma.page) if "draft" in name or "tokens" in name or "act." in name] == []
    uma.button("Sign in").click()
    expect(uma.page.get_by_label("Password", exact=True)).to_be_visible()  # the issuer's own session has ended too


# --- a profile in two tabs


def test_a_profile_that_two_tabs_change_keeps_both_changes(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    school.tab("Settings")
    second = school.page.context.new_page()
    second.goto(school.page.url)
    second.get_by_label("Name of the school").fill("School of Informatics")
    school.fill(**{"What it helps with": "Courses and exams."})
    school.button("Save").click()
    school.reads("Saved")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("Saved", exact=True)).to_be_visible()
    for page in (school.page, second):
        page.reload()
        expect(page.get_by_label("Name of the school")).to_have_value("School of Informatics")
        expect(page.get_by_label("What it helps with")).to_have_value("Courses and exams.")


# --- what people do


def _begins(uma: User, school: School, subject: str, text: str) -> None:
    uma.find(school.name)
    uma.fill(**{ABOUT: subject, HAPPENED: text})


def _form_says(page: Page, subject: str, text: str) -> None:
    expect(page.get_by_label(ABOUT)).to_have_value(subject)
    expect(page.get_by_label(HAPPENED)).to_have_value(text)


def _house(parties: PartyBrowsers) -> tuple[School, Worker, User]:
    """A school and its worker who both have the thread of a user open."""
    school = parties.school(DESKTOP)
    wanda, uma = parties.worker(PHONE, school), parties.user(PHONE)
    uma.ask(school.name, "My card", "It opens no door.")
    school.tab("Inbox")
    school.open("My card")
    school.offload(wanda.name)
    wanda.open("My card")
    return school, wanda, uma


def _signs_out(person: BrowserParty) -> None:
    person.tab("Settings")
    person.button("Sign out").click()
    expect(person.button("Sign in")).to_be_visible()


def _comes_as_another(parties: PartyBrowsers, person: BrowserParty, page: Page) -> None:
    """Somebody else, with an account of their own, signs in on a page of the same browser."""
    _, cookie = parties.server.sign_in(Kind.USER, f"bo-{id(page)}@uni.example", "Bo Lindqvist")
    person.keep_cookie("uconnect_session_user", cookie)
    page.goto(f"{person.server.url}/user/?iss={quote(_issuer(page, person), safe='')}")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def _issuer(page: Page, person: BrowserParty) -> str:
    found: str = page.request.get(f"{person.server.url}/user/config.json").json()["issuer"]
    return found


def _pastes(page: Page, label: str, text: str) -> None:
    """Put a text into a field that a keyboard could not type."""
    field = page.get_by_label(label, exact=True)
    field.focus()
    field.evaluate(
        "(it, units) => { it.value = String.fromCharCode(...units);"
        " it.dispatchEvent(new Event('input', {bubbles: true})) }",
        [int.from_bytes(text.encode("utf-16-be", "surrogatepass")[at : at + 2]) for at in range(0, 2 * len(text), 2)],
    )


def _stored(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def _with_a_socket_that_can_go_deaf(person: BrowserParty) -> Callable[[bool], None]:
    """From now on, the person's socket hears the server, or does not."""
    hearing = [True]

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(message) if hearing[0] or '"t":"pong"' in str(message) else None)

    person.page.route_web_socket(re.compile("^ws"), connect)
    person.page.reload()
    person.is_in()
    return lambda hears: hearing.__setitem__(0, hears)


def _answer_is_lost(route: Route) -> None:
    """The server does what it is asked, and nobody hears of it."""
    route.fetch()
    route.abort()


def _answer_of_a_note_is_lost(route: Route) -> None:
    if route.request.method == "POST":
        _answer_is_lost(route)
    else:
        route.fallback()


def _forgives(person: BrowserParty, words: str) -> None:
    """What a browser notes in its console of something that the test wanted to happen."""
    person.complaints[:] = [it for it in person.complaints if words not in it]
