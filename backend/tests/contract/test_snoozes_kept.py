"""Over every store: what a viewer has snoozed is listed, left out of other lists and of counts, and erased."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.contract.sample_records import thread
from tests.support.sample_university import ANN, SCHOOL, WENDY, SampleUniversity, codes, on_thread
from tests.support.stores import Home, race
from uconnect.domain.context import UseCase
from uconnect.domain.enums import ThreadFilter
from uconnect.domain.keys import InboxCountsKey, Mailbox, OpenThreadsOf, PartyKey, SnoozedOf, ThreadReferenceKey
from uconnect.domain.models import Snooze, ThreadReference
from uconnect.domain.records import NEVER
from uconnect.domain.request_bodies import SnoozeThread
from uconnect.domain.thread_status import OF_FILTER
from uconnect.domain.usecases import assignment, queries, snoozes
from uconnect.domain.views.pages import Done


def reference(id: str, until: int | None, viewer: str = "school") -> ThreadReference:
    snooze = Snooze(rev=1, until=until, messages=1)
    return ThreadReference(viewer=viewer, id=id, thread=f"t{id}", owner="user", snooze=snooze)


def test_snoozed_references_are_listed_by_when_they_come_back(home: Home) -> None:
    times = {"a": 30, "b": 10, "c": 0, "d": None, "e": 20, "f": NEVER - 1}
    home.keep(*(reference(id, until) for id, until in times.items()), reference("x", 15, "else"))

    def listed(now: int, most: int = 9) -> list[str]:
        return [it.id for it in home.all(SnoozedOf("school", now, most))]

    assert listed(0) == ["b", "e", "a", "f", "c"]
    assert listed(9) == ["b", "e", "a", "f", "c"]
    assert listed(10) == ["e", "a", "f", "c"]
    assert listed(5, 2) == ["b", "e"]
    assert listed(10**14) == ["f", "c"]
    assert [it.id for it in home.all(SnoozedOf("else", 0, 9))] == ["x"]


def test_a_list_follows_each_change_of_a_snooze(home: Home) -> None:
    home.keep(reference("a", None))
    for until, expected in ((10, 1), (20, 1), (None, 0), (0, 1), (None, 0)):
        home.change(reference("a", until))
        assert len(home.all(SnoozedOf("school", 9, 9))) == expected


@pytest.mark.parametrize("most", [1, 3, 99])
def test_open_threads_are_listed_and_counted_without_some(home: Home, most: int) -> None:
    made = [replace(thread(f"t{number:02}", number + 1), turn_since=number + 1) for number in range(9)]
    home.keep(*made, thread("other", school="else"))
    without = ("t00", "t04", "t08", "other", "unknown")
    expected = [it for it in made if it.id not in without]
    wanted = OpenThreadsOf("school", Mailbox.RECEIVED, OF_FILTER[ThreadFilter.OPEN], None, most, without)
    assert list(home.all(wanted)) == expected[:most]
    counts = home.one(InboxCountsKey("school", without))
    assert counts is not None
    assert [(it.count, it.since) for it in counts.open] == [(6, 2)]
    nothing = home.one(InboxCountsKey("school", tuple(it.id for it in made)))
    assert nothing is not None
    assert nothing.open == ()


def snooze(by: str, id: str, until: int = 0) -> UseCase[Done]:
    return partial(snoozes.snooze, by=by, id=id, command=SnoozeThread(until=until))


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


def shown(university: SampleUniversity, by: str, mailbox: Mailbox, show: ThreadFilter) -> list[str]:
    question = partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50, show=show)
    return [it.row.id for it in university.ask(question).threads]


def test_a_snooze_goes_with_its_time_its_thread_and_its_worker(university: SampleUniversity) -> None:
    case = university.raised()
    theirs, id = case.offload(WENDY), case.id(SCHOOL)
    time = university.home.time
    university.run(snooze(SCHOOL, id, time.now + 1000))
    university.run(snooze(WENDY, theirs))
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.SNOOZED) == [id]
    assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.SNOOZED) == [theirs]
    assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.WAITING) == []
    time.now += 1000
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WAITING) == [id]
    case.send(ANN)
    assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.WAITING) == [theirs]
    university.run(snooze(WENDY, theirs))
    university.run(on_thread(assignment.take_back, SCHOOL, id))
    assert university.home.all(SnoozedOf(WENDY, 0, 9)) == ()
    university.run(snooze(SCHOOL, id))
    case.terminate()
    case.delete()
    university.run_jobs()
    assert university.home.all(SnoozedOf(SCHOOL, 0, 9)) == ()
    assert university.home.one(ThreadReferenceKey(WENDY, theirs)) is None


def test_a_snooze_is_erased_with_its_viewer(university: SampleUniversity) -> None:
    university.run(snooze(SCHOOL, university.raised().id(SCHOOL)))
    while not university.home.store.purge(PartyKey(SCHOOL), 99):
        pass
    assert university.home.all(SnoozedOf(SCHOOL, 0, 9)) == ()


def test_of_many_at_once_no_more_are_kept_than_may_be(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snoozes, "MOST", 2)
    ids = [university.raised(by).id(SCHOOL) for by in (ANN, "bob", "academy", ANN)]
    outcomes = race(university.home, [snooze(SCHOOL, id) for id in ids])
    assert codes(outcomes) == {"snoozed_full"}
    assert len(university.home.all(SnoozedOf(SCHOOL, 0, 9))) == 2
