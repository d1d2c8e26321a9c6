"""Accounts end the same over every store: at once for their party, unnoticed by every worker, and leaving nothing."""

from functools import partial

import pytest

from tests.kit.beyond import Post, nobody
from tests.kit.cast import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Cast,
    beside,
    calling,
    codes,
    kept,
    log,
    note,
    raise_,
    send,
)
from tests.kit.homes import Home, answer, fresh, insist, race, together
from uconnect.core.commands import Portrait
from uconnect.core.decide import accounts, closing, handling, profiles, reading
from uconnect.core.facts import Plan, UseCase
from uconnect.core.keys import (
    AddressKey,
    AsideKey,
    AsidesOf,
    DueBy,
    EntryKey,
    HandleKey,
    LoadOf,
    LoginKey,
    PaceKey,
    PartyKey,
    PictureKey,
    PlacementKey,
    ReceiptKey,
    SchoolsOf,
    Shelf,
    ThreadKey,
    ThreadsOf,
)
from uconnect.core.model import NOBODY, School, Worker
from uconnect.core.ports import Unavailable
from uconnect.core.refusals import Refusal
from uconnect.core.terms import Kind
from uconnect.core.views.pages import Done
from uconnect.core.work import carry_out

LATER = 10**15


@pytest.fixture
def cast(home: Home) -> Cast:
    return Cast(home).enter().signed_in(ANN, BOB, SCHOOL, ACADEMY)


def close(by: str) -> UseCase[Done]:
    return partial(closing.close, by=by)


def closed(cast: Cast, by: str) -> Plan[Done] | Refusal:
    return carry_out(cast.home.store, close(by), nobody)


def listed(cast: Cast) -> list[str]:
    return [it.id for it in cast.home.all(SchoolsOf(None, 9))]


def shelf(cast: Cast, by: str, shelf: Shelf) -> list[str]:
    page = cast.ask(partial(reading.threads, by=by, shelf=shelf, before=None, most=50))
    return [it.row.id for it in page.threads]


@pytest.mark.parametrize("owner", [ANN, ACADEMY])
def test_an_owners_account_ends_and_no_worker_can_tell_until_its_own_moment(cast: Cast, owner: str) -> None:
    """Two threads are with two workers, one with the school, and one of another owner's stays as it is."""
    cases, other = [cast.raised(owner) for _ in range(3)], cast.raised(BOB)
    wendys, walts = cases[0].offload(WENDY), cases[1].offload(WALT)
    others = other.offload(WENDY)
    cast.work()
    cast.run(note(WENDY, wendys))
    schools, owners = [case.id(SCHOOL) for case in cases], [case.id(owner) for case in cases]
    ids, receipts = [case.thread.id for case in cases], [ReceiptKey(owner, case.thread.key) for case in cases]

    assert isinstance(closed(cast, owner), Plan)
    assert shelf(cast, SCHOOL, Shelf.RECEIVED) == [other.id(SCHOOL)]
    for id in schools:
        assert cast.refusal(log(SCHOOL, id)) == "not_found"
    assert cast.refusal(send(owner, owners[0])) == "account_ended"

    post = Post()
    cast.work(post)
    assert post.forgotten == [("issuer", owner)]
    assert [cast.home.one(ThreadKey(id)) is None for id in ids] == [False, False, True]
    assert cast.home.all(ThreadsOf(owner, Shelf.RAISED, None, 9)) == ()
    assert [it.id for it in cast.home.all(ThreadsOf(SCHOOL, Shelf.RECEIVED, None, 9))] == [other.thread.id]
    for by, id in ((WENDY, wendys), (WALT, walts), (WENDY, wendys)):
        cast.run(send(by, id))
        assert cast.ask(calling(reading.thread, by, id)).thread.row.state == "open"
    assert len(cast.ask(log(WENDY, wendys)).entries) == 3
    assert len(cast.ask(beside(WENDY, wendys)).entries) == 1
    assert set(shelf(cast, WENDY, Shelf.HANDLED)) == {wendys, others}

    moments = sorted(todo.due for todo in cast.home.all(DueBy(LATER, 9)))
    assert len(moments) == 2
    assert moments[-1] - cast.home.time.now < closing.UNNOTICED
    cast.home.time.now = moments[-1]
    told = cast.work()
    assert {it.to for it in told if it.frame} - {NOBODY} == {WENDY, WALT}
    for by, id in ((WENDY, wendys), (WALT, walts)):
        assert cast.refusal(log(by, id)) == "not_found"
    assert shelf(cast, WENDY, Shelf.HANDLED) == [others]

    left = [
        *(ThreadKey(id) for id in ids),
        *(EntryKey(id, seq) for id in ids for seq in (1, 2, 3)),
        *(AsideKey(id, seq) for id in ids for seq in (1, 2)),
        *(PlacementKey(id, worker) for id in ids for worker in (WENDY, WALT)),
        *(HandleKey(*it) for it in ((WENDY, wendys), (WALT, walts))),
        *(HandleKey(SCHOOL, id) for id in schools),
        *(HandleKey(owner, id) for id in owners),
        *receipts,
        PaceKey(owner, "raise"),
        AddressKey(f"{owner}@x"),
        LoginKey("issuer", owner),
    ]
    assert [cast.home.one(key) for key in left] == [None] * len(left)
    assert cast.home.one(PartyKey(owner)) == (
        School(id=ACADEMY, email="", name="Academy", ended=True) if owner == ACADEMY else None
    )
    assert cast.home.all(DueBy(LATER, 9)) == ()
    assert len(other.log()) == 1


