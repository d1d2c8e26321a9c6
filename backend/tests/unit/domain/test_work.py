"""What a transaction left to do is done in steps that may be repeated, and struck off only when all are done."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies, no_logins
from tests.support.sample_university import (
    ACADEMY,
    ANN,
    SCHOOL,
    WALT,
    WENDY,
    Case,
    SampleUniversity,
    internal_entries,
    on_thread,
    send,
)
from tests.support.stores import Interrupted, Time, fresh
from tests.support.world import Counting
from uconnect.application import job_tasks
from uconnect.application.jobs import JobDependencies, run, run_due_jobs
from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Kind, Policy
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.jobs import (
    AssignThread,
    CountThread,
    FinishClosing,
    MailSchoolInvitation,
    MailWorkerInvitation,
    PurgeLeftThread,
    PurgeThread,
    ReturnThreads,
    TerminateReceived,
)
from uconnect.domain.keys import (
    AddressKey,
    AssignmentKey,
    EntryKey,
    InternalEntryKey,
    JobKey,
    PartyKey,
    RateLimitKey,
    ThreadReferenceKey,
)
from uconnect.domain.models import Job, School, User, Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.rules import Role
from uconnect.domain.usecases import account_closing, assignment, job_steps, registration, threads, workers
from uconnect.domain.views.mail import WorkerInvitation
from uconnect.domain.views.pages import Done
from uconnect.domain.views.school import SchoolAssignment

LATER = 10**15


@pytest.fixture
def cases(university: SampleUniversity) -> list[Case]:
    """Three threads of Wendy's, the second of which has ended; she has been removed since."""
    cases = [university.raised() for _ in range(3)]
    for case in cases:
        case.offload()
    cases[1].terminate()
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 4  # what the raises and the end left
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    return cases


def deleted(university: SampleUniversity, messages: int) -> str:
    """A thread of so many messages, that has been deleted and not yet erased."""
    university.home.time.now += 1000
    case = university.raised()
    for _ in range(messages - 1):
        university.home.time.now += 1000
        university.run(send(ANN, case.id(ANN)))
    case.terminate()
    thread = case.thread.id
    university.run(on_thread(threads.delete, ANN, case.raiser_id))
    return thread


def left(university: SampleUniversity) -> tuple[Job, ...]:
    return university.home.jobs()


def test_only_what_is_due_is_asked_for_the_oldest_first(university: SampleUniversity, time: Time) -> None:
    dues = {"early": time.now - 2, "now": time.now, "late": time.now + 1, "earlier": time.now - 3}
    university.home.keep(*(Job(id=id, due=due, task=ReturnThreads(WENDY)) for id, due in dues.items()))
    assert [job.id for job in university.ask(job_steps.due_jobs)] == ["earlier", "early", "now"]
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 3
    assert [job.id for job in left(university)] == ["late"]
    time.now += 1
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 1
    assert (left(university), run_due_jobs(university.home.store, fake_job_dependencies())) == ((), 0)


def test_at_most_fifty_are_done_at_a_time(university: SampleUniversity) -> None:
    university.home.keep(*(Job(id=f"{number}", due=1, task=ReturnThreads(WALT)) for number in range(51)))
    assert [run_due_jobs(university.home.store, fake_job_dependencies()) for _ in range(3)] == [50, 1, 0]


def test_a_job_is_struck_off_once_or_twice_alike(university: SampleUniversity) -> None:
    university.home.keep(Job(id="t", due=1, task=ReturnThreads(WENDY)))
    for _ in range(2):
        assert university.plan(partial(job_steps.finish_job, id="t")) == Plan(None, deletes=(JobKey("t"),))
        assert left(university) == ()


def test_a_removed_workers_thread_returns_as_by_a_take_back(university: SampleUniversity, cases: list[Case]) -> None:
    case = next(case for case in cases if case.thread.id == max(it.thread.id for it in cases))
    before = case.thread
    at = before.worker
    assert at
    plan = university.plan(partial(job_steps.return_next, worker=WENDY))
    home = replace(before, worker=None, school=replace(before.school, rev=before.school.rev + 1), internal_seq=2)
    assert case.thread == home
    assigned = SchoolAssignment(seq=2, at=university.home.time.now, worker=None)
    assert plan.answer is True
    assert plan.deliveries == (
        Delivery(WENDY, protocol.Gone(id=at.id, rev=at.rev + 1)),
        Delivery(ANN, None),
        Delivery(home.id, None),
        Delivery(SCHOOL, protocol.RowChanged(row=views.row(case.thread, Role.SCHOOL))),
        Delivery(SCHOOL, protocol.InternalEntryAdded(id=home.school.id, entry=assigned)),
    )


