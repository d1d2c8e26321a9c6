"""When an owner's account ends, raiser and school lose its threads at once; a worker must not be able to tell."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import FakeMail, no_logins
from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    SampleUniversity,
    internal_entries,
    log,
    note,
    on_thread,
    send,
)
from tests.support.sample_university import offload as offload_to
from tests.support.sample_university import seen as seen_by
from tests.support.sample_university import typing as typing_by
from tests.support.stores import Interrupted, Time, fresh
from tests.unit.domain.test_accounts import enter, find_login
from uconnect.application.jobs import run
from uconnect.domain import protocol, views
from uconnect.domain.context import Context, Delivery, Plan, UseCase, Wanted
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.jobs import UnassignThread
from uconnect.domain.keys import (
    DueJobs,
    EntryKey,
    IdempotencyKey,
    InternalEntriesOf,
    LoginKey,
    Mailbox,
    PartyKey,
    PictureKey,
    RateLimitKey,
    ThreadKey,
    ThreadReferenceKey,
)
from uconnect.domain.models import NOBODY, LoginSubject, School, Thread
from uconnect.domain.request_bodies import PictureUpload
from uconnect.domain.rules import Role
from uconnect.domain.usecases import account_closing, assignment, job_steps, profiles, queries, workers

OWNERS = pytest.mark.parametrize("owner", [ANN, ACADEMY])
LATER = 10**15


@pytest.fixture
def university(university: SampleUniversity) -> SampleUniversity:
    return university.signed_in(ANN, BOB, SCHOOL, ACADEMY)


def end(university: SampleUniversity, owner: str) -> None:
    """The flip, and nothing after it."""
    assert isinstance(run(university.home.store, partial(account_closing.close, by=owner), no_logins), Plan)


def part(owner: str) -> UseCase[bool]:
    return partial(account_closing.detach_next, party=owner)


def head(university: SampleUniversity, thread: str) -> Thread:
    found = university.home.one(ThreadKey(thread))
    assert found
    return found


def leaving(university: SampleUniversity) -> dict[str, int]:
    """When each thread's worker loses it, in ms from now."""
    return {
        it.task.thread: it.due - university.home.time.now
        for it in university.home.jobs()
        if isinstance(it.task, UnassignThread)
    }


def mailbox(university: SampleUniversity, by: str, mailbox: Mailbox) -> Any:
    return university.ask(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50))


class Fetching:
    """A use case, and each key that a store had to fetch for it: what is known is not fetched again."""

    def __init__(self, use_case: UseCase[Any]) -> None:
        self._use_case = use_case
        self.keys: set[Any] = set()

    def __call__(self, context: Context) -> Plan[Any]:
        self.keys.clear()
        fetch = context.fetch

        def record_reads(context: Context, wanted: Wanted) -> None:
            self.keys |= {*wanted}
            fetch(context, wanted)

        context.fetch = record_reads
        return self._use_case(context)


@pytest.mark.parametrize("act", ["send", "send again", "typing", "seen", "note", "hand back", "thread", "log", "notes"])
def test_a_worker_waits_for_no_fetch_more_at_a_thread_that_is_nobodys(university: SampleUniversity, act: str) -> None:
    fetched = []
    for ends in (False, True):
        case, key = university.raised(ANN), fresh()
        id = case.offload()
        university.run(send(WENDY, id, key=key))
        if ends:
            end(university, ANN)
            assert university.run(part(ANN))
        acts = worker_acts(id) | {
            "send again": send(WENDY, id, key=key),
            "thread": on_thread(queries.thread, WENDY, id),
            "log": log(WENDY, id),
            "notes": internal_entries(WENDY, id),
        }
        fetching = Fetching(acts[act])
        assert isinstance(university.home.store.run(fetching), Plan)
        fetched.append(len(fetching.keys))
    assert fetched[0] == fetched[1]


# --- the flip: from it on, and before any step


@OWNERS
def test_from_the_flip_the_school_lists_and_finds_nothing_of_an_owners_threads(
    university: SampleUniversity, owner: str
) -> None:
    case, other = university.raised(owner), university.raised(BOB)
    case.offload()
    id = case.id(SCHOOL)
    end(university, owner)
    page = mailbox(university, SCHOOL, Mailbox.RECEIVED)
    assert [it.row.id for it in page.threads] == [other.id(SCHOOL)]
    assert [it.id for it in page.people] == [BOB]
    for use_case in (
        on_thread(queries.thread, SCHOOL, id),
        log(SCHOOL, id),
        internal_entries(SCHOOL, id),
        note(SCHOOL, id),
        send(SCHOOL, id),
        seen_by(SCHOOL, id, 1, 1),
        typing_by(SCHOOL, id),
        offload_to(id, WALT),
        on_thread(assignment.take_back, SCHOOL, id),
    ):
        assert university.home.store.run(use_case) == RefusalCode.NOT_FOUND.refusal


