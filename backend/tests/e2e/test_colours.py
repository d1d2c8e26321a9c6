"""What is chosen, focused or counted is seen by whoever has colours of their own, or needs contrast."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser_party import DESKTOP
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School

pytestmark = pytest.mark.xdist_group("fits")
CHOSEN = {  # what is chosen, and its like that is not
    "a filter": (".filter input:checked + span", ".filter input:not(:checked) + span"),
    "a tab": (".tab[aria-current]", ".tab:not([aria-current])"),
    "a row": (".thread-row[aria-current]", ".thread-row:not([aria-current])"),
}


def test_in_forced_colours_what_is_chosen_or_focused_is_told_from_the_rest(parties: PartyBrowsers) -> None:
    school, uma = _two_threads(parties)
    page = school.page
    page.emulate_media(forced_colors="active")
    for what, (chosen, other) in CHOSEN.items():
        assert _background(page, chosen) != _background(page, other), what
    box = page.locator(".composer-box")
    school.thread.composer.evaluate("(it) => it.blur()")
    before = box.screenshot(animations="disabled")
    school.thread.composer.focus()
    assert box.screenshot(animations="disabled") != before
    assert box.evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"
    uma.page.emulate_media(forced_colors="active")
    assert _background(uma.page, ".meter-slots .full") != _background(uma.page, ".meter-slots i:not(.full)")
    uma.tab("Find a school")
    uma.page.get_by_role("searchbox").focus()
    assert uma.page.locator(".search").evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"


def test_whoever_wants_more_contrast_has_it_in_light_and_dark(parties: PartyBrowsers) -> None:
    school, uma = _two_threads(parties)
    for person in (school, uma):
        person.page.emulate_media(contrast="more")
        person.look("more-contrast")
    for what, (chosen, other) in CHOSEN.items():
        assert _background(school.page, chosen) != _background(school.page, other), what


def test_counts_of_two_digits_have_the_contrast_of_text(parties: PartyBrowsers) -> None:
    school, _ = _two_threads(parties)
    expect(school.page.locator(".filter b").nth(2)).to_be_visible()  # they are counted beside the list
    school.page.evaluate("document.querySelectorAll('.filter b').forEach((it) => (it.textContent = '12'))")
    school.look("counts")  # axe leaves single digits out


def _two_threads(parties: PartyBrowsers) -> tuple[School, Any]:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    for subject in ("The first", "The second"):
        uma.ask(school.name, subject, "Can you read this?")
    school.tab("Inbox")
    school.open("The first").hears("Can you read this?")
    return school, uma


def _background(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("(it) => getComputedStyle(it).backgroundColor"))