def test_all_of_a_removed_workers_threads_return_and_the_raiser_sees_nothing(
    university: SampleUniversity, cases: list[Case]
) -> None:
    before = [(views.row(case.thread, Role.RAISER), case.log()) for case in cases]
    told: list[Delivery] = []
    assert run_due_jobs(university.home.store, fake_job_dependencies(told.extend)) == 1
    assert {job.task for job in left(university)} == {PurgeLeftThread(case.thread.id) for case in cases}
    assert run_due_jobs(university.home.store, fake_job_dependencies(told.extend)) == 3
    assert [case.thread.worker for case in cases] == [None, None, None]
    assert [(views.row(case.thread, Role.RAISER), case.log()) for case in cases] == before
    assert [it.frame for it in told if it.to == ANN] == [None, None, None]
    rows = [it.frame for it in told if it.to == SCHOOL and it.frame]
    assert {it.row.id for it in rows if isinstance(it, protocol.RowChanged)} == {case.id(SCHOOL) for case in cases}
    assert left(university) == ()


def test_the_threads_of_other_workers_stay_where_they_are(university: SampleUniversity, cases: list[Case]) -> None:
    other = university.raised()
    other.offload(WALT)
    before = replace(other.thread, policy_applied=True)
    run_due_jobs(university.home.store, fake_job_dependencies())
    assert other.thread == before


def test_a_worker_without_threads_has_none_to_return(university: SampleUniversity) -> None:
    assert university.plan(partial(job_steps.return_next, worker=WENDY)) == Plan(False)


@pytest.mark.parametrize("to", ["the school", WALT, "nobody"])
def test_a_thread_that_moved_since_the_list_was_read_is_left_where_it_is(university: SampleUniversity, to: str) -> None:
    case = university.raised()
    case.offload(WENDY)

    def move() -> None:
        if to == WALT:
            case.offload(WALT)
        else:
            university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
        if to == "nobody":
            case.terminate()
            university.run(on_thread(threads.delete, ANN, case.raiser_id))

    outcome = Interrupted(university.home, partial(job_steps.return_next, worker=WENDY), move, rounds=1).run()
    assert outcome == Plan(True)
    assert to != WALT or case.id(WALT)


def test_a_deleted_thread_is_erased_in_steps_until_nothing_is_left(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_tasks, "PURGE_BATCH", 3)
    other = university.raised()
    thread = deleted(university, messages=8)
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 4  # with what two raises and an end left
    assert [university.home.one(EntryKey(thread, seq)) for seq in range(1, 10)] == [None] * 9
    assert len(other.log()) == 1


def test_what_was_cut_short_is_done_to_its_end_the_next_time(
    university: SampleUniversity, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_tasks, "THREADS_AT_ONCE", 1)
    thread = deleted(university, messages=2)
    left_by = {AssignThread: 1, CountThread: 1, PurgeThread: 1, ReturnThreads: 1}
    assert Counter(type(job.task) for job in left(university)) == left_by

    with pytest.raises(ConnectionError):
        run_due_jobs(university.home.store, fake_job_dependencies(cut_after(1)))
    assert sum(case.thread.worker is None for case in cases) == 1  # its first turn was kept, and it got no other
    assert ReturnThreads(WENDY) in [job.task for job in left(university)]

    university.run_jobs()
    university.home.time.now += job_steps.LEASE
    university.run_jobs()
    assert [case.thread.worker for case in cases] == [None, None, None]
    assert university.home.one(EntryKey(thread, 1)) is None
    assert left(university) == ()


def cut_after(deliveries: int) -> Callable[[tuple[Delivery, ...]], None]:
    remaining = iter(range(deliveries))

    def deliver(_: tuple[Delivery, ...]) -> None:
        if next(remaining, None) is None:
            raise ConnectionError

    return deliver


