"""Only the raiser ends a thread, and only what has ended can be deleted: then it is gone for everyone (rule 11)."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.kit.cast import ACADEMY, ANN, SCHOOL, WENDY, Case, Cast, calling, kept, log, offload, send, user_in
from tests.kit.homes import Interrupted, Time
from uconnect.core import views, wire
from uconnect.core.decide import threads
from uconnect.core.facts import Delivery, Plan, UseCase
from uconnect.core.keys import EntryKey, HandleKey, ReceiptKey, ThreadKey
from uconnect.core.model import Handle, Terminated, Todo
from uconnect.core.rules import Role
from uconnect.core.tasks import Erase
from uconnect.core.terms import State
from uconnect.core.views.common import Ended
from uconnect.core.views.pages import Done


@pytest.fixture
def case(cast: Cast) -> Case:
    """A thread that Wendy has."""
    case = cast.raised()
    case.offload()
    return case


def terminate(by: str, id: str) -> UseCase[Any]:
    return calling(threads.terminate, by, id)


def delete(by: str, id: str) -> UseCase[Any]:
    return calling(threads.delete, by, id)


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_neither_the_school_nor_its_worker_ends_a_thread(cast: Cast, case: Case, by: str) -> None:
    before, owner = case.thread, user_in(cast.home, ANN)
    assert cast.refusal(terminate(by, case.id(by))) == "not_found"
    assert (case.thread, user_in(cast.home, ANN)) == (before, owner)


def test_a_school_ends_what_it_raised_and_not_what_was_raised_to_it(cast: Cast) -> None:
    case = cast.raised(SCHOOL, ACADEMY)
    assert cast.refusal(terminate(ACADEMY, case.id(ACADEMY))) == "not_found"
    case.terminate()
    assert case.thread.state is State.TERMINATED


def test_the_end_is_the_last_entry_of_the_log_and_frees_one_of_the_five(cast: Cast, case: Case, time: Time) -> None:
    before, owner = case.thread, user_in(cast.home, ANN)
    time.now += 1000
    plan = cast.plan(terminate(ANN, case.id(ANN)))
    assert before.worker
    entry = Terminated(thread=before.id, seq=2, at=time.now)
    head = replace(
        before,
        state=State.TERMINATED,
        seq=2,
        at=time.now,
        raiser=replace(before.raiser, rev=before.raiser.rev + 1),
        school=replace(before.school, rev=before.school.rev + 1),
        worker=replace(before.worker, rev=before.worker.rev + 1),
    )
    freed = replace(owner, open=(), rev=owner.rev + 1)
    assert (plan.puts, plan.deletes) == ((freed, head, entry), ())
    assert (case.thread, cast.home.one(EntryKey(before.id, 2))) == (head, entry)


def test_the_end_is_told_alike_to_the_raiser_the_worker_and_the_school(cast: Cast, case: Case, time: Time) -> None:
    plan = cast.plan(terminate(ANN, case.id(ANN)))
    ended, roles = Ended(seq=2, at=time.now), {ANN: Role.RAISER, WENDY: Role.WORKER, SCHOOL: Role.SCHOOL}
    assert plan.deliveries == (
        Delivery(ANN, wire.Meter(rev=3, open=0, most=5)),
        *(
            Delivery(by, wire.Event(id=case.id(by), entry=ended, row=views.row(case.thread, role)))
            for by, role in roles.items()
        ),
    )


def test_without_a_worker_the_end_is_told_by_as_many_look_ups(cast: Cast) -> None:
    case = cast.raised()
    plan = cast.plan(terminate(ANN, case.id(ANN)))
    told = [(it.to, it.frame is not None) for it in plan.deliveries]
    assert told == [(ANN, True), (ANN, True), (case.thread.id, True), (SCHOOL, True)]


def test_the_end_is_never_earlier_than_the_last_message(cast: Cast, case: Case, time: Time) -> None:
    noon = time.now
    time.now -= 60_000  # our own clock was set back
    case.terminate()
    assert [entry.at for entry in case.log()] == [noon, noon]


def test_ended_again_is_answered_as_the_first_time_and_changes_nothing(cast: Cast, case: Case) -> None:
    assert cast.plan(terminate(ANN, case.id(ANN))).answer == Done()
    assert cast.plan(terminate(ANN, case.id(ANN))) == Plan(Done())


def test_ended_twice_at_once_it_ends_once(cast: Cast, case: Case) -> None:
    twin: list[Any] = []
    use_case = terminate(ANN, case.id(ANN))
    outcome = Interrupted(cast.home, use_case, lambda: twin.append(cast.home.store.run(use_case))).run()
    assert kept([outcome, *twin]) == [Done(), Done()]
    assert len(case.log()) == 2


def test_a_message_that_comes_meanwhile_is_before_the_end(cast: Cast, case: Case) -> None:
    Interrupted(cast.home, terminate(ANN, case.id(ANN)), lambda: cast.run(send(WENDY, case.id(WENDY)))).run()
    assert [type(entry).__name__ for entry in case.log()] == ["Message", "Message", "Terminated"]
    assert case.thread.seq == 3


def test_all_who_could_read_a_thread_still_can_after_its_end(cast: Cast, case: Case) -> None:
    case.terminate()
    for by in (ANN, SCHOOL, WENDY):
        assert [entry.seq for entry in cast.ask(log(by, case.id(by))).entries] == [1, 2]


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_neither_the_school_nor_its_worker_deletes_a_thread(cast: Cast, case: Case, by: str) -> None:
    assert cast.refusal(delete(by, case.id(by))) == "not_found"  # nor is it told that the thread is open
    case.terminate()
    before = case.thread
    assert cast.refusal(delete(by, case.id(by))) == "not_found"
    assert case.thread == before


def test_what_is_open_is_not_deleted(cast: Cast, case: Case) -> None:
    assert cast.refusal(delete(ANN, case.id(ANN))) == "thread_open"
    assert case.thread.state is State.OPEN


def test_a_deletion_takes_the_head_at_once_and_leaves_the_rest_to_be_erased(cast: Cast, case: Case, time: Time) -> None:
    case.terminate()
    thread = case.thread
    plan = cast.plan(delete(ANN, case.id(ANN)))
    handle, todo = plan.puts
    assert handle == Handle(viewer=ANN, id=thread.raiser.id, thread="", owner=ANN, gone=thread.raiser.rev + 1)
    assert isinstance(todo, Todo)
    assert (todo.due, todo.task) == (time.now, Erase(thread.id))
    deleted = (ThreadKey(thread.id), HandleKey(SCHOOL, thread.school.id), ReceiptKey(ANN, thread.key))
    assert plan.deletes == deleted
    assert [cast.home.one(key) for key in deleted] == [None, None, None]


def test_a_deletion_is_told_to_the_raiser_the_worker_and_the_school_above_every_row(cast: Cast, case: Case) -> None:
    case.terminate()
    thread = case.thread
    assert thread.worker
    seats = {ANN: thread.raiser, WENDY: thread.worker, SCHOOL: thread.school}
    assert cast.plan(delete(ANN, case.id(ANN))).deliveries == tuple(
        Delivery(by, wire.Gone(id=seat.id, rev=seat.rev + 1)) for by, seat in seats.items()
    )


def test_without_a_worker_a_deletion_is_told_by_as_many_look_ups(cast: Cast) -> None:
    case = cast.raised()
    case.terminate()
    nobody = case.thread.id
    told = [(it.to, it.frame is not None) for it in cast.plan(delete(ANN, case.id(ANN))).deliveries]
    assert told == [(ANN, True), (nobody, False), (SCHOOL, True)]


def test_deleted_again_is_answered_as_the_first_time_and_changes_nothing(cast: Cast, case: Case) -> None:
    case.terminate()
    id = case.id(ANN)
    assert cast.plan(delete(ANN, id)).answer == Done()
    assert cast.plan(delete(ANN, id)) == Plan(Done())


def test_deleted_twice_at_once_it_is_deleted_once(cast: Cast, case: Case) -> None:
    case.terminate()
    twin: list[Any] = []
    use_case = delete(ANN, case.id(ANN))
    outcome = Interrupted(cast.home, use_case, lambda: twin.append(cast.home.store.run(use_case))).run()
    assert kept([outcome, *twin]) == [Done(), Done()]
    assert isinstance(outcome, Plan)
    assert not outcome.writes


def test_a_thread_deleted_while_it_is_offloaded_is_not_brought_back(cast: Cast) -> None:
    case = cast.raised()
    thread, id, schools = case.thread.id, case.id(ANN), case.id(SCHOOL)

    def end() -> None:
        cast.run(terminate(ANN, id))
        cast.run(delete(ANN, id))

    Interrupted(cast.home, offload(schools, WENDY), end).run()
    assert cast.home.one(ThreadKey(thread)) is None


def test_the_other_threads_of_the_same_parties_stay(cast: Cast, case: Case) -> None:
    other = cast.raised()
    other.offload()
    before = other.thread
    case.terminate()
    cast.run(delete(ANN, case.id(ANN)))
    assert other.thread == before
    for by in (ANN, SCHOOL, WENDY):
        assert len(cast.ask(log(by, other.id(by))).entries) == 1
