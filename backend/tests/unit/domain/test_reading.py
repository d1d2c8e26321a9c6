"""Questions change nothing: each party lists its own mailboxes, and reads a thread in its own view."""

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
    log,
    on_thread,
    seen,
    send,
)
from tests.support.stores import Interrupted, Time, answer, fresh
from uconnect.domain import views
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Kind, ThreadFilter, ThreadSort
from uconnect.domain.hidden_words import NOTHING_HIDDEN
from uconnect.domain.keys import Mailbox, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import NOBODY, School, Thread, ThreadReference
from uconnect.domain.request_bodies import SnoozeThread
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, queries, snoozes, threads
from uconnect.domain.views.directory import DirectoryCard
from uconnect.domain.views.pages import LogPage, Overview, SchoolPage, ThreadPage, ThreadShown
from uconnect.domain.views.school import Person

ANNS_FACE = Person(id=ANN, kind=Kind.USER, name="Ann", email="ann@x")
ACADEMYS_FACE = Person(id=ACADEMY, kind=Kind.SCHOOL, name="Academy", email="academy@x")
BOBS_FACE = Person(id=BOB, kind=Kind.USER, name="Bob", email="bob@x")
NO_CURSORS = [
    *("", ".", "1", "{at}", "{at}.", "{at}.nothing", "{at}.{id}.", "{at}.{id}\n"),
    *(".{id}", "x.{id}", "-1.{id}", "{at} .{id}", "{at}\n.{id}", "1_0.{id}", "٣.{id}", "1234567890123456.{id}"),
]
PARTICIPANTS = [(ANN, Role.RAISER), (SCHOOL, Role.SCHOOL), (WENDY, Role.WORKER)]


def listing(
    by: str,
    mailbox: Mailbox,
    before: str | None = None,
    most: int = 50,
    show: ThreadFilter | None = None,
    worker: str | None = None,
    sort: ThreadSort | None = None,
) -> UseCase[ThreadPage]:
    return partial(
        queries.threads, by=by, mailbox=mailbox, before=before, most=most, show=show, worker=worker, sort=sort
    )


def directory(by: str = ANN, after: str | None = None, most: int = 50) -> UseCase[SchoolPage]:
    return partial(queries.schools, by=by, after=after, most=most)


def show_thread(by: str, id: str) -> UseCase[ThreadShown]:
    return on_thread(queries.thread, by, id)


def reference_to(thread: Thread, viewer: str, id: str, read: int = 0) -> ThreadReference:
    return ThreadReference(viewer=viewer, id=id, thread=thread.id, owner=thread.raiser.party, read=read)


@pytest.mark.parametrize(
    ("by", "mailbox", "role"),
    [
        (ANN, Mailbox.RAISED, Role.RAISER),
        (SCHOOL, Mailbox.RECEIVED, Role.SCHOOL),
        (WENDY, Mailbox.HANDLED, Role.WORKER),
    ],
)
def test_a_thread_is_on_its_viewers_own_mailbox_in_its_own_view(
    university: SampleUniversity, by: str, mailbox: Mailbox, role: Role
) -> None:
    case = university.raised()
    case.offload()
    university.run(seen(by, case.id(by), seq=1, theirs=1))
    read = 0 if by == ANN else 1
    listed = views.listed(case.thread, role, reference_to(case.thread, by, case.id(by), read))
    people = (ANNS_FACE,) if by == SCHOOL else ()
    assert university.ask(listing(by, mailbox)) == ThreadPage(threads=(listed,), people=people, next=None)


@pytest.mark.parametrize("by", [ANN, BOB, SCHOOL, ACADEMY, WENDY, WALT])
def test_no_other_mailbox_has_it(university: SampleUniversity, by: str) -> None:
    university.raised().offload()
    own = {(ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED), (WENDY, Mailbox.HANDLED)}
    empty = ThreadPage(threads=(), people=(), next=None)
    assert all(university.ask(listing(by, mailbox)) == empty for mailbox in Mailbox if (by, mailbox) not in own)


