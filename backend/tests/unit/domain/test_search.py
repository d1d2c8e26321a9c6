"""A party finds words in what it may see of its own threads, page by page, and nothing else."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    note,
    offload,
    on_thread,
    send,
)
from tests.support.stores import Time, refused
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Side, State
from uconnect.domain.keys import Mailbox, PartyKey
from uconnect.domain.models import OwnerEnded, Party
from uconnect.domain.request_bodies import SearchThreads, ShownSchool
from uconnect.domain.usecases import assignment, search
from uconnect.domain.views.search import FoundThread, SearchPage

HOUR = 3_600_000
MAILBOX_OF = {ANN: Mailbox.RAISED, BOB: Mailbox.RAISED, SCHOOL: Mailbox.RECEIVED, WENDY: Mailbox.HANDLED}
MAILBOX_OF |= {WALT: Mailbox.HANDLED, ACADEMY: Mailbox.RECEIVED}


def searched(words: str, by: str, **other: Any) -> UseCase[SearchPage]:
    mailbox = other.pop("mailbox", MAILBOX_OF[by])
    return partial(search.search, by=by, asked=SearchThreads(mailbox=mailbox, words=words, **other))


def page(university: SampleUniversity, by: str, words: str, **other: Any) -> SearchPage:
    return university.ask(searched(words, by, **other))


def all_pages(university: SampleUniversity, by: str, words: str, **other: Any) -> list[FoundThread]:
    shown = page(university, by, words, **other)
    found = list(shown.found)
    while shown.next is not None:
        shown = page(university, by, words, before=shown.next, **other)
        found += shown.found
    return found


def texts(university: SampleUniversity, by: str, words: str, **other: Any) -> list[str]:
    return [text.text for it in all_pages(university, by, words, **other) for text in it.texts]


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    """Ann's thread, with a message of each hand and a note."""
    case = university.raised()
    for by, text in ((ANN, "My exam is lost"), (SCHOOL, "Which exam, dear Ann?")):
        university.run(send(by, case.id(by), text))
    case.offload()
    university.run(send(WENDY, case.id(WENDY), "I found the exam"))
    university.run(note(SCHOOL, case.id(SCHOOL), "The exam was in my drawer"))
    return case


def test_each_side_finds_the_messages_and_the_inside_its_notes(university: SampleUniversity, case: Case) -> None:
    messages = ["My exam is lost", "Which exam, dear Ann?", "I found the exam"]
    assert texts(university, ANN, "EXAM") == messages
    for inside in (SCHOOL, WENDY):
        assert texts(university, inside, "exam") == [*messages, "The exam was in my drawer"]
    assert texts(university, ANN, "drawer") == []


def test_what_is_found_says_where_it_stands(university: SampleUniversity, case: Case, time: Time) -> None:
    (found,) = page(university, WENDY, "found exam").found
    assert [(it.seq, it.side) for it in found.texts] == [(4, Side.SCHOOL)]
    (found,) = page(university, SCHOOL, "drawer").found
    assert [(it.seq, it.at, it.side) for it in found.texts] == [(2, time.now, None)]
    assert found.thread.row.id == case.id(SCHOOL)


def test_all_words_are_in_one_message(university: SampleUniversity, case: Case) -> None:
    assert texts(university, ANN, "lost drawer") == texts(university, ANN, "lost dear") == []
    assert texts(university, ANN, "dear exam") == ["Which exam, dear Ann?"]


def test_a_thread_is_found_by_its_subject_and_the_name_of_the_other_side(
    university: SampleUniversity, case: Case
) -> None:
    alias = case.thread.worker.alias if case.thread.worker else ""
    names = (ShownSchool(id=SCHOOL, name="School of Law"), ShownSchool(id=ACADEMY, name="Academy"))
    for by, words in ((ANN, "question law"), (SCHOOL, "ann@x quest"), (WENDY, f"a question {alias}")):
        (found,) = page(university, by, words, schools=names).found
        assert (found.thread.row.id, found.texts, found.more) == (case.id(by), (), False)


def test_nobody_finds_a_thread_by_a_name_that_it_is_not_shown(university: SampleUniversity, case: Case) -> None:
    academy = ShownSchool(id=ACADEMY, name="Academy")
    assert page(university, ANN, "academy", schools=(academy,)).found == ()
    for by, name in ((ANN, "Wendy"), (ANN, "walt"), (WENDY, "ann@x"), (SCHOOL, case.thread.worker.alias)):  # type: ignore[union-attr]
        assert page(university, by, name).found == ()


def test_a_school_is_shown_the_owners_of_what_is_found_and_others_are_shown_nobody(
    university: SampleUniversity, case: Case
) -> None:
    university.raised(BOB)
    assert [it.name for it in page(university, SCHOOL, "exam").people] == ["Ann"]
    assert {it.name for it in page(university, SCHOOL, "question").people} == {"Ann", "Bob"}
    assert page(university, WENDY, "exam").people == page(university, ANN, "exam").people == ()


def test_a_worker_finds_nothing_more_in_what_was_taken_back(university: SampleUniversity, case: Case) -> None:
    id = case.id(WENDY)
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert page(university, WENDY, "exam") == page(university, WENDY, "nowhere")
    university.run(offload(case.id(SCHOOL), WALT))
    assert page(university, WENDY, "exam") == SearchPage(found=(), people=(), until=None, next=None)
    assert page(university, WENDY, "exam", before=f"{case.thread.at}.{id}") == page(university, WENDY, "exam")
    assert len(texts(university, WALT, "exam")) == 4


