"""A school and its worker see that the other one writes an answer, so that not both do. Whoever asked sees nothing."""

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers

pytestmark = pytest.mark.xdist_group("house")
SUBJECT = "When is the exam?"


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_the_school_and_its_worker_see_who_writes_an_answer(parties: PartyBrowsers, device: Device) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda = parties.worker(device, school)
    uma.ask(school.name, SUBJECT, "It is not in the calendar.")
    school.tab("Inbox")
    school.open(SUBJECT)
    school.offload(wanda.name)
    wanda.open(SUBJECT)
    before = len(uma.heard)
    wanda.thread.composer.press_sequentially("On Mon")
    school.reads(f"{wanda.name} is writing an answer.")
    school.look("reply-lease")
    school.look_in_every_window("reply-lease")
    school.thread.composer.press_sequentially("On Tue")
    wanda.reads("Your school is writing an answer.")
    wanda.look("reply-lease")
    school.thread.composer.fill("")
    expect(wanda.page.get_by_text("Your school is writing an answer.")).to_have_count(0)
    school.thread.composer.press_sequentially("On Tue")
    wanda.button("Send").click()
    school.reads(f"{wanda.name} has answered while you wrote. Read it before you send yours.")
    school.look("reply-lease-answered")
    expect(school.page.get_by_text("is writing an answer")).to_have_count(0)
    uma.thread.hears("On Mon")
    assert [it for it in uma.heard[before:] if "composing" in it] == []
    assert "writing an answer" not in uma.knows()
