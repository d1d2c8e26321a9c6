"""The sites start in any browser a student has, or say the true cause."""

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.party_browsers import PartyBrowsers, numbers
from tests.e2e.site_drivers import User
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("odd browsers")

NO_STORAGE = """
const refuse = () => { throw new DOMException("The operation is insecure.", "SecurityError") };
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(window, name, { get: refuse });
navigator.locks.request = () => Promise.reject(new DOMException("Denied", "SecurityError"));
"""
NO_COOKIES = "Object.defineProperty(document, 'cookie', { get: () => '', set: () => undefined });"
FULL = "void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') })"
NO_DATES = """
if (!window.name)
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", { get() { throw new Error("no dates") } });
"""
# As a translator does: each text is taken away, and another stands in its place, inside two <font>s.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
  for (const text of texts) {
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    inner.textContent = text.data;
    outer.append(inner);
    text.parentNode.insertBefore(outer, text);
    text.parentNode.removeChild(text);
  }
}"""
BROKEN = ("{", "5", "null", '{"access":"abc","ref', '{"access":"abc"}', '{"token":"of an older version"}')
MINUTE = 60


def test_a_browser_that_forbids_storage_signs_in_and_writes_and_says_once_that_it_keeps_nothing(
    parties: PartyBrowsers,
) -> None:
    school, uma = parties.school(DESKTOP), _coming(parties, NO_STORAGE)
    uma.open_page()
    uma.button("Sign in").click()
    uma.is_in()
    uma.reads("This browser saves nothing for this site.")
    uma.look("keeps-nothing")
    uma.button("Close this notice").click()
    uma.ask(school.name, "Nothing is kept", "Can you read this?")
    uma.thread.say("And this?")
    expect(uma.page.get_by_text("This browser stores nothing")).to_have_count(0)
    uma.page.reload()
    uma.button("Sign in").click()
    uma.thread.reads("Can you read this?", "And this?")


def test_a_browser_that_blocks_cookies_too_is_told_so_before_anybody_leaves(parties: PartyBrowsers) -> None:
    uma = _coming(parties, NO_STORAGE, NO_COOKIES)
    uma.open_page()
    uma.button("Sign in").click()
    uma.reads("This browser blocks cookies and stored data for this site")
    uma.look("blocks-cookies")
    assert uma.page.url == f"{uma.server.url}/user/"


def test_a_browser_with_no_room_left_says_so_and_goes_on(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), _coming(parties, "")
    uma.open_page()
    uma.button("Sign in").click()
    uma.is_in()
    uma.page.evaluate(FULL)
    uma.ask(school.name, "No room", "Can you read this?")
    uma.reads("This browser has no space left")
    uma.thread.say("And this?")


@pytest.mark.parametrize(
    "languages", ['["en-US@posix"]', "[]", '["de_DE.UTF-8", "", "x"]', "undefined", '["x-klingon"]']
)
def test_whatever_languages_a_browser_names_dates_are_written(parties: PartyBrowsers, languages: str) -> None:
    school = parties.school(DESKTOP)
    uma = _coming(parties, f"Object.defineProperty(navigator, 'languages', {{ get: () => {languages} }})")
    uma.open_page()
    uma.button("Sign in").click()
    uma.is_in()
    uma.ask(school.name, "What day is it?", "Today?")
    expect(uma.page.locator(".day-divider")).not_to_be_empty()


@pytest.mark.parametrize("stored", BROKEN)
def test_a_stored_sign_in_that_is_cut_short_or_of_another_version_is_none(parties: PartyBrowsers, stored: str) -> None:
    uma = parties.user(PHONE)
    uma.page.evaluate("(stored) => localStorage.setItem('uconnect-user:tokens', stored)", stored)
    uma.page.reload()
    uma.button("Sign in").click()
    uma.is_in()


def test_a_translated_page_follows_what_happens(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    uma.ask(school.name, "Is it translated?", "Can you read this?")
    school.tab("Inbox")
    school.open("Is it translated?").say("We can.")
    uma.thread.reads("Can you read this?", "We can.")
    uma.page.evaluate(TRANSLATE)
    school.thread.composer.press_sequentially("An")
    uma.reads(f"{school.name} is typing…")
    for answer in ("And now?", "Still?"):
        school.thread.say(answer)
        uma.page.evaluate(TRANSLATE)
    uma.thread.reads("Can you read this?", "We can.", "And now?", "Still?")
    expect(uma.page.locator(".typing")).to_have_text("")
    expect(uma.page.locator(".row-preview")).to_have_text("Still?")
    uma.tab("Settings")
    uma.page.evaluate(TRANSLATE)
    uma.tab("Threads")
    uma.page.evaluate(TRANSLATE)
    school.thread.say("You are away")
    expect(uma.page.locator(".row-preview")).to_have_text("You are away")
    expect(uma.page.locator(".thread-rows .badge")).to_contain_text("1")
    uma.row("Is it translated?").click()
    uma.thread.hears("You are away")
    uma.end()
    assert [it for it in uma.complaints if "axe" not in it] == []


@pytest.mark.parametrize("minutes", [11, -11, 120])
def test_a_device_whose_clock_is_off_signs_in_and_is_told(parties: PartyBrowsers, minutes: int) -> None:
    uma = _coming(parties, "", lambda page: _set_clock(page, minutes))
    uma.open_page()
    uma.button("Sign in").click()
    uma.is_in()
    much = "2 hours" if minutes == 120 else "11 minutes"
    uma.reads(f"The clock on this device is {much} {'fast' if minutes > 0 else 'slow'}.")


def test_a_clock_that_jumps_later_cuts_nobody_off(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "What time is it?", "I do not know.")
    _set_clock(uma.page, 120)
    uma.loses_the_network()
    uma.reads("Reconnecting… Your messages are kept")
    uma.gets_it_back()
    uma.thread.say("Now I do.")
    uma.reads("The clock on this device is 2 hours fast.")


def test_an_error_while_a_page_is_drawn_is_said_with_a_way_on(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "A broken page", "Is it white?")
    uma.page.add_init_script(NO_DATES)
    uma.page.reload()
    uma.reads("uconnect stopped because of an error on this page.")
    uma.reads("no dates")
    uma.look("broken")
    uma.page.evaluate("window.name = 'mended'")
    uma.button("Reload").click()
    uma.thread.hears("Is it white?")
    uma.page.evaluate("window.name = ''")
    uma.page.reload()
    uma.button("Clear data and sign out").click()
    uma.button("Sign in").wait_for()
    assert "uconnect-user:" not in uma.knows()
    assert uma.complaints
    uma.complaints.clear()


def test_an_error_before_anything_is_drawn_is_said_too(parties: PartyBrowsers) -> None:
    uma = parties.someone(User, PHONE)
    uma.page.add_init_script("WeakSet = undefined")
    uma.open_page()
    uma.reads("uconnect could not start in this browser.")
    uma.complaints.clear()


def test_a_site_whose_scripts_do_not_come_says_so(parties: PartyBrowsers) -> None:
    uma = parties.someone(User, PHONE)
    uma.page.route("**/assets/*.js", lambda route: route.abort())
    uma.open_page()
    uma.reads("uconnect has not started yet.")
    uma.complaints.clear()


def test_a_part_that_was_missed_once_is_had_when_the_network_is_back(parties: PartyBrowsers) -> None:
    uma = parties.user(PHONE)
    uma.page.route("**/assets/SettingsPage-*.js", lambda route: route.abort())
    uma.page.reload()
    uma.page.route("**/config.json", lambda route: route.abort())  # the network is away, for what is asked from now on
    uma.tab("Settings")
    uma.button("Try again").wait_for()
    uma.page.unroute_all()
    uma.button("Try again").click()
    uma.heading("Settings").wait_for()
    uma.complaints.clear()


def test_a_part_that_a_new_release_does_not_have_is_told_and_a_reload_helps(parties: PartyBrowsers) -> None:
    uma = parties.user(PHONE)
    uma.page.route("**/assets/SettingsPage-*.js", lambda route: route.fulfill(status=404))
    uma.page.reload()
    uma.tab("Settings")
    uma.reads("uconnect was updated.")
    uma.page.unroute_all()
    uma.button("Reload").click()
    uma.heading("Settings").wait_for()
    uma.complaints.clear()


def test_a_page_of_another_protocol_says_that_it_must_be_reloaded_and_loses_nothing_that_was_written(
    parties: PartyBrowsers,
) -> None:
    """As after an update that left a page two protocols behind, or after a roll-back."""
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "Two protocols old", "Can you read this?")
    hellos: list[str | bytes] = []

    def of_another_protocol(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def said(frame: str | bytes) -> None:
            is_hello = json.loads(frame)["t"] == "hello"
            if is_hello:
                hellos.append(frame)
            server.send(json.dumps({"t": "hello", "protocol": 99}) if is_hello else frame)

        page.on_message(said)

    uma.page.route_web_socket("**/api/socket*", of_another_protocol)
    uma.page.reload()
    uma.reads("uconnect was updated. Reload to continue")
    uma.thread.composer.fill("Written on the old page")
    uma.page.wait_for_timeout(4_000)
    assert len(hellos) == 1, "it does not try again"
    uma.page.unroute_all()
    uma.page.route_web_socket("**/api/socket*", lambda page: page.connect_to_server())
    uma.button("Reload").click()
    expect(uma.thread.composer).to_have_value("Written on the old page")
    uma.thread.say("And this?")
    uma.complaints.clear()


def test_a_text_box_whose_script_was_missed_says_so_and_is_had_when_the_network_is_back(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "A missed part", "Can you read this?")
    missed: list[str] = []

    def is_missed(route: Route) -> None:
        missed.append(route.request.url)
        route.abort()

    uma.page.route("**/assets/Composer-*.js", is_missed)
    uma.page.route("**/config.json", lambda route: route.abort() if missed else route.continue_())  # away from then on
    uma.page.reload()
    expect(uma.page.get_by_role("alert").filter(has_text="could not be reached")).to_be_visible()
    uma.button("Try again").wait_for()
    uma.page.unroute_all()
    uma.button("Try again").click()
    expect(uma.thread.composer).to_be_visible()
    uma.complaints.clear()


def _coming(parties: PartyBrowsers, *scripts: str | Callable[[Page], None]) -> User:
    """A user who is known to the issuer, in a browser with a script of its own."""
    uma, number = parties.someone(User, PHONE), next(numbers)
    uma.name, uma.email = f"Uma Petrov {number}", f"{number}@uni.example"
    _, cookie = parties.server.sign_in(Kind.USER, uma.email, uma.name)
    uma.keep_cookie("uconnect_session_user", cookie)
    for script in scripts:
        if callable(script):
            script(uma.page)
        else:
            uma.page.add_init_script(script)
    return uma


def _set_clock(page: Page, minutes: int) -> None:
    page.clock.set_system_time(time.time() + minutes * MINUTE)
