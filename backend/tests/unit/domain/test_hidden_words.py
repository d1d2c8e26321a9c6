"""A school hides words of a thread: its worker reads one mask for each, in every text that it did not write itself."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests import support
from tests.support.sample_university import (
    ACADEMY,
    ANN,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    internal_entries,
    log,
    note,
    on_thread,
    send,
)
from tests.support.stores import Interrupted, Time
from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Policy, State
from uconnect.domain.hidden_words import ELISION, MASK, Hidden, mask, word_form
from uconnect.domain.keys import HiddenWordsKey, Mailbox, PartyKey, RateLimitKey, ThreadReferenceKey
from uconnect.domain.models import KnownHiddenWords, RateLimitState, School
from uconnect.domain.request_bodies import MOST_HIDDEN, HideWords, Offload, Raise, SearchThreads
from uconnect.domain.rules import Role
from uconnect.domain.text import InvalidText
from uconnect.domain.usecases import assignment, hidden_words, queries, search, threads
from uconnect.domain.views.pages import HiddenWordsShown

CASES = json.loads((Path(support.__path__[0]) / "hidden_word_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda it: it["text"][:40])
def test_each_occurrence_is_masked(case: dict[str, Any]) -> None:
    assert mask(case["text"], [word_form(it) for it in case["words"]]) == case["shown"]


def hide(case: Case, *words: str, by: str = SCHOOL) -> UseCase[HiddenWordsShown]:
    return partial(hidden_words.hide, by=by, id=case.id(by), command=HideWords(words=words))


def show(case: Case, *words: str, by: str = SCHOOL) -> UseCase[HiddenWordsShown]:
    return partial(hidden_words.show, by=by, id=case.id(by), command=HideWords(words=words))


def hidden(case: Case) -> tuple[str, ...]:
    found = case.university.home.one(HiddenWordsKey(case.thread.id))
    return found.words if found else ()


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    """Uma tells her name in each place that she can."""
    command = Raise(key="k" * 16, school=SCHOOL, subject="Uma Petrov asks", text="I am Uma Petrov.")
    listed = university.run(partial(threads.raise_, by=ANN, command=command))
    return Case(university, ANN, listed.row.id)


def texts(case: Case, by: str = WENDY) -> list[str]:
    return [it.text for it in case.university.ask(log(by, case.id(by))).entries if hasattr(it, "text")]


def listed(case: Case, by: str = WENDY) -> Any:
    page = case.university.ask(partial(queries.threads, by=by, mailbox=Mailbox.HANDLED, before=None, most=9))
    return page.threads[0].row


def found(case: Case, words: str, by: str = WENDY, mailbox: Mailbox = Mailbox.HANDLED) -> list[str]:
    asked = SearchThreads(mailbox=mailbox, words=words)
    page = case.university.ask(partial(search.search, by=by, asked=asked))
    return [it.thread.row.subject for it in page.found] + [text.text for it in page.found for text in it.texts]


def test_words_that_are_hidden_before_a_give_are_masked_from_the_first_byte(case: Case) -> None:
    case.university.run(hide(case, "Uma Petrov"))
    plan = case.university.plan(
        partial(assignment.offload, by=SCHOOL, id=case.id(SCHOOL), command=Offload(worker=WENDY))
    )
    told = [it.frame for it in plan.deliveries if it.to == WENDY]
    assert told == [protocol.Reload(id=case.id(WENDY), rev=1, texts=True)]
    assert texts(case) == [f"I am {MASK}."]
    row = listed(case)
    assert (row.subject, row.last.text) == (f"{MASK} asks", f"I am {MASK}.")
    shown = case.university.ask(on_thread(queries.thread, WENDY, case.id(WENDY)))
    assert shown.thread.row == row


def test_the_policy_gives_a_thread_masked_too(case: Case) -> None:
    home = case.university.home
    school = home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    home.change(replace(school, policy=Policy.AUTOMATIC))
    case.university.run(hide(case, "Uma Petrov"))
    home.time.now += 10_000
    told = [it.frame for it in case.university.run_jobs() if it.to == WENDY]
    assert told == [protocol.Reload(id=case.id(WENDY), rev=1, texts=True)]


def test_hiding_reaches_the_worker_who_has_the_thread_and_not_its_raiser(case: Case) -> None:
    case.offload()
    before = views.row(case.thread, Role.RAISER), case.log(), case.reference
    plan = case.university.plan(hide(case, "Uma", "petrov"))
    assert plan.answer == HiddenWordsShown(rev=case.thread.school.rev, words=("Uma", "petrov"), most=MOST_HIDDEN)
    told = [(it.to, it.frame) for it in plan.deliveries]
    assert told == [
        (ANN, None),
        (WENDY, protocol.Reload(id=case.id(WENDY), rev=2, texts=True)),
        (SCHOOL, protocol.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
        (SCHOOL, protocol.HiddenWordsChanged(id=case.id(SCHOOL), rev=case.thread.school.rev, words=("Uma", "petrov"))),
    ]
    assert (views.row(case.thread, Role.RAISER), case.log(), case.reference) == before
    assert texts(case) == [f"I am {MASK}."]
    assert texts(case, ANN) == texts(case, SCHOOL) == ["I am Uma Petrov."]
    assert listed(case).rev == 2


@pytest.mark.parametrize("by", [ANN, SCHOOL])
def test_what_another_sends_is_told_to_the_worker_without_a_text(case: Case, by: str) -> None:
    case.offload()
    case.university.run(hide(case, "Uma"))
    for key in ("k" * 20, "k" * 20):  # said again, it is told again
        plan = case.university.plan(send(by, case.id(by), "Uma again", key))
        told = [it.frame for it in plan.deliveries if it.to == WENDY]
        assert told == [protocol.Reload(id=case.id(WENDY), rev=3, texts=False)]
    assert texts(case)[-1] == f"{MASK} again"


def test_the_end_of_a_thread_is_told_without_a_text(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma"))
    plan = case.university.plan(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert [it.frame for it in plan.deliveries if it.to == WENDY] == [
        protocol.Reload(id=case.id(WENDY), rev=3, texts=False)
    ]
    row = listed(case)
    assert (row.state, row.last.text) == (State.TERMINATED, f"I am {MASK} Petrov.")
    assert case.university.plan(hide(case, "Petrov")).answer.words == ("Uma", "Petrov")  # also after the end


def test_a_worker_reads_its_own_texts_as_it_wrote_them(case: Case) -> None:
    """A mask in them would say that a guess was right."""
    case.offload()
    case.university.run(hide(case, "Uma"))
    plan = case.university.plan(send(WENDY, case.id(WENDY), "Is it Uma?"))
    own = next(it.frame for it in plan.deliveries if it.to == WENDY)
    assert isinstance(own, protocol.Event)
    assert (own.entry, own.row) == (plan.answer.entry, plan.answer.row)
    assert plan.answer.entry.text == plan.answer.row.last.text == "Is it Uma?"  # type: ignore[union-attr]
    assert plan.answer.row.subject == f"{MASK} Petrov asks"
    assert listed(case) == plan.answer.row
    again = case.university.run(send(WENDY, case.id(WENDY), "Is it Uma?", plan.answer.key))
    assert again == plan.answer
    noted = case.university.plan(note(WENDY, case.id(WENDY), "Uma?"))
    assert noted.answer.entry.text == "Uma?"  # type: ignore[union-attr]
    assert [type(it.frame) for it in noted.deliveries] == [protocol.InternalEntryAdded] * 2
    assert found(case, "uma") == [f"{MASK} Petrov asks", "Is it Uma?", "Uma?"]
    case.offload(WALT)
    assert texts(case, WALT) == [f"I am {MASK} Petrov.", f"Is it {MASK}?"]
    shown = case.university.ask(internal_entries(WALT, case.id(WALT)))
    assert [it.text for it in shown.entries if hasattr(it, "text")] == [f"{MASK}?"]


def test_a_schools_note_is_told_to_the_worker_without_a_text(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma"))
    plan = case.university.plan(note(SCHOOL, case.id(SCHOOL), "Uma is kind."))
    assert [(it.to, type(it.frame)) for it in plan.deliveries] == [
        (WENDY, protocol.Reload),
        (SCHOOL, protocol.InternalEntryAdded),
    ]
    shown = case.university.ask(internal_entries(WENDY, case.id(WENDY)))
    assert [it.text for it in shown.entries if hasattr(it, "text")] == [f"{MASK} is kind."]


def test_a_worker_finds_no_hidden_word_and_the_others_do(case: Case) -> None:
    case.offload()
    assert found(case, "petrov") == ["Uma Petrov asks", "I am Uma Petrov."]
    case.university.run(hide(case, "Uma Petrov"))
    assert found(case, "petrov") == found(case, "uma") == found(case, "um") == []
    assert found(case, "asks") == [f"{MASK} asks"]
    assert found(case, "petrov", SCHOOL, Mailbox.RECEIVED) == ["Uma Petrov asks", "I am Uma Petrov."]
    assert found(case, "petrov", ANN, Mailbox.RAISED) == ["Uma Petrov asks", "I am Uma Petrov."]


def test_a_preview_is_cut_after_it_is_masked(case: Case) -> None:
    """The kept preview ends inside of the name: its first part is no hidden word."""
    case.offload()
    case.university.run(hide(case, "Uma Petrov"))
    case.university.run(send(ANN, case.id(ANN), "x" * 74 + " Uma Petrov"))
    assert listed(case).last.text == "x" * 74 + f" {MASK}"


def test_a_quoted_mask_does_not_reach_the_raiser(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma"))
    for by in (WENDY, SCHOOL):
        case.university.run(send(by, case.id(by), f"> I am {MASK} Petrov."))
        assert texts(case, ANN)[-1] == f"> I am {ELISION} Petrov."
    case.university.run(send(ANN, case.id(ANN), MASK))
    assert texts(case, ANN)[-1] == MASK


def test_the_words_are_looked_up_where_a_workers_copy_is_of_another_change(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma Petrov"))
    key = ThreadReferenceKey(WENDY, case.id(WENDY))
    reference = case.university.home.one(key)
    assert reference is not None
    for copy in (None, KnownHiddenWords(rev=case.thread.hides - 1, words=("Uma",))):
        case.university.home.change(replace(reference, hidden=copy))
        assert texts(case) == [f"I am {MASK}."]
        assert listed(case).subject == f"{MASK} asks"


def test_a_word_is_cleaned_as_each_text_that_people_give() -> None:
    assert HideWords(words=("  U\u202ema\u200b ", "Petrov")).words == ("Uma", "Petrov")
    for words in ((" ",), ("Uma", "x" * 255), ("Uma\nPetrov",)):
        with pytest.raises(InvalidText):
            HideWords(words=words)


def test_words_are_shown_again(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma", "Petrov"))
    assert case.university.run(show(case, "UMA", "else")).words == ("Petrov",)
    assert texts(case) == [f"I am Uma {MASK}."]
    plan = case.university.plan(show(case, "petrov"))
    assert plan.answer.words == hidden(case) == ()
    assert [it.frame for it in plan.deliveries if it.to == WENDY] == [
        protocol.Reload(id=case.id(WENDY), rev=4, texts=True)
    ]
    assert not case.thread.hides
    assert texts(case) == ["I am Uma Petrov."]


def test_a_word_is_hidden_once_and_what_changes_nothing_tells_nobody(case: Case) -> None:
    assert case.university.run(hide(case, "Uma", "UMA", "**uma**")).words == ("Uma",)
    for nothing in (hide(case, "uma"), show(case, "else")):
        plan = case.university.plan(nothing)
        assert (plan.answer.words, plan.puts, plan.deliveries) == (("Uma",), (), ())


def test_a_thread_has_at_most_thirty(case: Case) -> None:
    case.university.run(hide(case, *(f"Uma{number}x" for number in range(MOST_HIDDEN))))
    assert case.university.refusal(hide(case, "else")) == "hidden_words_full"
    assert case.university.run(hide(case, "uma0X")).words == hidden(case)


def test_a_text_of_marks_alone_cannot_be_found(case: Case) -> None:
    assert case.university.refusal(hide(case, "**", "Uma")) == "malformed"


def test_a_school_is_slowed_down(case: Case, time: Time) -> None:
    due = time.now + rate_limit.HIDE.every * rate_limit.HIDE.burst
    case.university.home.keep(RateLimitState(party=SCHOOL, what="hide", due=due))
    assert case.university.refusal(hide(case, "Uma")) == "too_fast"
    assert case.university.home.one(RateLimitKey(SCHOOL, "hide")) is not None


@pytest.mark.parametrize("act", [hide, show])
def test_only_the_school_that_was_asked_hides_words(case: Case, act: Any) -> None:
    case.offload()
    asked = case.university.raised(SCHOOL, ACADEMY)
    for by, of in ((ANN, case), (WENDY, case), (SCHOOL, asked)):
        assert case.university.refusal(act(of, "Uma", by=by)) == "not_found"
        assert case.university.refusal(on_thread(hidden_words.hidden_words, by, of.id(by))) == "not_found"
    assert case.university.refusal(partial(hidden_words.hide, by=SCHOOL, id="x" * 22, command=HideWords(words=("U",))))
    assert case.university.ask(on_thread(hidden_words.hidden_words, SCHOOL, case.id(SCHOOL))).words == ()


@pytest.mark.parametrize("rounds", range(3))
def test_a_message_that_meets_a_hiding_is_told_without_a_text(case: Case, rounds: int) -> None:
    case.offload()
    home = case.university.home
    sending = Interrupted(home, send(ANN, case.id(ANN), "Uma!"), lambda: home.store.run(hide(case, "Uma")), rounds)
    plan = sending.run()
    assert isinstance(plan, Plan)
    told = [it.frame for it in plan.deliveries if it.to == WENDY]
    assert told == [protocol.Reload(id=case.id(WENDY), rev=3, texts=False)]


def test_a_workers_row_is_not_made_without_what_is_hidden(case: Case) -> None:
    case.offload()
    case.university.run(hide(case, "Uma"))
    with pytest.raises(AssertionError):
        views.row(case.thread, Role.WORKER)
    assert views.row(case.thread, Role.WORKER, Hidden(is_known=True)).last.text == MASK  # type: ignore[union-attr]


def test_the_words_are_erased_with_the_thread(case: Case) -> None:
    case.university.run(hide(case, "Uma"))
    key = HiddenWordsKey(case.thread.id)
    case.terminate()
    case.delete()
    case.university.home.time.now += 10_000
    case.university.run_jobs()
    assert case.university.home.one(key) is None