def test_a_worker_who_hands_back_before_its_moment_has_it_erased_at_once(cast: Cast) -> None:
    case = cast.raised()
    wendys, thread = case.offload(), case.thread.id
    closed(cast, ANN)
    cast.work()
    cast.run(calling(handling.hand_back, WENDY, wendys))
    cast.work()
    assert cast.home.one(ThreadKey(thread)) is None
    assert cast.home.all(AsidesOf(thread, 0, 9)) == ()
    load = cast.home.one(LoadOf(WENDY, Shelf.HANDLED))
    assert load is not None
    assert load.open == 0
    cast.home.time.now += closing.UNNOTICED
    cast.work()
    assert cast.home.all(DueBy(LATER, 9)) == ()


def test_an_owner_with_more_threads_than_a_step_sweeps_leaves_none(cast: Cast) -> None:
    cases = []
    for _ in range(8):
        cast.home.time.now += 3_600_000
        cases.append(cast.raised())
        cases[-1].terminate()
    ids, mine = [case.thread.id for case in cases], [case.raiser_id for case in cases]
    cases[0].delete()
    closed(cast, ANN)
    cast.work()
    assert [cast.home.one(ThreadKey(id)) for id in ids] == [None] * 8
    assert [cast.home.one(HandleKey(ANN, id)) for id in mine] == [None] * 8  # the one that answered a repetition, too


def test_a_schools_account_ends_and_leaves_its_name_to_those_who_asked_it(cast: Cast) -> None:
    cast.run(partial(profiles.portray, by=SCHOOL, command=Portrait(image=b"an owl" * 100)))
    school = cast.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    case = cast.raised()
    case.offload()
    case.terminate()
    assert listed(cast) == [ACADEMY, SCHOOL]
    assert isinstance(closed(cast, SCHOOL), Plan)
    assert listed(cast) == [ACADEMY]
    cast.work()
    assert cast.home.one(PartyKey(SCHOOL)) == School(id=SCHOOL, email="", name="School", ended=True)
    assert cast.home.one(PictureKey(school.picture)) is None
    for worker in (WENDY, WALT):
        found = cast.home.one(PartyKey(worker))
        assert isinstance(found, Worker)
        assert found.removed
    assert case.thread.worker is None
    assert len(cast.ask(log(ANN, case.raiser_id)).entries) == 2  # who raised it still reads it, and deletes it
    thread = case.thread.id
    case.delete()
    cast.work()
    assert cast.home.one(EntryKey(thread, 1)) is None


def test_a_school_that_is_still_asked_goes_on_in_the_directory_too(cast: Cast) -> None:
    case = cast.raised()
    outcome = closed(cast, SCHOOL)
    assert isinstance(outcome, Refusal)
    assert outcome.sentence.endswith("Open now: 1.")
    cast.work()
    assert listed(cast) == [ACADEMY, SCHOOL]
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    case.terminate()
    assert isinstance(closed(cast, SCHOOL), Plan)


def test_between_its_flip_and_its_count_a_school_is_in_no_directory(cast: Cast) -> None:
    cast.run(close(SCHOOL))
    assert listed(cast) == [ACADEMY]
    cast.raised(to=ACADEMY)
    cast.work()  # cut short there, the todo goes on
    assert listed(cast) == [ACADEMY]
    assert cast.home.one(PartyKey(SCHOOL)) == School(id=SCHOOL, email="", name="School", ended=True)


