"""The rules hold when everybody acts at the same moment; each race is run several times over every store."""

from functools import partial
from typing import Any

import pytest

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    SampleUniversity,
    answers_of,
    codes,
    note,
    offload,
    on_thread,
    raise_,
    send,
    user_in,
)
from tests.support.stores import Home, Interrupted, answer, fresh, race
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind, Policy
from uconnect.domain.keys import InternalEntriesOf, Mailbox, OpenThreadCountKey, PartyKey, ThreadKey, ThreadsOf
from uconnect.domain.models import AssignmentChange, Note, School, Terminated
from uconnect.domain.request_bodies import AvailabilityUpdate, Invite, PictureUpload, PolicyUpdate, ProfileUpdate
from uconnect.domain.usecases import assignment, job_steps, profiles, registration, threads, tickets, workers
from uconnect.domain.views.pages import NoteShown

pytestmark = pytest.mark.usefixtures("impatient")
ROUNDS = range(3)


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


@pytest.mark.parametrize("_", ROUNDS)
def test_of_twenty_who_want_the_fifth_slot_one_gets_it(university: SampleUniversity, _: int) -> None:
    for _ in range(4):
        university.raised()
    outcomes = race(university.home, [raise_() for _ in range(20)])
    assert len(answers_of(outcomes)) == 1
    assert codes(outcomes) == {"five_threads"}
    assert len(user_in(university.home, ANN).open) == 5
    assert len(university.home.all(ThreadsOf(ANN, Mailbox.RAISED, None, 30))) == 5


def test_of_twenty_who_begin_five_raise(university: SampleUniversity) -> None:
    outcomes = race(university.home, [raise_() for _ in range(20)])
    assert len(answers_of(outcomes)) == 5
    listed = university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 30))
    assert {it.id for it in listed} == set(user_in(university.home, ANN).open)


@pytest.mark.parametrize("_", ROUNDS)
def test_one_raise_repeated_at_once_raises_one_thread(university: SampleUniversity, _: int) -> None:
    again = raise_(key=fresh())
    outcomes = race(university.home, [again] * 8)
    assert len({it.row.id for it in answers_of(outcomes)}) == 1
    assert len(answers_of(outcomes)) == 8
    assert len(user_in(university.home, ANN).open) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_of_twenty_invitations_for_the_fifth_place_one_is_made(university: SampleUniversity, _: int) -> None:
    for number in range(2):  # two are at work already
        university.run(invite(f"early{number}@x"))
    outcomes = race(university.home, [invite(f"new{number}@x") for number in range(20)])
    assert len(answers_of(outcomes)) == 1
    assert codes(outcomes) == {"five_workers"}
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    assert len(school.workers) == 5


def invite(email: str) -> UseCase[Any]:
    return partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email=email, name="New"))