def test_what_a_school_raised_and_what_was_raised_to_it_lie_apart(university: SampleUniversity) -> None:
    asked, received = university.raised(SCHOOL, ACADEMY), university.raised(ACADEMY, SCHOOL)
    raised, inbox = university.ask(listing(SCHOOL, Mailbox.RAISED)), university.ask(listing(SCHOOL, Mailbox.RECEIVED))
    assert [it.row.id for it in raised.threads] == [asked.id(SCHOOL)]
    assert [it.row.id for it in inbox.threads] == [received.id(SCHOOL)]
    assert (raised.people, inbox.people) == ((), (ACADEMYS_FACE,))


def test_the_owners_are_shown_once_each_to_the_school_alone(university: SampleUniversity) -> None:
    for by in (ANN, BOB, ANN, ACADEMY):
        university.raised(by).offload()
    people = university.ask(listing(SCHOOL, Mailbox.RECEIVED)).people
    assert people == (ACADEMYS_FACE, ANNS_FACE, BOBS_FACE)
    assert university.ask(listing(WENDY, Mailbox.HANDLED)).people == ()
    assert university.ask(listing(ANN, Mailbox.RAISED)).people == ()


@pytest.mark.parametrize(
    ("by", "mailbox"), [(ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED), (WENDY, Mailbox.HANDLED)]
)
@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_pages_follow_each_other_the_latest_activity_first(
    university: SampleUniversity, time: Time, by: str, mailbox: Mailbox, most: int
) -> None:
    cases = []
    for _ in range(4):
        time.now += 1000
        cases.append(university.raised())
        cases[-1].offload()
    time.now += 1000
    university.run(send(WENDY, cases[1].id(WENDY)))
    pages = [university.ask(listing(by, mailbox, most=most))]
    while pages[-1].next is not None:
        pages.append(university.ask(listing(by, mailbox, pages[-1].next, most)))
    assert [it.row.id for page in pages for it in page.threads] == [cases[it].id(by) for it in (1, 3, 2, 0)]
    assert all(len(page.threads) == most for page in pages[:-1])
    assert 1 <= len(pages[-1].threads) <= most


def test_threads_of_one_moment_are_each_shown_once(university: SampleUniversity) -> None:
    ids = {university.raised().id(ANN) for _ in range(5)}
    found, after = list[str](), None
    while len(found) < 5:
        page = university.ask(listing(ANN, Mailbox.RAISED, after, 2))
        found += [it.row.id for it in page.threads]
        after = page.next
    assert (set(found), after) == (ids, None)


def test_a_cursor_says_no_more_than_its_reader_knows(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(2)]
    for by, mailbox in ((ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED)):
        page = university.ask(listing(by, mailbox, most=1))
        shown = page.threads[0].row
        assert page.next == f"{shown.at}.{shown.id}"
        assert not any(case.thread.id in page.next for case in cases)


def shown(
    university: SampleUniversity,
    by: str,
    mailbox: Mailbox,
    show: ThreadFilter | None,
    worker: str | None = None,
    sort: ThreadSort | None = None,
) -> list[str]:
    """The ids of all that a filter lists, in pages of two."""
    found, after = list[str](), None
    while True:
        page = university.ask(listing(by, mailbox, after, 2, show, worker, sort))
        found += [it.row.id for it in page.threads]
        if page.next is None:
            return found
        after = page.next


def test_who_has_waited_longest_comes_first_however_often_they_wrote(university: SampleUniversity, time: Time) -> None:
    cases = list[Case]()
    for _ in range(5):
        time.now += 1000
        cases.append(university.raised(BOB if len(cases) > 2 else ANN))
    time.now += 1000
    cases[1].send(SCHOOL)
    cases[3].send(SCHOOL)
    time.now += 1000
    cases[0].send(ANN)  # waits since its first message
    cases[3].send(BOB)  # waits anew
    expected = [cases[it].id(SCHOOL) for it in (0, 2, 4, 3, 1)]
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.OPEN) == expected
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WAITING) == expected[:4]
    for case in cases:
        case.offload()
    queue = [cases[it].id(WENDY) for it in (0, 2, 4, 3, 1)]
    assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.OPEN) == queue
    assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.WAITING) == queue[:4]


