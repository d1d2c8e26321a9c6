"""The rules hold when everybody acts at the same moment; each race is run several times over every store."""

from functools import partial
from typing import Any

import pytest

from tests.kit.cast import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Cast,
    calling,
    codes,
    kept,
    note,
    offload,
    raise_,
    send,
    user_in,
)
from tests.kit.homes import Home, Interrupted, answer, fresh, race
from uconnect.core.commands import Availability, Face, Invite, Policied, Portrait
from uconnect.core.decide import accounts, handling, profiles, threads, tickets, todos, workers
from uconnect.core.facts import Plan, UseCase
from uconnect.core.keys import AsidesOf, LoadOf, PartyKey, Shelf, ThreadKey, ThreadsOf
from uconnect.core.model import Assigned, Note, School, Terminated
from uconnect.core.terms import Kind, Policy
from uconnect.core.views.pages import AsideShown

pytestmark = pytest.mark.usefixtures("impatient")
ROUNDS = range(3)


@pytest.fixture
def cast(home: Home) -> Cast:
    return Cast(home).enter()


@pytest.mark.parametrize("_", ROUNDS)
def test_of_twenty_who_want_the_fifth_slot_one_gets_it(cast: Cast, _: int) -> None:
    for _ in range(4):
        cast.raised()
    outcomes = race(cast.home, [raise_() for _ in range(20)])
    assert len(kept(outcomes)) == 1
    assert codes(outcomes) == {"five_threads"}
    assert len(user_in(cast.home, ANN).open) == 5
    assert len(cast.home.all(ThreadsOf(ANN, Shelf.RAISED, None, 30))) == 5


def test_of_twenty_who_begin_five_raise(cast: Cast) -> None:
    outcomes = race(cast.home, [raise_() for _ in range(20)])
    assert len(kept(outcomes)) == 5
    listed = cast.home.all(ThreadsOf(SCHOOL, Shelf.RECEIVED, None, 30))
    assert {it.id for it in listed} == set(user_in(cast.home, ANN).open)


@pytest.mark.parametrize("_", ROUNDS)
def test_one_raise_repeated_at_once_raises_one_thread(cast: Cast, _: int) -> None:
    again = raise_(key=fresh())
    outcomes = race(cast.home, [again] * 8)
    assert len({it.row.id for it in kept(outcomes)}) == 1
    assert len(kept(outcomes)) == 8
    assert len(user_in(cast.home, ANN).open) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_of_twenty_invitations_for_the_fifth_place_one_is_made(cast: Cast, _: int) -> None:
    for number in range(2):  # two are at work already
        cast.run(invite(f"early{number}@x"))
    outcomes = race(cast.home, [invite(f"new{number}@x") for number in range(20)])
    assert len(kept(outcomes)) == 1
    assert codes(outcomes) == {"five_workers"}
    school = cast.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    assert len(school.workers) == 5


def invite(email: str) -> UseCase[Any]:
    return partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email=email, name="New"))


@pytest.mark.parametrize("_", ROUNDS)
def test_after_the_end_nobody_posts_however_close(cast: Cast, _: int) -> None:
    case = cast.raised()
    case.offload()
    sends = [send(by, case.id(by)) for by in (ANN, SCHOOL, WENDY) for _ in range(4)]
    end = calling(threads.terminate, ANN, case.id(ANN))
    outcomes = race(cast.home, [*sends[:6], end, end, *sends[6:]])
    log = case.log()
    assert [it.seq for it in log] == list(range(1, len(log) + 1))
    assert [isinstance(it, Terminated) for it in log] == [False] * (len(log) - 1) + [True]
    acked = {
        it.answer.key: it.answer.entry.seq for it in outcomes if isinstance(it, Plan) and hasattr(it.answer, "key")
    }
    assert acked == {it.key: it.seq for it in log[1:-1]}
    assert codes(outcomes) <= {"thread_terminated"}
    assert case.thread.seq == len(log)
    assert user_in(cast.home, ANN).open == ()


@pytest.mark.parametrize("_", ROUNDS)
def test_all_who_send_at_once_are_put_in_one_order(cast: Cast, _: int) -> None:
    case = cast.raised()
    case.offload()
    acks = kept(race(cast.home, [send(by, case.id(by)) for by in (ANN, SCHOOL, WENDY) for _ in range(5)]))
    log = case.log()
    assert [it.seq for it in log] == list(range(1, 17))
    assert {it.key: it.entry.seq for it in acks} == {it.key: it.seq for it in log[1:]}
    assert (case.thread.asked.messages, case.thread.answered.messages) == (6, 10)


