"""A message is text, and so are a name and a subject, whatever is written in them: shown to the letter, never run."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser_party import DESKTOP
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.script_payloads import PAYLOADS, VECTORS
from tests.e2e.site_drivers import School, User
from tests.support.network_proxy import Network
from tests.support.sample_university import send
from tests.support.server_process import Server, serving
from tests.support.stores import Home, Time, answer, fresh
from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.schema import MIGRATIONS
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import AddressKey
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import registration, threads

pytestmark = pytest.mark.xdist_group("phone")

ALL, NONE = "All of them", "<img src=x onerror=hit()><b>bold</b>"

CARELESS = """(texts) => {
  window.ran = new Set();
  for (const [number, text] of texts.entries()) {
    const srcdoc = `<script>hit = () => parent.ran.add(${number})</script>${text}`;
    document.body.append(Object.assign(document.createElement("iframe"), { srcdoc }));
  }
}"""
HIT = "hit = () => { console.error('a payload ran') }"


@pytest.fixture
def parties(tmp_path: Path, browser: Browser, make_network: Callable[[], Network]) -> Iterator[PartyBrowsers]:
    """On a server of their own: nobody else should meet such people."""
    with serving(tmp_path) as server:
        parties = PartyBrowsers(browser, server, make_network)
        yield parties
        parties.leave()
    assert parties.complaints() + server.complaints() == []


def test_where_nothing_holds_them_back_most_payloads_run(browser: Browser) -> None:
    page = browser.new_page()
    page.evaluate(CARELESS, VECTORS)
    page.wait_for_function("ran.size > document.querySelectorAll('iframe').length / 2")
    page.close()


def test_every_payload_is_shown_as_it_was_written_and_none_runs(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP, PAYLOADS[16])
    uma = parties.user(DESKTOP, PAYLOADS[17])
    with closing(PayloadHome(parties.server)) as home:
        home.fill(school.email)
        home.talk(uma.email, school.email)
    for person in (school, uma):
        person.page.add_init_script(HIT)
        person.page.reload()
        person.is_in()
    _reads_the_inbox(school, uma)
    _reads_the_talk(school)
    uma.tab("Threads")
    _reads_the_talk(uma)
    _reads_the_directory(uma, school)
    _is_written(parties, school, uma)


class PayloadHome:
    """People whose names, subjects and texts are payloads, beside a server that runs."""

    def __init__(self, server: Server) -> None:
        path = server.data / "uconnect.sqlite"
        self._database = Database(path, [MIGRATIONS, oidc_provider.MIGRATIONS, mail.MIGRATIONS])
        clock = Time(now=int(time.time() - 3600) * 1000, step=300)  # slow enough for the pace that is kept
        self._home = Home(SqliteStore(self._database, clock.new_context), clock)

    def fill(self, school: str) -> None:
        """A school for each payload, and a user who asks the one school about it."""
        to = self._party(school)
        for payload in PAYLOADS:
            self._register(Kind.SCHOOL, payload)
            by = self._register(Kind.USER, payload)
            self._raise(by, to, payload, payload)

    def talk(self, user: str, school: str) -> None:
        """A thread in which every payload is said."""
        by = self._party(user)
        id = self._raise(by, self._party(school), ALL, "Begin").row.id
        for payload in PAYLOADS:
            self._run(send(by, id, payload))

    def close(self) -> None:
        self._database.close()

    def _party(self, email: str) -> str:
        address = self._home.one(AddressKey(email))
        assert address is not None
        assert address.party is not None
        return address.party

    def _register(self, site: Kind, name: str) -> str:
        login = fresh()
        command = registration.Registration(
            site=site, issuer="town", subject=login, email=f"{login.lower()}@town.example", name=name
        )
        return str(self._run(partial(registration.register, command=command)))

    def _raise(self, by: str, to: str, subject: str, text: str) -> Any:
        command = Raise(key=fresh(), school=to, subject=subject, text=text)
        return self._run(partial(threads.raise_, by=by, command=command))

    def _run(self, use_case: UseCase[Any]) -> Any:
        return answer(self._home.store.run(use_case))


def _reads_the_inbox(school: School, uma: User) -> None:
    school.tab("Inbox")
    rows = school.page.locator(".thread-rows li")
    while rows.count() <= len(PAYLOADS):
        before = rows.count()
        school.button("Show more threads").click()
        expect(rows).not_to_have_count(before)
    beside = {".row-name": uma.name, ".row-subject": ALL, ".row-preview": PAYLOADS[-1]}
    for part, other in beside.items():
        assert sorted(rows.locator(part).all_text_contents()) == sorted([*PAYLOADS, other])


def _reads_the_talk(person: User | School) -> None:
    person.open(ALL)
    bubbles = person.thread.log.locator(".bubble > p")
    while bubbles.count() <= len(PAYLOADS):
        before = bubbles.count()
        person.button("Show earlier messages").click()
        expect(bubbles).not_to_have_count(before)
    assert bubbles.all_text_contents() == ["Begin", *PAYLOADS]


def _reads_the_directory(uma: User, school: School) -> None:
    uma.tab("Find a school")
    names = uma.page.locator(".card-name")
    expect(names).to_have_count(len(PAYLOADS) + 1)
    assert sorted(names.all_text_contents()) == sorted([*PAYLOADS, school.name])
    uma.page.get_by_label("Search schools").fill(NONE)
    uma.reads(f"No school matches “{NONE}”.")


def _is_written(parties: PartyBrowsers, school: School, uma: User) -> None:
    """The same, by hand: with a worker, a note, and a page of the issuer."""
    wanda = parties.worker(DESKTOP, school, PAYLOADS[24])
    uma.ask(school.name, NONE, NONE)
    school.tab("Inbox")
    school.open(NONE).reads(NONE)
    school.offload(wanda.name)
    beside = school.page.get_by_role("complementary", name="About this thread")
    beside.get_by_label("Add a note").fill(NONE)
    beside.get_by_role("button", name="Add note").click()
    expect(beside.get_by_role("listitem").filter(has_text=NONE)).to_contain_text(school.name)
    wanda.open(NONE).say("&lt;i&gt;&amp;")
    uma.thread.reads(NONE, "&lt;i&gt;&amp;")
    uma.open_page("/oauth/account?client_id=uconnect-user")
    expect(uma.page.get_by_text(uma.name, exact=True)).to_be_visible()
