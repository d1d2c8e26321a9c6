"""Five open threads are five, for a user and for a school; whoever ends one can raise another."""

from functools import partial

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User

pytestmark = pytest.mark.xdist_group("phone")

FIVE = "You have five open threads. End one that is settled, then you can open another."


def test_a_sixth_thread_is_refused_in_words_and_ending_one_makes_room(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    _ask(uma, school, 1, 2, 3, 4, 5)
    uma.find(school.name)
    uma.reads("5 of 5 open")
    uma.reads(FIVE)
    expect(uma.button("Send question")).to_be_hidden()
    uma.look("five")
    _end(uma, 2)
    _ask(uma, school, 6)


def test_a_tab_that_does_not_know_of_the_fifth_is_told_why_and_keeps_what_was_written(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    elsewhere = parties.again(uma, DESKTOP)
    _ask(uma, school, 1, 2, 3, 4)
    uma.find(school.name)
    uma.page.route("**/api/threads", partial(_go_on_after, elsewhere, school), times=1)
    uma.fill(**{"What is it about?": "Question 6", "Your question": "It is a long story."})
    uma.button("Send question").click()
    uma.is_told(FIVE, 409)
    uma.reads("What you wrote is kept.")
    _end(uma, 2)
    expect(uma.page.get_by_label("Your question")).to_have_value("It is a long story.")
    uma.button("Send question").click()
    uma.thread.hears("It is a long story.")


def test_a_school_asks_another_school_and_reads_it_as_a_user_would(parties: PartyBrowsers) -> None:
    law, computing = parties.school(PHONE, "School of Law"), parties.school(DESKTOP)
    computing.tab("Inbox")
    law.ask(computing.name, "Shared printers", "Who pays for the paper?").hears("Who pays for the paper?")
    law.look("raised")
    computing.open("Shared printers").reads("Who pays for the paper?")
    computing.reads(f"{law.name} · School")
    computing.thread.say("We both do.")
    law.thread.reads("Who pays for the paper?", "We both do.")
    law.tab(law.raised)
    law.reads("1 of 5 open")
    law.look("raised-by-us")


def _go_on_after(elsewhere: User, school: School, route: Route) -> None:
    """Just before this call reaches the server, the fifth thread is raised in another browser."""
    _ask(elsewhere, school, 5)
    route.continue_()


def _ask(uma: User, school: School, *numbers: int) -> None:
    for number in numbers:
        uma.ask(school.name, f"Question {number}", f"About question {number}")


def _end(uma: User, number: int) -> None:
    """End one of the five, from where a sixth was begun."""
    item = uma.page.get_by_role("listitem").filter(has_text=f"Question {number}")
    item.get_by_role("button", name="End thread").click()
    uma.answer("End this thread?", "End thread")
