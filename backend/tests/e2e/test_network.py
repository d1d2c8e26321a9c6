"""Nothing that was written is lost, doubled or out of order, whatever the network does."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User

pytestmark = pytest.mark.xdist_group("desktop")


def test_what_one_side_writes_while_the_other_is_away_is_there_when_it_comes_back(parties: PartyBrowsers) -> None:
    uma, school = _talking(parties)
    uma.loses_the_network()
    uma.reads("Reconnecting… Your messages are kept")
    answers = [f"Answer {number}" for number in range(55)]  # more than a page of the log
    for answer in answers:
        school.thread.say(answer)
    uma.thread.write("Are you there?")
    uma.gets_it_back()
    for person in (uma, school):
        person.thread.kept("Are you there?")
        person.thread.reads("Hello?", *answers, "Are you there?")


def test_a_network_that_swallows_everything_is_noticed_and_outlived(parties: PartyBrowsers) -> None:
    uma, school = _talking(parties)
    uma.page.clock.install()
    uma.page.reload()
    uma.thread.hears("Hello?")
    uma.network.swallow()
    school.thread.say("Is it still full?")
    uma.thread.write("Yes, it is.")
    expect(uma.thread.bubble("Yes, it is.")).to_contain_text("Sending")
    uma.page.clock.fast_forward("00:26")  # it is time to ask whether the server is still there
    uma.page.clock.fast_forward("00:11")  # and that took too long
    uma.page.clock.fast_forward("00:02")
    uma.reads("Reconnecting… Your messages are kept")
    uma.gets_it_back()
    for person in (uma, school):
        person.thread.kept("Yes, it is.")
        person.thread.hears("Is it still full?")
    assert uma.thread.texts() == school.thread.texts()


def _talking(parties: PartyBrowsers) -> tuple[User, School]:
    """A user and a school, both with the same thread open."""
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "Is the course full?", "Hello?")
    school.tab("Inbox")
    school.open("Is the course full?").reads("Hello?")
    return uma, school
