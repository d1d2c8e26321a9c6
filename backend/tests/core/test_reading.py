"""Questions change nothing: each party lists its own shelves, and reads a thread in its own view."""

from functools import partial
from typing import Any

import pytest

from tests.kit.cast import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Cast, calling, log, seen, send
from tests.kit.homes import Interrupted, Time, answer, fresh
from uconnect.core import views
from uconnect.core.decide import handling, reading, threads
from uconnect.core.facts import UseCase
from uconnect.core.keys import HandleKey, Shelf, ThreadKey
from uconnect.core.model import Handle, School, Thread
from uconnect.core.rules import Role
from uconnect.core.terms import Kind
from uconnect.core.views.directory import SchoolCard
from uconnect.core.views.pages import LogPage, Overview, SchoolPage, ThreadPage, ThreadShown
from uconnect.core.views.school import Person

ANNS_FACE = Person(id=ANN, kind=Kind.USER, name="Ann", email="ann@x")
ACADEMYS_FACE = Person(id=ACADEMY, kind=Kind.SCHOOL, name="Academy", email="academy@x")
BOBS_FACE = Person(id=BOB, kind=Kind.USER, name="Bob", email="bob@x")
NO_CURSORS = [
    *("", ".", "1", "{at}", "{at}.", "{at}.nothing", "{at}.{id}.", "{at}.{id}\n"),
    *(".{id}", "x.{id}", "-1.{id}", "{at} .{id}", "{at}\n.{id}", "1_0.{id}", "٣.{id}", "1234567890123456.{id}"),
]
SEATS = [(ANN, Role.RAISER), (SCHOOL, Role.SCHOOL), (WENDY, Role.WORKER)]


def listing(by: str, shelf: Shelf, before: str | None = None, most: int = 50) -> UseCase[ThreadPage]:
    return partial(reading.threads, by=by, shelf=shelf, before=before, most=most)


def directory(by: str = ANN, after: str | None = None, most: int = 50) -> UseCase[SchoolPage]:
    return partial(reading.schools, by=by, after=after, most=most)


def opened(by: str, id: str) -> UseCase[ThreadShown]:
    return calling(reading.thread, by, id)


def handle(thread: Thread, viewer: str, id: str, read: int = 0) -> Handle:
    return Handle(viewer=viewer, id=id, thread=thread.id, owner=thread.raiser.party, read=read)


@pytest.mark.parametrize(
    ("by", "shelf", "role"),
    [
        (ANN, Shelf.RAISED, Role.RAISER),
        (SCHOOL, Shelf.RECEIVED, Role.SCHOOL),
        (WENDY, Shelf.HANDLED, Role.WORKER),
    ],
)
def test_a_thread_is_on_its_viewers_own_shelf_in_its_own_view(cast: Cast, by: str, shelf: Shelf, role: Role) -> None:
    case = cast.raised()
    case.offload()
    cast.run(seen(by, case.id(by), seq=1, theirs=1))
    read = 0 if by == ANN else 1
    listed = views.listed(case.thread, role, handle(case.thread, by, case.id(by), read))
    people = (ANNS_FACE,) if by == SCHOOL else ()
    assert cast.ask(listing(by, shelf)) == ThreadPage(threads=(listed,), people=people, next=None)


@pytest.mark.parametrize("by", [ANN, BOB, SCHOOL, ACADEMY, WENDY, WALT])
def test_no_other_shelf_has_it(cast: Cast, by: str) -> None:
    cast.raised().offload()
    own = {(ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED), (WENDY, Shelf.HANDLED)}
    empty = ThreadPage(threads=(), people=(), next=None)
    assert all(cast.ask(listing(by, shelf)) == empty for shelf in Shelf if (by, shelf) not in own)