def test_a_school_and_a_worker_list_open_threads_in_the_order_they_choose(
    university: SampleUniversity, time: Time
) -> None:
    cases = list[Case]()
    for by in (ANN, BOB, ANN, ACADEMY, BOB):
        time.now += 1000
        cases.append(university.raised(by))
    for by, number in ((SCHOOL, 3), (BOB, 1), (SCHOOL, 0), (ANN, 0)):
        time.now += 1000
        cases[number].send(by)
    orders = {
        None: (1, 2, 4, 0, 3),
        ThreadSort.WAITING: (1, 2, 4, 0, 3),
        ThreadSort.NEWEST: (4, 3, 2, 1, 0),
        ThreadSort.ACTIVITY: (0, 1, 3, 4, 2),
    }
    for sort, order in orders.items():
        expected = [cases[it].id(SCHOOL) for it in order]
        assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.OPEN, sort=sort) == expected
    time.now += 1000
    for case in (cases[4], *cases[:4]):  # when a thread was given changes no order
        case.offload()
    for sort, order in orders.items():
        queue = [cases[it].id(WENDY) for it in order]
        assert shown(university, WENDY, Mailbox.HANDLED, ThreadFilter.OPEN, sort=sort) == queue
        hers = [cases[it].id(SCHOOL) for it in order]
        assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WORKER, WENDY, sort) == hers


def test_what_a_party_raised_is_listed_by_when_it_was_raised(university: SampleUniversity, time: Time) -> None:
    cases = []
    for _ in range(5):
        time.now += 1000
        cases.append(university.raised())
    for act in (cases[3].terminate, cases[1].terminate, lambda: cases[0].send(ANN)):
        time.now += 1000
        act()
    ids = [case.raiser_id for case in cases]
    for show, by_activity, newest in (
        (ThreadFilter.OPEN, (0, 4, 2), (4, 2, 0)),
        (ThreadFilter.ENDED, (1, 3), (3, 1)),
        (None, (0, 1, 3, 4, 2), (4, 3, 2, 1, 0)),
    ):
        for sort, order in ((None, by_activity), (ThreadSort.ACTIVITY, by_activity), (ThreadSort.NEWEST, newest)):
            assert shown(university, ANN, Mailbox.RAISED, show, sort=sort) == [ids[it] for it in order]
    place = f"{cases[2].thread.since}.{ids[2]}"
    following = university.ask(listing(ANN, Mailbox.RAISED, place, 5, ThreadFilter.OPEN, sort=ThreadSort.NEWEST))
    assert [it.row.id for it in following.threads] == [ids[0]]


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
@pytest.mark.parametrize("sort", ThreadSort)
def test_a_list_comes_in_no_order_that_it_does_not_have(
    university: SampleUniversity, by: str, sort: ThreadSort
) -> None:
    """Nobody lists what they raised by who waits: a raiser's view does not have it."""
    university.raised().offload()
    for mailbox in Mailbox:
        for show in (None, *queries.FILTERS_OF[mailbox]):
            question = listing(by, mailbox, show=show, sort=sort)
            if sort in queries.sorts_of(mailbox, show):
                assert all(it.row.id for it in university.ask(question).threads)
            else:
                assert university.refusal(question) == "malformed"
    of = queries.sorts_of
    assert of(Mailbox.RAISED, ThreadFilter.OPEN) == (ThreadSort.ACTIVITY, ThreadSort.NEWEST)
    assert of(Mailbox.RECEIVED, ThreadFilter.NEW) == of(Mailbox.HANDLED, ThreadFilter.OPEN) == tuple(ThreadSort)
    assert of(Mailbox.RECEIVED, None) == of(Mailbox.HANDLED, ThreadFilter.ENDED) == (ThreadSort.ACTIVITY,)
    assert of(Mailbox.HANDLED, ThreadFilter.SNOOZED) == ()


