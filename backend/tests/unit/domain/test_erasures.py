"""What a restored backup has brought back is deleted again (leak 29), whatever was open, and once."""

from functools import partial

import pytest

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WENDY, SampleUniversity, user_in
from uconnect.domain.context import Plan
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.keys import IdempotencyKey, PartyKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import School, Worker
from uconnect.domain.usecases import erasures
from uconnect.domain.views.pages import Done


def jobs_left(university: SampleUniversity) -> list[object]:
    return [job.task for job in university.home.jobs()]


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("worker", [None, WENDY])
def test_a_thread_is_deleted_for_everyone(university: SampleUniversity, ended: bool, worker: str | None) -> None:
    case, other = university.raised(), university.raised()
    thread = case.thread
    if worker:
        case.offload(worker)
    if ended:
        case.terminate()
    university.run(partial(erasures.erase_thread, id=thread.id))
    for key in (
        ThreadKey(thread.id),
        ThreadReferenceKey(ANN, thread.raiser.id),
        ThreadReferenceKey(SCHOOL, thread.school.id),
        IdempotencyKey(ANN, thread.key),
    ):
        assert university.home.one(key) is None
    assert user_in(university.home, ANN).open == (other.thread.id,), "it frees one of the raiser's five"
    university.run_jobs()
    assert university.home.one(ThreadKey(other.thread.id)) is not None
    assert not any(isinstance(it, PurgeThread) for it in jobs_left(university))


def test_a_thread_that_its_owner_has_left_is_deleted_for_its_worker(university: SampleUniversity) -> None:
    case = university.raised()
    id, thread = case.offload(WENDY), case.thread.id
    university.run(partial(erasures.end_account, party=ANN))
    university.run_jobs()
    assert university.home.one(ThreadReferenceKey(WENDY, id)) is not None
    university.run(partial(erasures.erase_thread, id=thread))
    university.run_jobs()
    assert university.home.one(ThreadReferenceKey(WENDY, id)) is None


@pytest.mark.parametrize("party", [ANN, SCHOOL])
def test_an_account_ends_although_threads_are_open(university: SampleUniversity, party: str) -> None:
    case = university.raised()
    university.run(partial(erasures.end_account, party=party))
    university.run_jobs()
    found = university.home.one(PartyKey(party))
    assert found is None or (isinstance(found, School) and found.ended)
    if party == SCHOOL:
        assert isinstance(worker := university.home.one(PartyKey(WENDY)), Worker | None)
        assert worker is None or worker.removed
        assert university.home.one(ThreadReferenceKey(ANN, case.raiser_id)) is not None, "its raiser keeps it"


def test_a_worker_is_parted_from_its_school(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload(WENDY)
    university.run(partial(erasures.dismiss, worker=WENDY))
    university.run_jobs()
    school, worker = university.home.one(PartyKey(SCHOOL)), university.home.one(PartyKey(WENDY))
    assert isinstance(school, School)
    assert WENDY not in school.workers
    assert isinstance(worker, Worker)
    assert worker.removed
    assert case.thread.worker is None


@pytest.mark.parametrize(
    "again",
    [
        partial(erasures.end_account, party=ANN),
        partial(erasures.dismiss, worker=WENDY),
        partial(erasures.erase_thread, id="deleted"),
        partial(erasures.end_account, party=WENDY),
        partial(erasures.dismiss, worker=ACADEMY),
        partial(erasures.end_account, party="unknown"),
    ],
)
def test_what_is_deleted_already_and_what_is_another_kind_stays(
    university: SampleUniversity, again: partial[Plan[Done]]
) -> None:
    university.run(partial(erasures.end_account, party=ANN))
    university.run(partial(erasures.dismiss, worker=WENDY))
    assert university.plan(again) == Plan(Done())
