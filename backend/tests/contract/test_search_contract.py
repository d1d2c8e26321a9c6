"""Every store finds the same, in the same order, and what is deleted or taken back is found no longer."""

from functools import partial
from typing import Any

import pytest
from msgspec import UNSET, UnsetType

from tests.support.sample_university import ANN, BOB, SCHOOL, WENDY, Case, SampleUniversity, note, on_thread, send
from tests.support.stores import Home, Time
from uconnect.domain.context import UseCase
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import SearchThreads
from uconnect.domain.usecases import assignment, search
from uconnect.domain.views.search import FoundThread, SearchPage

HOUR = 3_600_000


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


def found(university: SampleUniversity, by: str, mailbox: Mailbox, words: str, **narrowed: Any) -> list[FoundThread]:
    page = university.ask(searched(by, mailbox, words, UNSET, **narrowed))
    shown = list(page.found)
    while page.next is not None:
        page = university.ask(searched(by, mailbox, words, page.next, **narrowed))
        shown += page.found
    return shown


def searched(by: str, mailbox: Mailbox, words: str, before: str | UnsetType, **narrowed: Any) -> UseCase[SearchPage]:
    return partial(search.search, by=by, asked=SearchThreads(mailbox=mailbox, words=words, before=before, **narrowed))


def ids(found: list[FoundThread]) -> list[str]:
    return [it.thread.row.id for it in found]


def asked_for(university: SampleUniversity, time: Time) -> list[Case]:
    """Threads of Ann and Bob, each in an hour of its own, the latest first."""
    cases = []
    for number, by in enumerate([ANN, BOB] * 4):
        case = university.raised(by)
        university.run(send(by, case.id(by), f"My {number}th card, 学生証"))
        university.run(note(SCHOOL, case.id(SCHOOL), f"Drawer {number}"))
        cases.append(case)
        time.now += HOUR
    return cases[::-1]


def test_all_pages_have_what_was_written_the_latest_first(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = asked_for(university, time)
    for threads, entries in ((100, 1_000), (3, 1_000), (100, 3), (1, 1)):
        monkeypatch.setattr(search, "THREADS", threads)
        monkeypatch.setattr(search, "ENTRIES", entries)
        received = found(university, SCHOOL, Mailbox.RECEIVED, "学生 CARD")
        assert ids(received) == [it.id(SCHOOL) for it in cases]
        assert [it.texts[0].text for it in received] == [f"My {number}th card, 学生証" for number in range(7, -1, -1)]
        assert ids(found(university, SCHOOL, Mailbox.RECEIVED, "drawer 3")) == [cases[4].id(SCHOOL)]
        assert ids(found(university, ANN, Mailbox.RAISED, "card")) == [it.id(ANN) for it in cases if it.raiser == ANN]
        assert found(university, ANN, Mailbox.RAISED, "drawer") == []


def test_a_search_ends_at_a_time(university: SampleUniversity, time: Time) -> None:
    cases = asked_for(university, time)
    since = cases[2].thread.at
    assert ids(found(university, SCHOOL, Mailbox.RECEIVED, "card", since=since)) == [it.id(SCHOOL) for it in cases[:3]]


def test_what_is_taken_back_or_deleted_is_found_no_longer(university: SampleUniversity, time: Time) -> None:
    case, *_ = asked_for(university, time)
    id = case.offload()
    assert ids(found(university, WENDY, Mailbox.HANDLED, "card")) == [id]
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert found(university, WENDY, Mailbox.HANDLED, "card") == []
    received = case.id(SCHOOL)
    case.terminate()
    case.delete()
    assert received not in ids(found(university, SCHOOL, Mailbox.RECEIVED, "card"))


def test_a_place_in_a_thread_that_is_deleted_is_a_place_in_time(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = asked_for(university, time)
    monkeypatch.setattr(search, "ENTRIES", 1)
    following = university.ask(searched(SCHOOL, Mailbox.RECEIVED, "card", UNSET)).next
    assert following is not None
    cases[0].terminate()
    cases[0].delete()
    monkeypatch.setattr(search, "ENTRIES", 1_000)
    page = university.ask(searched(SCHOOL, Mailbox.RECEIVED, "card", following))
    assert ids(list(page.found)) == [it.id(SCHOOL) for it in cases[1:]]
