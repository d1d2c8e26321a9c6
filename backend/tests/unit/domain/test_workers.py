"""A school's workers: five at the most, invited, listed and removed by it alone; its address tells a school nothing."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.sample_university import (
    ACADEMY,
    ANN,
    SCHOOL,
    WALT,
    WENDY,
    SampleUniversity,
    answers_of,
    codes,
    note,
    raise_,
)
from tests.support.stores import Interrupted, Time, fresh
from uconnect.domain import protocol, rate_limit
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import ActKind, Kind
from uconnect.domain.jobs import MailWorkerInvitation, ReturnThreads
from uconnect.domain.keys import AddressKey, DueJobs, PartyKey
from uconnect.domain.models import Address, IdempotencyRecord, Job, RateLimitState, School, Worker
from uconnect.domain.request_bodies import Invite, Raise
from uconnect.domain.usecases import registration, threads, workers
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.views.directory import WorkerCard
from uconnect.domain.views.pages import Done, WorkerList


def invite(email: str = "new@x", by: str = ACADEMY, key: str | None = None) -> UseCase[Done]:
    return partial(workers.invite, by=by, command=Invite(key=key or fresh(), email=email, name="New"))


def remove(worker: str, by: str = SCHOOL) -> UseCase[Done]:
    return partial(workers.remove, by=by, worker_id=worker)


def enter(email: str, site: Kind = Kind.WORKER, invitation: str = "") -> UseCase[str]:
    command = registration.Registration(
        site=site, issuer="i", subject=fresh(), email=email, name="N", invitation=invitation
    )
    return partial(registration.register, command=command)


def listed(university: SampleUniversity, by: str = ACADEMY) -> tuple[WorkerCard, ...]:
    shown: WorkerList = university.ask(partial(workers.workers, by=by))
    return shown.workers


def school(university: SampleUniversity, id: str = ACADEMY) -> School:
    found = university.home.one(PartyKey(id))
    assert isinstance(found, School)
    return found


def address(university: SampleUniversity, email: str = "new@x") -> Address | None:
    return university.home.one(AddressKey(email))


def test_a_school_is_shown_its_own_workers_in_the_order_they_were_invited_with_their_load(
    university: SampleUniversity,
) -> None:
    university.raised().offload(WALT)
    university.run(invite("new@x", SCHOOL))
    (new,) = set(school(university, SCHOOL).workers) - {WENDY, WALT}
    assert university.ask(partial(workers.workers, by=SCHOOL)) == WorkerList(
        workers=(
            WorkerCard(id=WENDY, name="Wendy", email="wendy@x", joined=True, available=True, load=0, waiting=0),
            WorkerCard(id=WALT, name="Walt", email="walt@x", joined=True, available=True, load=1, waiting=1),
            WorkerCard(id=new, name="New", email="new@x", joined=False, available=True, load=0, waiting=0),
        ),
        most=5,
    )
    assert listed(university, ACADEMY) == ()


def test_an_invitation_is_a_place_for_an_address_in_small_letters(university: SampleUniversity, time: Time) -> None:
    before, key = school(university), fresh()
    plan = university.plan(invite("new@x", key=key))
    (id,) = school(university).workers
    (job,) = university.home.all(DueJobs(time.now, 9))
    assert job == Job(id=job.id, due=time.now, task=MailWorkerInvitation(id))
    assert plan == Plan(
        Done(),
        puts=(
            Worker(id=id, email="new@x", name="New", school=ACADEMY),
            replace(before, workers=(id,)),
            Address(email="new@x", invitations=(id,)),
            IdempotencyRecord(party=ACADEMY, key=f"invite.{key}", made=id),
            RateLimitState(party=ACADEMY, what="invite", due=time.now + rate_limit.INVITE.every),
            job,
        ),
        deliveries=(Delivery(ACADEMY, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),),
        acts=by_school(ACADEMY, ActKind.INVITED_WORKER, id),
    )


@pytest.mark.parametrize("email", ["new@x", "other@x"])
def test_an_invitation_said_again_is_answered_as_the_first_time(university: SampleUniversity, email: str) -> None:
    key = fresh()
    university.run(invite("new@x", key=key))
    assert university.plan(invite(email, key=key)) == Plan(Done())


def test_a_key_names_one_act_of_its_kind_and_nothing_of_another(university: SampleUniversity) -> None:
    """Raise, invite and note, each under the one key: none is answered with what another has made."""
    key, case = fresh(), university.raised(ACADEMY, SCHOOL)
    raised = university.run(raise_(ACADEMY, SCHOOL, key=key))
    university.run(invite("new@x", key=key))
    assert len(school(university).workers) == 1
    assert university.run(raise_(ACADEMY, SCHOOL, key=key)) == raised
    noted = university.run(note(SCHOOL, case.id(SCHOOL), key=key))
    university.run(invite("new@x", SCHOOL, key=key))
    assert len(school(university, SCHOOL).workers) == 3
    assert university.run(note(SCHOOL, case.id(SCHOOL), key=key)) == noted
    after = university.run(raise_(SCHOOL, ACADEMY, key=key))
    assert after.row.subject == "A question"


def test_an_invitation_forgotten_by_the_address_is_still_the_schools_only_one(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    university.home.change(Address(email="new@x", invitations=tuple(f"later-{number}" for number in range(20))))
    assert university.plan(invite("new@x")) == Plan(Done())
    assert len(school(university).workers) == 1


def test_an_address_has_one_place_at_a_school_whatever_the_key(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    assert university.plan(invite("new@x")) == Plan(Done())
    university.run(enter("new@x", invitation=school(university).workers[0]))
    assert university.plan(invite("new@x")) == Plan(Done())  # it has come


def test_one_address_invited_twice_at_once_has_one_place(university: SampleUniversity) -> None:
    twin = partial(university.run, invite("new@x"))
    assert Interrupted(university.home, invite("new@x"), twin).run() == Plan(Done())
    assert len(school(university).workers) == 1


def test_a_key_that_has_raised_a_thread_still_invites(university: SampleUniversity) -> None:
    key = fresh()
    university.run(partial(threads.raise_, by=ACADEMY, command=Raise(key=key, school=SCHOOL, subject="S", text="T")))
    university.run(invite(key=key))
    assert [card.email for card in listed(university)] == ["new@x"]


@pytest.mark.parametrize("owner", [None, "ann@x", "wendy@x"])
def test_whose_an_address_is_is_not_told_by_inviting_it(university: SampleUniversity, owner: str | None) -> None:
    if owner:
        university.home.keep(Address(email="new@x", party=owner))
    plan = university.plan(invite("new@x"))
    told = (Delivery(ACADEMY, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),)
    assert (plan.answer, plan.deliveries, plan.guards) == (Done(), told, ())
    assert len(plan.puts) == 6
    (card,) = listed(university)
    assert card == WorkerCard(id=card.id, name="New", email="new@x", joined=False, available=True, load=0, waiting=0)


def test_an_invitation_reserves_no_address(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    university.run(invite("new@x", SCHOOL))  # nor from another school
    found = address(university)
    assert found
    assert found.party is None
    user = university.run(enter("new@x", Kind.USER))
    assert university.home.one(AddressKey("new@x")) == replace(found, party=user)


def test_of_many_invitations_of_one_address_the_last_twenty_are_kept(university: SampleUniversity) -> None:
    university.home.keep(Address(email="new@x", invitations=tuple(f"old-{number}" for number in range(20))))
    university.run(invite("new@x"))
    found = address(university)
    assert found
    assert found.invitations == (*(f"old-{number}" for number in range(1, 20)), *school(university).workers)


def test_the_sixth_worker_waits_for_one_of_the_five_to_be_removed(university: SampleUniversity) -> None:
    for number in range(5):
        university.run(invite(f"{number}@x"))
    university.run(
        enter("3@x", invitation=school(university).workers[3])
    )  # invited ones count as those who have come do
    assert university.refusal(invite("new@x")) == "five_workers"
    assert address(university) is None
    assert university.plan(invite("4@x")) == Plan(Done())  # which has its place already
    university.run(remove(school(university).workers[0], ACADEMY))
    university.run(invite("new@x"))
    assert university.refusal(invite("newer@x")) == "five_workers"
    university.run(invite("newer@x", SCHOOL))  # the five are each school's own


def test_of_two_invitations_at_once_only_one_is_the_fifth(university: SampleUniversity) -> None:
    for number in range(4):
        university.run(invite(f"{number}@x"))
    twin: list[Any] = []
    outcome = Interrupted(
        university.home, invite("new@x"), lambda: twin.append(university.home.store.run(invite("b@x")))
    ).run()
    assert len(answers_of([outcome, *twin])) == 1
    assert codes([outcome, *twin]) == {"five_workers"}
    assert len(school(university).workers) == 5


def test_twenty_can_be_invited_at_once_then_one_a_minute(university: SampleUniversity, time: Time) -> None:
    for number in range(20):
        university.run(invite(f"{number}@x"))
        university.run(remove(school(university).workers[0], ACADEMY))
    assert university.refusal(invite()) == "too_fast"
    university.run(invite(by=SCHOOL))  # whose pace is its own
    time.now += rate_limit.INVITE.every
    university.run(invite())
    assert university.refusal(invite("b@x")) == "too_fast"


def resend(worker: str, by: str = ACADEMY) -> UseCase[Done]:
    return partial(workers.resend, by=by, worker_id=worker)


def test_an_invited_worker_is_written_to_again(university: SampleUniversity, time: Time) -> None:
    university.run(invite())
    (worker,) = school(university).workers
    time.now += 3_600_000
    plan = university.plan(resend(worker))
    used, job = plan.puts
    assert used == RateLimitState(party=ACADEMY, what="invite", due=time.now + rate_limit.INVITE.every)
    assert isinstance(job, Job)
    assert (job.task, job.due) == (MailWorkerInvitation(worker), time.now)
    assert (plan.answer, plan.deliveries) == (Done(), ())


@pytest.mark.parametrize("worker", [WENDY, ANN, SCHOOL, "another's", "removed", "come", "nobody"])
def test_nobody_but_a_schools_own_invited_workers_is_written_to_again(
    university: SampleUniversity, worker: str
) -> None:
    university.home.keep(
        Worker(id="another's", email="a@x", name="A", school=SCHOOL),
        Worker(id="removed", email="r@x", name="R", school=ACADEMY, removed=True),
        Worker(id="come", email="c@x", name="C", school=ACADEMY, joined=True),
    )
    assert university.refusal(resend(worker)) == "not_found"
    assert university.home.all(DueJobs(10**15, 9)) == ()


def test_a_school_writes_no_more_letters_by_resending_than_by_inviting(
    university: SampleUniversity, time: Time
) -> None:
    university.run(invite())
    (worker,) = school(university).workers
    for _ in range(19):
        university.run(resend(worker))
    assert university.refusal(resend(worker)) == "too_fast"
    assert university.refusal(invite("b@x")) == "too_fast"
    time.now += rate_limit.INVITE.every
    university.run(resend(worker))
    assert university.refusal(resend(worker)) == "too_fast"


@pytest.mark.parametrize("worker", [WENDY, ANN, SCHOOL, ACADEMY, "nobody"])
def test_a_school_removes_nobody_but_its_own_workers(university: SampleUniversity, worker: str) -> None:
    before = university.home.one(PartyKey(worker))
    assert university.refusal(remove(worker, by=ACADEMY)) == "not_found"
    assert university.home.one(PartyKey(worker)) == before


def test_a_removed_worker_has_ended_is_told_so_and_leaves_its_threads_to_be_returned(
    university: SampleUniversity, time: Time
) -> None:
    before, worker = school(university, SCHOOL), university.home.one(PartyKey(WENDY))
    assert isinstance(worker, Worker)
    plan = university.plan(remove(WENDY))
    (job,) = university.home.all(DueJobs(time.now, 9))
    assert job == Job(id=job.id, due=time.now, task=ReturnThreads(WENDY))
    assert plan == Plan(
        Done(),
        puts=(replace(before, workers=(WALT,)), replace(worker, removed=True), job),
        deletes=(AddressKey("wendy@x"),),
        deliveries=(
            Delivery(WENDY, protocol.Bye(code="ended")),
            Delivery(SCHOOL, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),
        ),
        acts=by_school(SCHOOL, ActKind.REMOVED_WORKER, WENDY),
    )
    assert [card.id for card in listed(university, SCHOOL)] == [WALT]


def test_removed_again_is_answered_as_the_first_time_and_changes_nothing(university: SampleUniversity) -> None:
    university.run(remove(WENDY))
    assert university.plan(remove(WENDY)) == Plan(Done())


def test_removed_the_worker_leaves_its_address_free_to_be_anyone(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    worker = university.run(enter("new@x", invitation=school(university).workers[0]))
    university.run(remove(worker, ACADEMY))
    assert address(university) is None, "nothing of it is kept"
    university.run(enter("new@x", Kind.SCHOOL))


def test_removed_before_it_came_the_worker_is_invited_no_more_there(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    university.run(invite("new@x", SCHOOL))
    (academys,), schools = school(university).workers, school(university, SCHOOL).workers[-1]
    university.run(remove(academys, ACADEMY))
    assert address(university) == Address(email="new@x", invitations=(schools,))
    assert university.refusal(enter("new@x", invitation=academys)) == "invited"
    assert university.run(enter("new@x", invitation=schools)) == schools


def test_a_lapsed_invitation_is_withdrawn_from_an_address_that_stays_whose_it_is(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    user = university.run(enter("new@x", Kind.USER))
    university.run(remove(school(university).workers[0], ACADEMY))
    assert address(university) == Address(email="new@x", party=user)


def test_invited_again_one_is_a_new_party(university: SampleUniversity) -> None:
    university.run(invite("new@x"))
    first = university.run(enter("new@x", invitation=school(university).workers[0]))
    university.run(remove(first, ACADEMY))
    university.run(invite("new@x"))
    second = university.run(enter("new@x", invitation=school(university).workers[0]))
    assert second != first
    assert school(university).workers == (second,)
    found = university.home.one(PartyKey(first))
    assert isinstance(found, Worker)
    assert found.removed
