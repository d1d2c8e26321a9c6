"""Lists are in the order they say, within the bounds they say, and pages of them meet without gap or repetition."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.contract.sample_records import message, thread
from tests.support.stores import Home, answer, finding
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Side, State, ThreadFilter, ThreadSort, Turn
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.keys import (
    DueJobs,
    EntriesOf,
    EntryKey,
    InboxCountsKey,
    InternalEntriesOf,
    Mailbox,
    NewestRaisedOf,
    OpenThreadCountKey,
    OpenThreadsOf,
    PartiesOf,
    PartyKey,
    SchoolsFound,
    SchoolsOf,
    ThreadKey,
    ThreadsOf,
)
from uconnect.domain.models import (
    NOBODY,
    AssignmentChange,
    Entry,
    InboxCounts,
    InternalEntry,
    Job,
    Note,
    OpenThreadCount,
    Participant,
    Preview,
    School,
    SideCounters,
    Terminated,
    Thread,
    User,
    Worker,
)
from uconnect.domain.school_search import name_endings, search_texts
from uconnect.domain.thread_status import OF_FILTER, ORDERS, thread_status, waiting_order

MINUTE, HOUR = 60_000, 3_600_000
NOON = 500_000 * HOUR


def change(context: Context, record: Thread | School) -> Plan[None]:
    """Put a record over the one that is there."""
    context.load(ThreadKey(record.id) if isinstance(record, Thread) else PartyKey(record.id))
    return Plan(None, puts=(record,))


def touch(home: Home, record: Thread | School) -> None:
    answer(home.store.run(partial(change, record=record)))


def pages(home: Home, page: Callable[[Any], Any], place: Callable[[Any], Any]) -> list[Any]:
    """Everything, page by page."""
    found, before = list[Any](), None
    while part := home.all(page(before)):
        found += part
        before = place(part[-1])
    return found


# --- a thread's log ---------------------------------------------------------------------------------------------------


@pytest.fixture
def log(home: Home) -> list[Entry]:
    entries: list[Entry] = [message("t", seq) for seq in range(1, 12)]
    entries.append(Terminated(thread="t", seq=12, at=12))
    for entry in random.sample(entries, len(entries)):
        home.keep(entry)
    home.keep(message("s", 1), message("u", 13))
    return entries


def test_a_log_is_in_the_order_of_its_numbers(home: Home, log: list[Entry]) -> None:
    assert list(home.all(EntriesOf("t", 0, 100))) == log


@pytest.mark.parametrize(
    ("after", "most"), [(0, 1), (0, 12), (3, 4), (9, 2), (10, 5), (11, 1), (12, 9), (99, 1), (2**53 - 1, 9)]
)
def test_a_log_is_cut_where_it_is_asked(home: Home, log: list[Entry], after: int, most: int) -> None:
    assert list(home.all(EntriesOf("t", after, most))) == log[after:][:most]


def test_a_log_of_large_messages_is_whole(home: Home) -> None:
    """Some four times the megabyte that DynamoDB answers at once."""
    large = [message("t", seq, text="🦉" * 4000) for seq in range(1, 260)]
    for start in range(0, len(large), 50):
        home.keep(*large[start : start + 50])
    assert list(home.all(EntriesOf("t", 0, 300))) == large


def test_a_thread_that_is_not_there_has_no_log(home: Home) -> None:
    assert home.all(EntriesOf("none", 0, 5)) == ()


# --- what stands beside a log -----------------------------------------------------------------------------------------


@pytest.fixture
def internal_entries(home: Home) -> list[InternalEntry]:
    """Notes and assignments by turns, in a thread that has a log too; another thread has some of its own."""
    found: list[InternalEntry] = [
        AssignmentChange(thread="t", seq=seq, at=seq, worker="w" if seq % 4 else None) if seq % 2 else note("t", seq)
        for seq in range(1, 13)
    ]
    for internal_entry in random.sample(found, len(found)):
        home.keep(internal_entry)
    home.keep(note("s", 1), note("u", 13), message("t", 1), thread("t", NOON))
    return found


def note(thread: str, seq: int, text: str = "Hm") -> Note:
    return Note(thread=thread, seq=seq, at=seq, author="w", key=f"{seq}", text=text)


def test_internal_entries_are_in_the_order_of_their_numbers(home: Home, internal_entries: list[InternalEntry]) -> None:
    assert list(home.all(InternalEntriesOf("t", 0, 100))) == internal_entries
    assert home.all(EntriesOf("t", 0, 100)) == (home.one(EntryKey("t", 1)),)


@pytest.mark.parametrize(
    ("after", "most"), [(0, 1), (0, 12), (3, 4), (9, 2), (10, 5), (11, 1), (12, 9), (99, 1), (2**53 - 1, 9)]
)
def test_internal_entries_are_cut_where_it_is_asked(
    home: Home, internal_entries: list[InternalEntry], after: int, most: int
) -> None:
    assert list(home.all(InternalEntriesOf("t", after, most))) == internal_entries[after:][:most]


def test_many_large_internal_entries_are_whole(home: Home) -> None:
    large = [note("t", seq, "🦉" * 4000) for seq in range(1, 151)]
    for start in range(0, len(large), 50):
        home.keep(*large[start : start + 50])
    assert list(home.all(InternalEntriesOf("t", 0, 300))) == large


# --- mailboxes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def threads(home: Home) -> list[Thread]:
    """Thirty threads of one user, over two days and often at the same moment, latest first."""
    made = [
        thread(f"t{number:02}", NOON + (number * 7919 % 30) // 3 * 3 * HOUR + number % 2 * MINUTE, worker="w")
        for number in range(30)
    ]
    others = [thread("other", NOON, raiser="else", school="else", worker="else")]
    for start in range(0, 30, 10):
        home.keep(*made[start : start + 10])
    home.keep(*others)
    return sorted(made, key=lambda it: (it.at, it.id), reverse=True)


MAILBOXES = [("user", Mailbox.RAISED), ("school", Mailbox.RECEIVED), ("w", Mailbox.HANDLED)]


@pytest.mark.parametrize(("party", "mailbox"), MAILBOXES)
def test_a_mailbox_is_by_latest_activity_then_by_highest_id(
    home: Home, threads: list[Thread], party: str, mailbox: Mailbox
) -> None:
    assert list(home.all(ThreadsOf(party, mailbox, None, 100))) == threads


@pytest.mark.parametrize("most", [1, 2, 7, 29, 30, 31])
def test_pages_of_a_mailbox_meet(home: Home, threads: list[Thread], most: int) -> None:
    found = pages(home, lambda before: ThreadsOf("user", Mailbox.RAISED, before, most), lambda it: (it.at, it.id))
    assert found == threads


def test_a_mailbox_goes_on_after_a_place_where_nothing_is(home: Home, threads: list[Thread]) -> None:
    at = threads[10].at
    for place in ((at, "~"), (at, ""), (at + 1, "t"), (at - 1, "zz"), (0, "t"), (10**15, "t")):
        expected = [it for it in threads if (it.at, it.id) < place][:5]
        assert list(home.all(ThreadsOf("school", Mailbox.RECEIVED, place, 5))) == expected


def test_a_mailbox_is_read_back_to_a_time(home: Home, threads: list[Thread]) -> None:
    for since in (threads[0].at + 1, threads[0].at, threads[9].at, threads[9].at - 1, threads[-1].at, 0):
        for place in (None, (threads[4].at, threads[4].id)):
            expected = [it for it in threads if it.at >= since and (place is None or (it.at, it.id) < place)][:6]
            assert list(home.all(ThreadsOf("school", Mailbox.RECEIVED, place, 6, since=since))) == expected


def test_a_mailbox_holds_nobody_elses_threads(home: Home, threads: list[Thread]) -> None:
    for party, mailbox in (
        ("user", Mailbox.RECEIVED),
        ("school", Mailbox.RAISED),
        ("w", Mailbox.RAISED),
        ("none", Mailbox.RAISED),
    ):
        assert home.all(ThreadsOf(party, mailbox, None, 5)) == ()
    assert [it.id for it in home.all(ThreadsOf("else", Mailbox.HANDLED, None, 5))] == ["other"]


def test_activity_moves_a_thread_to_the_front_of_every_mailbox(home: Home, threads: list[Thread]) -> None:
    for later in (2, 70, 24 * 60, 24 * 60 + 1):  # minutes: within the hour, the next, another day
        last = threads.pop()
        last = thread(last.id, threads[0].at + later * MINUTE, worker="w")
        touch(home, last)
        threads.insert(0, last)
        for party, mailbox in MAILBOXES:
            assert list(home.all(ThreadsOf(party, mailbox, None, 100))) == threads


def test_a_thread_leaves_the_mailbox_of_a_worker_it_leaves(home: Home) -> None:
    home.keep(thread("t", NOON, worker="w"))
    for worker, at in (("v", NOON), (None, NOON), ("w", NOON + HOUR), ("v", NOON + 2 * HOUR)):
        touch(home, thread("t", at, worker=worker))
        for party in ("w", "v"):
            held = [it.id for it in home.all(ThreadsOf(party, Mailbox.HANDLED, None, 5))]
            assert held == (["t"] if party == worker else [])
            assert home.one(OpenThreadCountKey(party, Mailbox.HANDLED)) == answer(
                home.store.run(finding(OpenThreadCountKey(party, Mailbox.HANDLED)))
            )
            assert load(home, party) == len(held)


def load(home: Home, worker: str) -> int:
    counted = home.one(OpenThreadCountKey(worker, Mailbox.HANDLED))
    assert counted is not None
    assert counted.party == worker
    return counted.open


def test_a_load_counts_the_open_threads_a_worker_has(home: Home) -> None:
    for number in range(7):
        home.keep(thread(f"t{number}", NOON + number * HOUR, worker="w", state=STATES[number % 2]))
    home.keep(thread("else", NOON, worker="ww"), thread("none", NOON))
    assert [load(home, worker) for worker in ("w", "ww", "nobody")] == [4, 1, 0]
    touch(home, thread("t0", NOON, worker="w", state=State.TERMINATED))
    assert load(home, "w") == 3
    assert len(home.all(ThreadsOf("w", Mailbox.HANDLED, None, 9))) == 7


STATES = (State.OPEN, State.TERMINATED)


@pytest.mark.parametrize(("party", "mailbox"), MAILBOXES[1:])
def test_a_load_is_of_a_party_and_a_mailbox(home: Home, threads: list[Thread], party: str, mailbox: Mailbox) -> None:
    touch(home, thread(threads[3].id, threads[3].at, worker="w", state=State.TERMINATED))
    for other in (Mailbox.RECEIVED, Mailbox.HANDLED):
        counted = home.one(OpenThreadCountKey(party, other))
        assert counted == OpenThreadCount(party=party, open=29 if other is mailbox else 0)


def test_a_parted_thread_is_on_its_workers_mailbox_alone(home: Home) -> None:
    home.keep(thread("t", NOON, worker="w"), thread("u", NOON))
    touch(home, thread("t", NOON, raiser=NOBODY, school=NOBODY, worker="w"))
    touch(home, thread("t", NOON + 2 * HOUR, raiser=NOBODY, school=NOBODY, worker="w", seq=2))
    held = {
        (party, mailbox): [it.id for it in home.all(ThreadsOf(party, mailbox, None, 9))] for party, mailbox in MAILBOXES
    }
    assert held == {MAILBOXES[0]: ["u"], MAILBOXES[1]: ["u"], MAILBOXES[2]: ["t"]}
    loads = [home.one(OpenThreadCountKey(party, mailbox)) for party, mailbox in MAILBOXES[1:]]
    assert [it.open for it in loads if it] == [1, 1]


def test_a_deleted_thread_is_on_no_mailbox(home: Home, threads: list[Thread]) -> None:
    def delete(context: Context) -> Plan[None]:
        context.load(ThreadKey(threads[0].id))
        return Plan(None, deletes=(ThreadKey(threads[0].id),))

    answer(home.store.run(delete))
    for party, mailbox in MAILBOXES:
        assert list(home.all(ThreadsOf(party, mailbox, None, 100))) == threads[1:]
    assert load(home, "w") == 29


# --- open threads, by who has waited longest --------------------------------------------------------------------------

QUESTION, ANSWER = Preview(Side.RAISER, "?"), Preview(Side.SCHOOL, "!")


def waiting(
    id: str, since: int, turn: Turn, worker: str | None = None, state: State = State.OPEN, **changes: Any
) -> Thread:
    """A thread whose turn has lasted since a time; it was active later."""
    return replace(
        thread(id, since + HOUR, worker=worker, state=state),
        turn_since=since,
        last=ANSWER if turn is Turn.THEM else QUESTION,
        answered=SideCounters(messages=0 if turn is Turn.NEW else 1),
        **changes,
    )


def worker_of_school(id: str) -> Worker:
    return Worker(id=id, email="", name="W", school="school", joined=True)


@pytest.fixture
def inbox(home: Home) -> list[Thread]:
    """Open threads of one school, of every status and often of the same moment, in the order they are listed in."""
    hands: list[str | None] = [None, "w", "v"]
    made = [
        waiting(f"t{number:02}", NOON + number * 7919 % 60 // 4 * MINUTE, list(Turn)[number % 3], hands[number % 4 % 3])
        for number in range(60)
    ]
    ended = [waiting(f"e{number}", NOON, Turn.US, state=State.TERMINATED) for number in range(3)]
    for start in range(0, 60, 10):
        home.keep(*made[start : start + 10])
    home.keep(*ended, thread("other", NOON, school="else"), *map(worker_of_school, ("w", "v")))
    return sorted(made, key=lambda it: (it.last == ANSWER, it.turn_since, it.id))


@pytest.mark.parametrize("show", list(OF_FILTER))
def test_a_filter_lists_all_that_match_by_who_has_waited_longest(
    home: Home, inbox: list[Thread], show: ThreadFilter
) -> None:
    expected = [it for it in inbox if thread_status(it) in OF_FILTER[show]]
    assert 0 < len(expected) <= 60
    assert list(home.all(OpenThreadsOf("school", Mailbox.RECEIVED, OF_FILTER[show], None, 100))) == expected


@pytest.mark.parametrize("most", [1, 7, 59, 60, 61])
def test_pages_of_open_threads_meet(home: Home, inbox: list[Thread], most: int) -> None:
    every = OF_FILTER[ThreadFilter.OPEN]
    found = pages(home, lambda at: OpenThreadsOf("school", Mailbox.RECEIVED, every, at, most), waiting_order)
    assert found == inbox


def test_open_threads_go_on_after_a_place_where_nothing_is(home: Home, inbox: list[Thread]) -> None:
    every = OF_FILTER[ThreadFilter.OPEN]
    at = inbox[10].turn_since
    for place in ((False, at, "~"), (False, at, ""), (False, at + 1, "t"), (True, 0, ""), (True, at, "t31")):
        expected = [it for it in inbox if waiting_order(it) > place][:5]
        assert list(home.all(OpenThreadsOf("school", Mailbox.RECEIVED, every, place, 5))) == expected


def raised_at(it: Thread, number: int) -> Thread:
    """Raised at another time than it was active, several at the same moment."""
    return replace(it, since=NOON - number * 31 % 12 * MINUTE)


@pytest.fixture
def sorted_inbox(home: Home, inbox: list[Thread]) -> list[Thread]:
    """The threads of the inbox, whose last activity and raise are in other orders."""
    made = [replace(raised_at(it, n), at=it.at + n * 37 % 11 * HOUR // 3) for n, it in enumerate(inbox)]
    for it in made:
        touch(home, it)
    return made


LATEST_FIRST = [ThreadSort.NEWEST, ThreadSort.ACTIVITY]


def in_order(threads: list[Thread], sort: ThreadSort) -> list[Thread]:
    return sorted(threads, key=ORDERS[sort], reverse=sort is not ThreadSort.WAITING)


@pytest.mark.parametrize("sort", ThreadSort)
@pytest.mark.parametrize("show", list(OF_FILTER))
def test_a_filter_lists_all_that_match_in_each_order(
    home: Home, sorted_inbox: list[Thread], show: ThreadFilter, sort: ThreadSort
) -> None:
    expected = [it for it in in_order(sorted_inbox, sort) if thread_status(it) in OF_FILTER[show]]
    listing = OpenThreadsOf("school", Mailbox.RECEIVED, OF_FILTER[show], None, 100, (), sort)
    assert list(home.all(listing)) == expected
    without = tuple(it.id for it in expected[::3])
    rest = [it for it in expected if it.id not in without]
    assert list(home.all(replace(listing, without=without, most=5))) == rest[:5]


@pytest.mark.parametrize("sort", ThreadSort)
@pytest.mark.parametrize("most", [1, 7, 60])
def test_pages_of_open_threads_meet_in_each_order(
    home: Home, sorted_inbox: list[Thread], sort: ThreadSort, most: int
) -> None:
    every = OF_FILTER[ThreadFilter.OPEN]
    found = pages(home, lambda at: OpenThreadsOf("school", Mailbox.RECEIVED, every, at, most, (), sort), ORDERS[sort])
    assert found == in_order(sorted_inbox, sort)


@pytest.mark.parametrize("sort", LATEST_FIRST)
def test_open_threads_in_an_order_go_on_after_a_place_where_nothing_is(
    home: Home, sorted_inbox: list[Thread], sort: ThreadSort
) -> None:
    every, order = OF_FILTER[ThreadFilter.OPEN], ORDERS[sort]
    _, at, _ = order(in_order(sorted_inbox, sort)[20])
    for place in ((False, at, "~"), (False, at, ""), (False, at + 1, "t"), (False, 0, "t"), (False, 10**15, "t")):
        expected = [it for it in in_order(sorted_inbox, sort) if order(it) < place][:5]
        assert list(home.all(OpenThreadsOf("school", Mailbox.RECEIVED, every, place, 5, (), sort))) == expected


@pytest.mark.parametrize("sort", ThreadSort)
@pytest.mark.parametrize("worker", ["w", "v", "none"])
def test_a_worker_has_its_own_open_threads_in_each_order(
    home: Home, sorted_inbox: list[Thread], worker: str, sort: ThreadSort
) -> None:
    expected = [it for it in in_order(sorted_inbox, sort) if it.worker and it.worker.party == worker]
    for show in (ThreadFilter.OPEN, ThreadFilter.WAITING):
        of_it = [it for it in expected if thread_status(it) in OF_FILTER[show]]
        listing = OpenThreadsOf(worker, Mailbox.HANDLED, OF_FILTER[show], None, 100, (), sort)
        assert list(home.all(listing)) == of_it


@pytest.mark.parametrize("sort", LATEST_FIRST)
def test_an_order_follows_each_change_of_a_thread(home: Home, sort: ThreadSort) -> None:
    def listed(party: str, mailbox: Mailbox, show: ThreadFilter) -> list[str]:
        return [it.id for it in home.all(OpenThreadsOf(party, mailbox, OF_FILTER[show], None, 9, (), sort))]

    home.keep(waiting("old", NOON, Turn.NEW), replace(waiting("new", NOON + 1, Turn.NEW), since=NOON + 1))
    home.keep(*map(worker_of_school, ("w", "v")))
    for worker, turn, hours in ((None, Turn.THEM, 1), ("w", Turn.US, 2), ("v", Turn.THEM, 3), ("w", Turn.US, 3)):
        touch(home, replace(waiting("old", NOON, turn, worker), at=NOON + hours * HOUR))
        both = ["old", "new"] if sort is ThreadSort.ACTIVITY and hours > 1 else ["new", "old"]
        assert listed("school", Mailbox.RECEIVED, ThreadFilter.OPEN) == both
        assert listed("w", Mailbox.HANDLED, ThreadFilter.OPEN) == (["old"] if worker == "w" else [])
        is_theirs = turn is Turn.THEM and worker is None
        assert listed("school", Mailbox.RECEIVED, ThreadFilter.THEM) == (["old"] if is_theirs else [])
    touch(home, waiting("old", NOON, Turn.US, "w", state=State.TERMINATED))
    assert listed("school", Mailbox.RECEIVED, ThreadFilter.OPEN) == ["new"]
    assert listed("w", Mailbox.HANDLED, ThreadFilter.OPEN) == []


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("most", [1, 7, 99])
def test_what_a_party_raised_is_listed_by_when_it_was_raised(
    home: Home, threads: list[Thread], most: int, ended: bool
) -> None:
    made = [raised_at(it, n) for n, it in enumerate(threads)]
    for n, it in enumerate(made):
        made[n] = replace(it, state=State.TERMINATED) if n % 3 else it
        touch(home, made[n])
    expected = [it for it in in_order(made, ThreadSort.NEWEST) if not ended or it.state is not State.OPEN]
    found = pages(home, lambda at: NewestRaisedOf("user", at, most, ended), lambda it: (it.since, it.id))
    assert found == expected
    assert home.all(NewestRaisedOf("school", None, 9)) == ()


@pytest.mark.parametrize("worker", ["w", "v", "none"])
def test_a_worker_has_its_own_open_threads(home: Home, inbox: list[Thread], worker: str) -> None:
    expected = [it for it in inbox if it.worker and it.worker.party == worker]
    every = OF_FILTER[ThreadFilter.OPEN]
    assert list(home.all(OpenThreadsOf(worker, Mailbox.HANDLED, every, None, 100))) == expected


def test_an_inbox_is_counted_by_standing(home: Home, inbox: list[Thread]) -> None:
    counts = home.one(InboxCountsKey("school"))
    assert counts is not None
    for found in counts.open:
        of_it = [it.turn_since for it in inbox if thread_status(it) == found.thread_status]
        assert (found.count, found.since) == (len(of_it), min(of_it))
    assert sum(it.count for it in counts.open) == 60
    assert counts.ended == 3
    assert home.one(InboxCountsKey("none")) == InboxCounts(open=(), ended=0)


def test_counts_follow_each_change_of_a_thread(home: Home) -> None:
    def counted() -> dict[str, int]:
        found = home.one(InboxCountsKey("school"))
        assert found is not None
        return {it.thread_status: it.count for it in found.open} | {"ended": found.ended}

    home.keep(waiting("t", NOON, Turn.NEW), waiting("u", NOON, Turn.NEW))
    for changed, expected in (
        (waiting("t", NOON, Turn.NEW, policy_applied=True), {"new.school": 2, "ended": 0}),
        (waiting("t", NOON, Turn.NEW, "w"), {"new.school": 1, "new.worker": 1, "ended": 0}),
        (waiting("t", NOON, Turn.THEM, "w"), {"new.school": 1, "them.worker": 1, "ended": 0}),
        (waiting("t", NOON + HOUR, Turn.US, "w"), {"new.school": 1, "us.worker": 1, "ended": 0}),
        (waiting("t", NOON + HOUR, Turn.US), {"new.school": 1, "us.school": 1, "ended": 0}),
        (waiting("t", NOON + HOUR, Turn.US, state=State.TERMINATED), {"new.school": 1, "ended": 1}),
        (replace(waiting("u", NOON, Turn.NEW), school=Participant(party=NOBODY, id="h")), {"ended": 1}),
    ):
        touch(home, changed)
        assert counted() == expected


def test_a_thread_of_an_earlier_release_waits_since_its_last_activity(home: Home) -> None:
    old, new = thread("old", NOON), waiting("new", NOON + 1, Turn.NEW)
    home.keep(old, new)
    every = OF_FILTER[ThreadFilter.OPEN]
    assert home.all(OpenThreadsOf("school", Mailbox.RECEIVED, every, None, 5)) == (old, new)
    counts = home.one(InboxCountsKey("school"))
    assert counts is not None
    assert [(it.count, it.since) for it in counts.open] == [(2, NOON)]


@pytest.mark.parametrize(("party", "mailbox"), MAILBOXES)
def test_ended_threads_are_listed_by_latest_activity(
    home: Home, threads: list[Thread], party: str, mailbox: Mailbox
) -> None:
    for it in threads[::3]:
        touch(home, replace(it, state=State.TERMINATED))
    expected = [it.id for it in threads[::3]]
    assert [it.id for it in home.all(ThreadsOf(party, mailbox, None, 100, ended=True))] == expected
    found = pages(home, lambda before: ThreadsOf(party, mailbox, before, 4, ended=True), lambda it: (it.at, it.id))
    assert [it.id for it in found] == expected


# --- the directory ----------------------------------------------------------------------------------------------------

NAMES = ["Zoo", "art", "Art and Music", "Art", "École", "école", "ärt", "", "漢字", "🦉", "art\x01", "A" * 300]


@pytest.fixture
def schools(home: Home) -> list[School]:
    made = [School(id=f"s{number:02}", email="", name=name) for number, name in enumerate(NAMES * 2)]
    home.keep(*made, User(id="user", email="", name="Art"))
    return sorted(made, key=lambda it: (it.name.lower(), it.id))


@pytest.mark.parametrize("most", [1, 5, 23, 24, 25])
def test_pages_of_the_directory_meet_in_the_order_of_names(home: Home, schools: list[School], most: int) -> None:
    found = pages(home, lambda after: SchoolsOf(after, most), lambda it: (it.name.lower(), it.id))
    assert [it.name for it in found] == [it.name for it in schools]
    assert found == schools


def test_the_directory_goes_on_after_a_place_where_nothing_is(home: Home, schools: list[School]) -> None:
    for place in (("art", "~"), ("art", ""), ("b", "s"), ("", ""), ("\U0010fffe", "s")):
        expected = [it for it in schools if (it.name.lower(), it.id) > place][:3]
        assert list(home.all(SchoolsOf(place, 3))) == expected


def test_a_school_that_changes_its_name_changes_its_place(home: Home, schools: list[School]) -> None:
    touch(home, School(id=schools[-1].id, email="", name="Abc"))
    listed = home.all(SchoolsOf(None, 50))
    assert sorted(it.id for it in listed) == sorted(it.id for it in schools)
    assert list(listed) == sorted(listed, key=lambda it: (it.name.lower(), it.id))


def test_a_school_that_takes_no_threads_is_in_the_directory_no_more(home: Home, schools: list[School]) -> None:
    closing, ended, back = schools[0], schools[7], schools[11]
    touch(home, replace(closing, closing=True))
    touch(home, replace(ended, ended=True))
    touch(home, replace(back, closing=True))
    touch(home, replace(back, closing=False))
    listed = home.all(SchoolsOf(None, 50))
    assert list(listed) == [it for it in schools if it not in (closing, ended)]
    home.keep(School(id="late", email="", name="Late", ended=True))
    assert home.all(SchoolsOf(None, 50)) == listed


def places(schools: list[School], text: str) -> list[tuple[tuple[str, str], School]]:
    """Each school once for each ending of its name that begins with a text, in the order of a search."""
    found = [((end, it.id), it) for it in schools for end in name_endings(it.name) if end.startswith(text)]
    return sorted(found, key=lambda it: it[0])


@pytest.mark.parametrize("text", ["a", "art", "and", "and music", "ecole", "字", "漢", "🦉", "x"])
def test_a_search_finds_the_schools_with_a_word_that_begins_so(home: Home, schools: list[School], text: str) -> None:
    expected = places(schools, text)
    found = home.all(SchoolsFound(text, (text, ""), 50))
    assert list(found) == [school for _, school in expected]
    for (place, _), following in zip(expected, range(1, 99), strict=False):
        rest = [school for _, school in expected[following:]]
        assert list(home.all(SchoolsFound(text, place, 2))) == rest[:2]


def test_a_search_follows_the_names_and_leaves_out_who_takes_no_threads(home: Home, schools: list[School]) -> None:
    renamed, closing = schools[-1], next(it for it in schools if it.name == "Zoo")
    touch(home, replace(renamed, name="Old Zoo Garden"))
    touch(home, replace(closing, closing=True))
    assert closing not in home.all(SchoolsFound("zoo", ("zoo", ""), 50))
    assert [it.id for it in home.all(SchoolsFound("zoo g", ("zoo g", ""), 50))] == [renamed.id]
    assert not [
        it
        for end in name_endings(renamed.name)
        for it in home.all(SchoolsFound(end, (end, ""), 50))
        if it.id == renamed.id
    ]
    touch(home, replace(closing, closing=False))
    assert closing.id in [it.id for it in home.all(SchoolsFound("zoo", ("zoo", ""), 50))]

    def delete(context: Context) -> Plan[None]:
        context.load(PartyKey(renamed.id))
        return Plan(None, deletes=(PartyKey(renamed.id),))

    answer(home.store.run(delete))
    assert home.all(SchoolsFound("zoo g", ("zoo g", ""), 50)) == ()


def test_a_search_follows_the_descriptions_and_finds_no_school_by_an_earlier_one(
    home: Home, schools: list[School]
) -> None:
    school = replace(schools[-1], name=" ".join(f"name{n}" for n in range(12)), about="Permits and cards")
    touch(home, school)
    assert [it.id for it in home.all(SchoolsFound("perm", ("perm", ""), 50))] == [school.id]
    # As many texts as a school can have, all of them others: they change in one transaction.
    words = [f"about{n:02}" for n in range(40)]
    touch(home, replace(school, name=" ".join(f"other{n}" for n in range(12)), about=" ".join(words)))
    assert home.all(SchoolsFound("perm", ("perm", ""), 50)) == ()
    assert [it.id for it in home.all(SchoolsFound("about00", ("about00", ""), 50))] == [school.id]
    touch(home, replace(school, name=" ".join(f"third{n}" for n in range(12)), about=" ".join(reversed(words))))
    assert [it.id for it in home.all(SchoolsFound("about39", ("about39", ""), 50))] == [school.id]
    (key,) = [it for it in search_texts("third0", "") if "<" in it]
    assert [it.id for it in home.all(SchoolsFound(key, (key, ""), 50))] == [school.id]


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_jobs_are_due_at_their_time_the_oldest_first(home: Home) -> None:
    jobs = [Job(id=f"o{number}", due=number * 7 % 10 * 10**12, task=PurgeThread("t")) for number in range(20)]
    home.keep(*jobs)
    by_time = sorted(jobs, key=lambda it: (it.due, it.id))
    for now in (-1, 0, 10**12 - 1, 5 * 10**12, 10**14):
        due = [it for it in by_time if it.due <= now]
        assert list(home.all(DueJobs(now, 50))) == due
        assert list(home.all(DueJobs(now, 3))) == due[:3]


def test_of_many_ids_the_parties_that_there_are_are_listed(home: Home) -> None:
    parties = [User(id=f"u{number}", email="", name="U") for number in range(150)]
    home.keep(*parties[:90])
    home.keep(*parties[90:])
    wanted = PartiesOf((*(it.id for it in parties), "nobody", 'odd " id'))
    assert sorted(home.all(wanted), key=lambda it: it.id) == sorted(parties, key=lambda it: it.id)
    assert home.all(PartiesOf(())) == ()
