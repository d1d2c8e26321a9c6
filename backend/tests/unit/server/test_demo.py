"""The demo university is made by the use cases alone, and never where strangers could sign in to it."""

from functools import partial

import pytest

from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_accounts_server import do_what_is_due
from uconnect.demo import loader, scenario
from uconnect.domain.enums import Kind, State
from uconnect.domain.keys import Mailbox
from uconnect.domain.usecases import admin, queries
from uconnect.domain.views.pages import ThreadPage
from uconnect.entrypoints.server.settings import InvalidSetting, read
from uconnect.oidc_provider import accounts


@pytest.fixture
def settled(server: ServerInProcess) -> ServerInProcess:
    server.wait(loader.load_scenario(server.container))
    do_what_is_due(server)
    return server


def sign_in(server: ServerInProcess, kind: Kind, email: str) -> str:
    """The party that comes with the demo's password."""
    known = server.wait(server.container.issuer.accounts.check(email, loader.PASSWORD))
    assert known is not None
    id = server.enter(kind, known.subject)
    assert isinstance(id, str)
    return id


def mailbox(server: ServerInProcess, by: str, mailbox: Mailbox) -> ThreadPage:
    return server.run(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50))


def test_everyone_on_the_first_page_can_sign_in_on_their_site(settled: ServerInProcess) -> None:
    told = loader.demo_accounts(settled.container.settings)
    assert told["password"] == loader.PASSWORD
    assert {person["site"] for person in told["accounts"]} == {kind.value for kind in Kind}
    for person in told["accounts"]:
        assert settled.me(sign_in(settled, Kind(person["site"]), person["email"])).name == person["name"]


def test_there_is_something_in_every_state_to_see(settled: ServerInProcess) -> None:
    uma, computing = (
        sign_in(settled, Kind.USER, "uma@demo.example"),
        sign_in(settled, Kind.SCHOOL, "computing@demo.example"),
    )
    wanda = sign_in(settled, Kind.WORKER, "wanda@demo.example")
    raised = mailbox(settled, uma, Mailbox.RAISED).threads
    assert {it.row.state for it in raised} == {State.OPEN, State.TERMINATED}
    received = mailbox(settled, computing, Mailbox.RECEIVED).threads
    assert {it.row.state for it in received} == {State.OPEN, State.TERMINATED}
    assert len(mailbox(settled, wanda, Mailbox.HANDLED).threads) == 2
    assert mailbox(settled, sign_in(settled, Kind.SCHOOL, "law@demo.example"), Mailbox.RAISED).threads
    assert any(it.row.theirs > it.read for it in received), "something is unread"
    assert any(it.row.theirs == it.read for it in received), "something is read"


def test_what_happened_lies_in_the_last_days_and_nothing_in_the_future(settled: ServerInProcess) -> None:
    computing = sign_in(settled, Kind.SCHOOL, "computing@demo.example")
    now = settled.container.service.store._new_context().now
    times = sorted(it.row.at for it in mailbox(settled, computing, Mailbox.RECEIVED).threads)
    assert now - 3.5 * 86_400_000 < times[0] < now - 86_400_000
    assert now - 3_600_000 < times[-1] <= now


def test_what_is_in_the_audit_log_has_its_order(settled: ServerInProcess) -> None:
    times = [it.at for it in settled.container.service.store.acts()]
    assert len(times) > 5
    assert times == sorted(times)


def test_every_school_says_what_it_is_for(settled: ServerInProcess) -> None:
    uma = sign_in(settled, Kind.USER, "uma@demo.example")
    page = settled.run(partial(queries.schools, by=uma, after=None, most=50))
    assert len(page.schools) == len(scenario.PROFILES)
    assert all(school.about and school.hours for school in page.schools)


def test_one_worker_has_not_come_yet_and_her_letter_lies_here(settled: ServerInProcess) -> None:
    (letter,) = settled.mail(scenario.email("AMIRA"))
    assert "/worker/#invitation=" in letter.text


def test_every_line_of_the_scenario_is_an_event() -> None:
    lines = [line for line in scenario.THREADS.splitlines() if line[:1].isdigit()]
    events = scenario.history()
    assert len(lines) == len(events)
    assert {event.verb for event in events} == {"asks", "says", "reads", "gives", "notes", "ends"}
    assert {event.who for event in events} <= set(scenario.PEOPLE)
    assert all(event.text for event in events if event.verb in {"asks", "says", "notes"})


def test_it_is_made_once(settled: ServerInProcess) -> None:
    before = settled.run(partial(admin.schools, after=None, most=50))
    settled.wait(loader.load_scenario(settled.container))
    assert settled.run(partial(admin.schools, after=None, most=50)) == before


def test_real_people_do_not_get_made_up_neighbours(server: ServerInProcess) -> None:
    server.account("ada@example.org")
    with pytest.raises(InvalidSetting, match=r"already used for real people.* Set DATA to another folder"):
        loader.check_folder(server.container, wanted=True)
    loader.check_folder(server.container, wanted=False)
    server.wait(loader.load_scenario(server.container))
    assert server.container.database.read(lambda c: accounts.of_email(c, "uma@demo.example")) is None


def test_made_up_people_do_not_get_real_neighbours(settled: ServerInProcess) -> None:
    loader.check_folder(settled.container, wanted=True)
    with pytest.raises(InvalidSetting, match="contains the demo university, and everyone knows its passwords"):
        loader.check_folder(settled.container, wanted=False)


def test_a_folder_that_was_once_served_to_people_takes_no_demo(server: ServerInProcess) -> None:
    loader.check_folder(server.container, wanted=False)
    with pytest.raises(InvalidSetting, match="Nothing was changed"):
        loader.check_folder(server.container, wanted=True)


def test_a_demo_is_made_where_a_file_lies_that_nobody_has_used(server: ServerInProcess) -> None:
    server.container.close()
    server.wait(loader.make(server.container.settings))
    again = ServerInProcess(server.container.settings.data)
    try:
        assert again.container.database.read(lambda c: accounts.of_email(c, "uma@demo.example")) is not None
        loader.check_folder(again.container, wanted=True)
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
    loader.check_settings(read({}))
    with pytest.raises(InvalidSetting, match=r"^(Everyone knows the demo's|The demo's)"):
        loader.check_settings(read(environment))