def test_each_filter_lists_what_the_overview_counts(university: SampleUniversity) -> None:
    cases = [university.raised(by) for by in (ANN, ANN, BOB, BOB, ACADEMY, ACADEMY)]
    cases[1].send(SCHOOL)
    cases[2].send(SCHOOL)
    cases[2].send(BOB)
    cases[3].offload(WENDY)
    cases[4].offload(WALT)
    cases[4].send(WALT)
    cases[5].terminate()
    cases.append(university.raised(ACADEMY))
    university.run(partial(snoozes.snooze, by=SCHOOL, id=cases[6].id(SCHOOL), command=SnoozeThread(until=0)))
    filters = {
        ThreadFilter.NEW: [0],
        ThreadFilter.THEM: [1],
        ThreadFilter.US: [2],
        ThreadFilter.WORKER: [3, 4],
        ThreadFilter.ENDED: [5],
        ThreadFilter.SNOOZED: [6],
        ThreadFilter.OPEN: [0, 1, 2, 3, 4],
        ThreadFilter.WAITING: [0, 2, 3],
    }
    assert set(filters) == set(ThreadFilter)
    for show, expected in filters.items():
        found = shown(university, SCHOOL, Mailbox.RECEIVED, show)
        assert set(found) == {cases[it].id(SCHOOL) for it in expected}
    counts = university.ask(partial(queries.overview, by=SCHOOL))
    assert (counts.new, counts.with_them, counts.with_us, counts.with_workers, counts.ended) == (1, 1, 1, 2, 1)
    assert (counts.open, counts.waiting, counts.snoozed) == (5, 3, 1)
    for worker, case in ((WENDY, cases[3]), (WALT, cases[4])):
        assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WORKER, worker) == [case.id(SCHOOL)]
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WORKER, "nobody") == []


def test_what_a_party_raised_is_listed_open_and_ended(university: SampleUniversity, time: Time) -> None:
    cases = []
    for _ in range(5):
        time.now += 1000
        cases.append(university.raised())
    cases[1].terminate()
    cases[3].terminate()
    latest_first = [cases[4].raiser_id, cases[2].raiser_id, cases[0].raiser_id]
    assert shown(university, ANN, Mailbox.RAISED, ThreadFilter.OPEN) == latest_first
    assert set(shown(university, ANN, Mailbox.RAISED, ThreadFilter.ENDED)) == {cases[1].raiser_id, cases[3].raiser_id}
    assert shown(university, WENDY, Mailbox.RAISED, ThreadFilter.OPEN) == []


def test_a_school_that_has_lost_a_thread_with_its_owner_does_not_find_it_by_its_worker(
    university: SampleUniversity,
) -> None:
    case, other = university.raised(ANN), university.raised(BOB)
    case.offload()
    other.offload()
    head = case.thread
    university.home.change(replace(head, school=replace(head.school, party=NOBODY)))
    assert shown(university, SCHOOL, Mailbox.RECEIVED, ThreadFilter.WORKER, WENDY) == [other.id(SCHOOL)]


@pytest.mark.parametrize("by", [ANN, SCHOOL, ACADEMY, WENDY])
@pytest.mark.parametrize("show", ThreadFilter)
def test_a_filter_by_the_handler_is_no_question_to_ask_of_what_one_raised_or_handles(
    university: SampleUniversity, by: str, show: ThreadFilter
) -> None:
    university.raised(ANN if by in {WENDY, SCHOOL} else by).offload()
    for mailbox in Mailbox:
        question = listing(by, mailbox, show=show)
        if show in queries.FILTERS_OF[mailbox]:
            assert all(it.row.id for it in university.ask(question).threads)
        else:
            assert university.refusal(question) == "malformed"
        if show is not ThreadFilter.WORKER:
            assert university.refusal(listing(by, mailbox, show=show, worker=WENDY)) == "malformed"
    raised, handled = queries.FILTERS_OF[Mailbox.RAISED], queries.FILTERS_OF[Mailbox.HANDLED]
    assert not {ThreadFilter.NEW, ThreadFilter.US, ThreadFilter.WORKER, ThreadFilter.THEM} & (raised | handled)


@pytest.mark.parametrize("by", [ANN, ACADEMY, WALT, WENDY])
def test_nobody_but_its_school_lists_what_a_worker_has(university: SampleUniversity, by: str) -> None:
    university.raised().offload(WENDY)
    assert shown(university, by, Mailbox.RECEIVED, ThreadFilter.WORKER, WENDY) == []


