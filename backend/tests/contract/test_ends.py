"""Accounts end the same over every store: at once for their party, unnoticed by every worker, and leaving nothing."""

from contextlib import suppress
from functools import partial

import pytest

from tests.support.fake_job_dependencies import FakeMail, no_logins
from tests.support.polling import poll
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
    internal_entries,
    log,
    note,
    on_thread,
    raise_,
    send,
)
from tests.support.stores import Home, answer, fresh, insist, race, together
from uconnect.application.jobs import run
from uconnect.application.ports import Unavailable
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.jobs import UnassignThread
from uconnect.domain.keys import (
    AddressKey,
    AssignmentKey,
    DueJobs,
    EntryKey,
    IdempotencyKey,
    InternalEntriesOf,
    InternalEntryKey,
    LoginKey,
    Mailbox,
    OpenThreadCountKey,
    PartyKey,
    PictureKey,
    RateLimitKey,
    SchoolsOf,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import NOBODY, School, Worker
from uconnect.domain.request_bodies import PictureUpload
from uconnect.domain.usecases import account_closing, assignment, profiles, queries, registration
from uconnect.domain.views.pages import Done

LATER = 10**15


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create().signed_in(ANN, BOB, SCHOOL, ACADEMY)


def close(by: str) -> UseCase[Done]:
    return partial(account_closing.close, by=by)


def closed(university: SampleUniversity, by: str) -> Plan[Done] | Refusal:
    return run(university.home.store, close(by), no_logins)


def listed(university: SampleUniversity) -> list[str]:
    return [it.id for it in university.home.all(SchoolsOf(None, 9))]


def mailbox(university: SampleUniversity, by: str, mailbox: Mailbox) -> list[str]:
    page = university.ask(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50))
    return [it.row.id for it in page.threads]


@pytest.mark.parametrize("owner", [ANN, ACADEMY])
def test_an_owners_account_ends_and_no_worker_can_tell_until_its_own_moment(
    university: SampleUniversity, owner: str
) -> None:
    """Two threads are with two workers, one with the school, and one of another owner's stays as it is."""
    cases, other = [university.raised(owner) for _ in range(3)], university.raised(BOB)
    wendys, walts = cases[0].offload(WENDY), cases[1].offload(WALT)
    others = other.offload(WENDY)
    university.run_jobs()
    university.run(note(WENDY, wendys))
    schools, owners = [case.id(SCHOOL) for case in cases], [case.id(owner) for case in cases]
    ids, receipts = [case.thread.id for case in cases], [IdempotencyKey(owner, case.thread.key) for case in cases]

    assert isinstance(closed(university, owner), Plan)
    assert mailbox(university, SCHOOL, Mailbox.RECEIVED) == [other.id(SCHOOL)]
    for id in schools:
        assert university.refusal(log(SCHOOL, id)) == "not_found"
    assert university.refusal(send(owner, owners[0])) == "account_ended"

    post = FakeMail()
    university.run_jobs(post)
    assert post.forgotten == [("issuer", owner)]
    assert [university.home.one(ThreadKey(id)) is None for id in ids] == [False, False, True]
    assert university.home.all(ThreadsOf(owner, Mailbox.RAISED, None, 9)) == ()
    assert [it.id for it in university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 9))] == [other.thread.id]
    for by, id in ((WENDY, wendys), (WALT, walts), (WENDY, wendys)):
        university.run(send(by, id))
        assert university.ask(on_thread(queries.thread, by, id)).thread.row.state == "open"
    assert len(university.ask(log(WENDY, wendys)).entries) == 3
    assert len(university.ask(internal_entries(WENDY, wendys)).entries) == 1
    assert set(mailbox(university, WENDY, Mailbox.HANDLED)) == {wendys, others}

    moments = sorted(job.due for job in university.home.jobs() if isinstance(job.task, UnassignThread))
    assert len(moments) == 2
    assert moments[-1] - university.home.time.now < account_closing.DETACH_WINDOW
    university.home.time.now = moments[-1]
    told = university.run_jobs()
    assert {it.to for it in told if it.frame} - {NOBODY} == {WENDY, WALT}
    for by, id in ((WENDY, wendys), (WALT, walts)):
        assert university.refusal(log(by, id)) == "not_found"
    assert mailbox(university, WENDY, Mailbox.HANDLED) == [others]

    left = [
        *(ThreadKey(id) for id in ids),
        *(EntryKey(id, seq) for id in ids for seq in (1, 2, 3)),
        *(InternalEntryKey(id, seq) for id in ids for seq in (1, 2)),
        *(AssignmentKey(id, worker) for id in ids for worker in (WENDY, WALT)),
        *(ThreadReferenceKey(*it) for it in ((WENDY, wendys), (WALT, walts))),
        *(ThreadReferenceKey(SCHOOL, id) for id in schools),
        *(ThreadReferenceKey(owner, id) for id in owners),
        *receipts,
        RateLimitKey(owner, "raise"),
        AddressKey(f"{owner}@x"),
        LoginKey("issuer", owner),
    ]
    assert [university.home.one(key) for key in left] == [None] * len(left)
    assert university.home.one(PartyKey(owner)) == (
        School(id=ACADEMY, email="", name="Academy", ended=True) if owner == ACADEMY else None
    )
    assert university.home.all(DueJobs(LATER, 9)) == ()
    assert len(other.log()) == 1


