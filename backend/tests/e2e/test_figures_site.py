"""A school reads its figures by week, as charts, tables and a file; who asks reads how soon it usually answers."""

import csv
import json
import random
import time
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School

pytestmark = pytest.mark.xdist_group("house")
SUBJECT = "My card is lost"
LONGEST = (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 5760, 10_080, 20_160, 40_320)
PATIENCE = 30  # seconds until the jobs of the acts have counted
USUAL = "Usually answers within a day"


def _show_weeks(school: School) -> None:
    school.tab("Overview")
    school.page.get_by_role("radio", name="By week").check()
    expect(school.button("Download as CSV")).to_be_visible()


def _figure(school: School, name: str) -> str:
    return school.page.locator("dl.figures div", has_text=name).locator("dd").first.inner_text()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_day_of_a_school_is_counted(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda, walt = parties.worker(PHONE, school), parties.worker(PHONE, school, "Walt Whitman")
    uma.ask(school.name, SUBJECT, "Where do I get another?")
    school.tab("Inbox")
    school.open(SUBJECT).hears("Where do I get another?")
    school.offload(wanda.name)
    _is_offered_by_load(school, walt.name, wanda.name)
    wanda.open(SUBJECT).say("In room 4.")
    uma.thread.hears("In room 4.")
    uma.end()
    _wait_until_counted(school)
    assert _figure(school, "Half answered within") == "5 min"
    school.reads("Nothing yet about how soon you answer")
    table = school.page.locator("figure", has_text="Questions asked and ended").locator("details")
    table.locator("summary").click()
    expect(table.locator("tbody tr").last.locator("td")).to_have_text(["1", "1"])
    school.look("figures-first-week")


def _wait_until_counted(school: School) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        _show_weeks_again(school)
        counts = ("Asked", "First answers", "Ended") if school.button("Download as CSV").count() else ()
        if [_figure(school, it) for it in counts] == ["1", "1", "1"]:
            return
        time.sleep(1)
    raise AssertionError("not all was counted")


def _show_weeks_again(school: School) -> None:
    school.tab("Inbox")
    school.tab("Overview")
    school.page.get_by_role("radio", name="By week").check()
    expect(school.button("Download as CSV").or_(school.page.get_by_text("No figures yet"))).to_be_visible()


def _is_offered_by_load(school: School, *names: str) -> None:
    """The least loaded worker is offered first, with its load."""
    school.handler_menu.click()
    offered = school.page.get_by_role("group", name="Who should answer this?").locator(".menu-item:not(.take-back)")
    expect(offered).to_contain_text(list(names))
    expect(offered.first).to_contain_text("0 open threads")
    school.page.keyboard.press("Escape")


# --- a year of a busy school: what the server would answer


def _busy(weeks: int = 26) -> dict[str, Any]:
    drawn = random.Random(7)

    def spread(total: int, weights: list[int]) -> list[int]:
        counts = [0] * len(weights)
        for place in drawn.choices(range(len(weights)), weights, k=total):
            counts[place] += 1
        return counts

    office = [0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 14, 11, 7, 9, 12, 10, 8, 5, 4, 4, 5, 4, 2, 1]
    days = [20, 18, 16, 14, 12, 3, 2]
    soon, late = [2, 4, 6, 9, 9, 7, 5, 6, 3, 2, 1, 0, 0, 0], [0, 0, 0, 1, 2, 4, 5, 9, 9, 8, 7, 4, 2, 1]

    def week(begins: date) -> dict[str, Any]:
        asked, ended = drawn.randrange(30, 90), drawn.randrange(20, 80)
        return {
            "begins": begins.isoformat(),
            "raised": {"hours": spread(asked, office), "days": spread(asked, days)},
            "ended": {"hours": spread(ended, office), "days": spread(ended, days)},
            "replies": spread(asked, soon),
            "settled": spread(ended, late),
        }

    first = date(2026, 6, 8)
    return {
        "weeks": [week(first + timedelta(weeks=number)) for number in range(weeks)],
        "longest": LONGEST,
        "reply_time": "day",
        "measured_weeks": 8,
        "least_replies": 20,
    }


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_half_a_year_is_read_in_every_window_and_colour_and_downloaded(parties: PartyBrowsers, device: Device) -> None:
    school, busy = parties.school(device), _busy()
    school.page.route("**/api/figures", lambda route: route.fulfill(json=busy))
    _show_weeks(school)
    school.reads(USUAL)
    expect(school.page.get_by_role("figure")).to_have_count(5)
    assert school.page.title().startswith("Overview: By week")
    school.look("figures")
    school.look_in_every_window("figures")
    school.page.emulate_media(color_scheme="dark")
    school.look("figures-dark")
    school.page.emulate_media(color_scheme="light", forced_colors="active")
    bars = school.page.locator("figure").first.locator("svg rect")
    fills = [str(bars.nth(it).evaluate("it => getComputedStyle(it).fill")) for it in (0, bars.count() - 1)]
    assert fills[0] != fills[1], "two series are told apart"
    school.page.emulate_media(forced_colors="none")
    for summary in school.page.locator("figure summary").all():
        summary.click()
    school.look("figures-tables")
    _is_downloaded(school, busy)


def _is_downloaded(school: School, busy: dict[str, Any]) -> None:
    with school.page.expect_download() as downloading:
        school.button("Download as CSV").click()
    file = downloading.value
    assert file.suggested_filename == f"figures-{busy['weeks'][-1]['begins']}.csv"
    with file.path().open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [it["week begins"] for it in rows] == [it["begins"] for it in busy["weeks"]]
    assert [int(it["asked"]) for it in rows] == [sum(it["raised"]["days"]) for it in busy["weeks"]]
    assert [int(it["ended, longer"]) for it in rows] == [it["settled"][-1] for it in busy["weeks"]]


def test_the_view_is_kept_in_the_address_and_left_by_the_keyboard(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP)
    _show_no_figures(school)
    school.page.reload()
    expect(school.page.get_by_text("No figures yet")).to_be_visible()
    school.page.get_by_role("radio", name="By week").focus()
    school.page.keyboard.press("ArrowLeft")
    expect(school.page.get_by_role("heading", name="Waiting longest")).to_be_visible()
    school.look("overview-now")


def _show_no_figures(school: School) -> None:
    school.tab("Overview")
    school.page.get_by_role("radio", name="By week").check()
    expect(school.page.get_by_text("No figures yet")).to_be_visible()
    school.look("figures-none")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_who_asks_reads_how_soon_a_school_usually_answers(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(DESKTOP), parties.user(device)

    def usual(route: Route) -> None:
        answered = route.fetch()
        body = json.loads(answered.text().replace('"reply_time":null', '"reply_time":"day"'))
        route.fulfill(response=answered, json=body)

    uma.tab("Find a school")
    uma.page.get_by_label("Search schools").fill(school.name)
    expect(uma.page.get_by_role("listitem").get_by_role("link", name=school.name)).to_be_visible()
    assert "Usually answers" not in uma.knows()
    uma.page.route("**/api/schools**", usual)
    uma.page.reload()
    uma.page.get_by_label("Search schools").fill(school.name)
    expect(uma.page.get_by_role("listitem").filter(has_text=school.name)).to_contain_text(USUAL)
    uma.look("schools-usual")
    uma.page.get_by_role("listitem").get_by_role("link", name=school.name).click()
    uma.reads(USUAL)
    uma.look("raise-usual")
    uma.look_in_every_window("raise-usual")
