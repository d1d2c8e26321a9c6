"""Over every store: hidden words hold whatever they meet, and are erased with their thread."""

from functools import partial

import pytest

from tests.support.sample_university import ANN, SCHOOL, WENDY, SampleUniversity, log, offload, send
from tests.support.stores import Home, race
from uconnect.domain import protocol
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.hidden_words import MASK
from uconnect.domain.keys import HiddenWordsKey, Mailbox
from uconnect.domain.request_bodies import HideWords, SearchThreads
from uconnect.domain.usecases import hidden_words, queries, search
from uconnect.domain.views.pages import HiddenWordsShown


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


def hide(id: str, *words: str) -> UseCase[HiddenWordsShown]:
    return partial(hidden_words.hide, by=SCHOOL, id=id, command=HideWords(words=words))


def test_the_views_of_a_worker_are_masked(university: SampleUniversity) -> None:
    case, other = university.raised(), university.raised()
    for each in (case, other):
        each.offload()
        university.run(send(ANN, each.id(ANN), "I am Uma."))
    university.run(hide(case.id(SCHOOL), "Uma", "question"))
    page = university.ask(partial(queries.threads, by=WENDY, mailbox=Mailbox.HANDLED, before=None, most=9))
    rows = {it.row.id: (it.row.subject, it.row.last.text) for it in page.threads if it.row.last}
    assert rows == {
        case.id(WENDY): (f"A {MASK}", f"I am {MASK}."),
        other.id(WENDY): ("A question", "I am Uma."),
    }
    assert [it.text for it in university.ask(log(WENDY, case.id(WENDY))).entries] == ["Hello", f"I am {MASK}."]
    asked = SearchThreads(mailbox=Mailbox.HANDLED, words="uma")
    found = university.ask(partial(search.search, by=WENDY, asked=asked))
    assert [it.thread.row.id for it in found.found] == [other.id(WENDY)]


def test_a_give_and_a_message_that_meet_a_hiding_are_told_masked_from_then_on(university: SampleUniversity) -> None:
    for _ in range(8):
        case = university.raised()
        acts: list[UseCase[object]] = [
            hide(case.id(SCHOOL), "Uma"),
            offload(case.id(SCHOOL), WENDY),
            send(ANN, case.id(ANN), "Uma!"),
        ]
        plans = [it for it in race(university.home, acts) if isinstance(it, Plan)]
        assert len(plans) == 3
        hiding = plans[0].answer
        assert isinstance(hiding, HiddenWordsShown)
        for plan in plans[1:]:
            schools = [it.frame for it in plan.deliveries if it.to == SCHOOL]
            rev = next(it.row.rev for it in schools if isinstance(it, protocol.Event | protocol.RowChanged))
            told = [it.frame for it in plan.deliveries if it.to == WENDY]
            assert rev < hiding.rev or all(isinstance(it, protocol.Reload) for it in told)
        assert [it.text for it in university.ask(log(WENDY, case.id(WENDY))).entries][1:] == [f"{MASK}!"]
        case.terminate()


def test_hidden_words_are_erased_with_their_thread(university: SampleUniversity) -> None:
    case, other = university.raised(), university.raised()
    for each in (case, other):
        university.run(hide(each.id(SCHOOL), "Uma"))
    key, others = HiddenWordsKey(case.thread.id), HiddenWordsKey(other.thread.id)
    case.terminate()
    case.delete()
    university.home.time.now += 10_000
    university.run_jobs()
    assert university.home.one(key) is None
    assert university.home.one(others) is not None
