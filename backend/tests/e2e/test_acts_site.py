"""A school reads what was changed in its account, as a list and as two files; its worker has no such page."""

import csv
import json

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School

pytestmark = pytest.mark.xdist_group("house")


def _downloaded(school: School, button: str) -> str:
    with school.page.expect_download() as downloading:
        school.button(button).click()
    return downloading.value.path().read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_school_reads_what_was_changed_in_its_account(parties: PartyBrowsers, device: Device) -> None:
    school = parties.school(device)
    wanda = parties.worker(PHONE, school)
    school.tab("Settings")
    school.link("Show the changes").click()
    expect(school.heading("Changes to your account")).to_be_visible()
    rows = school.page.locator("ol.acts li p:first-child")
    expect(rows).to_have_text([f"Worker invited: {wanda.name}", "School account opened"])
    school.look("acts")
    school.look_in_every_window("acts")
    (head, first, *_) = csv.reader(_downloaded(school, "Download as CSV").splitlines())
    assert head == ["Time (UTC)", "By", "Change", "Worker"]
    assert first[1:] == ["You", "Worker invited", wanda.name]
    found = json.loads(_downloaded(school, "Download as JSON"))
    assert [(it["act"], it["by_operator"]) for it in found] == [("invite a worker", False), ("join", False)]
    wanda.tab("Settings")
    expect(wanda.link("Show the changes")).to_have_count(0)