class Down(FakeMail):
    """A post office and an issuer that take nothing."""

    def invite_worker(self, invited: WorkerInvitation) -> None:
        raise ConnectionError

    def forget(self, issuer: str, subject: str) -> None:
        raise ConnectionError


def test_what_cannot_be_done_is_told_of_and_tried_again_a_minute_later(
    university: SampleUniversity, time: Time
) -> None:
    failed: list[Exception] = []
    university.home.keep(
        Worker(id="new", email="new@x", name="New", school=SCHOOL),
        Job(id="letter", due=time.now, task=MailWorkerInvitation("new")),
    )
    beyond = JobDependencies(no_logins, Down(), Down(), failed.append)
    assert run_due_jobs(university.home.store, beyond) == 0
    assert [type(it) for it in failed] == [ConnectionError]
    (later,) = left(university)
    assert later == Job(id="letter", due=later.due, task=MailWorkerInvitation("new"), tries=1, failures=1)
    assert job_steps.RETRY_DELAY // 2 < later.due - time.now <= job_steps.RETRY_DELAY
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 0
    time.now += job_steps.RETRY_DELAY
    post = FakeMail()
    assert run_due_jobs(university.home.store, fake_job_dependencies(post=post)) == 1
    assert [it.email for it in post.workers] == ["new@x"]


def test_those_that_cannot_be_done_however_many_keep_no_other_waiting(university: SampleUniversity, time: Time) -> None:
    university.home.keep(Worker(id="new", email="new@x", name="New", school=SCHOOL))
    university.home.keep(*(Job(id=f"{number}", due=1, task=MailWorkerInvitation("new")) for number in range(50)))
    university.home.keep(Job(id="other", due=2, task=ReturnThreads(WENDY)))
    beyond = JobDependencies(no_logins, Down(), Down(), lambda _: None)
    assert [run_due_jobs(university.home.store, beyond) for _ in range(2)] == [0, 1]


def test_a_job_that_another_has_done_meanwhile_is_not_put_off(university: SampleUniversity) -> None:
    assert university.plan(partial(job_steps.postpone_job, id="done")) == Plan(False)


@pytest.fixture
def new(university: SampleUniversity) -> Worker:
    """Somebody invited, and not written to yet."""
    command = Invite(key=fresh(), email="new@x", name="New")
    university.run(partial(workers.invite, by=SCHOOL, command=command))
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    found = university.home.one(PartyKey(school.workers[-1]))
    assert isinstance(found, Worker)
    return found


@pytest.mark.parametrize("owner", [None, ANN])
def test_who_is_invited_gets_a_letter_which_alone_tells_whether_the_address_is_taken(
    university: SampleUniversity, new: Worker, owner: str | None
) -> None:
    address = university.home.one(AddressKey("new@x"))
    assert address
    university.home.change(replace(address, party=owner))
    post = FakeMail()
    university.run_jobs(post)
    assert post.workers == [
        WorkerInvitation(email="new@x", name="New", school="School", invitation=new.id, taken=owner is not None)
    ]
    university.run_jobs(post)
    assert len(post.workers) == 1


@pytest.mark.parametrize("since", ["come", "removed", "its school closed"])
def test_nobody_is_written_to_about_an_invitation_that_no_longer_stands(
    university: SampleUniversity, new: Worker, since: str
) -> None:
    if since == "come":
        university.home.change(replace(new, joined=True))
    elif since == "removed":
        university.run(partial(workers.remove, by=SCHOOL, worker_id=new.id))
    else:
        run(university.home.store, partial(account_closing.close, by=SCHOOL), no_logins)
    post = FakeMail()
    university.run_jobs(post)
    assert post.workers == []


@pytest.mark.parametrize("id", [ANN, "nobody", "astray"])
def test_only_a_worker_of_a_school_is_written_to(university: SampleUniversity, id: str) -> None:
    university.home.keep(Worker(id="astray", email="a@x", name="A", school="nowhere"))
    assert university.ask(partial(job_steps.invitation_mail, worker=id)) is None


def pressed(university: SampleUniversity, school: str, times: int, email: str = "new@x") -> None:
    """A school invites an address, and presses "Send again" so many times."""
    command = Invite(key=fresh(), email=email, name="New")
    assert university.run(partial(workers.invite, by=school, command=command)) == Done()
    after = university.home.one(PartyKey(school))
    assert isinstance(after, School)
    for _ in range(times):
        assert university.run(partial(workers.resend, by=school, worker_id=after.workers[-1])) == Done()