def test_a_list_by_who_waits_goes_on_from_a_thread_that_its_reader_has_no_more_and_skips_nothing(
    university: SampleUniversity,
) -> None:
    """Deleted or taken away is the same: a worker must not learn which."""
    cases = [university.raised(by) for by in (ANN, ANN, BOB, BOB)]
    for case in cases:
        case.offload()
    at, queue = cases[0].thread.turn_since, {case.id(WENDY) for case in cases}
    answers = []
    for lost, act in ((cases[0], "take back"), (cases[1], "delete")):
        id = lost.id(WENDY)
        if act == "delete":
            lost.terminate()
            lost.delete()
        else:
            university.run(on_thread(assignment.take_back, SCHOOL, lost.id(SCHOOL)))
        queue.discard(id)
        page = university.ask(listing(WENDY, Mailbox.HANDLED, f"0.{at}.{id}", show=ThreadFilter.OPEN))
        answers.append({it.row.id for it in page.threads})
        assert answers[-1] == queue


@pytest.mark.parametrize(("show", "before"), [(ThreadFilter.OPEN, "{at}.{id}"), (ThreadFilter.ENDED, "0.{at}.{id}")])
def test_a_list_does_not_go_on_from_a_place_of_another(
    university: SampleUniversity, show: ThreadFilter, before: str
) -> None:
    case = university.raised()
    said = before.format(at=case.thread.at, id=case.id(SCHOOL))
    assert university.refusal(listing(SCHOOL, Mailbox.RECEIVED, said, show=show)) == "malformed"


@pytest.mark.parametrize("before", NO_CURSORS)
def test_what_no_list_ends_with_is_refused(university: SampleUniversity, before: str) -> None:
    case = university.raised()
    said = before.format(at=case.thread.at, id=case.id(ANN))
    assert university.refusal(listing(ANN, Mailbox.RAISED, said)) == "malformed"


@pytest.mark.parametrize("lost", ["taken back", "deleted", "erased", "another's", "never there"])
def test_a_list_says_nothing_of_a_thread_that_its_reader_has_no_more(university: SampleUniversity, lost: str) -> None:
    """Between threads of one moment, a place of its own would tell a worker whether it is still kept."""
    shown = [university.raised() for _ in range(3)]
    case = university.raised()
    id, at, thread = case.offload(), case.thread.at, case.thread.id
    for each in shown:
        each.offload()
    if lost == "another's":
        id = case.id(SCHOOL)
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    if lost in ("deleted", "erased"):
        case.terminate()
        university.run(on_thread(threads.delete, ANN, case.raiser_id))
    if lost == "erased":
        university.home.store.purge(ThreadKey(thread), 99)
    if lost == "never there":
        id = fresh()
    page = university.ask(listing(WENDY, Mailbox.HANDLED, f"{at}.{id}"))
    assert {it.row.id for it in page.threads} == {each.id(WENDY) for each in shown}


def test_a_list_goes_on_from_a_thread_that_was_deleted_and_leaves_none_out(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(4)]  # all of one moment
    page = university.ask(listing(ANN, Mailbox.RAISED, most=2))
    last = next(case for case in cases if case.id(ANN) == page.threads[-1].row.id)
    left = {case.id(ANN) for case in cases} - {it.row.id for it in page.threads}
    last.terminate()
    university.run(on_thread(threads.delete, ANN, last.raiser_id))
    following = university.ask(listing(ANN, Mailbox.RAISED, page.next))
    assert left <= {it.row.id for it in following.threads}


def test_a_thread_deleted_while_its_list_is_read_is_left_out(university: SampleUniversity) -> None:
    case, other = university.raised(), university.raised()

    def end() -> None:
        case.terminate()
        university.run(on_thread(threads.delete, ANN, case.raiser_id))

    page = answer(Interrupted(university.home, listing(SCHOOL, Mailbox.RECEIVED), end, rounds=2).run())
    assert [it.row.id for it in page.threads] == [other.id(SCHOOL)]