def test_a_mailbox_that_one_cannot_have_is_empty(university: SampleUniversity, case: Case) -> None:
    for by, mailbox in ((ANN, Mailbox.RECEIVED), (ANN, Mailbox.HANDLED), (SCHOOL, Mailbox.HANDLED)):
        assert page(university, by, "exam", mailbox=mailbox).found == ()
    assert page(university, ACADEMY, "exam").found == page(university, BOB, "exam").found == ()


def test_what_is_deleted_is_not_found(university: SampleUniversity, case: Case) -> None:
    case.terminate()
    assert len(texts(university, ANN, "exam")) == 3
    case.delete()
    assert page(university, ANN, "exam").found == page(university, SCHOOL, "exam").found == ()


def test_a_school_finds_nothing_of_an_owner_whose_account_has_ended(university: SampleUniversity, case: Case) -> None:
    ann = university.home.one(PartyKey(ANN))
    assert isinstance(ann, Party)
    university.home.change(replace(ann, ended=True), OwnerEnded(party=ANN))
    assert page(university, SCHOOL, "exam") == SearchPage(found=(), people=(), until=None, next=None)
    assert len(texts(university, WENDY, "exam")) == 4, "a worker must not notice"


def test_a_search_is_narrowed_by_state_and_by_time(university: SampleUniversity, time: Time) -> None:
    old = university.raised()
    old.terminate()
    time.now += 48 * HOUR
    new = university.raised()
    both = [new.id(ANN), old.id(ANN)]

    def ids(**narrowed: Any) -> list[str]:
        return [it.thread.row.id for it in all_pages(university, ANN, "hello", **narrowed)]

    assert ids() == both
    assert ids(state=State.OPEN) == both[:1]
    assert ids(state=State.TERMINATED) == both[1:]
    assert ids(since=time.now - HOUR) == both[:1]


def many(university: SampleUniversity, time: Time, count: int) -> list[Case]:
    """Ended threads of Ann, the latest first."""
    cases = []
    for _ in range(count):
        cases.append(university.raised())
        cases[-1].terminate()
        time.now += HOUR
    return cases[::-1]


def test_pages_meet_and_say_how_far_they_have_come(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = many(university, time, 7)
    monkeypatch.setattr(search, "THREADS", 3)
    shown = page(university, ANN, "hello")
    assert [it.thread.row.id for it in shown.found] == [it.id(ANN) for it in cases[:3]]
    assert (shown.until, shown.next) == (cases[2].thread.at, f"{cases[2].thread.at}.{cases[2].id(ANN)}")
    found = all_pages(university, ANN, "hello")
    assert [it.thread.row.id for it in found] == [it.id(ANN) for it in cases]
    assert page(university, ANN, "nowhere").next == shown.next


def test_a_page_shows_so_many_threads_and_no_more(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = many(university, time, 5)
    monkeypatch.setattr(search, "FOUND", 2)
    assert len(page(university, ANN, "hello").found) == 2
    assert len(all_pages(university, ANN, "hello")) == len(cases)


def test_a_long_thread_is_searched_part_by_part(
    university: SampleUniversity, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    university.raised(BOB)
    for number in range(9):
        university.run(note(SCHOOL, case.id(SCHOOL), f"Note {number}"))
    whole = texts(university, SCHOOL, "exam")
    monkeypatch.setattr(search, "ENTRIES", 2)
    first = page(university, SCHOOL, "exam")
    assert first.next is not None
    assert sorted(texts(university, SCHOOL, "exam")) == sorted(whole)
    assert sorted(texts(university, SCHOOL, "note")) == [f"Note {number}" for number in range(9)]
    found = [it for it in all_pages(university, ANN, "question") if it.thread.row.id == case.id(ANN)]
    assert len(found) == 1, "a row is looked at once"


def test_of_a_thread_only_some_texts_are_shown(university: SampleUniversity, case: Case) -> None:
    for number in range(search.TEXTS + 1):
        university.run(send(ANN, case.id(ANN), f"Word {number}"))
    (found,) = page(university, ANN, "word").found
    assert (len(found.texts), found.more) == (search.TEXTS, True)


def test_who_lost_the_thread_between_two_pages_finds_no_more_of_it(
    university: SampleUniversity, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "ENTRIES", 2)
    following = page(university, WENDY, "exam").next
    assert following is not None
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert page(university, WENDY, "exam", before=following).found == ()


def test_a_place_in_another_mailbox_is_a_time_and_nothing_else(university: SampleUniversity, time: Time) -> None:
    theirs = university.raised(SCHOOL, ACADEMY)
    time.now += HOUR
    university.raised(ANN, SCHOOL)
    before = f"{theirs.thread.at}.{theirs.id(SCHOOL)}.1"
    assert page(university, SCHOOL, "hello", before=before).found == ()
    assert len(page(university, SCHOOL, "hello", mailbox=Mailbox.RAISED).found) == 1


@pytest.mark.parametrize("before", ["", "1", "x.y", "1.short", f"1.{'A' * 22}.x", f"0.1.{'A' * 22}"])
def test_a_place_that_no_page_named_is_malformed(university: SampleUniversity, before: str) -> None:
    assert refused(university.home.store.ask(searched("exam", ANN, before=before))) == "malformed"


def test_who_has_ended_is_refused(university: SampleUniversity) -> None:
    wendy = university.home.one(PartyKey(WENDY))
    assert wendy is not None
    university.home.change(replace(wendy, removed=True))
    assert refused(university.home.store.ask(searched("exam", WENDY))) == "account_ended"
