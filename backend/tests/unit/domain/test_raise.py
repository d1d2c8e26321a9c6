"""Raising a thread: who may to whom, five open at a time, and a retry raises nothing twice."""

from functools import partial
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

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
    on_thread,
    raise_,
    send,
    user_in,
)
from tests.support.stores import Interrupted, Time, answer, fresh
from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.context import Delivery, Plan
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.hidden_words import NOTHING_HIDDEN
from uconnect.domain.jobs import AssignThread
from uconnect.domain.keys import IdempotencyKey, Mailbox, PartyKey, ThreadReferenceKey, ThreadsOf
from uconnect.domain.models import (
    IdempotencyRecord,
    Job,
    Message,
    Participant,
    Preview,
    RateLimitState,
    School,
    SideCounters,
    Thread,
    ThreadReference,
)
from uconnect.domain.request_bodies import Raise
from uconnect.domain.rules import Role
from uconnect.domain.usecases import queries, threads

EVERYONE = (ANN, BOB, SCHOOL, ACADEMY, WENDY, WALT)
ALLOWED = {*product((ANN, BOB), (SCHOOL, ACADEMY)), (SCHOOL, ACADEMY), (ACADEMY, SCHOOL)}


def delete(university: SampleUniversity, id: str, by: str = ANN) -> None:
    for use_case in (threads.terminate, threads.delete):
        university.run(on_thread(use_case, by, id))


def mailbox(university: SampleUniversity, by: str, mailbox: Mailbox) -> list[str]:
    page = university.ask(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50))
    return [listed.row.id for listed in page.threads]


@pytest.mark.parametrize(("by", "to"), list(product(EVERYONE, (*EVERYONE, "nobody"))))
def test_users_and_schools_raise_to_schools_and_nobody_else_to_anybody(
    university: SampleUniversity, by: str, to: str
) -> None:
    if (by, to) in ALLOWED:
        case = university.raised(by, to)
        assert (mailbox(university, by, Mailbox.RAISED), mailbox(university, to, Mailbox.RECEIVED)) == (
            [case.id(by)],
            [case.id(to)],
        )
    else:
        assert university.refusal(raise_(by, to)) == "not_found"
        assert not any(mailbox(university, someone, it) for someone in EVERYONE for it in Mailbox)


@pytest.mark.parametrize(("by", "kind"), [(ANN, Kind.USER), (ACADEMY, Kind.SCHOOL)])
def test_a_thread_begins_open_with_its_first_message_and_a_handle_for_each(
    university: SampleUniversity, time: Time, by: str, kind: Kind
) -> None:
    key = fresh()
    command = Raise(key=key, school=SCHOOL, subject="Fees", text="How much?")
    plan = university.plan(partial(threads.raise_, by=by, command=command))
    owner, used, receipt, thread, message, mine, theirs, *others = plan.puts
    assert isinstance(thread, Thread)
    due = time.now + rate_limit.SEND.every
    assert thread == Thread(
        id=thread.id,
        key=key,
        kind=kind,
        subject="Fees",
        since=time.now,
        at=time.now,
        raiser=Participant(party=by, id=thread.raiser.id),
        school=Participant(party=SCHOOL, id=thread.school.id),
        state=State.OPEN,
        seq=1,
        last=Preview(Side.RAISER, "How much?"),
        asked=SideCounters(messages=1, sent=time.now, due=due),
        turn_since=time.now,
    )
    assert message == Message(
        thread=thread.id, seq=1, at=time.now, side=Side.RAISER, author=by, key=f"raise.{key}", text="How much?"
    )
    assert (owner, used) == (
        university.home.one(PartyKey(by)),
        RateLimitState(party=by, what="raise", due=time.now + rate_limit.RAISE.every),
    )
    assert receipt == IdempotencyRecord(party=by, key=key, made=thread.raiser.id)
    assert mine == ThreadReference(viewer=by, id=thread.raiser.id, thread=thread.id, owner=by)
    assert theirs == ThreadReference(viewer=SCHOOL, id=thread.school.id, thread=thread.id, owner=by)
    (work,) = others  # whatever the school's policy
    assert isinstance(work, Job)
    assert work == Job(id=work.id, due=time.now, task=AssignThread(thread.id))
    assert plan.deletes == ()


def test_each_party_knows_a_thread_by_an_id_of_its_own(university: SampleUniversity) -> None:
    thread = university.raised().thread
    assert len({thread.id, thread.raiser.id, thread.school.id}) == 3