@pytest.fixture
def schools(university: SampleUniversity) -> tuple[School, ...]:
    made = tuple(School(id=f"school {number}", email=f"{number}@x", name=f"School {number}") for number in range(4))
    university.home.keep(*made)
    return made


def test_one_address_gets_a_few_letters_of_schools_however_many_invite_it_and_no_school_is_told(
    university: SampleUniversity, schools: tuple[School, ...]
) -> None:
    post = FakeMail()
    for school in schools:
        pressed(university, school.id, rate_limit.INVITE.burst - 1)
        university.run_jobs(post)
    assert len(post.workers) == rate_limit.INVITATION_LETTERS.burst


def test_one_school_that_presses_again_and_again_uses_up_no_letter_of_another(university: SampleUniversity) -> None:
    post = FakeMail()
    pressed(university, ACADEMY, rate_limit.INVITE.burst - 1)
    university.run_jobs(post)
    assert [it.school for it in post.workers] == ["Academy"] * rate_limit.SCHOOLS_LETTERS.burst
    pressed(university, SCHOOL, 0)
    university.run_jobs(post)
    assert post.workers[-1].school == "School"


def test_a_letter_over_the_limit_waits_and_is_written_once_however_often_it_was_asked_for(
    university: SampleUniversity, time: Time, schools: tuple[School, ...]
) -> None:
    post = FakeMail()
    for school in schools[:3]:
        pressed(university, school.id, 2)
    university.run_jobs(post)
    post.workers.clear()
    pressed(university, SCHOOL, 5)
    university.run_jobs(post)
    assert post.workers == []
    waiting = [it for it in left(university) if isinstance(it.task, MailWorkerInvitation)]
    assert {it.due - time.now for it in waiting} == {rate_limit.INVITATION_LETTERS.every}
    assert len({it.task for it in waiting}) == len(waiting), "one of each invitation"
    assert {(it.tries, it.failures) for it in waiting} == {(0, 0)}, "to wait is neither a try nor a failure"
    assert not university.ask(job_steps.health).overdue
    for _ in waiting:
        time.now += rate_limit.INVITATION_LETTERS.every
        university.run_jobs(post)
    assert sorted(it.school for it in post.workers).count("School") == 1
    assert [it for it in left(university) if isinstance(it.task, MailWorkerInvitation)] == []


def test_a_letter_that_waits_is_not_written_once_the_invitation_is_taken_back(
    university: SampleUniversity, time: Time
) -> None:
    post = FakeMail()
    pressed(university, SCHOOL, rate_limit.SCHOOLS_LETTERS.burst)
    university.run_jobs(post)
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=school.workers[-1]))
    time.now += rate_limit.SCHOOLS_LETTERS.every
    university.run_jobs(post)
    assert len(post.workers) == rate_limit.SCHOOLS_LETTERS.burst
    assert post.withdrawn == [school.workers[-1]], "the link in the letters is worth nothing any more"
    assert [it for it in left(university) if isinstance(it.task, MailWorkerInvitation)] == []


def test_a_letter_that_another_runner_has_written_meanwhile_is_not_put_off(university: SampleUniversity) -> None:
    assert university.plan(partial(job_steps.wait_for_letters, id="done", wait=1)) == Plan(None)


def test_a_letter_that_could_not_be_written_counts_for_nothing(
    university: SampleUniversity, time: Time, new: Worker
) -> None:
    beyond = JobDependencies(no_logins, Down(), Down(), lambda _: None)
    for _ in range(rate_limit.INVITATION_LETTERS.burst + 1):
        run_due_jobs(university.home.store, beyond)
        time.now += job_steps.LATEST
    post = FakeMail()
    university.run_jobs(post)
    assert [it.email for it in post.workers] == ["new@x"]


def test_a_letter_counts_for_its_school_and_its_address(university: SampleUniversity, time: Time, new: Worker) -> None:
    used = (AddressKey(new.email), RateLimitKey(SCHOOL, job_steps.letters_to(new.email)))
    university.run(partial(job_steps.letter_written, worker=new.id))
    address, school = university.home.one(used[0]), university.home.one(used[1])
    assert address
    assert school
    assert address.letters == time.now + rate_limit.INVITATION_LETTERS.every
    assert school.due == time.now + rate_limit.SCHOOLS_LETTERS.every


