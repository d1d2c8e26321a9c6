"""Only the raiser ends a thread, and only what has ended can be deleted: then it is gone for everyone (rule 11)."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    SCHOOL,
    WENDY,
    Case,
    SampleUniversity,
    answers_of,
    log,
    offload,
    on_thread,
    send,
    user_in,
)
from tests.support.stores import Interrupted, Time
from uconnect.domain import protocol, views
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import State
from uconnect.domain.jobs import CountThread, Milestone, PurgeThread
from uconnect.domain.keys import EntryKey, IdempotencyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Job, Terminated, ThreadReference
from uconnect.domain.rules import Role
from uconnect.domain.usecases import threads
from uconnect.domain.views.common import Ended
from uconnect.domain.views.pages import Done


@pytest.fixture
def case(university: SampleUniversity) -> Case:
    """A thread that Wendy has."""
    case = university.raised()
    case.offload()
    return case


def terminate(by: str, id: str) -> UseCase[Any]:
    return on_thread(threads.terminate, by, id)


def delete(by: str, id: str) -> UseCase[Any]:
    return on_thread(threads.delete, by, id)


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_neither_the_school_nor_its_worker_ends_a_thread(university: SampleUniversity, case: Case, by: str) -> None:
    before, owner = case.thread, user_in(university.home, ANN)
    assert university.refusal(terminate(by, case.id(by))) == "not_found"
    assert (case.thread, user_in(university.home, ANN)) == (before, owner)


def test_a_school_ends_what_it_raised_and_not_what_was_raised_to_it(university: SampleUniversity) -> None:
    case = university.raised(SCHOOL, ACADEMY)
    assert university.refusal(terminate(ACADEMY, case.id(ACADEMY))) == "not_found"
    case.terminate()
    assert case.thread.state is State.TERMINATED


def test_the_end_is_the_last_entry_of_the_log_and_frees_one_of_the_five(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    before, owner = case.thread, user_in(university.home, ANN)
    time.now += 1000
    plan = university.plan(terminate(ANN, case.id(ANN)))
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
    *kept, counting = plan.puts
    assert (kept, plan.deletes) == ([freed, head, entry], ())
    assert isinstance(counting, Job)
    assert counting.task == CountThread(SCHOOL, Milestone.END, time.now, time.now - before.since)
    assert (case.thread, university.home.one(EntryKey(before.id, 2))) == (head, entry)


def test_the_end_is_told_alike_to_the_raiser_the_worker_and_the_school(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    plan = university.plan(terminate(ANN, case.id(ANN)))
    ended, roles = Ended(seq=2, at=time.now), {ANN: Role.RAISER, WENDY: Role.WORKER, SCHOOL: Role.SCHOOL}
    assert plan.deliveries == (
        Delivery(ANN, protocol.Meter(rev=3, open=0, most=5)),
        *(
            Delivery(by, protocol.Event(id=case.id(by), entry=ended, row=views.row(case.thread, role)))
            for by, role in roles.items()
        ),
    )


def test_without_a_worker_the_end_is_told_by_as_many_look_ups(university: SampleUniversity) -> None:
    case = university.raised()
    plan = university.plan(terminate(ANN, case.id(ANN)))
    told = [(it.to, it.frame is not None) for it in plan.deliveries]
    assert told == [(ANN, True), (ANN, True), (case.thread.id, True), (SCHOOL, True)]


def test_the_end_is_never_earlier_than_the_last_message(university: SampleUniversity, case: Case, time: Time) -> None:
    noon = time.now
    time.now -= 60_000  # our own clock was set back
    case.terminate()
    assert [entry.at for entry in case.log()] == [noon, noon]


def test_ended_again_is_answered_as_the_first_time_and_changes_nothing(
    university: SampleUniversity, case: Case
) -> None:
    assert university.plan(terminate(ANN, case.id(ANN))).answer == Done()
    assert university.plan(terminate(ANN, case.id(ANN))) == Plan(Done())


def test_ended_twice_at_once_it_ends_once(university: SampleUniversity, case: Case) -> None:
    twin: list[Any] = []
    use_case = terminate(ANN, case.id(ANN))
    outcome = Interrupted(university.home, use_case, lambda: twin.append(university.home.store.run(use_case))).run()
    assert answers_of([outcome, *twin]) == [Done(), Done()]
    assert len(case.log()) == 2


def test_a_message_that_comes_meanwhile_is_before_the_end(university: SampleUniversity, case: Case) -> None:
    Interrupted(
        university.home, terminate(ANN, case.id(ANN)), lambda: university.run(send(WENDY, case.id(WENDY)))
    ).run()
    assert [type(entry).__name__ for entry in case.log()] == ["Message", "Message", "Terminated"]
    assert case.thread.seq == 3


def test_all_who_could_read_a_thread_still_can_after_its_end(university: SampleUniversity, case: Case) -> None:
    case.terminate()
    for by in (ANN, SCHOOL, WENDY):
        assert [entry.seq for entry in university.ask(log(by, case.id(by))).entries] == [1, 2]


@pytest.mark.parametrize("by", [SCHOOL, WENDY])
def test_neither_the_school_nor_its_worker_deletes_a_thread(university: SampleUniversity, case: Case, by: str) -> None:
    assert university.refusal(delete(by, case.id(by))) == "not_found"  # nor is it told that the thread is open
    case.terminate()
    before = case.thread
    assert university.refusal(delete(by, case.id(by))) == "not_found"
    assert case.thread == before


def test_what_is_open_is_not_deleted(university: SampleUniversity, case: Case) -> None:
    assert university.refusal(delete(ANN, case.id(ANN))) == "thread_open"
    assert case.thread.state is State.OPEN


def test_a_deletion_takes_the_head_at_once_and_leaves_the_rest_to_be_erased(
    university: SampleUniversity, case: Case, time: Time
) -> None:
    case.terminate()
    thread = case.thread
    plan = university.plan(delete(ANN, case.id(ANN)))
    handle, job = plan.puts
    assert handle == ThreadReference(viewer=ANN, id=thread.raiser.id, thread="", owner=ANN, gone=thread.raiser.rev + 1)
    assert isinstance(job, Job)
    assert (job.due, job.task) == (time.now, PurgeThread(thread.id))
    deleted = (ThreadKey(thread.id), ThreadReferenceKey(SCHOOL, thread.school.id), IdempotencyKey(ANN, thread.key))
    assert plan.deletes == deleted
    assert [university.home.one(key) for key in deleted] == [None, None, None]


def test_a_deletion_is_told_to_the_raiser_the_worker_and_the_school_above_every_row(
    university: SampleUniversity, case: Case
) -> None:
    case.terminate()
    thread = case.thread
    assert thread.worker
    seats = {ANN: thread.raiser, WENDY: thread.worker, SCHOOL: thread.school}
    assert university.plan(delete(ANN, case.id(ANN))).deliveries == tuple(
        Delivery(by, protocol.Gone(id=participant.id, rev=participant.rev + 1)) for by, participant in seats.items()
    )


def test_without_a_worker_a_deletion_is_told_by_as_many_look_ups(university: SampleUniversity) -> None:
    case = university.raised()
    case.terminate()
    nobody = case.thread.id
    told = [(it.to, it.frame is not None) for it in university.plan(delete(ANN, case.id(ANN))).deliveries]
    assert told == [(ANN, True), (nobody, False), (SCHOOL, True)]


def test_deleted_again_is_answered_as_the_first_time_and_changes_nothing(
    university: SampleUniversity, case: Case
) -> None:
    case.terminate()
    id = case.id(ANN)
    assert university.plan(delete(ANN, id)).answer == Done()
    assert university.plan(delete(ANN, id)) == Plan(Done())


def test_deleted_twice_at_once_it_is_deleted_once(university: SampleUniversity, case: Case) -> None:
    case.terminate()
    twin: list[Any] = []
    use_case = delete(ANN, case.id(ANN))
    outcome = Interrupted(university.home, use_case, lambda: twin.append(university.home.store.run(use_case))).run()
    assert answers_of([outcome, *twin]) == [Done(), Done()]
    assert isinstance(outcome, Plan)
    assert not outcome.writes


def test_a_thread_deleted_while_it_is_offloaded_is_not_brought_back(university: SampleUniversity) -> None:
    case = university.raised()
    thread, id, schools = case.thread.id, case.id(ANN), case.id(SCHOOL)

    def end() -> None:
        university.run(terminate(ANN, id))
        university.run(delete(ANN, id))

    Interrupted(university.home, offload(schools, WENDY), end).run()
    assert university.home.one(ThreadKey(thread)) is None


def test_the_other_threads_of_the_same_parties_stay(university: SampleUniversity, case: Case) -> None:
    other = university.raised()
    other.offload()
    before = other.thread
    case.terminate()
    university.run(delete(ANN, case.id(ANN)))
    assert other.thread == before
    for by in (ANN, SCHOOL, WENDY):
        assert len(university.ask(log(by, other.id(by))).entries) == 1
