"""A job that cannot be done is tried less and less often and then set aside; two runners never both do one."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail
from tests.support.sample_university import ANN, SCHOOL, WALT, SampleUniversity
from tests.support.stores import Time
from uconnect.application import job_tasks, jobs
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Context, DueJob, Plan
from uconnect.domain.jobs import CountThread, JobTask, MailSchoolInvitation, Milestone, PurgeThread, ReturnThreads
from uconnect.domain.keys import EntriesOf, JobKey
from uconnect.domain.models import Job, UnreadableJob
from uconnect.domain.usecases import figures, job_steps
from uconnect.domain.views.admin import JobBacklog, JobHealth, JobSetAside

LAW = "law@example.org"


class Broken(FakeMail):
    """A post office that fails in a way nobody foresaw."""

    def invite_school(self, email: str) -> None:
        super().invite_school(email)
        raise KeyError(email)


class Runner:
    """One runner of jobs, and what it was told."""

    def __init__(self, university: SampleUniversity, mail: FakeMail) -> None:
        self.university, self.append_message = university, mail
        self.failed: list[Exception] = []
        self.jobs_set_aside: list[str] = []

    def run(self) -> int:
        beyond = JobDependencies(
            lambda _: None, self.append_message, self.append_message, self.failed.append, self.jobs_set_aside.append
        )
        return run_due_jobs(self.university.home.store, beyond)


def poison(due: int = 1) -> UnreadableJob:
    return UnreadableJob(id="poison", due=due, body='{"type":"of a later release"}')


def test_a_job_that_nobody_can_read_is_set_aside_at_once_and_the_others_are_done(university: SampleUniversity) -> None:
    university.home.keep(poison(), Job(id="other", due=2, task=ReturnThreads(WALT)))
    runner = Runner(university, FakeMail())
    assert runner.run() == 1
    assert runner.jobs_set_aside == ["unreadable"]
    assert university.home.one(JobKey("poison")) == poison(due=job_steps.SET_ASIDE)
    assert university.home.one(JobKey("other")) is None
    assert (runner.run(), runner.jobs_set_aside) == (0, ["unreadable"]), "it is told once"


def test_a_job_that_fails_again_and_again_waits_longer_each_time_and_is_then_set_aside(
    university: SampleUniversity, time: Time
) -> None:
    university.home.keep(Job(id="letter", due=time.now, task=MailSchoolInvitation(LAW)))
    runner, waits = Runner(university, Broken()), []
    while not runner.jobs_set_aside:
        assert runner.run() == 0
        (job,) = university.home.jobs()
        if job.due != job_steps.SET_ASIDE:
            waits.append((job.due - time.now) / 60_000)
            time.now = job.due
    longest = [1, 2, 4, 8, 16, 32, 60, 60, 60]  # minutes
    assert all(most / 2 < wait <= most for wait, most in zip(waits, longest, strict=True))
    assert runner.jobs_set_aside == ["MailSchoolInvitation"]
    assert [type(it) for it in runner.failed] == [KeyError] * job_steps.TRIES
    time.now += 10**9
    assert (runner.run(), len(runner.failed)) == (0, job_steps.TRIES), "it is not tried any more"
    assert university.ask(job_steps.jobs_set_aside) == (JobSetAside("letter", "MailSchoolInvitation", job_steps.TRIES),)


def test_a_job_that_ends_its_own_process_each_time_is_set_aside_too(university: SampleUniversity, time: Time) -> None:
    class Deadly(FakeMail):
        def invite_school(self, email: str) -> None:
            raise SystemExit

    university.home.keep(Job(id="letter", due=time.now, task=MailSchoolInvitation(LAW)))
    runner = Runner(university, Deadly())
    for _ in range(job_steps.CUT_SHORT):
        with pytest.raises(SystemExit):
            runner.run()
        time.now += job_steps.LEASE
    assert (runner.run(), runner.jobs_set_aside) == (0, ["MailSchoolInvitation"])


def test_tries_that_were_cut_short_do_not_count_as_failures(university: SampleUniversity, time: Time) -> None:
    university.home.keep(Job(id="letter", due=time.now, task=MailSchoolInvitation(LAW), tries=job_steps.TRIES - 1))
    runner = Runner(university, Broken())
    assert (runner.run(), runner.jobs_set_aside) == (0, [])
    (later,) = university.home.jobs()
    assert later.due - time.now <= job_steps.RETRY_DELAY, "it waits as after a first failure"
    for _ in range(job_steps.TRIES - 1):
        time.now += job_steps.LATEST
        runner.run()
    assert (len(runner.failed), runner.jobs_set_aside) == (job_steps.TRIES, ["MailSchoolInvitation"])


def test_what_one_runner_has_taken_another_leaves_alone_until_its_lease_has_run_out(
    university: SampleUniversity, time: Time
) -> None:
    university.home.keep(job := Job(id="letter", due=time.now, task=MailSchoolInvitation(LAW)))
    mail = FakeMail()

    class Slow(FakeMail):
        def invite_school(self, email: str) -> None:
            assert Runner(university, mail).run() == 0
            time.now += job_steps.LEASE - 1
            assert Runner(university, mail).run() == 0
            super().invite_school(email)

    slow = Slow()
    assert Runner(university, slow).run() == 1
    assert (slow.schools, mail.schools) == ([LAW], [])
    assert not university.run(partial(job_steps.claim, job=job, lease=1)), "it is done"


def test_of_two_runners_that_have_the_same_list_one_does_a_job(university: SampleUniversity, time: Time) -> None:
    job = Job(id="letter", due=time.now, task=MailSchoolInvitation(LAW))
    university.home.keep(job)
    assert [university.run(partial(job_steps.claim, job=job, lease=job_steps.LEASE)) for _ in range(2)] == [True, False]
    set_aside = poison()
    university.home.keep(set_aside)
    assert [university.run(partial(job_steps.set_aside, job=set_aside)) for _ in range(2)] == [True, False]
    assert not university.run(partial(job_steps.set_aside, job=Job(id="gone", due=1, task=ReturnThreads(WALT))))


def test_what_another_runner_did_since_the_list_was_read_is_neither_done_nor_told_again(
    university: SampleUniversity,
) -> None:
    university.home.keep(Job(id="first", due=1, task=MailSchoolInvitation("first@x")), poison(due=2))
    university.home.keep(Job(id="last", due=3, task=MailSchoolInvitation("last@x")))
    second = Runner(university, FakeMail())

    class Slow(FakeMail):
        def invite_school(self, email: str) -> None:
            assert second.run() == 1
            super().invite_school(email)

    first = Runner(university, Slow())
    assert first.run() == 1
    assert (first.append_message.schools, second.append_message.schools) == (["first@x"], ["last@x"])
    assert (first.jobs_set_aside, second.jobs_set_aside) == ([], ["unreadable"])


def test_the_operator_lets_what_was_set_aside_run_again(university: SampleUniversity, time: Time) -> None:
    university.home.keep(
        poison(due=job_steps.SET_ASIDE),
        Job(id="late", due=job_steps.SET_ASIDE, task=MailSchoolInvitation(LAW), tries=10, failures=9),
    )
    university.home.keep(Job(id="waiting", due=time.now + 1, task=MailSchoolInvitation(LAW)))
    assert [university.run(partial(job_steps.retry, id=id)) for id in ("late", "poison", "waiting", "gone")] == [
        True,
        True,
        False,
        False,
    ]
    assert university.home.one(JobKey("late")) == Job(id="late", due=time.now, task=MailSchoolInvitation(LAW))
    assert university.home.one(JobKey("poison")) == poison(due=time.now)


def test_health_says_when_a_job_waits_too_long_and_how_many_are_set_aside(
    university: SampleUniversity, time: Time
) -> None:
    assert university.ask(job_steps.health) == JobHealth(overdue=False, set_aside=0)
    university.home.keep(Job(id="waiting", due=time.now, task=ReturnThreads(WALT)), poison(due=job_steps.SET_ASIDE))
    assert university.ask(job_steps.health) == JobHealth(overdue=False, set_aside=1)
    time.now += job_steps.OVERDUE
    assert university.ask(job_steps.health) == JobHealth(overdue=True, set_aside=1)
    assert university.ask(job_steps.jobs_set_aside) == (JobSetAside("poison", "unreadable", 0),)


def test_the_backlog_is_for_how_long_the_oldest_job_waits(university: SampleUniversity, time: Time) -> None:
    assert university.ask(job_steps.backlog) == JobBacklog(oldest=0, set_aside=0)
    university.home.keep(Job(id="waiting", due=time.now, task=ReturnThreads(WALT)), poison(due=job_steps.SET_ASIDE))
    time.now += 5_000
    assert university.ask(job_steps.backlog) == JobBacklog(oldest=5_000, set_aside=1)


@pytest.mark.parametrize("task", ["return", "erase"])
def test_a_long_job_keeps_its_lease_while_it_goes_on_and_is_never_overdue(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setattr(job_tasks, "PURGE_BATCH", 1)
    monkeypatch.setattr(job_tasks, "THREADS_AT_ONCE", 1)
    cases = [university.raised() for _ in range(4)]
    for case in cases:
        case.offload(WALT)
        cases[0].send(ANN)
    university.run_jobs()
    university.home.keep(
        Job(id="long", due=time.now, task=ReturnThreads(WALT) if task == "return" else PurgeThread(cases[0].thread.id))
    )
    mail, steps, failed = FakeMail(), list[int](), list[Exception]()

    def a_step_takes_long() -> None:
        steps.append(time.now)
        time.now += job_steps.LEASE - 1
        job = university.home.one(JobKey("long"))
        assert job is None or job.due > time.now, "no other runner may take it"
        assert isinstance(job, Job | None)
        assert job is None or job.tries == 1

    beyond = JobDependencies(lambda _: None, mail, mail, failed.append, pytest.fail, a_step_takes_long)
    threads_left = len(cases) if task == "return" else 0  # each leaves a job, which gets its turn meanwhile
    assert run_due_jobs(university.home.store, beyond) == 1 + threads_left
    assert failed == []
    assert len(steps) >= len(cases)
    assert university.home.one(JobKey("long")) is None


def test_more_long_jobs_than_take_turns_at_once_are_all_done_and_none_counts_as_cut_short(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_tasks, "PURGE_BATCH", 1)
    monkeypatch.setattr(jobs, "LONG_AT_ONCE", 2)
    cases = [university.raised() for _ in range(5)]
    for case in cases:
        for _ in range(2):
            case.send(ANN)
    university.run_jobs()
    threads = [it.thread.id for it in cases]
    university.home.keep(*(Job(id=it, due=time.now, task=PurgeThread(it)) for it in threads))
    tries = list[int]()

    def progressed() -> None:
        tries.extend(it.tries for it in university.home.jobs())
        assert sum(it.due > time.now for it in university.home.jobs()) <= 2 + 1, "no more are claimed"

    mail = FakeMail()
    failed = list[Exception]()
    beyond = JobDependencies(lambda _: None, mail, mail, failed.append, pytest.fail, progressed)
    while university.home.jobs():
        run_due_jobs(university.home.store, beyond)
    assert failed == []
    assert max(tries) == 1
    assert [university.home.all(EntriesOf(it, 0, 9)) for it in threads] == [()] * 5


def test_a_job_that_is_gone_is_not_let_go(university: SampleUniversity) -> None:
    assert university.plan(partial(job_steps.release, id="gone")) == Plan(None)


def test_only_a_lease_that_runs_out_soon_is_renewed(university: SampleUniversity, time: Time) -> None:
    job = Job(id="letter", due=time.now + 501, task=MailSchoolInvitation(LAW))
    university.home.keep(job)
    renew = partial(job_steps.renew, id="letter", lease=1000)
    assert (university.ask(partial(job_steps.runs_out, id="letter", lease=1000)), university.plan(renew)) == (
        False,
        Plan(None),
    )
    time.now += 1
    assert university.ask(partial(job_steps.runs_out, id="letter", lease=1000))
    university.run(renew)
    assert university.home.one(JobKey("letter")) == replace(job, due=time.now + 1000)
    assert not university.ask(partial(job_steps.runs_out, id="gone", lease=1000))
    assert university.plan(partial(job_steps.renew, id="gone", lease=1000)) == Plan(None)


def test_a_runner_that_is_handed_jobs_does_these_alone_and_none_that_another_has_taken(
    university: SampleUniversity,
) -> None:
    kept = [Job(id=f"o{number}", due=1, task=MailSchoolInvitation(f"{number}@x")) for number in range(4)]
    university.home.keep(*kept)
    assert university.run(partial(job_steps.claim, job=kept[1], lease=60_000))
    handed = tuple(DueJob(*it) for it in (("o0", 1), ("o0", 1), ("o1", 1), ("o2", 2), ("gone", 1)))
    find = partial(job_steps.handed_jobs, handed=handed)
    post = FakeMail()
    beyond = JobDependencies(lambda _: None, post, post, lambda error: None)
    assert run_due_jobs(university.home.store, beyond, find=find) == 1
    assert post.schools == ["0@x"], "the second is claimed, and the third is due at another time than was said"


def test_what_is_handed_to_runners_is_left_to_them_for_a_while_and_recurring_jobs_are_not(
    university: SampleUniversity,
) -> None:
    now = university.home.time.now
    kept = [
        Job(id="late", due=now - job_steps.LATE, task=ReturnThreads(WALT)),
        Job(id="later", due=now - job_steps.LATE - 1, task=ReturnThreads(WALT)),
        Job(id="soon", due=now - job_steps.LATE + 1, task=ReturnThreads(WALT)),
        Job(id="recurring", due=now, task=ReturnThreads(WALT)),
        Job(id="recurring too", due=now + 1, task=ReturnThreads(WALT)),
    ]
    university.home.keep(*kept)
    recurring = (JobKey("recurring"), JobKey("recurring too"), JobKey("none"))
    orders = {
        tuple(it.id for it in university.ask(partial(job_steps.late_jobs, recurring=recurring))) for _ in range(40)
    }
    assert orders == {("recurring", "later", "late"), ("recurring", "late", "later")}


def test_how_far_jobs_are_behind_is_told(university: SampleUniversity) -> None:
    assert university.ask(job_steps.backlog) == JobBacklog(oldest=0, set_aside=0)
    now = university.home.time.now
    university.home.keep(
        Job(id="late", due=now - 7_000, task=ReturnThreads(WALT)),
        Job(id="soon", due=now + 1, task=ReturnThreads(WALT)),
        Job(id="aside", due=job_steps.SET_ASIDE, task=ReturnThreads(WALT)),
    )
    assert university.ask(job_steps.backlog) == JobBacklog(oldest=7_000, set_aside=1)


def test_what_cannot_be_counted_is_put_off_and_counted_once(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = CountThread(SCHOOL, Milestone.END, time.now, 1)
    university.home.keep(*(Job(id=f"count{number}", due=time.now, task=task) for number in range(3)))
    tries: list[int] = []

    def busy(context: Context, counts: tuple[figures.JobCount, ...], local_time: figures.LocalTime) -> Plan[None]:
        tries.append(len(counts))
        raise Unavailable

    runner = Runner(university, FakeMail())
    with monkeypatch.context() as patched:
        patched.setattr(figures, "count", busy)
        assert runner.run() == 0
    assert tries == [3] * jobs.COUNT_TRIES
    assert [type(it) for it in runner.failed] == [Unavailable] * 3
    assert all(time.now < it.due <= time.now + job_steps.RETRY_DELAY for it in university.home.jobs())
    time.now += job_steps.RETRY_DELAY
    assert runner.run() == 3
    assert sum(university.ask(partial(figures.figures, by=SCHOOL)).weeks[0].settled) == 3


@pytest.mark.parametrize("busy", ["claim", "postpone_job"])
def test_a_store_that_is_busy_keeps_no_other_job_waiting_and_none_is_claimed_in_vain(
    busy: str, university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second job cannot be claimed, or put off; the first had to be counted, and the third had not begun."""
    counted = CountThread(SCHOOL, Milestone.END, time.now, 1)
    tasks: tuple[JobTask, ...] = (counted, MailSchoolInvitation(LAW), counted)
    university.home.keep(*(Job(id=f"o{number}", due=time.now - 3 + number, task=it) for number, it in enumerate(tasks)))
    act = getattr(job_steps, busy)

    def unless_second(context: Context, *of: Any, **named: Any) -> Plan[bool]:
        if "o1" in {named.get("id"), getattr(named.get("job"), "id", None)}:
            raise Unavailable
        done: Plan[bool] = act(context, *of, **named)
        return done

    runner = Runner(university, Broken())
    with monkeypatch.context() as patched:
        patched.setattr(job_steps, busy, unless_second)
        if busy == "claim":
            with pytest.raises(Unavailable):
                runner.run()
        else:
            assert runner.run() == 2
    (left,) = university.home.jobs()
    assert left.id == "o1", "the others are counted, which ends them"
    assert (left.due > time.now) == (busy == "postpone_job")
    assert sum(university.ask(partial(figures.figures, by=SCHOOL)).weeks[0].settled) == 2


def test_long_jobs_are_left_for_others_when_a_store_is_busy(
    university: SampleUniversity, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_tasks, "PURGE_BATCH", 1)
    cases = [university.raised() for _ in range(2)]
    for case in cases:
        case.send(ANN)
    university.run_jobs()
    threads = [it.thread.id for it in cases]
    university.home.keep(*(Job(id=it, due=time.now, task=PurgeThread(it)) for it in threads))
    rival = Job(id="rival", due=time.now, task=PurgeThread("none"))
    university.home.keep(rival)
    claim = job_steps.claim

    def unless_rival(context: Context, job: Any, lease: int) -> Plan[bool]:
        if job.id == rival.id:
            raise Unavailable
        return claim(context, job, lease)

    monkeypatch.setattr(job_steps, "claim", unless_rival)
    with pytest.raises(Unavailable):
        Runner(university, FakeMail()).run()
    assert [it.due for it in university.home.jobs()] == [time.now] * 3, "nobody waits for the end of a lease"
