"""Nothing that was written is lost, doubled or out of order, whatever the network does."""

import pytest
from playwright.sync_api import expect

from tests.browser.cast import Cast
from tests.browser.parties import User
from tests.browser.person import DESKTOP, PHONE, Person
from uconnect.embedded.demo import PASSWORD

pytestmark = pytest.mark.xdist_group("desktop")

OPENED = ("The page says the course is full, but it is not.", "On my enrolment page, this morning.")
SUBJECT = "Cannot register for CS-301"


def test_what_one_side_writes_while_the_other_is_away_is_there_when_it_comes_back(cast: Cast) -> None:
    uma, school = cast.uma(PHONE), cast.computing(DESKTOP)
    for person in (uma, school):
        person.open(SUBJECT).hears(OPENED[-1])
    uma.loses_the_network()
    uma.reads("Reconnecting… your messages are kept")
    for number in range(60):  # more than a page of the log
        school.thread.say(f"Answer {number}")
    uma.thread.write("Are you there?")
    uma.gets_it_back()
    uma.thread.kept("Are you there?")
    for person in (uma, school):
        expect(person.thread.line("Are you there?")).to_have_count(1)
        assert _numbered(person) == [f"Answer {number}" for number in range(60)]


def test_a_network_that_swallows_everything_is_noticed_and_outlived(cast: Cast) -> None:
    uma, school = cast.someone(User, PHONE), cast.computing(DESKTOP)
    uma.page.clock.install()
    uma.sign_in("uma@demo.example", PASSWORD)
    for person in (uma, school):
        person.open(SUBJECT).hears(OPENED[-1])
    uma.network.swallow()
    school.thread.say("Is it still full?")
    uma.thread.write("Yes, it is.")
    expect(uma.thread.line("Yes, it is.")).to_contain_text("Sending")
    uma.page.clock.fast_forward("00:26")  # it is time to ask whether the server is still there
    uma.page.clock.fast_forward("00:11")  # and that took too long
    uma.page.clock.fast_forward("00:02")
    uma.reads("Reconnecting… your messages are kept")
    uma.gets_it_back()
    for person in (uma, school):
        person.thread.hears("Is it still full?")
        expect(person.thread.line("Yes, it is.")).to_have_count(1)
    uma.thread.kept("Yes, it is.")
    assert uma.thread.texts() == school.thread.texts()


def _numbered(person: Person) -> list[str]:
    return [text for text in person.thread.texts() if text.startswith("Answer")]
