"""Who became a worker by mistake can leave until its first answer; the school is told, and nothing of it is lost."""

from functools import partial

import pytest
from msgspec.structs import replace

from tests.support.fake_job_dependencies import no_logins
from tests.support.sample_university import ACADEMY, SCHOOL, WALT, WENDY, SampleUniversity, note, send
from tests.support.stores import Interrupted, Time, refused
from tests.unit.domain.test_accounts import find_login, invited
from tests.unit.domain.test_invitations import accept, pending_invitations
from uconnect.application.jobs import run
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.keys import AddressKey, PartyKey
from uconnect.domain.models import School, Worker
from uconnect.domain.usecases import account_closing, profiles, workers
from uconnect.domain.views.pages import Done


@pytest.fixture
def new(university: SampleUniversity) -> str:
    """A worker of the school that has just joined."""
    place = invited(university)
    university.run(accept(place))
    return place


def leave_school(by: str) -> UseCase[Done]:
    return partial(account_closing.close, by=by)


def answered(university: SampleUniversity, worker: str) -> bool:
    found = university.home.one(PartyKey(worker))
    assert isinstance(found, Worker)
    return found.answered


def test_a_worker_that_has_answered_nothing_leaves_as_by_a_removal(
    university: SampleUniversity, time: Time, new: str
) -> None:
    school, worker = university.home.one(PartyKey(SCHOOL)), university.home.one(PartyKey(new))
    assert isinstance(school, School)
    assert isinstance(worker, Worker)
    plan = university.plan(leave_school(new))
    (job,) = (it for it in university.home.jobs() if it.task == ReturnThreads(new))
    assert plan == Plan(
        Done(),
        puts=(
            replace(school, workers=(WENDY, WALT)),
            replace(worker, removed=True),
            job,
        ),
        deletes=(AddressKey("new@x"),),
        deliveries=(
            Delivery(new, protocol.Bye(code="ended")),
            Delivery(SCHOOL, protocol.Changed(what=protocol.ChangedSubject.WORKERS)),
        ),
    )
    assert university.refusal(partial(profiles.me, by=new)) == "account_ended"
    assert university.run(find_login(Kind.WORKER)) is None


def test_its_threads_return_to_the_school_with_all_that_was_said(university: SampleUniversity, new: str) -> None:
    case = university.raised()
    case.offload(new)
    before = case.log()
    university.run(leave_school(new))
    university.run_jobs()
    assert case.thread.worker is None
    assert case.log() == before


def test_who_left_can_accept_the_invitation_that_was_meant(university: SampleUniversity, new: str) -> None:
    honest = invited(university, ACADEMY)
    assert university.refusal(accept(honest)) == "not_found"
    university.run(leave_school(new))
    assert pending_invitations(university) == [(honest, "Academy")]
    assert university.run(accept(honest)) == Done()


def test_a_note_is_no_answer_and_reading_is_none(university: SampleUniversity, new: str) -> None:
    case = university.raised()
    id = case.offload(new)
    university.run(note(new, id))
    assert not answered(university, new)
    assert university.ask(partial(profiles.me, by=new)).may_leave


def test_from_its_first_answer_on_a_worker_is_its_schools_to_end(university: SampleUniversity, new: str) -> None:
    case = university.raised()
    id = case.offload(new)
    heard: list[Delivery] = []
    outcome = run(university.home.store, send(new, id, "Here."), heard.extend)
    assert isinstance(outcome, Plan)
    assert heard == [Delivery(new, protocol.Changed(what=protocol.ChangedSubject.ME))]
    assert [it.text for it in case.log()][-1:] == ["Here."]
    assert university.ask(partial(profiles.me, by=new)).may_leave is False
    assert university.refusal(leave_school(new)) == "not_found"


def test_also_when_nothing_of_what_it_answered_is_left(university: SampleUniversity, new: str) -> None:
    """Else a worker could find out that a thread it has no more was deleted."""
    case = university.raised()
    run(university.home.store, send(new, case.offload(new)), no_logins)
    case.terminate()
    case.delete()
    university.run_jobs()
    assert university.refusal(leave_school(new)) == "not_found"


def test_the_first_answer_is_sent_by_a_transaction_like_any_hands(university: SampleUniversity, new: str) -> None:
    """What commits the message writes and tells the same for a worker's first answer as for its second, or a school's:
    the mark is kept before that."""
    case = university.raised()
    case.send(SCHOOL)  # a thread's first answer is counted, whoever gives it
    mark = university.plan(send(new, case.offload(new), "One."))
    assert [type(it) for it in mark.puts] == [Worker]
    assert mark.then is not None
    first = university.plan(mark.then)
    second = university.plan(send(new, case.id(new), "Two."))
    schools = university.plan(send(SCHOOL, case.id(SCHOOL), "Three."))
    shapes = [
        ([type(it) for it in plan.puts], plan.guards, [it.to for it in plan.deliveries], plan.then)
        for plan in (first, second, schools)
    ]
    assert shapes[0] == shapes[1] == shapes[2]


def test_what_cannot_be_sent_marks_nobody(university: SampleUniversity, new: str) -> None:
    case = university.raised()
    id = case.offload(new)
    case.terminate()
    assert university.refusal(send(new, id)) == "thread_terminated"
    assert not answered(university, new)


@pytest.mark.parametrize("by", [WENDY, WALT])
def test_who_has_answered_stays_until_its_school_removes_it(university: SampleUniversity, by: str) -> None:
    assert university.refusal(leave_school(by)) == "not_found"


def test_left_while_its_school_removes_it_it_is_gone_once(university: SampleUniversity, time: Time, new: str) -> None:
    removing = partial(university.run, partial(workers.remove, by=SCHOOL, worker_id=new))
    assert refused(Interrupted(university.home, leave_school(new), removing).run()) == "account_ended"
    assert [job.task for job in university.home.jobs()].count(ReturnThreads(new)) == 1


def test_who_answers_and_leaves_at_once_does_one_of_them(university: SampleUniversity, new: str) -> None:
    case = university.raised()
    id = case.offload(new)
    answering = partial(run, university.home.store, send(new, id), no_logins)
    assert refused(Interrupted(university.home, leave_school(new), answering).run()) == "not_found"
    assert answered(university, new)


def test_a_school_that_closes_while_a_worker_leaves_ends_with_it(university: SampleUniversity, new: str) -> None:
    university.signed_in(SCHOOL)

    def close() -> None:
        run(university.home.store, partial(account_closing.close, by=SCHOOL), no_logins)

    assert refused(Interrupted(university.home, leave_school(new), close).run()) == "account_ended"
    assert university.home.one(AddressKey("new@x")) is None