def test_a_letter_that_another_used_up_the_limits_of_meanwhile_counts_no_more(
    university: SampleUniversity, time: Time, new: Worker
) -> None:
    for _ in range(9):
        university.run(partial(job_steps.letter_written, worker=new.id))
    address = university.home.one(AddressKey(new.email))
    assert address
    assert address.letters == time.now + rate_limit.INVITATION_LETTERS.every * rate_limit.INVITATION_LETTERS.burst


def test_a_letter_counts_also_for_an_address_that_nothing_is_known_of_and_not_for_nobody(
    university: SampleUniversity, time: Time
) -> None:
    university.home.keep(Worker(id="new", email="new@x", name="New", school=SCHOOL))
    university.run(partial(job_steps.letter_written, worker="new"))
    address = university.home.one(AddressKey("new@x"))
    assert address
    assert address.letters == time.now + rate_limit.INVITATION_LETTERS.every
    assert university.plan(partial(job_steps.letter_written, worker="nobody")) == Plan(None)


def test_a_school_that_the_operator_invited_gets_a_letter(university: SampleUniversity) -> None:
    university.run(partial(registration.invite_school, email="law@x"))
    post = FakeMail()
    university.run_jobs(post)
    assert (post.schools, left(university)) == (["law@x"], ())


def test_what_must_be_decided_after_a_plan_answers_in_its_place(university: SampleUniversity) -> None:
    def third(context: Context) -> Plan[str]:
        context.load(PartyKey("b"))
        return Plan("third", puts=(User(id="c", email="c@x", name="C"),))

    def second(context: Context) -> Plan[str]:
        context.load(PartyKey("a"))
        return Plan("second", (User(id="b", email="b@x", name="B"),), deliveries=(Delivery("b", None),), then=third)

    def first(context: Context) -> Plan[str]:
        return Plan("first", (User(id="a", email="a@x", name="A"),), deliveries=(Delivery("a", None),), then=second)

    heard: list[Delivery] = []
    outcome = run(university.home.store, first, heard.extend)
    assert [it.to for it in heard] == ["a", "b"], "what was decided before is told before: the last is its caller's"
    assert isinstance(outcome, Plan)
    assert outcome.answer == "third"
    assert all(university.home.one(PartyKey(id)) for id in "abc")


def test_a_refusal_ends_what_was_to_be_decided_and_keeps_what_was(university: SampleUniversity) -> None:
    def no(context: Context) -> Plan[str]:
        raise Refused(RefusalCode.TOO_FAST)

    def first(context: Context) -> Plan[str]:
        return Plan("first", puts=(User(id="a", email="a@x", name="A"),), then=no)

    assert run(university.home.store, first, no_logins) == RefusalCode.TOO_FAST.refusal
    assert university.home.one(PartyKey("a"))


def test_the_raisers_own_id_outlives_what_is_erased_to_answer_a_repetition(university: SampleUniversity) -> None:
    case = university.raised()
    case.terminate()
    for _ in range(2):
        university.run(on_thread(threads.delete, ANN, case.raiser_id))
        run_due_jobs(university.home.store, fake_job_dependencies())
    handle = university.home.one(ThreadReferenceKey(ANN, case.raiser_id))
    assert handle
    assert (handle.thread, handle.gone) == ("", 3)


def test_the_job_of_a_thread_that_is_gone_does_nothing(university: SampleUniversity) -> None:
    assert university.plan(partial(job_steps.settle_left, thread="gone")) == Plan(None)
    assert university.plan(partial(job_steps.assign_by_policy, thread="gone")) == Plan(None)


def test_letters_leave_at_once_and_all_other_jobs_at_a_random_moment(
    university: SampleUniversity, time: Time, new: Worker
) -> None:
    """A job that began right after the act that left it would run beside that party's next act."""
    time.jobs_within = 1_000_000_000
    case = university.raised()
    case.offload()
    university.run(on_thread(assignment.hand_back, WENDY, case.id(WENDY)))
    case.terminate()
    case.delete()
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    university.run(partial(account_closing.close, by=ANN))
    university.run(partial(workers.resend, by=SCHOOL, worker_id=new.id))
    university.run(partial(registration.invite_school, email="law@x"))
    dues = Counter((type(it.task), it.due == time.now) for it in left(university))
    randomly = (AssignThread, PurgeLeftThread, CountThread, PurgeThread, ReturnThreads, FinishClosing)
    later = {(task, False): 1 for task in randomly}
    assert dues == later | {(MailWorkerInvitation, True): 2, (MailSchoolInvitation, True): 1}