@pytest.mark.parametrize("_", ROUNDS)
def test_one_send_repeated_at_once_is_stored_once(cast: Cast, _: int) -> None:
    case, key = cast.raised(), fresh()
    acks = kept(race(cast.home, [send(ANN, case.id(ANN), f"text {n}", key) for n in range(20)]))
    assert {it.entry.seq for it in acks} == {2}
    assert len({it.entry.text for it in acks}) == 1
    assert len(acks) == 20
    assert len(case.log()) == 2


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_taken_off_has_written_before_or_not_at_all(cast: Cast, _: int) -> None:
    case = cast.raised()
    wendys = case.offload()
    take = calling(handling.take_back, SCHOOL, case.id(SCHOOL))
    outcomes = race(cast.home, [*(send(WENDY, wendys) for _ in range(5)), take, take])
    assert codes(outcomes) <= {"not_found"}
    assert len(case.log()) == 1 + len(kept(outcomes)) - 2
    assert case.thread.worker is None
    load = cast.home.one(LoadOf(WENDY, Shelf.HANDLED))
    assert load is not None
    assert load.open == 0


@pytest.mark.parametrize("_", ROUNDS)
def test_a_thread_given_to_two_at_once_ends_with_one(cast: Cast, _: int) -> None:
    case = cast.raised()
    race(cast.home, [offload(case.id(SCHOOL), worker) for worker in (WENDY, WALT)] * 3)
    desk = case.thread.worker
    assert desk is not None
    loads = [it.open for worker in (WENDY, WALT) if (it := cast.home.one(LoadOf(worker, Shelf.HANDLED)))]
    assert sorted(loads) == [0, 1]
    assert len(cast.home.all(ThreadsOf(desk.party, Shelf.HANDLED, None, 9))) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_removed_gets_no_thread_however_close(cast: Cast, _: int) -> None:
    case = cast.raised()
    remove = partial(workers.remove, by=SCHOOL, worker_id=WENDY)
    give = offload(case.id(SCHOOL), WENDY)
    racing: list[UseCase[Any]] = [give, remove, give]
    outcomes = race(cast.home, racing)
    assert codes(outcomes) <= {"not_found"}
    # Given before it was removed, the thread is on the shelf that the todo returns; else it never was there.
    on_shelf = cast.home.all(ThreadsOf(WENDY, Shelf.HANDLED, None, 9))
    assert (case.thread.worker is not None) == (len(on_shelf) == 1)


@pytest.mark.parametrize("_", ROUNDS)
def test_notes_and_hands_at_once_stand_in_one_order_without_a_gap(cast: Cast, _: int) -> None:
    case = cast.raised()
    wendys = case.offload()
    written: list[UseCase[Any]] = [
        note(by, id) for by, id in ((SCHOOL, case.id(SCHOOL)), (WENDY, wendys)) for _ in "ab"
    ]
    outcomes = race(cast.home, [*written, offload(case.id(SCHOOL), WALT), send(ANN, case.id(ANN))])
    assert codes(outcomes) <= {"not_found"}
    asides = cast.home.all(AsidesOf(case.thread.id, 0, 99))
    assert [it.seq for it in asides] == list(range(1, case.thread.asides + 1))
    answered = sorted(it.entry.seq for it in kept(outcomes) if isinstance(it, AsideShown))
    assert answered == [it.seq for it in asides if isinstance(it, Note)]
    assert [it.worker for it in asides if isinstance(it, Assigned)] == [WENDY, WALT]
    assert [it.seq for it in case.log()] == [1, 2]


@pytest.mark.parametrize("_", ROUNDS)
def test_two_notes_at_once_are_the_first_and_the_second(cast: Cast, _: int) -> None:
    case = cast.raised()
    shown = kept(race(cast.home, [note(SCHOOL, case.id(SCHOOL)) for _ in range(2)]))
    assert sorted(it.entry.seq for it in shown) == [1, 2]


@pytest.mark.parametrize("_", ROUNDS)
def test_one_note_repeated_at_once_is_written_once(cast: Cast, _: int) -> None:
    case, key = cast.raised(), fresh()
    shown = kept(race(cast.home, [note(SCHOOL, case.id(SCHOOL), f"text {n}", key) for n in range(8)]))
    assert len(shown) == 8
    assert len({it.entry for it in shown}) == 1
    assert len(cast.home.all(AsidesOf(case.thread.id, 0, 9))) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_the_policy_and_the_school_give_a_thread_at_once_and_one_worker_has_it(cast: Cast, _: int) -> None:
    cast.run(partial(profiles.choose, by=SCHOOL, command=Policied(policy=Policy.AUTOMATIC)))
    case = cast.raised()
    assign: UseCase[Any] = partial(todos.assign, thread=case.thread.id)
    off = partial(profiles.switch, by=WENDY, command=Availability(available=False))
    racing: list[UseCase[Any]] = [assign, offload(case.id(SCHOOL), WALT), assign, off]
    race(cast.home, racing)
    hands = [it.worker for it in cast.home.all(AsidesOf(case.thread.id, 0, 9)) if isinstance(it, Assigned)]
    desk = case.thread.worker
    assert desk is not None
    assert hands in ([WALT], [WENDY, WALT])
    assert desk.party == WALT