def test_a_worker_who_hands_back_before_its_moment_has_it_erased_at_once(university: SampleUniversity) -> None:
    case = university.raised()
    wendys, thread = case.offload(), case.thread.id
    closed(university, ANN)
    university.run_jobs()
    university.run(on_thread(assignment.hand_back, WENDY, wendys))
    university.run_jobs()
    assert university.home.one(ThreadKey(thread)) is None
    assert university.home.all(InternalEntriesOf(thread, 0, 9)) == ()
    load = university.home.one(OpenThreadCountKey(WENDY, Mailbox.HANDLED))
    assert load is not None
    assert load.open == 0
    university.home.time.now += account_closing.DETACH_WINDOW
    university.run_jobs()
    assert university.home.all(DueJobs(LATER, 9)) == ()


def test_an_owner_with_more_threads_than_a_step_sweeps_leaves_none(university: SampleUniversity) -> None:
    cases = []
    for _ in range(8):
        university.home.time.now += 3_600_000
        cases.append(university.raised())
        cases[-1].terminate()
    ids, mine = [case.thread.id for case in cases], [case.raiser_id for case in cases]
    cases[0].delete()
    closed(university, ANN)
    university.run_jobs()
    assert [university.home.one(ThreadKey(id)) for id in ids] == [None] * 8
    assert [university.home.one(ThreadReferenceKey(ANN, id)) for id in mine] == [
        None
    ] * 8  # the one that answered a repetition, too


def test_a_schools_account_ends_and_leaves_its_name_to_those_who_asked_it(university: SampleUniversity) -> None:
    university.run(partial(profiles.update_picture, by=SCHOOL, command=PictureUpload(image=b"an owl" * 100)))
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    case = university.raised()
    case.offload()
    case.terminate()
    assert listed(university) == [ACADEMY, SCHOOL]
    assert isinstance(closed(university, SCHOOL), Plan)
    assert listed(university) == [ACADEMY]
    university.run_jobs()
    assert university.home.one(PartyKey(SCHOOL)) == School(id=SCHOOL, email="", name="School", ended=True)
    assert university.home.one(PictureKey(school.picture)) is None
    for worker in (WENDY, WALT):
        found = university.home.one(PartyKey(worker))
        assert isinstance(found, Worker)
        assert found.removed
    assert case.thread.worker is None
    assert len(university.ask(log(ANN, case.raiser_id)).entries) == 2  # who raised it still reads it, and deletes it
    thread = case.thread.id
    case.delete()
    university.run_jobs()
    assert university.home.one(EntryKey(thread, 1)) is None


def test_a_school_that_is_still_asked_goes_on_in_the_directory_too(university: SampleUniversity) -> None:
    case = university.raised()
    outcome = closed(university, SCHOOL)
    assert isinstance(outcome, Refusal)
    assert outcome.sentence.endswith("Open now: 1.")
    university.run_jobs()
    assert listed(university) == [ACADEMY, SCHOOL]
    university.run(send(SCHOOL, case.id(SCHOOL)))
    case.terminate()
    assert isinstance(closed(university, SCHOOL), Plan)


def test_between_its_flip_and_its_count_a_school_is_in_no_directory(university: SampleUniversity) -> None:
    university.run(close(SCHOOL))
    assert listed(university) == [ACADEMY]
    university.raised(to=ACADEMY)
    university.run_jobs()  # cut short there, the job goes on
    assert listed(university) == [ACADEMY]
    assert university.home.one(PartyKey(SCHOOL)) == School(id=SCHOOL, email="", name="School", ended=True)