def test_what_the_operator_closes_is_done_at_once(university: SampleUniversity, time: Time) -> None:
    time.jobs_within = 1_000_000_000
    university.signed_in(SCHOOL)
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    assert {it.due for it in left(university)} == {time.now}


def test_what_is_counted_and_not_listed_is_ended_later_and_not_asked_for_on_and_on(
    university: SampleUniversity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that is wrong, or ahead of the list, kept the runner at this one job for ever."""
    asked: list[str] = []

    def ahead(_: Context, school: str) -> Plan[tuple[str, ...]]:
        asked.append(school)
        assert len(asked) < 9
        return Plan(())

    monkeypatch.setattr(account_closing, "open_received", ahead)
    university.signed_in(SCHOOL)
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    run_due_jobs(university.home.store, fake_job_dependencies())
    assert set(asked) == {SCHOOL}
    assert TerminateReceived(SCHOOL) in [it.task for it in left(university)]


def test_whatever_becomes_of_a_raise_its_job_loads_writes_and_looks_up_as_much(
    university: SampleUniversity, time: Time
) -> None:
    """Else the raiser's clock would say which policy the school has, and whether anybody is available (leak 30)."""
    found: dict[str, tuple[object, ...]] = {}
    for name, policy, staff, available in (
        ("by hand, nobody", Policy.BY_HAND, 0, True),
        ("by hand, five workers", Policy.BY_HAND, 5, True),
        ("automatic, nobody", Policy.AUTOMATIC, 0, True),
        ("automatic, nobody available", Policy.AUTOMATIC, 5, False),
        ("automatic, one", Policy.AUTOMATIC, 1, True),
        ("automatic, five workers", Policy.AUTOMATIC, 5, True),
    ):
        crew = [
            Worker(id=f"{name} {it}", email="", name="", school=name, joined=True, available=available)
            for it in range(staff)
        ]
        university.home.keep(
            School(id=name, email="", name=name, policy=policy, workers=tuple(it.id for it in crew)), *crew
        )
        case = university.raised(to=name)
        counting = Counting(partial(job_steps.assign_by_policy, thread=case.thread.id))
        plan = university.plan(counting)
        given = "automatic, one" in name or name == "automatic, five workers"
        assert (case.thread.worker is not None) is given
        kinds = Counter(type(it).__name__ for it in plan.puts)
        found[name] = (
            counting.reads,
            kinds,
            len(plan.deletes),
            len(plan.guards),
            len(plan.shared),
            len(plan.deliveries),
        )
        case.terminate()
    assert len({str(it) for it in found.values()}) == 1, found


def test_a_thread_that_its_school_kept_shows_nobody_what_was_written_for_that_and_is_erased_whole(
    university: SampleUniversity,
) -> None:
    case = university.raised()
    university.run_jobs()
    id = case.thread.id
    university.run(partial(job_steps.assign_by_policy, thread=id))  # cut short, it is done again
    assert university.ask(internal_entries(SCHOOL, case.id(SCHOOL))).entries == ()
    assert university.home.one(AssignmentKey(id, id))
    case.terminate()
    case.delete()
    university.run_jobs()
    kept = (AssignmentKey(id, id), ThreadReferenceKey(id, id), InternalEntryKey(id, job_steps.BEFORE_ALL))
    assert [university.home.one(key) for key in kept] == [None, None, None]


def test_of_a_removed_worker_no_name_and_no_address_are_kept(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    university.run(partial(job_steps.erase_removed_worker, worker=WENDY))
    university.run(partial(job_steps.erase_removed_worker, worker="nobody"))
    before = university.home.one(PartyKey(WENDY))
    assert isinstance(before, Worker)
    assert before.name, "she is not removed"
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    university.run_jobs()
    assert university.home.one(PartyKey(WENDY)) == replace(before, removed=True, name="", email="")
    assert case.thread.worker is None
