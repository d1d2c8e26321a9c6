"""Nothing that was written is lost, doubled or out of order, whatever the network does."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User
from tests.support.network_proxy import Sockets

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
    uma.network.swallow()
    school.thread.say("Is it still full?")
    uma.thread.write("Yes, it is.")
    uma.reads("No answer from the server yet. Your messages are kept")
    uma.reads("Reconnecting… Your messages are kept")
    uma.network.mend()  # and no event says so
    for person in (uma, school):
        person.thread.kept("Yes, it is.")
        person.thread.hears("Is it still full?")
    assert uma.thread.texts() == school.thread.texts()


@pytest.mark.parametrize("how", [how for how in Sockets if how is not Sockets.PASS])
def test_a_network_that_lets_no_socket_through_still_lets_people_read_and_write(
    parties: PartyBrowsers, how: Sockets
) -> None:
    uma, school = _talking(parties)
    uma.has_sockets(how)
    uma.page.reload()
    uma.thread.hears("Hello?")
    uma.reads("This network blocks live updates.")
    school.thread.say("It is full.")
    uma.thread.hears("It is full.")
    uma.thread.say("Thank you.")
    school.thread.hears("Thank you.")


def test_a_network_that_begins_to_stop_sockets_is_noticed_and_so_is_its_end(parties: PartyBrowsers) -> None:
    uma, school = _talking(parties)
    uma.has_sockets(Sockets.REFUSE)
    uma.reads("This network blocks live updates.")
    school.thread.say("It is full.")
    uma.thread.hears("It is full.")
    uma.has_sockets(Sockets.PASS)
    uma.page.mouse.move(10, 10)
    uma.page.mouse.down()
    uma.page.mouse.up()
    expect(uma.page.get_by_text("This network blocks live updates.")).to_have_count(0)
    school.thread.say("Are you there?")
    uma.thread.hears("Are you there?")


def _talking(parties: PartyBrowsers) -> tuple[User, School]:
    """A user and a school, both with the same thread open."""
    school, uma = parties.school(DESKTOP), parties.user(PHONE)
    uma.ask(school.name, "Is the course full?", "Hello?")
    school.tab("Inbox")
    school.open("Is the course full?").reads("Hello?")
    return uma, school