def worker_acts(id: str) -> dict[str, UseCase[Any]]:
    return {
        "send": send(WENDY, id),
        "typing": typing_by(WENDY, id),
        "seen": seen_by(WENDY, id, 1, 1),
        "note": note(WENDY, id),
        "hand back": on_thread(assignment.hand_back, WENDY, id),
        "return": partial(job_steps.return_next, worker=WENDY),
    }


@pytest.mark.parametrize("act", worker_acts(""))
@OWNERS
def test_from_the_flip_the_school_hears_nothing_of_what_a_worker_does_there(
    university: SampleUniversity, owner: str, act: str
) -> None:
    case = university.raised(owner)
    id = case.offload()
    end(university, owner)
    plan = university.plan(worker_acts(id)[act])
    assert {it.to for it in plan.deliveries if it.frame} <= {WENDY, NOBODY}


@pytest.mark.parametrize("parted", [False, True])
@OWNERS
def test_a_send_that_is_said_again_is_not_told_to_the_school_either(
    university: SampleUniversity, owner: str, parted: bool
) -> None:
    case = university.raised(owner)
    use_case = send(WENDY, case.offload(), key=fresh())
    first = university.run(use_case)
    end(university, owner)
    if parted:
        university.run(part(owner))
    plan = university.plan(use_case)
    assert plan.answer == first
    assert [it.to for it in plan.deliveries] == [NOBODY, WENDY, NOBODY]


@OWNERS
def test_to_a_worker_its_thread_is_as_it_was_before_and_after_it_is_parted(
    university: SampleUniversity, owner: str, time: Time
) -> None:
    case = university.raised(owner)
    id, thread = case.offload(), case.thread.id
    university.run(send(ANN if owner == ANN else ACADEMY, case.id(owner)))
    university.run(note(SCHOOL, case.id(SCHOOL)))

    def shown() -> list[Any]:
        return [
            university.ask(on_thread(queries.thread, WENDY, id)),
            university.ask(log(WENDY, id)),
            university.ask(internal_entries(WENDY, id)),
            mailbox(university, WENDY, Mailbox.HANDLED),
        ]

    before = shown()
    end(university, owner)
    assert shown() == before
    plan = university.plan(part(owner))
    assert WENDY not in {it.to for it in plan.deliveries}
    assert shown() == before
    time.now += account_closing.DETACH_WINDOW
    ack = university.run(send(WENDY, id))
    assert (ack.entry.seq, ack.row.rev) == (3, before[0].thread.row.rev + 1)
    university.run(note(WENDY, id))
    university.run(seen_by(WENDY, id, 3, 2))
    university.run(typing_by(WENDY, id))
    assert head(university, thread).seq == 3


# --- parting


@OWNERS
def test_a_thread_that_the_school_has_itself_is_gone_for_it_and_erased(
    university: SampleUniversity, owner: str
) -> None:
    case = university.raised(owner)
    before, mine = case.thread, case.raiser_id
    end(university, owner)
    plan = university.plan(part(owner))
    school = before.school
    assert plan.deliveries == (Delivery(SCHOOL, protocol.Gone(id=school.id, rev=school.rev + 1)),)
    assert set(plan.deletes) == {
        ThreadKey(before.id),
        ThreadReferenceKey(owner, mine),
        ThreadReferenceKey(SCHOOL, school.id),
    }
    university.run_jobs()
    assert university.home.one(EntryKey(before.id, 1)) is None
    assert leaving(university) == {}


@OWNERS
def test_a_thread_that_a_worker_has_is_nobodys_but_that_workers(university: SampleUniversity, owner: str) -> None:
    case = university.raised(owner)
    case.offload()
    before, mine = case.thread, case.raiser_id
    end(university, owner)
    plan = university.plan(part(owner))
    assert head(university, before.id) == replace(
        before, raiser=replace(before.raiser, party=NOBODY), school=replace(before.school, party=NOBODY)
    )
    assert plan.deliveries == (Delivery(SCHOOL, protocol.Gone(id=before.school.id, rev=before.school.rev + 1)),)
    assert set(plan.deletes) == {ThreadReferenceKey(owner, mine), ThreadReferenceKey(SCHOOL, before.school.id)}
    assert leaving(university).keys() == {before.id}


