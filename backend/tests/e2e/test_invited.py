"""Whose worker a person becomes is what they read and accept; and a mistake can be undone until the first answer."""

from itertools import count

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser_party import DESKTOP, PHONE, WIDTHS, Device
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, Worker

pytestmark = pytest.mark.xdist_group("invited")
PASSWORD = "a quiet place to read"
DEVICES = [pytest.param(it, id=it.name) for it in WIDTHS]
numbers = count(1)


def invited(*schools: School) -> tuple[str, list[str]]:
    """An address that each of the schools has invited, in this order, and the link in each letter."""
    email, links = f"eve{next(numbers)}@invited.example", []
    for written, school in enumerate(schools, 1):
        school.invite("Eve Adebayo", email)
        school.server.letters(email, least=written)
        links.append(school.server.link(email))
    return email, links


def follow(eve: Worker, link: str, school: School) -> None:
    eve.open_page(link.removeprefix(eve.server.url))
    expect(eve.heading(f"{school.name} invites you")).to_be_visible()


def worker_of(eve: Worker, school: School) -> None:
    eve.is_in()
    eve.tab("Settings")
    eve.reads(f"Worker at {school.name}")


def row(school: School) -> Locator:
    return school.page.get_by_role("listitem").filter(has_text="Eve Adebayo")


@pytest.mark.parametrize("device", DEVICES)
def test_the_link_of_the_honest_school_wins_whichever_school_wrote_last(parties: PartyBrowsers, device: Device) -> None:
    honest, mallory = parties.school(DESKTOP, "School of Law"), parties.school(DESKTOP, "Mallory & Sons")
    _, (link, _) = invited(honest, mallory)
    eve = parties.someone(Worker, device)
    follow(eve, link, honest)
    assert mallory.name not in eve.page.content()
    assert "invitation=" not in eve.page.url, "nothing that opens it stands in an address"
    eve.look("invitation")
    eve.fill(**{"New password": PASSWORD})
    eve.button("Accept").click()
    worker_of(eve, honest)
    expect(row(honest)).not_to_contain_text("Invited, not joined yet")
    expect(row(mallory)).to_contain_text("Invited, not joined yet")


@pytest.mark.parametrize("device", DEVICES)
def test_who_comes_without_a_link_is_asked_and_may_leave_what_was_a_mistake(
    parties: PartyBrowsers, device: Device
) -> None:
    honest, mallory = parties.school(DESKTOP, "School of Law"), parties.school(DESKTOP, "Mallory & Sons")
    email, _ = invited(honest, mallory)
    eve = parties.someone(Worker, device)
    parties.opens_sign_in(eve, "Eve Adebayo", email)
    eve.is_asked("Several schools invite you")
    eve.look("several-invitations")
    eve.button(f"Accept the invitation of {mallory.name}").click()
    worker_of(eve, mallory)
    eve.look("may-leave")
    eve.button(f"Leave {mallory.name}").click()
    eve.look("leaving")
    eve.answer(f"Leave {mallory.name}?", f"Leave {mallory.name}")
    eve.reads(f"You have left {mallory.name}.")
    expect(row(mallory)).to_have_count(0)
    eve.button("Sign in").click()
    expect(eve.page.get_by_label("Password", exact=True)).to_be_visible()  # the next person here is not let in
    parties.opens_sign_in(eve, "Eve Adebayo", email)
    eve.is_asked(f"{honest.name} invites you")
    eve.look("one-invitation")
    eve.button("Accept").click()
    worker_of(eve, honest)


def test_not_now_accepts_nothing(parties: PartyBrowsers) -> None:
    honest = parties.school(DESKTOP, "School of Law")
    email, _ = invited(honest)
    eve = parties.someone(Worker, PHONE)
    parties.opens_sign_in(eve, "Eve Adebayo", email)
    eve.is_asked(f"{honest.name} invites you")
    eve.button("Not now").click()
    expect(eve.button("Sign in")).to_be_visible()
    expect(row(honest)).to_contain_text("Invited, not joined yet")


def test_from_the_first_answer_on_nothing_offers_to_leave(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP, "School of Law"), parties.user(DESKTOP)
    wanda = parties.worker(PHONE, school)
    uma.ask(school.name, "A question", "How?")
    school.tab("Inbox")
    school.open("A question")
    school.offload(wanda.name)
    wanda.tab("Settings")
    expect(wanda.button(f"Leave {school.name}")).to_be_visible()
    wanda.tab("Threads")
    wanda.open("A question").say("Like this.")
    uma.thread.hears("Like this.")
    wanda.tab("Settings")
    wanda.reads("Only your school can remove it.")
    expect(wanda.button(f"Leave {school.name}")).to_have_count(0)