@pytest.mark.parametrize("_", ROUNDS)
def test_what_is_changed_at_once_about_a_school_is_all_kept(cast: Cast, _: int) -> None:
    face = Face(name="New", about="About", hours=(), zone="")
    racing: list[UseCase[Any]] = [
        partial(profiles.present, by=SCHOOL, command=face),
        partial(profiles.choose, by=SCHOOL, command=Policied(policy=Policy.AUTOMATIC)),
        partial(profiles.portray, by=SCHOOL, command=Portrait(image=b"an owl")),
        partial(workers.remove, by=SCHOOL, worker_id=WENDY),
        raise_(SCHOOL, ACADEMY),
    ]
    race(cast.home, racing)
    school = cast.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    assert (school.name, school.policy, school.workers, len(school.open)) == ("New", "automatic", (WALT,), 1)
    assert cast.ask(partial(profiles.picture, id=school.picture)) == b"an owl"


@pytest.mark.parametrize("_", ROUNDS)
def test_a_ticket_is_used_once_by_twenty(cast: Cast, _: int) -> None:
    ticket = cast.run(partial(tickets.issue, by=ANN)).ticket
    used = kept(race(cast.home, [partial(tickets.redeem, ticket=ticket)] * 20))
    assert [it.party for it in used if it] == [ANN]


@pytest.mark.parametrize("_", ROUNDS)
def test_two_users_do_not_stand_in_each_others_way(cast: Cast, _: int) -> None:
    outcomes = race(cast.home, [raise_(by) for by in (ANN, BOB) for _ in range(5)])
    assert len(kept(outcomes)) == 10


@pytest.mark.parametrize("_", ROUNDS)
def test_a_new_party_that_comes_by_several_tabs_at_once_is_one(cast: Cast, _: int) -> None:
    outcomes = race(cast.home, [partial(accounts.enter, command=ENTERING)] * 8)
    assert codes(outcomes) == set()
    assert len(set(kept(outcomes))) == 1


ENTERING = accounts.Enter(site=Kind.USER, issuer="i", subject="new", email="new@x", name="New")


def test_a_tab_overtaken_by_another_is_no_stranger(cast: Cast) -> None:
    """It has seen no login, then finds its own address taken: what it saw was never so at one moment."""
    enter = partial(accounts.enter, command=ENTERING)
    others: list[str] = []
    interrupted = Interrupted(cast.home, enter, lambda: others.append(cast.run(enter)), rounds=1)
    assert [answer(interrupted.run())] == others


def test_a_decision_that_meets_half_of_a_change_is_made_again(cast: Cast) -> None:
    """The thread is deleted and swept between two of its looks: there is nothing there, and no bug either."""
    case = cast.raised()
    case.offload()
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    mine, thread = case.id(ANN), case.thread.id

    def delete_and_sweep() -> None:
        cast.run(calling(threads.delete, ANN, mine))
        assert cast.home.store.sweep(ThreadKey(thread), 50)

    take = calling(handling.take_back, SCHOOL, case.id(SCHOOL))
    outcome = Interrupted(cast.home, take, delete_and_sweep, rounds=2).run()
    assert isinstance(outcome, Plan) == cast.home.serial
    assert codes([outcome]) == (set() if cast.home.serial else {"not_found"})


@pytest.mark.parametrize("_", ROUNDS)
def test_a_thread_deleted_among_its_hands_is_gone_for_each(cast: Cast, _: int) -> None:
    case = cast.raised()
    wendys = case.offload()
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    thread, mine = case.thread.id, case.id(ANN)
    take = calling(handling.take_back, SCHOOL, case.id(SCHOOL))
    hand = calling(handling.hand_back, WENDY, wendys)
    delete = calling(threads.delete, ANN, mine)
    outcomes = race(cast.home, [take, hand, delete, send(WENDY, wendys), take, delete])
    assert codes(outcomes) <= {"not_found", "thread_terminated"}
    while not cast.home.store.sweep(ThreadKey(thread), 50):
        pass
    load = cast.home.one(LoadOf(WENDY, Shelf.HANDLED))
    assert load is not None
    assert load.open == 0
    assert cast.home.all(ThreadsOf(WENDY, Shelf.HANDLED, None, 9)) == ()