@pytest.mark.parametrize(("by", "role"), PARTICIPANTS)
def test_one_thread_is_shown_as_its_viewer_sees_it(university: SampleUniversity, by: str, role: Role) -> None:
    case = university.raised()
    case.offload()
    university.run(send(SCHOOL, case.id(SCHOOL)))
    university.run(seen(ANN, case.id(ANN), seq=2, theirs=1))
    university.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    shown = university.ask(show_thread(by, case.id(by)))
    read = {ANN: 1, SCHOOL: 0, WENDY: 1}[by]
    assert shown.thread.row == views.row(case.thread, role)
    assert (shown.thread.read, shown.thread.seen) == (read, 1 if by == ANN else 2)
    assert shown.people == ((ANNS_FACE,) if by == SCHOOL else ())


@pytest.mark.parametrize(("by", "role"), PARTICIPANTS)
def test_a_log_is_read_in_the_viewers_own_view(university: SampleUniversity, by: str, role: Role) -> None:
    case = university.raised()
    case.offload()
    for author in (SCHOOL, WENDY, ANN):
        university.run(send(author, case.id(author)))
    case.terminate()
    entries = tuple(views.entry(entry, role, by, NOTHING_HIDDEN) for entry in case.log())
    assert len(entries) == 5
    assert university.ask(log(by, case.id(by))) == LogPage(entries=entries, more=False)


@pytest.mark.parametrize(
    ("after", "most", "seqs", "more"),
    [
        (0, 3, [1, 2, 3], True),
        (0, 4, [1, 2, 3, 4], False),
        (1, 2, [2, 3], True),
        (2, 2, [3, 4], False),
        (3, 9, [4], False),
        (4, 9, [], False),
        (9, 9, [], False),
    ],
)
def test_a_log_is_read_after_an_entry_in_pages(
    university: SampleUniversity, after: int, most: int, seqs: list[int], more: bool
) -> None:
    case = university.raised()
    for _ in range(3):
        university.run(send(ANN, case.id(ANN)))
    page = university.ask(partial(queries.log, by=SCHOOL, id=case.id(SCHOOL), after=after, most=most))
    assert ([entry.seq for entry in page.entries], page.more) == (seqs, more)


def test_a_worker_taken_off_while_it_reads_a_log_reads_nothing_said_after(university: SampleUniversity) -> None:
    case = university.raised()
    wendys = case.offload()

    def lose() -> None:
        university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
        case.send(ANN)

    page = answer(Interrupted(university.home, log(WENDY, wendys), lose, rounds=2).run())
    assert [entry.seq for entry in page.entries] == [1]


def schools_named(university: SampleUniversity, *names: str) -> None:
    university.home.keep(*(School(id=fresh(), email=f"{fresh()}@x", name=name, about=f"On {name}") for name in names))


@pytest.mark.parametrize(("by", "names"), [(ANN, ["Academy", "School"]), (SCHOOL, ["Academy"]), (ACADEMY, ["School"])])
def test_the_directory_shows_users_and_schools_every_school_but_themselves(
    university: SampleUniversity, by: str, names: list[str]
) -> None:
    page = university.ask(directory(by))
    assert page.schools == tuple(
        DirectoryCard(id=name.lower(), name=name, about="", hours=(), zone="", picture="", takes=True, reply_time=None)
        for name in names
    )
    assert page.next is None


def test_the_directory_is_not_there_for_workers(university: SampleUniversity) -> None:
    assert university.refusal(directory(WENDY)) == "not_found"


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8])
def test_the_pages_of_the_directory_follow_each_other_by_name(university: SampleUniversity, most: int) -> None:
    schools_named(university, "arts", "Arts", "Z. Zoology", "École", "Law")
    pages: list[Any] = [university.ask(directory(most=most))]
    while pages[-1].next is not None:
        pages.append(university.ask(directory(after=pages[-1].next, most=most)))
    found = [card.name for page in pages for card in page.schools]
    assert [name.lower() for name in found] == ["academy", "arts", "arts", "law", "school", "z. zoology", "école"]
    assert len(set(found)) == 7
    assert all(len(page.schools) == most for page in pages[:-1])


