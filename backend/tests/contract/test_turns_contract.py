"""Over every store: jobs take turns. A school with many threads closes slice by slice, and no other job waits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import ACADEMY, ANN, BOB, SCHOOL, WALT, Case, SampleUniversity, raise_
from tests.support.stores import Home, fresh
from uconnect.application import job_tasks
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain.context import Delivery
from uconnect.domain.enums import Kind, Policy
from uconnect.domain.jobs import MailSchoolInvitation, TerminateReceived
from uconnect.domain.keys import EntriesOf, Mailbox, OpenThreadCountKey, PartyKey, ThreadKey, ThreadsOf
from uconnect.domain.models import Job, School, Terminated, User, Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.usecases import account_closing, job_steps, workers

CARL, ADA = "carl", "ada"


@pytest.fixture
def university(home: Home, monkeypatch: pytest.MonkeyPatch) -> SampleUniversity:
    """Two threads are a slice, so nine are many."""
    monkeypatch.setattr(job_tasks, "THREADS_AT_ONCE", 2)
    made = SampleUniversity(home).create()
    home.keep(User(id=CARL, email="carl@x", name="Carl"), Worker(id=ADA, email="ada@x", name="Ada", school=ACADEMY))
    academy, ada = home.one(PartyKey(ACADEMY)), home.one(PartyKey(ADA))
    assert isinstance(academy, School)
    assert isinstance(ada, Worker)
    home.change(replace(academy, workers=(ADA,), policy=Policy.AUTOMATIC), replace(ada, joined=True, answered=True))
    return made.signed_in(SCHOOL)


@dataclass
class Runner:
    """Runs jobs and counts turns. After the first it calls `after_first`, after each `look`."""

    university: SampleUniversity
    after_first: Callable[[], None] = lambda: None
    look: Callable[[], None] = lambda: None
    mail: FakeMail = field(default_factory=FakeMail)
    turns: int = 0

    def run(self, most: int = 10_000) -> int:
        beyond = JobDependencies(lambda _: None, self.mail, self.mail, _raise, pytest.fail, self._progressed)
        return run_due_jobs(self.university.home.store, beyond, may_go_on=lambda: self.turns < most)

    def _progressed(self) -> None:
        self.turns += 1
        if self.turns == 1:
            self.after_first()
        self.look()


def _raise(error: Exception) -> None:
    raise error


def close(university: SampleUniversity) -> None:
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))


def nine_threads(university: SampleUniversity) -> list[Case]:
    cases = [university.raised(by) for by in [ANN] * 5 + [BOB] * 4]
    university.run_jobs()
    return cases


def left_open(university: SampleUniversity) -> int:
    count = university.home.one(OpenThreadCountKey(SCHOOL, Mailbox.RECEIVED))
    return count.open if count else 0


@pytest.mark.parametrize("long", ["a school closes", "a worker is removed"])
def test_a_letter_and_an_assignment_wait_for_one_slice_of_a_long_job_and_not_for_its_end(
    university: SampleUniversity, long: str
) -> None:
    cases = nine_threads(university)
    if long == "a school closes":
        close(university)
    else:
        for case in cases:
            case.offload(WALT)
        university.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    asked = list[str]()

    def others() -> None:
        university.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email="new@x", name="New")))
        row = university.run(raise_(CARL, ACADEMY)).row
        asked.append(Case(university, CARL, row.id).thread.id)

    def threads_to_come() -> int:
        """How many threads the long job has not come to."""
        if long == "a school closes":
            return left_open(university)
        return len(university.home.all(ThreadsOf(WALT, Mailbox.HANDLED, None, 99)))

    def look() -> None:
        if runner.mail.workers and "letter" not in waited:
            waited["letter"] = (runner.turns, threads_to_come())
        if asked and "assignment" not in waited:
            raised = university.home.one(ThreadKey(asked[0]))
            if raised is not None and raised.worker is not None:
                waited["assignment"] = (runner.turns, threads_to_come())

    waited, runner = dict[str, tuple[int, int]](), Runner(university, others, look)
    runner.run()
    for turn, to_come in waited.values():
        assert turn <= 12, "the slices of four jobs, six short jobs, and the letter and the assignment themselves"
        assert to_come >= 9 - 2 * 2, "two slices of the long job at the most"
    assert waited.keys() == {"letter", "assignment"}
    assert threads_to_come() == 0


def test_a_runner_that_dies_in_a_slice_leaves_the_rest_to_another_and_each_thread_ends_once(
    university: SampleUniversity,
) -> None:
    cases = nine_threads(university)
    close(university)
    ended = [0]

    def dying(deliveries: tuple[Delivery, ...]) -> None:
        ended[0] += len(deliveries) > 0
        if ended[0] == 4:
            raise SystemExit

    mail = FakeMail()
    with pytest.raises(SystemExit):
        run_due_jobs(university.home.store, JobDependencies(dying, mail, mail, _raise))
    assert 0 < left_open(university) < 9
    university.home.time.now += job_steps.LEASE
    university.run_jobs()
    logs = [university.home.all(EntriesOf(case.reference.thread, 0, 99)) for case in cases]
    assert [sum(isinstance(it, Terminated) for it in log) for log in logs] == [1] * 9
    assert university.home.work_left() == []


def test_a_runner_whose_time_is_up_leaves_a_long_job_to_the_next_which_need_not_wait(
    university: SampleUniversity,
) -> None:
    nine_threads(university)
    close(university)
    runner = Runner(university)
    while left_open(university) == 9:
        runner.run(most=runner.turns + 3)
    assert 0 < left_open(university) < 9
    now = university.home.time.now
    assert [(it.due, it.tries) for it in university.home.jobs() if isinstance(it.task, TerminateReceived)] == [(now, 0)]
    for _ in range(30):
        runner.run(most=runner.turns + 3)
    assert left_open(university) == 0
    assert university.home.work_left() == []


def test_behind_many_old_jobs_a_new_one_is_among_the_first(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_steps, "BATCH", 5)
    now = university.home.time.now
    old = [Job(id=f"old{it}", due=now - 60_000, task=MailSchoolInvitation(f"{it}@old")) for it in range(9)]
    university.home.keep(*old, Job(id="new", due=now, task=MailSchoolInvitation("law@new")))
    runner = Runner(university)
    assert [runner.run() for _ in range(3)] == [5 + 1, 4, 0]
    assert runner.mail.schools == ["law@new", *(f"{it}@old" for it in range(9))]
    assert university.home.work_left() == []
