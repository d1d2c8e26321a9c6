"""Five open threads are five, for a user and for a school; whoever ends one can raise another."""

from functools import partial

import pytest
from playwright.sync_api import Route, expect

from tests.browser.cast import COMPUTING, LAW, Cast
from tests.browser.parties import Raiser, User
from tests.browser.person import DESKTOP, PHONE

pytestmark = pytest.mark.xdist_group("phone")


def test_a_sixth_thread_is_refused_in_words_and_ending_one_makes_room(cast: Cast) -> None:
    uma = cast.uma(PHONE)
    for number in (2, 3, 4, 5):
        _ask(uma, LAW, f"Question {number}")
    uma.find(LAW)
    uma.reads("5 of 5 open")
    uma.reads("You have five open threads. End one that is settled, and you can raise another.")
    expect(uma.button("Raise thread")).to_be_hidden()
    uma.look("five")
    uma.page.get_by_role("listitem").filter(has_text="Question 2").get_by_role("button", name="End thread").click()
    uma.answer("End this thread?", "End thread")
    _ask(uma, LAW, "Question 6")


def test_a_tab_that_does_not_know_of_the_fifth_is_told_why_and_keeps_what_was_written(cast: Cast) -> None:
    uma, elsewhere = cast.uma(PHONE), cast.uma(DESKTOP)
    for number in (2, 3, 4):
        _ask(uma, LAW, f"Question {number}")
    uma.find(LAW)
    uma.page.route("**/api/threads", partial(_go_on_after, elsewhere), times=1)
    uma.fill(**{"What is it about?": "Question 6", "What happened?": "It is a long story."})
    uma.button("Raise thread").click()
    uma.is_told("You have five open threads. End one that is settled, and you can raise another.", 409)
    uma.reads("What you wrote is kept.")
    uma.page.get_by_role("listitem").filter(has_text="Question 2").get_by_role("button", name="End thread").click()
    uma.answer("End this thread?", "End thread")
    expect(uma.page.get_by_label("What happened?")).to_have_value("It is a long story.")
    uma.button("Raise thread").click()
    uma.thread.hears("It is a long story.")


def test_a_school_asks_another_school_and_reads_it_as_a_user_would(cast: Cast) -> None:
    law, computing = cast.law(PHONE), cast.computing(DESKTOP)
    law.ask(COMPUTING, "Shared printers", "Who pays for the paper?").hears("Who pays for the paper?")
    law.look("raised")
    computing.open("Shared printers").reads("Who pays for the paper?")
    computing.reads(f"{LAW} · School")
    computing.thread.say("We both do.")
    law.thread.reads("Who pays for the paper?", "We both do.")
    law.tab(law.raised)
    law.reads("2 of 5 open")
    law.look("raised-by-us")


def _go_on_after(elsewhere: User, route: Route) -> None:
    """Just before this call reaches the server, the fifth thread is raised in another browser."""
    _ask(elsewhere, LAW, "Question 5")
    route.continue_()


def _ask(person: Raiser, school: str, subject: str) -> None:
    person.ask(school, subject, f"About {subject}")
