"""Whoever has only a keyboard asks, answers and gives a thread away like anybody else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser_party import DESKTOP, BrowserParty
from tests.e2e.keyboard import Keyboard
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User
from tests.support.network_proxy import Network
from tests.support.server_process import serving
from uconnect.demo.loader import PASSWORD
from uconnect.demo.scenario import PEOPLE

COMPUTING, WANDA = PEOPLE["COMPUTING"].name, PEOPLE["WANDA"].name

pytestmark = pytest.mark.xdist_group("desktop")


@pytest.fixture
def demo(tmp_path: Path, browser: Browser, make_network: Callable[[], Network]) -> Iterator[PartyBrowsers]:
    """Everybody meets the demo first: here they sign in by its passwords."""
    with serving(tmp_path, "demo") as server:
        parties = PartyBrowsers(browser, server, make_network)
        yield parties
        parties.leave()
    assert parties.complaints() + server.complaints() == []


def test_everything_is_done_without_a_mouse(demo: PartyBrowsers) -> None:
    uma, school = demo.someone(User, DESKTOP), demo.someone(School, DESKTOP)
    for person in (uma, school):
        _no_mouse(person.page)
    _sign_in(uma, "uma@demo.example")
    _sign_in(school, "computing@demo.example")
    _raise_and_write(uma)
    _offload(school)
    _end(uma)


def _no_mouse(page: Page) -> None:
    """The page objects click; here they must not."""
    page.add_init_script("addEventListener('pointerdown', () => console.error('a mouse'), true)")


def _sign_in(person: BrowserParty, email: str) -> None:
    keys = Keyboard(person.page)
    person.open_page("/")
    person.reads(email)
    person.look("demo")
    keys.choose(person.link({"user": "For you", "school": "For schools"}[person.site]))
    keys.choose(person.button("Sign in"))
    expect(person.page.get_by_label("E-mail")).to_be_focused()
    keys.type(email)
    keys.fill(person.page.get_by_label("Password", exact=True), PASSWORD)
    keys.press("Enter")
    person.is_in()


def _raise_and_write(uma: User) -> None:
    keys, page = Keyboard(uma.page), uma.page
    keys.choose(uma.link("Find a school").first)
    keys.fill(page.get_by_label("Search schools"), "comp")
    keys.choose(page.get_by_role("link", name=COMPUTING))
    keys.fill(page.get_by_label("What is it about?"), "No mouse")
    keys.fill(page.get_by_label("Your question"), "It ran away.")
    keys.choose(uma.button("Send question"))
    expect(uma.thread.composer).to_be_focused()
    keys.type("Near the library")
    keys.press("Shift+Enter")
    keys.type("I think.")
    keys.press("Enter")
    uma.thread.reads("It ran away.", "Near the library\nI think.")
    expect(uma.thread.composer).to_be_focused()


def _offload(school: School) -> None:
    keys = Keyboard(school.page)
    keys.choose(school.row("No mouse"))
    school.thread.hears("It ran away.")
    keys.choose(school.handler_menu)
    menu = school.page.get_by_role("group", name="Who should answer this?")
    first = menu.get_by_role("button").first  # whoever has the fewest threads
    expect(first).to_be_focused()
    keys.press("Escape")
    expect(school.handler_menu).to_be_focused()
    keys.press("Enter")
    expect(first).to_be_focused()
    while WANDA not in menu.locator(":focus").inner_text():
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(school.button(f"With {WANDA}")).to_be_focused()


def _end(uma: User) -> None:
    keys = Keyboard(uma.page)
    keys.choose(uma.button("End thread"))
    question = uma.page.get_by_role("dialog", name="End this thread?")
    expect(question).to_be_visible()
    keys.press("Escape")
    expect(question).to_have_count(0)
    expect(uma.button("End thread")).to_be_focused()
    keys.press("Enter")
    keys.choose(question.get_by_role("button", name="End thread"))
    uma.thread.is_over()