@pytest.mark.parametrize("_", ROUNDS)
def test_after_the_end_nobody_posts_however_close(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    case.offload()
    sends = [send(by, case.id(by)) for by in (ANN, SCHOOL, WENDY) for _ in range(4)]
    end = on_thread(threads.terminate, ANN, case.id(ANN))
    outcomes = race(university.home, [*sends[:6], end, end, *sends[6:]])
    log = case.log()
    assert [it.seq for it in log] == list(range(1, len(log) + 1))
    assert [isinstance(it, Terminated) for it in log] == [False] * (len(log) - 1) + [True]
    acked = {
        it.answer.key: it.answer.entry.seq for it in outcomes if isinstance(it, Plan) and hasattr(it.answer, "key")
    }
    assert acked == {it.key: it.seq for it in log[1:-1]}
    assert codes(outcomes) <= {"thread_terminated"}
    assert case.thread.seq == len(log)
    assert user_in(university.home, ANN).open == ()


@pytest.mark.parametrize("_", ROUNDS)
def test_all_who_send_at_once_are_put_in_one_order(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    case.offload()
    acks = answers_of(race(university.home, [send(by, case.id(by)) for by in (ANN, SCHOOL, WENDY) for _ in range(5)]))
    log = case.log()
    assert [it.seq for it in log] == list(range(1, 17))
    assert {it.key: it.entry.seq for it in acks} == {it.key: it.seq for it in log[1:]}
    assert (case.thread.asked.messages, case.thread.answered.messages) == (6, 10)


@pytest.mark.parametrize("_", ROUNDS)
def test_one_send_repeated_at_once_is_stored_once(university: SampleUniversity, _: int) -> None:
    case, key = university.raised(), fresh()
    acks = answers_of(race(university.home, [send(ANN, case.id(ANN), f"text {n}", key) for n in range(20)]))
    assert {it.entry.seq for it in acks} == {2}
    assert len({it.entry.text for it in acks}) == 1
    assert len(acks) == 20
    assert len(case.log()) == 2


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_taken_off_has_written_before_or_not_at_all(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    wendys = case.offload()
    take = on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL))
    outcomes = race(university.home, [*(send(WENDY, wendys) for _ in range(5)), take, take])
    assert codes(outcomes) <= {"not_found"}
    assert len(case.log()) == 1 + len(answers_of(outcomes)) - 2
    assert case.thread.worker is None
    load = university.home.one(OpenThreadCountKey(WENDY, Mailbox.HANDLED))
    assert load is not None
    assert load.open == 0


@pytest.mark.parametrize("_", ROUNDS)
def test_a_thread_given_to_two_at_once_ends_with_one(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    race(university.home, [offload(case.id(SCHOOL), worker) for worker in (WENDY, WALT)] * 3)
    assignee = case.thread.worker
    assert assignee is not None
    loads = [
        it.open for worker in (WENDY, WALT) if (it := university.home.one(OpenThreadCountKey(worker, Mailbox.HANDLED)))
    ]
    assert sorted(loads) == [0, 1]
    assert len(university.home.all(ThreadsOf(assignee.party, Mailbox.HANDLED, None, 9))) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_a_worker_removed_gets_no_thread_however_close(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    remove = partial(workers.remove, by=SCHOOL, worker_id=WENDY)
    give = offload(case.id(SCHOOL), WENDY)
    racing: list[UseCase[Any]] = [give, remove, give]
    outcomes = race(university.home, racing)
    assert codes(outcomes) <= {"not_found"}
    # Given before it was removed, the thread is in the mailbox that the job returns; else it never was there.
    in_mailbox = university.home.all(ThreadsOf(WENDY, Mailbox.HANDLED, None, 9))
    assert (case.thread.worker is not None) == (len(in_mailbox) == 1)


@pytest.mark.parametrize("_", ROUNDS)
def test_notes_and_hands_at_once_stand_in_one_order_without_a_gap(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    wendys = case.offload()
    written: list[UseCase[Any]] = [
        note(by, id) for by, id in ((SCHOOL, case.id(SCHOOL)), (WENDY, wendys)) for _ in "ab"
    ]
    outcomes = race(university.home, [*written, offload(case.id(SCHOOL), WALT), send(ANN, case.id(ANN))])
    assert codes(outcomes) <= {"not_found"}
    internal_entries = university.home.all(InternalEntriesOf(case.thread.id, 0, 99))
    assert [it.seq for it in internal_entries] == list(range(1, case.thread.internal_seq + 1))
    answered = sorted(it.entry.seq for it in answers_of(outcomes) if isinstance(it, NoteShown))
    assert answered == [it.seq for it in internal_entries if isinstance(it, Note)]
    assert [it.worker for it in internal_entries if isinstance(it, AssignmentChange)] == [WENDY, WALT]
    assert [it.seq for it in case.log()] == [1, 2]


@pytest.mark.parametrize("_", ROUNDS)
def test_two_notes_at_once_are_the_first_and_the_second(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    shown = answers_of(race(university.home, [note(SCHOOL, case.id(SCHOOL)) for _ in range(2)]))
    assert sorted(it.entry.seq for it in shown) == [1, 2]


@pytest.mark.parametrize("_", ROUNDS)
def test_one_note_repeated_at_once_is_written_once(university: SampleUniversity, _: int) -> None:
    case, key = university.raised(), fresh()
    shown = answers_of(race(university.home, [note(SCHOOL, case.id(SCHOOL), f"text {n}", key) for n in range(8)]))
    assert len(shown) == 8
    assert len({it.entry for it in shown}) == 1
    assert len(university.home.all(InternalEntriesOf(case.thread.id, 0, 9))) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_the_policy_and_the_school_give_a_thread_at_once_and_one_worker_has_it(
    university: SampleUniversity, _: int
) -> None:
    university.run(partial(profiles.update_policy, by=SCHOOL, command=PolicyUpdate(policy=Policy.AUTOMATIC)))
    case = university.raised()
    assign: UseCase[Any] = partial(job_steps.assign_by_policy, thread=case.thread.id)
    off = partial(profiles.update_availability, by=WENDY, command=AvailabilityUpdate(available=False))
    racing: list[UseCase[Any]] = [assign, offload(case.id(SCHOOL), WALT), assign, off]
    race(university.home, racing)
    hands = [
        it.worker
        for it in university.home.all(InternalEntriesOf(case.thread.id, 0, 9))
        if isinstance(it, AssignmentChange)
    ]
    assignee = case.thread.worker
    assert assignee is not None
    assert hands in ([WALT], [WENDY, WALT])
    assert assignee.party == WALT


@pytest.mark.parametrize("_", ROUNDS)
def test_what_is_changed_at_once_about_a_school_is_all_kept(university: SampleUniversity, _: int) -> None:
    face = ProfileUpdate(name="New", about="About", hours=(), zone="")
    racing: list[UseCase[Any]] = [
        partial(profiles.update_profile, by=SCHOOL, command=face),
        partial(profiles.update_policy, by=SCHOOL, command=PolicyUpdate(policy=Policy.AUTOMATIC)),
        partial(profiles.update_picture, by=SCHOOL, command=PictureUpload(image=b"an owl")),
        partial(workers.remove, by=SCHOOL, worker_id=WENDY),
        raise_(SCHOOL, ACADEMY),
    ]
    race(university.home, racing)
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    assert (school.name, school.policy, school.workers, len(school.open)) == ("New", "automatic", (WALT,), 1)
    assert university.ask(partial(profiles.picture, id=school.picture)) == b"an owl"


@pytest.mark.parametrize("_", ROUNDS)
def test_a_ticket_is_used_once_by_twenty(university: SampleUniversity, _: int) -> None:
    ticket = university.run(partial(tickets.issue, by=ANN)).ticket
    used = answers_of(race(university.home, [partial(tickets.redeem, ticket=ticket)] * 20))
    assert [it.party for it in used if it] == [ANN]


@pytest.mark.parametrize("_", ROUNDS)
def test_two_users_do_not_stand_in_each_others_way(university: SampleUniversity, _: int) -> None:
    outcomes = race(university.home, [raise_(by) for by in (ANN, BOB) for _ in range(5)])
    assert len(answers_of(outcomes)) == 10


@pytest.mark.parametrize("_", ROUNDS)
def test_a_new_party_that_comes_by_several_tabs_at_once_is_one(university: SampleUniversity, _: int) -> None:
    outcomes = race(university.home, [partial(registration.register, command=NEW_LOGIN)] * 8)
    assert codes(outcomes) == set()
    assert len(set(answers_of(outcomes))) == 1


NEW_LOGIN = registration.Registration(site=Kind.USER, issuer="i", subject="new", email="new@x", name="New")


def test_a_tab_overtaken_by_another_is_no_stranger(university: SampleUniversity) -> None:
    """It has seen no login, then finds its own address taken: what it saw was never so at one moment."""
    enter = partial(registration.register, command=NEW_LOGIN)
    others: list[str] = []
    interrupted = Interrupted(university.home, enter, lambda: others.append(university.run(enter)), rounds=1)
    assert [answer(interrupted.run())] == others


def test_a_decision_that_meets_half_of_a_change_is_made_again(university: SampleUniversity) -> None:
    """The thread is deleted and swept between two of its looks: there is nothing there, and no bug either."""
    case = university.raised()
    case.offload()
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    mine, thread = case.id(ANN), case.thread.id

    def delete_and_sweep() -> None:
        university.run(on_thread(threads.delete, ANN, mine))
        assert university.home.store.purge(ThreadKey(thread), 50)

    take = on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL))
    outcome = Interrupted(university.home, take, delete_and_sweep, rounds=2).run()
    assert isinstance(outcome, Plan) == university.home.serial
    assert codes([outcome]) == (set() if university.home.serial else {"not_found"})


@pytest.mark.parametrize("_", ROUNDS)
def test_a_thread_deleted_among_its_hands_is_gone_for_each(university: SampleUniversity, _: int) -> None:
    case = university.raised()
    wendys = case.offload()
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    thread, mine = case.thread.id, case.id(ANN)
    take = on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL))
    hand = on_thread(assignment.hand_back, WENDY, wendys)
    delete = on_thread(threads.delete, ANN, mine)
    outcomes = race(university.home, [take, hand, delete, send(WENDY, wendys), take, delete])
    assert codes(outcomes) <= {"not_found", "thread_terminated"}
    while not university.home.store.purge(ThreadKey(thread), 50):
        pass
    load = university.home.one(OpenThreadCountKey(WENDY, Mailbox.HANDLED))
    assert load is not None
    assert load.open == 0
    assert university.home.all(ThreadsOf(WENDY, Mailbox.HANDLED, None, 9)) == ()
