"""A school hides words of a thread. Its worker reads masks, and whoever asked notices nothing."""

import pytest

from tests.e2e.browser_party import DESKTOP, PHONE, Device
from tests.e2e.engines import expect
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School

pytestmark = pytest.mark.xdist_group("house")
MASK = "█████"


def open_details(school: School, device: Device) -> None:
    if device is PHONE:
        school.page.get_by_role("button", name="About this thread").click()


def close_details(school: School, device: Device) -> None:
    if device is PHONE:
        school.page.get_by_role("dialog", name="About this thread").get_by_role("button", name="Close").click()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda it: it.name)
def test_a_school_hides_who_asks_before_and_while_a_worker_has_the_thread(
    parties: PartyBrowsers, device: Device
) -> None:
    school, uma = parties.school(device), parties.user(PHONE)
    wanda = parties.worker(device, school)
    uma.ask(school.name, f"{uma.name} lost a card", f"I am {uma.name}. Call +43 660 1234567.", sends_anyway=True)
    school.tab("Inbox")
    school.open(f"{uma.name} lost a card")
    school.handler_menu.click()
    school.reads("This thread reveals who asked.")
    school.look("assign-menu-tells")
    school.button("Hide words…").first.click()
    dialog = school.page.get_by_role("dialog", name="Hide words from workers")
    expect(dialog.get_by_label(uma.name, exact=True)).to_be_checked()
    expect(dialog.get_by_label("+43 660 1234567")).to_be_checked()
    school.look("hide-words")
    school.look_in_every_window("hide-words")
    dialog.get_by_role("button", name="Hide", exact=True).click()
    school.reads("Hidden from your workers")
    expect(dialog).to_have_count(0)
    expect(school.page.locator(".bubble .hidden-word").first).to_have_text(uma.name)
    school.look("hidden-words")
    before = len(uma.heard)
    school.offload(wanda.name)

    wanda.open(f"{MASK} lost a card")
    wanda.thread.hears(f"I am {MASK}. Call {MASK}.")
    assert uma.name not in "".join(wanda.heard)
    wanda.look("masks")
    wanda.look_in_every_window("masks")

    uma.thread.composer.fill("My room is 301, ask Petra.")
    uma.button("Send").click()
    wanda.thread.hears("My room is 301, ask Petra.")
    open_details(school, device)
    school.look("details-hidden-words")
    school.button("Hide words…").first.click()
    dialog.get_by_label("Other words (optional)").fill("Petra")
    dialog.get_by_role("button", name="Hide", exact=True).click()
    wanda.thread.hears(f"My room is 301, ask {MASK}.")
    expect(wanda.page.get_by_text("Petra")).to_have_count(0)
    school.button("Show again: Petra").click()
    wanda.thread.hears("My room is 301, ask Petra.")
    close_details(school, device)

    wanda.hand_back("The messages tell me who asked.", "Room 301")
    open_details(school, device)
    school.page.get_by_role("listitem").filter(has_text="The messages tell me who asked.").get_by_role(
        "button", name="Hide words…"
    ).click()
    dialog.get_by_label("Other words (optional)").fill("room")
    dialog.get_by_role("button", name="Hide", exact=True).click()
    expect(dialog).to_have_count(0)
    assert all("hide" not in it and "hidden" not in it and "reload" not in it for it in uma.heard[before:])
    assert MASK not in uma.knows()
    uma.thread.hears(f"I am {uma.name}. Call +43 660 1234567.")