def test_the_operator_closes_a_school_and_its_threads_end_for_those_who_raised_them(cast: Cast) -> None:
    cases = []
    for by in (ANN, BOB, ACADEMY, ANN):
        cast.home.time.now += 3_600_000
        cases.append(cast.raised(by))
    cases[0].offload()
    cases[1].terminate()
    operator = partial(closing.close_by_operator, email="school@x", kind=Kind.SCHOOL)
    assert cast.run(operator) == SCHOOL
    cast.work()
    assert [case.thread.state for case in cases] == ["terminated"] * 4
    assert [len(case.log()) for case in cases] == [2] * 4
    load = cast.home.one(LoadOf(SCHOOL, Shelf.RECEIVED))
    assert load is not None
    assert load.open == 0
    assert cast.refusal(operator) == "not_found"
    for case in cases:
        case.delete()
    cast.work()
    assert cast.home.all(ThreadsOf(SCHOOL, Shelf.RECEIVED, None, 9)) == ()


def test_who_ended_comes_again_as_somebody_new(cast: Cast) -> None:
    entering = accounts.Enter(site=Kind.USER, issuer="issuer", subject=ANN, email="ann@x", name="Ann")
    closed(cast, ANN)
    assert cast.refusal(partial(accounts.enter, command=entering)) == "account_ended"
    cast.work()
    again = cast.run(partial(accounts.enter, command=entering))
    assert again != ANN
    assert shelf(cast, again, Shelf.RAISED) == []


# --- at the same moment


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("_", range(3))
def test_a_raise_is_refused_or_the_closing_is(cast: Cast, _: int) -> None:
    raising = [partial(insist, cast.home, raise_(by, ACADEMY)) for by in (ANN, BOB, SCHOOL) for _ in range(2)]
    outcomes = together([*raising[:3], partial(closed, cast, ACADEMY), *raising[3:]])
    raises, closing_ = [*outcomes[:3], *outcomes[4:]], outcomes[3]
    academy = cast.home.one(PartyKey(ACADEMY))
    assert isinstance(academy, School)
    open_now = cast.home.one(LoadOf(ACADEMY, Shelf.RECEIVED))
    assert open_now is not None
    assert len(kept(raises)) == open_now.open
    assert codes(raises) <= {"not_found"}
    if open_now.open:
        assert codes([closing_]) == {"still_asked"}
        assert (academy.ended, academy.closing) == (False, False)
    else:
        assert isinstance(closing_, Plan)
        assert academy.ended


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("_", range(3))
def test_whatever_happens_at_once_to_an_ending_owners_thread_nothing_of_it_stays(cast: Cast, _: int) -> None:
    case = cast.raised()
    wendys, anns, thread = case.offload(), case.id(ANN), case.thread.id
    acts: list[UseCase[object]] = [
        close(ANN),
        send(ANN, anns),
        send(WENDY, wendys, key=fresh()),
        note(WENDY, wendys),
        calling(handling.take_back, SCHOOL, case.id(SCHOOL)),
        partial(closing.part_one, party=ANN),
        close(ANN),
        partial(closing.part_one, party=ANN),
        calling(handling.hand_back, WENDY, wendys),
    ]
    assert codes(race(cast.home, acts)) <= {"account_ended", "not_found"}
    cast.work()
    cast.home.time.now += closing.UNNOTICED
    cast.work()
    assert cast.home.one(ThreadKey(thread)) is None
    assert cast.home.all(AsidesOf(thread, 0, 9)) == ()
    assert cast.home.one(EntryKey(thread, 1)) is None
    for by, it in ((ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED), (WENDY, Shelf.HANDLED)):
        assert cast.home.all(ThreadsOf(by, it, None, 9)) == ()
    assert cast.home.one(PartyKey(ANN)) is None
    assert cast.home.all(DueBy(LATER, 9)) == ()


def patiently(cast: Cast) -> None:
    """Do what is due, again if the store was too busy for it."""
    while True:
        try:
            cast.work()
            return
        except Unavailable:
            continue


@pytest.mark.usefixtures("impatient")
def test_todos_that_run_twice_at_once_do_once_what_they_do(cast: Cast) -> None:
    """As on AWS, where the call and the timer may both run what is due."""
    for worker in (WENDY, WALT, WENDY):
        cast.raised().offload(worker)
    cast.raised(ACADEMY).offload(WALT)
    closed(cast, ANN)
    cast.run(partial(closing.close_by_operator, email="school@x", kind=Kind.SCHOOL))
    together([partial(patiently, cast)] * 3)
    cast.home.time.now += closing.UNNOTICED
    together([partial(patiently, cast)] * 3)
    assert cast.home.all(DueBy(LATER, 9)) == ()
    assert cast.home.all(ThreadsOf(WENDY, Shelf.HANDLED, None, 9)) == ()
    (kept_,) = cast.home.all(ThreadsOf(SCHOOL, Shelf.RECEIVED, None, 9))
    assert (kept_.raiser.party, kept_.state, kept_.worker) == (ACADEMY, "terminated", None)
    assert answer(cast.home.store.ask(partial(closing.goes_on, party=ACADEMY)))