@pytest.mark.parametrize("by", [ANN, ACADEMY])
def test_the_raiser_is_told_its_meter_then_both_are_told_of_the_thread_the_raiser_first(
    university: SampleUniversity, by: str
) -> None:
    plan = university.plan(raise_(by))
    row = plan.answer.row
    thread = next(it for it in plan.puts if isinstance(it, Thread))
    message = next(it for it in plan.puts if isinstance(it, Message))
    assert plan.answer == views.Listed(row=views.row(thread, Role.RAISER), read=0, snooze=None)
    schools = protocol.Event(
        id=thread.school.id,
        entry=views.entry(message, Role.SCHOOL, SCHOOL, NOTHING_HIDDEN),
        row=views.row(thread, Role.SCHOOL),
    )
    assert plan.deliveries == (
        Delivery(by, protocol.Meter(rev=2, open=1, most=5)),
        Delivery(by, protocol.Event(id=row.id, entry=views.entry(message, Role.RAISER, by, NOTHING_HIDDEN), row=row)),
        Delivery(thread.id, schools),  # where nobody is: see `domain.notifications`
        Delivery(SCHOOL, schools),
    )


def test_a_school_that_goes_meanwhile_is_not_raised_to(university: SampleUniversity) -> None:
    plan = university.plan(raise_())
    assert (plan.guards, plan.shared) == ((), (PartyKey(SCHOOL),))


def test_a_raise_said_again_is_answered_with_its_thread_and_writes_and_tells_nothing(
    university: SampleUniversity,
) -> None:
    key = fresh()
    first = university.plan(raise_(key=key))
    assert university.plan(raise_(key=key)) == Plan(first.answer)
    assert university.plan(raise_(to=ACADEMY, key=key)) == Plan(first.answer)  # whatever it says
    assert university.plan(raise_(to="nobody", key=key)) == Plan(first.answer)
    university.run(send(ANN, first.answer.row.id))
    university.run(on_thread(threads.terminate, ANN, first.answer.row.id))
    row = university.plan(raise_(key=key)).answer.row
    assert (row.id, row.state, row.seq) == (first.answer.row.id, State.TERMINATED, 3)  # the thread as it is now


def test_a_raise_said_again_is_answered_with_five_open_and_however_fast(university: SampleUniversity) -> None:
    keys = [fresh() for _ in range(5)]
    first = [university.run(raise_(key=key)) for key in keys]
    for _ in range(5):
        assert [university.run(raise_(key=key)) for key in keys] == first
    assert len(user_in(university.home, ANN).open) == 5


def test_a_key_is_its_owners_and_as_old_as_its_thread(university: SampleUniversity) -> None:
    key = fresh()
    anns, bobs = university.run(raise_(ANN, key=key)).row.id, university.run(raise_(BOB, key=key)).row.id
    assert anns != bobs
    delete(university, anns)
    assert university.home.one(IdempotencyKey(ANN, key)) is None
    assert university.run(raise_(ANN, key=key)).row.id != anns


def test_one_key_twice_at_once_raises_one_thread(university: SampleUniversity) -> None:
    use_case = raise_(key=fresh())
    twin: list[Any] = []
    outcome = Interrupted(university.home, use_case, lambda: twin.append(university.home.store.run(use_case))).run()
    first, second = answers_of([outcome, *twin])
    assert first == second
    assert len(user_in(university.home, ANN).open) == 1


def test_a_raise_said_again_while_its_thread_is_deleted_raises_another(university: SampleUniversity) -> None:
    use_case = raise_(key=fresh())
    id = university.run(use_case).row.id
    again = answer(Interrupted(university.home, use_case, partial(delete, university, id), rounds=1).run())
    assert again.row.id != id
    assert mailbox(university, ANN, Mailbox.RAISED) == [again.row.id]


@pytest.mark.parametrize(("by", "to"), [(ANN, SCHOOL), (SCHOOL, ACADEMY)])
def test_the_sixth_open_thread_waits_for_one_of_the_five_to_end(university: SampleUniversity, by: str, to: str) -> None:
    cases = [university.raised(by, to) for _ in range(5)]
    assert university.refusal(raise_(by, to)) == "five_threads"
    cases[2].terminate()
    university.raised(by, to)
    assert university.refusal(raise_(by, to)) == "five_threads"
    delete(university, cases[2].id(by), by)  # ended already, it held no place
    assert university.refusal(raise_(by, to)) == "five_threads"


