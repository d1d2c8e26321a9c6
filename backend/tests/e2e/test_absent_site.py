"""What the sites have not cannot tell: no push, no preview, no mention in a message, no file, no page of a person."""

import re

import pytest

from tests.e2e.browser_party import DESKTOP, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.planted_page_leaks import ASSETS

pytestmark = pytest.mark.xdist_group("house")
# By which a page would notify, keep on listening, or tell others what it knows.
WORDS = "serviceWorker PushManager Notification sendBeacon RTCPeerConnection EventSource SharedWorker BroadcastChannel"
PAGES = {"user": "threads|schools|settings", "worker": "threads|settings"}
FOREIGN = "input[type=file], iframe, video, audio, object, embed"
TEXT = "@Wanda, look: https://elsewhere.example/a.png www.elsewhere.example wanda@uni.example +44 20 7946 0000"
LINK = '[rel="noopener noreferrer nofollow"]'  # to an address that somebody wrote: it tells nobody where it was read
ANSWER = "@Ada knows: https://elsewhere.example/b.png"


@pytest.mark.parametrize("word", WORDS.split())
def test_no_script_of_the_sites_knows_how_to_notify_or_to_tell_elsewhere(word: str) -> None:
    scripts = {it.name: it.read_text("utf-8") for it in ASSETS.glob("*.js")}
    assert scripts
    assert [name for name, script in scripts.items() if word in script] == []


def test_whoever_is_blind_finds_no_way_to_a_person_a_file_or_another_site(parties: PartyBrowsers) -> None:
    school, uma = parties.school(DESKTOP), parties.user(DESKTOP)
    wanda = parties.worker(DESKTOP, school)
    uma.ask(school.name, "Is it here?", TEXT, sends_anyway=True)
    school.tab("Inbox")
    school.open("Is it here?")
    school.offload(wanda.name)
    wanda.open("Is it here?").say(ANSWER)
    for person in (uma, wanda):
        person.thread.reads(TEXT, ANSWER)
        assert person.thread.log.locator(f"a:not({LINK}), img, button:not(.time-button, .message-more)").count() == 0
        for tab in ("", "Settings", "Find a school") if person is uma else ("", "Settings"):
            if tab:
                person.tab(tab)
                person.heading(tab).wait_for()
            _has_no_way_out(person)


def _has_no_way_out(person: BrowserParty) -> None:
    assert person.page.locator(FOREIGN).count() == 0
    links = person.page.evaluate(
        f"[...document.links].filter((it) => !it.matches('.log {LINK}')).map((it) => it.getAttribute('href'))"
    )
    assert links
    ours = rf"#/({PAGES[person.site]})(/[\w-]{{22}})?|{re.escape(person.server.url)}/oauth/account\?.*"
    assert [it for it in links if not re.fullmatch(ours, it)] == []
