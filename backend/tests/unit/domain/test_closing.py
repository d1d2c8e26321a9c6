"""An account ends at once for its party; a school's only while nobody it was asked by is left without an answer."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import no_logins
from tests.support.sample_university import ACADEMY, ANN, BOB, SCHOOL, WALT, WENDY, Case, SampleUniversity, raise_
from tests.support.stores import Interrupted, Time, fresh
from tests.unit.domain.test_accounts import enter, find_login
from uconnect.application.jobs import run
from uconnect.domain import protocol
from uconnect.domain.context import Context, Delivery, Plan, UseCase
from uconnect.domain.enums import Kind, ThreadFilter
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.jobs import FindSilentOf, FinishClosing, ReturnThreads, TerminateReceived
from uconnect.domain.keys import AddressKey, Mailbox, OpenThreadsOf, PartyKey
from uconnect.domain.models import Address, Job, OwnerEnded, School, User, Worker
from uconnect.domain.request_bodies import Invite
from uconnect.domain.thread_status import OF_FILTER
from uconnect.domain.usecases import account_closing, profiles, queries, registration, workers
from uconnect.domain.views.pages import Done

LATER = 10**15
BYE = protocol.Bye(code="ended")


@pytest.fixture
def university(university: SampleUniversity) -> SampleUniversity:
    return university.signed_in(ANN, BOB, SCHOOL, ACADEMY)


def close(by: str) -> UseCase[Done]:
    return partial(account_closing.close, by=by)


def closed(university: SampleUniversity, by: str) -> Plan[Done] | Refusal:
    """What a party that closes its account is answered at last."""
    return run(university.home.store, close(by), no_logins)


def by_operator(id: str, kind: Kind) -> UseCase[str]:
    return partial(account_closing.close_by_admin, email=f"{id}@x", kind=kind)


def finish_closing(school: str = SCHOOL) -> UseCase[Done]:
    return partial(account_closing.finish_closing, school=school)


def school(university: SampleUniversity, id: str = SCHOOL) -> School:
    found = university.home.one(PartyKey(id))
    assert isinstance(found, School)
    return found


def jobs_left(university: SampleUniversity) -> list[object]:
    return [job.task for job in university.home.jobs()]


def directory(university: SampleUniversity, by: str = ANN) -> list[str]:
    page = university.ask(partial(queries.schools, by=by, after=None, most=50))
    return [card.id for card in page.schools]


def test_a_users_account_ends_with_its_threads_in_the_count_and_leaves_the_rest_to_do(
    university: SampleUniversity, time: Time
) -> None:
    university.raised(ANN)
    before = university.home.one(PartyKey(ANN))
    assert isinstance(before, User)
    plan = university.plan(close(ANN))
    ended, mark, job = plan.puts
    assert ended == replace(before, ended=True, open=())
    assert mark == OwnerEnded(party=ANN)
    assert isinstance(job, Job)
    assert (job.due, job.task) == (time.now, FinishClosing(ANN))
    assert (plan.answer, plan.deletes, plan.then) == (Done(), (AddressKey("ann@x"),), None)
    assert plan.deliveries == (Delivery(ANN, BYE),)


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_from_its_end_a_party_is_nobody(university: SampleUniversity, by: str) -> None:
    closed(university, by)
    assert university.refusal(partial(profiles.me, by=by)) == "account_ended"
    assert university.refusal(raise_(by)) == "account_ended"
    assert university.refusal(close(by)) == "account_ended"
    assert university.refusal(find_login(Kind.USER, by)) == "account_ended"


@pytest.mark.parametrize(("id", "kind"), [(ANN, Kind.USER), (ACADEMY, Kind.SCHOOL)])
def test_from_its_end_its_address_is_anybodys(university: SampleUniversity, id: str, kind: Kind) -> None:
    closed(university, id)
    assert university.home.one(AddressKey(f"{id}@x")) is None  # nothing of it is kept
    other = university.run(enter(kind, f"{id}@x"))
    assert other != id
    assert university.home.one(AddressKey(f"{id}@x")) == Address(email=f"{id}@x", party=other)


def test_what_others_made_of_an_address_stays_when_its_party_ends(university: SampleUniversity) -> None:
    university.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email="ann@x", name="Ann")))
    (place,) = school(university, ACADEMY).workers
    closed(university, ANN)
    assert university.home.one(AddressKey("ann@x")) == Address(email="ann@x", invitations=(place,))
    assert university.run(enter(Kind.WORKER, "ann@x", invitation=place)) == place


def test_a_school_that_nobody_asks_ends_and_its_workers_with_it(university: SampleUniversity, time: Time) -> None:
    university.home.keep(Address(email="wendy@x", party=WENDY, invitations=(WENDY,)))
    before, staff = school(university), [university.home.one(PartyKey(id)) for id in (WENDY, WALT)]
    outcome = closed(university, SCHOOL)
    assert isinstance(outcome, Plan)
    assert outcome.deliveries == (Delivery(SCHOOL, BYE), Delivery(WENDY, BYE), Delivery(WALT, BYE))
    assert school(university) == replace(before, ended=True, workers=())
    removed = [replace(it, removed=True) for it in staff if isinstance(it, Worker)]
    assert [university.home.one(PartyKey(id)) for id in (WENDY, WALT)] == removed
    assert university.home.one(AddressKey("wendy@x")) is None
    assert set(jobs_left(university)) == {FinishClosing(SCHOOL), ReturnThreads(WENDY), ReturnThreads(WALT)}
    assert university.refusal(partial(profiles.me, by=WENDY)) == "account_ended"


def test_a_school_with_open_threads_goes_on_and_is_told_how_many(university: SampleUniversity) -> None:
    cases, before = [university.raised(by) for by in (ANN, BOB, ACADEMY)], school(university)
    cases[1].terminate()
    outcome = closed(university, SCHOOL)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "still_asked"
    assert outcome.sentence == f"{RefusalCode.STILL_ASKED.refusal.sentence} Open now: 2."
    assert school(university) == before
    university.raised()  # it is raised to as before
    assert directory(university) == [ACADEMY, SCHOOL]


@pytest.mark.parametrize("end", ["terminated", "deleted"])
def test_when_the_last_has_been_ended_by_who_raised_it_the_school_closes(
    university: SampleUniversity, end: str
) -> None:
    case = university.raised()
    assert isinstance(closed(university, SCHOOL), Refusal)
    case.terminate()
    if end == "deleted":
        case.delete()
    assert isinstance(closed(university, SCHOOL), Plan)
    assert school(university).ended


def test_what_a_school_raised_itself_does_not_keep_it(university: SampleUniversity) -> None:
    university.raised(SCHOOL, ACADEMY)
    assert isinstance(closed(university, SCHOOL), Plan)
    assert school(university).open == ()


def test_while_it_counts_a_school_is_raised_to_by_nobody_and_acts_as_before(university: SampleUniversity) -> None:
    plan = university.plan(close(SCHOOL))
    assert plan.then is not None
    assert university.refusal(raise_()) == "not_found"
    assert directory(university) == [ACADEMY]
    assert not university.ask(partial(queries.school, by=ANN, id=SCHOOL)).takes
    university.raised(SCHOOL, ACADEMY)
    assert isinstance(run(university.home.store, plan.then, no_logins), Plan)
    assert school(university).ended


def test_a_raise_that_comes_first_is_counted_and_one_that_comes_second_is_refused(university: SampleUniversity) -> None:
    outcome = Interrupted(university.home, raise_(), partial(closed, university, SCHOOL)).run()
    assert outcome == RefusalCode.NOT_FOUND.refusal  # it had decided, and the school closed before it was kept
    assert school(university).ended

    first = partial(university.raised, BOB, ACADEMY)
    flip = Interrupted(university.home, close(ACADEMY), first)
    outcome = run(university.home.store, flip, no_logins)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "still_asked"
    assert not school(university, ACADEMY).ended


def test_what_was_cut_short_between_the_flip_and_the_count_is_done_by_the_job(university: SampleUniversity) -> None:
    university.run(close(SCHOOL))
    assert jobs_left(university) == [FinishClosing(SCHOOL)]
    university.run_jobs()
    assert school(university) == School(id=SCHOOL, email="", name="School", ended=True)

    case = university.raised(to=ACADEMY)
    university.run(close(ACADEMY))
    university.run_jobs()
    assert not school(university, ACADEMY).closing
    assert case.log()


def test_the_job_of_a_close_that_was_refused_closes_nothing_later(university: SampleUniversity) -> None:
    case = university.raised()
    assert isinstance(closed(university, SCHOOL), Refusal)
    case.terminate()
    before = school(university)
    university.run_jobs()
    assert school(university) == before


def test_counted_twice_at_once_a_school_ends_once(university: SampleUniversity) -> None:
    university.run(close(SCHOOL))
    assert Interrupted(university.home, finish_closing(), partial(university.run, finish_closing())).run() == Plan(
        Done()
    )
    assert jobs_left(university).count(ReturnThreads(WENDY)) == 1


def test_refused_elsewhere_a_moment_ago_it_is_refused_here_too(university: SampleUniversity) -> None:
    assert university.refusal(finish_closing()) == "still_asked"


@pytest.mark.parametrize("id", [ANN, WENDY, "nobody"])
def test_nobody_but_a_school_is_counted_for(university: SampleUniversity, id: str) -> None:
    assert university.plan(finish_closing(id)) == Plan(Done())


def test_a_worker_removed_while_its_school_closes_is_removed_once(university: SampleUniversity) -> None:
    remove = partial(university.run, partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    Interrupted(university.home, close(SCHOOL), remove).run()
    assert school(university).workers == (WALT,)
    university.run(finish_closing())
    assert jobs_left(university).count(ReturnThreads(WENDY)) == 1


def test_a_school_that_invited_its_own_address_leaves_it_free(university: SampleUniversity) -> None:
    university.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email="academy@x", name="Us")))
    outcome = closed(university, ACADEMY)
    assert isinstance(outcome, Plan)
    assert len([it for it in outcome.puts if isinstance(it, Address)]) + len(outcome.deletes) == 1
    assert university.home.one(AddressKey("academy@x")) is None


def test_two_of_its_workers_at_one_address_leave_it_free(university: SampleUniversity) -> None:
    """One was invited to it, and the other has moved there since."""
    for email in ("old@x", "new@x"):
        university.run(partial(workers.invite, by=ACADEMY, command=Invite(key=fresh(), email=email, name="W")))
    university.run(enter(Kind.WORKER, "old@x", invitation=school(university, ACADEMY).workers[0]))
    university.run(partial(registration.change_email, issuer="issuer", subject="new", email="new@x"))
    outcome = closed(university, ACADEMY)
    assert isinstance(outcome, Plan)
    assert sorted(key.email for key in outcome.deletes if isinstance(key, AddressKey)) == ["academy@x", "new@x"]
    assert university.run(enter(Kind.USER, "new@x", "another"))


@pytest.mark.parametrize(("id", "kind"), [(ANN, Kind.USER), (SCHOOL, Kind.SCHOOL)])
def test_the_operator_ends_an_account_whatever_it_has_open(university: SampleUniversity, id: str, kind: Kind) -> None:
    university.raised(ANN, SCHOOL)
    assert university.run(by_operator(id, kind)) == id
    assert university.refusal(partial(profiles.me, by=id)) == "account_ended"
    assert {TerminateReceived(SCHOOL)} & set(jobs_left(university)) == (
        {TerminateReceived(SCHOOL)} if kind is Kind.SCHOOL else set()
    )
    assert FinishClosing(id) in jobs_left(university)


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        (ANN, Kind.SCHOOL),
        (SCHOOL, Kind.USER),
        (WENDY, Kind.WORKER),
        (WENDY, Kind.USER),
        ("free", Kind.USER),
        ("nobody", Kind.USER),
        ("ended", Kind.USER),
    ],
)
def test_the_operator_ends_nobody_else(university: SampleUniversity, id: str, kind: Kind) -> None:
    university.home.keep(
        Address(email="wendy@x", party=WENDY),
        Address(email="free@x"),
        User(id="ended", email="ended@x", name="E", ended=True),
        Address(email="ended@x", party="ended"),
    )
    assert university.refusal(by_operator(id, kind)) == "not_found"
    assert jobs_left(university) == []


def test_after_the_operator_closed_a_school_its_threads_end_for_those_who_raised_them(
    university: SampleUniversity,
) -> None:
    cases = [university.raised(by) for by in (ANN, ANN, BOB, ACADEMY)]
    cases[1].terminate()
    cases[2].offload()
    university.run_jobs()
    university.run(by_operator(SCHOOL, Kind.SCHOOL))
    told = university.run_jobs()
    for case in cases:
        assert case.thread.state == "terminated"
        assert [entry.seq for entry in case.log()] == [1, 2]
        assert case.thread.worker is None
    nobody = {case.thread.id for case in cases}
    ended = [it.to for it in told if isinstance(it.frame, protocol.Event) and it.to not in {SCHOOL, WENDY, *nobody}]
    assert sorted(ended) == [ACADEMY, ANN, BOB]
    meters = {it.to: it.frame.open for it in told if isinstance(it.frame, protocol.Meter)}
    assert meters == {ANN: 0, BOB: 0, ACADEMY: 0}
    assert jobs_left(university) == [FindSilentOf(SCHOOL)], "what was raised to it is kept no longer than other threads"
    assert school(university) == School(id=SCHOOL, email="", name="School", ended=True)


OPEN = partial(account_closing.open_received, school=SCHOOL)


def terminated(case: Case) -> UseCase[Done]:
    return partial(account_closing.terminate_received, school=SCHOOL, thread=case.thread.id)


def open_at(university: SampleUniversity, *raised: str) -> list[Case]:
    """Threads raised a second after each other to a school that the operator closed then."""
    cases = []
    for by in raised:
        university.home.time.now += 1000
        cases.append(university.raised(by))
    university.run(by_operator(SCHOOL, Kind.SCHOOL))
    return cases


def test_the_threads_of_a_closed_school_end_one_at_a_time(university: SampleUniversity) -> None:
    cases = open_at(university, ANN, BOB)
    assert university.ask(OPEN) == tuple(case.thread.id for case in cases)
    university.run(terminated(cases[1]))
    assert [case.thread.state for case in cases] == ["open", "terminated"]
    university.run(terminated(cases[0]))
    assert university.ask(OPEN) is None


def test_as_long_as_a_thread_is_counted_as_open_it_is_looked_for(university: SampleUniversity) -> None:
    open_at(university, ANN)

    def unlisted(context: Context) -> Plan[tuple[str, ...] | None]:
        """As where a list is a moment behind."""
        listing = OpenThreadsOf(SCHOOL, Mailbox.RECEIVED, OF_FILTER[ThreadFilter.OPEN], None, account_closing.BATCH)
        context.load(listing)
        context.listings[listing] = ()
        return OPEN(context)

    assert university.ask(unlisted) == ()


@pytest.mark.parametrize("gone", ["ended", "deleted", "parted"])
def test_a_thread_that_goes_since_the_list_was_read_is_left_alone(university: SampleUniversity, gone: str) -> None:
    case = university.raised()
    case.offload()
    university.run(by_operator(SCHOOL, Kind.SCHOOL))
    ending = terminated(case)
    if gone == "parted":
        closed(university, ANN)
        university.run(partial(account_closing.detach_next, party=ANN))
    else:
        case.terminate()
    if gone == "deleted":
        case.delete()
    assert university.plan(ending) == Plan(Done())


def test_of_many_parties_those_are_named_whose_accounts_have_ended(university: SampleUniversity) -> None:
    university.run(partial(account_closing.close, by=BOB))
    asked = partial(account_closing.ended_among, parties=(ANN, BOB, SCHOOL, WENDY, "erased"))
    assert university.ask(asked) == {BOB, "erased"}