def test_the_operator_closes_a_school_and_its_threads_end_for_those_who_raised_them(
    university: SampleUniversity,
) -> None:
    cases = []
    for by in (ANN, BOB, ACADEMY, ANN):
        university.home.time.now += 3_600_000
        cases.append(university.raised(by))
    cases[0].offload()
    cases[1].terminate()
    operator = partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL)
    assert university.run(operator) == SCHOOL
    university.run_jobs()
    assert [case.thread.state for case in cases] == ["terminated"] * 4
    assert [len(case.log()) for case in cases] == [2] * 4
    load = university.home.one(OpenThreadCountKey(SCHOOL, Mailbox.RECEIVED))
    assert load is not None
    assert load.open == 0
    assert university.refusal(operator) == "not_found"
    for case in cases:
        case.delete()
    university.run_jobs()
    assert university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 9)) == ()


def test_who_ended_comes_again_as_somebody_new(university: SampleUniversity) -> None:
    find_login = registration.Registration(site=Kind.USER, issuer="issuer", subject=ANN, email="ann@x", name="Ann")
    closed(university, ANN)
    assert university.refusal(partial(registration.register, command=find_login)) == "account_ended"
    university.run_jobs()
    again = university.run(partial(registration.register, command=find_login))
    assert again != ANN
    assert mailbox(university, again, Mailbox.RAISED) == []


# --- at the same moment


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("_", range(3))
def test_a_raise_is_refused_or_the_closing_is(university: SampleUniversity, _: int) -> None:
    raising = [partial(insist, university.home, raise_(by, ACADEMY)) for by in (ANN, BOB, SCHOOL) for _ in range(2)]
    outcomes = together([*raising[:3], partial(closed, university, ACADEMY), *raising[3:]])
    raises, closing_ = [*outcomes[:3], *outcomes[4:]], outcomes[3]
    academy = university.home.one(PartyKey(ACADEMY))
    assert isinstance(academy, School)
    open_now = university.home.one(OpenThreadCountKey(ACADEMY, Mailbox.RECEIVED))
    assert open_now is not None
    assert len(answers_of(raises)) == open_now.open
    assert codes(raises) <= {"not_found"}
    if open_now.open:
        assert codes([closing_]) == {"still_asked"}
        assert (academy.ended, academy.closing) == (False, False)
    else:
        assert isinstance(closing_, Plan)
        assert academy.ended


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("_", range(3))
def test_whatever_happens_at_once_to_an_ending_owners_thread_nothing_of_it_stays(
    university: SampleUniversity, _: int
) -> None:
    case = university.raised()
    wendys, anns, thread = case.offload(), case.id(ANN), case.thread.id
    acts: list[UseCase[object]] = [
        close(ANN),
        send(ANN, anns),
        send(WENDY, wendys, key=fresh()),
        note(WENDY, wendys),
        on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)),
        partial(account_closing.detach_next, party=ANN),
        close(ANN),
        partial(account_closing.detach_next, party=ANN),
        on_thread(assignment.hand_back, WENDY, wendys),
    ]
    assert codes(race(university.home, acts)) <= {"account_ended", "not_found"}
    university.run_jobs()
    university.home.time.now += account_closing.DETACH_WINDOW
    university.run_jobs()
    assert university.home.one(ThreadKey(thread)) is None
    assert university.home.all(InternalEntriesOf(thread, 0, 9)) == ()
    assert university.home.one(EntryKey(thread, 1)) is None
    for by, it in ((ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED), (WENDY, Mailbox.HANDLED)):
        assert university.home.all(ThreadsOf(by, it, None, 9)) == ()
    assert university.home.one(PartyKey(ANN)) is None
    assert university.home.all(DueJobs(LATER, 9)) == ()


def patiently(university: SampleUniversity) -> None:
    """Do what is due, again if the store was too busy for it."""

    def work() -> bool:
        with suppress(Unavailable):
            university.run_jobs()
            return True
        return False

    poll(work, what="the store is not too busy", pause=0.001)


@pytest.mark.usefixtures("impatient")
def test_jobs_that_run_twice_at_once_do_once_what_they_do(university: SampleUniversity) -> None:
    """As on AWS, where the call and the timer may both run what is due."""
    for worker in (WENDY, WALT, WENDY):
        university.raised().offload(worker)
    university.raised(ACADEMY).offload(WALT)
    closed(university, ANN)
    university.run(partial(account_closing.close_by_admin, email="school@x", kind=Kind.SCHOOL))
    together([partial(patiently, university)] * 3)
    university.home.time.now += account_closing.DETACH_WINDOW
    together([partial(patiently, university)] * 3)
    assert university.home.work_left() == []
    assert university.home.all(ThreadsOf(WENDY, Mailbox.HANDLED, None, 9)) == ()
    (kept_,) = university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 9))
    assert (kept_.raiser.party, kept_.state, kept_.worker) == (ACADEMY, "terminated", None)
    assert answer(university.home.store.ask(partial(account_closing.is_active, party=ACADEMY)))
