"""A message is text, and so are a name and a subject, whatever is written in them: shown to the letter, never run."""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser_party import DESKTOP
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.script_payloads import PAYLOADS, VECTORS
from tests.e2e.site_drivers import School, User
from tests.support.filled_folder import FilledFolder
from tests.support.server_process import Server
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("phone")

ALL, NONE = "All of them", "<img src=x onerror=hit()><b>bold</b>"

CARELESS = """(texts) => {
  window.ran = new Set();
  for (const [number, text] of texts.entries()) {
    const srcdoc = `<script>hit = () => parent.ran.add(${number})</script>${text}`;
    document.body.append(Object.assign(document.createElement("iframe"), { srcdoc }));
  }
}"""
MESSAGES_SHOWN = """() => [...document.querySelectorAll(".message[data-seq]")].map((it) =>
  [it.dataset.seq, it.querySelector(".bubble > p").textContent])"""
HIT = "hit = () => { console.error('a payload ran') }"


@pytest.fixture
def server(own_server: Server) -> Server:
    return own_server


def test_where_nothing_holds_them_back_most_payloads_run(browser: Browser) -> None:
    page = browser.new_page()
    page.evaluate(CARELESS, VECTORS)
    page.wait_for_function("ran.size > document.querySelectorAll('iframe').length / 2")
    page.close()


def test_every_payload_is_shown_as_it_was_written_and_none_runs(parties: PartyBrowsers) -> None:
    school = parties.school(DESKTOP, PAYLOADS[16])
    uma = parties.user(DESKTOP, PAYLOADS[17])
    with closing(FilledFolder(parties.server, events=12_000)) as folder:
        _fill(folder, school.email)
        _talk(folder, uma.email, school.email)
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


def _fill(folder: FilledFolder, school: str) -> None:
    """A school for each payload, and a user who asks the one school about it."""
    to = folder.party(school)
    for payload in PAYLOADS:
        folder.register(Kind.SCHOOL, payload)
        folder.ask(folder.register(Kind.USER, payload), to, payload, payload)


def _talk(folder: FilledFolder, user: str, school: str) -> None:
    """A thread in which every payload is said."""
    by = folder.party(user)
    id = folder.ask(by, folder.party(school), ALL, "Begin")
    for payload in PAYLOADS:
        folder.say(by, id, payload)


def _reads_the_inbox(school: School, uma: User) -> None:
    """A long list has a part of its rows in the document: each is read where it is shown."""
    school.tab("Inbox")
    shown: dict[str, set[str]] = {".row-name": set(), ".row-subject": set(), ".row-preview": set()}
    list_pane = school.page.locator(".list-pane")
    for _ in range(len(PAYLOADS)):
        for part, found in shown.items():
            found.update(school.page.locator(f".thread-rows {part}").all_text_contents())
        if len(shown[".row-subject"]) > len(PAYLOADS):
            break
        list_pane.evaluate("(it) => it.scrollBy(0, 400)")
        school.page.wait_for_timeout(50)
    for part, other in {".row-name": uma.name, ".row-subject": ALL, ".row-preview": PAYLOADS[-1]}.items():
        assert shown[part] == {*PAYLOADS, other}


def _reads_the_talk(person: User | School) -> None:
    """From the end to the beginning: a long log has a part of its messages in the document."""
    person.scroll_to(ALL)
    person.open(ALL)
    said = ["Begin", *PAYLOADS]
    read: dict[int, str] = {}
    person.thread.hears(said[-1])
    while 1 not in read:
        found = person.page.evaluate(MESSAGES_SHOWN)
        read.update({int(seq): text for seq, text in found})
        person.thread.log.evaluate("(it) => it.scrollTo(0, 0)")
        person.page.wait_for_timeout(50)
    assert [read[seq] for seq in range(1, len(said) + 1)] == said


def _reads_the_directory(uma: User, school: School) -> None:
    uma.tab("Find a school")
    names = uma.page.locator(".card-name")
    expect(names).to_have_count(50)
    while uma.button("Show more schools").count():
        before = names.count()
        uma.button("Show more schools").click()
        expect(names).not_to_have_count(before)
    expect(names).to_have_count(len(PAYLOADS) + 1)
    assert sorted(names.all_text_contents()) == sorted([*PAYLOADS, school.name])
    uma.page.get_by_label("Search schools").fill(NONE)
    uma.reads(f"No school matches “{NONE}”.")


def _is_written(parties: PartyBrowsers, school: School, uma: User) -> None:
    """The same, by hand: with a worker, a note, and a page of the issuer."""
    wanda = parties.worker(DESKTOP, school, PAYLOADS[24])
    uma.ask(school.name, NONE, NONE, sends_anyway=True)
    school.tab("Inbox")
    school.scroll_to(NONE)
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