def test_the_five_are_each_owners_own_to_all_schools_together(university: SampleUniversity) -> None:
    for to in (SCHOOL, ACADEMY, SCHOOL, ACADEMY, SCHOOL):
        university.raised(ANN, to)
    assert university.refusal(raise_(ANN, ACADEMY)) == "five_threads"
    for _ in range(5):
        university.raised(BOB, SCHOOL)
    for _ in range(5):  # what was raised to it does not count
        university.raised(SCHOOL, ACADEMY)
    assert university.refusal(raise_(SCHOOL, ACADEMY)) == "five_threads"


def test_of_two_raises_at_once_only_one_is_the_fifth(university: SampleUniversity) -> None:
    for _ in range(4):
        university.raised()
    twin: list[Any] = []
    outcome = Interrupted(university.home, raise_(), lambda: twin.append(university.home.store.run(raise_()))).run()
    assert len(answers_of([outcome, *twin])) == 1
    assert codes([outcome, *twin]) == {"five_threads"}
    assert len(user_in(university.home, ANN).open) == 5


def test_what_may_not_be_raised_to_is_not_found_with_five_open_too(university: SampleUniversity) -> None:
    for _ in range(5):
        university.raised()
    assert university.refusal(raise_(ANN, BOB)) == "not_found"


def test_the_meter_counts_what_is_open_and_its_revision_only_grows(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(3)]
    cases[0].terminate()
    ids = [case.thread.id for case in cases]
    user = user_in(university.home, ANN)
    assert (user.open, user.rev) == ((ids[1], ids[2]), 5)


def test_twenty_threads_can_be_raised_at_once_then_one_in_six_seconds(university: SampleUniversity, time: Time) -> None:
    for _ in range(20):
        university.raised().terminate()
    assert university.refusal(raise_()) == "too_fast"
    university.raised(BOB)  # his pace is his own
    time.now += rate_limit.RAISE.every
    university.raised()
    assert university.refusal(raise_()) == "too_fast"


def test_a_school_keeps_its_workers_and_its_face_when_it_raises(university: SampleUniversity) -> None:
    case = university.raised(SCHOOL, ACADEMY)
    school = School(id=SCHOOL, email="school@x", name="School", workers=(WENDY, WALT), open=(case.thread.id,), rev=2)
    assert university.home.one(PartyKey(SCHOOL)) == school
    handle = university.home.one(ThreadReferenceKey(SCHOOL, case.id(SCHOOL)))
    assert handle == ThreadReference(viewer=SCHOOL, id=case.id(SCHOOL), thread=case.thread.id, owner=SCHOOL)


def rechecked(university: SampleUniversity, plan: Plan[views.Listed]) -> Plan[views.Listed]:
    """What a store that decides side by side does when the school's record has changed since it was loaded."""
    assert plan.recheck is not None
    return university.plan(plan.recheck)


def test_a_raise_stands_though_its_schools_record_has_changed(university: SampleUniversity) -> None:
    plan = university.plan(raise_())
    again = rechecked(university, plan)
    assert (again.answer, again.deliveries, again.writes) == (plan.answer, plan.deliveries, False)


def test_a_school_that_counts_before_it_closes_goes_on_for_a_thread_raised_meanwhile(
    university: SampleUniversity,
) -> None:
    plan = university.plan(raise_())
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.home.change(replace(school, closing=True))
    again = rechecked(university, plan)
    assert (again.answer, again.deliveries) == (plan.answer, plan.deliveries)
    assert university.home.one(PartyKey(SCHOOL)) == school


def test_a_raise_to_a_school_that_closed_meanwhile_is_undone_and_refused(university: SampleUniversity) -> None:
    key = fresh()
    plan = university.plan(raise_(key=key))
    thread, before = university.raised().thread, user_in(university.home, ANN)
    school = university.home.one(PartyKey(SCHOOL))
    assert isinstance(school, School)
    university.home.change(replace(school, ended=True))
    undone = rechecked(university, plan)
    assert [it.to for it in undone.deliveries] == [ANN]
    assert undone.then is not None
    assert university.refusal(undone.then) == "not_found"
    assert user_in(university.home, ANN) == replace(before, open=(thread.id,), rev=before.rev + 1)
    assert university.home.one(ThreadReferenceKey(ANN, plan.answer.row.id)) is None
    assert university.home.one(IdempotencyKey(ANN, key)) is None
    assert [it.id for it in university.home.all(ThreadsOf(SCHOOL, Mailbox.RECEIVED, None, 9))] == [thread.id]
    assert plan.recheck is not None
    assert university.refusal(plan.recheck) == "not_found", "there is nothing left to undo"
