"""A school gives several threads away in one go, sees which were refused, and takes them back as easily."""

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("house")
SUBJECTS = ("When is the exam?", "My card is lost", "Where is room 301?")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_several_threads_are_given_at_once_and_taken_back(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda = parties.worker(PHONE, school)
    for subject in SUBJECTS:
        uma.ask(school.name, subject, "Who knows?")
    school.tab("Inbox")
    expect(school.row(SUBJECTS[0])).to_be_visible()
    school.button("Give several").click()
    dialog = school.page.get_by_role("dialog", name="Give several threads to workers")
    dialog.get_by_role("button", name="Give", exact=True).click()
    school.reads("Choose the threads to give.")
    dialog.get_by_label("All 3").check()
    dialog.get_by_label(SUBJECTS[2]).uncheck()
    school.look("give-several")
    school.look_in_every_window("give-several")
    dialog.get_by_role("button", name="Give 2 threads").click()
    school.reads("2 of 2 done")
    school.look("given-several")
    for subject in SUBJECTS[:2]:
        expect(wanda.row(subject)).to_be_visible()
    expect(wanda.row(SUBJECTS[2])).to_have_count(0)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("button", name="Stop")).to_have_count(0)
    school.reads("2 of 2 done")
    expect(wanda.row(SUBJECTS[0])).to_have_count(0)
    expect(wanda.row(SUBJECTS[1])).to_have_count(0)
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_have_count(0)
    expect(school.button("Give several")).to_be_focused()
