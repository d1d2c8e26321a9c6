"""The demo university is made by the use cases alone, and never where strangers could sign in to it."""

from functools import partial

import pytest

from tests.embedded.kit import Place
from tests.embedded.test_accounts import do_what_is_due
from uconnect.core.decide import operating, reading
from uconnect.core.keys import Shelf
from uconnect.core.terms import Kind, State
from uconnect.core.views.pages import ThreadPage
from uconnect.embedded import demo
from uconnect.embedded.settings import Unusable, read
from uconnect.identities.builtin import accounts


@pytest.fixture
def settled(place: Place) -> Place:
    place.wait(demo.settle(place.parts))
    do_what_is_due(place)
    return place


def sign_in(place: Place, kind: Kind, email: str) -> str:
    """The party that comes with the demo's password."""
    known = place.wait(place.parts.issuer.accounts.check(email, demo.PASSWORD))
    assert known is not None
    id = place.enter(kind, known.subject)
    assert isinstance(id, str)
    return id


def shelf(place: Place, by: str, shelf: Shelf) -> ThreadPage:
    return place.run(partial(reading.threads, by=by, shelf=shelf, before=None, most=50))


def test_everyone_on_the_first_page_can_sign_in_on_their_site(settled: Place) -> None:
    told = demo.shown(settled.parts.settings)
    assert told["password"] == demo.PASSWORD
    assert {person["site"] for person in told["accounts"]} == {kind.value for kind in Kind}
    for person in told["accounts"]:
        assert settled.me(sign_in(settled, Kind(person["site"]), person["email"])).name == person["name"]


def test_there_is_something_in_every_state_to_see(settled: Place) -> None:
    uma, computing = (
        sign_in(settled, Kind.USER, "uma@demo.example"),
        sign_in(settled, Kind.SCHOOL, "computing@demo.example"),
    )
    wanda = sign_in(settled, Kind.WORKER, "wanda@demo.example")
    raised = shelf(settled, uma, Shelf.RAISED).threads
    assert {it.row.state for it in raised} == {State.OPEN, State.TERMINATED}
    received = shelf(settled, computing, Shelf.RECEIVED).threads
    assert {it.row.state for it in received} == {State.OPEN, State.TERMINATED}
    assert len(shelf(settled, wanda, Shelf.HANDLED).threads) == 2
    assert shelf(settled, sign_in(settled, Kind.SCHOOL, "law@demo.example"), Shelf.RAISED).threads
    assert any(it.row.theirs > it.read for it in received), "something is unread"
    assert any(it.row.theirs == it.read for it in received), "something is read"


def test_what_happened_lies_in_the_last_days_and_nothing_in_the_future(settled: Place) -> None:
    computing = sign_in(settled, Kind.SCHOOL, "computing@demo.example")
    now = settled.parts.desk.store._moment().now
    times = sorted(it.row.at for it in shelf(settled, computing, Shelf.RECEIVED).threads)
    assert now - 3.5 * 86_400_000 < times[0] < now - 86_400_000
    assert now - 3_600_000 < times[-1] <= now


def test_every_school_says_what_it_is_for(settled: Place) -> None:
    uma = sign_in(settled, Kind.USER, "uma@demo.example")
    page = settled.run(partial(reading.schools, by=uma, after=None, most=50))
    assert len(page.schools) == len(demo.SCHOOLS)
    assert all(school.about and school.hours for school in page.schools)


def test_one_worker_has_not_come_yet_and_her_letter_lies_here(settled: Place) -> None:
    (letter,) = settled.mail(demo.INVITED[1])
    assert "/worker/#invitation=" in letter.text


def test_it_is_made_once(settled: Place) -> None:
    before = settled.run(partial(operating.schools, after=None, most=50))
    settled.wait(demo.settle(settled.parts))
    assert settled.run(partial(operating.schools, after=None, most=50)) == before


def test_real_people_do_not_get_made_up_neighbours(place: Place) -> None:
    place.account("ada@example.org")
    with pytest.raises(Unusable, match=r"There are people in .* already.* Give the demo a folder of its own"):
        demo.check(place.parts, wanted=True)
    demo.check(place.parts, wanted=False)
    place.wait(demo.settle(place.parts))
    assert place.parts.database.read(lambda c: accounts.of_email(c, "uma@demo.example")) is None


def test_made_up_people_do_not_get_real_neighbours(settled: Place) -> None:
    demo.check(settled.parts, wanted=True)
    with pytest.raises(Unusable, match="is the demo university, whose passwords everyone knows"):
        demo.check(settled.parts, wanted=False)


def test_a_folder_that_was_once_served_to_people_takes_no_demo(place: Place) -> None:
    demo.check(place.parts, wanted=False)
    with pytest.raises(Unusable, match="Nothing was changed"):
        demo.check(place.parts, wanted=True)


def test_a_demo_is_made_where_a_file_lies_that_nobody_has_used(place: Place) -> None:
    place.parts.close()
    place.wait(demo.make(place.parts.settings))
    again = Place(place.parts.settings.data)
    try:
        assert again.parts.database.read(lambda c: accounts.of_email(c, "uma@demo.example")) is not None
        demo.check(again.parts, wanted=True)
    finally:
        again.close()


@pytest.mark.parametrize(
    "environment",
    [
        {"HOST": "10.0.0.7", "URL": "http://localhost:8000"},
        {"URL": "https://ask.uni.edu"},
        {"SMTP": "smtp://localhost", "MAIL_FROM": "help@uni.edu"},
    ],
)
def test_the_demo_listens_to_this_machine_and_writes_to_nobody(environment: dict[str, str]) -> None:
    demo.check_settings(read({}))
    with pytest.raises(Unusable, match="The demo's"):
        demo.check_settings(read(environment))