def test_what_a_school_raised_and_what_was_raised_to_it_lie_apart(cast: Cast) -> None:
    asked, received = cast.raised(SCHOOL, ACADEMY), cast.raised(ACADEMY, SCHOOL)
    raised, inbox = cast.ask(listing(SCHOOL, Shelf.RAISED)), cast.ask(listing(SCHOOL, Shelf.RECEIVED))
    assert [it.row.id for it in raised.threads] == [asked.id(SCHOOL)]
    assert [it.row.id for it in inbox.threads] == [received.id(SCHOOL)]
    assert (raised.people, inbox.people) == ((), (ACADEMYS_FACE,))


def test_the_owners_are_shown_once_each_to_the_school_alone(cast: Cast) -> None:
    for by in (ANN, BOB, ANN, ACADEMY):
        cast.raised(by).offload()
    people = cast.ask(listing(SCHOOL, Shelf.RECEIVED)).people
    assert people == (ACADEMYS_FACE, ANNS_FACE, BOBS_FACE)
    assert cast.ask(listing(WENDY, Shelf.HANDLED)).people == ()
    assert cast.ask(listing(ANN, Shelf.RAISED)).people == ()


@pytest.mark.parametrize(("by", "shelf"), [(ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED), (WENDY, Shelf.HANDLED)])
@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_pages_follow_each_other_the_latest_activity_first(
    cast: Cast, time: Time, by: str, shelf: Shelf, most: int
) -> None:
    cases = []
    for _ in range(4):
        time.now += 1000
        cases.append(cast.raised())
        cases[-1].offload()
    time.now += 1000
    cast.run(send(WENDY, cases[1].id(WENDY)))
    pages = [cast.ask(listing(by, shelf, most=most))]
    while pages[-1].next is not None:
        pages.append(cast.ask(listing(by, shelf, pages[-1].next, most)))
    assert [it.row.id for page in pages for it in page.threads] == [cases[it].id(by) for it in (1, 3, 2, 0)]
    assert all(len(page.threads) == most for page in pages[:-1])
    assert 1 <= len(pages[-1].threads) <= most


def test_threads_of_one_moment_are_each_shown_once(cast: Cast) -> None:
    ids = {cast.raised().id(ANN) for _ in range(5)}
    found, after = list[str](), None
    while len(found) < 5:
        page = cast.ask(listing(ANN, Shelf.RAISED, after, 2))
        found += [it.row.id for it in page.threads]
        after = page.next
    assert (set(found), after) == (ids, None)


def test_a_cursor_says_no_more_than_its_reader_knows(cast: Cast) -> None:
    cases = [cast.raised() for _ in range(2)]
    for by, shelf in ((ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED)):
        page = cast.ask(listing(by, shelf, most=1))
        shown = page.threads[0].row
        assert page.next == f"{shown.at}.{shown.id}"
        assert not any(case.thread.id in page.next for case in cases)


@pytest.mark.parametrize("before", NO_CURSORS)
def test_what_no_list_ends_with_is_refused(cast: Cast, before: str) -> None:
    case = cast.raised()
    said = before.format(at=case.thread.at, id=case.id(ANN))
    assert cast.refusal(listing(ANN, Shelf.RAISED, said)) == "malformed"


@pytest.mark.parametrize("lost", ["taken back", "deleted", "erased", "another's", "never there"])
def test_a_list_says_nothing_of_a_thread_that_its_reader_has_no_more(cast: Cast, lost: str) -> None:
    """Between threads of one moment, a place of its own would tell a worker whether it is still kept."""
    shown = [cast.raised() for _ in range(3)]
    case = cast.raised()
    id, at, thread = case.offload(), case.thread.at, case.thread.id
    for each in shown:
        each.offload()
    if lost == "another's":
        id = case.id(SCHOOL)
    cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    if lost in ("deleted", "erased"):
        case.terminate()
        cast.run(calling(threads.delete, ANN, case.raiser_id))
    if lost == "erased":
        cast.home.store.sweep(ThreadKey(thread), 99)
    if lost == "never there":
        id = fresh()
    page = cast.ask(listing(WENDY, Shelf.HANDLED, f"{at}.{id}"))
    assert {it.row.id for it in page.threads} == {each.id(WENDY) for each in shown}


