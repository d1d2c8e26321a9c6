"""The life of a thread, as the three who live it see it on their phones."""

import pytest

from tests.e2e.browser_party import PHONE
from tests.e2e.engines import ENGINES, expect, in_engines
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker
from tests.support import sizes
from tests.support.evidence import Evidence

pytestmark = pytest.mark.timeout(600 if sizes.FULL else 120)
PROMISE = 21
CHROMIUM, *OTHERS = ENGINES
SUBJECT = "My card opens no door"


@in_engines(*(ENGINES if sizes.FULL else [CHROMIUM]))
def test_a_question_is_answered_by_hands_that_nobody_sees_and_ends_when_its_owner_says_so(
    parties: PartyBrowsers, evidence: Evidence
) -> None:
    school, uma = parties.school(PHONE), parties.user(PHONE)
    wanda = parties.worker(PHONE, school)
    school.tab("Inbox")
    _ask(uma, school)
    alias = _offload(uma, school, wanda)
    _hand_back_and_give_again(school, wanda, alias)
    _lose_the_network_while_all_write(uma, school, wanda)
    _end(uma, school, wanda)
    _delete(uma, school, wanda)
    evidence(PROMISE, f"stories in {uma.engine}", 1)


@in_engines(*OTHERS)
def test_the_same_in_short_in_the_other_engines(parties: PartyBrowsers) -> None:
    school, uma = parties.school(PHONE), parties.user(PHONE)
    wanda = parties.worker(PHONE, school)
    uma.ask(school.name, SUBJECT, "It worked yesterday.")
    school.tab("Inbox")
    school.open(SUBJECT).reads("It worked yesterday.")
    school.offload(wanda.name)
    wanda.open(SUBJECT).say("The lab's is being mended, sorry.")
    uma.thread.reads("It worked yesterday.", "The lab's is being mended, sorry.")
    assert wanda.name not in uma.knows()
    assert uma.name not in wanda.knows()
    uma.end()
    for person in (uma, school, wanda):
        person.thread.is_over()


def _ask(uma: User, school: School) -> None:
    uma.ask(school.name, SUBJECT, "It worked yesterday.")
    uma.look("raised")
    school.look("inbox")
    school.row(SUBJECT).click()
    school.thread.reads("It worked yesterday.")
    school.reads(f"{uma.name} · User")
    school.look("received")
    school.thread.say("Which door is it?")
    uma.thread.reads("It worked yesterday.", "Which door is it?")


def _offload(uma: User, school: School, wanda: Worker) -> str:
    school.offload(wanda.name)
    school.look("given")
    expect(wanda.row(SUBJECT)).to_be_visible()
    wanda.look("list")
    wanda.row(SUBJECT).click()
    wanda.thread.reads("It worked yesterday.", "Which door is it?")
    wanda.look("handled")
    wanda.thread.say("The lab's is being mended, sorry.")
    uma.thread.hears("The lab's is being mended, sorry.")
    uma.look("answered")
    for word in (wanda.name, wanda.email, "Wanda", "orker "):
        assert word not in uma.knows()
    for word in (uma.name, uma.email, "Uma", '"user"'):
        assert word not in wanda.knows()
    return wanda.under


def _hand_back_and_give_again(school: School, wanda: Worker, alias: str) -> None:
    wanda.hand_back("The messages tell me who asked.", "Her name is in the first one.")
    expect(wanda.row(SUBJECT)).to_have_count(0)
    expect(school.button("Give to a worker")).to_be_visible()
    school.offload(wanda.name)
    school.take_back()
    expect(wanda.row(SUBJECT)).to_have_count(0)
    school.offload(wanda.name)
    wanda.row(SUBJECT).click()
    wanda.thread.hears("The lab's is being mended, sorry.")
    assert wanda.under == alias


def _lose_the_network_while_all_write(uma: User, school: School, wanda: Worker) -> None:
    people = (uma, school, wanda)
    before = uma.thread.texts()
    for person in people:
        person.loses_the_network()
    for person in people:
        person.thread.write(f"First from the {person.site}")
        person.thread.write(f"Second from the {person.site}")
        person.reads("Reconnecting… Your messages are kept")
    uma.look("cut")
    for person in people:
        person.gets_it_back()
    written = {f"{nth} from the {person.site}" for person in people for nth in ("First", "Second")}
    for person in people:
        for text in written:
            person.thread.kept(text)
    texts = uma.thread.texts()
    assert texts[: len(before)] == before
    assert sorted(texts[len(before) :]) == sorted(written)
    for person in people:
        person.thread.reads(*texts)
        person.page.reload()
        person.thread.reads(*texts)


def _end(uma: User, school: School, wanda: Worker) -> None:
    uma.end()
    for person in (uma, school, wanda):
        person.thread.is_over()
        person.look("over")


def _delete(uma: User, school: School, wanda: Worker) -> None:
    for other in (school, wanda):
        expect(other.button("Delete")).to_have_count(0)
    uma.delete()
    uma.look("deleted")
    for other in (school, wanda):
        other.reads("This thread is not available")
        other.look("gone")
        other.link("Back to the list").click()
    for person in (uma, school, wanda):
        expect(person.row(SUBJECT)).to_have_count(0)