def test_a_page_with_nobody_but_the_reader_is_empty_and_goes_on(university: SampleUniversity) -> None:
    page = university.ask(directory(ACADEMY, most=1))
    assert page == SchoolPage(schools=(), next=f"{ACADEMY}.academy")
    assert [card.id for card in university.ask(directory(ACADEMY, after=page.next, most=1)).schools] == [SCHOOL]


@pytest.mark.parametrize("after", ["", "academy"])
def test_what_is_no_place_in_the_directory_is_refused(university: SampleUniversity, after: str) -> None:
    assert university.refusal(directory(after=after)) == "malformed"


def school_card(by: str, id: str) -> UseCase[DirectoryCard]:
    return partial(queries.school, by=by, id=id)


@pytest.mark.parametrize("by", [ANN, SCHOOL, ACADEMY])
def test_users_and_schools_are_shown_a_schools_face(university: SampleUniversity, by: str) -> None:
    assert university.ask(school_card(by, SCHOOL)) == university.ask(directory(ANN)).schools[1]


def test_a_school_that_has_closed_is_shown_to_those_who_raised_to_it_and_found_by_nobody(
    university: SampleUniversity,
) -> None:
    university.home.keep(School(id="old", email="", name="Old School", ended=True))
    card = DirectoryCard(
        id="old", name="Old School", about="", hours=(), zone="", picture="", takes=False, reply_time=None
    )
    assert university.ask(school_card(ANN, "old")) == card
    assert card not in university.ask(directory(ANN)).schools


@pytest.mark.parametrize("id", [ANN, BOB, WENDY, "nobody"])
def test_nobody_but_a_school_has_a_face(university: SampleUniversity, id: str) -> None:
    assert university.refusal(school_card(ANN, id)) == "not_found"


def test_a_school_counts_each_thread_once_by_whose_turn_it_is_and_who_has_it(
    university: SampleUniversity, time: Time
) -> None:
    def counts(by: str = SCHOOL) -> Overview:
        return university.ask(partial(queries.overview, by=by))

    assert counts() == Overview(0, 0, 0, 0, 0, 0, 0, 0, None)
    first = time.now
    cases = [university.raised(by) for by in (ANN, BOB, ACADEMY, ANN)]
    university.raised(SCHOOL, ACADEMY)  # what it raised itself is not its to answer
    assert counts() == Overview(4, 4, 0, 0, 0, 0, 0, 4, first)
    cases[0].offload(WENDY)
    cases[1].offload(WALT)
    assert counts() == Overview(4, 2, 0, 2, 0, 0, 0, 4, first)
    time.now += 1000
    cases[0].send(WENDY)
    cases[1].send(WALT)
    cases[2].send(SCHOOL)
    assert counts() == Overview(4, 1, 0, 2, 1, 0, 0, 1, first)
    time.now += 1000
    again = time.now
    cases[2].send(ACADEMY)
    assert counts() == Overview(4, 1, 1, 2, 0, 0, 0, 2, first)
    cases[3].terminate()
    assert counts() == Overview(3, 0, 1, 2, 0, 0, 1, 1, again)
    university.run(on_thread(assignment.take_back, SCHOOL, cases[0].id(SCHOOL)))
    assert counts() == Overview(3, 0, 1, 1, 1, 0, 1, 1, again)
    cases[3].delete()
    cases[2].terminate()
    assert counts() == Overview(2, 0, 0, 1, 1, 0, 1, 0, None)
    assert counts(ACADEMY) == Overview(1, 1, 0, 0, 0, 0, 0, 1, first)


@pytest.mark.parametrize(
    ("by", "mailbox"), [(ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED), (WENDY, Mailbox.HANDLED)]
)
def test_questions_change_nothing(university: SampleUniversity, by: str, mailbox: Mailbox) -> None:
    case = university.raised()
    case.offload()
    before, mark = case.thread, university.home.one(ThreadReferenceKey(by, case.id(by)))
    for question in (listing(by, mailbox), show_thread(by, case.id(by)), log(by, case.id(by))):
        plan = university.plan(question)
        assert not plan.writes
        assert plan.deliveries == ()
    assert (case.thread, university.home.one(ThreadReferenceKey(by, case.id(by)))) == (before, mark)