def test_a_list_goes_on_from_a_thread_that_was_deleted_and_leaves_none_out(cast: Cast) -> None:
    cases = [cast.raised() for _ in range(4)]  # all of one moment
    page = cast.ask(listing(ANN, Shelf.RAISED, most=2))
    last = next(case for case in cases if case.id(ANN) == page.threads[-1].row.id)
    left = {case.id(ANN) for case in cases} - {it.row.id for it in page.threads}
    last.terminate()
    cast.run(calling(threads.delete, ANN, last.raiser_id))
    following = cast.ask(listing(ANN, Shelf.RAISED, page.next))
    assert left <= {it.row.id for it in following.threads}


def test_a_thread_deleted_while_its_list_is_read_is_left_out(cast: Cast) -> None:
    case, other = cast.raised(), cast.raised()

    def end() -> None:
        case.terminate()
        cast.run(calling(threads.delete, ANN, case.raiser_id))

    page = answer(Interrupted(cast.home, listing(SCHOOL, Shelf.RECEIVED), end, rounds=2).run())
    assert [it.row.id for it in page.threads] == [other.id(SCHOOL)]


@pytest.mark.parametrize(("by", "role"), SEATS)
def test_one_thread_is_shown_as_its_viewer_sees_it(cast: Cast, by: str, role: Role) -> None:
    case = cast.raised()
    case.offload()
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    cast.run(seen(ANN, case.id(ANN), seq=2, theirs=1))
    cast.run(seen(WENDY, case.id(WENDY), seq=1, theirs=1))
    shown = cast.ask(opened(by, case.id(by)))
    read = {ANN: 1, SCHOOL: 0, WENDY: 1}[by]
    assert shown.thread.row == views.row(case.thread, role)
    assert (shown.thread.read, shown.thread.seen) == (read, 1 if by == ANN else 2)
    assert shown.people == ((ANNS_FACE,) if by == SCHOOL else ())


@pytest.mark.parametrize(("by", "role"), SEATS)
def test_a_log_is_read_in_the_viewers_own_view(cast: Cast, by: str, role: Role) -> None:
    case = cast.raised()
    case.offload()
    for author in (SCHOOL, WENDY, ANN):
        cast.run(send(author, case.id(author)))
    case.terminate()
    entries = tuple(views.entry(entry, role, by) for entry in case.log())
    assert len(entries) == 5
    assert cast.ask(log(by, case.id(by))) == LogPage(entries=entries, more=False)


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
def test_a_log_is_read_after_an_entry_in_pages(cast: Cast, after: int, most: int, seqs: list[int], more: bool) -> None:
    case = cast.raised()
    for _ in range(3):
        cast.run(send(ANN, case.id(ANN)))
    page = cast.ask(partial(reading.log, by=SCHOOL, id=case.id(SCHOOL), after=after, most=most))
    assert ([entry.seq for entry in page.entries], page.more) == (seqs, more)


def test_a_worker_taken_off_while_it_reads_a_log_reads_nothing_said_after(cast: Cast) -> None:
    case = cast.raised()
    wendys = case.offload()

    def lose() -> None:
        cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
        case.say(ANN)

    page = answer(Interrupted(cast.home, log(WENDY, wendys), lose, rounds=2).run())
    assert [entry.seq for entry in page.entries] == [1]


def schools_named(cast: Cast, *names: str) -> None:
    cast.home.keep(*(School(id=fresh(), email=f"{fresh()}@x", name=name, about=f"On {name}") for name in names))


@pytest.mark.parametrize(("by", "names"), [(ANN, ["Academy", "School"]), (SCHOOL, ["Academy"]), (ACADEMY, ["School"])])
def test_the_directory_shows_users_and_schools_every_school_but_themselves(
    cast: Cast, by: str, names: list[str]
) -> None:
    page = cast.ask(directory(by))
    assert page.schools == tuple(
        SchoolCard(id=name.lower(), name=name, about="", hours=(), zone="", picture="", takes=True) for name in names
    )
    assert page.next is None