def test_each_worker_loses_each_thread_at_a_moment_of_its_own_within_six_hours(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(5)]
    for case, worker in zip(cases, (WENDY, WALT, WENDY, WALT, WENDY), strict=True):
        case.offload(worker)
    university.run_jobs()
    end(university, ANN)
    university.run_jobs()
    moments = sorted(leaving(university).values())
    assert len(set(moments)) == 5
    assert 0 <= moments[0] < moments[-1] < 6 * 3_600_000


def test_that_moment_may_be_any_within_the_six_hours(university: SampleUniversity) -> None:
    drawn = [account_closing._random_delay(fresh()) for _ in range(2_000)]
    sixths = {it // 3_600_000 for it in drawn}
    assert sixths == set(range(6))
    assert account_closing._random_delay("A" * 22) == 0


def test_when_it_has_come_the_worker_loses_the_thread_as_by_a_take_back_and_all_of_it_is_erased(
    university: SampleUniversity, time: Time
) -> None:
    case, taken = university.raised(), university.raised(BOB)
    id, other = case.offload(), taken.offload()
    university.run(send(WENDY, id))
    university.run(send(WENDY, other))
    university.run(note(WENDY, id))
    thread = case.thread.id
    back = university.plan(on_thread(assignment.take_back, SCHOOL, taken.id(SCHOOL)))
    end(university, ANN)
    university.run_jobs()
    assert university.ask(log(WENDY, id))
    time.now += account_closing.DETACH_WINDOW
    told = university.run_jobs()
    (gone,) = [it.frame for it in told if it.to == WENDY]
    (lost,) = [it.frame for it in back.deliveries if it.to == WENDY]
    assert isinstance(gone, protocol.Gone)
    assert isinstance(lost, protocol.Gone)
    assert (gone.id, gone.rev) == (id, lost.rev)  # both had two rows
    assert (
        university.home.store.ask(log(WENDY, id))
        == university.home.store.ask(log(WENDY, other))
        == RefusalCode.NOT_FOUND.refusal
    )
    assert university.home.one(ThreadKey(thread)) is None
    assert university.home.one(EntryKey(thread, 1)) is None
    assert university.home.all(InternalEntriesOf(thread, 0, 9)) == ()
    assert university.home.one(ThreadReferenceKey(WENDY, id)) is None
    assert university.home.all(DueJobs(LATER, 9)) == ()


@pytest.mark.parametrize("leave", ["hand back", "return"])
def test_a_worker_who_leaves_a_parted_thread_before_is_the_last_to_have_it(
    university: SampleUniversity, time: Time, leave: str
) -> None:
    case = university.raised()
    id, thread = case.offload(), case.thread.id
    end(university, ANN)
    university.run(part(ANN))
    plan = university.plan(worker_acts(id)[leave])
    gone, *others = plan.deliveries
    assert (gone.to, gone.frame) == (WENDY, protocol.Gone(id=id, rev=2))
    # Nobody else is told, with as many look-ups as for a thread that returns to a school.
    assert [it.to for it in others] == [NOBODY, thread, NOBODY, NOBODY]
    assert [it.to for it in university.run_jobs() if it.frame] == []
    assert university.home.one(ThreadKey(thread)) is None
    time.now += account_closing.DETACH_WINDOW
    assert university.run_jobs() == []  # its own moment comes to nothing
    assert university.home.all(DueJobs(LATER, 9)) == ()


def test_a_thread_is_parted_as_it_is_by_then(university: SampleUniversity) -> None:
    """Handed back since the list was read, it needs no moment of its own."""
    case = university.raised()
    id, thread = case.offload(), case.thread.id
    end(university, ANN)
    back = partial(university.run, on_thread(assignment.hand_back, WENDY, id))
    assert isinstance(Interrupted(university.home, part(ANN), back).run(), Plan)
    assert university.home.one(ThreadKey(thread)) is None
    assert leaving(university) == {}


def test_parted_twice_at_once_each_thread_is_parted_once(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    end(university, ANN)
    outcome = Interrupted(university.home, part(ANN), partial(university.run, part(ANN)), rounds=1).run()
    assert outcome == Plan(True)
    assert university.plan(part(ANN)) == Plan(False)
    assert len(leaving(university)) == 1


def test_only_the_owners_own_threads_are_parted(university: SampleUniversity) -> None:
    other, received = university.raised(BOB), university.raised(BOB, ACADEMY)
    received.terminate()
    university.run_jobs()
    before = other.thread, received.thread
    end(university, ACADEMY)
    university.run_jobs()
    assert (other.thread, received.thread) == before


def test_a_moment_comes_to_nothing_for_a_thread_that_is_gone(university: SampleUniversity) -> None:
    assert university.plan(partial(account_closing.unassign_detached, thread="gone")) == Plan(None)


# --- what is left of the party


@OWNERS
def test_at_the_end_nothing_is_left_of_a_party_but_a_schools_name(university: SampleUniversity, owner: str) -> None:
    if owner == ACADEMY:
        university.run(partial(profiles.update_picture, by=ACADEMY, command=PictureUpload(image=b"an owl")))
    party = university.home.one(PartyKey(owner))
    case = university.raised(owner)
    university.raised(owner).offload()
    mine, receipt = case.raiser_id, IdempotencyKey(owner, case.thread.key)
    post = FakeMail()
    end(university, owner)
    university.run_jobs(post)
    assert post.forgotten == [("issuer", owner)]
    old = School(id=ACADEMY, email="", name="Academy", ended=True)
    assert university.home.one(PartyKey(owner)) == (old if owner == ACADEMY else None)
    assert university.home.one(LoginKey("issuer", owner)) is None
    assert university.home.one(RateLimitKey(owner, "raise")) is None
    assert university.home.one(receipt) is None
    assert university.home.one(ThreadReferenceKey(owner, mine)) is None
    if isinstance(party, School):
        assert university.home.one(PictureKey(party.picture)) is None
    assert university.plan(find_login(Kind.USER, owner)) == Plan(None)
    assert university.run(enter(Kind.USER, f"{owner}@x", owner)) != owner  # it may come again, as somebody new


def test_a_party_that_never_signed_in_with_a_login_of_its_own_ends_all_the_same(university: SampleUniversity) -> None:
    post = FakeMail()
    party = university.home.one(PartyKey(BOB))
    assert party is not None
    university.home.change(replace(party, login=None))
    end(university, BOB)
    university.run_jobs(post)
    assert post.forgotten == []
    assert university.home.one(PartyKey(BOB)) is None


def test_a_login_is_forgotten_before_the_party_is_so_that_it_is_found_again_if_that_fails(
    university: SampleUniversity,
) -> None:
    class Down(FakeMail):
        def forget(self, issuer: str, subject: str) -> None:
            raise ConnectionError

    end(university, ANN)
    with pytest.raises(ConnectionError):
        university.run_jobs(Down())
    university.home.time.now += job_steps.LEASE
    post = FakeMail()
    university.run_jobs(post)
    assert post.forgotten == [("issuer", ANN)]
    assert university.home.one(PartyKey(ANN)) is None


@pytest.mark.parametrize("id", [WENDY, "nobody"])
def test_a_worker_is_its_schools_to_end(university: SampleUniversity, id: str) -> None:
    before = university.home.one(PartyKey(id))
    assert university.plan(partial(account_closing.purge_party, party=id)) == Plan(None)
    assert university.plan(partial(account_closing.logins_of, party=id)) == Plan(())
    assert university.home.one(PartyKey(id)) == before


def test_struck_off_twice_is_struck_off_once(university: SampleUniversity) -> None:
    for owner in (ANN, ACADEMY):
        end(university, owner)
        for _ in range(2):
            university.run(partial(account_closing.purge_party, party=owner))
        assert university.ask(partial(account_closing.logins_of, party=owner)) == ()


def test_an_account_goes_on_until_it_has_ended(university: SampleUniversity) -> None:
    def goes_on(id: str) -> bool:
        return university.ask(partial(account_closing.is_active, party=id))

    assert goes_on(ANN)
    assert goes_on(SCHOOL)
    end(university, ANN)
    assert not goes_on(ANN)
    assert not goes_on("nobody")
    assert university.ask(partial(account_closing.logins_of, party=ANN)) == (LoginSubject("issuer", ANN),)


def test_a_raiser_notices_nothing_of_the_end_of_another(university: SampleUniversity) -> None:
    mine, theirs = university.raised(BOB), university.raised(ANN)
    for case in (mine, theirs):
        case.offload()
    before = views.row(mine.thread, Role.RAISER), mine.log()
    end(university, ANN)
    told = university.run_jobs()
    university.home.time.now += account_closing.DETACH_WINDOW
    told += university.run_jobs()
    assert BOB not in {it.to for it in told if it.frame}
    assert (views.row(mine.thread, Role.RAISER), mine.log()) == before


def test_a_removed_workers_threads_are_returned_or_erased_whichever_comes_first(university: SampleUniversity) -> None:
    cases = [university.raised(by) for by in (ANN, BOB)]
    for case in cases:
        case.offload()
    thread = cases[0].thread.id
    university.run_jobs()
    end(university, ANN)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    university.run_jobs()
    assert university.home.one(ThreadKey(thread)) is None
    assert cases[1].thread.worker is None
    university.home.time.now += account_closing.DETACH_WINDOW
    university.run_jobs()
    assert university.home.all(DueJobs(LATER, 9)) == ()