def test_the_directory_is_not_there_for_workers(cast: Cast) -> None:
    assert cast.refusal(directory(WENDY)) == "not_found"


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8])
def test_the_pages_of_the_directory_follow_each_other_by_name(cast: Cast, most: int) -> None:
    schools_named(cast, "arts", "Arts", "Z. Zoology", "École", "Law")
    pages: list[Any] = [cast.ask(directory(most=most))]
    while pages[-1].next is not None:
        pages.append(cast.ask(directory(after=pages[-1].next, most=most)))
    found = [card.name for page in pages for card in page.schools]
    assert [name.lower() for name in found] == ["academy", "arts", "arts", "law", "school", "z. zoology", "école"]
    assert len(set(found)) == 7
    assert all(len(page.schools) == most for page in pages[:-1])


def test_a_page_with_nobody_but_the_reader_is_empty_and_goes_on(cast: Cast) -> None:
    page = cast.ask(directory(ACADEMY, most=1))
    assert page == SchoolPage(schools=(), next=f"{ACADEMY}.academy")
    assert [card.id for card in cast.ask(directory(ACADEMY, after=page.next, most=1)).schools] == [SCHOOL]


@pytest.mark.parametrize("after", ["", "academy"])
def test_what_is_no_place_in_the_directory_is_refused(cast: Cast, after: str) -> None:
    assert cast.refusal(directory(after=after)) == "malformed"


def face(by: str, id: str) -> UseCase[SchoolCard]:
    return partial(reading.school, by=by, id=id)


@pytest.mark.parametrize("by", [ANN, SCHOOL, ACADEMY])
def test_users_and_schools_are_shown_a_schools_face(cast: Cast, by: str) -> None:
    assert cast.ask(face(by, SCHOOL)) == cast.ask(directory(ANN)).schools[1]


def test_a_school_that_has_closed_is_shown_to_those_who_raised_to_it_and_found_by_nobody(cast: Cast) -> None:
    cast.home.keep(School(id="old", email="", name="Old School", ended=True))
    card = SchoolCard(id="old", name="Old School", about="", hours=(), zone="", picture="", takes=False)
    assert cast.ask(face(ANN, "old")) == card
    assert card not in cast.ask(directory(ANN)).schools


@pytest.mark.parametrize("id", [ANN, BOB, WENDY, "nobody"])
def test_nobody_but_a_school_has_a_face(cast: Cast, id: str) -> None:
    assert cast.refusal(face(ANN, id)) == "not_found"


def test_a_school_counts_what_is_open_and_what_its_workers_have_of_it(cast: Cast) -> None:
    def counted(by: str = SCHOOL) -> Overview:
        return cast.ask(partial(reading.overview, by=by))

    cases = [cast.raised(by) for by in (ANN, BOB, ACADEMY, ANN)]
    cast.raised(SCHOOL, ACADEMY)  # what it raised itself is not its to answer
    assert counted() == Overview(open=4, with_workers=0)
    cases[0].offload(WENDY)
    cases[1].offload(WALT)
    cases[2].offload(WALT)
    assert counted() == Overview(open=4, with_workers=3)
    cases[1].terminate()
    cases[3].terminate()
    assert counted() == Overview(open=2, with_workers=2)
    assert counted(ACADEMY) == Overview(open=1, with_workers=0)


@pytest.mark.parametrize(("by", "shelf"), [(ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED), (WENDY, Shelf.HANDLED)])
def test_questions_change_nothing(cast: Cast, by: str, shelf: Shelf) -> None:
    case = cast.raised()
    case.offload()
    before, mark = case.thread, cast.home.one(HandleKey(by, case.id(by)))
    for question in (listing(by, shelf), opened(by, case.id(by)), log(by, case.id(by))):
        plan = cast.plan(question)
        assert not plan.writes
        assert plan.deliveries == ()
    assert (case.thread, cast.home.one(HandleKey(by, case.id(by)))) == (before, mark)
